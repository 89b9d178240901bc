"""How the network of Fig. 3A escapes from its oscillations, and that its copies do so too. Ours, not in the paper."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.bifurcations import interpolate
from ghostlib.dynamics.passage import wait
from ghostlib.dynamics.sharpness import hessian, sharpness
from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.copies import train_copy
from ghostlib.experiments.rank_one.fig_3a import LowRateTraining
from ghostlib.experiments.rank_one.steps import LOWEST_LOSS
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, quoted


def largest_curvature(networks, points=400):
    """The largest f″ between κ(0) and κ*, for each network; shape (...)."""
    threshold = np.full(networks.shape, TASK.kappa_star)
    return networks.curvature(np.linspace(networks.kappa0(TASK), threshold, points, axis=-1)).max(axis=-1)


@dataclass(frozen=True)
class Escape:
    """The flow and the loss around the network along its training, arrays (E,).

    training : LowRateTraining.
    epoch : when it was looked at.
    ghost_curvature : f″ at the ghost.
    largest_curvature : the largest f″ between κ(0) and κ*.
    rise_time : time in which the output goes from 10% to 90%, ms.
    sharpness : the Hessian's eigenvalue of largest size halfway to the next epoch, where the valley's floor is.
    """

    training: LowRateTraining
    epoch: np.ndarray
    ghost_curvature: np.ndarray
    largest_curvature: np.ndarray
    rise_time: np.ndarray
    sharpness: np.ndarray

    #: The sharpness above which gradient descent cannot settle, 2/α.
    limit = Quoted(lambda self: 2 / self.training.settings.alpha, "{:.0f}")
    #: The first and the last sharpness.
    sharp = Quoted(lambda self: {"first": self.sharpness[0], "last": self.sharpness[-1]}, "{:.0f}")
    #: The first epoch with a sharpness below the limit.
    below_limit_from = Quoted(lambda self: self.epoch[outcomes.first_epoch(self.sharpness < self.limit)], "{:,}")
    #: The epoch from which on the output goes from 10% to 90% within a time step.
    one_step_from = Quoted(lambda self: self.epoch[np.flatnonzero(self.rise_time > TASK.dt)[-1] + 1], "{:,}")
    #: By which factor the curvature at the ghost grows at most.
    ghost_curvature_grows = Quoted(lambda self: self.ghost_curvature.max() / self.ghost_curvature[0], "{:.0f}")


@dataclass(frozen=True)
class AlongTheEscape:
    """Fig. 3A on its way out of the oscillations: how the flow and the valley of the loss bend. Ours."""

    start: int = 40_000
    every: int = 4000

    def run(self, training):
        """The networks along a `LowRateTraining`, as `Escape`."""
        epoch = np.arange(self.start, training.settings.epochs, self.every)
        networks = training.settings.networks_at(np.concatenate([epoch, epoch + 1]))
        now, later = networks[: epoch.size], networks[epoch.size :]
        waits = [wait(network, TASK) for network in now]
        return Escape(
            training=training,
            epoch=epoch,
            ghost_curvature=np.array([each.ghost.curvature for each in waits]),
            largest_curvature=largest_curvature(now),
            rise_time=np.array([each.rise_time for each in waits]),
            sharpness=sharpness(interpolate(now, later, 0.5), TASK),
        )


@dataclass(frozen=True)
class CopiesThatEscape:
    """Copies of the network of Fig. 3A after its training, beside the network itself.

    training : LowRateTraining.
    epoch : array (E,).
    loss : array (copies, E).
    networks : RankOne (copies,), at the end.
    """

    training: LowRateTraining
    epoch: np.ndarray
    loss: np.ndarray
    networks: RankOne

    @cached_property
    def curvature_ratio(self):
        """The largest f″ between κ(0) and κ*, over that at stage (ii); shape (copies,)."""
        return largest_curvature(self.networks) / largest_curvature(self.training.stages[1])

    @cached_property
    def waits(self):
        """How each copy waits at the end, a list of `Wait`."""
        return [wait(network, TASK) for network in self.networks]

    #: How many copies there are.
    repeats = Quoted(lambda self: len(self.loss))
    #: How many get to a loss below a thousandth.
    escaped = Quoted(lambda self: self._out.size)
    #: When the first and the last of them do.
    out = Quoted(lambda self: {"first": self._out.min(), "last": self._out.max()}, "{:,}")

    #: Speed at the ghost over the mean speed from κ(0) to κ*, at the stages (ii) and (iii).
    slowness_at = Quoted(lambda self: dict(zip(("ii", "iii"), self.slowness, strict=False)), "{:.2f}")
    #: The same, median over these and the copies at the end.
    slowness_median = Quoted(
        lambda self: np.median(self.slowness), "{:.2f}", claim="fig-3a-waits", shown="{:.2f} of the mean speed"
    )

    @quoted(claim="rank-one-redundant", shown="{} of 300 directions")
    def stiff(self):
        """How many eigenvalues of the loss's Hessian, at stage (iii), are a hundredth of the largest or more."""
        size = np.abs(np.linalg.eigvalsh(hessian(self.training.stages[2], TASK)))
        return int(np.count_nonzero(size >= size.max() / 100))

    @cached_property
    def slowness(self):
        """Speed at the ghost over the mean speed on the way, of the stages (ii) and (iii) and of the copies, a list."""
        waits = [*self.training.waits.by_stage.values(), *self.waits]
        start = np.concatenate([each.kappa0(TASK) for each in (self.training.stages[1:], self.networks)])
        mean = (TASK.kappa_star - start) * TASK.tau / [one.exact for one in waits]
        return [one.ghost.speed / speed for one, speed in zip(waits, mean, strict=True)]

    #: The largest f″ between κ(0) and κ* at stage (iii), over that at stage (ii).
    bend_ratio = Quoted(lambda self: np.divide(*largest_curvature(self.training.stages[[2, 1]])), "{:.1f}")
    #: The least of the copies at the end.
    bend_least = Quoted(lambda self: self.curvature_ratio.min(), "{:.1f}")

    @quoted("{:.2f}")
    def ghost_ratio(self):
        """f″ at the ghost at stage (iii), over that at stage (ii)."""
        ii, iii = self._stage_waits
        return iii.ghost.curvature / ii.ghost.curvature

    #: The same for the copies at the end, the largest.
    ghost_ratio_most = Quoted(
        lambda self: max(one.ghost.curvature for one in self.waits) / self._stage_waits[0].ghost.curvature, "{:.2f}"
    )

    @property
    def _stage_waits(self):
        return list(self.training.waits.by_stage.values())

    @property
    def _out(self):
        first = outcomes.first_epoch(self.loss < LOWEST_LOSS)
        return self.epoch[first[first >= 0]]


@dataclass(frozen=True)
class Copies:
    """Fig. 3A repeated: copies of the network that differ by rounding. Ours, not in the paper."""

    copies: int = 8
    perturbation: float = 1e-6
    record: int = 100

    def run(self, training):
        """All copies trained as the network of a `LowRateTraining` was, as `CopiesThatEscape`."""
        figure = training.settings
        rest = (figure.seed, self.copies, self.perturbation, figure.alpha, figure.epochs, self.record)
        done = cache.map_cached(train_copy, [(copy, *rest) for copy in range(self.copies)])
        epoch, loss, m, n, b = (np.stack(column) for column in zip(*done, strict=True))
        return CopiesThatEscape(training, epoch[0], loss, RankOne(m, n, b))


ALONG_THE_ESCAPE = AlongTheEscape()
FIG_3A_COPIES = Copies()
