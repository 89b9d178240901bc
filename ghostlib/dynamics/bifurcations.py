"""When a ghost is born and when it dies: the two events in the life of a latent flow.

Every function raises ValueError where its argument is not RankOne, or not what its docstring asks for.
"""

from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.dynamics.flows import single_network
from ghostlib.dynamics.slow_points import count_fixed_points, slow_points
from ghostlib.networks.records import RankOne


class SaddleNode(NamedTuple):
    """A saddle-node bifurcation between two networks.

    share : the share of the way from the one to the other at which the ghost touches zero.
    network : the network there, a single one.
    position : κ of the double point.
    """

    share: float
    network: RankOne
    position: float


@np.errstate(over="ignore", invalid="ignore")
def slope_upper_bound(networks):
    r"""An upper bound of f′, −1 + Σᵢ max(nᵢmᵢ, 0), for each network; shape (...), NaN where one has diverged.

    f′(κ) = −1 + Σᵢ nᵢmᵢ(1 − φᵢ²) and 0 < 1 − φᵢ² ≤ 1. Where the bound is negative, f falls everywhere: it has exactly
    one fixed point, and no ghost, since a ghost is an extremum.

    Source: Eq. (4); the bound is ours.
    """
    finite = _checks.instance("networks", networks, RankOne).is_finite()
    bound = np.maximum(networks.n.astype(np.float64) * networks.m, 0).sum(axis=-1) - 1
    return np.where(finite, bound, np.nan)


@np.errstate(over="ignore", invalid="ignore")
def interpolate(before, after, share):
    """The network at `share` of the straight way from one to the other: at ½ halfway, and so on."""
    share = _checks.number("share", share)
    for name, network in (("before", before), ("after", after)):
        _checks.instance(name, network, RankOne)
    _checks.broadcast(before=before.b, after=after.b)
    pairs = ((before.m, after.m), (before.n, after.n), (before.b, after.b))
    return RankOne(*(a.astype(np.float64) * (1 - share) + b.astype(np.float64) * share for a, b in pairs))


def saddle_node_between(before, after):
    """The saddle-node bifurcation on the straight way from a network with one fixed point to one with three.

    An update of gradient descent is such a way: this is the moment, within an epoch, at which the ghost dies. Found by
    halving, each time deciding by the number of fixed points, until that can no longer be proved for rounding.

    Parameters
    ----------
    before, after : RankOne
        Single networks, with one and with three fixed points.

    Returns
    -------
    SaddleNode
    """
    pair = [_checks.instance(*each, RankOne) for each in (("before", before), ("after", after))]
    numbers = [int(count_fixed_points(single_network(network)).number) for network in pair]
    if numbers != [1, 3]:
        raise ValueError(f"before and after must have 1 and 3 fixed points, got {numbers[0]} and {numbers[1]}")
    low, high = 0.0, 1.0
    while True:
        middle = (low + high) / 2
        number, certified = count_fixed_points(interpolate(before, after, middle))
        if not certified or middle in (low, high):
            break
        low, high = (middle, high) if number == 1 else (low, middle)
    network = interpolate(before, after, low)
    dying = [point for point in slow_points(network, tolerance=0) if point.kind == "ghost"]
    return SaddleNode(low, network, min(dying, key=lambda point: abs(point.speed)).position)
