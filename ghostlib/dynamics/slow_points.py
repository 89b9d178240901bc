"""Fixed points and slow points of a one-dimensional flow τκ̇ = f(κ), with none missed.

A grid shows a pair of fixed points only once they stand further apart than its step, so it cannot see a pair just born
in a saddle-node bifurcation. Between two successive extrema, however, f is monotone and crosses zero at most once: the
extrema, and the sign of f there, give every fixed point. No extremum escapes either, because a bound B ≥ |f‴| is
known. In a cell of half-width w around κ, Taylor's theorem says that

    |f′(κ)| > |f″(κ)| w + B w²/2   f′ has no zero in the cell,
    |f″(κ)| > B w                  f′ is monotone and has at most one,

and a cell of which neither holds is halved, until f′ is zero to rounding all over it. An extremum is where
f′ changes its sign beyond rounding, a fixed point where f does: what rounding cannot tell from one point is one point.

Every function raises ValueError where an argument is out of range, a flow is not finite on the interval, its
derivatives do not fit each other, or it cannot be settled.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from ghostlib import _checks
from ghostlib.dynamics import _counting
from ghostlib.dynamics.flows import EPS, as_flow, checked_interval, reach, single_network
from ghostlib.dynamics.planar_flows import checked_box
from ghostlib.dynamics.planar_points import rank_two_points
from ghostlib.dynamics.search import found_points
from ghostlib.dynamics.space_points import PARABOLA
from ghostlib.networks.records import FullRank, LowRank, RankOne


# Cells of the first cut. With more than so many in the work at once a flow is flat where it changes, within a cell, by
# less than this share of itself, or is refused.
CELLS = 32
MOST_CELLS = 100_000
RIPPLE = 1e-7
# By how much derivatives may fail to fit each other, as a share of their largest size.
MISFIT = 1e-6


class SlowPoint(NamedTuple):
    """A place where a flow stops or lingers.

    position : κ.
    speed : f(κ), signed, in units of 1/τ; zero to rounding at a fixed point.
    slope, curvature : f′(κ) and f″(κ).
    kind : "stable" or "unstable", a fixed point over which f changes its sign; "saddle-node", a fixed point where f
        touches zero (half-stable); "ghost", a positive minimum or a negative maximum of f, where two fixed points are
        about to be born or have just died.
    passage_time : π τ/√(f f″/2), what the parabola through a ghost takes from −∞ to ∞; NaN where the parabola is off by
        half at √(2f/f″) from the ghost, where it doubles its speed, or at the end of the interval, if that is nearer:
        `passage.passage_time` integrates the flow itself. inf at fixed points.
    distance : |f| at the extremum, the shift of f that brings the saddle-node; for a fixed point, the smaller one of
        the two extrema beside it, where it would meet another; inf where there is none.
    hyperbolic : True at a fixed point where f′ ≠ 0 beyond rounding. False at one of higher order, such as that of −κ³,
        at several that rounding cannot tell apart, at a saddle-node and at a ghost.
    """

    position: float
    speed: float
    slope: float
    curvature: float
    kind: str
    passage_time: float
    distance: float
    hyperbolic: bool

    def multiplier(self, delta):
        """1 + Δ f′(κ): by how much one Euler step κ ← κ + Δ f(κ) multiplies a small distance from a fixed point.

        The network as it is run, in steps Δ = Δt/τ, is stable there where this is smaller than 1 in size: a point that
        is stable in the flow may repel in steps, with κ on either side in turn.
        """
        return 1 + _checks.number("delta", delta, _checks.positive) * self.slope


class Count(NamedTuple):
    """How many fixed points each network of an ensemble has.

    number : int array of the ensemble's shape; −1 where parameters are not finite or so large that f‴ overflows.
    certified : bool array of the same shape. True where the number is proved for these very parameters, rounding
        included; False where an extremum touches zero, or a fixed point an end of the interval, within rounding.
        The number is then that of the changes of sign beyond doubt, and on the whole line still odd.
    """

    number: np.ndarray
    certified: np.ndarray


def slow_points_of(flow, interval, *, tau=1.0, tolerance=None):
    """Every fixed point and every ghost of a smooth flow on an interval.

    Parameters
    ----------
    flow : flows.Flow, RankOne or function
        As in `flows.as_flow`.
    interval : (low, high)
        Finite, low < high, both included.
    tau : float, default 1
        Time constant τ > 0, the unit of the passage times.
    tolerance : float, optional
        An extremum with |f| ≤ `tolerance` touches zero, and what lies within it is one fixed point; by default the
        rounding error of f there.

    Returns
    -------
    tuple of SlowPoint
        In the order of their positions.
    """
    low, high = checked_interval("interval", interval)
    tau = _checks.number("tau", tau, _checks.positive)
    if tolerance is not None:
        tolerance = _checks.number("tolerance", tolerance, _checks.nonnegative)
    flow = as_flow(flow, (low, high))
    edges = _cut(flow, low, high)
    _refuse_misfit(flow, edges)
    extrema = _extrema(flow, edges)
    knots = np.array([low, *(position for position, _ in extrema), high])
    speed = flow.value(knots)
    height = np.abs(speed)
    touches = height <= (flow.rounding(knots)[0] if tolerance is None else tolerance)
    touches[[0, -1]] = height[[0, -1]] == 0
    height[[0, -1]] = np.inf
    sign = np.where(touches, 0, np.sign(speed))
    clear = np.flatnonzero(sign)
    if not clear.size:
        raise ValueError(f"flow is zero to rounding all over ({low:g}, {high:g})")
    # Beyond a zero at the very end of the interval f has the other sign, unless it has an extremum there.
    for end, beside, there, inside in ((0, 1, low, clear[0]), (-1, -2, high, clear[-1])):
        if not sign[end]:
            sign[end] = sign[inside] * (1 if knots[beside] == there else -1)
    clear = np.flatnonzero(sign)
    found = []

    def add(position, kind, distance, hyperbolic=False):
        speed, slope, curvature = (float(of(position)) for of in flow[:3])
        time = _parabola_time(flow, position, speed, curvature, low, high) if kind == "ghost" else math.inf
        found.append(SlowPoint(position, speed, slope, curvature, kind, tau * time, float(distance), hyperbolic))

    for i, j in zip(clear[:-1], clear[1:], strict=True):
        distance = height[i : j + 1].min()
        if sign[i] != sign[j]:
            position = _zero(flow.value, knots[i], knots[j])
            hyperbolic = j == i + 1 and _is_simple(flow, position, high - low)
            add(position, "unstable" if sign[j] > 0 else "stable", distance, hyperbolic)
        elif j > i + 1:
            add(float(knots[i:j][height[i:j].argmin()]), "saddle-node", distance)
    for (position, side), above, distance in zip(extrema, sign[1:-1], height[1:-1], strict=True):
        if above == side:
            add(position, "ghost", distance)
    return tuple(sorted(found))


def slow_points(network, *, interval=None, tau=1.0, tolerance=None):
    """Every fixed point and every ghost of the latent flow of one network (Eqs. 4 and 19).

    Parameters
    ----------
    network : RankOne, LowRank or FullRank
        A single one, of shape () or (1,). To rank two none is missed; of higher rank, those that `search.found_points`
        finds, from its own starts.
    interval : (low, high), or ((low, high), (low, high)) for rank two, optional
        Where to look, as far as |κ| ≤ Σ|n| + 1, beyond which |f| > 1; by default all of that.
    tau, tolerance : as in `slow_points_of`; a tolerance is for rank one.

    Returns
    -------
    tuple of SlowPoint, of rank one, or of SpacePoint
        In the order of their positions; the slowest first where they have been searched for.
    """
    if isinstance(network, LowRank) and network.rank == 1:
        network = RankOne(network.m[..., 0], network.n[..., 0, :], network.b)
    if isinstance(network, LowRank | FullRank):
        if tolerance is not None:
            raise ValueError(f"tolerance is for networks of rank one, got {tolerance!r}")
        if isinstance(network, LowRank) and network.rank == 2:
            box = None if interval is None else checked_box("interval", interval)
            return rank_two_points(network, box=box, tau=tau)
        if interval is not None:
            raise ValueError(f"interval is for networks of rank one or two, got {interval!r}")
        return found_points(network, tau=tau)
    network = single_network(network)
    far = float(reach(network))
    low, high = (-far, far) if interval is None else np.clip(checked_interval("interval", interval), -far, far)
    return slow_points_of(network, (low, high), tau=tau, tolerance=tolerance) if low < high else ()


def count_fixed_points(networks, *, interval=None):
    """Count the fixed points of every rank-one network of an ensemble, and prove the count (Eq. 4).

    Compiled, on all cores, a few microseconds a network: fit for a snapshot after every epoch.

    Parameters
    ----------
    networks : RankOne
        Of any shape, in float32 or float64.
    interval : (low, high), optional
        Where to count; by default the whole line, since every fixed point lies within |κ| < Σ|n|.

    Returns
    -------
    Count
    """
    _checks.instance("networks", networks, RankOne)
    low, high = (-np.inf, np.inf) if interval is None else checked_interval("interval", interval)
    m, n, b = (np.ascontiguousarray(array).reshape(-1, networks.N) for array in (networks.m, networks.n, networks.b))
    far = np.ravel(reach(networks))
    number, certified = _counting.count(m, n, b, np.clip(low, -far, far), np.clip(high, -far, far))
    return Count(number.reshape(networks.shape), certified.reshape(networks.shape))


def _cut(flow, low, high):
    """Edges and middles of cells that tile [low, high]; in each f′ has at most one zero or is zero to rounding."""
    width = (high - low) / CELLS
    left = low + width * np.arange(CELLS)
    edges = [[high]]
    while left.size:
        half = width / 2
        centre = left + half
        _, slope_error, curvature_error = flow.rounding(centre)
        with np.errstate(over="ignore"):
            bend = flow.third(left, left + width) * half
            slope, curvature = np.abs(flow.slope(centre)), np.abs(flow.curvature(centre))
            bent = half * (curvature + curvature_error + bend / 2) + slope_error
        is_flat = slope + bent <= 3 * slope_error
        is_open = (slope <= bent) & (curvature - curvature_error <= bend) & ~is_flat
        if np.count_nonzero(is_open) > MOST_CELLS:
            is_open &= half * (slope + bent) > RIPPLE * np.abs(flow.value(centre))
        if np.count_nonzero(is_open) > MOST_CELLS:
            raise ValueError(
                f"flow cannot be settled on ({low:g}, {high:g}): f, f′ and f″ nearly vanish over a stretch of it, or "
                "flow.third is too large a bound of |f‴|; a function (low, high) may bound it cell by cell"
            )
        edges += [left[~is_open], centre[~is_open]]
        left = left[is_open]
        left = np.concatenate([left, left + half])
        width = half
    return np.sort(np.concatenate(edges))


def _refuse_misfit(flow, edges):
    """Hold f, f′, f″ and the bound of f‴ against each other by finite differences over every cell."""
    width, centre = np.diff(edges), (edges[1:] + edges[:-1]) / 2
    orders = [of(edges) for of in flow[:3]]
    middle = [flow.slope(centre), flow.curvature(centre), 0.0]
    names = ["value", "slope", "curvature", "third"]
    with np.errstate(over="ignore"):
        third = flow.third(edges[:-1], edges[1:])
        allowed = [third * width**3 / 24, third * width**2 / 4, third * width]
    for values, derivative, most, name, other in zip(orders, middle, allowed, names, names[1:], strict=False):
        misfit = np.abs(np.diff(values) - width * derivative) - most * (1 + MISFIT)
        if np.any(misfit > MISFIT * np.abs(values).max()):
            raise ValueError(
                f"flow.{other} does not belong to flow.{name} near κ = {centre[misfit.argmax()]:g}: "
                "it is not its derivative, the flow is not smooth there, or flow.third is too small"
            )


def _extrema(flow, edges):
    """The extrema of f as pairs (position, 1 for a minimum or −1 for a maximum)."""
    slope = flow.slope(edges)
    sign = np.where(np.abs(slope) > 4 * flow.rounding(edges)[1], np.sign(slope), 0)
    # An extremum at the very end of the interval has only one side to be told by.
    for end, beyond in ((0, -1), (-1, 1)):
        if slope[end] == 0:
            sign[end] = beyond * np.sign(flow.curvature(edges[end]))
    clear = np.flatnonzero(sign)
    turns = [(i, j) for i, j in zip(clear[:-1], clear[1:], strict=True) if sign[i] != sign[j]]
    return [(_zero(flow.slope, edges[i], edges[j]), sign[j]) for i, j in turns]


def _zero(function, low, high):
    """Where the function, of different signs at the two ends or zero at one, is zero."""
    return float(brentq(function, low, high, xtol=EPS**2 * (high - low), rtol=4 * EPS, maxiter=1000))


def _is_simple(flow, position, width):
    """Whether f″ and f‴ leave f′ its sign over the stretch of 2e/|f′| that takes f beyond its rounding error e."""
    error, slope_error, _ = flow.rounding(position)
    slope, curvature = abs(float(flow.slope(position))) - slope_error, abs(float(flow.curvature(position)))
    stretch = min(2 * float(error) / slope, width) if slope > 0 else width
    return bool(stretch * (curvature + flow.third(position - stretch, position + stretch) * stretch / 2) < slope / 2)


def _parabola_time(flow, position, speed, curvature, low, high):
    """π/√(f f″/2), or NaN where the parabola does not hold."""
    if not speed * curvature > 0:
        return math.nan
    width = math.sqrt(2 * speed / curvature)
    ends = np.clip([position - width, position + width], low, high)
    parabola = speed + curvature / 2 * (ends - position) ** 2
    holds = np.abs(flow.value(ends) - parabola) <= PARABOLA * np.abs(parabola)
    return math.pi / math.sqrt(speed * curvature / 2) if np.all(holds) else math.nan
