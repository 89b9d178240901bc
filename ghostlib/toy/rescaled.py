"""Gradient descent without units: one step is ρ ← ρ − ¾ a sgn(ρ − 1) ρ^(−3/2), where ρ = r/r*, a = α/α*, and T is gone.

Below ρ = ¼ nothing moves: the no-learning zone. A step down is shorter than ¾ a, so that a < 1 never traps a run that
starts above the zone. From a = 1 on, a run is trapped when it comes close enough to ρ = 1 from above; but it need not
ever come close: the map has an attracting cycle of period 3, on which a run oscillates for ever.

That cycle does not care about a. Put ρ = a^(2/5) y: then y ← y − ¾ sgn(ρ − 1) y^(−3/2), so that the orbit with a given
sequence of steps down and up is the same in y for all a, and has the same multiplier. It is a cycle of the map for as
long as each of its points stays on its own side of ρ = 1.

Every function broadcasts its arguments and computes in float64. It raises `ValueError` where ρ is not finite, a is not
positive and finite, a count is not an integer in its range, or the shapes do not fit; `cycle` where there is none.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from ghostlib import _checks
from ghostlib.toy import _map


# ¾ of the way from the minimum ρ = 1 is the no-learning zone: a step of 3/4 takes the run there, Eq. (15).
STEP = 3 / 4
POINT_OF_NO_RETURN = 1 / 4


class FinalState(NamedTuple):
    """How runs ended.

    rho : float array, the last ρ.
    epoch : integer array, the number of steps after which ρ was first below ¼; −1 where it never was.
    """

    rho: np.ndarray
    epoch: np.ndarray

    @property
    def trapped(self):
        """Boolean array: in the no-learning zone at the end."""
        return self.epoch >= 0


class Cycle(NamedTuple):
    """A periodic orbit ρ₁ > ρ₂ > … > ρₚ of the rescaled map: p − 1 steps down, the last across ρ = 1, and one step up.

    orbit : float array of shape (..., p), ρ₁ first; every point grows as a^(2/5).
    multiplier : float, Π (1 ± (9/8) a ρ^(−5/2)), + above and − below ρ = 1: the factor by which a small distance from
        the orbit grows in one period. The same for all a.
    """

    orbit: np.ndarray
    multiplier: float

    @property
    def attracting(self):
        """True if nearby runs are drawn to the orbit."""
        return abs(self.multiplier) < 1


@np.errstate(over="ignore")  # a step beyond the largest float is infinite
def rescaled_step(rho, a):
    """One step of the descent, ρ − ¾ a sgn(ρ − 1) ρ^(−3/2) for ρ ≥ ¼ and ρ otherwise. Source: Eqs. (13) and (15)."""
    rho, a = _checked("rho", rho, a)
    moving = rho >= POINT_OF_NO_RETURN
    safe = np.where(moving, rho, 1.0)
    return np.where(moving, rho - a * (np.sign(safe - 1) * (STEP / (safe * np.sqrt(safe)))), rho)[()]


@np.errstate(over="ignore")
def descend_rescaled(rho0, a, epochs, *, every=1):
    """Many steps of `rescaled_step`, for many runs at once.

    Parameters
    ----------
    rho0, a : array_like
        Start r₀/r*, and α/α*.
    epochs : int
        Number of steps, ≥ 0.
    every : int, default 1
        Record every so many epochs.

    Returns
    -------
    ndarray of shape (..., epochs // every + 1)
        ρ at epochs 0, every, 2·every, …

    Source: Eqs. (13) and (15).
    """
    rho0, a = _checked("rho0", rho0, a)
    epochs, every = _checks.count("epochs", epochs, 0), _checks.count("every", every, 1)
    return _map.record(rho0, a, STEP, np.ones(rho0.shape), epochs, every)


@np.errstate(over="ignore")
def final_state(rho0, a, epochs):
    """How each run of `descend_rescaled` ends, as `FinalState`; nothing is recorded on the way."""
    rho0, a = _checked("rho0", rho0, a)
    rho, moves = rho0.flatten(), np.zeros(rho0.size, dtype=np.int64)
    _map.advance(rho, moves, a.ravel(), STEP, np.ones(rho.size), _checks.count("epochs", epochs, 0))
    epoch = np.where(rho < POINT_OF_NO_RETURN, moves, -1)
    return FinalState(rho.reshape(rho0.shape)[()], epoch.reshape(rho0.shape)[()])


def cycle(a, period=3):
    """The cycle of p − 1 steps down and one step up, from the root of its closing condition.

    Parameters
    ----------
    a : array_like
        α/α*, within the range in which the cycle exists.
    period : int, default 3
        p ≥ 3; only p = 3 attracts. (p = 2 is impossible: the step down from above ρ = 1 is the shorter one.)

    Returns
    -------
    Cycle
        Its orbit has shape ``(..., period)``.
    """
    a = _checks.positive("a", a)
    orbit, begin, limit = _orbit(period), cycle_begin(period), cycle_limit(period)
    outside = (a <= begin) | (a >= limit)
    if np.any(outside):
        wrong = f"{a[outside].flat[0]:g}"
        raise ValueError(f"a must lie between {begin:.6g} and {limit:.6g} for a cycle of period {period}, got {wrong}")
    side = np.where(np.arange(period) == period - 1, -1, 1)
    multiplier = np.prod(1 + side * 1.5 * STEP * orbit**-2.5)
    return Cycle(a[..., None] ** 0.4 * orbit, float(multiplier))


def cycle_begin(period=3):
    """The α/α* at which the cycle begins; for period 3, 0.410, where its second point comes down to ρ = 1."""
    *_, second_lowest, lowest = _orbit(period)
    # Both are on their own side of ρ = 1, and the lowest is in reach of the gradient.
    return float(max(second_lowest**-2.5, (lowest / POINT_OF_NO_RETURN) ** -2.5))


def cycle_limit(period=3):
    """The α/α* at which the cycle ends, because its lowest point reaches ρ = 1; 1.029 for period 3."""
    return float(_orbit(period)[-1] ** -2.5)


def _checked(name, rho, a):
    return _checks.broadcast(**{name: _checks.finite(name, rho), "a": _checks.positive("a", a)})


def _orbit(period):
    period = _checks.count("period", period, 3)

    # The orbit at a = 1, that is in y. A lower start y jumps higher and so comes down higher: one root.
    def rest(y):
        orbit = [y + STEP * y**-1.5]
        while len(orbit) < period and orbit[-1] > 0:
            orbit.append(orbit[-1] - STEP * orbit[-1] ** -1.5)
        return orbit

    def gap(y):
        return rest(y)[-1] - y

    turn = (1.5 * STEP) ** 0.4  # the step up falls with y below this point
    return np.array(rest(brentq(gap, 1e-3, turn, xtol=1e-15, rtol=1e-15)))
