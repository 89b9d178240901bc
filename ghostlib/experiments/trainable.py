"""Confidence as a parameter, the paper's "data not shown".

The settings are the authors' code's, except where a field's comment says that they are ours.
"""

from dataclasses import dataclass

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments.lowered import TASK
from ghostlib.experiments.rank_one import perturbed
from ghostlib.networks.records import RankOne
from ghostlib.page.numbers import quoted
from ghostlib.training import History, train


@dataclass(frozen=True, eq=False)
class Trained:
    """Trainings in which the confidence is a parameter.

    seed : int, the one network's.
    one : History of copies of one network, c trained.
    then : History of the copies that were trapped, c set to another value and trained on.
    hundred : History of the hundred networks, c trained.
    fixed : History of the same with c fixed.
    """

    seed: int
    one: History
    then: History
    hundred: History
    fixed: History

    @quoted(
        "{:.0%}",
        claim="trainable-confidence",
        shown="{self.copies_trapped} of {self.copies} copies of seed {self.seed} trapped",
    )
    def share_trapped(self):
        """Share of the copies of the one network that are trapped."""
        return self.copies_trapped / self.copies

    @quoted()
    def copies(self):
        """How many copies there are."""
        return len(self.one.loss)

    @quoted()
    def copies_trapped(self):
        """How many of them are trapped."""
        return outcomes.trapped(self.one.accuracy).sum()

    @quoted()
    def trained_trapped(self):
        """How many of the hundred networks are trapped with c trained."""
        return outcomes.trapped(self.hundred.accuracy).sum()

    @quoted()
    def fixed_trapped(self):
        """How many of them are trapped with c fixed."""
        return outcomes.trapped(self.fixed.accuracy).sum()

    @quoted("{:.2f}")
    def c_range(self):
        """The lowest and the highest confidence that any of these networks ever had."""
        c = np.concatenate([self.one.c, self.hundred.c])
        return {"least": c.min(), "most": c.max()}

    @quoted()
    def then_recovered(self):
        """How many of the trapped copies recover after c was set by hand."""
        return outcomes.recovered(self.then.accuracy).sum()

    @quoted()
    def then_solved(self):
        """How many of them are solved."""
        return outcomes.solved(self.then.accuracy, outcomes.final_loss(self.then.networks, TASK)).sum()

    @quoted("{:.1f}")
    def then_c(self):
        """The confidence at the end, of the one in the middle."""
        return np.median(self.then.c[:, -1])


@dataclass(frozen=True)
class TrainedConfidence:
    """ "Data not shown": c is a parameter too, and starts at 10; at last it is set to 1 by hand."""

    seed: int = 40
    alpha: float = 0.02
    c: float = 10.0
    epochs: int = 10_000
    then_c: float = 1.0
    then_epochs: int = 10_000
    copies: int = 100  # ours: whether the one network is trapped depends on rounding
    perturbation: float = 1e-6  # ours
    seeds: int = 100  # ours

    def run(self):
        """The authors' network with copies of it, and the hundred networks, as `Trained`."""
        copies = perturbed(RankOne.initial(self.seed), self.copies, self.perturbation)
        one = train(copies, TASK, self.alpha, self.epochs, self.c, learn_c=True)
        fallen = one.networks[outcomes.trapped(one.accuracy)]
        then = train(fallen, TASK, self.alpha, self.then_epochs, self.then_c, learn_c=True)
        networks = RankOne.initial(np.arange(self.seeds))
        hundred = train(networks, TASK, self.alpha, self.epochs, self.c, learn_c=True)
        return Trained(self.seed, one, then, hundred, train(networks, TASK, self.alpha, self.epochs, self.c))


TRAINABLE_C = TrainedConfidence()
