"""Networks that hear an input, of low rank, for the tasks of `ghostlib.networks.trials`.

What is refused and what may be NaN is as in `ghostlib.networks.records`.
"""

from dataclasses import dataclass, replace

import numpy as np

from ghostlib import _checks
from ghostlib.networks import initial
from ghostlib.networks.records import LowRank, quiet
from ghostlib.networks.trials import OUTPUTS, Trials


@dataclass(frozen=True, eq=False)
class DrivenLowRank(LowRank):
    r"""Rank-K networks that hear u(t) ∈ ℝᴰ: τṙ = −r + tanh(M κ + w_in u + b), κ = N r ∈ ℝᴷ, so that W = M N.

    m, n, b, b_out : as in `LowRank`.
    w_out : float array of shape (B, N), for a read-out w_out·r from the rates; or (B, K), w_out·κ from the projection.
        Where K = N it is from the rates.
    w_in : float array of shape (B, N, D).

    The output is tanh or σ of the read-out plus b_out, as the task says. The latent flow is that of `LowRank`, with b
    for u = 0; ``at(u)`` is the network that always hears u, for `slow_points`.
    """

    w_in: np.ndarray

    @classmethod
    def initial(cls, seeds, rank=2, N=100, inputs=1):
        """The authors' networks of their second version before training, which read out from the projection.

        Parameters
        ----------
        seeds : int or array of int
            As in `RankOne.initial`.
        rank : int, default 2
            K, from 1 to N − 1.
        N : int, default 100
        inputs : int, default 1
            D.

        Returns
        -------
        DrivenLowRank
            PyTorch's float32 numbers, held in float64.

        Source: authors' code, in the order that `initial.draw_driven` tells.
        """
        N, rank, D = (_checks.count(*each, 1) for each in (("N", N), ("rank", rank), ("inputs", inputs)))
        if rank >= N:
            raise ValueError(f"rank must be < N = {N}, got {rank}")
        return cls(*initial.draw_driven(seeds, N, rank, D))

    @property
    def D(self):
        """Number of inputs."""
        return self.w_in.shape[-1]

    @property
    def from_rates(self):
        """Whether the output is read from the rates and not from the projection κ."""
        return self.w_out.shape[-1] == self.N

    def at(self, u):
        """The same networks hearing a constant input `u` (D,): w_in u is added to b, so that `flow` is that at u."""
        u = _checks.finite("u", u)
        if u.shape != (self.D,):
            raise ValueError(f"u must have shape {(self.D,)}, got {u.shape}")
        return replace(self, b=self.b + np.matvec(self.w_in, u))

    @quiet
    def simulate(self, task, generator=None):
        """Rates of all units before each step of each trial, shape (..., P, steps, N).

        What a task draws is from a `generator`, by default of the first epoch of its own.
        """
        fits(self, task)
        r, noise = task.draw(self.N, generator)
        m, n, b, w_in = (array[..., None, :, :] for array in (self.m, self.n, self.b[..., None], self.w_in))
        rates = np.empty((*self.shape, *task.targets.shape, self.N))
        rates[..., 0, :] = r
        for t in range(task.steps - 1):
            r = rates[..., t, :]
            z = np.matvec(m, np.matvec(n, r)) + np.matvec(w_in, task.inputs[:, t]) + b[..., 0] + noise[t]
            rates[..., t + 1, :] = (1 - task.delta) * r + task.delta * np.tanh(z)
        return rates

    @quiet
    def output(self, task, c=None, *, generator=None):
        """What the networks say at each step of each trial, shape (..., P, steps); `c` must be None."""
        if c is not None:
            raise ValueError(f"c is for RankOne networks, got {c!r}")
        seen = self.simulate(task, generator)
        if not self.from_rates:
            seen = np.matvec(self.n[..., None, None, :, :], seen)
        return OUTPUTS[task.output](np.vecdot(seen, self.w_out[..., None, None, :]) + self.b_out[..., None, None])

    def full_rank(self):
        raise ValueError("full_rank is for LowRank networks, which hear nothing")

    def _shapes(self):
        if self.w_in.ndim == 0 or self.w_in.shape[-1] < 1:
            raise ValueError(f"w_in must have at least one input on its last axis, got shape {self.w_in.shape}")
        shapes, lead = super()._shapes(), self.shape
        read = self.N if self.w_out.shape[-1:] == (self.N,) else self.rank
        return {**shapes, "w_out": (*lead, read), "w_in": (*lead, self.N, self.D)}


def fits(networks, task):
    """Refuse what is not a task of trials, or networks that hear another number of inputs."""
    if not isinstance(task, Trials):
        raise ValueError(f"task must be Trials for {type(networks).__name__} networks, got {type(task).__name__}")
    D = task.inputs.shape[-1]
    if networks.D != D:
        raise ValueError(f"networks must hear the task's D = {D} inputs, w_in has shape {networks.w_in.shape}")
