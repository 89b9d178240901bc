"""Trainings at a confidence that changes: at several, one after the other, or by a schedule.

All of them are `train`, called for one confidence or one stage after the other. ValueErrors are those of `train`, and
are raised where a plan is empty or a number of a schedule is out of its range.
"""

from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne, per_network
from ghostlib.outcomes import SILENT
from ghostlib.training.trainer import train


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
    """
    _checks.instance("networks", networks, RankOne)
    confidences = _checks.positive("confidences", confidences)
    if confidences.ndim != 1:
        raise ValueError(f"confidences must be one-dimensional, got shape {confidences.shape}")
    shape = (confidences.size, *networks.shape)
    copies = RankOne(*(np.broadcast_to(x, (shape[0], *x.shape)) for x in (networks.m, networks.n, networks.b)))
    c = np.broadcast_to(confidences.reshape(-1, *[1] * len(networks.shape)), shape)
    return train(copies, task, alpha, epochs, c, **options)


def ramp(low, high, *, rise=1.1, every=50):
    """Stages that raise the confidence from `low`, by the factor `rise` every so many epochs, up to below `high`.

    Parameters
    ----------
    low, high : float
        Positive.
    rise : float, default 1.1
        Above 1.
    every : int, default 50

    Returns
    -------
    list of (epochs, c)
        For `train_stages`.
    """
    low, high = (_checks.number(name, c, _checks.positive) for name, c in (("low", low), ("high", high)))
    every, rise = _checks.count("every", every, 1), _checks.number("rise", rise)
    if rise <= 1:
        raise ValueError(f"rise must be > 1, got {rise:g}")
    if np.isinf(high / low):
        raise ValueError(f"low must leave high / low finite, got low = {low:g} and high = {high:g}")
    steps = max(0, int(np.ceil(np.log(high / low) / np.log(rise) - 1e-9)))
    return [(every, low * rise**step) for step in range(steps)]


def train_stages(networks, task, alpha, plan, *, threads=None):
    """Train at one confidence after the other.

    Parameters
    ----------
    networks, task, alpha, threads
        As in `train`.
    plan : sequence of (epochs, c)

    Returns
    -------
    History
        Every epoch of all stages, put together by `History.join`.
    """
    plan = list(plan) if np.iterable(plan) else [plan]
    if not plan or any(np.ndim(stage) == 0 or len(stage) != 2 for stage in plan):
        raise ValueError(f"plan must have at least one stage, and each be (epochs, c), got {plan!r}")
    histories = []
    for epochs, c in plan:
        histories.append(train(networks, task, alpha, epochs, c, threads=threads))
        networks = histories[-1].networks
    return History.join(histories)


class Schedule(NamedTuple):
    """A rule that needs no hand: look at the accuracy every so many epochs, and change the confidence.

    every : epochs between two looks.
    fall : if the accuracy was at most ½ in all of them, learning has stalled: c ← c · fall.
    rise : otherwise: c ← c · rise.
    least : c does not fall below it, unless it was meant to be lower; and it never rises above the confidence that the
        network was meant to have.

    Our own suggestion, after the paper's "lower confidence levels when learning stalls".
    """

    every: int = 50
    fall: float = 0.5
    rise: float = 1.1
    least: float = 0.1

    def next(self, c, accuracy, most):
        """The confidence after a look at the accuracy (..., `every`) since the last one; at most `most`."""
        stalled = np.all(accuracy <= SILENT, axis=-1)
        return np.minimum(np.where(stalled, np.maximum(c * self.fall, self.least), c * self.rise), most)


SCHEDULE = Schedule()


def anneal(networks, task, alpha, epochs, c=10.0, *, schedule=SCHEDULE, threads=None):
    """Train with the confidence in the hands of a `Schedule`, each network its own.

    Parameters
    ----------
    networks : RankOne
        With leading axes.
    task, alpha, threads
        As in `train`.
    epochs : int
        A multiple of the schedule's ``every``.
    c : float or array, default 10
        The confidence that the networks are meant to have: the first, and the highest.
    schedule : Schedule, default Schedule()

    Returns
    -------
    History
        Loss and gradient norm are at the confidence of the moment, which is in ``c``; as `train_stages` in all else.
    """
    every = _checks.count("schedule.every", schedule.every, 1)
    fall, rise, least = (_checks.number(f"schedule.{name}", getattr(schedule, name)) for name in schedule._fields[1:])
    if not (0 < fall < 1 < rise and least > 0):
        raise ValueError(f"schedule must have 0 < fall < 1 < rise and least > 0, got {schedule}")
    epochs = _checks.count("epochs", epochs, every)
    if epochs % every:
        raise ValueError(f"epochs must be a multiple of schedule.every = {every}, got {epochs}")
    most = now = per_network("c", c, _checks.instance("networks", networks, RankOne))
    histories = []
    for _ in range(epochs // every):
        histories.append(train(networks, task, alpha, every, now, threads=threads))
        networks = histories[-1].networks
        now = schedule.next(now, histories[-1].accuracy[..., 1:], most)
    return History.join(histories)
