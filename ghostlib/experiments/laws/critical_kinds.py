"""Chapter 10: the critical learning rate of networks against N, c and Δ, at the paper's delay."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib.experiments import cache
from ghostlib.experiments.laws.critical import median_interval, trend
from ghostlib.experiments.laws.kinds import Kind, critical_rates
from ghostlib.page.numbers import Quoted


@dataclass(frozen=True, eq=False)
class RatesByKind:
    """The critical rates of S networks of K kinds, each of which differs from the paper's in one number.

    values : dict from "N", "c" and "Δ" to the values of it, ascending.
    rates : dict from the same to float arrays (values, S), as in `NetworkRates`.
    """

    values: dict
    rates: dict

    @cached_property
    def median(self):
        """The rate at which half of the networks are trapped, a dict of arrays."""
        return {name: np.median(rate, axis=1) for name, rate in self.rates.items()}

    @cached_property
    def interval(self):
        """The 95% interval of each median, a dict of arrays (values, 2)."""
        return {name: median_interval(rate) for name, rate in self.rates.items()}

    @cached_property
    def trend(self):
        """One power for all values, and its 95% interval by resampling the networks: a dict of (low, power, high)."""
        return {name: trend(self.values[name], rate) for name, rate in self.rates.items()}

    #: How many networks of each kind there are.
    kind_networks = Quoted(lambda self: self.rates["N"].shape[1])
    #: One power for all values, and the ends of its interval.
    kind_power = Quoted(lambda self: self._trends(1), "{:.2f}")
    kind_power_low = Quoted(lambda self: self._trends(0), "{:.2f}")
    kind_power_high = Quoted(lambda self: self._trends(2), "{:.2f}")
    #: The largest median over the least.
    kind_ratio = Quoted(
        lambda self: {_word(name): median.max() / median.min() for name, median in self.median.items()}, "{:.1f}"
    )

    def _trends(self, place):
        return {_word(name): trend[place] for name, trend in self.trend.items()}


@dataclass(frozen=True)
class CriticalKinds:
    """Chapter 10: the paper's network with other numbers of units, confidences and time steps, by halving. Ours.

    The delay is always the paper's 100 ms, so that a finer time step gives more steps.
    """

    N: tuple[int, ...] = (25, 50, 100, 200, 400)
    c: tuple[float, ...] = (3.0, 5.0, 7.0, 10.0, 12.0)
    dt: tuple[float, ...] = (1.25, 2.5, 5.0, 10.0)
    delay: float = 100.0
    seeds: int = 32
    low: float = 0.006
    high: float = 0.06
    highest: tuple[float, ...] = (0.3, 0.1, 0.08, 0.06, 0.06)  # for c
    epochs: int = 3000  # after the plateau
    halvings: int = 5

    def run(self):
        """All trainings, as `RatesByKind`; each kind is kept on the disk once it is done."""
        sweeps = {
            "N": [(Kind(N=N), self.high) for N in self.N],
            "c": [(Kind(c=c), high) for c, high in zip(self.c, self.highest, strict=True)],
            "Δ": [(Kind(T=round(self.delay / dt), dt=dt), self.high) for dt in self.dt],
        }
        kinds = sorted({each for sweep in sweeps.values() for each in sweep}, reverse=True)  # the longest first
        settings = [(*kind, 0, self.seeds, self.low, high, self.epochs, self.halvings) for kind, high in kinds]
        done = dict(zip(kinds, (rate for (rate,) in cache.map_cached(critical_rates, settings)), strict=True))
        rates = {name: np.stack([done[each] for each in sweep]) for name, sweep in sweeps.items()}
        delta = [Kind(dt=dt).task.delta for dt in self.dt]
        return RatesByKind({"N": self.N, "c": self.c, "Δ": delta}, rates)


def _word(name):
    return "delta" if name == "Δ" else name


CRITICAL_KINDS = CriticalKinds()
