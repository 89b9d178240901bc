r"""Loss and gradient of rank-one networks by the reverse pass in the latent scalar, as it is derived by hand.

Forward, with φ[t] = tanh(m κ[t] + b) and ô[t] = σ(c(κ[t+1] − κ*)):

    κ[0] = x(0) Σ n,    κ[t+1] = (1 − Δ) κ[t] + Δ n·φ[t],    L = Σₜ (ô[t] − o[t])² / T.

Backward, λ = dL/dκ[t+1] collects what the output at t and everything later say about κ[t+1]:

    λ ← λ + 2(ô − o) c ô(1 − ô) / T                  the output after update t
    ∂n += λΔ φ,   ∂b += λΔ n(1 − φ²),   ∂m += λΔ n(1 − φ²) κ[t]
    λ ← λ ((1 − Δ) + Δ Σ nm(1 − φ²))                 one step back, to dL/dκ[t]

and at the beginning ∂n += λ x(0). In the no-learning zone every ô is 0 and its slope ô(1 − ô) with it, and so
is λ.
"""

import numpy as np
from scipy.special import expit

from ghostlib import _checks
from ghostlib.networks.records import RankOne, per_network, quiet
from ghostlib.networks.task import checked_target


@quiet
def loss_and_gradient(networks, task, c=10.0):
    """Loss of rank-one networks on the task and its gradient with respect to m, n and b, in float64.

    Parameters
    ----------
    networks : RankOne
    task : DelayedActivation
    c : float or array of shape (...), default 10
        Confidence, one or one per network. A ValueError unless it is positive and fits the networks.

    Returns
    -------
    loss : ndarray, shape (...)
        Σₜ (ô − o)² / T, as `DelayedActivation.loss`.
    gradient : RankOne
        dL/dm, dL/dn and dL/db; its ``norm()`` is the paper's gradient norm.

    Source: Eqs. (4), (5) and (17); the reverse pass is ours.
    """
    c = per_network("c", c, _checks.instance("networks", networks, RankOne))
    m, n, b = (array.astype(np.float64) for array in (networks.m, networks.n, networks.b))
    kappa = networks.latent(task)
    output = expit(c[..., None] * (kappa[..., 1:] - task.kappa_star))
    error = output - checked_target(task)
    slope = 2 * error * c[..., None] * output * (1 - output) / task.T

    dm, dn, db = np.zeros_like(m), np.zeros_like(n), np.zeros_like(b)
    adjoint = np.zeros(networks.shape)
    for t in reversed(range(task.steps)):
        adjoint = adjoint + slope[..., t]
        phi = np.tanh(m * kappa[..., t, None] + b)
        weight = (task.delta * adjoint)[..., None]
        dz = weight * n * (1 - phi**2)
        dn += weight * phi
        db += dz
        dm += dz * kappa[..., t, None]
        adjoint = adjoint * (1 - task.delta + task.delta * np.vecdot(n * m, 1 - phi**2))
    dn += task.x0 * adjoint[..., None]
    return np.square(error).sum(axis=-1) / task.T, RankOne(dm, dn, db)
