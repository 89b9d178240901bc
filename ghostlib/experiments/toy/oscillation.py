"""What becomes of runs that have arrived at the minimum: trapped, or on a periodic orbit. Ours, not in the paper."""

from dataclasses import dataclass

import numpy as np

from ghostlib import toy
from ghostlib.experiments.bisection import bisect
from ghostlib.page.numbers import Quoted


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
        """The measured critical learning rates. Returns `CriticalRates`."""
        T = np.array(self.T)
        r0 = np.random.default_rng(self.seed).uniform(*self.r0_over_r_star, self.starts) * toy.r_star(T)[:, None]

        def traps_any(exponent):
            end = toy.descend(r0, 10 ** exponent[:, None], T[:, None], self.epochs, every=self.epochs).r[..., -1]
            return np.any(end < toy.r_star(T)[:, None] / 4, axis=1)

        ends = (np.full(T.shape, exponent) for exponent in self.alpha_exponents)
        return CriticalRates(T=T, alpha=10 ** bisect(traps_any, *ends, self.halvings)[1])


@dataclass(frozen=True)
class CriticalRates:
    """The critical learning rate as runs show it.

    T : shape (D,).
    alpha : shape (D,), the smallest learning rate found that traps any run.
    """

    T: np.ndarray
    alpha: np.ndarray

    @property
    def a(self):
        """The same over α* of Eq. (15), shape (D,)."""
        return self.alpha / toy.alpha_star(self.T)

    @property
    def power(self):
        """The power of T with which it falls."""
        return np.polyfit(np.log(self.T), np.log(self.alpha), 1)[0]


@dataclass(frozen=True)
class TrappedFraction:
    """What becomes of the paper's runs (the starts of Fig. 2D) at learning rates from α* on."""

    a: tuple[float, float] = (1.0, 1.05)
    rates: int = 101
    starts: int = 5000
    rho0: float = 10.0  # paper
    spread: float = 0.1  # paper
    epochs: int = 250  # between two looks at the runs that are still undecided
    looks: int = 40
    seed: int = 0

    def run(self):
        """Each run until it is trapped or within 10⁻⁶ of the cycle. Returns `TrappedRuns`."""
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
        return TrappedRuns(a=a, trapped=trapped.sum(axis=1), cycling=cycling.sum(axis=1), runs=self.starts)


@dataclass(frozen=True)
class TrappedRuns:
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

    #: The number of runs at all a together.
    all_runs = Quoted(lambda self: self.runs * self.a.size, "{:,}")
    #: How many were neither trapped nor on the cycle at the end.
    undecided = Quoted(lambda self: self.all_runs - int(self.trapped.sum() + self.cycling.sum()))
    #: The largest standard error.
    largest_error = Quoted(lambda self: self.error.max(), "{:.1%}")
    #: The share that is trapped, by how many per cent α is above α*.
    trapped_share = Quoted(
        lambda self: {percent: self.fraction[np.argmin(np.abs(self.a - (1 + percent / 100)))] for percent in (1, 2)},
        "{:.0%}",
    )
    #: Of these the one at 1.02 α*.
    trapped_at_102 = Quoted(
        lambda self: self.trapped_share[2],
        claim="eq-15-always-trapped",
        shown="{self.trapped_share[1]:.0%} at 1.01 α*, {:.0%} at 1.02 α*",
    )
    #: The number of runs beyond the end of the cycle.
    runs_above = Quoted(lambda self: self.runs * int(self._above.sum()), "{:,}")
    #: How many of these are not trapped.
    free_above = Quoted(lambda self: self.runs_above - int(self.trapped[self._above].sum()))
    #: The first a at which all runs are trapped.
    first_full = Quoted(lambda self: self.a[np.argmax(self.fraction == 1)], "{:.4f}")
    #: The distance from one a to the next.
    spacing = Quoted(lambda self: self.a[1] - self.a[0], "{:.4f}")

    @property
    def _above(self):
        return self.a > toy.cycle_limit()


@dataclass(frozen=True)
class Oscillations:
    """One long run at each of many learning rates up to α*."""

    a: tuple[float, float] = (0.1, 1.0)
    rates: int = 361
    rho0: float = 2.0
    settle: int = 20_000
    last: int = 80

    def run(self):
        """The last epochs of every run. Returns `OrbitDiagram`."""
        a = np.linspace(*self.a, self.rates)
        settled = toy.final_state(self.rho0, a, self.settle).rho
        rho = toy.descend_rescaled(settled, a, self.last - 1)
        period = np.zeros(self.rates, dtype=int)
        for shift in range(self.last // 2, 0, -1):
            period[np.all(np.abs(rho[:, shift:] - rho[:, :-shift]) < 1e-6, axis=1)] = shift
        return OrbitDiagram(a=a, rho=rho, period=period)


@dataclass(frozen=True)
class OrbitDiagram:
    """What the oscillation settles on.

    a : shape (A,), α/α*.
    rho : shape (A, E), the last E epochs of the run at each a.
    period : shape (A,), after how many epochs it repeats itself; 0 if it does not within E/2.
    """

    a: np.ndarray
    rho: np.ndarray
    period: np.ndarray

    #: The number of runs where the cycle of period 3 exists.
    runs_in_window = Quoted(lambda self: int(np.sum(self.a > toy.cycle_begin())))
    #: How many of these end on it.
    runs_of_period_3 = Quoted(lambda self: int(np.sum(self.period[self.a > toy.cycle_begin()] == 3)))
    #: The number of runs of period 8 between a = 0.3 and the begin of the cycle.
    runs_of_period_8 = Quoted(lambda self: int(np.sum(self.period[(self.a > 0.3) & (self.a < toy.cycle_begin())] == 8)))
    #: The smallest learning rate.
    smallest_a = Quoted(lambda self: self.a[0], "{:g}")
    #: From end to end at the smallest learning rate, over 3a/2.
    swing = Quoted(lambda self: np.ptp(self.rho[0]) / (1.5 * self.a[0]), "{:.2f}")


CRITICAL_RATE = CriticalRate()
TRAPPED_FRACTION = TrappedFraction()
OSCILLATIONS = Oscillations()
