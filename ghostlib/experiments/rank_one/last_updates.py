"""The update with which each of many networks falls: does the saddle-node bifurcation shut the trap? Ours."""

from dataclasses import dataclass

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.bifurcations import SaddleNode, saddle_node_between
from ghostlib.dynamics.slow_points import count_fixed_points
from ghostlib.experiments.rank_one.courses import networks_at
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, counted, quoted
from ghostlib.training import train


@dataclass(frozen=True)
class LastUpdates:
    """The last good updates of the networks that fall.

    fallen : how many networks fall.
    folds : list of SaddleNode, of those whose one fixed point becomes three in that very update.
    """

    fallen: int
    folds: list[SaddleNode]

    #: How many bifurcate in the update that silences them.
    at_once = Quoted(lambda self: len(self.folds))
    #: At how many of these bifurcations the start can still escape to the right.
    open_count = Quoted(lambda self: len(self.folds) - self._shut)

    @quoted(claim="fig-3b-no-return", shown="{self.in_words} falls")
    def shut_share(self):
        """Share of these bifurcations at which the start is behind the double point, so that it is caught."""
        return self._shut / len(self.folds)

    @property
    def in_words(self):
        """How many these are, with the interval of their share."""
        return counted(self._shut, len(self.folds))

    @property
    def _shut(self):
        return sum(float(fold.network.kappa0(TASK)) <= fold.position for fold in self.folds)


@dataclass(frozen=True)
class ManyLastUpdates:
    """The last good update of each of the hundred networks of Fig. 4, followed through its bifurcation. Ours."""

    seeds: int = 100
    alpha: float = 0.02
    epochs: int = 6000

    def run(self):
        """All trainings, as `LastUpdates`."""
        networks = RankOne.initial(range(self.seeds))
        accuracy = train(networks, TASK, self.alpha, self.epochs).accuracy
        fallen = np.flatnonzero(outcomes.trapped(accuracy)).tolist()
        falls = outcomes.silent_from(accuracy)
        pairs = [networks_at(networks[seed], self.alpha, [falls[seed] - 1, falls[seed]]) for seed in fallen]
        folds = [saddle_node_between(*pair) for pair in pairs if count_fixed_points(pair).number.tolist() == [1, 3]]
        return LastUpdates(len(fallen), folds)


LAST_UPDATES = ManyLastUpdates()
