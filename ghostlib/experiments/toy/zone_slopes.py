"""The slope in the toy model's no-learning zone over the confidence, and its two limits, Eqs. (B45) and (B46). Ours."""

from dataclasses import dataclass

import numpy as np

from ghostlib import toy
from ghostlib.page.numbers import Quoted, quoted
from ghostlib.toy import zone


@dataclass(frozen=True, eq=False)
class Slopes:
    """|dL/dr| in units of T/r* at R places and C confidences.

    rho : float array (R,), r/r*.
    product : float array (C,), c x*.
    c : float array (C,).
    exact, low, high : float arrays (R, C), by quadrature, and in the limits of low and of high confidence.
    """

    rho: np.ndarray
    product: np.ndarray
    c: np.ndarray
    exact: np.ndarray
    low: np.ndarray
    high: np.ndarray

    #: Largest relative error of Eq. (B45) at the lowest confidence.
    error_low = Quoted(lambda self: np.abs(self.low / self.exact - 1)[:, 0].max(), "{:.1%}")

    @quoted("{:.2%}")
    def error_high(self):
        """Largest relative error of Eq. (B46) at r = 0 and c > 1."""
        at_zero = self.high[self.rho == 0] / self.exact[self.rho == 0]
        return np.abs(at_zero - 1)[:, self.c > 1].max()

    #: c x* where the slope at r = 0 is steepest.
    steepest_product = Quoted(lambda self: self.product[self.exact[self.rho == 0].argmax()], "{:.1f}")


@dataclass(frozen=True)
class ZoneSlopes:
    """The gradient in the no-learning zone, its limits at low and at high confidence. Ours."""

    T: float = 100.0
    x_star: float = 10.0
    rho: tuple[float, ...] = (-0.5, 0.0, 0.2)
    exponents: tuple[float, float] = (-3.0, 1.0)
    confidences: int = 161

    def run(self):
        """The three gradients, as `Slopes`."""
        c, rho, unit = np.logspace(*self.exponents, self.confidences), np.array(self.rho), toy.r_star(self.T)
        r = rho[:, None] * unit
        gradients = (
            toy.finite_gradient(r, self.T, c=c, x_star=self.x_star),
            zone.gradient_low_confidence(r, self.T, c=c),
            zone.gradient_high_confidence(r, self.T, c=c, x_star=self.x_star),
        )
        return Slopes(rho, c * self.x_star, c, *(np.abs(gradient) * unit / self.T for gradient in gradients))


ZONE_SLOPES = ZoneSlopes()
