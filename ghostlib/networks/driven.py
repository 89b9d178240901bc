"""Networks that hear an input, of low and of full rank, for the tasks of `ghostlib.networks.trials`.

What is refused and what may be NaN is as in `ghostlib.networks.records`.
"""

from dataclasses import dataclass, replace

import numpy as np

from ghostlib import _checks
from ghostlib.networks import initial
from ghostlib.networks.records import FullRank, LowRank, quiet
from ghostlib.networks.trials import OUTPUTS, Trials


class Driven:
    """What networks that hear u(t) ∈ ℝᴰ through `w_in`, float array of shape (B, N, D), have in common."""

    @property
    def D(self):
        """Number of inputs."""
        return self.w_in.shape[-1]

    def at(self, u):
        """The same networks hearing a constant input `u` (D,): w_in u is added to b, so that the flow is that at u."""
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
        rates = np.empty((*self.shape, *task.targets.shape, self.N))
        rates[..., 0, :] = r
        for t in range(task.steps - 1):
            r = rates[..., t, :]
            z = (
                self._heard(r)
                + np.matvec(self.w_in[..., None, :, :], task.inputs[:, t])
                + self.b[..., None, :]
                + noise[t]
            )
            rates[..., t + 1, :] = (1 - task.delta) * r + task.delta * np.tanh(z)
        return rates

    @quiet
    def output(self, task, c=None, *, generator=None):
        """What the networks say at each step of each trial, shape (..., P, steps); `c` must be None."""
        if c is not None:
            raise ValueError(f"c is for RankOne networks, got {c!r}")
        seen = self._seen(self.simulate(task, generator))
        return OUTPUTS[task.output](np.vecdot(seen, self.w_out[..., None, None, :]) + self.b_out[..., None, None])

    def _input_shape(self):
        if self.w_in.ndim == 0 or self.w_in.shape[-1] < 1:
            raise ValueError(f"w_in must have at least one input on its last axis, got shape {self.w_in.shape}")
        return {"w_in": (*self.shape, self.N, self.D)}


@dataclass(frozen=True, eq=False)
class DrivenLowRank(Driven, LowRank):
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
    def from_rates(self):
        """Whether the output is read from the rates and not from the projection κ."""
        return self.w_out.shape[-1] == self.N

    @quiet
    def full_rank(self):
        """The same networks with W = M N as one matrix, which say the same."""
        w_out = self.w_out if self.from_rates else np.vecmat(self.w_out, self.n)
        return DrivenFullRank(self.m.astype(np.float64) @ self.n, self.b, w_out, self.b_out, self.w_in)

    def _heard(self, r):
        return np.matvec(self.m[..., None, :, :], np.matvec(self.n[..., None, :, :], r))

    def _seen(self, rates):
        return rates if self.from_rates else np.matvec(self.n[..., None, None, :, :], rates)

    def _shapes(self):
        shapes, lead = {**super()._shapes(), **self._input_shape()}, self.shape
        read = self.N if self.w_out.shape[-1:] == (self.N,) else self.rank
        return {**shapes, "w_out": (*lead, read)}


@dataclass(frozen=True, eq=False)
class DrivenFullRank(Driven, FullRank):
    r"""Networks with all of W free that hear u(t) ∈ ℝᴰ: τṙ = −r + tanh(W r + w_in u + b).

    W, b, w_out, b_out : as in `FullRank`; the output is tanh or σ of w_out·r + b_out, as the task says.
    w_in : float array of shape (B, N, D).
    """

    w_in: np.ndarray

    @classmethod
    def initial(cls, seeds, N=100, inputs=1):
        """Networks before training as the authors' are distributed, though not their very draws.

        Parameters
        ----------
        seeds : int or array of int
            As in `RankOne.initial`.
        N : int, default 100
        inputs : int, default 1
            D.

        Returns
        -------
        DrivenFullRank
            W, w_in and w_out by Xavier's uniform rule, b and b_out within ±1/√(numbers heard), as `nn.Linear` has them.

        Source: authors' code, but for the order of the draws.
        """
        N, D = _checks.count("N", N, 1), _checks.count("inputs", inputs, 1)
        return cls(*initial.draw_driven_full(seeds, N, D))

    @property
    def rank(self):
        """N: W may have any rank."""
        return self.N

    @property
    def from_rates(self):
        """True: the output is read from the rates."""
        return True

    def _heard(self, r):
        return np.matvec(self.W[..., None, :, :], r)

    def _seen(self, rates):
        return rates

    def _shapes(self):
        return {**super()._shapes(), **self._input_shape()}


def fits(networks, task):
    """Refuse what is not a task of trials, or networks that hear another number of inputs."""
    D = _checks.instance("task", task, Trials).inputs.shape[-1]
    if networks.D != D:
        raise ValueError(f"networks must hear the task's D = {D} inputs, w_in has shape {networks.w_in.shape}")
