"""Fig. 4's two counts as distributions: its networks trained again from starts that differ by rounding. Ours."""

from dataclasses import dataclass

import numpy as np

from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.copies import outcomes_of_copy
from ghostlib.page.numbers import Quoted, ends, quoted


PAPER_TRAPPED = 54  # caption of Fig. 4


@dataclass(frozen=True, eq=False)
class RepeatedOutcomes:
    """What has become of the networks in every repeat; arrays (repeats, seeds).

    learned, trapped : bool.
    since : int, the epoch from which on a trapped network is silent; −1 for the others.
    """

    learned: np.ndarray
    trapped: np.ndarray
    since: np.ndarray

    @property
    def learned_counts(self):
        """How many networks learned in each repeat."""
        return self.learned.sum(axis=1)

    @property
    def trapped_counts(self):
        """How many networks were trapped in each repeat."""
        return self.trapped.sum(axis=1)

    #: How many repeats.
    repeats = Quoted(lambda self: len(self.trapped))

    @quoted()
    def learned_range(self):
        """How many learned: "74" if always as many, else "73 to 75"."""
        least, most = self.learned_counts.min(), self.learned_counts.max()
        return f"{least}" if least == most else f"{least} to {most}"

    #: Mean number trapped.
    trapped_mean = Quoted(
        lambda self: self.trapped_counts.mean(),
        "{:.1f}",
        claim="fig-4-trapped",
        shown="{:.1f} ± {self.trapped_spread:.1f} of {self.trapped.shape[1]}, over {self.repeats} repeats",
    )
    #: Its standard deviation from repeat to repeat.
    trapped_spread = Quoted(lambda self: self.trapped_counts.std(ddof=1), "{:.1f}")
    #: The least and the largest number trapped.
    trapped_range = Quoted(lambda self: ends(self.trapped_counts))
    #: Share of the repeats with as many trapped as in the paper, or fewer.
    up_to_paper = Quoted(lambda self: np.mean(self.trapped_counts <= PAPER_TRAPPED), "{:.0%}")
    #: Networks that were trapped in every repeat.
    always_trapped = Quoted(lambda self: self.trapped.all(axis=0).sum())
    #: Networks that learned in every repeat and were trapped in none.
    never_trapped = Quoted(lambda self: (self.learned.all(axis=0) & ~self.trapped.any(axis=0)).sum())


@dataclass(frozen=True)
class RepeatedTraining:
    """Fig. 4's two counts as distributions: the networks, and copies that differ by rounding. Ours."""

    seeds: int = 100
    alpha: float = 0.02
    epochs: int = 6000
    repeats: int = 30
    perturbation: float = 1e-6

    def run(self, *, progress=False):
        """All repeats, as `RepeatedOutcomes`; each is kept on the disk once it is done."""
        settings = [(copy, self.seeds, self.perturbation, self.alpha, self.epochs) for copy in range(self.repeats)]
        done = cache.map_cached(outcomes_of_copy, settings, progress=progress)
        return RepeatedOutcomes(*map(np.stack, list(zip(*done, strict=True))[:3]))


FIG_4_REPEATS = RepeatedTraining()
