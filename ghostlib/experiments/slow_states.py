"""Where the trained networks of Fig. S2 wait before their output turns on, and in how many directions."""

from dataclasses import dataclass

import numpy as np

from ghostlib.dynamics import directions
from ghostlib.experiments.ranks import TASK
from ghostlib.page.numbers import quoted


SLOW = 0.5  # a direction with a rate below this is at least twice as slow as a unit of its own, whose rate is −1


@dataclass(frozen=True, eq=False)
class SlowStates:
    """The slowest states of trained networks, of R ranks and S seeds each, at one learning rate.

    ranks (R,), alpha : the ranks, and the learning rate.
    states : list of R `ghostlib.dynamics.directions.Slowest` of shape (S,).
    """

    ranks: tuple[int, ...]
    alpha: float
    states: list[directions.Slowest]

    @classmethod
    def at(cls, diagram, column):
        """Those of a `PhaseDiagram`, at the learning rate with this index; all must turn their output on."""
        networks = [of_a_rank[column].astype(np.float64) for of_a_rank in diagram.networks]
        return cls(diagram.ranks, diagram.alpha[column], [directions.slowest(each, TASK) for each in networks])

    @property
    def rates(self):
        """Real parts of the rates there, the slowest first: list of R arrays (S, K)."""
        return [state.rates.real for state in self.states]

    @property
    def speed(self):
        """Speed over the length of the path, list of R arrays (S,)."""
        return [state.speed for state in self.states]

    @property
    def count(self):
        """Number of slow directions, (R, S)."""
        return np.array([np.sum(np.abs(state.rates) < SLOW, axis=-1) for state in self.states])

    @quoted("{:.3g}")
    def slow_alpha(self):
        """The learning rate."""
        return self.alpha

    @quoted("{:.1f}")
    def slow_low(self):
        """Mean number of slow directions with the lowest rank."""
        return self.count[0].mean()

    @quoted("{:.1f}")
    def slow_high(self):
        """Mean number of slow directions with rank 10 and more."""
        return self.count[np.asarray(self.ranks) >= 10].mean()

    @quoted()
    def slow_most(self):
        """The largest number of slow directions."""
        return self.count.max()

    @quoted("{:.1%}")
    def slow_speed(self):
        """Median speed of every rank."""
        return {rank: np.median(speed) for rank, speed in zip(self.ranks, self.speed, strict=True)}
