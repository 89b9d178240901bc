"""What a trained low-rank network is made of: how W has moved, and in which directions the state is slow."""

from typing import NamedTuple

import numpy as np


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

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if before.shape != after.shape or before.N != after.N:
        shapes = f"{before.shape} with N = {before.N} and {after.shape} with N = {after.N}"
        raise ValueError(f"before and after must be the same ensemble, got {shapes}")
    return np.linalg.svd(after.full_rank().W - before.full_rank().W, compute_uv=False)


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

    Raises
    ------
    ValueError
        If `share` is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share!r}")
    carried = np.cumsum(np.square(values), axis=-1)
    return np.count_nonzero(carried < share * carried[..., -1:], axis=-1) + 1


def slowest(networks, task):
    """The slowest state while the output is still below one half, after the first update.

    Parameters
    ----------
    networks : LowRank
        Shape (...), each with an output that goes above one half after its second update.
    task : DelayedActivation

    Returns
    -------
    Slowest

    Raises
    ------
    ValueError
        If the output of a network never goes above one half, or at once.
    """
    kappa = np.vecdot(networks.n[..., None, :, :], networks.simulate(task)[..., None, :])
    on = networks.output(task) > 0.5
    first = np.where(on.any(axis=-1), np.argmax(on, axis=-1), -1)
    if np.any(first < 2):
        raise ValueError("networks must turn their output on within the trial, after its second step")
    flow = np.diff(kappa, axis=-2) / task.delta
    speed = np.linalg.norm(flow, axis=-1)
    path = task.delta * speed.sum(axis=-1)
    # Output t is read after update t, from state t + 1: states 1 … first[t] are those that still say zero.
    steps = np.arange(speed.shape[-1])
    waiting = (steps >= 1) & (steps <= first[..., None])
    step = np.argmin(np.where(waiting, speed, np.inf), axis=-1)
    there = np.take_along_axis(kappa, step[..., None, None], axis=-2)
    rates = np.linalg.eigvals(networks.jacobian(there)[..., 0, :, :])
    rates = np.take_along_axis(rates, np.argsort(np.abs(rates), axis=-1), axis=-1)
    return Slowest(step, there[..., 0, :], np.take_along_axis(speed, step[..., None], axis=-1)[..., 0] / path, rates)
