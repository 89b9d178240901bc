"""The order of events in Fig. 3A: what comes first, the jump, the ghost or the oscillations. Ours; see the ledger."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments.rank_one.events import first_ghost
from ghostlib.experiments.rank_one.fig_3a import LowRateTraining, ghost_visit, passed
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted


@dataclass(frozen=True)
class JumpEvents:
    """The events around the jump of a training.

    training : LowRateTraining.
    first_ghost : the first epoch with a ghost.
    epoch : array (E,), around the jump.
    resting : array (E,), the stable fixed point there.
    largest_slope : array (E,), the largest f′ there; where it is negative there is no ghost.
    """

    training: LowRateTraining
    first_ghost: int
    epoch: np.ndarray
    resting: np.ndarray
    largest_slope: np.ndarray

    @property
    def loss(self):
        """The loss at `epoch`, shape (E,)."""
        return self.training.course.loss[self.epoch]

    @property
    def epochs(self):
        """The epochs of the jump, of the birth of the ghost, and of the onset of the oscillations."""
        return self.training.jump, self.first_ghost, self.training.onset

    #: The epoch at which the ghost is born.
    birth = Quoted(lambda self: self.first_ghost, "{:,}")
    #: Epochs from the jump to the birth.
    birth_after = Quoted(lambda self: self.first_ghost - self.training.jump)
    #: The loss at the birth.
    birth_loss = Quoted(lambda self: self.training.course.loss[self.first_ghost], "{:.2f}")
    #: The accuracy at the birth.
    birth_accuracy = Quoted(lambda self: self.training.course.accuracy[self.first_ghost], "{:.0%}")
    #: The last of the epochs.
    last = Quoted(lambda self: self.epoch[-1], "{:,}")
    #: At the birth and at the last epoch, where the ghost is, where the trial starts, and whether the trial passes it.
    ghost_at = Quoted(lambda self: self._each(lambda _, visit: visit.point.position), "{:.2f}")
    start_at = Quoted(lambda self: self._each(lambda network, _: network.kappa0(TASK)), "{:.2f}")
    ghost_is = Quoted(lambda self: self._each(lambda _, visit: passed(visit)))
    #: Where κ comes to rest just before the jump.
    resting_before = Quoted(lambda self: self.resting[np.searchsorted(self.epoch, self.training.jump) - 3], "{:.2f}")
    #: The loss ten epochs after the jump.
    loss_after = Quoted(lambda self: self.training.course.loss[self.training.jump + 10], "{:.2f}")

    @cached_property
    def _two(self):
        return self.training.settings.networks_at([self.first_ghost, int(self.epoch[-1])])

    def _each(self, of):
        return {name: of(each, ghost_visit(each)) for name, each in zip(("birth", "last"), self._two, strict=True)}


@dataclass(frozen=True)
class AroundTheJump:
    """Fig. 3A around its jump: the fixed point, the slope of the flow and the birth of the ghost. Ours."""

    before: int = 140
    after: int = 555
    every: int = 5
    search: int = 1000  # epochs after the jump in which the ghost is looked for
    reach: float = 10.0  # of κ, where the largest slope is looked for

    def run(self, training):
        """The networks around the jump of a `LowRateTraining`, as `JumpEvents`."""
        jump = training.jump
        epoch = np.arange(jump - self.before, jump + self.after, self.every)
        networks = training.settings.networks_at(epoch)
        resting = [point.position for one in networks for point in slow_points(one) if point.kind == "stable"]
        slope = networks.slope(np.linspace(-self.reach, self.reach, 201)).max(axis=-1)
        later = training.settings.networks_at(range(jump, jump + self.search))
        return JumpEvents(training, jump + first_ghost(later), epoch, np.array(resting), slope)


AROUND_THE_JUMP = AroundTheJump()
