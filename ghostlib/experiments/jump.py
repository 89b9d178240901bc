"""The order of events in Fig. 3A: what comes first, the jump, the ghost or the oscillations. Ours; see the ledger."""

from dataclasses import dataclass

import numpy as np

from ghostlib.dynamics.bifurcations import slope_upper_bound
from ghostlib.dynamics.passage import ghost_of
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments.rank_one import LowRateTraining
from ghostlib.page.numbers import quoted


@dataclass(frozen=True)
class EventOrder:
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

    @quoted("{:,}")
    def birth(self):
        """The epoch at which the ghost is born."""
        return self.first_ghost

    @quoted()
    def birth_after(self):
        """Epochs from the jump to the birth."""
        return self.first_ghost - self.training.jump

    @quoted("{:.2f}")
    def birth_loss(self):
        """The loss at the birth."""
        return self.training.course.loss[self.first_ghost]

    @quoted("{:.0%}")
    def birth_accuracy(self):
        """The accuracy at the birth."""
        return self.training.course.accuracy[self.first_ghost]

    @quoted("{:.2f}")
    def birth_norm(self):
        """The gradient norm at the birth."""
        return self.training.course.gradient_norm[self.first_ghost]

    @quoted(claim="fig-3a-ghost", shown="{self.birth_after} epochs after the drop")
    def ghost_before_jump(self):
        """Epochs from the birth to the jump; negative, since it comes after."""
        return -self.birth_after

    @quoted(claim="fig-3a-destabilises", shown="{} epochs before the oscillations")
    def onset_after(self):
        """Epochs from the birth to the onset of the oscillations."""
        return self.training.onset - self.first_ghost

    @quoted("{:.2f}")
    def resting_before(self):
        """Where κ comes to rest just before the jump."""
        return self.resting[np.searchsorted(self.epoch, self.training.jump) - 3]

    @quoted("{:.2f}")
    def loss_after(self):
        """The loss ten epochs after the jump."""
        return self.training.course.loss[self.training.jump + 10]


@dataclass(frozen=True)
class AroundTheJump:
    """Fig. 3A around its jump: the fixed point, the slope of the flow and the birth of the ghost. Ours."""

    before: int = 140
    after: int = 555
    every: int = 5
    search: int = 1000  # epochs after the jump in which the ghost is looked for
    reach: float = 10.0  # of κ, where the largest slope is looked for

    def run(self, training):
        """The networks around the jump of a `LowRateTraining`, as `EventOrder`."""
        jump = training.jump
        epoch = np.arange(jump - self.before, jump + self.after, self.every)
        networks = training.settings.networks_at(epoch)
        resting = [point.position for one in networks for point in slow_points(one) if point.kind == "stable"]
        slope = networks.slope(np.linspace(-self.reach, self.reach, 201)).max(axis=-1)
        later = training.settings.networks_at(range(jump, jump + self.search))
        return EventOrder(training, jump + first_ghost(later), epoch, np.array(resting), slope)


def first_ghost(networks):
    """Place of the first network with a ghost, looked for one by one, since ghosts come and go; −1 without one."""
    rising = np.flatnonzero(slope_upper_bound(networks) >= 0).tolist()  # the others have none, by Eq. (B40)
    return next((place for place in rising if ghost_of(networks[place]) is not None), -1)


AROUND_THE_JUMP = AroundTheJump()
