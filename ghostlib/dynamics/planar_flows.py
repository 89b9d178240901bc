"""Flows of the plane, τκ̇ = F(κ) with κ ∈ ℝ²: F, its derivatives, and how far they can be trusted.

Every function raises ValueError where its argument is not what is asked for: a network of another rank or several of
them, parameters that are not finite, functions that do not fit each other or are not finite in the box.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.dynamics import _cells
from ghostlib.dynamics.flows import EPS, single
from ghostlib.networks.records import LowRank


# Steps of the finite differences that hold derivatives against each other, as a share of the box, at GRID² places; and
# by how much, as a share of their largest size, they may fail to fit.
STEPS = 1e-3 * np.array([[1, 0], [0, 1], [1, 1], [-1, 1]])
GRID = 16
MISFIT = 1e-6
# Units of rounding, of the largest |F|, |J| and |D²F| in the box, that a flow without `rounding` is taken to be off.
UNITS = 8


class PlanarFlow(NamedTuple):
    """A flow of the plane, τκ̇ = F(κ), and what is needed to find all its slow points.

    value, jacobian, curvature : functions of points κ, an array (G, 2): F (G, 2), J (G, 2, 2) with ∂F_k/∂κ_l at
        [:, k, l], and the second derivatives (G, 2, 2, 2). What is the same everywhere may be given without the axis G.
    third : a number that |D³F(κ)[a, b, c]| does not exceed for unit vectors a, b, c and κ in the box (0 for a quadratic
        flow); or a function (kappa, radius) that gives one for each point, for all that is within `radius` of it.
    rounding : function of points, bounds of the rounding errors of |F|, |J| and |D²F|, three arrays (G,). By default
        eight units of rounding of what is largest in the box.
    """

    value: Callable
    jacobian: Callable
    curvature: Callable
    third: float | Callable
    rounding: Callable | None = None


class Local(NamedTuple):
    """What is known of a flow near points κ (G, 2).

    derivatives : function of κ: F, J and D²F.
    bounds : function of κ and a radius: an array (4, G), of |D³F| within it, and of the rounding of F, J and D²F.
    """

    derivatives: Callable
    bounds: Callable


def local(flow, box):
    """A `PlanarFlow`, or one `LowRank` network of rank two, as a Local whose numbers are finite and fit each other."""
    if isinstance(flow, LowRank):
        network = rank_two(flow)
        parts = [np.ascontiguousarray(array) for array in (network.m.T, network.n, network.b)]
        return Local(
            lambda kappa: _cells.derivatives(*parts, kappa), lambda kappa, radius: _cells.bounds(*parts, kappa, radius)
        )
    _checks.instance("flow", flow, PlanarFlow, LowRank)

    def derivatives(kappa):
        shapes = {"value": (2,), "jacobian": (2, 2), "curvature": (2, 2, 2)}
        return tuple(_numbers(name, getattr(flow, name)(kappa), (len(kappa), *own)) for name, own in shapes.items())

    middles = (np.arange(GRID) + 0.5) / GRID
    grid = box[:, 0] + np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2) * (box[:, 1] - box[:, 0])
    largest = [_size(array).max() for array in derivatives(grid)]

    def bounds(kappa, radius):
        third = flow.third(kappa, radius) if callable(flow.third) else flow.third
        errors = [UNITS * EPS * size for size in largest] if flow.rounding is None else flow.rounding(kappa)
        if len(errors) != 3:
            raise ValueError(f"flow.rounding must give three bounds, got {len(errors)}")
        named = [("third", third), *(("rounding", error) for error in errors)]
        return np.stack([_numbers(name, bound, (len(kappa),), _checks.nonnegative) for name, bound in named])

    known = Local(derivatives, bounds)
    _refuse_misfit(known, grid, STEPS * (box[:, 1] - box[:, 0]), largest)
    return known


def rank_two(network):
    """The network as `single` takes it, if it is of rank two and its weights leave D³F finite."""
    network = single(network, LowRank)
    if network.rank != 2:
        raise ValueError(f"network must have rank 2 for the plane, got rank {network.rank}")
    with np.errstate(over="ignore"):
        third = np.sum(np.linalg.norm(network.n, axis=-2) * (1 + np.linalg.norm(network.m, axis=-1)) ** 3)
    if not np.isfinite(third):
        raise ValueError(f"parameters of network are too large: |m| = {np.abs(network.m).max():g} makes D³F overflow")
    return network


def checked_box(name, box):
    """The box ((low, high), (low, high)) as an array (2, 2), if it is finite and its sides ascend."""
    box = _checks.finite(name, box)
    if box.shape != (2, 2) or not np.all(box[:, 0] < box[:, 1]):
        raise ValueError(f"{name} must be ((low, high), (low, high)) with low < high, got {box.tolist()}")
    return box


def reach(network):
    """The box beyond which the leak wins over the bounded tanh: |κ_k| ≤ Σ|n_k|, and more, to keep F clear of zero."""
    total = np.abs(network.n).sum(axis=-1)
    far = total + np.maximum(1, 1e-6 * total)
    return np.stack([-far, far], axis=-1)


def _numbers(name, values, shape, check=_checks.finite):
    """Float64 numbers of this shape that pass the check, or a refusal; the message calls them flow.`name`."""
    values = check(f"flow.{name}", values)
    try:
        return np.array(np.broadcast_to(values, shape), order="C")
    except ValueError:
        raise ValueError(f"flow.{name} must have shape {shape} at {shape[0]} points, got {values.shape}") from None


def _refuse_misfit(known, grid, steps, largest):
    """Hold F, J, D²F and the bound of D³F against each other by differences."""
    value, jacobian, second = known.derivatives(grid)
    for step in steps:
        length = np.linalg.norm(step)
        third = known.bounds(grid, length)[0]
        there = known.derivatives(grid + step)
        bent = second @ step
        expected = (value + (jacobian + bent / 2) @ step, jacobian + bent, second)
        names, most = ("jacobian", "curvature", "third"), (third * length**3 / 6, third * length**2 / 2, third * length)
        for name, found, fit, bound, size in zip(names, there, expected, most, largest, strict=True):
            misfit = _size(found - fit) - bound * (1 + MISFIT)
            if np.any(misfit > MISFIT * size):
                raise ValueError(
                    f"flow.{name} does not fit near κ = {grid[misfit.argmax()].tolist()}: it is not the derivative "
                    "of what is before it, the flow is not smooth there, or flow.third is too small"
                )


def _size(array):
    """The length of what belongs to each point; no smaller than any norm of it."""
    return np.sqrt(np.square(array).reshape(len(array), -1).sum(axis=-1))
