"""Confidence as a parameter, the paper's "data not shown".

The settings are the authors' code's, except where a field's comment says that they are ours.
"""

from dataclasses import dataclass

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments.rank_one.copies import perturbed
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, ends
from ghostlib.training import train


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

    #: Share of the copies of the one network that are trapped.
    share_trapped = Quoted(
        lambda self: self.copies_trapped / self.copies,
        "{:.0%}",
        claim="trainable-confidence",
        shown="{self.copies_trapped} of {self.copies} copies of seed {self.seed} trapped",
    )
    #: How many copies there are.
    copies = Quoted(lambda self: len(self.one.loss))
    #: How many of them are trapped.
    copies_trapped = Quoted(lambda self: outcomes.trapped(self.one.accuracy).sum())
    #: How many of the hundred networks are trapped with c trained.
    trained_trapped = Quoted(lambda self: outcomes.trapped(self.hundred.accuracy).sum())
    #: How many of them are trapped with c fixed.
    fixed_trapped = Quoted(lambda self: outcomes.trapped(self.fixed.accuracy).sum())

    #: The lowest and the highest confidence that any of these networks ever had.
    c_range = Quoted(lambda self: ends(np.concatenate([self.one.c, self.hundred.c])), "{:.2f}")
    #: How many of the trapped copies recover after c was set by hand.
    then_recovered = Quoted(lambda self: outcomes.recovered(self.then.accuracy).sum())
    #: How many of them are solved.
    then_solved = Quoted(
        lambda self: outcomes.solved(self.then.accuracy, outcomes.final_loss(self.then.networks, TASK)).sum()
    )
    #: The confidence at the end, of the one in the middle.
    then_c = Quoted(lambda self: np.median(self.then.c[:, -1]), "{:.1f}")


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
