"""Trainings at a confidence that changes: at several, one after the other, or by a schedule."""

from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne, per_network
from ghostlib.outcomes import SILENT
from ghostlib.training import train


def train_at(networks, task, alpha, epochs, confidences, **options):
    """Train the same networks at each of several confidences.

    Parameters
    ----------
    networks : RankOne
        Leading axes B.
    task, alpha, epochs
        As in `train`.
    confidences : array_like (C,)
    **options
        For `train`.

    Returns
    -------
    History
        Leading axes (C, B).

    Raises
    ------
    ValueError
        As `train`.
    """
    confidences = _checks.positive("confidences", confidences)
    if confidences.ndim != 1:
        raise ValueError(f"confidences must be one-dimensional, got shape {confidences.shape}")
    shape = (confidences.size, *networks.shape)
    copies = RankOne(*(np.broadcast_to(x, (shape[0], *x.shape)) for x in (networks.m, networks.n, networks.b)))
    c = np.broadcast_to(confidences.reshape(-1, *[1] * len(networks.shape)), shape)
    return train(copies, task, alpha, epochs, c, **options)


def ramp(low, high, *, rise=1.1, every=50):
    """Legs that raise the confidence from `low`, by the factor `rise` every so many epochs, up to below `high`.

    Parameters
    ----------
    low, high : float
    rise : float, default 1.1
        Above 1.
    every : int, default 50

    Returns
    -------
    list of (epochs, c)
        For `train_stages`.

    Raises
    ------
    ValueError
        If a confidence is not positive, `rise` is not above 1, or `every` < 1.
    """
    low, high = float(_checks.positive("low", low)), float(_checks.positive("high", high))
    every = _checks.count("every", every, 1)
    if not rise > 1:
        raise ValueError(f"rise must be above 1, got {rise}")
    steps = max(0, int(np.ceil(np.log(high / low) / np.log(rise) - 1e-9)))
    return [(every, low * rise**step) for step in range(steps)]


def train_stages(networks, task, alpha, plan):
    """Train at one confidence after the other.

    Parameters
    ----------
    networks, task, alpha
        As in `train`; networks that overflow are left behind as NaN.
    plan : sequence of (epochs, c)

    Returns
    -------
    History
        Every epoch of all legs. What is written at the epoch where two meet is the later one's, so that ``c[e]`` is
        the confidence of the step from epoch e on. `frozen_at` is −1: another confidence may thaw what stood still.

    Raises
    ------
    ValueError
        If the plan is empty, or as `train`.
    """
    histories = []
    for epochs, c in plan:
        histories.append(_stage(networks, task, alpha, epochs, c))
        networks = histories[-1].networks
    if not histories:
        raise ValueError("plan must have at least one leg (epochs, c), got none")
    return _joined(histories)


class Schedule(NamedTuple):
    """A rule that needs no hand: look at the accuracy every so many epochs, and turn the confidence.

    every : epochs between two looks.
    fall : if the accuracy was at most ½ in all of them, learning has stalled: c ← c · fall.
    rise : otherwise: c ← c · rise.
    least : c never falls below it; and it never rises above the confidence that the network was meant to have.

    Our own suggestion, after the paper's "lower confidence levels when learning stalls".
    """

    every: int = 50
    fall: float = 0.5
    rise: float = 1.1
    least: float = 0.1

    def next(self, c, accuracy, most):
        """The confidence after a look at the accuracy (..., `every`) since the last one; at most `most`."""
        stalled = np.all(accuracy <= SILENT, axis=-1)
        return np.where(stalled, np.maximum(c * self.fall, self.least), np.minimum(c * self.rise, most))


def anneal(networks, task, alpha, epochs, c=10.0, *, schedule=None, threads=None):
    """Train with the confidence in the hands of a `Schedule`, each network its own.

    Parameters
    ----------
    networks : RankOne
        With leading axes.
    task, alpha
        As in `train`.
    epochs : int
        A multiple of the schedule's ``every``.
    c : float, default 10
        The confidence that the networks are meant to have: the first, and the highest.
    schedule : Schedule, optional
    threads
        As in `train`.

    Returns
    -------
    History
        Loss and gradient norm are at the confidence of the moment, which is in ``c``; as `train_stages` in all else.

    Raises
    ------
    ValueError
        If a field of the schedule is out of its range, `epochs` is no multiple of ``every``, or as `train`.
    """
    schedule = Schedule() if schedule is None else schedule
    every = _checks.count("schedule.every", schedule.every, 1)
    epochs = _checks.count("epochs", epochs, every)
    if epochs % every:
        raise ValueError(f"epochs must be a multiple of schedule.every = {every}, got {epochs}")
    if not (0 < schedule.fall < 1 < schedule.rise and schedule.least > 0):
        raise ValueError(f"schedule must have 0 < fall < 1 < rise and least > 0, got {schedule}")
    now = per_network("c", c, networks)
    histories = []
    for _ in range(epochs // every):
        histories.append(_stage(networks, task, alpha, every, now, threads))
        networks = histories[-1].networks
        now = schedule.next(now, histories[-1].accuracy[..., 1:], c)
    return _joined(histories)


def _stage(networks, task, alpha, epochs, c, threads=None):
    """`train`, with NaN handed on for networks that have overflowed before."""
    sound = networks.is_finite()
    if np.all(sound):
        return train(networks, task, alpha, epochs, c, threads=threads)
    rest = RankOne(*(np.where(sound[..., None], x, 0) for x in (networks.m, networks.n, networks.b)))
    history = train(rest, task, alpha, epochs, c, threads=threads)
    blank = {
        name: np.where(sound[..., None], getattr(history, name), np.nan)
        for name in ("loss", "gradient_norm", "accuracy")
    }
    after = history.networks
    return history._replace(
        **blank,
        networks=RankOne(*(np.where(sound[..., None], x, np.nan) for x in (after.m, after.n, after.b))),
        diverged_at=np.where(sound, history.diverged_at, 0),
    )


def _joined(histories):
    starts = np.cumsum([0, *(history.epoch[-1] for history in histories)])
    diverged_at = np.full(histories[0].diverged_at.shape, -1)
    for start, history in zip(starts, histories, strict=False):
        found = (diverged_at < 0) & (history.diverged_at >= 0)
        diverged_at = np.where(found, start + history.diverged_at, diverged_at)

    def row(name):
        parts = [getattr(history, name)[..., :-1] for history in histories]
        return np.concatenate([*parts, getattr(histories[-1], name)[..., -1:]], axis=-1)

    return History(
        epoch=np.arange(starts[-1] + 1),
        **{name: row(name) for name in ("loss", "gradient_norm", "accuracy", "c")},
        networks=histories[-1].networks,
        snapshots=None,
        frozen_at=np.full(diverged_at.shape, -1),
        diverged_at=diverged_at,
    )
