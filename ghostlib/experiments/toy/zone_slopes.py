"""The slope in the toy model's no-learning zone over the confidence, and its two limits, Eqs. (B45) and (B46). Ours."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import toy
from ghostlib.experiments.toy.landscape import ConfidenceSlopes
from ghostlib.page.numbers import Quoted, quoted
from ghostlib.toy import zone


@dataclass(frozen=True, eq=False)
class SlopeLimits:
    """The limits of low and of high confidence beside the slope itself.

    slopes : ConfidenceSlopes of `experiments.SLOPE_BY_CONFIDENCE`, at P places and C confidences.
    """

    slopes: ConfidenceSlopes

    @cached_property
    def low(self):
        """|dL/dr| in T/r* by Eq. (B45), shape (P, C)."""
        return self._size(zone.gradient_low_confidence)

    @cached_property
    def high(self):
        """The same by Eq. (B46)."""
        return self._size(zone.gradient_high_confidence, x_star=self.slopes.settings.x_star)

    #: Largest relative error of Eq. (B45) at the lowest confidence.
    error_low = Quoted(lambda self: np.abs(self.low / self.slopes.size - 1)[:, 0].max(), "{:.1%}")

    @quoted("{:.2%}")
    def error_high(self):
        """Largest relative error of Eq. (B46) at r = 0 and c > 1."""
        at_zero = np.array(self.slopes.settings.rho) == 0
        return np.abs(self.high / self.slopes.size - 1)[at_zero][:, self.slopes.c > 1].max()

    #: c x* where the slope at r = 0 is steepest.
    steepest_product = Quoted(lambda self: self.slopes.best_product, "{:.1f}")

    def _size(self, gradient, **options):
        T, rho = self.slopes.settings.T, np.array(self.slopes.settings.rho)[:, None]
        return np.abs(gradient(rho * toy.r_star(T), T, c=self.slopes.c, **options)) * toy.r_star(T) / T
