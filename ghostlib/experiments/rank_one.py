"""Fig. 3A: a rank-one network trained at a low learning rate, its latent flow looked at after every epoch.

Every setting is the authors' code's, except where a field's comment says that the paper's text gives it, or that it is
ours. The confidence is c = 10 throughout, from the paper. Epochs that never come are −1.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.passage import wait
from ghostlib.experiments import cache
from ghostlib.experiments.courses import TASK, FixedPointCourse, course_of_seed, networks_at
from ghostlib.experiments.plateau import HIGH_LOSS
from ghostlib.networks.records import RankOne
from ghostlib.page.numbers import quoted, scientific


LOWEST_LOSS = 1e-3  # below it the network has left the oscillations


@dataclass(frozen=True)
class StageWaits:
    """How the network waits at the stages (ii) and (iii): the lines of a table.

    by_stage : dict from the name of the stage to its `Wait`.
    """

    by_stage: dict

    @quoted("{:.2f}")
    def ghost_speed(self):
        """f at the ghost."""
        return {stage: each.ghost.speed for stage, each in self.by_stage.items()}

    @quoted("{:.2f}")
    def ghost_curvature(self):
        """f″ at the ghost."""
        return {stage: each.ghost.curvature for stage, each in self.by_stage.items()}

    @quoted("{:.2f}")
    def threshold_speed(self):
        """f(κ*)."""
        return self._each("threshold_speed")

    @quoted("{:.0f}")
    def full_line_time(self):
        """Time by the formula of a narrow ghost, Eq. (B6), ms."""
        return self._each("full_line_time")

    @quoted("{:.0f}")
    def parabola(self):
        """Time by the parabola up to κ*, Eq. (B41), ms."""
        return self._each("parabola")

    @quoted("{:.0f}")
    def exact(self):
        """Time by the flow itself, ms."""
        return self._each("exact")

    @quoted("{:.0f}")
    def euler_time(self):
        """Time in the network's steps, ms."""
        return self._each("euler_time")

    @quoted("{:.0%}")
    def bottleneck_fraction(self):
        """Share of the exact time near the ghost."""
        return self._each("bottleneck_fraction")

    @quoted("{:.1f}")
    def rise_time(self):
        """Time in which the output goes from 10 % to 90 %, ms."""
        return self._each("rise_time")

    def _each(self, field):
        return {stage: getattr(each, field) for stage, each in self.by_stage.items()}


@dataclass(frozen=True)
class LowRateTraining:
    """The training of Fig. 3A.

    settings : LowRate.
    course : FixedPointCourse.
    """

    settings: "LowRate"
    course: FixedPointCourse

    @cached_property
    def stages(self):
        """The network at the three stages, shape (3,)."""
        return self.settings.networks_at(self.settings.stages)

    @cached_property
    def waits(self):
        """How it waits at the last two, as `StageWaits`."""
        return StageWaits({"ii": wait(self.stages[1], TASK), "iii": wait(self.stages[2], TASK)})

    @quoted("{:,}")
    def jump(self):
        """The first epoch with a loss below ½."""
        return self.course.jump

    @quoted("{:.3f}")
    def loss_before(self):
        """The loss a thousand epochs before the jump."""
        return self.course.loss[self.jump - 1000]

    @quoted()
    def fall(self):
        """Epochs in which the loss falls from 0.9 to below ½."""
        return self.jump - self._ninety

    @quoted("{:.1%}", claim="fig-3a-jump", shown="{:.1%} of all epochs up to there")
    def fall_share(self):
        """Share of the epochs up to a loss below 0.1 in which it comes there from 0.9."""
        low = int(outcomes.first_epoch(self.course.loss < outcomes.LOW_LOSS))
        return (low - self._ninety) / low

    @quoted("{:.2f}")
    def norm_before(self):
        """The gradient norm a thousand epochs before the jump."""
        return self.course.gradient_norm[self.jump - 1000]

    @quoted("{:.1f}")
    def norm_peak(self):
        """The largest gradient norm up to a hundred epochs after the jump."""
        return self.course.gradient_norm[: self.jump + 100].max()

    @quoted("{:.0f}", claim="fig-3a-gradient")
    def norm_rise(self):
        """The ratio of the two."""
        return self.norm_peak / self.norm_before

    @quoted("{:.1f}")
    def rate_times_jump(self):
        """Learning rate times epoch of the jump."""
        return self.settings.alpha * self.jump

    @quoted("{:.4f}")
    def loss_ii(self):
        """The loss at stage (ii)."""
        return self.course.loss[self.settings.stages[1]]

    @quoted(partial(scientific, digits=1))
    def loss_iii(self):
        """The loss at stage (iii)."""
        return self.course.loss[self.settings.stages[2]]

    @quoted(claim="fig-3a-one-fixed-point", shown="{} after each of {self.looked_at:,} epochs")
    def number(self):
        """The largest number of fixed points after any epoch; 0 unless each is proved, on the whole line as well."""
        proved = self.course.certified.all() and self.course.certified_everywhere.all()
        return int(self.course.number.max()) if proved else 0

    @quoted("{:,}")
    def looked_at(self):
        """After how many epochs they were counted."""
        return self.course.number.size

    @quoted("{:,}")
    def falling_until(self):
        """The last epoch up to which the flow provably falls everywhere."""
        return int(outcomes.first_epoch(self.course.slope_bound >= 0)) - 1

    @quoted("{:,}")
    def onset(self):
        """The first epoch after the jump at which the loss rises: the oscillations begin."""
        return self.jump + 1 + int(outcomes.first_epoch(np.diff(self.course.loss[self.jump :]) > 0))

    @quoted("{:.1f}")
    def norm_oscillating(self):
        """The gradient norm after their onset, median."""
        return np.median(self.course.gradient_norm[self.onset + 50 : self.onset + 500])

    @quoted("{:,}")
    def swings(self):
        """Epochs from their onset to stage (ii) at which the loss could turn."""
        return self._turns.size

    @quoted()
    def not_alternating(self):
        """At how many of these it does not."""
        return np.count_nonzero(~self._turns)

    @quoted("{:.3f}", claim="fig-3a-oscillation")
    def alternating(self):
        """At which share of these it does."""
        return np.mean(self._turns)

    @quoted("{:,}")
    def orderly_until(self):
        """The epoch up to which, from stage (ii) on, the loss turns at every epoch."""
        start = self.settings.stages[1]
        return start + int(outcomes.first_epoch(~turns(self.course.loss[start:])))

    @quoted("{:,}")
    def escape(self):
        """The first epoch with a loss below a thousandth."""
        return int(outcomes.first_epoch(self.course.loss < LOWEST_LOSS))

    @cached_property
    def _ninety(self):
        return int(outcomes.first_epoch(self.course.loss < HIGH_LOSS))

    @cached_property
    def _turns(self):
        return turns(self.course.loss[self.onset : self.settings.stages[1]])


@dataclass(frozen=True)
class LowRate:
    """Fig. 3A: one network trained at a low learning rate, its latent flow looked at after every epoch."""

    seed: int = 40
    alpha: float = 0.003
    epochs: int = 500_000
    stages: tuple[int, ...] = (1, 200_001, 499_001)
    interval: tuple[float, float] = (-15.0, 15.0)  # paper

    def run(self):
        """The whole training, with fixed points counted and proved after every epoch, as `LowRateTraining`."""
        settings = (self.seed, self.alpha, self.epochs, *self.interval)
        (course,) = cache.map_cached(course_of_seed, [settings])
        return LowRateTraining(self, FixedPointCourse(*course))

    def networks_at(self, epochs):
        """The network at some epochs, in their order, by training once more: `courses.networks_at`."""
        return networks_at(RankOne.initial(self.seed), self.alpha, epochs)


def turns(loss):
    """Where a loss that rose falls or the other way round, at all epochs but the first and the last; shape (E − 2,)."""
    change = np.diff(loss)
    return change[1:] * change[:-1] < 0


FIG_3A = LowRate()
