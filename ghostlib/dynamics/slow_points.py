"""Fixed points and slow points of a one-dimensional flow τκ̇ = f(κ), with none missed.

A grid shows a pair of fixed points only once they stand further apart than its step, so it cannot see a pair just born
in a saddle-node bifurcation. Between two successive extrema, however, f is monotone and crosses zero at most once: the
extrema, and the sign of f there, give every fixed point. No extremum escapes either, because a bound B ≥ |f‴| is
known. In a cell of half-width w around κ, Taylor's theorem says that

    |f′(κ)| > |f″(κ)| w + B w²/2   f′ has no zero in the cell,
    |f″(κ)| > B w                  f′ is monotone and has at most one,

and a cell of which neither holds is halved.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from ghostlib import _checks
from ghostlib.dynamics import _counting


# Cells of the first cut, and the narrowest one as a share of the interval: below it f′ drowns in its own rounding.
CELLS = 32
NARROWEST = 1e-9
# Cells in the work at once from which on a flow is refused.
MOST_CELLS = 100_000
# The finest relative resolution that Brent's method takes.
RESOLUTION = 4 * np.finfo(np.float64).eps
# The largest |tanh‴|.
TANH_THIRD = 2.0


class Flow(NamedTuple):
    """A one-dimensional flow τκ̇ = f(κ), and what is needed to find all its slow points.

    value, slope, curvature : functions of an array of κ, elementwise: f, f′ and f″.
    third : a number that |f‴| does not exceed on the intervals to be searched (0 for a parabola).
    """

    value: Callable
    slope: Callable
    curvature: Callable
    third: float


class SlowPoint(NamedTuple):
    """A place where a flow stops or lingers.

    position : κ.
    speed : f(κ), signed, in units of 1/τ; zero to rounding at a fixed point.
    slope, curvature : f′(κ) and f″(κ).
    kind : "stable" or "unstable", a fixed point; "ghost", a positive minimum or a negative maximum of f, where two
        fixed points are about to be born or have just died; "saddle-node", an extremum that touches zero.
    passage_time : π τ/√(f f″/2), what the parabola through a ghost takes from −∞ to ∞; inf at the other kinds.
    distance : |f| at the extremum, the shift of f that brings the saddle-node; for a fixed point, the smaller one of
        the two extrema beside it, where it would meet another; inf where there is none.
    """

    position: float
    speed: float
    slope: float
    curvature: float
    kind: str
    passage_time: float
    distance: float


class Count(NamedTuple):
    """How many fixed points each network of an ensemble has.

    number : int array of the ensemble's shape.
    certified : bool array of the same shape. True where the number is proved for these very parameters, rounding
        included; False where an extremum touches zero, or a fixed point an end of the interval, within rounding.
    """

    number: np.ndarray
    certified: np.ndarray


def slow_points_of(flow, interval, *, tau=1.0, tolerance=1e-12):
    """Every fixed point and every ghost of a smooth flow on an interval.

    Parameters
    ----------
    flow : Flow
    interval : (low, high)
        Finite, low < high, both included.
    tau : float, default 1
        Time constant τ > 0, the unit of the passage times.
    tolerance : float, default 1e-12
        An extremum with |f| ≤ `tolerance` is one saddle-node instead of a ghost or a pair of fixed points.

    Returns
    -------
    tuple of SlowPoint
        In the order of their positions.

    Raises
    ------
    ValueError
        If an argument is out of range, the flow is not finite on the interval, or a stretch of it cannot be settled
        because f′ and f″ vanish together or `flow.third` is far too large.
    """
    low, high = _interval(interval)
    tau, tolerance = float(_checks.positive("tau", tau)), float(_checks.nonnegative("tolerance", tolerance))
    flow = _checked(flow)
    extrema = list(_crossings(flow.slope, _cut(flow, low, high)))
    knots = np.array([low, *(position for _, position, _ in extrema), high])
    height = np.abs(flow.value(knots))
    height[[0, -1]] = np.inf
    found = []

    def add(position, kind, distance):
        speed, slope, curvature = (float(of(position)) for of in flow[:3])
        product = speed * curvature
        time = math.pi * tau / math.sqrt(product / 2) if kind == "ghost" and product > 0 else math.inf
        found.append(SlowPoint(float(position), speed, slope, curvature, kind, time, float(distance)))

    for (_, position, is_minimum), distance in zip(extrema, height[1:-1], strict=True):
        if distance <= tolerance:
            add(position, "saddle-node", distance)
        elif (flow.value(position) > 0) == is_minimum:
            add(position, "ghost", distance)
    for piece, position, is_rising in _crossings(flow.value, knots):
        distance = min(height[piece : piece + 2])
        # Within the tolerance of an extremum the pair is that saddle-node.
        if distance > tolerance:
            add(position, "unstable" if is_rising else "stable", distance)
    return tuple(sorted(found))


def slow_points(network, *, interval=None, tau=1.0, tolerance=1e-12):
    """Every fixed point and every ghost of the latent flow of one rank-one network.

    Parameters
    ----------
    network : RankOne
        A single one, of shape () or (1,).
    interval : (low, high), optional
        Where to look; by default |κ| ≤ Σ|n| + 1, beyond which there is no fixed point and |f| > 1.
    tau, tolerance : as in `slow_points_of`.

    Returns
    -------
    tuple of SlowPoint
        In the order of their positions.

    Raises
    ------
    ValueError
        If `network` holds several networks or non-finite parameters, or another argument is out of range.

    Source: Eq. (4).
    """
    network = _single(network)
    if interval is None:
        interval = (-_reach(network), _reach(network))
    return slow_points_of(rank_one_flow(network), interval, tau=tau, tolerance=tolerance)


def rank_one_flow(network):
    """The latent flow f(κ) = −κ + n·tanh(m κ + b) of one rank-one network, with |f‴| ≤ 2 Σ|n m³|.

    Parameters
    ----------
    network : RankOne
        A single one, of shape () or (1,).

    Returns
    -------
    Flow
        In units of 1/τ.

    Raises
    ------
    ValueError
        If `network` holds several networks or non-finite parameters.

    Source: Eq. (4).
    """
    network = _single(network)
    third = TANH_THIRD * np.abs(network.n * network.m.astype(np.float64) ** 3).sum()
    return Flow(network.flow, network.slope, network.curvature, float(third))


def count_fixed_points(networks, *, interval=None):
    """Count the fixed points of every rank-one network of an ensemble, and prove the count.

    Compiled and in parallel, a few microseconds a network: fit for a snapshot after every epoch.

    Parameters
    ----------
    networks : RankOne
        Of any shape, in float32 or float64.
    interval : (low, high), optional
        Where to count; by default the whole line, since every fixed point lies within |κ| < Σ|n|.

    Returns
    -------
    Count
        An extremum that touches zero within rounding counts as two, one or none and is not certified.

    Raises
    ------
    ValueError
        If parameters are not finite, or `interval` is not low < high.

    Source: Eq. (4); the claim that exactly one fixed point exists throughout the training of Fig. 3A.
    """
    _refuse_unless_finite(networks)
    low, high = (-np.inf, np.inf) if interval is None else _interval(interval)
    m, n, b = (np.ascontiguousarray(array).reshape(-1, networks.N) for array in (networks.m, networks.n, networks.b))
    reach = np.ravel(_reach(networks))
    number, certified = np.empty(len(m), dtype=np.int64), np.empty(len(m), dtype=np.bool_)
    _counting.count(m, n, b, np.clip(low, -reach, reach), np.clip(high, -reach, reach), number, certified)
    return Count(number.reshape(networks.shape), certified.reshape(networks.shape))


def passage_time(flow, start, stop, *, tau=1.0):
    """Time that the flow takes from `start` to `stop`, τ ∫ dκ/f(κ).

    Parameters
    ----------
    flow : Flow
    start, stop : float
        Finite and different.
    tau : float, default 1
        Time constant τ > 0.

    Returns
    -------
    float
        In the unit of `tau`, to about ten digits; inf where a fixed point or a flow the other way is in between.

    Raises
    ------
    ValueError
        As in `slow_points_of`.
    """
    low, high = _interval(sorted((start, stop)), "start and stop")
    points = slow_points_of(flow, (low, high), tau=tau)
    direction = math.copysign(1.0, stop - start)
    if any(point.kind != "ghost" for point in points) or direction * flow.value(start) <= 0:
        return math.inf
    # Around a ghost κ = κ_g + ω sinh u, ω = √(2f/f″), turns the narrow peak of 1/f into ω/(f_g cosh u).
    peaks = [
        (point.position, math.sqrt(2 * point.speed / point.curvature))
        for point in points
        if point.passage_time < math.inf
    ] or [(low, high - low)]
    centres = [centre for centre, _ in peaks]
    cuts = [low, *((left + right) / 2 for left, right in zip(centres, centres[1:], strict=False)), high]
    total = 0.0
    for (centre, width), left, right in zip(peaks, cuts, cuts[1:], strict=False):

        def slowness(u, centre=centre, width=width):
            return width * math.cosh(u) / abs(float(flow.value(centre + width * math.sinh(u))))

        ends = (math.asinh((left - centre) / width), math.asinh((right - centre) / width))
        total += quad(slowness, *ends, epsabs=0, epsrel=1e-10, limit=500)[0]
    return float(tau) * total


def simulated_passage_time(flow, start, stop, *, delta, tau=1.0, longest=1_000_000):
    """Time from `start` to `stop` in steps of the Euler map κ ← κ + Δ f(κ), as the network is run (Eq. 17).

    Parameters
    ----------
    flow : Flow
    start, stop : float
        Finite and different.
    delta : float
        Step Δ = Δt/τ > 0; 0.5 is the paper's, and Δ → 0 gives `passage_time`.
    tau : float, default 1
        Time constant τ > 0.
    longest : int, default 1 000 000
        Steps after which the state is taken never to arrive.

    Returns
    -------
    float
        In the unit of `tau`, the last step shared linearly; inf where the state does not arrive.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    _interval(sorted((start, stop)), "start and stop")
    delta, tau = float(_checks.positive("delta", delta)), float(_checks.positive("tau", tau))
    direction = math.copysign(1.0, stop - start)
    kappa = float(start)
    for step in range(_checks.count("longest", longest, 1)):
        move = delta * float(flow.value(kappa))
        if direction * (kappa + move - stop) >= 0:
            return tau * delta * (step + (stop - kappa) / move)
        if direction * move <= 0 or kappa + move == kappa:
            return math.inf
        kappa += move
    return math.inf


def _cut(flow, low, high):
    """Edges of cells that tile [low, high], in each of which f′ has at most one zero."""
    width = (high - low) / CELLS
    left = low + width * np.arange(CELLS)
    edges = [[high]]
    while left.size:
        half = width / 2
        slope, curvature = np.abs(flow.slope(left + half)), np.abs(flow.curvature(left + half))
        is_open = (slope <= curvature * half + flow.third * half**2 / 2) & (curvature <= flow.third * half)
        is_open &= width > NARROWEST * (high - low)
        edges.append(left[~is_open])
        left = left[is_open]
        left = np.concatenate([left, left + half])
        width = half
        if left.size > MOST_CELLS:
            raise ValueError(
                f"flow cannot be settled on ({low:g}, {high:g}): f′ and f″ vanish together over a stretch of it, "
                f"or flow.third = {flow.third:g} is too large a bound of |f‴|"
            )
    return np.sort(np.concatenate(edges))


def _crossings(function, edges):
    """Yield (i, zero between edges i and i + 1, whether `function` rises there) wherever it changes sign."""
    values = function(edges)
    sign = values >= 0
    # A zero at the very end of the interval has only one side to be told by.
    if values[0] == 0:
        sign[0] = not sign[1]
    if values[-1] == 0:
        sign[-1] = not sign[-2]
    resolution = np.spacing(np.abs(edges).max())
    for i in np.flatnonzero(sign[1:] != sign[:-1]):
        yield i, brentq(function, edges[i], edges[i + 1], xtol=resolution, rtol=RESOLUTION), bool(sign[i + 1])


def _checked(flow):
    """The flow with functions that return one finite float64 for each κ, or refuse."""

    def checked(name, function):
        def call(kappa):
            values = np.broadcast_to(np.asarray(function(kappa), dtype=np.float64), np.shape(kappa))
            if not np.isfinite(values).all():
                raise ValueError(f"flow.{name} must be finite on the interval, got {values[~np.isfinite(values)][0]}")
            return values

        return call

    third = float(_checks.nonnegative("flow.third", flow.third))
    return Flow(*(checked(name, getattr(flow, name)) for name in ("value", "slope", "curvature")), third)


def _interval(ends, name="interval"):
    ends = _checks.finite(name, ends)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"{name} must be two different numbers in ascending order, got {ends.tolist()}")
    return float(ends[0]), float(ends[1])


def _single(network):
    single = network[0] if network.shape == (1,) else network
    if single.shape != ():
        raise ValueError(f"network must be a single one, such as networks[0], got an ensemble of shape {network.shape}")
    _refuse_unless_finite(single)
    return single


def _refuse_unless_finite(networks):
    finite = networks.is_finite()
    if not np.all(finite):
        raise ValueError(f"parameters must be finite, those of {np.sum(~finite)} of {finite.size} networks are not")


def _reach(networks):
    """Beyond Σ|n| the leak wins over the bounded tanh: no fixed point there. The added 1 keeps f clear of zero."""
    return np.abs(networks.n).sum(axis=-1, dtype=np.float64) + 1
