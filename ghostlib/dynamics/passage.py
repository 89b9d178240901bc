"""How a rank-one network waits: the way of its latent variable from κ(0) past the ghost to the threshold κ*."""

import math
from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.dynamics.slow_points import SlowPoint, passage_time, rank_one_flow, simulated_passage_time, slow_points


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
    rise_time : time in which the output rises from 10 % to 90 %, that is from κ* − ln 9/c to κ* + ln 9/c.
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


def ghost_of(network):
    """The slowest positive minimum of a network's latent flow (Eq. 4), or None where there is none.

    Parameters
    ----------
    network : RankOne
        A single one.

    Returns
    -------
    SlowPoint or None

    Raises
    ------
    ValueError
        As `slow_points`.
    """
    found = [point for point in slow_points(network) if point.kind == "ghost" and point.speed > 0]
    return min(found, key=lambda point: point.speed, default=None)


def wait(network, task, c=10.0):
    """How one network passes its ghost on the way from κ(0) to κ*.

    Parameters
    ----------
    network : RankOne
        A single one, of shape () or (1,).
    task : DelayedActivation
    c : float, default 10
        Confidence, which sets the range of uncertain outputs.

    Returns
    -------
    Wait
        Times are inf where a fixed point is on the way.

    Raises
    ------
    ValueError
        If the network has no ghost, κ(0) is not below κ*, or `c` is not positive.
    """
    network = network[0] if network.shape == (1,) else network
    c, ghost, start, stop = float(_checks.positive("c", c)), ghost_of(network), network.kappa0(task), task.kappa_star
    if ghost is None:
        raise ValueError("network has no ghost: its latent flow has no positive minimum")
    if not start < stop:
        raise ValueError(f"network must start below the threshold κ* = {stop:g}, but κ(0) = {start:g}")
    flow, rate = rank_one_flow(network), math.sqrt(ghost.speed * ghost.curvature / 2)
    width = math.sqrt(2 * ghost.speed / ghost.curvature)
    exact = passage_time(flow, start, stop, tau=task.tau)
    inside = [float(np.clip(ghost.position + side * width, start, stop)) for side in (-1, 1)]
    near = passage_time(flow, *inside, tau=task.tau) if inside[0] < inside[1] else 0.0
    edge = math.log(9) / c
    return Wait(
        ghost=ghost,
        width=width,
        full_line_time=math.pi * task.tau / rate,
        parabola=task.tau / rate * (_angle(stop, ghost, width) - _angle(start, ghost, width)),
        exact=exact,
        euler_time=simulated_passage_time(flow, start, stop, delta=task.delta, tau=task.tau),
        bottleneck_fraction=near / exact,
        threshold_speed=float(network.flow(stop)),
        rise_time=passage_time(flow, stop - edge, stop + edge, tau=task.tau),
    )


def _angle(kappa, ghost, width):
    return math.atan((kappa - ghost.position) / width)
