"""The same networks in PyTorch: an independent oracle of the loss and its gradient.

The rates of all N units are simulated and differentiated by autograd; nothing here knows of the latent circuit. To
train networks use `ghostlib.training.train`, which is a thousand times faster.
"""

from dataclasses import fields

import numpy as np

from ghostlib.networks import initial
from ghostlib.networks.records import FullRank, LowRank, RankOne, confidence
from ghostlib.networks.task import checked_target


torch = initial.pytorch()
RECURRENT = {
    RankOne: lambda theta, x: theta["m"] * (theta["n"] * x).sum(-1, keepdim=True),
    LowRank: lambda theta, x: torch.matmul(theta["m"], torch.matmul(theta["n"], x.unsqueeze(-1))).squeeze(-1),
    FullRank: lambda theta, x: torch.matmul(theta["W"], x.unsqueeze(-1)).squeeze(-1),
}


def parameters(networks, dtype=torch.float64):
    """The arrays of `networks` as leaf tensors that require a gradient: a dict from field name to tensor."""
    return {field.name: _tensor(getattr(networks, field.name), dtype).requires_grad_() for field in fields(networks)}


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
        Confidence of rank-one networks, 10 by default; other networks have none. A ValueError where it is not positive,
        does not fit, or is given for networks without one.
    dtype : torch.dtype, default torch.float64

    Returns
    -------
    loss : ndarray, shape (...)
    gradient : record of the kind of `networks`
    """
    theta, target = parameters(networks, dtype), _tensor(checked_target(task), dtype)
    o = output(type(networks), theta, task, _tensor(confidence(networks, c), dtype))
    loss = (o - target).square().sum(-1) / task.T
    loss.sum().backward()
    return loss.detach().numpy(), type(networks)(*(tensor.grad.numpy() for tensor in theta.values()))


def _tensor(array, dtype):
    return torch.tensor(np.ascontiguousarray(array), dtype=dtype, device="cpu").reshape(np.shape(array))
