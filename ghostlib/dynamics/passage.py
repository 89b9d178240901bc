"""How long a flow takes from one place to another, and how a network waits: the way from κ(0) past the ghost to κ*.

Every function raises ValueError where an argument is out of range, or as `slow_points_of`.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from ghostlib import _checks
from ghostlib.dynamics.flows import as_flow, checked_interval, rank_one_flow, single_network
from ghostlib.dynamics.slow_points import SlowPoint, slow_points, slow_points_of


class Wait(NamedTuple):
    r"""The way of one network from κ(0) to κ*; times in the unit of the task's τ (ms).

    ghost : SlowPoint, the ghost on the way or beside it: the slowest positive minimum of f.
    width : √(2f/f″), the distance from the ghost at which its parabola is twice as fast.
    full_line_time : π τ/√(f f″/2), what the parabola takes from −∞ to ∞: the formula of a narrow bottleneck.
    parabola : what the same parabola takes from κ(0) to κ*.
    exact : τ ∫ dκ/f(κ) from κ(0) to κ*.
    euler_time : the same in the Euler steps in which the network is run.
    bottleneck_fraction : share of `exact` spent within `width` of the ghost.
    threshold_speed : f(κ*), in 1/τ.
    rise_time : time in which the output rises from 10% to 90%, that is from κ* − ln 9/c to κ* + ln 9/c.
    """

    ghost: SlowPoint
    width: float
    full_line_time: float
    parabola: float
    exact: float
    euler_time: float
    bottleneck_fraction: float
    threshold_speed: float
    rise_time: float


def passage_time(flow, start, stop, *, tau=1.0):
    """Time that the flow takes from `start` to `stop`, τ ∫ dκ/f(κ).

    Parameters
    ----------
    flow : flows.Flow, RankOne or function
        As in `flows.as_flow`.
    start, stop : float
        Finite and different.
    tau : float, default 1
        Time constant τ > 0.

    Returns
    -------
    float
        In the unit of `tau`, to about ten digits; inf where a fixed point or a flow the other way is in between.
    """
    start, stop, (low, high) = _ends(start, stop)
    flow = as_flow(flow, (low, high))
    points = slow_points_of(flow, (low, high), tau=tau)
    if any(point.kind != "ghost" for point in points) or (stop - start) * float(flow.value(start)) <= 0:
        return math.inf
    # f is slowest in its ghosts and at the ends: from each of them halfway to the next.
    slowest = [low, *(point.position for point in points), high]
    ways = [(way, (a + b) / 2) for a, b in itertools.pairwise(slowest) if a < b for way in (a, b)]
    return float(tau) * sum(_slowness(flow, here, there) for here, there in ways)


def simulated_passage_time(flow, start, stop, *, delta, tau=1.0, longest=1_000_000):
    """Time from `start` to `stop` in steps of the Euler map κ ← κ + Δ f(κ), as the network is run (Eq. 17).

    Parameters
    ----------
    flow : flows.Flow, RankOne or function
        As in `flows.as_flow`.
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
    """
    start, stop, interval = _ends(start, stop)
    value = as_flow(flow, interval).value
    delta, tau = (_checks.number(*named, _checks.positive) for named in (("delta", delta), ("tau", tau)))
    direction = math.copysign(1.0, stop - start)
    kappa = start
    for step in range(_checks.count("longest", longest, 1)):
        move = delta * float(value(kappa))
        if direction * (kappa + move - stop) >= 0:
            return tau * delta * (step + (stop - kappa) / move)
        if direction * move <= 0 or kappa + move == kappa:
            return math.inf
        kappa += move
    return math.inf


def ghost_of(network):
    """The slowest positive minimum of a network's latent flow (Eq. 4), a SlowPoint, or None where there is none.

    network : RankOne, a single one.
    """
    found = [point for point in slow_points(single_network(network)) if point.kind == "ghost" and point.speed > 0]
    return min(found, key=lambda point: point.speed, default=None)


def wait(network, task, c=10.0):
    """How one network passes its ghost on the way from κ(0) to κ*.

    Parameters
    ----------
    network : RankOne
        A single one, of shape () or (1,), that has a ghost and starts below κ*.
    task : DelayedActivation
    c : float, default 10
        Confidence, which sets the range of uncertain outputs.

    Returns
    -------
    Wait
        Times are inf where a fixed point is on the way.
    """
    c = _checks.number("c", c, _checks.positive)
    network = single_network(network)
    ghost, start, stop = ghost_of(network), float(network.kappa0(task)), task.kappa_star
    if ghost is None:
        raise ValueError("network has no ghost: its latent flow has no positive minimum")
    if not ghost.curvature > 0:
        raise ValueError(f"network must have a ghost with f″ > 0, but the minimum at κ = {ghost.position:g} is flat")
    if not start < stop:
        raise ValueError(f"network must start below the threshold κ* = {stop:g}, but κ(0) = {start:g}")
    flow, rate = rank_one_flow(network), math.sqrt(ghost.speed * ghost.curvature / 2)
    width = math.sqrt(2 * ghost.speed / ghost.curvature)
    exact = passage_time(flow, start, stop, tau=task.tau)
    inside = [float(np.clip(ghost.position + side * width, start, stop)) for side in (-1, 1)]
    near = passage_time(flow, *inside, tau=task.tau) if inside[0] < inside[1] else 0.0
    unsure = stop - math.log(9) / c, stop + math.log(9) / c
    return Wait(
        ghost=ghost,
        width=width,
        full_line_time=math.pi * task.tau / rate,
        parabola=task.tau / rate * (_angle(stop, ghost, width) - _angle(start, ghost, width)),
        exact=exact,
        euler_time=simulated_passage_time(flow, start, stop, delta=task.delta, tau=task.tau),
        bottleneck_fraction=near / exact,
        threshold_speed=float(network.flow(stop)),
        rise_time=passage_time(flow, *unsure, tau=task.tau) if unsure[0] < unsure[1] else 0.0,
    )


def _ends(start, stop):
    start, stop = (_checks.number(*named, _checks.finite) for named in (("start", start), ("stop", stop)))
    return start, stop, checked_interval("start and stop", sorted((start, stop)))


def _slowness(flow, here, there):
    """∫ dκ/|f| from `here`, where f is slow, to `there`, by κ = here + w sinh u: f has doubled at the distance w."""

    def speed(distance):
        return abs(float(flow.value(here + distance)))

    least, way = speed(0), there - here
    width = way
    if speed(way) > 2 * least:
        width = brentq(lambda distance: speed(distance) - 2 * least, 0, way, maxiter=1000)
    return abs(
        quad(
            lambda u: width * math.cosh(u) / speed(width * math.sinh(u)),
            0,
            math.asinh(way / width),
            epsabs=0,
            epsrel=1e-10,
            limit=500,
        )[0]
    )


def _angle(kappa, ghost, width):
    return math.atan((kappa - ghost.position) / width)
