"""Trapped networks of Fig. S2, trained on with a smaller read-out: the paper's closing advice, tried. Ours."""

from dataclasses import dataclass, replace

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments.ranks.diagram import PhaseDiagram
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, counted, quoted
from ghostlib.training import train


@dataclass(frozen=True, eq=False)
class LoweredRanks:
    """What becomes of trapped networks after their read-out was scaled.

    ranks : int array (F,), of each trapped network.
    factors : tuple of C, by which w_out and b_out were multiplied; the first is 1.
    has_task : bool array (C, F), accuracy above ½ in all of the last 50 epochs.
    """

    ranks: np.ndarray
    factors: tuple[float, ...]
    has_task: np.ndarray

    #: How many networks are trapped.
    tried = Quoted(lambda self: self.ranks.size)
    #: How many of these recover as they are.
    as_they_are = Quoted(lambda self: self.has_task[0].sum())
    #: How many recover at the best factor.
    freed = Quoted(lambda self: self.has_task.sum(axis=1).max())
    #: That factor.
    best_factor = Quoted(lambda self: self.factors[self.has_task.sum(axis=1).argmax()], "{:g}")

    @quoted(claim="s2-lowered", shown="{self.in_words} recover with output weights {self.best_factor:g} times as large")
    def gain(self):
        """By how much more of the trapped networks recover at the best factor than as they are, as a share."""
        return (self.freed - self.as_they_are) / self.tried

    @property
    def in_words(self):
        """How many recover, with the interval of their share."""
        return counted(self.freed, self.tried)


@dataclass(frozen=True)
class LowerRanks:
    """The trapped networks of Fig. S2's middle panel, their read-outs scaled down, and trained on."""

    factors: tuple[float, ...] = (1.0, 0.3, 0.1, 0.03, 0.01)
    epochs: int = 1000

    def run(self, diagram: PhaseDiagram):
        """All trainings, as `LoweredRanks`."""
        middle = diagram.panels.middle
        ranks, columns = [], []
        for rank, networks, trapped in zip(diagram.ranks, diagram.networks, diagram.is_("trapped"), strict=True):
            fallen = networks[middle][trapped[middle]]
            if not len(fallen):
                continue
            ranks += [rank] * len(fallen)
            scaled = (replace(fallen, w_out=f * fallen.w_out, b_out=f * fallen.b_out) for f in self.factors)
            columns.append([self._recovered(each, diagram.alpha[middle]) for each in scaled])
        return LoweredRanks(np.array(ranks), self.factors, np.concatenate(columns, axis=1))

    def _recovered(self, networks, alpha):
        return outcomes.recovered(train(networks, TASK, alpha, self.epochs).accuracy)


LOWERED_RANKS = LowerRanks()
