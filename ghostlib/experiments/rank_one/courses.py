"""One network's training at c = 10, with the fixed points of its latent flow counted after every epoch.

A module of its own: what `course_of_seed` returns is kept on the disk for as long as this source and what it needs, the
networks, their trainer and the counter, stays the same. Every function raises ValueError where `train` does.
"""

from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.bifurcations import slope_upper_bound
from ghostlib.dynamics.slow_points import count_fixed_points
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.training import train


# Epochs whose parameters are held at a time: 8 MB instead of 600 for half a million.
CHUNK = 5000


class FixedPointCourse(NamedTuple):
    """A training after every epoch from 0 to E, and the fixed points of its latent flow; arrays of shape (E + 1,).

    loss, gradient_norm, accuracy : as in `History`.
    number, certified : as in `Count`, the fixed points in an interval of κ.
    number_everywhere, certified_everywhere : those on the whole line.
    slope_bound : upper bound of f′, Eq. (B40); where it is negative, f falls everywhere and there is no ghost.
    """

    loss: np.ndarray
    gradient_norm: np.ndarray
    accuracy: np.ndarray
    number: np.ndarray
    certified: np.ndarray
    number_everywhere: np.ndarray
    certified_everywhere: np.ndarray
    slope_bound: np.ndarray

    @property
    def jump(self):
        """The epoch of the jump, or −1: `outcomes.jump`."""
        return int(outcomes.jump(self.loss))


def train_counting_fixed_points(network, alpha, epochs, interval):
    """Train one network, and count the fixed points of its latent flow after every epoch.

    Parameters
    ----------
    network : RankOne
        A single one.
    alpha : float
    epochs : int
    interval : (low, high)
        Of κ, where to count beside the whole line.

    Returns
    -------
    FixedPointCourse
    """
    parts = []
    for start in range(0, max(epochs, 1), CHUNK):
        history = train(network, TASK, alpha, min(CHUNK, epochs - start), snapshots="all")
        network, seen = history.networks, history.snapshots
        counts = *count_fixed_points(seen, interval=interval), *count_fixed_points(seen)
        columns = (history.loss, history.gradient_norm, history.accuracy, *counts, slope_upper_bound(seen))
        # The first epoch of a chunk is the last of the one before.
        parts.append([column[bool(start) :] for column in columns])
    return FixedPointCourse(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def course_of_seed(seed, alpha, epochs, low, high):
    """`train_counting_fixed_points` of one of the authors' networks."""
    return train_counting_fixed_points(RankOne.initial(seed), alpha, epochs, (low, high))


def networks_at(network, alpha, epochs):
    """A network at some epochs of its training, by training up to the last of them: the same bits as in any other run.

    network : RankOne, a single one.
    epochs : sequence of int, in any order, which is that of the networks returned.
    """
    if not np.size(epochs) or not np.iterable(epochs):
        raise ValueError(f"epochs must be a list of integers ≥ 0, at least one, got {epochs!r}")
    return train(network, TASK, alpha, max(epochs), record=[0], snapshots=epochs).snapshots
