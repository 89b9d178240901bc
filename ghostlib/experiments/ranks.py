"""One network of Fig. S2 from first to last, in a module of its own: what it leaves is kept on the disk as long as what
this module imports, the networks and their trainer, stays the same.
"""

from typing import NamedTuple

import numpy as np

from ghostlib.networks.records import LowRank
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()
LAST = 50  # epochs at the end in which a network must be silent to count as trapped; the paper's for Fig. 4
# A wrong step costs 1/T = 0.05: below this loss the output is wrong for less than two of its forty steps.
LEARNED = 2 / TASK.T
# Columns of a curve: 32 in every factor of ten, of whole epochs, each from its edge to the next.
EDGES = np.unique(np.geomspace(1, 1e6, 6 * 32 + 1).round().astype(int))


class Course(NamedTuple):
    """A training in few numbers; arrays of shape () unless it says otherwise, int −1 where it never happens.

    low, high : (columns,), least and largest loss in the epochs from one of `EDGES` to the next; NaN after the end.
    first, least, final : loss before training, the least of all, and after the last update.
    settled : median loss of the last tenth of the training.
    halved, learned, hundredth : first epoch with a loss below half of the first, below `LEARNED`, and below a hundredth
        of the first.
    left : last epoch before `learned` with a loss of at least nine tenths of the first.
    rising : share of the epochs of the last tenth in which the loss goes up.
    surge : the largest rise of the loss in one epoch after `learned`; 0 where there is none.
    silent_from : the epoch from which on the output is right in at most half of the steps, to the end.
    accuracy, gradient_norm : the largest of the last `LAST` epochs.
    diverged_at : the epoch at which a parameter overflowed.
    m, n, b, w_out, b_out : the network at the end.
    """

    low: np.ndarray
    high: np.ndarray
    first: np.ndarray
    least: np.ndarray
    final: np.ndarray
    settled: np.ndarray
    halved: np.ndarray
    learned: np.ndarray
    hundredth: np.ndarray
    left: np.ndarray
    rising: np.ndarray
    surge: np.ndarray
    silent_from: np.ndarray
    accuracy: np.ndarray
    gradient_norm: np.ndarray
    diverged_at: np.ndarray
    m: np.ndarray
    n: np.ndarray
    b: np.ndarray
    w_out: np.ndarray
    b_out: np.ndarray


def course(rank, alpha, seed, epochs):
    """Train one network of Fig. S2, on one core, and sum up its course.

    Parameters
    ----------
    rank : int
    alpha : float
    seed : int
    epochs : int

    Returns
    -------
    Course
    """
    history = train(LowRank.initial(seed, rank), TASK, alpha, epochs, threads=1)
    loss, end = history.loss.astype(np.float64), history.networks.astype(np.float32)
    tail = loss[-max(epochs // 10, 2) :]
    learned = _first(loss < LEARNED)
    before = loss[: learned + 1] if learned >= 0 else loss
    left = np.flatnonzero(before >= 0.9 * loss[0])
    right = np.flatnonzero(~(history.accuracy <= 0.5))
    silent_from = right[-1] + 1 if right.size else 0
    low, high = columns(loss)
    found = Course(
        low=low,
        high=high,
        first=loss[0],
        least=np.fmin.reduce(loss),
        final=loss[-1],
        settled=np.median(tail),
        halved=_first(loss < 0.5 * loss[0]),
        learned=learned,
        hundredth=_first(loss < 0.01 * loss[0]),
        left=left[-1],
        rising=np.mean(np.diff(tail) > 0),
        surge=np.diff(loss[learned:]).max(initial=0) if learned >= 0 else 0.0,
        silent_from=silent_from if silent_from <= epochs else -1,
        accuracy=history.accuracy[-LAST:].max(),
        gradient_norm=history.gradient_norm[-LAST:].max(),
        diverged_at=history.diverged_at,
        m=end.m,
        n=end.n,
        b=end.b,
        w_out=end.w_out,
        b_out=end.b_out,
    )
    return Course(*map(np.asarray, found))


def columns(loss):
    """Least and largest of ``loss`` (E + 1,) between each two of `EDGES`, float32; NaN beyond its end."""
    starts = EDGES[:-1][EDGES[:-1] < loss.size]
    bounds = np.full((2, EDGES.size - 1), np.nan, np.float32)
    bounds[0, : starts.size] = np.minimum.reduceat(loss, starts)
    bounds[1, : starts.size] = np.maximum.reduceat(loss, starts)
    return bounds


def _first(condition):
    return int(np.argmax(condition)) if condition.any() else -1
