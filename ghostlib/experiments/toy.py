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
    late : shape (A,), the loss of all runs, averaged over the epochs after the last of `epochs` as well.
    """

    alpha: np.ndarray
    epochs: np.ndarray
    loss: np.ndarray
    late: np.ndarray

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
    after: int = 600  # ours: a single epoch reads the beat of the oscillation, not its mean
    seed: int = 0  # ours: the authors set none

    def run(self):
        """All runs, read at the five epochs and on average after the last.

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
        late = toy.descend(run.r[..., -1], alpha[:, None], self.T, self.after).loss.mean(axis=(-2, -1))
        return Sweep(alpha=alpha, epochs=epochs, loss=run.loss[..., epochs // every], late=late)


class Measured(NamedTuple):
    """The critical learning rate as runs show it.

    T : shape (D,).
    alpha : shape (D,), the smallest learning rate found that traps any run.
    """

    T: np.ndarray
    alpha: np.ndarray


@dataclass(frozen=True)
class CriticalRate:
    """Eq. (15) measured, for several delays: bisect for the smallest learning rate that traps any of many runs.

    Nothing here knows α*: the search goes over thirty powers of ten.
    """

    T: tuple[float, ...] = (10.0, 30.0, 100.0, 300.0, 1000.0)
    starts: int = 400
    r0_over_r_star: tuple[float, float] = (1.0, 5.0)
    epochs: int = 1000
    alpha_exponents: tuple[float, float] = (-25.0, 5.0)
    halvings: int = 40
    seed: int = 0

    def run(self):
        """The measured critical learning rates.

        Returns
        -------
        Measured
        """
        T = np.array(self.T)
        r0 = np.random.default_rng(self.seed).uniform(*self.r0_over_r_star, self.starts) * toy.r_star(T)[:, None]
        low, high = (np.full(T.shape, exponent) for exponent in self.alpha_exponents)
        for _ in range(self.halvings):
            middle = (low + high) / 2
            end = toy.descend(r0, 10 ** middle[:, None], T[:, None], self.epochs, every=self.epochs).r[..., -1]
            caught = np.any(end < toy.r_star(T)[:, None] / 4, axis=1)
            low, high = np.where(caught, low, middle), np.where(caught, middle, high)
        return Measured(T=T, alpha=10**high)


class Caught(NamedTuple):
    """How many runs end where.

    a : shape (A,), α/α*.
    trapped : shape (A,), runs in the no-learning zone at the end.
    cycling : shape (A,), runs on the cycle of period 3 at the end.
    runs : how many there were at each a.
    """

    a: np.ndarray
    trapped: np.ndarray
    cycling: np.ndarray
    runs: int

    @property
    def fraction(self):
        """Share of the runs that is trapped, shape (A,)."""
        return self.trapped / self.runs

    @property
    def error(self):
        """Binomial standard error of that share, √(p(1 − p)/runs), shape (A,)."""
        return np.sqrt(self.fraction * (1 - self.fraction) / self.runs)


@dataclass(frozen=True)
class TrappedFraction:
    """What becomes of the paper's runs (the starts of Fig. 2D) at learning rates from α* on. Ours, not in the paper."""

    a: tuple[float, float] = (1.0, 1.05)
    rates: int = 101
    starts: int = 5000
    rho0: float = 10.0  # paper
    spread: float = 0.1  # paper
    epochs: int = 250  # between two looks at the runs that are still undecided
    looks: int = 40
    seed: int = 0

    def run(self):
        """Each run until it is trapped or within 10⁻⁶ of the cycle.

        Returns
        -------
        Caught
        """
        a = np.linspace(*self.a, self.rates)
        rho = np.random.default_rng(self.seed).normal(self.rho0, self.spread, (self.rates, self.starts))
        exists = a < toy.cycle_limit()
        orbit = np.full((self.rates, 3), np.inf)  # where there is no cycle, nothing is near it
        orbit[exists] = toy.cycle(a[exists]).orbit
        trapped, cycling = np.zeros((2, *rho.shape), dtype=bool)
        for _ in range(self.looks):
            rate, run = np.nonzero(~(trapped | cycling))
            if not rate.size:
                break
            end = toy.final_state(rho[rate, run], a[rate], self.epochs)
            rho[rate, run], trapped[rate, run] = end.rho, end.trapped
            cycling[rate, run] = np.abs(end.rho[:, None] - orbit[rate]).min(axis=1) < 1e-6
        return Caught(a=a, trapped=trapped.sum(axis=1), cycling=cycling.sum(axis=1), runs=self.starts)


class Rhythms(NamedTuple):
    """What the oscillation settles on.

    a : shape (A,), α/α*.
    rho : shape (A, E), the last E epochs of the run at each a.
    period : shape (A,), after how many epochs it repeats itself; 0 if it does not within E/2.
    """

    a: np.ndarray
    rho: np.ndarray
    period: np.ndarray


@dataclass(frozen=True)
class Oscillations:
    """One long run at each of many learning rates up to α*. Ours, not in the paper."""

    a: tuple[float, float] = (0.1, 1.0)
    rates: int = 361
    rho0: float = 2.0
    settle: int = 20_000
    last: int = 80

    def run(self):
        """The last epochs of every run.

        Returns
        -------
        Rhythms
        """
        a = np.linspace(*self.a, self.rates)
        settled = toy.final_state(self.rho0, a, self.settle).rho
        rho = toy.descend_rescaled(settled, a, self.last - 1)
        period = np.zeros(self.rates, dtype=int)
        for shift in range(self.last // 2, 0, -1):
            period[np.all(np.abs(rho[:, shift:] - rho[:, :-shift]) < 1e-6, axis=1)] = shift
        return Rhythms(a=a, rho=rho, period=period)


FIG_2A = LossLandscape()
FIG_2BC = TwoDescents()
FIG_2D = LearningRateSweep()
CRITICAL_RATE = CriticalRate()
TRAPPED_FRACTION = TrappedFraction()
OSCILLATIONS = Oscillations()
