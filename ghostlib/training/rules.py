"""Two other ways to take a step, clipping and Adam, on the compiled gradient of rank-one networks.

For comparison with a lowered confidence, over many networks and learning rates. `ghostlib.networks.oracle` takes the
same steps with PyTorch's own optimisers, a thousand times slower: it is the oracle here.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import joblib
import numpy as np
from numba import njit

from ghostlib import _checks
from ghostlib.networks.records import RankOne, confidence, per_network
from ghostlib.training import History, kernels
from ghostlib.training.layout import pack, unpack


class Clipped(NamedTuple):
    r"""Gradient clipping, θ ← θ − α g min(1, limit/|g|) with g = ∂L/∂θ: no step is longer than α · limit.

    limit : positive.
    """

    limit: float = 1.0


class Adam(NamedTuple):
    r"""θ ← θ − α û/(√v̂ + ε), where u ← β₁u + (1 − β₁)g and v ← β₂v + (1 − β₂)g², û = u/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).

    beta_1, beta_2, epsilon : PyTorch's defaults.
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8


@njit(**kernels.STRICT)
def _clipped(theta, gradient, size, alpha, rule, memory, epoch):
    step = theta.dtype.type(alpha * min(1.0, rule.limit / size) if size > 0 else 0.0)
    for r in range(theta.shape[0]):
        for i in range(theta.shape[1]):
            theta[r, i] -= step * gradient[r, i]


@njit(**kernels.STRICT)
def _adam(theta, gradient, size, alpha, rule, memory, epoch):
    first, second = 1 - rule.beta_1**epoch, 1 - rule.beta_2**epoch
    u, v = memory[0], memory[1]
    for r in range(theta.shape[0]):
        for i in range(theta.shape[1]):
            slope = np.float64(gradient[r, i])
            u[r, i] = rule.beta_1 * u[r, i] + (1 - rule.beta_1) * slope
            v[r, i] = rule.beta_2 * v[r, i] + (1 - rule.beta_2) * slope * slope
            step = alpha * (u[r, i] / first) / (np.sqrt(v[r, i] / second) + rule.epsilon)
            theta[r, i] -= theta.dtype.type(step)


def _compiled(step):
    # Not cached on the disk: Numba would not notice a change in the kernels, which are in another file.
    @njit(nogil=True, **kernels.STRICT)
    def advance(theta, alpha, rule, trial, workspace, memory, record):
        for epoch in range(trial.epochs + 1):
            loss, accuracy = kernels.rank_one(theta, trial, workspace)
            size = kernels.norm(workspace.gradient)
            if not (loss + size < np.inf):
                theta.fill(np.nan)
                return epoch
            record[0, epoch], record[1, epoch], record[2, epoch] = loss, size, accuracy
            if epoch < trial.epochs:
                step(theta, workspace.gradient, size, alpha, rule, memory, epoch + 1)
        return -1

    return advance


ADVANCE = {Clipped: _compiled(_clipped), Adam: _compiled(_adam)}


def train(networks, task, alpha, epochs, c=None, *, rule, threads=None):
    """Train rank-one networks in float32 by another rule than plain gradient descent.

    Parameters
    ----------
    networks : RankOne
        With any leading axes B.
    task, alpha, epochs, c, threads
        As in `ghostlib.training.train`.
    rule : Clipped or Adam

    Returns
    -------
    History
        Every epoch, without snapshots. `frozen_at` is −1: nothing is skipped.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the networks or the rule are of another kind.
    """
    if not isinstance(networks, RankOne):
        raise ValueError(f"networks must be RankOne, got {type(networks).__name__}")
    if type(rule) not in ADVANCE:
        raise ValueError(f"rule must be Clipped or Adam, got {rule!r}")
    for name, value in rule._asdict().items():
        _checks.positive(f"rule.{name}", value)
    epochs = _checks.count("epochs", epochs, 0)
    alpha, c = per_network("alpha", alpha, networks), confidence(networks, c)
    threads = joblib.cpu_count() if threads is None else _checks.count("threads", threads, 1)
    theta = pack(networks, c, np.float32)
    if not np.isfinite(theta).all():
        raise ValueError("networks must have finite parameters (in float32), got NaN or infinity")
    trial = kernels.Trial(task.target(), networks.N, task.delta, task.x0, task.kappa_star, False, epochs)
    record = np.full((len(theta), 3, epochs + 1), np.nan, np.float32)

    def one(i):
        workspace = kernels.Workspace.like(theta[i], task.steps)
        memory = np.zeros((2, *theta[i].shape))
        return ADVANCE[type(rule)](theta[i], alpha.flat[i], rule, trial, workspace, memory, record[i])

    with ThreadPoolExecutor(threads) as pool:
        diverged_at = np.array(list(pool.map(one, range(len(theta)))), dtype=int)
    loss, gradient_norm, accuracy = (record[:, row].reshape(*networks.shape, epochs + 1) for row in range(3))
    return History(
        epoch=np.arange(epochs + 1),
        loss=loss,
        gradient_norm=gradient_norm,
        accuracy=accuracy,
        c=np.broadcast_to(c[..., None], loss.shape),
        networks=unpack(theta.reshape(*networks.shape, *theta.shape[1:]), networks),
        snapshots=None,
        frozen_at=np.full(networks.shape, -1),
        diverged_at=diverged_at.reshape(networks.shape),
    )
