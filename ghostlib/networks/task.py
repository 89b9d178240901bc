"""The delayed-activation task: say zero for a delay T, then one for as long again."""

from dataclasses import dataclass

import numpy as np

from ghostlib import _checks


@dataclass(frozen=True)
class DelayedActivation:
    r"""The task of Eq. (1) in discrete time: the target is 0 in the first T steps and 1 in the T steps after.

    T : delay in steps of `dt`; a trial has 2T steps. The paper's 100 ms are 20 steps.
    dt, tau : step and neuronal time constant, ms; only their ratio `delta` = Δt/τ enters the networks.
    x0 : initial rate x(0) of every unit.
    kappa_star : threshold κ* of the output σ(c(κ − κ*)), Eq. (5); networks with a trained read-out do not use it.

    The step, the time constant and the threshold are the End Matter's, "Analysis with recurrent neural networks".

    Raises
    ------
    ValueError
        Unless T ≥ 1 is an integer, `dt` and `tau` are positive with dt ≤ 2τ, where Euler's step (Eq. 17) is stable,
        and `x0` and `kappa_star` are finite.
    """

    T: int = 20
    dt: float = 5.0
    tau: float = 10.0
    x0: float = -0.3
    kappa_star: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "T", _checks.count("T", self.T, 1))
        for name, check in (
            ("dt", _checks.positive),
            ("tau", _checks.positive),
            ("x0", _checks.finite),
            ("kappa_star", _checks.finite),
        ):
            value = check(name, getattr(self, name))
            if value.ndim:
                raise ValueError(f"{name} must be one number, got shape {value.shape}")
            object.__setattr__(self, name, float(value))
        if self.dt > 2 * self.tau:
            raise ValueError(f"dt must be ≤ 2 tau = {2 * self.tau:g}, where Euler's step is stable, got {self.dt:g}")

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

        Raises
        ------
        ValueError
            If the last axis of `output` is not a trial.
        """
        return np.square(self._trial(output) - self.target()).sum(axis=-1) / self.T

    def accuracy(self, output):
        """Share of the 2T steps at which `output`, shape (..., 2T), is on the target's side of 1/2; shape (...).

        Raises
        ------
        ValueError
            If the last axis of `output` is not a trial.
        """
        return ((self._trial(output) > 0.5) == (self.target() > 0.5)).mean(axis=-1)

    def _trial(self, output):
        output = np.asarray(output, dtype=np.float64)
        if output.ndim == 0 or output.shape[-1] != self.steps:
            raise ValueError(f"output must have {self.steps} steps (2T) on its last axis, got shape {output.shape}")
        return output
