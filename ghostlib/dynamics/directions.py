"""What a trained low-rank network is made of: how W has moved, and in which directions the state is slow.

A network that has diverged gets NaN, or −1 where the answer is an integer, and leaves the others theirs. Every function
raises ValueError where its argument is not what its docstring asks for.
"""

from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.networks.records import LowRank


class Slowest(NamedTuple):
    """The slowest state of a network on its way to the output, and what surrounds it; arrays over the ensemble (...).

    step : int, the number of updates before it.
    kappa : (..., K), where it is.
    speed : |τκ̇| there, divided by the length of the whole path of κ: 0 at a fixed point.
    rates : (..., K), complex eigenvalues λ of ∂(τκ̇)/∂κ there, the slowest first; a unit of its own has λ = −1, and a
        direction in which the state is slow has one near 0.
    """

    step: np.ndarray
    kappa: np.ndarray
    speed: np.ndarray
    rates: np.ndarray


def update_spectrum(before, after):
    """Singular values of the change of W that training has made, M N after less M N before, largest first.

    Parameters
    ----------
    before, after : LowRank
        Of the same leading axes (...).

    Returns
    -------
    float array (..., N)
    """
    for name, networks in (("before", before), ("after", after)):
        _checks.instance(name, networks, LowRank)
    if before.shape != after.shape or before.N != after.N:
        shapes = f"{before.shape} with N = {before.N} and {after.shape} with N = {after.N}"
        raise ValueError(f"before and after must be the same ensemble, got {shapes}")
    finite = before.is_finite() & after.is_finite()
    values = np.full((*before.shape, before.N), np.nan)
    values[finite] = np.linalg.svd(after[finite].full_rank().W - before[finite].full_rank().W, compute_uv=False)
    return values


def directions_needed(values, share=0.99):
    """How many singular values carry this share of a matrix: the least k with Σᵢ₌₁ᵏ σᵢ² ≥ share · Σᵢ σᵢ².

    Parameters
    ----------
    values : array (..., N)
        Largest first.
    share : float, default 0.99
        Above 0, at most 1.

    Returns
    -------
    int array (...)
        0 for a matrix of zeros.
    """
    if _checks.number("share", share, _checks.positive) > 1:
        raise ValueError(f"share must be ≤ 1, got {share:g}")
    values = _checks.numbers("values", values)
    if values.ndim == 0 or not values.shape[-1]:
        raise ValueError(f"values must have at least one number on the last axis, got shape {values.shape}")
    finite = np.isfinite(values).all(axis=-1)
    values = np.where(finite[..., None], values, 0)
    # As shares of the largest, since the square of a large one overflows.
    carried = np.cumsum(np.square(values / np.where(values[..., :1] > 0, values[..., :1], 1)), axis=-1)
    needed = np.count_nonzero(carried < share * carried[..., -1:], axis=-1) + (carried[..., -1] > 0)
    return np.where(finite, needed, -1)


@np.errstate(over="ignore", invalid="ignore")
def slowest(networks, task):
    """The slowest state while the output is still below one half, after the first update.

    Parameters
    ----------
    networks : LowRank
        Shape (...).
    task : DelayedActivation

    Returns
    -------
    Slowest
        With step −1 and NaN where the output never goes above one half, or does so before its third update.
    """
    _checks.instance("networks", networks, LowRank)
    kappa = np.vecdot(networks.n[..., None, :, :], networks.simulate(task)[..., None, :])
    on = networks.output(task) > 0.5
    speed = np.linalg.norm(np.diff(kappa, axis=-2), axis=-1) / task.delta
    path = task.delta * speed.sum(axis=-1)
    first = np.where(on.any(axis=-1), np.argmax(on, axis=-1), -1)
    waits = networks.is_finite() & (first >= 2)
    # Output t is read after update t, from state t + 1: states 1 … first[t] are those that still say zero.
    steps = np.arange(speed.shape[-1])
    waiting = (steps >= 1) & (steps <= first[..., None]) & waits[..., None]
    step = np.argmin(np.where(waiting, speed, np.inf), axis=-1)
    there = np.where(waits[..., None], np.take_along_axis(kappa, step[..., None, None], axis=-2)[..., 0, :], 0)
    jacobian = networks.jacobian(there[..., None, :])[..., 0, :, :]
    rates = np.linalg.eigvals(np.where(waits[..., None, None], jacobian, 0))
    rates = np.take_along_axis(rates, np.argsort(np.abs(rates), axis=-1), axis=-1)
    there, rates = (np.where(waits[..., None], values, np.nan) for values in (there, rates))
    speed = np.take_along_axis(speed, step[..., None], axis=-1)[..., 0] / path
    return Slowest(np.where(waits, step, -1), there, np.where(waits, speed, np.nan), rates)
