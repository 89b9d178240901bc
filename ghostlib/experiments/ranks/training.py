"""One network of Fig. S2 from first to last: trained, and summed up in what figures and prose need.

In a module of its own: the results are kept on the disk as long as this file and what it imports stay the same.
"""

from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.networks.records import LowRank
from ghostlib.networks.task import TASK
from ghostlib.training import train


# Between which epochs a curve is known by its least and its largest loss: 32 bins in every factor of ten.
EDGES = np.unique(np.geomspace(1, 1e6, 6 * 32 + 1).round().astype(int))


class Course(NamedTuple):
    """A training in few numbers: arrays of shape (...) unless it says otherwise; epochs are −1 where there is none.

    outcome : str, `ghostlib.outcomes.outcome`.
    low, high : (..., bins), least and largest loss from one of `EDGES` to before the next; NaN after the end.
    learned_at : first epoch with a loss below `ghostlib.outcomes.LOW_LOSS`, two wrong steps' worth.
    plateau_end : last epoch up to then with a loss of at least nine tenths of the first.
    largest_rise : of the loss in one epoch after `learned_at`; 0 where there is none.
    settled_loss : median loss of the last tenth of the epochs.
    gradient_norm : the largest of the last 50 epochs.
    silent_from : epoch from which on the output is right in at most half of the steps, to the end.
    """

    outcome: np.ndarray
    low: np.ndarray
    high: np.ndarray
    learned_at: np.ndarray
    plateau_end: np.ndarray
    largest_rise: np.ndarray
    settled_loss: np.ndarray
    gradient_norm: np.ndarray
    silent_from: np.ndarray


def train_network(rank, alpha, seed, epochs, like=None):
    """Train one network on one core.

    Parameters
    ----------
    rank, alpha, seed, epochs
    like : int, optional
        The rank whose usual size W is given before training; by default the network's own.

    Returns
    -------
    tuple of arrays
        Those of its `Course`, then the parameters at the end in the order of `LowRank`, float32.
    """
    network = resized(LowRank.initial(seed, rank), like or rank)
    history = train(network, TASK, alpha, epochs, threads=1)
    end = history.networks.astype(np.float32)
    return (*summarise(history), *(getattr(end, field.name) for field in fields(end)))


def resized(network, like):
    """`network` with M and N multiplied by (like/K)^¼, so that W is as large as is usual for the rank `like`.

    The mean square of an element of W = M N is K/N² for the authors' initial networks of rank K.
    """
    factor = (like / network.rank) ** 0.25
    return replace(network, m=factor * network.m, n=factor * network.n)


def summarise(history):
    """The `Course` of the history, every epoch recorded, of one network."""
    loss = history.loss.astype(np.float64)
    low, high = envelope(loss)
    learned_at = outcomes.first_epoch(loss < outcomes.LOW_LOSS)
    until = learned_at if learned_at >= 0 else loss.size
    course = Course(
        outcome=outcomes.outcome(history),
        low=low,
        high=high,
        learned_at=learned_at,
        plateau_end=np.flatnonzero(loss[: until + 1] >= 0.9 * loss[0]).max(initial=-1),
        largest_rise=np.diff(loss[until:]).max(initial=0.0),
        settled_loss=outcomes.settled_loss(loss),
        gradient_norm=history.gradient_norm[-outcomes.LAST :].max(),
        silent_from=outcomes.silent_from(history.accuracy),
    )
    return Course(*map(np.asarray, course))


def envelope(loss):
    """Least and largest of `loss` (E + 1,) between each two of `EDGES`, float32 (2, bins); NaN beyond its end."""
    starts = EDGES[:-1][EDGES[:-1] < loss.size]
    bounds = np.full((2, EDGES.size - 1), np.nan, np.float32)
    bounds[0, : starts.size] = np.minimum.reduceat(loss, starts)
    bounds[1, : starts.size] = np.maximum.reduceat(loss, starts)
    return bounds
