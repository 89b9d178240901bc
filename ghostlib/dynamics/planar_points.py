"""Fixed points and ghosts of a flow of the plane, τκ̇ = F(κ), with none missed.

A ghost is a minimum of |F| that is not zero. There JᵀF = 0: F lies at a right angle to the range of J, one eigenvalue
of J is zero, and the constant flow −F(κ) brings a saddle-node to this very place (in one dimension, the positive
minimum or negative maximum of f). More of them may be zero: a ghost of a higher kind (Koch and Nandan, arXiv
2604.05194), which is found too.

The box is cut into cells that are halved until Taylor's theorem settles each (`_cells`): there is nothing in it, or at
most one point, which Newton's iteration finds. Where rounding ends this first, what is left is one point,
not certified.
Every function raises ValueError where an argument is out of range or a flow cannot be settled.
"""

import math

import numpy as np
from scipy.sparse.csgraph import connected_components

from ghostlib import _checks
from ghostlib.dynamics import _cells
from ghostlib.dynamics._cells import LOST, MARGIN, NONE, ONE, OPEN
from ghostlib.dynamics.flows import EPS
from ghostlib.dynamics.planar_flows import checked_box, local, rank_two, reach
from ghostlib.dynamics.space_points import space_point


# Cells of the first cut, along each axis; how many may be in the work, and left open; Newton's steps; the places on a
# path around a point that is not settled; and, as shares of the box, how long such a one may be and how far rounding
# may carry a point over a side.
CELLS = 16
MOST_CELLS = 400_000
MOST_LOST = 4000
STEPS = 40
AROUND = 256
LONGEST, EDGE = 1e-2, 1e-12


def planar_points_of(flow, box, *, tau=1.0):
    """Every fixed point and every ghost of a smooth flow of the plane in a box.

    Parameters
    ----------
    flow : PlanarFlow or LowRank
        A network is a single one, of rank two.
    box : ((low, high), (low, high))
        Finite, along the first and the second axis, the sides included.
    tau : float, default 1
        Time constant τ > 0, the unit of the passage times.

    Returns
    -------
    tuple of SpacePoint
        In the order of their positions.
    """
    box = checked_box("box", box)
    tau = _checks.number("tau", tau, _checks.positive)
    known = local(flow, box)
    zeros, minima, lost = _search(known, box)
    # What lies where rounding leaves a cell open is one point: on the way around it, F turns as often as it would tell.
    blurred = _clusters(*lost[0], box)
    points = [_point(known, each, tau, "fixed", True) for each in zeros if not _within(each, blurred)]
    for low, high in blurred:
        position = _settled(known, (low + high) / 2, False)
        points.append(_point(known, position, tau, _winding(known, low, high, False), False))
    ghosts = [(position, True) for position in minima if not _within(position, blurred)]
    for low, high in _clusters(*lost[1], box, keep=False):
        position = _settled(known, (low + high) / 2, True)
        if not _within(position, blurred) and _winding(known, low, high, True) == 1:
            ghosts.append((position, False))
    points += [_point(known, position, tau, "ghost", certified) for position, certified in ghosts]
    return tuple(sorted(points, key=lambda point: point.position.tolist()))


def rank_two_points(network, *, box=None, tau=1.0):
    """Every fixed point and every ghost of the latent flow of one rank-two network, κ ∈ ℝ² (Eq. 19).

    Parameters
    ----------
    network : LowRank
        A single one, of shape () or (1,). A constant input u adds its current to b: ``network.at(u)`` where the network
        has a w_in.
    box : ((low, high), (low, high)), optional
        Where to look, as far as |κ_k| ≤ Σ|n_k| + 1; by default all of that.
    tau : as in `planar_points_of`.

    Returns
    -------
    tuple of SpacePoint
        In the order of their positions.
    """
    network = rank_two(network)
    far = reach(network)
    box = far if box is None else np.clip(checked_box("box", box), far[:, :1], far[:, 1:])
    return planar_points_of(network, box, tau=tau) if np.all(box[:, 0] < box[:, 1]) else ()


def _search(known, box):
    """Zeros of F, minima of |F| that are not, and, of each, the cells that rounding leaves open, as (lows, highs)."""
    half = (box[:, 1] - box[:, 0]) / (2 * CELLS)
    steps = np.stack(np.meshgrid(*[np.arange(CELLS)] * 2, indexing="ij"), axis=-1).reshape(-1, 2)
    centres = box[:, 0] + (2 * steps + 1) * half
    wanted = np.ones((2, len(centres)), np.bool_)
    found, lost = ([], []), ([], [])
    while len(centres):
        if len(centres) > MOST_CELLS or np.any(half <= EPS * np.abs(box).max(axis=1)):
            raise ValueError(
                f"flow cannot be settled in the box {box.tolist()}: it, or the slope of its speed, nearly vanishes "
                "along a line, or flow.third is too large a bound; a function (kappa, radius) may bound it cell by cell"
            )
        bound = known.bounds(centres, math.hypot(*half))
        answer = _cells.settle(*known.derivatives(centres), bound, half, wanted)
        for kind in (0, 1):
            one = np.flatnonzero(answer[kind] == ONE)
            for at_minimum in ([False], [True, False])[kind]:
                position = _newton(known, centres[one], half, bool(kind), at_minimum)
                is_here = np.all(np.abs(position - centres[one]) <= half * (1 + MARGIN / 4), axis=1)
                for each in position[is_here]:
                    _add(found[kind], each, half)
                answer[kind, one[is_here]] = NONE
                one = one[~is_here]
            answer[kind, one] = OPEN
            ends = centres[answer[kind] == LOST]
            lost[kind].append((ends - half, ends + half))
        wanted = answer == OPEN
        is_open = wanted.any(axis=0)
        half = half / 2
        corners = half * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
        centres = (centres[is_open, None] + corners).reshape(-1, 2)
        wanted = np.repeat(wanted[:, is_open], 4, axis=1)
    # A cell at a side of the box tells of its neighbourhood too.
    room = EDGE * (box[:, 1] - box[:, 0])
    zeros, minima = (
        [each for each, _ in those if _within(each, [(box[:, 0] - room, box[:, 1] + room)])] for those in found
    )
    lost = [tuple(np.concatenate(ends) for ends in zip(*each, strict=True)) for each in lost]
    return zeros, [each for each in minima if _is_minimum(known, each)], lost


def _add(found, position, half):
    """Take a point in, unless a cell beside has it already."""
    for other, size in found:
        if np.all(np.abs(position - other) <= MARGIN / 2 * np.maximum(half, size)):
            return
    found.append((position, half))


def _newton(known, centres, half, ghosts, folded):
    """Newton's iteration from the middles of cells: to F = 0, to JᵀF = 0 or, `folded`, to F·Jv = 0 and det J = 0."""
    position = centres.copy()
    if not len(position):
        return position
    axes = np.array([_cells.stretched(J) for J in known.derivatives(centres)[1]])
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            F, J, S = known.derivatives(position)
            y, A = F, J
            if ghosts:
                A = J.mT @ J + np.einsum("gk,gklm->glm", F, S)
                y = np.einsum("gk,gkl->gl", F, J)
            if folded:
                fold = np.array([_cells.determinant(*each) for each in zip(J, S, strict=True)])
                y = np.stack([np.vecdot(y, axes), fold[:, 0]], axis=1)
                A = np.stack([np.matvec(A, axes), fold[:, 1:]], axis=1)
            det = A[:, 0, 0] * A[:, 1, 1] - A[:, 0, 1] * A[:, 1, 0]
            turned = np.stack([A[:, 1, 1], -A[:, 0, 1], -A[:, 1, 0], A[:, 0, 0]], axis=1).reshape(-1, 2, 2)
            step = np.matvec(turned, y) / det[:, None]
            step = np.where(np.isfinite(step), step, 4 * half)
            position = np.clip(position - step, centres - 2 * half, centres + 2 * half)
            if np.all(np.abs(step) <= 2 * EPS * np.abs(position)):
                break
    return np.where(np.all(np.abs(step) <= 1e-3 * half, axis=1)[:, None], position, np.inf)


def _is_minimum(known, position):
    F, J, S = (array[0] for array in known.derivatives(position[None]))
    rounding = known.bounds(position[None], 0.0)[1, 0]
    H00, H01, H11 = _cells.hessian(F, J, S)
    return H00 + H11 > 0 and H00 * H11 > H01**2 and np.linalg.norm(F) > rounding


def _clusters(lows, highs, box, keep=True):
    """Boxes (low, high) around cells that touch; `keep` refuses what is no point, else it is left out."""
    if not len(lows):
        return []
    if len(lows) > MOST_LOST:
        raise ValueError(f"flow cannot be settled in the box {box.tolist()}: it is zero to rounding along a line")
    room = (highs - lows).max(axis=0) / 4
    touches = np.all((lows[:, None] <= highs + room) & (lows - room <= highs[:, None]), axis=-1)
    number, labels = connected_components(touches)
    clusters = []
    for label in range(number):
        mine = labels == label
        low, high = lows[mine].min(axis=0), highs[mine].max(axis=0)
        if np.all(high - low <= LONGEST * (box[:, 1] - box[:, 0])):
            margin = 1.5 * (high - low).max()
            clusters.append((low - margin, high + margin))
        elif keep:
            raise ValueError(f"flow is zero to rounding along a stretch from {low.tolist()} to {high.tolist()}")
    return clusters


def _settled(known, position, ghost):
    """The place on the nullcline that the fast direction tells, near a point that the slow one leaves open."""
    for _ in range(3):
        F, J, S = (array[0] for array in known.derivatives(position[None]))
        axis = np.array(_cells.stretched(J))
        value, slope = F @ J @ axis, (J.T @ J + np.einsum("k,klm->lm", F, S)) @ axis
        if not ghost:
            slope = J.T @ (J @ axis)
        if slope @ slope > 0:
            position = position - slope * value / (slope @ slope)
    return position


def _winding(known, low, high, ghost):
    """How often F, or the gradient JᵀF of ½|F|², turns around on the way around a box."""
    way = np.linspace(0, 4, AROUND, endpoint=False)
    corners = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]], [low[0], low[1]]])
    path = np.stack([np.interp(way, np.arange(5), corners[:, axis]) for axis in (0, 1)], axis=-1)
    F, J, _ = known.derivatives(path)
    arrow = np.einsum("gk,gkl->gl", F, J) if ghost else F
    angle = np.arctan2(arrow[:, 1], arrow[:, 0])
    turns = np.diff(angle, append=angle[:1])
    return int(np.rint(np.sum((turns + np.pi) % (2 * np.pi) - np.pi) / (2 * np.pi)))


def _within(position, boxes):
    return any(np.all((low <= position) & (position <= high)) for low, high in boxes)


def _point(known, position, tau, what, certified):
    J, S = (array[0] for array in known.derivatives(position[None])[1:])

    def value(points):
        return known.derivatives(points)[0]

    return space_point(position, value, J, lambda v: S @ v @ v, tau, what, certified)
