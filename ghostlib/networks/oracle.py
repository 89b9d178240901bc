"""The same networks in PyTorch: an independent oracle of the loss and its gradient.

The rates of all N units are simulated and differentiated by autograd; nothing here knows of the latent circuit. To
train networks use `ghostlib.training.train`, which is a thousand times faster.
"""

from dataclasses import fields

import numpy as np

from ghostlib import _checks
from ghostlib.networks import initial
from ghostlib.networks.driven import Driven, fits
from ghostlib.networks.records import Ensemble, FullRank, LowRank, RankOne, confidence
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
    """The output after each update, differentiable, by Eq. (5) or, with its sigmoid, Eq. (18); see `readout`."""
    return torch.sigmoid(readout(kind, theta, task, c))


def readout(kind, theta, task, c=None):
    """What the output is the sigmoid of, after each update: Eq. (17) and c(κ − κ*) or Eq. (18) as it is written.

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
    return torch.stack(z, dim=-1)


def trial_outputs(theta, task, start, noise):
    """The same for networks that hear the inputs of `Trials`: output before each update, shape (..., P, steps).

    theta : dict of tensors
        From `parameters` of `DrivenLowRank` or `DrivenFullRank` networks.
    start, noise : tensors
        What ``task.draw(N)`` gives.
    """
    matrices = {name: theta[name].unsqueeze(-3) for name in ("W", "m", "n", "w_in") if name in theta}
    b, w_out, b_out = theta["b"].unsqueeze(-2), theta["w_out"].unsqueeze(-2), theta["b_out"].unsqueeze(-1)
    inputs = _tensor(task.inputs, b.dtype).unsqueeze(-1)
    r, z = start.expand(*b.shape[:-2], *start.shape), []
    for t in range(task.steps):
        kappa = matrices["n"] @ r.unsqueeze(-1) if "n" in matrices else None
        read = r if w_out.shape[-1] == r.shape[-1] else kappa.squeeze(-1)
        z.append((w_out * read).sum(-1) + b_out)
        if t + 1 < task.steps:
            recurrent = matrices["W"] @ r.unsqueeze(-1) if kappa is None else matrices["m"] @ kappa
            heard = (recurrent + matrices["w_in"] @ inputs[:, t]).squeeze(-1)
            r = (1 - task.delta) * r + task.delta * torch.tanh(heard + b + noise[t])
    return getattr(torch, task.output)(torch.stack(z, dim=-1))


def loss_and_gradient(networks, task, c=None, *, dtype=torch.float64):
    """Loss of each network, as the task defines it, and its gradient, by autograd through the simulation of all units.

    Parameters
    ----------
    networks : RankOne, LowRank or FullRank; or DrivenLowRank or DrivenFullRank
    task : DelayedActivation; or Trials, at what they draw in the first epoch
    c : float or array of shape (...), optional
        Confidence of rank-one networks, 10 by default; other networks have none. A ValueError where it is not positive,
        does not fit, or is given for networks without one.
    dtype : torch.dtype, default torch.float64

    Returns
    -------
    loss : ndarray, shape (...)
    gradient : record of the kind of `networks`
    """
    _checks.instance("networks", networks, Ensemble)
    theta, c = parameters(networks, dtype), _tensor(confidence(networks, c), dtype)
    if isinstance(networks, Driven):
        fits(networks, task)
        o = trial_outputs(theta, task, *(_tensor(drawn, dtype) for drawn in task.draw(networks.N)))
        error = (o - _tensor(task.targets, dtype)).square() * _tensor(task.weights, dtype)
        loss = error.sum((-1, -2)) / len(task.targets)
    else:
        target = _tensor(checked_target(task), dtype)
        loss = (output(type(networks), theta, task, c) - target).square().sum(-1) / task.T
    gradient = torch.autograd.grad(loss.sum(), list(theta.values()), materialize_grads=True)
    return loss.detach().numpy(), type(networks)(*(tensor.numpy() for tensor in gradient))


def _tensor(array, dtype):
    return torch.tensor(np.ascontiguousarray(array), dtype=dtype, device="cpu").reshape(np.shape(array))
