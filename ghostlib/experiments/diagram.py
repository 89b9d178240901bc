"""Fig. S2 as a phase diagram, the three of its learning rates that the paper shows, and the numbers quoted of it."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from ghostlib.experiments.ranks import TASK, Course
from ghostlib.networks.records import LowRank
from ghostlib.outcomes import OUTCOMES
from ghostlib.page.numbers import Quoted, quoted


class Panels(NamedTuple):
    """Indices of the learning rates that show the paper's three panels."""

    left: int
    middle: int
    right: int


@dataclass(frozen=True, eq=False)
class PhaseDiagram:
    """Who learns, over R ranks, A learning rates and S seeds.

    ranks (R,), alpha (A,), seeds (S,), epochs (R, A) : the axes, and how long each training was.
    courses : Course, every field with leading axes (R, A, S).
    networks : list of R `LowRank` of shape (A, S), at the end of their training; NaN where it diverged.

    "Low" are the ranks 1 and 2, "high" are 50 and 100. Medians are over the seeds.
    """

    ranks: tuple[int, ...]
    alpha: np.ndarray
    seeds: range
    epochs: np.ndarray
    courses: Course
    networks: list[LowRank]

    def is_(self, outcome):
        """Which networks have this outcome, one of `ghostlib.outcomes.OUTCOMES`; bool (R, A, S)."""
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}, got {outcome!r}")
        return self.courses.outcome == outcome

    def share(self, outcome):
        """The part of the seeds that have this outcome, (R, A)."""
        return self.is_(outcome).mean(axis=-1)

    @cached_property
    def median_epoch(self):
        """Median epoch of learning of those seeds that do, (R, A)."""
        return median_epoch(self.courses.learned_at)

    @property
    def learning_time(self):
        """Learning rate times median epoch of learning, (R, A): the time of the gradient flow, Eq. (B51)."""
        return self.alpha * self.median_epoch

    @property
    def fall(self):
        """Epochs from the end of the plateau to learning, (R, A, S); NaN for networks that never learn."""
        fall = self.courses.learned_at - self.courses.plateau_end
        return np.where(self.courses.learned_at >= 0, fall, np.nan)

    @property
    def fall_share(self):
        """The fall as a part of all epochs up to learning, (R, A, S)."""
        return self.fall / np.maximum(self.courses.learned_at, 1)

    @cached_property
    def panels(self):
        """Three learning rates that show the paper's panels; a ValueError if there are none.

        left : the highest at which every network has learned, and as early in α · epochs, within a tenth, as at the
            lowest: the median of every rank.
        middle : the lowest at which one network in ten, or more, is trapped.
        right : the lowest at which less than one network in ten has learned.
        """
        early = np.abs(self.learning_time - self.learning_time[:, :1]) < 0.1 * self.learning_time[:, :1]
        slow = early.all(axis=0) & (self.share("learned") == 1).all(axis=0)
        trapped, learned = (self.share(outcome).mean(axis=0) for outcome in ("trapped", "learned"))
        found = np.flatnonzero(slow)[-1:], np.flatnonzero(trapped >= 0.1)[:1], np.flatnonzero(learned < 0.1)[:1]
        if not all(index.size for index in found):
            raise ValueError(f"alpha: none of {self.alpha.size} learning rates shows one of the three panels")
        return Panels(*(int(index[0]) for index in found))

    @property
    def low(self):
        """Which ranks are 1 or 2, (R,)."""
        return np.asarray(self.ranks) <= 2

    @property
    def high(self):
        """Which ranks are 50 or 100, (R,)."""
        return np.asarray(self.ranks) >= 50

    @property
    def all_learn(self):
        """At which learning rates all networks learn at some epoch, (A,)."""
        return (self.courses.learned_at >= 0).all(axis=(0, 2))

    def beyond_rank(self):
        """The largest singular value beyond the first K of a trained W, over its first: 0 if its rank is at most K."""
        shares = [0.0]
        for rank, networks in zip(self.ranks, self.networks, strict=True):
            W = networks[self.all_learn].astype(np.float64).full_rank().W
            values = np.linalg.svd(W, compute_uv=False)
            shares.append((values[..., rank:] / values[..., :1]).max(initial=0.0))
        return max(shares)

    def output_is_linear(self):
        """Whether the output is w·x + b, as Eq. (18) writes."""
        network = self.networks[0][0, 0].astype(np.float64)
        linear = network.simulate(TASK)[1:] @ network.w_out + network.b_out
        return bool(np.allclose(network.output(TASK), linear))

    # The map
    #: The learning rates of the three panels.
    rate = Quoted(lambda self: {name: self.alpha[column] for name, column in self.panels._asdict().items()}, "{:.3g}")
    #: Median epoch of learning of every rank at the lowest learning rate.
    learning_epoch = Quoted(lambda self: dict(zip(self.ranks, self.median_epoch[:, 0], strict=True)), "{:,.0f}")
    #: How many times sooner the highest rank learns than the lowest, at the lowest learning rate.
    speed_up = Quoted(lambda self: self.median_epoch[0, 0] / self.median_epoch[-1, 0], "{:.0f}")
    #: Number of learning rates at which all networks learn at some epoch.
    rates_at_which_all_learn = Quoted(lambda self: self.all_learn.sum())

    @quoted("{:.2f}", claim="s2-fewer-epochs", shown="{:.2f} or lower")
    def rank_correlation(self):
        """Spearman's, of rank and median epoch of learning: the highest, over the rates at which all learn."""
        columns = self.median_epoch[:, self.all_learn].T
        return max((spearmanr(self.ranks, column).statistic for column in columns), default=np.nan)

    #: Share of the networks that are trapped at the middle rate.
    trapped_share = Quoted(
        lambda self: self.is_("trapped")[:, self.panels.middle].mean(), claim="s2-occasional-zones", shown="{:.0%}"
    )
    #: Number of networks that are trapped at the middle rate.
    trapped_middle = Quoted(lambda self: self._counts(self.is_("trapped")[:, self.panels.middle]))
    #: Number of networks that have learned at the middle rate.
    kept_middle = Quoted(lambda self: self._counts(self.is_("learned")[:, self.panels.middle]))

    @quoted(claim="s2-stabilised")
    def stabilised(self):
        """Share of high ranks that have learned at the middle rate, less that of low ranks."""
        kept = self.share("learned")[:, self.panels.middle]
        return kept[self.high].mean() - kept[self.low].mean()

    #: Number of trapped networks on the whole map.
    trapped_all = Quoted(lambda self: self.is_("trapped").sum())

    @quoted()
    def trapped_at_one(self):
        """Number of those that say one at the end of the trial."""
        trapped = zip(self.networks, self.is_("trapped"), strict=True)
        return sum(np.sum(networks[each].astype(np.float64).output(TASK)[:, -1] > 0.5) for networks, each in trapped)

    #: Number of unsettled networks on the whole map.
    unsettled_all = Quoted(lambda self: self.is_("unsettled").sum())
    #: Median of the loss at which they settle.
    unsettled_loss = Quoted(lambda self: _median(self.courses.settled_loss[self.is_("unsettled")]), "{:.2f}")
    #: Median of the largest gradient norm that they still reach.
    unsettled_gradient = Quoted(lambda self: _median(self.courses.gradient_norm[self.is_("unsettled")]), "{:.1f}")

    # The clock
    #: Learning time of every rank at the lowest learning rate.
    clock = Quoted(
        lambda self: dict(zip(self.ranks, self.learning_time[:, 0], strict=True)),
        lambda time: f"{time:.1f}" if time >= 1 else f"{time:.2f}",
    )
    #: How far the learning times of a rank are apart, up to the left panel's rate.
    clock_spread = Quoted(
        lambda self: np.abs(self.learning_time[:, : self.panels.left + 1] / self.learning_time[:, :1] - 1).max(),
        "{:.1%}",
    )

    # The fall, at the left panel's rate
    #: Median share of the fall with the lowest rank.
    low_rank_fall = Quoted(
        lambda self: np.median(self.fall_share[0, self.panels.left]),
        "{:.0%}",
        claim="s2-low-rank-abrupt",
        shown="{:.0%} of the epochs so far",
    )
    #: Median share of the fall with the highest rank.
    full_rank_fall = Quoted(
        lambda self: np.median(self.fall_share[-1, self.panels.left]),
        "{:.0%}",
        claim="s2-full-rank-gradual",
        shown="{:.0%} of the epochs so far",
    )
    #: Median epochs of the fall of every rank.
    fall_epochs = Quoted(
        lambda self: dict(zip(self.ranks, np.median(self.fall[:, self.panels.left], axis=-1), strict=True)), "{:.0f}"
    )
    #: Median of the largest rise in one epoch after learning, with the highest rank.
    full_rank_rise = Quoted(lambda self: np.median(self.courses.largest_rise[-1, self.panels.left]), "{:.2f}")
    #: Median of the loss at which the highest rank settles.
    full_rank_settled = Quoted(lambda self: np.median(self.courses.settled_loss[-1, self.panels.left]), "{:.3f}")

    @quoted("{:.0f}", claim="s2-full-rank-oscillates", shown="{:.1f} times the loss at the end")
    def rise_over_settled(self):
        """Median of that rise over that loss."""
        full_rank = -1, self.panels.left
        return np.median(self.courses.largest_rise[full_rank] / self.courses.settled_loss[full_rank])

    def _counts(self, chosen):
        """How many of `chosen` (R, S) are true, of all, of low and of high ranks."""
        return {"all": chosen.sum(), "low": chosen[self.low].sum(), "high": chosen[self.high].sum()}


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


def median_epoch(learned_at):
    """Median over the last axis of the epochs that are not −1; NaN where all are."""
    return np.ma.filled(np.ma.median(np.ma.masked_less(learned_at, 0), axis=-1).astype(float), np.nan)


def courses(results, shape):
    """The `Course` of many results of `train_network`, every field with the leading axes `shape`."""
    return Course(*_stacked([result[: len(Course._fields)] for result in results], shape))


def networks(results, shape):
    """The networks of many results of `train_network`, all of one rank, with the leading axes `shape`."""
    return LowRank(*_stacked([result[len(Course._fields) :] for result in results], shape))


def _stacked(results, shape):
    return [np.reshape(field, (*shape, *np.shape(field[0]))) for field in zip(*results, strict=True)]


def _median(values):
    return np.median(values) if values.size else np.nan
