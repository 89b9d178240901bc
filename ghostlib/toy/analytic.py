r"""The toy model ẋ = x² + r, its loss on the delayed-activation task, and gradient descent in r.

In the limit x*, c → ∞ all of it is closed form: this module, Eqs. (2) and (6)–(15). At finite threshold and confidence
see `ghostlib.toy.finite`, without units see `ghostlib.toy.rescaled`.

Every function broadcasts its array arguments, computes in float64 and refuses what is impossible. `alpha` is the
learning rate, and the loss is in units of time, not divided by T.
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
    """The r that solves the task, r* = π²/4T².

    Parameters
    ----------
    T : array_like
        Delay, positive.

    Returns
    -------
    ndarray
        In units of 1/time²; shape of `T`.

    Raises
    ------
    ValueError
        If `T` is not positive and finite.

    Source: below Eq. (2).
    """
    T = _checks.positive("T", T)
    return R_STAR / (T * T)


def alpha_star(T):
    """The critical learning rate α* = 3π⁴/32 T⁻⁵, at which a step from just above r* ends at r*/4.

    Parameters
    ----------
    T : array_like
        Delay, positive.

    Returns
    -------
    ndarray
        In units of 1/time⁵ (r per dL/dr); shape of `T`.

    Raises
    ------
    ValueError
        If `T` is not positive and finite.

    Source: Eq. (15).
    """
    return ALPHA_STAR / _checks.positive("T", T) ** 5


def flow(x, r):
    """The right-hand side ẋ = x² + r.

    Parameters
    ----------
    x, r : array_like
        State, infinite after the escape, and bifurcation parameter, any sign.

    Returns
    -------
    ndarray
        Shapes broadcast.

    Raises
    ------
    ValueError
        If `x` is NaN, `r` is not finite, or the shapes do not fit.

    Source: Fig. 1.
    """
    x, r = _checks.broadcast(x=_checks.real("x", x), r=_checks.finite("r", r))
    with np.errstate(over="ignore"):  # x² beyond the largest float is infinite, as it should be
        return x * x + r


def fixed_points(r):
    """The fixed points ∓√−r of ẋ = x² + r.

    Parameters
    ----------
    r : array_like
        Bifurcation parameter, any sign.

    Returns
    -------
    FixedPoints
        NaN where there is none, r > 0.

    Raises
    ------
    ValueError
        If `r` is not finite.

    Source: Fig. 1.
    """
    r = _checks.finite("r", r)
    root = np.sqrt(np.where(r > 0, np.nan, np.abs(r)))[()]
    return FixedPoints(stable=0 - root, unstable=root)


def trajectory(t, r):
    """The state x(t) from x(0) = 0: √r tan(√r t) before the escape, infinite from t* on; −√−r tanh(√−r t) for r < 0.

    Parameters
    ----------
    t : array_like
        Time, ≥ 0.
    r : array_like
        Bifurcation parameter, any sign. At r = 0 the state stays at 0.

    Returns
    -------
    ndarray
        Shapes broadcast.

    Raises
    ------
    ValueError
        If `t` is negative or not finite, `r` is not finite, or the shapes do not fit.

    Source: Eq. (7); the same integral for r ≤ 0.
    """
    t, r = _checks.broadcast(t=_checks.nonnegative("t", t), r=_checks.finite("r", r))
    root = np.sqrt(np.abs(r))
    angle = root * t
    before = np.where(angle < ESCAPE, angle, 0.0)
    return np.where(r > 0, np.where(angle < ESCAPE, root * np.tan(before), np.inf), 0 - root * np.tanh(angle))[()]


def escape_time(r, x_star=np.inf):
    r"""Time at which x(t) from x(0) = 0 reaches ``x_star``: arctan(x*/√r)/√r, or t* = π/(2√r) for x* → ∞.

    Parameters
    ----------
    r : array_like
        Bifurcation parameter, any shape. Where r ≤ 0 the state never escapes and the result is ``inf``.
    x_star : array_like, default inf
        Threshold, positive, broadcast against `r`.

    Returns
    -------
    ndarray
        In the unit of time of the flow; shape of `r` and `x_star` broadcast.

    Raises
    ------
    ValueError
        If `x_star` is not positive, `r` is not finite, or the shapes do not fit.

    Source: Eq. (7) and the definition of t* below it.
    """
    r, x_star = _checks.broadcast(r=_checks.finite("r", r), x_star=_checks.positive_or_infinite("x_star", x_star))
    root = np.sqrt(np.where(r > 0, r, 1.0))
    endless = np.isinf(x_star)
    angle = np.where(endless, ESCAPE, np.arctan(np.where(endless, 1.0, x_star) / root))
    return np.where(r > 0, angle / root, np.inf)[()]


def loss(r, T):
    """Loss in the limit x*, c → ∞: L(r) = |T − π/(2√r)| for r ≥ r*/4, and T otherwise.

    Parameters
    ----------
    r : array_like
        Bifurcation parameter, any sign.
    T : array_like
        Delay, positive.

    Returns
    -------
    ndarray
        In units of time, not divided by T; shapes broadcast.

    Raises
    ------
    ValueError
        If `r` is not finite, `T` is not positive and finite, or the shapes do not fit.

    Source: Eqs. (2) and (12).
    """
    r, T = _checks.broadcast(r=_checks.finite("r", r), T=_checks.positive("T", T))
    learns = r >= NO_RETURN * r_star(T)
    return np.where(learns, np.abs(T - ESCAPE / np.sqrt(np.where(learns, r, 1.0))), T)[()]


def gradient(r, T):
    """Gradient of `loss`: dL/dr = sgn(r − r*) π / 4r^(3/2) for r ≥ r*/4, and 0 otherwise.

    Eq. (13) leaves out the two points at which the derivative does not exist. Here it is 0 at the minimum r* itself,
    where a descent may rest, and at r*/4 it is the value from the right, −π / 4r^(3/2): the zone begins below.

    Parameters
    ----------
    r, T : array_like
        As for `loss`.

    Returns
    -------
    ndarray
        In units of time³; shapes broadcast.

    Raises
    ------
    ValueError
        As `loss`.

    Source: Eq. (13).
    """
    r, T = _checks.broadcast(r=_checks.finite("r", r), T=_checks.positive("T", T))
    best = r_star(T)
    learns = r >= NO_RETURN * best
    safe = np.where(learns, r, 1.0)
    return np.where(learns, np.sign(r - best) * (SLOPE / (safe * np.sqrt(safe))), 0.0)[()]


def gradient_at_minimum(T):
    """The limits ∓2T³/π² of dL/dr at r*, from the left and from the right.

    Parameters
    ----------
    T : array_like
        Delay, positive.

    Returns
    -------
    OneSided
        In units of time³.

    Raises
    ------
    ValueError
        If `T` is not positive and finite.

    Source: Eq. (14).
    """
    T = _checks.positive("T", T)
    size = KINK * T**3
    return OneSided(left=-size, right=size)


def step(r, alpha, T):
    """One step of gradient descent, r − α dL/dr.

    Parameters
    ----------
    r, alpha, T : array_like
        Parameter, learning rate (positive) and delay (positive).

    Returns
    -------
    ndarray
        Shapes broadcast.

    Raises
    ------
    ValueError
        If `r` is not finite, `alpha` or `T` is not positive and finite, or the shapes do not fit.

    Source: Eq. (13), and the update above Eq. (3).
    """
    r, alpha, T = _checks.broadcast(
        r=_checks.finite("r", r), alpha=_checks.positive("alpha", alpha), T=_checks.positive("T", T)
    )
    return r - alpha * gradient(r, T)


def descend(r0, alpha, T, epochs, *, every=1):
    """Many steps of gradient descent, for many runs at once: `step`, compiled, to the last bit.

    A run that comes below r*/4, or to r ≤ 0, stays where it is for ever.

    Parameters
    ----------
    r0, alpha, T : array_like
        Start, learning rate (positive) and delay (positive); broadcast.
    epochs : int
        Number of steps.
    every : int, default 1
        Record every so many epochs.

    Returns
    -------
    Descent
        r and loss of shape ``(..., epochs // every + 1)``.

    Raises
    ------
    ValueError
        If `r0` is not finite, `alpha` or `T` is not positive and finite, `epochs` is not an integer ≥ 0 or `every` not
        an integer ≥ 1, or the shapes do not fit.

    Source: Fig. 2B–D.
    """
    r0, alpha, T = _checks.broadcast(
        r0=_checks.finite("r0", r0), alpha=_checks.positive("alpha", alpha), T=_checks.positive("T", T)
    )
    epochs, every = _checks.count("epochs", epochs, 0), _checks.count("every", every, 1)
    r = _map.iterate(r0.ravel(), alpha.ravel(), SLOPE, r_star(T).ravel(), epochs, every)
    r = r.reshape(*r0.shape, epochs // every + 1)
    return Descent(r, loss(r, T[..., None]))
