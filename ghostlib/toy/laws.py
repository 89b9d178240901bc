"""The descent in closed form, for small steps: how long the plateau lasts, how it ends, and how far from zero it stays.

On the long tail ρ > 1 one step is ρ ← ρ − ¾ a ρ^(−3/2) (`ghostlib.toy.rescaled`). As a differential equation this is
dρ/dn = −¾ a ρ^(−3/2), so that ρ^(5/2) falls on a straight line, by (15/8) a an epoch. At the kink the run goes down and
up in turn, always ¾ a in all, which leaves a mean loss in proportion to a.

The laws are ours, from Eqs. (12)–(14). Every function takes the start ρ₀ = r₀/r*, the learning rate a = α/α* and the
epoch n, and broadcasts them. It raises `ValueError` where a number is not finite, ρ₀ is below 1, a is not positive or n
is negative, or the shapes do not fit.
"""

import numpy as np

from ghostlib import _checks
from ghostlib.toy.rescaled import STEP


RATE = 2.5 * STEP  # by which ρ^(5/2) falls in an epoch, over a: 15/8
LOSS_SLOPE = 1 / 2  # of L/T = |1 − ρ^(−1/2)| at the kink


@np.errstate(over="ignore")
def plateau_duration(rho0, a):
    """Epochs from ρ₀ to the minimum ρ = 1, (8/15a)(ρ₀^(5/2) − 1), if the steps were infinitely small.

    A lower bound for every run; `plateau_duration_in_steps` is exact to about one epoch.
    """
    rho0, a = _tail(rho0, a)
    return (rho0**2.5 - 1) / (RATE * a)


def plateau_duration_in_steps(rho0, a):
    """The same for steps of finite size, to their first order: `plateau_duration` + ¾ ln ρ₀.

    Rounded up, it is the epoch at which the run first passes ρ = 1.
    """
    return plateau_duration(rho0, a) + 0.75 * np.log(_tail(rho0, a)[0])


@np.errstate(over="ignore")
def rho_on_plateau(epoch, rho0, a):
    """ρ on the plateau, (ρ₀^(5/2) − (15/8) a n)^(2/5) after n epochs of infinitely small steps; NaN past ρ = 1."""
    epoch = _checks.nonnegative("epoch", epoch)
    rho0, a = _tail(rho0, a)
    _checks.broadcast(epoch=epoch, rho0=rho0)
    left = rho0**2.5 - RATE * a * epoch
    return np.where(left >= 1, np.maximum(left, 1), np.nan)[()] ** 0.4


def mean_loss(a):
    """Mean of L/T while a run oscillates about the minimum, 3a/16, for small a; in units of time it is 2αT⁶/π⁴."""
    return _checks.positive("a", a) * STEP * LOSS_SLOPE / 2


@np.errstate(over="ignore")
def slip_interval(a):
    """Epochs from one extra step down to the next while a run oscillates, 16/9a, for small a."""
    return 1 / (STEP**2 * _checks.positive("a", a))


def _tail(rho0, a):
    rho0, a = _checks.finite("rho0", rho0), _checks.positive("a", a)
    if np.any(rho0 < 1):
        raise ValueError(f"rho0 must be ≥ 1, on the long tail, got {rho0[rho0 < 1].flat[0]:g}")
    return _checks.broadcast(rho0=rho0, a=a)
