"""Whether networks escape from their oscillations, at the paper's time step and at finer ones. Ours."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib.dynamics.passage import ghost_of, passage_time
from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.escape import largest_curvature
from ghostlib.experiments.rank_one.steps import trained_with_step
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, counted, one_digit, quoted


@dataclass(frozen=True, eq=False)
class StepOutcomes:
    """What becomes of B networks at S time steps.

    dt : tuple of S, ms; the first is the paper's.
    escape : int array (S, B), the first epoch with a loss below a thousandth, −1 where there is none.
    settled, swing : arrays (S, B), as in `steps.trained_with_step`.
    networks : RankOne (S, B, 2), at stage (ii) and at the end.
    """

    dt: tuple[float, ...]
    escape: np.ndarray
    settled: np.ndarray
    swing: np.ndarray
    networks: RankOne

    #: How many networks there are.
    seeds = Quoted(lambda self: self.escape.shape[1])
    #: How many escape, by time step.
    escaped = Quoted(lambda self: self._by_step((self.escape >= 0).sum(axis=1)))
    #: Their settled loss, median, by time step.
    loss = Quoted(lambda self: self._by_step(np.median(self.settled, axis=1)), one_digit)
    #: By how much the loss still goes up and down at the end, median, by time step.
    swings = Quoted(lambda self: self._by_step(np.median(self.swing, axis=1)), one_digit)
    #: The time in which the output goes from 10% to 90% at the end, ms, median, by time step.
    rise_at_end = Quoted(lambda self: self._by_step(np.median(self.rise_time[..., 1], axis=1)), "{:.1f}")

    @quoted(claim="fig-3a-escape", shown="{self.of_all} at the paper's time step")
    def escape_share(self):
        """Share of the networks that escape at the paper's time step."""
        return np.mean(self.escape[0] >= 0)

    @quoted(claim="escape-expressiveness", shown="{self.of_all_finer} at finer time steps")
    def escape_share_finer(self):
        """Share of the networks that escape at the finer ones."""
        return np.mean(self.escape[1:] >= 0)

    @quoted(
        "{:.2f}", claim="fig-3a-transition", shown="{:.2f} times as long as at (ii), median of {self.seeds} networks"
    )
    def quicker(self):
        """The time of unsure outputs at the end over that at stage (ii), median at the paper's time step."""
        return np.median(self.rise_time[0, :, 1] / self.rise_time[0, :, 0])

    @quoted("{:.2f}", claim="fig-3a-curvature", shown="{:.2f} times, median of {self.seeds} networks")
    def bend(self):
        """The largest f″ between κ(0) and κ* at the end over that at stage (ii), likewise."""
        return np.median(np.divide(*largest_curvature(self.networks[0]).T[::-1]))

    @quoted("{:.2f}", claim="fig-3a-ghost-curvature", shown="{:.2f} times, median of {self.seeds} networks")
    def ghost_bend(self):
        """The f″ at the ghost at the end over that at stage (ii), likewise, of those that have a ghost at both."""
        pairs = [[ghost_of(network) for network in pair] for pair in self.networks[0]]
        return np.median([end.curvature / ii.curvature for ii, end in pairs if ii and end])

    @property
    def of_all(self):
        """How many escape at the paper's time step, with the interval of their share."""
        return counted(np.count_nonzero(self.escape[0] >= 0), self.seeds)

    @property
    def of_all_finer(self):
        """How many escape at the finer ones."""
        return counted(np.count_nonzero(self.escape[1:] >= 0), self.escape[1:].size)

    @cached_property
    def rise_time(self):
        """Time in which the output goes from 10% to 90% at stage (ii) and at the end, ms, (S, B, 2)."""
        edge = np.log(9) / 10
        ends = TASK.kappa_star - edge, TASK.kappa_star + edge
        networks = self.networks.reshape(-1)
        return np.reshape([passage_time(each, *ends, tau=TASK.tau) for each in networks], self.networks.shape)

    def _by_step(self, values):
        return {f"{dt:g}": value for dt, value in zip(self.dt, values, strict=True)}


@dataclass(frozen=True)
class TimeSteps:
    """Fig. 3A with more networks and finer time steps: does the escape depend on the step? Ours."""

    seeds: tuple[int, ...] = (*range(10), 40)  # those of Fig. S1, and the paper's
    dt: tuple[float, ...] = (5.0, 2.5, 1.25)  # the first is the paper's
    alpha: float = 0.003
    epochs: int = 500_000
    stage: int = 200_001

    def run(self):
        """All trainings, as `StepOutcomes`; each is kept on the disk once it is done."""
        settings = [(seed, dt, self.alpha, self.epochs, self.stage) for dt in self.dt for seed in self.seeds]
        done = cache.map_cached(trained_with_step, settings[::-1])[::-1]  # the longest first
        shape = len(self.dt), len(self.seeds)
        columns = [np.stack(column) for column in zip(*done, strict=True)]
        escape, settled, swing, m, n, b = (column.reshape(*shape, *column.shape[1:]) for column in columns)
        return StepOutcomes(self.dt, escape, settled, swing, RankOne(m, n, b))


TIME_STEPS = TimeSteps()
