"""How long the ghost of ẋ = x² + r holds the state, measured without the formula (chapter 02). Ours."""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from ghostlib import toy
from ghostlib.page.numbers import Quoted, one_digit, quoted


@dataclass(frozen=True)
class Bottleneck:
    """The wait from x = 0 to the threshold at many values of r, by a general-purpose solver of ẋ = x² + r."""

    r_exponents: tuple[float, float] = (-6.0, 3.0)
    points: int = 19
    x_star: float = 10.0

    def run(self):
        """Follow the state at every r until it passes the threshold. Returns `WaitingTimes`."""
        r = np.logspace(*self.r_exponents, self.points)
        return WaitingTimes(r=r, time=np.array([self._wait(value) for value in r]), x_star=self.x_star)

    def _wait(self, r):
        def passed(t, x):
            return x[0] - self.x_star

        passed.terminal = True
        return solve_ivp(lambda t, x: toy.flow(x, r), (0, 1e9), [0], events=passed, rtol=1e-9, atol=1e-12).t[-1]


@dataclass(frozen=True)
class WaitingTimes:
    """When the state has passed the threshold.

    r, time : float arrays of shape (R,), in 1/time² and in units of time.
    x_star : the threshold.
    """

    r: np.ndarray
    time: np.ndarray
    x_star: float

    @quoted("{:.3f}")
    def law_slope(self):
        """The slope of the wait over r on log axes, up to r = 0.01."""
        slow = self.r <= 1e-2
        return np.polyfit(np.log(self.r[slow]), np.log(self.time[slow]), 1)[0]

    #: The largest relative distance from arctan(x*/√r)/√r.
    law_error = Quoted(
        lambda self: np.max(np.abs(self.time / toy.escape_time(self.r, self.x_star) - 1)),
        one_digit,
    )


BOTTLENECK = Bottleneck()
