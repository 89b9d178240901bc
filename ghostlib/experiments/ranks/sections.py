"""The numbers that are quoted of Fig. S2: one record a section of the chapter. Medians are over the seeds."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from ghostlib.experiments.ranks.diagram import PhaseDiagram
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, quoted


@dataclass(frozen=True, eq=False)
class Map:
    """Who learns and how fast, who is trapped, and what the others do."""

    diagram: PhaseDiagram

    #: The learning rates of the three panels.
    rate = Quoted(
        lambda self: {name: self.diagram.alpha[column] for name, column in self.diagram.panels._asdict().items()},
        "{:.3g}",
    )
    #: Median epoch of learning of every rank at the lowest learning rate.
    learning_epoch = Quoted(lambda self: self.diagram.by_rank(self.diagram.median_epoch[:, 0]), "{:,.0f}")
    #: How many times sooner the highest rank learns than the lowest, at the lowest learning rate.
    speed_up = Quoted(lambda self: self.diagram.median_epoch[0, 0] / self.diagram.median_epoch[-1, 0], "{:.0f}")
    #: Number of learning rates at which all networks learn at some epoch.
    rates_at_which_all_learn = Quoted(lambda self: self.diagram.all_learn.sum())

    @quoted("{:.2f}", claim="s2-fewer-epochs", shown="{:.2f} or lower")
    def rank_correlation(self):
        """Spearman's, of rank and median epoch of learning: the highest, over the rates at which all learn."""
        columns = self.diagram.median_epoch[:, self.diagram.all_learn].T
        return max((spearmanr(self.diagram.ranks, column).statistic for column in columns), default=np.nan)

    #: Share of the networks that are trapped at the middle rate.
    trapped_share = Quoted(lambda self: self._middle("trapped").mean(), claim="s2-occasional-zones", shown="{:.0%}")
    #: Number of networks that are trapped at the middle rate.
    trapped_middle = Quoted(lambda self: self._counts(self._middle("trapped")))
    #: Number of networks that have learned at the middle rate.
    kept_middle = Quoted(lambda self: self._counts(self._middle("learned")))

    @quoted(claim="s2-stabilised")
    def stabilised(self):
        """Share of high ranks that have learned at the middle rate, less that of low ranks."""
        kept = self._middle("learned").mean(axis=-1)
        return kept[self.diagram.high].mean() - kept[self.diagram.low].mean()

    #: Number of trapped networks on the whole map.
    trapped_all = Quoted(lambda self: self.diagram.is_("trapped").sum())

    @quoted()
    def trapped_at_one(self):
        """Number of those that say one at the end of the trial."""
        trapped = zip(self.diagram.networks, self.diagram.is_("trapped"), strict=True)
        return sum(np.sum(networks[each].astype(np.float64).output(TASK)[:, -1] > 0.5) for networks, each in trapped)

    #: Number of unsettled networks on the whole map.
    unsettled_all = Quoted(lambda self: self.diagram.is_("unsettled").sum())
    #: Median of the loss at which they settle.
    unsettled_loss = Quoted(lambda self: self._median_unsettled(self.diagram.courses.settled_loss), "{:.2f}")
    #: Median of the largest gradient norm that they still reach.
    unsettled_gradient = Quoted(lambda self: self._median_unsettled(self.diagram.courses.gradient_norm), "{:.1f}")

    def _middle(self, outcome):
        """Which networks have this outcome at the middle rate, (R, S)."""
        return self.diagram.is_(outcome)[:, self.diagram.panels.middle]

    def _median_unsettled(self, values):
        values = values[self.diagram.is_("unsettled")]
        return np.median(values) if values.size else np.nan

    def _counts(self, chosen):
        """How many of `chosen` (R, S) are true, of all, of low and of high ranks."""
        return {"all": chosen.sum(), "low": chosen[self.diagram.low].sum(), "high": chosen[self.diagram.high].sum()}


@dataclass(frozen=True, eq=False)
class Clock:
    """Learning rate times epoch of learning."""

    diagram: PhaseDiagram

    #: Learning time of every rank at the lowest learning rate.
    clock = Quoted(
        lambda self: self.diagram.by_rank(self.diagram.learning_time[:, 0]),
        lambda time: f"{time:.1f}" if time >= 1 else f"{time:.2f}",
    )

    @quoted("{:.1%}")
    def clock_spread(self):
        """How far the learning times of a rank are apart, up to the left panel's rate."""
        time = self.diagram.learning_time
        return np.abs(time[:, : self.diagram.panels.left + 1] / time[:, :1] - 1).max()


@dataclass(frozen=True, eq=False)
class Fall:
    """How the loss falls, and oscillates afterwards, at the left panel's rate."""

    diagram: PhaseDiagram

    #: Median share of the fall with the lowest rank.
    low_rank_fall = Quoted(
        lambda self: np.median(self.diagram.fall_share[0, self.diagram.panels.left]),
        "{:.0%}",
        claim="s2-low-rank-abrupt",
        shown="{:.0%} of the epochs so far",
    )
    #: Median share of the fall with the highest rank.
    full_rank_fall = Quoted(
        lambda self: np.median(self.diagram.fall_share[-1, self.diagram.panels.left]),
        "{:.0%}",
        claim="s2-full-rank-gradual",
        shown="{:.0%} of the epochs so far",
    )

    #: Median epochs of the fall with the highest rank over those with the lowest.
    fall_ratio = Quoted(
        lambda self: self.fall_epochs[self.diagram.ranks[-1]] / self.fall_epochs[self.diagram.ranks[0]],
        claim="s2-full-rank-extended",
        shown="{:.2f} times the epochs of rank one",
    )

    @quoted("{:.0f}")
    def fall_epochs(self):
        """Median epochs of the fall of every rank."""
        return self.diagram.by_rank(np.median(self.diagram.fall[:, self.diagram.panels.left], axis=-1))

    #: Median of the largest rise in one epoch after learning, with the highest rank.
    full_rank_rise = Quoted(
        lambda self: np.median(self.diagram.courses.largest_rise[-1, self.diagram.panels.left]), "{:.2f}"
    )
    #: Median of the loss at which the highest rank settles.
    full_rank_settled = Quoted(
        lambda self: np.median(self.diagram.courses.settled_loss[-1, self.diagram.panels.left]), "{:.3f}"
    )

    @quoted("{:.0f}", claim="s2-full-rank-oscillates", shown="{:.1f} times the loss at the end")
    def rise_over_settled(self):
        """Median of that rise over that loss."""
        full_rank = -1, self.diagram.panels.left
        return np.median(self.diagram.courses.largest_rise[full_rank] / self.diagram.courses.settled_loss[full_rank])


@dataclass(frozen=True, eq=False)
class HighestRate:
    """The right panel's learning rate once more, with more seeds.

    diagram : PhaseDiagram, Fig. S2.
    more : PhaseDiagram, at the right panel's rate alone.
    """

    diagram: PhaseDiagram
    more: PhaseDiagram

    def count(self, outcome):
        """How many of all seeds have this outcome, (R,)."""
        right = self.diagram.panels.right
        return self.diagram.is_(outcome)[:, right].sum(axis=-1) + self.more.is_(outcome)[:, 0].sum(axis=-1)

    @property
    def seeds(self):
        """Number of networks of every rank."""
        return len(self.diagram.seeds) + len(self.more.seeds)

    #: Number of networks that have learned.
    kept_all = Quoted(lambda self: self.count("learned").sum())
    #: Number of those of high rank.
    kept_high = Quoted(lambda self: self.count("learned")[self.diagram.high].sum())
    #: High rank's share of those that have learned.
    kept_high_share = Quoted(
        lambda self: self.kept_high / self.kept_all if self.kept_all else np.nan,
        claim="s2-highest-rate",
        shown="{self.kept_high} of {self.kept_all}",
    )

    @quoted()
    def kept_lowest(self):
        """The lowest rank of which one has learned."""
        kept = self.count("learned") > 0
        return np.asarray(self.diagram.ranks)[kept].min() if kept.any() else np.nan

    #: Number of trapped networks of the highest rank.
    trapped_full = Quoted(lambda self: self.count("trapped")[-1])
    #: Share of trapped networks of the highest rank.
    trapped_full_share = Quoted(
        lambda self: self.trapped_full / self.seeds,
        claim="s2-full-rank-stuck",
        shown="{self.trapped_full} of {self.seeds}",
    )
