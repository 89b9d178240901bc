"""The same networks in PyTorch: an independent oracle, and what the fused trainer does not do.

The rates of all N units are simulated and differentiated by autograd; nothing here knows of the latent circuit. Use it
to check, for full rank, and for other optimisers; for gradient descent, `ghostlib.training.train` is a thousand times
faster.
"""

from dataclasses import fields

import numpy as np
import torch
from tqdm.auto import tqdm

from ghostlib import _checks
from ghostlib.networks.history import History, chosen_epochs
from ghostlib.networks.records import FullRank, LowRank, RankOne, confidence


RECURRENT = {
    RankOne: lambda theta, x: theta["m"] * (theta["n"] * x).sum(-1, keepdim=True),
    LowRank: lambda theta, x: torch.matmul(theta["m"], torch.matmul(theta["n"], x.unsqueeze(-1))).squeeze(-1),
    FullRank: lambda theta, x: torch.matmul(theta["W"], x.unsqueeze(-1)).squeeze(-1),
}


def parameters(networks, dtype=torch.float64):
    """The arrays of `networks` as leaf tensors that require a gradient: a dict from field name to tensor."""
    return {
        field.name: torch.tensor(getattr(networks, field.name), dtype=dtype).requires_grad_()
        for field in fields(networks)
    }


def output(kind, theta, task, c=None):
    """The output after each update, differentiable, by Eq. (17) and Eq. (5) or (18).

    Parameters
    ----------
    kind : RankOne, LowRank or FullRank
        The class of the networks.
    theta : dict of tensors
        From `parameters`.
    task : DelayedActivation
    c : tensor of shape (...)
        Confidence of rank-one networks.

    Returns
    -------
    tensor, shape (..., 2T)
    """
    x = torch.full_like(theta["b"], task.x0)
    z = []
    for _ in range(task.steps):
        x = (1 - task.delta) * x + task.delta * torch.tanh(RECURRENT[kind](theta, x) + theta["b"])
        if kind is RankOne:
            z.append(c * ((theta["n"] * x).sum(-1) - task.kappa_star))
        else:
            z.append((theta["w_out"] * x).sum(-1) + theta["b_out"])
    return torch.sigmoid(torch.stack(z, dim=-1))


def loss_and_gradient(networks, task, c=None, *, dtype=torch.float64):
    """Loss of each network, Σₜ (ô − o)² / T, and its gradient, by autograd through the simulation of all units.

    Parameters
    ----------
    networks : RankOne, LowRank or FullRank
    task : DelayedActivation
    c : float or array of shape (...), optional
        Confidence of rank-one networks, 10 by default; other networks have none.
    dtype : torch.dtype, default torch.float64

    Returns
    -------
    loss : ndarray, shape (...)
    gradient : record of the kind of `networks`

    Raises
    ------
    ValueError
        If `c` is not positive, does not fit, or is given for networks without one.
    """
    theta = parameters(networks, dtype)
    o = output(type(networks), theta, task, torch.tensor(confidence(networks, c), dtype=dtype))
    loss = _loss(o, task)
    loss.sum().backward()
    return loss.detach().numpy(), type(networks)(*(tensor.grad.numpy() for tensor in theta.values()))


def train(
    networks,
    task,
    alpha,
    epochs,
    c=None,
    *,
    learn_c=False,
    optimizer="SGD",
    record="all",
    dtype=torch.float32,
    progress=False,
):
    """Train networks of any kind with any of PyTorch's optimisers, all in one batch.

    Parameters
    ----------
    networks, task, epochs, c, learn_c, record, progress
        As in `ghostlib.training.train`; `networks` may be a `FullRank` too.
    alpha : float
        Learning rate of all networks.
    optimizer : str or callable, default "SGD"
        Name of a class in `torch.optim`, called with the parameters and the learning rate, or a function that is called
        so. It should act on each number by itself, as SGD and Adam do, so that the networks are independent.
    dtype : torch.dtype, default torch.float32

    Returns
    -------
    History
        Without snapshots. `frozen_at` is −1: nothing is skipped.

    Raises
    ------
    ValueError
        If an argument is out of its range, or PyTorch has no such optimiser.
    """
    epochs = _checks.count("epochs", epochs, 0)
    alpha = _checks.positive("alpha", alpha)
    if alpha.ndim:
        raise ValueError(f"alpha must be one number for all networks, got shape {alpha.shape}")
    epoch = chosen_epochs("record", record, epochs)
    if learn_c and not isinstance(networks, RankOne):
        raise ValueError(f"learn_c is for RankOne networks, got {type(networks).__name__}")
    if not networks.is_finite().all():
        raise ValueError("networks must have finite parameters, got NaN or infinity")
    theta = parameters(networks, dtype)
    confidences = torch.tensor(confidence(networks, c), dtype=dtype, requires_grad=learn_c)
    trained = [*theta.values(), *([confidences] if learn_c else [])]
    step = _optimizer(optimizer)(trained, lr=float(alpha))

    lead = networks.shape
    rows = {name: np.empty((*lead, epoch.size)) for name in ("loss", "gradient_norm", "accuracy", "c")}
    diverged_at = np.full(lead, -1)
    row = 0
    for now in tqdm(range(epochs + 1), unit="epoch", disable=not progress):
        step.zero_grad()
        o = output(type(networks), theta, task, confidences)
        loss = _loss(o, task)
        loss.sum().backward()
        squares = [tensor.grad.double().square().reshape(*lead, -1).sum(-1) for tensor in trained]
        values = {
            "loss": loss.detach().double().numpy(),
            "gradient_norm": torch.stack(squares).sum(0).sqrt().numpy(),
            "accuracy": task.accuracy(o.detach().numpy()),
            "c": confidences.detach().double().numpy(),
        }
        overflown = ~type(networks)(*(tensor.detach().numpy() for tensor in theta.values())).is_finite()
        lost = overflown | ~np.isfinite(values["loss"] + values["gradient_norm"])
        diverged_at = np.where(lost & (diverged_at < 0), now, diverged_at)
        if row < epoch.size and epoch[row] == now:
            for name, value in values.items():
                rows[name][..., row] = np.where(diverged_at < 0, value, np.nan)
            row += 1
        if now < epochs:
            step.step()
    final = {name: tensor.detach().numpy().copy() for name, tensor in theta.items()}
    for array in final.values():
        array[diverged_at >= 0] = np.nan
    return History(
        epoch=epoch,
        networks=type(networks)(**final),
        snapshots=None,
        frozen_at=np.full(lead, -1),
        diverged_at=diverged_at,
        **rows,
    )


def _loss(o, task):
    return (o - torch.as_tensor(task.target(), dtype=o.dtype)).square().sum(-1) / task.T


def _optimizer(optimizer):
    if callable(optimizer):
        return optimizer
    found = getattr(torch.optim, optimizer, None)
    if not (isinstance(found, type) and issubclass(found, torch.optim.Optimizer)):
        raise ValueError(f"optimizer must be the name of a class in torch.optim or a function, got {optimizer!r}")
    return found
