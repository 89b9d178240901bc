r"""Other ways to be slow than the toy's, and Eq. (15) for each: a bottleneck of any order, and a saddle passed close.

`u` is how far the parameter is from where the state never escapes. A form gives the escape time τ(u) from x(0) to
infinity, which falls with u, its slope dτ/du, and its inverse. The loss is |T − τ| where τ ≤ 2T, and T otherwise, as
Eq. (12) has it. Raises ValueError where a number is not positive, p is not above 1, or T is too short for the saddle.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import lambertw

from ghostlib import _checks


quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")


class Form:
    """What follows from an escape time: the critical learning rate, and the descent."""

    @quiet
    def alpha_star(self, T):
        """The rate at which a step from just above the best u ends where τ = 2T: Eq. (15) for this form."""
        best = self.parameter(T)
        return (best - self.parameter(2 * _checks.positive("T", T))) / np.abs(self.slope(best))

    @quiet
    def trapped(self, u0, alpha, T, epochs):
        """Whether descent from each of `u0` has ended in the no-learning zone; shape of the arguments broadcast."""
        u0, alpha, T = _checks.broadcast(
            u0=_checks.positive("u0", u0), alpha=_checks.positive("alpha", alpha), T=_checks.positive("T", T)
        )
        best, edge, u = self.parameter(T), self.parameter(2 * T), u0.copy()
        for _ in range(_checks.count("epochs", epochs, 0)):
            learns = u >= edge
            safe = np.where(learns, u, best)
            u = u + np.where(learns, alpha * np.sign(safe - best) * self.slope(safe), 0)
        return u < edge


@dataclass(frozen=True)
class Power(Form):
    """ẋ = |x|^p + r from x(0) = 0, u = r: τ = C r^(1/p − 1) with C = (π/p) / sin(π/p). The toy is p = 2."""

    p: float

    def __post_init__(self):
        if not _checks.number("p", self.p) > 1:
            raise ValueError(f"p must be finite and above 1, got {self.p:g}")

    @property
    def factor(self):
        """C, the escape time at r = 1."""
        return np.pi / self.p / np.sin(np.pi / self.p)

    def escape_time(self, u):
        """τ(u)."""
        return self.factor * _checks.positive("u", u) ** (1 / self.p - 1)

    def slope(self, u):
        """dτ/du, negative."""
        return (1 / self.p - 1) * self.escape_time(u) / u

    def parameter(self, T):
        """The u with τ(u) = T."""
        return (self.factor / _checks.positive("T", T)) ** (self.p / (self.p - 1))


@dataclass(frozen=True)
class Saddle(Form):
    """ẋ = x(x + r) from x(0) = 1, a transcritical bifurcation: u = 1 + r, and τ = ln u / (u − 1), for u < 1.

    The state starts beside the saddle −r and escapes unless that is above it. Time is in units of 1/x(0), and T > 1.
    """

    def escape_time(self, u):
        """τ(u); 1 at u = 1."""
        u = _checks.positive("u", u)
        rest = np.where(u == 1, 0.5, u)
        return np.where(u == 1, 1.0, np.log(rest) / (rest - 1))[()]

    def slope(self, u):
        """dτ/du, negative; −½ at u = 1."""
        u = _checks.positive("u", u)
        rest = np.where(u == 1, 0.5, u)
        return np.where(u == 1, -0.5, (1 / rest - np.log(rest) / (rest - 1)) / (rest - 1))[()]

    def parameter(self, T):
        """The u with τ(u) = T, −W(−T e^(−T)) / T."""
        T = _checks.positive("T", T)
        if np.any(T <= 1):
            raise ValueError(f"T must be > 1, the escape time without a saddle, got {np.min(T):g}")
        return -lambertw(-T * np.exp(-T)).real / T
