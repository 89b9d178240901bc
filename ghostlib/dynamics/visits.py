"""Which slow points a trial passes, and how long it stays there; and one point followed through a training.

A slow point matters to a task only if a trial goes by it. Every function raises ValueError where its argument is not
what its docstring asks for.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from ghostlib import _checks
from ghostlib.dynamics.slow_points import SlowPoint, slow_points
from ghostlib.dynamics.space_points import SpacePoint


# From how many widths before a ghost to how many behind its passage is simulated.
WIDTHS = 3.0


class Visit(NamedTuple):
    """How a trial goes by one slow point.

    point : SlowPoint or SpacePoint.
    nearest : how near the trial comes to it.
    time : how long it is within the point's width of it, in the unit of the `delta` that was given.
    passed : at a ghost, whether it goes from one side to the other, along the slow direction and within the width; at
        a fixed point, whether it comes within the width and leaves again.
    """

    point: SlowPoint | SpacePoint
    nearest: float
    time: float
    passed: bool


def visits(points, trajectory, *, delta=1.0, width=None):
    """How one trial goes by each of the points, its states joined by straight lines.

    Parameters
    ----------
    points : sequence of SlowPoint or SpacePoint
        As `slow_points` returns them.
    trajectory : array (steps,) or (steps, D)
        κ after each step: ``network.latent(task)`` of rank one, ``network.simulate(task) @ network.n.T`` of more.
    delta : float, default 1
        The time from one state to the next: Δ in units of τ, or ``task.delta * task.tau`` in ms.
    width : float, optional
        How near is near. By default each point's own: √(2f/f″) at a ghost, where the flow has doubled its speed,
        |λ/f″| at a fixed point; a point that has none is never passed unless a width is given.

    Returns
    -------
    tuple of Visit
        In the order of the points.
    """
    delta = _checks.number("delta", delta, _checks.positive)
    path = _checks.finite("trajectory", trajectory)
    path = path[:, None] if path.ndim == 1 else path
    if path.ndim != 2 or len(path) < 2:
        raise ValueError(f"trajectory must have shape (steps,) or (steps, D), two steps or more, got {path.shape}")
    _iterable("points", points)
    if width is not None:
        width = _checks.number("width", width, _checks.positive)
    return tuple(_visit(point, path, delta, width_of(point) if width is None else width) for point in points)


def width_of(point):
    """How far a point reaches: √(2f/f″) at a ghost, |f′/f″| at a fixed point; NaN if f″ = 0."""
    if isinstance(_checks.instance("point", point, SlowPoint, SpacePoint), SpacePoint):
        return point.width
    if not point.curvature:
        return math.nan
    if point.kind == "ghost":
        return math.sqrt(2 * point.speed / point.curvature)
    return abs(point.slope / point.curvature)


def follow(point, networks):
    """The branch of a slow point through a sequence of networks, such as the snapshots of a training.

    All slow points of each network are found anew. The branch goes on with the one that is nearest, if it is a ghost
    as the point before it was, or a fixed point as that was, and if no other point before was nearer to it; else it
    ends: a ghost is born and dies in a saddle-node. Networks must follow each other closely enough for that to be told.

    Parameters
    ----------
    point : SlowPoint or SpacePoint
        Of the first network; the nearest one of its kind is taken.
    networks : RankOne or LowRank of shape (S,), or any sequence of single networks
        In the order in which they are gone through.

    Returns
    -------
    tuple of SlowPoint or SpacePoint
        One for each network from the first to the last that has it.
    """
    _checks.instance("point", point, SlowPoint, SpacePoint)
    branch, before = [], (point,)
    for network in _iterable("networks", networks):
        now = tuple(each for each in slow_points(network) if (each.kind == "ghost") == (point.kind == "ghost"))
        nearest = _nearest(point, now)
        if nearest is None or _nearest(nearest, before) is not point:
            break
        branch.append(nearest)
        point, before = nearest, now
    return tuple(branch)


def simulated_passage(network, ghost, *, tau=1.0, widths=WIDTHS):
    """Time past a ghost, from so many of its widths before it to as many behind, by its parabola and by simulation.

    Parameters
    ----------
    network : LowRank
        The single one, of any rank, that the ghost is of.
    ghost : SpacePoint
    tau : float, default 1
        Time constant τ > 0.
    widths : float, default 3

    Returns
    -------
    predicted, simulated : float
        In the unit of `tau`. Where the flow carries the state away from the slow direction it is followed backwards in
        time; inf where it does not arrive in ten times the predicted time.
    """
    tau, widths = (_checks.number(*each, _checks.positive) for each in (("tau", tau), ("widths", widths)))
    if getattr(ghost, "kind", None) != "ghost" or not math.isfinite(ghost.passage_time):
        raise ValueError(f"ghost must be a ghost with a passage time, got {ghost}")
    # Where the flow leads away from the slow direction, backwards in time it leads there.
    sense = 1 if ghost.rates[-1].real <= 0 else -1
    axis = ghost.directions[:, 0].real
    axis = axis * np.sign(axis @ ghost.velocity) * sense
    bound, predicted = widths * ghost.width, ghost.passage_time * 2 / math.pi * math.atan(widths)

    def arrives(_, kappa):
        return (kappa - ghost.position) @ axis - bound

    arrives.terminal = True
    way = solve_ivp(
        lambda _, kappa: sense * network.flow(kappa) / tau,
        (0, 10 * predicted),
        ghost.position - bound * axis,
        method="DOP853",
        events=arrives,
        rtol=1e-9,
        atol=1e-12,
    )
    return predicted, float(way.t_events[0][0]) if way.t_events[0].size else math.inf


def _visit(point, path, delta, width):
    centre = np.atleast_1d(point.position)
    if path.shape[1] != len(centre):
        raise ValueError(f"trajectory must have {len(centre)} numbers a state, as its points have, got {path.shape[1]}")
    start, way = path[:-1] - centre, np.diff(path, axis=0)
    length = np.vecdot(way, way)
    length = np.where(length > 0, length, 1)
    # Along start + s·way, 0 ≤ s ≤ 1: the place nearest to the point, and the s within the width of it.
    middle = -np.vecdot(start, way) / length
    gap = np.linalg.norm(start + np.clip(middle, 0, 1)[:, None] * way, axis=1)
    apart = np.vecdot(start, start) - middle**2 * length
    with np.errstate(invalid="ignore", over="ignore"):
        half = np.sqrt((np.square(width) - apart) / length)
    is_still = ~np.any(way, axis=1)
    inside = np.clip(middle + half, 0, 1) - np.clip(middle - half, 0, 1)
    inside = np.where(is_still, gap <= width, np.nan_to_num(inside))
    met = np.flatnonzero(inside > 0)
    if point.kind == "ghost":
        axis = point.directions[:, 0].real if isinstance(point, SpacePoint) else np.ones(1)
        side = (path - centre) @ axis
        passed = bool(met.size and side[met[0]] * side[met[-1] + 1] < 0)
    else:
        passed = bool(met.size and np.linalg.norm(path[-1] - centre) > width)
    return Visit(point, float(gap.min()), float(delta * inside.sum()), passed)


def _iterable(name, values):
    if not np.iterable(values):
        raise ValueError(f"{name} must be a sequence, got {type(values).__name__}")
    return values


def _nearest(point, others):
    return min(others, key=lambda other: np.linalg.norm(other.position - point.position), default=None)
