"""Fig. 2: the toy model's loss and its minimisation.

Every setting is the authors' code's, except where a field's comment says that the paper's text gives it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ghostlib import toy


class Landscapes(NamedTuple):
    """The loss over r, in the limit and at finite confidence; all losses in time units (not divided by T).

    r : shape (R,).
    analytic : shape (R,), Eq. (12).
    euler : shape (C, R), one row a confidence, by the paper's Euler scheme.
    exact : shape (C, R), the same integral by quadrature of the exact solution.
    """

    r: np.ndarray
    analytic: np.ndarray
    euler: np.ndarray
    exact: np.ndarray


@dataclass(frozen=True)
class LossLandscape:
    """Fig. 2A: the loss against r, analytic and for realistic outputs σ(c(x − x*))."""

    T: float = 100.0  # paper
    dt: float = 0.1  # paper
    x_star: float = 10.0  # paper
    c: tuple[float, ...] = (0.1, 1.0)
    r_over_r_star: tuple[float, float] = (-1.0, 2.0)
    points: int = 100

    def run(self):
        """The losses at `points` values of r.

        Returns
        -------
        Landscapes
        """
        r = np.linspace(*self.r_over_r_star, self.points) * toy.r_star(self.T)
        c = np.array(self.c)[:, None]
        return Landscapes(
            r=r,
            analytic=toy.loss(r, self.T),
            euler=toy.euler_loss(r, self.T, c=c, x_star=self.x_star, dt=self.dt),
            exact=toy.finite_loss(r, self.T, c=c, x_star=self.x_star),
        )


@dataclass(frozen=True)
class TwoDescents:
    """Fig. 2B–C: gradient descent from 10 r*, below and above the critical learning rate."""

    T: float = 100.0  # paper
    r0_over_r_star: float = 10.0  # paper
    alpha: tuple[float, ...] = (1e-10, 1e-9)  # the first is the paper's
    epochs: int = 3000

    def run(self):
        """One run per learning rate.

        Returns
        -------
        toy.Descent
            ``r`` and ``loss`` of shape (len(alpha), epochs + 1).
        """
        return toy.descend(self.r0_over_r_star * toy.r_star(self.T), np.array(self.alpha), self.T, self.epochs)


class Sweep(NamedTuple):
    """The loss against the learning rate after given numbers of epochs.

    alpha : shape (A,).
    epochs : shape (E,), when the loss was read.
    loss : shape (A, S, E), one run per start, in time units.
    """

    alpha: np.ndarray
    epochs: np.ndarray
    loss: np.ndarray

    def mean(self):
        """Mean over the runs, shape (A, E)."""
        return self.loss.mean(axis=1)

    def sem(self):
        """Standard error of that mean, shape (A, E)."""
        return self.loss.std(axis=1, ddof=1) / np.sqrt(self.loss.shape[1])


@dataclass(frozen=True)
class LearningRateSweep:
    """Fig. 2D: the loss after so many epochs, over learning rates, ten starts each around 10 r*."""

    T: float = 100.0  # paper
    alpha_exponents: tuple[float, float] = (-11.0, -8.0)
    rates: int = 100
    starts: int = 10  # paper
    r0_over_r_star: float = 10.0  # paper
    spread_over_r_star: float = 0.1  # paper: the standard deviation of r0
    epochs: tuple[int, ...] = (1000, 2000, 3000, 5000, 10_000)
    seed: int = 0  # ours: the authors set none

    def run(self):
        """All runs, read at the five epochs.

        Returns
        -------
        Sweep
        """
        alpha = np.logspace(*self.alpha_exponents, self.rates)
        draw = np.random.default_rng(self.seed).standard_normal((self.rates, self.starts))
        r0 = (self.r0_over_r_star + self.spread_over_r_star * draw) * toy.r_star(self.T)
        every = int(np.gcd.reduce(self.epochs))
        run = toy.descend(r0, alpha[:, None], self.T, max(self.epochs), every=every)
        epochs = np.array(self.epochs)
        return Sweep(alpha=alpha, epochs=epochs, loss=run.loss[..., epochs // every])


FIG_2A = LossLandscape()
FIG_2BC = TwoDescents()
FIG_2D = LearningRateSweep()
