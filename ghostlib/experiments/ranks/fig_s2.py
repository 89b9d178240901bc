"""Fig. S2: networks of every rank from one to full, over learning rates.

``python -m ghostlib.experiments --full`` does it at the authors' own scale, says before how long that takes, and goes
on where it was interrupted.

The ranks, the seeds and the learning rates are the authors' code's; the paper's text gives the ranks. How many epochs
the book spends is ours, and said beside each field. Every sweep has at least one rank, rate and seed, or it raises
ValueError.
"""

import time
from dataclasses import dataclass

import numpy as np

from ghostlib import _checks
from ghostlib.experiments import cache
from ghostlib.experiments.ranks.diagram import PhaseDiagram, courses, networks
from ghostlib.experiments.ranks.training import train_network
from ghostlib.networks.records import LowRank
from ghostlib.networks.task import TASK
from ghostlib.training import train


@dataclass(frozen=True)
class RankSweep:
    """Fig. S2 as a phase diagram: every rank at every learning rate, many seeds each."""

    ranks: tuple[int, ...] = (1, 2, 3, 4, 5, 10, 30, 50, 100)
    alpha_exponents: tuple[float, float] = (-3.0, 0.0)
    rates: int = 10
    seeds: int = 10
    first_seed: int = 0
    least_epochs: int = 5000  # ours: long enough to see who falls
    travel: float = 50.0  # ours: and so many that α · epochs comes to this, which decides who learns
    travel_high: float = 10.0  # ours: the same for the ranks from 30 on, which need less

    def __post_init__(self):
        for name, number in (("len(ranks)", len(self.ranks)), ("rates", self.rates), ("seeds", self.seeds)):
            _checks.count(name, number, 1)

    @property
    def alpha(self):
        """The learning rates, (rates,)."""
        return np.logspace(*self.alpha_exponents, self.rates)

    def epochs(self, rank, alpha):
        """How many epochs a network of this rank is trained at this learning rate."""
        travel = self.travel_high if rank >= 30 else self.travel
        return max(self.least_epochs, round(travel / alpha))

    def settings(self):
        """The arguments of `train_network`, in the order of ranks, learning rates and seeds."""
        return [
            (rank, float(alpha), seed, self.epochs(rank, alpha))
            for rank in self.ranks
            for alpha in self.alpha
            for seed in range(self.first_seed, self.first_seed + self.seeds)
        ]

    def run(self, *, executor=None, progress=False):
        """All trainings, as `PhaseDiagram`; each is kept on the disk once it is done. Options: `cache.map_cached`."""
        settings = self.settings()
        longest_first = sorted(settings, key=lambda each: -each[0] * each[3])
        done = cache.map_cached(train_network, longest_first, executor=executor, progress=progress)
        found = dict(zip(longest_first, done, strict=True))
        results, of_a_rank = [found[each] for each in settings], self.rates * self.seeds
        return PhaseDiagram(
            ranks=self.ranks,
            alpha=self.alpha,
            seeds=range(self.first_seed, self.first_seed + self.seeds),
            epochs=np.array([[self.epochs(rank, alpha) for alpha in self.alpha] for rank in self.ranks]),
            courses=courses(results, (len(self.ranks), self.rates, self.seeds)),
            networks=[
                networks(results[start : start + of_a_rank], (self.rates, self.seeds))
                for start in range(0, len(results), of_a_rank)
            ],
        )


def seconds(sweep, *, trial=2000):
    """About how long a core needs for all of a `RankSweep`, from `trial` epochs of one network of each rank.

    An upper bound: a network that has frozen or diverged is finished sooner.
    """
    total = 0.0
    for rank in sweep.ranks:
        network = LowRank.initial(0, rank)
        train(network, TASK, 1e-3, 1, threads=1)  # compiled before it is timed
        start = time.perf_counter()
        train(network, TASK, 1e-3, trial, threads=1)
        each = (time.perf_counter() - start) / trial
        total += each * sweep.seeds * sum(sweep.epochs(rank, alpha) for alpha in sweep.alpha)
    return total


FIG_S2 = RankSweep()
# Ours: fresh networks at the lowest rate at which hardly anybody learns, since what becomes of one is chance.
FIG_S2_EDGE = RankSweep(alpha_exponents=(-2 / 3, -2 / 3), rates=1, first_seed=10, seeds=20)
# The authors' later code: half a million epochs each.
FIG_S2_FULL = RankSweep(least_epochs=500_000, travel=0.0, travel_high=0.0)
