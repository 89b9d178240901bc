"""Networks that have recovered at a low confidence, and three ways back to the original one. Ours."""

from dataclasses import dataclass

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments.rank_one.copies import perturbed
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted
from ghostlib.training.schedules import ramp, train_stages


ARRIVAL = 10  # epochs back at the original confidence in which the largest gradient is looked for


@dataclass(frozen=True, eq=False)
class Returned:
    """One way back to the original confidence, for F networks that were trapped, each in R copies.

    plan : list of (epochs, c): the rescue, the rise, and the rest at the original confidence.
    history : History with leading axes (R, F).
    """

    plan: list
    history: History

    @property
    def loss(self):
        """Loss at the end, at the original confidence, shape (R, F)."""
        return outcomes.final_loss(self.history.networks, TASK, self.plan[-1][1])

    @property
    def silent(self):
        """Which are trapped again: silent at the end, bool array (R, F)."""
        return outcomes.silent(self.history.accuracy)

    @property
    def solved(self):
        """Which do the task for good, bool array (R, F)."""
        return outcomes.solved(self.history.accuracy, self.loss)

    @property
    def arrival_norm(self):
        """The largest gradient norm of each in the first epochs back at the original confidence, shape (R, F)."""
        arrival = self.plan[0][0] + self.rise_epochs
        return self.history.gradient_norm[..., arrival : arrival + ARRIVAL].max(axis=-1)

    @property
    def fall_norm(self):
        """The gradient norm at the last epoch with the task, of those that had it and lost it, shape (falls,)."""
        accuracy, norm = self.history.accuracy, self.history.gradient_norm
        fell = outcomes.trapped(accuracy)
        last = outcomes.silent_from(accuracy[fell]) - 1
        return np.take_along_axis(norm[fell], last[:, None], axis=1)[:, 0]

    #: Epochs from the end of the rescue until the confidence is the original one.
    rise_epochs = Quoted(lambda self: sum(epochs for epochs, _ in self.plan[1:-1]), "{:,}")
    #: Share of all copies that are trapped again.
    trapped_share = Quoted(lambda self: self.silent.mean(), "{:.0%}")
    #: Share that is solved.
    solved_share = Quoted(lambda self: self.solved.mean(), "{:.0%}")
    #: How many are solved.
    solved_count = Quoted(lambda self: self.solved.sum())
    #: How many copies there are.
    tries = Quoted(lambda self: self.solved.size)
    #: Loss at the end, of the copy in the middle.
    median_loss = Quoted(lambda self: np.median(self.loss), "{:.3f}")
    #: Largest gradient norm on arrival: of the copy in the middle, and exceeded by one in ten.
    steepest = Quoted(
        lambda self: {"median": np.median(self.arrival_norm), "tenth": np.quantile(self.arrival_norm, 0.9)}, "{:.1f}"
    )


@dataclass(frozen=True, eq=False)
class Restored:
    """All ways back, and the networks just before the original confidence is set.

    ways : dict of str to Returned.
    rescued : RankOne (F,), after the rescue alone.
    raised : RankOne (F,), after the slow rise.
    """

    ways: dict
    rescued: RankOne
    raised: RankOne

    #: The gradient norm with which, or with more, 95% of the falls after a return at once begin.
    edge = Quoted(lambda self: np.quantile(self.ways["once"].fall_norm, 0.05), "{:.1f}")
    #: Step of the trial at which κ crosses its threshold after the rescue: first tenth, middle, and last tenth.
    rescued_crossing = Quoted(lambda self: _deciles(crossing(self.rescued)), "{:.0f}")
    #: The same after the slow rise.
    raised_crossing = Quoted(lambda self: _deciles(crossing(self.raised)), "{:.0f}")


@dataclass(frozen=True)
class RestoredConfidence:
    """After the rescue: the confidence back to 10, at once and gradually. Ours."""

    alpha: float = 0.02
    c: float = 10.0
    low: float = 0.3
    rescue: int = 100
    epochs: int = 6000
    fast: float = 1.5  # factor by which the confidence rises every so many epochs
    slow: float = 1.1
    every: int = 50
    copies: int = 5  # what comes after the rescue is chaotic: copies that differ by rounding
    perturbation: float = 1e-6

    def plans(self):
        """The stages of each way back, by name."""
        rises = {"once": []}
        for name, rise in (("fast", self.fast), ("slow", self.slow)):
            rises[name] = ramp(self.low * rise, self.c, rise=rise, every=self.every)
        rest = {name: self.epochs - sum(epochs for epochs, _ in stages) for name, stages in rises.items()}
        return {name: [(self.rescue, self.low), *rises[name], (rest[name], self.c)] for name in rises}

    def run(self, fallen):
        """Every way back of trapped networks such as `Lowered.fallen`, as `Restored`."""
        copies, plans = perturbed(fallen, self.copies, self.perturbation), self.plans()
        ways = {name: Returned(plan, train_stages(copies, TASK, self.alpha, plan)) for name, plan in plans.items()}
        rescue, *rise, _ = plans["slow"]
        rescued = train_stages(fallen, TASK, self.alpha, [rescue]).networks
        return Restored(ways, rescued, train_stages(rescued, TASK, self.alpha, rise).networks)


def crossing(networks):
    """The first step, from 1 on, after which κ is above its threshold, of those networks where it ever is."""
    above = networks.latent(TASK)[:, 1:] > TASK.kappa_star
    return 1 + above[above.any(axis=1)].argmax(axis=1)


def _deciles(steps):
    return dict(zip(("first", "middle", "last"), np.quantile(steps, (0.1, 0.5, 0.9)), strict=True))


RESTORED = RestoredConfidence()
