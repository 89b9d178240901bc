"""The delayed-activation task: say zero for a delay T, then one for as long again.

A task is refused with a ValueError unless T ≥ 1 is an integer, `dt` and `tau` are positive with dt ≤ 2τ, where Euler's
step (Eq. 17) is stable, and `x0` and `kappa_star` are finite; so is an output whose last axis is not a trial.
"""

from dataclasses import dataclass

import numpy as np

from ghostlib import _checks


@dataclass(frozen=True)
class DelayedActivation:
    r"""The task of Eq. (1) in discrete time: the target is 0 in the first T steps and 1 in the T steps after.

    T : delay in steps of `dt`; a trial has 2T steps. The paper's 100 ms are 20 steps of 5 ms: with another `dt` and the
        same T the delay is T · dt ms, so that 100 ms take T = 100/dt.
    dt, tau : step and neuronal time constant, ms; only their ratio `delta` = Δt/τ enters the networks.
    x0 : initial rate x(0) of every unit.
    kappa_star : threshold κ* of the output σ(c(κ − κ*)), Eq. (5); networks with a trained read-out do not use it.

    The step, the time constant and the threshold are the End Matter's, "Analysis with recurrent neural networks".
    """

    T: int = 20
    dt: float = 5.0
    tau: float = 10.0
    x0: float = -0.3
    kappa_star: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "T", _checks.count("T", self.T, 1))
        dt, tau = checked_steps(self.dt, self.tau)
        numbers = {name: _checks.number(name, getattr(self, name)) for name in ("x0", "kappa_star")}
        for name, value in {"dt": dt, "tau": tau, **numbers}.items():
            object.__setattr__(self, name, value)

    @property
    def delta(self):
        """Δ = Δt/τ of Eq. (17)."""
        return self.dt / self.tau

    @property
    def steps(self):
        """Steps in a trial, 2T."""
        return 2 * self.T

    @property
    def time(self):
        """Time of each output in ms, shape (2T,): outputs are read after each update, so it begins at `dt`."""
        return self.dt * np.arange(1, self.steps + 1)

    def target(self):
        """What the output should be after each update, shape (2T,): T zeros, then T ones."""
        return np.repeat([0.0, 1.0], self.T)

    def loss(self, output):
        """Squared error summed over the trial and divided by T: Eq. (1) in units in which a silent network has loss 1.

        Parameters
        ----------
        output : array_like, shape (..., 2T)

        Returns
        -------
        ndarray, shape (...)
        """
        return np.square(self._trial(output) - checked_target(self)).sum(axis=-1) / self.T

    def accuracy(self, output):
        """Share of the 2T steps at which `output`, shape (..., 2T), is on the target's side of 1/2; shape (...).

        NaN for an output that is not a number, which is on neither side.
        """
        output = self._trial(output)
        right = (output > 0.5) == (checked_target(self) > 0.5)
        return np.where(np.isnan(output).any(axis=-1), np.nan, right.mean(axis=-1))[()]

    def _trial(self, output):
        output = _checks.numbers("output", output)
        if output.ndim == 0 or output.shape[-1] != self.steps:
            raise ValueError(f"output must have {self.steps} steps (2T) on its last axis, got shape {output.shape}")
        return output


def checked_steps(dt, tau):
    """Both as floats; a `ValueError` unless they are positive and Euler's step is stable."""
    dt, tau = (_checks.number(name, value, _checks.positive) for name, value in (("dt", dt), ("tau", tau)))
    if dt > 2 * tau:
        raise ValueError(f"dt must be ≤ 2 tau = {2 * tau:g}, where Euler's step is stable, got {dt:g}")
    return dt, tau


def checked_task(task):
    """The task; a `ValueError` unless it is a `DelayedActivation` or derived from it."""
    return _checks.instance("task", task, DelayedActivation)


def checked_target(task):
    """The target of such a task; a `ValueError` unless it fits the trial."""
    target = _checks.finite("task.target()", checked_task(task).target())
    if target.shape != (2 * task.T,):
        raise ValueError(f"task.target() must have 2T = {2 * task.T} steps, got shape {target.shape}")
    return target


TASK = DelayedActivation()  # the paper's
