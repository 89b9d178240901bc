"""Where the trained networks of Fig. S2 wait before their output turns on, and in how many directions."""

from dataclasses import dataclass

import numpy as np

from ghostlib.dynamics import directions
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted


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

    #: The learning rate.
    slow_alpha = Quoted(lambda self: self.alpha, "{:.3g}")
    #: Mean number of slow directions with the lowest rank.
    slow_low = Quoted(lambda self: self.count[0].mean(), "{:.1f}")
    #: Mean number of slow directions with rank 10 and more.
    slow_high = Quoted(lambda self: self.count[np.asarray(self.ranks) >= 10].mean(), "{:.1f}")
    #: The largest number of slow directions.
    slow_most = Quoted(lambda self: self.count.max())
    #: Median speed of every rank.
    slow_speed = Quoted(
        lambda self: {rank: np.median(speed) for rank, speed in zip(self.ranks, self.speed, strict=True)}, "{:.1%}"
    )
