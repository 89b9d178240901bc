"""The toy model's loss: Fig. 2A, what the paper's time step does to it, and its slope in the no-learning zone.

The settings of Fig. 2A are the authors' code's, except where a field's comment says that the paper's text gives them.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from ghostlib import toy
from ghostlib.page.numbers import Quoted, quoted, scientific


@dataclass(frozen=True)
class LossLandscape:
    """Fig. 2A: the loss against r, analytic and for realistic outputs σ(c(x − x*))."""

    T: float = 100.0  # paper
    dt: float = 0.1  # paper
    x_star: float = 10.0  # paper
    c: tuple[float, ...] = (0.1, 1.0)
    r_over_r_star: tuple[float, float] = (-1.0, 2.0)
    points: int = 100

    def run(self):
        """The losses at `points` values of r. Returns `Landscapes`."""
        r = np.linspace(*self.r_over_r_star, self.points) * toy.r_star(self.T)
        c = np.array(self.c)[:, None]
        return Landscapes(
            r=r,
            analytic=toy.loss(r, self.T),
            euler=toy.euler_loss(r, self.T, c=c, x_star=self.x_star, dt=self.dt),
            exact=toy.finite_loss(r, self.T, c=c, x_star=self.x_star),
            settings=self,
        )


@dataclass(frozen=True)
class Landscapes:
    """The loss over r, in the limit and at finite confidence; all losses in time units (not divided by T).

    r : shape (R,).
    analytic : shape (R,), Eq. (12).
    euler : shape (C, R), one row a confidence, by the paper's Euler scheme.
    exact : shape (C, R), the same integral by quadrature of the exact solution.
    settings : LossLandscape.
    """

    r: np.ndarray
    analytic: np.ndarray
    euler: np.ndarray
    exact: np.ndarray
    settings: LossLandscape

    #: The largest distance from the analytic loss at the highest confidence, over T.
    distance = Quoted(
        lambda self: np.max(np.abs(self.euler[np.argmax(self.settings.c)] - self.analytic)) / self.settings.T,
        "{:.2%}",
        claim="fig-2a-curve",
    )
    #: The output while the state waits at 0, at the lowest confidence.
    rest_low = Quoted(lambda self: toy.output(0.0, c=min(self.settings.c), x_star=self.settings.x_star), "{:.2f}")
    #: The same at the highest confidence.
    rest_high = Quoted(
        lambda self: toy.output(0.0, c=max(self.settings.c), x_star=self.settings.x_star),
        lambda value: scientific(value, 1),
    )
    #: The loss of waiting for ever, over T, at the lowest confidence.
    silent_low = Quoted(lambda self: self.rest_low**2 + (1 - self.rest_low) ** 2, "{:.2f}")
    #: The loss of waiting exactly T, over T, at the lowest confidence.
    floor_low = Quoted(lambda self: self.rest_low**2, "{:.3f}")


@dataclass(frozen=True)
class EulerDelay:
    """What Euler's time step does to the loss: near the minimum, and where the loss is the delay. Ours."""

    T: float = 100.0
    x_star: float = 10.0
    c: float = 1.0
    c_of_stairs: float = 10.0
    dt: float = 0.1  # paper
    near: tuple[float, float] = (0.99, 1.02)
    points: int = 601
    late: tuple[float, float] = (0.45, 0.55)
    late_points: int = 101
    steps: tuple[float, ...] = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)

    def losses(self, rho, c, dt):
        """The loss at ρ = r/r* by Euler steps and by quadrature."""
        r, limits = rho * toy.r_star(self.T), {"c": c, "x_star": self.x_star}
        return toy.euler_loss(r, self.T, **limits, dt=dt), toy.finite_loss(r, self.T, **limits)

    def run(self):
        """Both losses at `points` values of r near r*, and their difference around r*/2 at every time step.

        Returns `EulerErrors`.
        """
        rho, late = np.linspace(*self.near, self.points), np.linspace(*self.late, self.late_points)
        euler, exact = self.losses(rho, self.c, self.dt)
        dt = np.array(self.steps)
        delayed, on_time = self.losses(late, self.c, dt[:, None])
        speeds = toy.flow(np.array([[self.x_star], [0]]), late * toy.r_star(self.T))
        return EulerErrors(
            rho=rho,
            euler=euler,
            exact=exact,
            dt=dt,
            delay=(delayed - on_time).mean(axis=1),
            predicted=(dt[:, None] / 2 * (np.log(speeds[0] / speeds[1]) - 1)).mean(axis=1),
            settings=self,
        )


@dataclass(frozen=True)
class EulerErrors:
    """The paper's scheme against the exact loss; losses and delays in units of time.

    rho, euler, exact : shape (R,), r/r* near 1 and the two losses there.
    dt, delay, predicted : shape (D,), the time step, the delay that it adds to the escape, and Eq. (B8).
    settings : EulerDelay.
    """

    rho: np.ndarray
    euler: np.ndarray
    exact: np.ndarray
    dt: np.ndarray
    delay: np.ndarray
    predicted: np.ndarray
    settings: EulerDelay

    @quoted("{:.6f}")
    def exact_best(self):
        """The r/r* at which the exact loss is least, as the root of its gradient."""
        T, c, x_star = self.settings.T, self.settings.c, self.settings.x_star
        return brentq(lambda rho: toy.finite_gradient(rho * toy.r_star(T), T, c=c, x_star=x_star), 0.99, 1.01)

    #: The r/r* at which the state is at the threshold at T: (1 + 1/(x* T))⁻².
    exact_predicted = Quoted(lambda self: (1 + 1 / (self.settings.x_star * self.settings.T)) ** -2, "{:.6f}")
    #: The r/r* at which Euler's loss is least.
    euler_best = Quoted(lambda self: self.rho[np.argmin(self.euler)], "{:.4f}")
    #: The delay at the paper's time step.
    euler_delay = Quoted(lambda self: self.delay[self.dt == self.settings.dt].item(), "{:.2f}")
    #: The same by Eq. (B8).
    euler_delay_predicted = Quoted(lambda self: self.predicted[self.dt == self.settings.dt].item(), "{:.2f}")
    #: The power of the time step with which the delay shrinks.
    euler_order = Quoted(lambda self: np.polyfit(np.log(self.dt), np.log(self.delay), 1)[0], "{:.2f}")

    @quoted("{:.0%}")
    def stairs(self):
        """The share of the range near r* where Euler's loss is flat at high confidence: |dL/dρ| below T/200."""
        euler, _ = self.settings.losses(self.rho, self.settings.c_of_stairs, self.settings.dt)
        return np.mean(np.abs(np.gradient(euler / self.settings.T, self.rho)) < 0.005)

    @quoted("{:.0f}")
    def euler_factor(self):
        """How many times the exact loss Euler's is at r* itself."""
        euler, exact = self.settings.losses(1.0, self.settings.c, self.settings.dt)
        return euler / exact


@dataclass(frozen=True)
class SlopeByConfidence:
    """The slope of the exact loss inside the no-learning zone, over the confidence. Ours."""

    T: float = 100.0
    x_star: float = 10.0
    c_exponents: tuple[float, float] = (-3.0, 1.0)
    points: int = 161
    rho: tuple[float, ...] = (-0.5, 0.0, 0.2)
    compared: tuple[float, float] = (0.1, 1.0)  # those of Fig. 2A
    alpha: float = 1e-10  # that of Fig. 2B

    def slope(self, r, c):
        """dL/dr, in units of time³."""
        return toy.finite_gradient(r, self.T, c=c, x_star=self.x_star)

    def run(self):
        """The slope at every place ρ = r/r* and confidence. Returns `ConfidenceSlopes`."""
        c, best = np.logspace(*self.c_exponents, self.points), toy.r_star(self.T)
        size = np.abs(self.slope(np.array(self.rho)[:, None] * best, c)) * best / self.T
        return ConfidenceSlopes(c=c, size=size, settings=self)


@dataclass(frozen=True)
class ConfidenceSlopes:
    """How steep the loss is in the no-learning zone.

    c : shape (C,), the confidence.
    size : shape (P, C), |dL/dr| in T/r*, one row a place.
    settings : SlopeByConfidence.
    """

    c: np.ndarray
    size: np.ndarray
    settings: SlopeByConfidence

    @quoted("{:.2f}")
    def best_product(self):
        """The c x* at which the slope at r = 0 is steepest."""
        found = minimize_scalar(lambda c: self.settings.slope(0.0, c), bounds=(0.01, 1), method="bounded")
        return self.settings.x_star * found.x

    @quoted("{:,.0f}")
    def gain(self):
        """How many times steeper the slope at r = 0 is at the lower of the two confidences."""
        low, high = self.settings.compared
        return self.settings.slope(0.0, low) / self.settings.slope(0.0, high)

    #: Epochs of descent in small steps from r = 0 to r*/4, ∫ dr / (α |dL/dr|), at the lower confidence.
    leave_low = Quoted(lambda self: self._epochs_to_leave(self.settings.compared[0]), "{:,.0f}")
    #: The same at the higher confidence.
    leave_high = Quoted(lambda self: self._epochs_to_leave(self.settings.compared[1]), "{:,.0f}")

    @quoted(claim="fig-2a-confidence")
    def steeper_everywhere(self):
        """Whether the lower confidence leads out of the zone, and more steeply, from −10 r* to 0.2495 r*."""
        inside = np.linspace(-10, 0.2495, 2001) * toy.r_star(self.settings.T)
        low, high = (self.settings.slope(inside, c) for c in self.settings.compared)
        return bool(np.all(low < 0) and np.all(np.abs(low) > np.abs(high)))

    def _epochs_to_leave(self, c):
        edge = toy.r_star(self.settings.T) / 4
        return quad(lambda r: -1 / self.settings.slope(r, c), 0, edge)[0] / self.settings.alpha


FIG_2A = LossLandscape()
EULER_DELAY = EulerDelay()
SLOPE_BY_CONFIDENCE = SlopeByConfidence()
