r"""Networks that got the task and lost it, and how a lower confidence brings them back.

The words of Fig. 4, in one place. Each is said of the accuracy of a network after every epoch of a training:

learned
    above ½ at some epoch
trapped
    learned, and at most ½ in all of the last 50 epochs (the paper's rule)
recovered
    above ½ in all of the last 50 epochs (our word for the paper's "recover")
solved
    at least 0.95 in all of the last 50 epochs, and at the end a loss of at most 0.1 at the confidence that the network
    was meant to have (ours)

Why it works: a step of the output at κ sends c ô(1 − ô) back to the parameters. A trapped network stays a distance d
below the threshold, where this is about c e^(−c d).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from ghostlib import _checks, adjoint
from ghostlib.rnn import RankOne, per_network
from ghostlib.training import History, train


LAST = 50  # epochs at the end of a training that tell what has become of a network
SILENT = 0.5  # accuracy of an output that is 0 throughout, or 1
RIGHT = 0.95  # accuracy of a network that waits and then acts, a step early or late
LOW = 0.1  # loss of such a network at a high confidence


def learned(accuracy):
    """Whether a network ever got the task: accuracy above ½ at some epoch.

    Parameters
    ----------
    accuracy : array_like (..., E)

    Returns
    -------
    bool array (...)
    """
    return np.any(np.asarray(accuracy) > SILENT, axis=-1)


def trapped(accuracy):
    """Whether a network got the task and is now silent: accuracy at most ½ in all of the last 50 epochs.

    Parameters
    ----------
    accuracy : array_like (..., E)

    Returns
    -------
    bool array (...)

    Raises
    ------
    ValueError
        If there are fewer than 50 epochs.

    Source: caption of Fig. 4; that it must have learned before is the authors' code.
    """
    return np.all(_last(accuracy) <= SILENT, axis=-1) & learned(accuracy)


def recovered(accuracy):
    """Whether a network is on its way again: accuracy above ½ in all of the last 50 epochs.

    Parameters
    ----------
    accuracy : array_like (..., E)

    Returns
    -------
    bool array (...)

    Raises
    ------
    ValueError
        If there are fewer than 50 epochs.
    """
    return np.all(_last(accuracy) > SILENT, axis=-1)


def solved(accuracy, loss):
    """Whether a network does the task for good: accuracy ≥ 0.95 in all of the last 50 epochs, and a final loss ≤ 0.1.

    Parameters
    ----------
    accuracy : array_like (..., E)
    loss : array_like (...)
        Of the network at the end, at the confidence it was meant to have: `final_loss`.

    Returns
    -------
    bool array (...)

    Raises
    ------
    ValueError
        If there are fewer than 50 epochs.
    """
    return np.all(_last(accuracy) >= RIGHT, axis=-1) & (np.asarray(loss) <= LOW)


def final_loss(networks, task, c=10.0):
    """Loss of trained networks at the confidence `c`, whatever they were trained at; NaN where they overflowed."""
    return task.loss(networks.output(task, c))


def patience(networks, task, alpha, c):
    r"""Epochs until silent networks find their voice, (1 − L) / (α |∇L|²): Eq. (B26), which holds on every plateau.

    Good where the output is far below ½ throughout; exact arithmetic is taken for granted, so that the result may be
    astronomical where the rounding of float32 would stop the descent altogether.

    Parameters
    ----------
    networks : RankOne
    task : DelayedActivation
    alpha : float or array (...)
        Learning rate.
    c : float or array (...)
        Confidence.

    Returns
    -------
    float array (...)
        Infinite where there is nothing to grow from: the loss is not below 1, because what is left of the output comes
        in the wrong half of the trial or is too small for float64.

    Raises
    ------
    ValueError
        If `alpha` or `c` is not positive or does not fit.
    """
    alpha, c = per_network("alpha", alpha, networks), per_network("c", c, networks)
    output = expit(c[..., None] * (networks.latent(task)[..., 1:] - task.kappa_star))
    # 1 − L without the cancellation: o² − (ô − o)² = 2oô − ô².
    gain = (2 * task.target() * output - output**2).sum(axis=-1) / task.T
    _, gradient = adjoint.loss_and_gradient(networks, task, c)
    with np.errstate(divide="ignore", invalid="ignore"):
        epochs = gain / (alpha * gradient.norm() ** 2)
    return np.where(gain > 0, epochs, np.inf)


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
        For `legs`.

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


def legs(networks, task, alpha, plan):
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
        histories.append(_leg(networks, task, alpha, epochs, c))
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


def anneal(networks, task, alpha, epochs, c=10.0, *, schedule=None):
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

    Returns
    -------
    History
        Loss and gradient norm are at the confidence of the moment, which is in ``c``; as `legs` in all else.

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
        histories.append(_leg(networks, task, alpha, every, now))
        networks = histories[-1].networks
        now = schedule.next(now, histories[-1].accuracy[..., 1:], c)
    return _joined(histories)


def _last(accuracy):
    accuracy = np.asarray(accuracy)
    if accuracy.ndim == 0 or accuracy.shape[-1] < LAST:
        raise ValueError(f"accuracy must have at least {LAST} epochs on its last axis, got shape {accuracy.shape}")
    return accuracy[..., -LAST:]


def _leg(networks, task, alpha, epochs, c):
    """`train`, with NaN handed on for networks that have overflowed before."""
    sound = networks.is_finite()
    if np.all(sound):
        return train(networks, task, alpha, epochs, c)
    rest = RankOne(*(np.where(sound[..., None], x, 0) for x in (networks.m, networks.n, networks.b)))
    history = train(rest, task, alpha, epochs, c)
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
