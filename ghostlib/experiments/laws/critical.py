"""Chapter 10: the critical learning rate of networks against the delay, and who is trapped long after the jump."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import bootstrap, quantile_test

from ghostlib import toy
from ghostlib.experiments import cache
from ghostlib.experiments.laws.kinds import Kind, critical_rates, falls_at, late_outcomes
from ghostlib.networks.task import DelayedActivation
from ghostlib.page.numbers import Quoted, counted, ends, quoted


LONG = 20  # steps, from which on a delay is called long


@dataclass(frozen=True, eq=False)
class NetworkRates:
    """The critical rates of S networks at D delays; the loss is divided by T.

    T : tuple of D, in steps.
    rate : float array (D, S), 0 where a network is trapped at the lowest rate tried, infinite where at none.
    fall : float array (D, S), when they fell in a longer training at the median rate of their delay: epochs times
        learning rate, from the end of the plateau on; infinite where a network is not trapped.
    """

    T: tuple[int, ...]
    rate: np.ndarray
    fall: np.ndarray

    #: How many networks there are.
    networks = Quoted(lambda self: self.rate.shape[1])
    #: How many rates lie outside the interval that was searched, of all, and at the shortest delay.
    outside = Quoted(lambda self: self._outside.sum())
    outside_shortest = Quoted(lambda self: self._outside[0].sum())

    @cached_property
    def median(self):
        """The rate at which half of the networks are trapped, (D,)."""
        return np.median(self.rate, axis=1)

    @cached_property
    def interval(self):
        """The 95% interval of that median, from the ranks of the networks (binomial), (D, 2)."""
        return median_interval(self.rate)

    @cached_property
    def powers(self):
        """The power of T between neighbouring delays and its 95% interval, (D − 1, 3): low, power, high."""
        starts = range(len(self.T) - 1)
        return np.array([trend(self.T[i : i + 2], self.rate[i : i + 2], True) for i in starts])

    #: The power alone, (D − 1,), and its interval, (D − 1, 2).
    power = property(lambda self: self.powers[:, 1])
    power_interval = property(lambda self: self.powers[:, ::2])

    #: The median by delay, and the ends of its interval.
    critical = Quoted(lambda self: self._by_delay(self.median), "{:.2g}")
    low = Quoted(lambda self: self._by_delay(self.interval[:, 0]), "{:.2g}")
    high = Quoted(lambda self: self._by_delay(self.interval[:, 1]), "{:.2g}")
    #: How many are trapped in the longer training at the median, by delay, with an interval.
    check = Quoted(lambda self: self._by_delay([counted(row.sum(), row.size) for row in np.isfinite(self.fall)]))
    #: When half of those that are trapped there have fallen, by delay.
    half_fallen = Quoted(lambda self: self._by_delay([np.median(row[np.isfinite(row)]) for row in self.fall]), "{:.1f}")
    #: One power for the long delays, and the ends of its interval.
    long_power = Quoted(lambda self: power_of_long(self.T, self.rate), "{:.2f}")
    #: The power between neighbouring delays, "28-40", and the ends of its interval; and one power for all delays.
    power_of = Quoted(lambda self: self._by_pair(self.power), "{:.1f}")
    power_low = Quoted(lambda self: self._by_pair(self.power_interval[:, 0]), "{:.1f}")
    power_high = Quoted(lambda self: self._by_pair(self.power_interval[:, 1]), "{:.1f}")
    overall_power = Quoted(lambda self: np.polyfit(np.log(self.T), np.log(self.median), 1)[0], "{:.1f}")
    #: By what factor the rate falls from a delay to twice as long a one, where both were measured: "10-20".
    fall_from = Quoted(
        lambda self: {f"{T}-{2 * T}": self.critical[T] / self.critical[2 * T] for T in self.T if 2 * T in self.T},
        "{:.1f}",
    )
    #: The median over Eq. (15), delay in τ, by delay.
    over_toy = Quoted(lambda self: self._by_delay(self.median / self.eq_15), lambda ratio: f"{float(f'{ratio:.2g}'):g}")

    @quoted("{:.2f}")
    def spread(self):
        """Upper over lower quartile of the rates: the least and the most over the delays where both were found."""
        lower, upper = np.quantile(self.rate, (0.25, 0.75), axis=1, method="inverted_cdf")
        found = (lower > 0) & np.isfinite(upper)
        return ends(upper[found] / lower[found])

    @property
    def eq_15(self):
        """Eq. (15) for these delays in units of τ and for a loss divided by T, (D,)."""
        delay = np.array(self.T) * DelayedActivation().delta
        return toy.alpha_star(delay) * delay

    @property
    def _outside(self):
        return (self.rate == 0) | np.isinf(self.rate)

    def _by_delay(self, values):
        return dict(zip(self.T, values, strict=True))

    def _by_pair(self, values):
        return {f"{T}-{longer}": value for T, longer, value in zip(self.T, self.T[1:], values, strict=False)}


@dataclass(frozen=True)
class RatesByDelay:
    """Chapter 10: the rate from which on each rank-one network is trapped, for several delays; by halving. Ours."""

    T: tuple[int, ...] = (5, 7, 10, 14, 20, 28, 40, 80)
    seeds: int = 40
    low: tuple[float, ...] = (0.04, 0.025, 0.018, 0.01, 0.006, 0.003, 0.0012, 0.0004)
    # At T = 5 no higher: rates far above the critical one trap fewer networks again, and halving finds nothing.
    high: tuple[float, ...] = (0.25, 0.25, 0.15, 0.09, 0.05, 0.025, 0.009, 0.002)
    epochs: tuple[int, ...] = (3000,) * 7 + (12_000,)  # after the plateau; enough to learn to wait
    longer: tuple[int, ...] = (10_000,) * 7 + (20_000,)  # in the check at the median
    halvings: int = 5

    def run(self):
        """All trainings, as `NetworkRates`; each delay is kept on the disk once it is done."""
        halves = [(0, self.seeds // 2), (self.seeds // 2, self.seeds)]
        settings = [
            (*Kind(T), *half, low, high, epochs, self.halvings)
            for T, low, high, epochs in zip(self.T, self.low, self.high, self.epochs, strict=True)
            for half in halves
        ]
        rate = self._joined(cache.map_cached(critical_rates, settings[::-1])[::-1])  # the longest first
        middle = np.median(rate, axis=1)
        settings = [
            (T, *half, float(rate), longer)
            for T, rate, longer in zip(self.T, middle, self.longer, strict=True)
            for half in halves
        ]
        return NetworkRates(self.T, rate, self._joined(cache.map_cached(falls_at, settings[::-1])[::-1]))

    def _joined(self, done):
        return np.concatenate([part for (part,) in done]).reshape(len(self.T), self.seeds)


def median_interval(rows):
    """The 95% interval of the median of each row, from the ranks (binomial); (D, S) → (D, 2)."""
    return np.array([quantile_test(row).confidence_interval(0.95) for row in rows])


def power_of_long(T, rates):
    """The power of T in the medians of `rates` (D, S) at the delays from `LONG` on, and its 95% interval, by name."""
    long = np.array(T) >= LONG
    return dict(zip(("low", "fit", "high"), trend(np.array(T)[long], rates[long], True), strict=True))


def trend(values, rates, paired=False):
    """The slope of the logarithm of the medians of `rates` (V, S) against that of the values, and its 95% interval.

    The networks are resampled, those of each value alone or, if they are the same and `paired`, all together.

    Returns
    -------
    low, slope, high
    """
    centred = np.log(values) - np.mean(np.log(values))

    def slope(*groups, axis=-1):
        logs = np.stack([np.log(np.median(group, axis=axis)) for group in groups], axis=-1)
        return logs @ centred / np.sum(centred**2)

    with np.errstate(invalid="ignore"):  # of its standard error, if in one of the draws a median is infinite
        drawn = bootstrap(rates, slope, paired=paired, vectorized=True, method="percentile", rng=0)
    return drawn.confidence_interval.low, slope(*rates), drawn.confidence_interval.high


@dataclass(frozen=True, eq=False)
class LateOutcomes:
    """Who is trapped long after the jump, at a low rate: arrays as `kinds.late_outcomes` has them."""

    jump: np.ndarray
    fall: np.ndarray
    at: np.ndarray
    sharp: np.ndarray

    trapped = property(lambda self: np.isfinite(self.fall))
    #: How many networks there are, and how many of them are trapped.
    late_networks = Quoted(lambda self: self.jump.size)
    late_trapped = Quoted(lambda self: counted(self.trapped.sum(), self.jump.size))
    #: The areas from the jump to the earliest fall, the median and the latest.
    late_fall = Quoted(lambda self: dict(zip(("first", "median", "last"), self._since, strict=True)), "{:.0f}")
    #: Sharpness over 2/α at the last look before the fall, the least of those that are trapped.
    late_sharp = Quoted(lambda self: self.sharp[self.trapped, -1].min(), "{:.2f}")
    #: The largest at the end of those that are not, and their median.
    late_calm = Quoted(lambda self: self.sharp[~self.trapped, -1].max(), "{:.2f}")
    late_calm_median = Quoted(lambda self: np.median(self.sharp[~self.trapped, -1]), "{:.2f}")

    @property
    def _since(self):
        return np.quantile((self.fall - self.jump)[self.trapped], (0, 0.5, 1))


@dataclass(frozen=True)
class LateFalls:
    """Chapter 10: networks at a low learning rate and a short delay, trained long after their jump. Ours."""

    T: int = 10
    seeds: int = 24
    alpha: float = 0.002
    area: float = 300.0  # epochs times learning rate
    every: int = 500
    looks: int = 10

    def run(self):
        """The training, as `LateOutcomes`; kept on the disk."""
        settings = (self.T, self.seeds, self.alpha, self.area, self.every, self.looks)
        return LateOutcomes(*cache.map_cached(late_outcomes, [settings])[0])


RATES_BY_DELAY = RatesByDelay()
LATE_FALLS = LateFalls()
