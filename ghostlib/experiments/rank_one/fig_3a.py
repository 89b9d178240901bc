"""Fig. 3A: a rank-one network trained at a low learning rate, its latent flow looked at after every epoch.

Every setting is the authors' code's, except where a field's comment says that the paper's text gives it, or that it is
ours. The confidence is c = 10 throughout, from the paper. Epochs that never come are −1.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.passage import ghost_of, wait
from ghostlib.dynamics.visits import visits
from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.courses import FixedPointCourse, course_of_seed, networks_at
from ghostlib.experiments.rank_one.events import turns
from ghostlib.experiments.rank_one.steps import LOWEST_LOSS
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, quoted


@dataclass(frozen=True)
class StageWaits:
    """How the network waits at the stages (ii) and (iii): the lines of a table.

    by_stage : dict from the name of the stage to its `Wait`.
    """

    by_stage: dict

    #: f at the ghost.
    ghost_speed = Quoted(lambda self: {stage: each.ghost.speed for stage, each in self.by_stage.items()}, "{:.2f}")
    #: f″ at the ghost.
    ghost_curvature = Quoted(
        lambda self: {stage: each.ghost.curvature for stage, each in self.by_stage.items()}, "{:.2f}"
    )
    #: f(κ*).
    threshold_speed = Quoted(lambda self: self._each("threshold_speed"), "{:.2f}")
    #: Time by the formula of a narrow ghost, Eq. (B6), ms.
    full_line_time = Quoted(lambda self: self._each("full_line_time"), "{:.0f}")
    #: Time by the parabola up to κ*, Eq. (B41), ms.
    parabola = Quoted(lambda self: self._each("parabola"), "{:.0f}")
    #: Time by the flow itself, ms.
    exact = Quoted(lambda self: self._each("exact"), "{:.0f}")
    #: Time in the network's steps, ms.
    euler_time = Quoted(lambda self: self._each("euler_time"), "{:.0f}")
    #: By how much the parabola's time is off, at most.
    parabola_error = Quoted(
        lambda self: max(abs(each.parabola / each.exact - 1) for each in self.by_stage.values()),
        "{:.0%}",
        claim="fig-3a-distance",
        shown="within {:.0%}",
    )
    #: The speed at the ghost at stage (iii).
    speed_at_end = Quoted(
        lambda self: self.by_stage["iii"].ghost.speed, claim="fig-3a-ghost", shown="{:.2f}/τ, with one fixed point"
    )
    #: Share of the exact time near the ghost.
    bottleneck_fraction = Quoted(lambda self: self._each("bottleneck_fraction"), "{:.0%}")
    #: Time in which the output goes from 10 % to 90 %, ms.
    rise_time = Quoted(lambda self: self._each("rise_time"), "{:.1f}")

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

    #: Whether the trial passes the ghost at the last two, from one side to the other, and how long it is within its
    #: width, ms.
    ghost_is = Quoted(lambda self: {stage: passed(visit) for stage, visit in self._visits.items()})
    ghost_stay = Quoted(lambda self: {stage: visit.time for stage, visit in self._visits.items()}, "{:.0f}")
    #: The first epoch with a loss below ½.
    jump = Quoted(lambda self: self.course.jump, "{:,}")
    #: The loss a thousand epochs before the jump.
    loss_before = Quoted(lambda self: self.course.loss[self.jump - 1000], "{:.3f}")
    #: Epochs in which the loss falls from 0.9 to below ½.
    fall = Quoted(lambda self: self.jump - self._ninety)

    #: The gradient norm a thousand epochs before the jump.
    norm_before = Quoted(lambda self: self.course.gradient_norm[self.jump - 1000], "{:.2f}")
    #: The largest gradient norm up to a hundred epochs after the jump.
    norm_peak = Quoted(lambda self: self.course.gradient_norm[: self.jump + 100].max(), "{:.1f}")
    #: Learning rate times epoch of the jump.
    rate_times_jump = Quoted(lambda self: self.settings.alpha * self.jump, "{:.1f}")

    @quoted(claim="fig-3a-one-fixed-point", shown="{} after each of {self.looked_at:,} epochs")
    def number(self):
        """The largest number of fixed points after any epoch; 0 unless each is proved, on the whole line as well."""
        proved = self.course.certified.all() and self.course.certified_everywhere.all()
        return int(self.course.number.max()) if proved else 0

    #: After how many epochs they were counted.
    looked_at = Quoted(lambda self: self.course.number.size, "{:,}")
    #: The last epoch up to which the flow provably falls everywhere.
    falling_until = Quoted(lambda self: int(outcomes.first_epoch(self.course.slope_bound >= 0)) - 1, "{:,}")

    @cached_property
    def onset(self):
        """The first epoch after the jump at which the loss rises: the oscillations begin."""
        return self.jump + 1 + int(outcomes.first_epoch(np.diff(self.course.loss[self.jump :]) > 0))

    #: Epochs from their onset to stage (ii) at which the loss could turn.
    swings = Quoted(lambda self: self._turns.size, "{:,}")
    #: At how many of these it does not.
    not_alternating = Quoted(lambda self: np.count_nonzero(~self._turns))

    @quoted("{:,}")
    def orderly_until(self):
        """The epoch up to which, from stage (ii) on, the loss turns at every epoch."""
        start = self.settings.stages[1]
        return start + int(outcomes.first_epoch(~turns(self.course.loss[start:])))

    #: The first epoch with a loss below a thousandth.
    escape = Quoted(lambda self: int(outcomes.first_epoch(self.course.loss < LOWEST_LOSS)), "{:,}")

    @cached_property
    def _visits(self):
        return dict(zip(("ii", "iii"), map(ghost_visit, self.stages[1:]), strict=True))

    @cached_property
    def _ninety(self):
        return int(outcomes.first_epoch(self.course.loss < outcomes.HIGH_LOSS))

    @cached_property
    def _turns(self):
        return turns(self.course.loss[self.onset : self.settings.stages[1]])


def ghost_visit(network):
    """How the trial goes by the ghost of a network that has one: a `Visit`, its time in ms."""
    return visits([ghost_of(network)], network.latent(TASK), delta=TASK.dt)[0]


def passed(visit):
    """The same in a word."""
    return "passed" if visit.passed else "not passed"


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


FIG_3A = LowRate()
