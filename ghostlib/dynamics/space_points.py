"""The record of a place where a flow of several variables stops or lingers, and what its derivatives say of it."""

import math
from typing import NamedTuple

import numpy as np

from ghostlib.dynamics.flows import EPS


# By how much the parabola through a ghost may differ from the flow where it is twice as fast as in the ghost.
PARABOLA = 0.5
# Shares of an eigenvalue's size that rounding may make of its real part, and, of a double one, of its imaginary part.
UPRIGHT, SPLIT = 1e-14, 1e-7


class SpacePoint(NamedTuple):
    """A place where a flow τκ̇ = F(κ) of D variables stops or lingers.

    position : array (D,), κ.
    velocity : array (D,), F(κ), in units of 1/τ; zero to rounding at a fixed point.
    rates : complex array (D,), the eigenvalues of J, the slowest first.
    directions : complex array (D, D), their eigenvectors of length one as columns: the first is the slow direction.
    kind : "stable node", "unstable node", "saddle", "stable focus", "unstable focus" or, where J turns and no more,
        "centre", a fixed point; "saddle-node", one where two touch; "degenerate", one where more of them meet; "ghost",
        a minimum of |F| that is not zero.
    passage_time : π τ/√(f f″/2), f and f″ taken along the slow direction, what the parabola through a ghost takes from
        −∞ to ∞; NaN where the parabola is off by half at `width`; inf at fixed points.
    width : how far along the slow direction a point reaches: √(2f/f″) at a ghost, where the flow has doubled its speed,
        |λ/f″| at a fixed point, where the curvature has used up its rate. NaN at a focus and where f″ is zero.
    certified : whether it is proved to be there, and alone. False where rounding cannot tell how many points there are,
        and for what a search has found without proof.
    """

    position: np.ndarray
    velocity: np.ndarray
    rates: np.ndarray
    directions: np.ndarray
    kind: str
    passage_time: float
    width: float
    certified: bool

    @property
    def speed(self):
        """|F(κ)|; at a ghost, the size of the constant flow that brings the saddle-node."""
        return float(np.linalg.norm(self.velocity))

    @property
    def attracting(self):
        """Along which of the directions the point attracts, D bools; along its slow one a ghost does not."""
        attracts = self.rates.real < 0
        attracts[0] &= self.kind not in ("ghost", "saddle-node")
        return tuple(attracts.tolist())


def space_point(position, value, jacobian, second, tau, what, certified):
    """The record of the point at `position`.

    Parameters
    ----------
    position : array (D,)
    value : function of points (G, D), F there.
    jacobian : array (D, D), J at the point.
    second : function of a vector v (D,), the second derivative D²F[v, v] at the point.
    tau : float
    what : "fixed", "ghost", or the winding number of F around a point that is not settled.
    certified : bool
    """
    velocity = value(position[None])[0]
    rates, directions = np.linalg.eig(jacobian)
    rates, directions = rates.astype(complex), directions.astype(complex)
    rates.imag[np.abs(rates.imag) <= SPLIT * np.abs(rates)] = 0
    order = np.argsort(np.abs(rates), kind="stable")
    rates, directions = rates[order], directions[:, order]
    time, width = math.inf, math.nan
    if not rates[0].imag:
        left, _, right = np.linalg.svd(jacobian - (0 if what == "ghost" else rates[0].real) * np.eye(len(rates)))
        left, right = left[:, -1], right[-1]
        bend = second(right)
        if what == "ghost":
            # J is singular there, whatever rounding makes of the small eigenvalue.
            rates[0], directions[:, 0] = 0, right
            time, width = _passage(position, value, velocity, right, velocity @ bend)
            time *= tau * abs(left @ right)
        elif abs(left @ bend) > EPS * np.linalg.norm(bend):
            width = float(abs(rates[0] * (left @ right) / (left @ bend)))
    return SpacePoint(position, velocity, rates, directions, _kind(rates, what), time, width, certified)


def _passage(position, value, velocity, direction, bend):
    """π/√(F·D²F[v, v]/2) and the width of a ghost; NaN where the parabola does not hold."""
    if not bend > 0:
        return math.nan, math.nan
    speed = np.linalg.norm(velocity)
    width = float(speed * math.sqrt(2 / bend))
    ends = value(position + width * np.array([[-1], [1]]) * direction) @ velocity / speed
    holds = np.all(np.abs(ends - 2 * speed) <= 2 * speed * PARABOLA)
    return math.pi / math.sqrt(bend / 2) if holds else math.nan, width


def _kind(rates, what):
    if what == "ghost":
        return "ghost"
    if what == 0:
        return "saddle-node"
    if what not in ("fixed", 1, -1):
        return "degenerate"
    real, turns = rates.real, bool(rates.imag.any())
    if what == "fixed" and turns and np.all(np.abs(real) <= UPRIGHT * np.abs(rates)):
        return "centre"
    if what == -1 or (what == "fixed" and real.min() < 0 < real.max()):
        return "saddle"
    return f"{'stable' if real[-1] < 0 else 'unstable'} {'focus' if turns else 'node'}"
