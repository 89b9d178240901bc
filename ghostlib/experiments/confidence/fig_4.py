"""Fig. 4: networks that are trapped at a high confidence, trained on at lower ones.

The settings are the authors' code's; the paper's text gives the number of seeds, α, c and the 6000 epochs too. The task
is `DelayedActivation`'s default.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import outcomes
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, one_digit, quoted
from ghostlib.training import train
from ghostlib.training.schedules import train_at


MOST = 0.9  # share of the trapped that recover at the confidences of the window


@dataclass(frozen=True, eq=False)
class Lowered:
    """Networks trained at a high confidence, and those that were trapped trained on at each of several lower ones.

    settings : LoweredConfidence.
    before : History of all B networks.
    confidences : float array (C,).
    after : History of the F trapped ones with leading axes (C, F), from the moment when the confidence was lowered.
    """

    settings: "LoweredConfidence"
    before: History
    confidences: np.ndarray
    after: History

    @cached_property
    def learned(self):
        """Which networks learned before the confidence was lowered, bool array (B,)."""
        return outcomes.learned(self.before.accuracy)

    @cached_property
    def trapped(self):
        """Which of them were trapped, bool array (B,)."""
        return outcomes.trapped(self.before.accuracy)

    @property
    def fallen(self):
        """The trapped networks, F of them, as they were then."""
        return self.before.networks[self.trapped]

    @cached_property
    def recovered(self):
        """Share of the trapped networks that have recovered at the end, for each confidence, shape (C,)."""
        return outcomes.recovered(self.after.accuracy).mean(axis=1)

    @property
    def accuracy(self):
        """Mean accuracy of the trapped networks at the end, for each confidence, shape (C,)."""
        return self.after.accuracy[..., -1].mean(axis=1)

    def nearest(self, c):
        """Row of the confidence that is nearest to `c` on the log scale."""
        return np.abs(np.log(self.confidences / c)).argmin()

    def around(self, row, before, name="accuracy"):
        """One confidence, seen from some epochs before it was lowered: a curve for each trapped network.

        Parameters
        ----------
        row : int
            Which of the confidences.
        before : int
            How many epochs before.
        name : {"accuracy", "loss", "gradient_norm"}

        Returns
        -------
        epoch : int array (before + after + 1,)
        values : float array (F, before + after + 1)
        """
        first, then = getattr(self.before, name)[self.trapped], getattr(self.after, name)[row]
        start = self.before.epoch[-1]
        epoch = np.concatenate([np.arange(start - before, start), start + self.after.epoch])
        return epoch, np.concatenate([first[:, -before - 1 : -1], then], axis=1)

    #: How many networks learned.
    learned_count = Quoted(lambda self: self.learned.sum(), claim="fig-4-learned")
    #: How many of them were trapped.
    trapped_count = Quoted(lambda self: self.trapped.sum())
    #: Trapped networks whose every update was rounded to zero.
    frozen_count = Quoted(lambda self: np.sum(self.before.frozen_at[self.trapped] >= 0))
    #: Median gradient norm of the trapped networks at the highest confidence, at which they were trained before.
    norm_at_highest = Quoted(
        lambda self: np.median(self.after.gradient_norm[-1, :, 0].astype(float)),
        one_digit,
        claim="fig-3b-gradient",
    )
    #: The same at the confidence at which most recover, before any parameter has changed.
    norm_at_best = Quoted(lambda self: np.median(self.after.gradient_norm[self.recovered.argmax(), :, 0]), "{:.2g}")
    #: The confidence at which most recover.
    best_confidence = Quoted(lambda self: self.confidences[self.recovered.argmax()], "{:.2g}")
    #: Share that recovers there.
    recovered_at_best = Quoted(
        lambda self: self.recovered.max(),
        "{:.0%}",
        claim="fig-4-recovery",
        shown="{:.0%} recover at c = {self.best_confidence:.2g}",
    )

    @quoted("{:.0%}", claim="fig-4-relearn", shown="{:.0%} at the best of the thirty confidences")
    def relearned(self):
        """Share that does the task at the end, accuracy at least 0.95, at the confidence at which most do."""
        return (self.after.accuracy[..., -1] >= outcomes.HIGH_ACCURACY).mean(axis=1).max()

    @quoted()
    def recovered_at(self):
        """How many recover at the confidences nearest to 5, 0.5 and 0.05."""
        count = outcomes.recovered(self.after.accuracy).sum(axis=1)
        return {c: count[self.nearest(c)] for c in (5, 0.5, 0.05)}

    @quoted("{:.2g}")
    def window(self):
        """The lowest and the highest confidence at which nine in ten recover."""
        inside = self.confidences[self.recovered >= MOST]
        return {"low": inside[0], "high": inside[-1]}

    #: Mean accuracy at the end, at the confidence at which it is largest.
    best_accuracy = Quoted(lambda self: self.accuracy.max(), "{:.2f}")
    #: That confidence.
    most_accurate_confidence = Quoted(lambda self: self.confidences[self.accuracy.argmax()], "{:.2g}")
    #: The least mean accuracy between c = 0.1 and 0.35, where most signal gets through.
    dip = Quoted(lambda self: self.accuracy[(self.confidences > 0.1) & (self.confidences < 0.35)].min(), "{:.2f}")


@dataclass(frozen=True)
class LoweredConfidence:
    """Fig. 4: a hundred networks trained at c = 10; the trapped ones trained on at thirty confidences."""

    seeds: int = 100
    alpha: float = 0.02
    c: float = 10.0
    epochs: int = 6000
    exponents: tuple[float, float] = (-3.0, 1.0)
    confidences: int = 30
    after: int = 100
    shown: tuple[int, int] = (5800, 6100)

    def run(self):
        """All trainings, as `Lowered`."""
        before = train(RankOne.initial(np.arange(self.seeds)), TASK, self.alpha, self.epochs, self.c)
        fallen = before.networks[outcomes.trapped(before.accuracy)]
        confidences = np.logspace(*self.exponents, self.confidences)
        return Lowered(self, before, confidences, train_at(fallen, TASK, self.alpha, self.after, confidences))


FIG_4 = LoweredConfidence()
