"""When a network's jump, its first ghost, its sharp valley and its first rise of the loss come, to the epoch.

A module of its own: what `events_of_seed` returns is kept on the disk for as long as this source and what it needs
stays the same. Epochs that never come are −1.
"""

from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.bifurcations import slope_upper_bound
from ghostlib.dynamics.passage import ghost_of
from ghostlib.dynamics.sharpness import sharpness
from ghostlib.dynamics.slow_points import count_fixed_points, slow_points
from ghostlib.experiments.rank_one.courses import CHUNK
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.training import train


EVERY = 10  # epochs between two looks at the plateau
TRAVEL = 10.0  # α times the epochs after the jump in which a ghost is looked for
GRID, MARGIN, BATCH = np.linspace(-15, 15, 601), 0.01, 50  # of κ, where f′ is looked at before a ghost is proved
SAMPLES = 16  # of the sharpness, before it is followed epoch by epoch


class Events(NamedTuple):
    """The events of a training; arrays of shape (...), epochs as integers.

    jump : the first epoch with a loss below ½.
    perfect : the first epoch with an accuracy of 1.
    sharp : the first epoch, up to `rise`, with a sharpness above 2/α.
    ghost : the first epoch with a ghost, from the jump on.
    rise : the first epoch after the jump at which the loss is higher than the epoch before.
    loss_at_ghost, loss_before_rise : the loss there.
    resting : the stable fixed point, where κ comes to rest, in the epoch before the rise.
    fall : share of the epochs up to a loss below 0.1 in which it comes there from 0.9.
    norm_rise : the largest gradient norm up to a hundred epochs after the jump, over that a thousand epochs before.
    turning : share of the epochs from the rise on at which the loss goes up and down in turn.
    number : the largest number of fixed points after any epoch, 0 if one count is not proved.
    bound_before : the largest upper bound of f′, Eq. (B40), up to the jump; negative where no ghost can be before it.
    start, slowest, slope : when the accuracy is first 1, κ(0), and on the way from there to κ* the least f and the
        largest f′; NaN where that never is.
    """

    jump: np.ndarray
    perfect: np.ndarray
    sharp: np.ndarray
    ghost: np.ndarray
    rise: np.ndarray
    loss_at_ghost: np.ndarray
    loss_before_rise: np.ndarray
    resting: np.ndarray
    fall: np.ndarray
    norm_rise: np.ndarray
    turning: np.ndarray
    number: np.ndarray
    bound_before: np.ndarray
    start: np.ndarray
    slowest: np.ndarray
    slope: np.ndarray


def events_of_seed(seed, alpha, epochs):
    """The `Events` of one network's training at c = 10, from its start to `CHUNK` epochs or more beyond its jump.

    At the jump and after, every epoch is looked at, before it every tenth, where the bound of f′ excludes a ghost.
    """
    network, before, bound = RankOne.initial(seed), None, -np.inf
    for start in range(0, epochs, CHUNK):
        history = train(network, TASK, alpha, min(CHUNK, epochs - start), snapshots=EVERY, threads=1)
        if outcomes.jump(history.loss) >= 0:
            around = train(network if before is None else before, TASK, alpha, 3 * CHUNK, snapshots="all", threads=1)
            return _events(around, alpha, start - CHUNK * (before is not None), bound)
        bound = max(bound, float(slope_upper_bound(history.snapshots).max()))
        network, before = history.networks, network
    missing = Events(*[np.array(-1)] * 5, *[np.array(np.nan)] * 11)
    return missing._replace(number=np.array(0), bound_before=np.array(bound))


def turns(loss):
    """Where a loss that rose falls or the other way round, at all epochs but the first and the last; shape (E − 2,)."""
    change = np.diff(loss)
    return change[1:] * change[:-1] < 0


def first_ghost(networks):
    """Place of the first network with a ghost, looked for one by one, since ghosts come and go; −1 without one."""
    rising = np.flatnonzero(slope_upper_bound(networks) >= 0)  # the others have none, by Eq. (B40)
    for some in np.array_split(rising, max(rising.size // BATCH, 1)):
        steepest = networks[some].slope(GRID).max(axis=-1)  # nor have those that fall clearly: between two points of
        for place in some[steepest > -MARGIN].tolist():  # the grid f′ is larger by |f‴|h²/8 at most, far below this
            if ghost_of(networks[place]) is not None:
                return place
    return -1


def first_sharp(networks, alpha):
    """Place of the first network in a valley sharper than 2/α, found in strides, then one by one; −1 without one."""
    coarse = np.unique(np.linspace(0, len(networks.m) - 1, SAMPLES).astype(int))
    above = np.flatnonzero(sharpness(networks[coarse], TASK) > 2 / alpha)
    if not above.size or not coarse[above[0]]:
        return int(coarse[above[0]]) if above.size else -1
    between = np.arange(coarse[above[0] - 1] + 1, coarse[above[0]] + 1)
    return int(between[np.argmax(sharpness(networks[between], TASK) > 2 / alpha)])


def _events(history, alpha, start, bound):
    """`Events` of a history that holds the jump, every epoch and network of it, and begins at the epoch `start`."""
    jump, networks = int(outcomes.jump(history.loss)), history.snapshots
    rise = jump + 1 + int(outcomes.first_epoch(np.diff(history.loss[jump:]) > 0))
    perfect = int(outcomes.first_epoch(history.accuracy >= 1))
    found = first_ghost(networks[jump : jump + min(round(TRAVEL / alpha), CHUNK)])
    ghost = jump + found if found >= 0 else -1
    before = min(jump, outcomes.LAST)
    sharp = first_sharp(networks[jump - before : rise + 1], alpha)
    shoulder = np.full(3, np.nan) if perfect < 0 else _way(networks[perfect])
    places = jump, perfect, sharp + (jump - before) * (sharp >= 0), ghost, rise
    low, high = (int(outcomes.first_epoch(history.loss < level)) for level in (outcomes.LOW_LOSS, outcomes.HIGH_LOSS))
    norm = history.gradient_norm
    counts = count_fixed_points(networks[jump:])
    course = (
        (low - high) / (low + start) if low >= 0 else np.nan,
        norm[: jump + 100].max() / norm[max(jump - 1000, 0)],
        turns(history.loss[rise:]).mean(),
        counts.number.max() if counts.certified.all() else 0,
    )
    losses = history.loss[ghost] if ghost >= 0 else np.nan, history.loss[rise - 1]
    resting = next(point.position for point in slow_points(networks[rise - 1]) if point.kind == "stable")
    bound = max(bound, float(slope_upper_bound(networks[: jump + 1]).max()))
    epochs = (np.array(place + start if place >= 0 else -1) for place in places)
    return Events(*epochs, *map(np.asarray, (*losses, resting, *course, bound, *shoulder)))


def _way(network):
    kappa = np.linspace(float(network.kappa0(TASK)), TASK.kappa_star, 400)
    return kappa[0], network.flow(kappa).min(), network.slope(kappa).max()
