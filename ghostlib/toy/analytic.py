r"""The toy model ẋ = x² + r, its loss on the delayed-activation task, and gradient descent in r.

In the limit x*, c → ∞ all of it is closed form: this module, Eqs. (2) and (6)–(15). At finite threshold and confidence
see `ghostlib.toy.finite`, without units see `ghostlib.toy.rescaled`.

The bifurcation parameter r has the unit 1/time² and any sign, T is the delay, `alpha` the learning rate, and the loss
is a time, not divided by T. Every function broadcasts its arguments and computes in float64. It raises `ValueError`
where a number is not finite (a state or a threshold may be infinite), T, `alpha` or a threshold is not positive, T is
not between 1e−60 and 1e60, a time is negative, a count is not an integer in its range, or the shapes do not fit.
"""

from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.toy import _map


R_STAR = np.pi**2 / 4  # r* T², below Eq. (2)
ALPHA_STAR = 3 * np.pi**4 / 32  # α* T⁵, Eq. (15)
ESCAPE = np.pi / 2  # t* √r, below Eq. (7)
SLOPE = np.pi / 4  # |dL/dr| r^(3/2), Eq. (13)
KINK = 2 / np.pi**2  # |dL/dr| / T³ on either side of r*, Eq. (14)
NO_RETURN = 1 / 4  # where the no-learning zone begins, in r*, Eq. (2)
LONGEST = 1e60  # T⁵ is a float64, and so is its inverse


class FixedPoints(NamedTuple):
    """Where ẋ = x² + r = 0: −√−r attracts and √−r repels; NaN where r > 0, both 0 where they meet at r = 0.

    stable, unstable : float arrays of the shape of r.
    """

    stable: np.ndarray
    unstable: np.ndarray


class OneSided(NamedTuple):
    """The two limits of a derivative at a kink.

    left, right : float arrays.
    """

    left: np.ndarray
    right: np.ndarray


class Descent(NamedTuple):
    """Gradient descent r ← r − α dL/dr, recorded.

    r, loss : float arrays of shape (..., epochs // every + 1); the last axis is the epoch 0, every, 2·every, …
    """

    r: np.ndarray
    loss: np.ndarray


def r_star(T):
    """The r that solves the task, r* = π²/4T², in 1/time². Source: below Eq. (2)."""
    T = _delay(T)
    return R_STAR / (T * T)


def alpha_star(T):
    """The critical learning rate α* = 3π⁴/32 T⁻⁵, at which a step from just above r* ends at r*/4.

    In 1/time⁵ (r per dL/dr). Source: Eq. (15).
    """
    return ALPHA_STAR / _delay(T) ** 5


@np.errstate(over="ignore")  # x² beyond the largest float is infinite, as it should be
def flow(x, r):
    """The right-hand side ẋ = x² + r, for a state x that may be infinite. Source: Fig. 1."""
    x, r = _checks.broadcast(x=_checks.real("x", x), r=_checks.finite("r", r))
    return x * x + r


def fixed_points(r):
    """The fixed points ∓√−r of ẋ = x² + r, as `FixedPoints`. Source: Fig. 1."""
    r = _checks.finite("r", r)
    root = np.sqrt(np.where(r > 0, np.nan, np.abs(r)))[()]
    return FixedPoints(stable=0 - root, unstable=root)


def trajectory(t, r):
    """The state x(t) from x(0) = 0: √r tan(√r t) before the escape, infinite from t* on; −√−r tanh(√−r t) for r < 0.

    At r = 0 it stays at 0. Source: Eq. (7); the same integral for r ≤ 0.
    """
    t, r = _checks.broadcast(t=_checks.nonnegative("t", t), r=_checks.finite("r", r))
    root = np.sqrt(np.abs(r))
    angle = root * t
    rising = np.where(angle < ESCAPE, root * np.tan(np.minimum(angle, ESCAPE)), np.inf)
    return np.where(r > 0, rising, 0 - root * np.tanh(angle))[()]


def escape_time(r, x_star=np.inf):
    r"""Time at which x(t) from x(0) = 0 reaches ``x_star``: arctan(x*/√r)/√r, or t* = π/(2√r) for x* → ∞.

    Parameters
    ----------
    r : array_like
        Bifurcation parameter. Where r ≤ 0 the state never escapes and the result is ``inf``.
    x_star : array_like, default inf
        Threshold.

    Returns
    -------
    ndarray
        In the unit of time of the flow.

    Source: Eq. (7) and the definition of t* below it.
    """
    r, x_star = _checks.broadcast(r=_checks.finite("r", r), x_star=_checks.positive_or_infinite("x_star", x_star))
    root = np.sqrt(np.where(r > 0, r, 1.0))
    return np.where(r > 0, np.arctan2(x_star, root) / root, np.inf)[()]


def loss(r, T):
    """Loss in the limit x*, c → ∞: L(r) = |T − π/(2√r)| for r ≥ r*/4, and T otherwise. Source: Eqs. (2) and (12)."""
    return _loss(*_checks.broadcast(r=_checks.finite("r", r), T=_delay(T)))


@np.errstate(over="ignore")  # where r^(3/2) is beyond the largest float, the slope is 0
def gradient(r, T):
    """Gradient of `loss`: dL/dr = sgn(r − r*) π / 4r^(3/2) for r ≥ r*/4, and 0 otherwise; in time³.

    Eq. (13) leaves out the two points at which the derivative does not exist. Here it is 0 at the minimum r* itself,
    where a descent may rest, and at r*/4 it is the value from the right, −π / 4r^(3/2): the zone begins below.
    """
    r, T = _checks.broadcast(r=_checks.finite("r", r), T=_delay(T))
    best = r_star(T)
    learns = r >= NO_RETURN * best
    safe = np.where(learns, r, 1.0)
    return np.where(learns, np.sign(r - best) * (SLOPE / (safe * np.sqrt(safe))), 0.0)[()]


def gradient_at_minimum(T):
    """The limits ∓2T³/π² of dL/dr at r*, from the left and from the right, in time³. Source: Eq. (14)."""
    size = KINK * _delay(T) ** 3
    return OneSided(left=-size, right=size)


@np.errstate(over="ignore")  # a step beyond the largest float is infinite
def step(r, alpha, T):
    """One step of gradient descent, r − α dL/dr. Source: Eq. (13), and the update above Eq. (3)."""
    r, alpha, T = _checks.broadcast(r=_checks.finite("r", r), alpha=_checks.positive("alpha", alpha), T=_delay(T))
    return r - alpha * gradient(r, T)


@np.errstate(over="ignore")
def descend(r0, alpha, T, epochs, *, every=1):
    """Many steps of gradient descent, for many runs at once: `step`, compiled, to the last bit.

    A run that comes below r*/4, or to r ≤ 0, stays where it is for ever. One whose step is beyond the largest float
    ends at ∓∞, where the loss is T.

    Parameters
    ----------
    r0, alpha, T : array_like
        Start, learning rate and delay.
    epochs : int
        Number of steps, ≥ 0.
    every : int, default 1
        Record every so many epochs.

    Returns
    -------
    Descent
        r and loss of shape ``(..., epochs // every + 1)``.

    Source: Fig. 2B–D.
    """
    r0, alpha, T = _checks.broadcast(r0=_checks.finite("r0", r0), alpha=_checks.positive("alpha", alpha), T=_delay(T))
    epochs, every = _checks.count("epochs", epochs, 0), _checks.count("every", every, 1)
    r = _map.record(r0, alpha, SLOPE, r_star(T), epochs, every)
    return Descent(r, _loss(r, T[..., None]))


def _loss(r, T):
    learns = r >= NO_RETURN * R_STAR / (T * T)
    return np.where(learns, np.abs(T - ESCAPE / np.sqrt(np.where(learns, r, 1.0))), T)[()]


def _delay(T):
    T = _checks.positive("T", T)
    outside = (T < 1 / LONGEST) | (T > LONGEST)
    if np.any(outside):
        raise ValueError(f"T must be between {1 / LONGEST:g} and {LONGEST:g}, got {T[outside].flat[0]:g}")
    return T
