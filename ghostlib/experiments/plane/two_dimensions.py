"""Chapter 09: networks of rank two that hear a cue and keep it, and the fixed points and ghosts in their plane.

Settings are those of the authors' code for the paper's second version (Fig. 4A–D), but with 40 trials for 1,000.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments import cache
from ghostlib.experiments.plane import delays
from ghostlib.experiments.plane.cues import CueCourse, cue_course, silent_loss, training_of_seed
from ghostlib.networks.driven import DrivenLowRank
from ghostlib.networks.trials import DelayedCueDiscrimination
from ghostlib.page.numbers import Quoted, counted, one_digit, quoted


LATER = 400  # steps, 2 s after the cue: what a network says then it keeps


@dataclass(frozen=True, eq=False)
class PlaneCourse:
    """The training of one network of rank two, and its plane at some epochs.

    settings : CueTraining.
    epoch, loss, accuracy : arrays (E,), where they were recorded; each with fresh starts, so that the loss trembles.
    epochs, snapshots : int array (S,) and DrivenLowRank of shape (S,).
    more : float array (M,), the loss of the same network trained with 1,000 trials, at the first M of `epoch`.
    """

    settings: "CueTraining"
    epoch: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    epochs: np.ndarray
    snapshots: DrivenLowRank
    more: np.ndarray

    #: The loss of a silent network.
    silent = Quoted(lambda self: silent_loss(), "{:.3f}")
    #: The first recorded epoch with a loss below half of that.
    drop = Quoted(lambda self: int(self.epoch[outcomes.first_epoch(self.loss < silent_loss() / 2)]), "{:,}")
    #: The loss at some epochs, and that with more trials.
    loss_at = Quoted(lambda self: self._at(self.loss, (*self.settings.compared, *self.settings.shown)), "{:.3f}")
    more_at = Quoted(lambda self: self._at(self.more, self.settings.compared), "{:.3f}")
    #: The accuracy at the end.
    accuracy_end = property(lambda self: self.accuracy[-1])
    #: What there is in the plane at the epochs of the figure, in words.
    seen = Quoted(lambda self: self._shown(lambda i: delays.in_words(self.points[i])))
    #: How many of the trials pass a ghost there in the delay, and for how long the median one is within its width, ms.
    passing = Quoted(lambda self: self._shown(lambda i: f"{(self.stays[i] > 0).sum()} of {len(self.stays[i])}"))
    stay = Quoted(lambda self: self._shown(lambda i: delays.median_stay(self.stays[i])))
    #: How many trials are slowest, in the delay, near a point of which kind, and how many near a ghost.
    slowest = Quoted(lambda self: self._shown(lambda i: ", ".join(f"{k} {n}" for k, n in self._slowest(i).items())))
    slowest_at_ghost = Quoted(lambda self: self._shown(lambda i: self._slowest(i)["ghost"]))
    #: Share of the trials whose output, long after the response, is on the side of the cue.
    kept = Quoted(lambda self: self._shown(lambda i: kept_for_good(self.snapshots[i])), "{:.0%}")
    #: The first of `epochs` with a ghost, with more than one fixed point, and, from there on, with a ghost again.
    first = Quoted(lambda self: self._first, "{:,}")
    #: The loss at the last of these.
    loss_at_second_ghost = Quoted(lambda self: self._at(self.loss, (self._first["again"],)).popitem()[1], "{:.3f}")
    #: How many trials pass that first ghost in the delay, and how long its parabola says that it takes, ms.
    first_passing = Quoted(lambda self: int((self.stays[self._place(self._first["ghost"])] > 0).sum()))
    first_time = Quoted(lambda self: self._time(self._first["ghost"]), "{:.0f}")
    #: What the parabola of the slowest ghost says that it takes at the third of the epochs shown, ms.
    later_time = Quoted(lambda self: self._time(self.settings.shown[2]), "{:.0f}")

    @quoted(
        claim="v2-cue-learns", shown="{:.1%} of a silent network's loss, {self.accuracy_end:.0%} of the steps right"
    )
    def loss_end(self):
        """The loss of the last fifth of the training, median, over that of a silent network."""
        return np.median(self.loss[self.epoch >= 0.8 * self.epoch[-1]]) / silent_loss()

    @quoted(claim="v2-cue-ghosts", shown="{} of {self.settings.count} epochs")
    def with_ghosts(self):
        """At how many of the epochs shown there is a ghost; 0 if one search is not proved."""
        places = [self._place(epoch) for epoch in self.settings.shown]
        proved = all(point.certified for i in places for point in self.points[i])
        return sum(any(point.kind == "ghost" for point in self.points[i]) for i in places) if proved else 0

    @cached_property
    def points(self):
        """All slow points of each snapshot without a cue, tuples of `SpacePoint`."""
        return tuple(slow_points(network) for network in self.snapshots)

    @cached_property
    def stays(self):
        """How long each trial is within the width of the ghosts that it passes in the delay, ms: (S, P), 0 if none."""
        return np.array([delays.stays(*each, self.task) for each in zip(self.snapshots, self.points, strict=True)])

    @property
    def task(self):
        """That of the training."""
        return DelayedCueDiscrimination(each=self.settings.each)

    @property
    def _first(self):
        ghosts = np.array([any(point.kind == "ghost" for point in each) for each in self.points])
        several = np.array([sum(point.kind != "ghost" for point in each) > 1 for each in self.points])
        pair = several.argmax()
        places = {"ghost": ghosts.argmax(), "pair": pair, "again": pair + ghosts[pair:].argmax()}
        return {name: int(self.epochs[place]) for name, place in places.items()}

    def _place(self, epoch):
        return int(np.searchsorted(self.epochs, epoch))

    def _shown(self, of):
        return {epoch: of(self._place(epoch)) for epoch in self.settings.shown}

    def _at(self, values, epochs):
        return {epoch: values[np.searchsorted(self.epoch, epoch)] for epoch in epochs}

    def _time(self, epoch):
        points = self.points[self._place(epoch)]
        return self.task.tau * max(point.passage_time for point in points if point.kind == "ghost")

    def _slowest(self, i):
        return Counter(sorted(delays.slowest_at(self.snapshots[i], self.points[i], self.task)))


def kept_for_good(network, each=20):
    """Share of the trials whose output is on the side of their cue `LATER` steps after the delay."""
    task = DelayedCueDiscrimination(each=each, response=LATER)
    return np.mean(network.output(task)[:, -1] * task.targets[:, -1] > 0)


@dataclass(frozen=True)
class CueTraining:
    """Delayed cue discrimination with rank two, the second version's Fig. 4A–D with fewer trials."""

    seed: int = 0
    each: int = 20  # ours; theirs are 500 of either cue
    alpha: float = 1e-3
    epochs: int = 100_000
    shown: tuple[int, ...] = (0, 4000, 8000, 20_000, 99_000)
    more_each: int = 500  # theirs
    compared: tuple[int, ...] = (0, 500, 1000, 2000)  # with that, at these epochs; ours

    @property
    def count(self):
        """How many epochs are shown."""
        return len(self.shown)

    def run(self):
        """Both trainings, as `PlaneCourse`; each is kept on the disk."""
        record = sorted({*range(0, 1000, 10), *range(1000, 10_000, 100), *range(10_000, self.epochs + 1, 500)})
        record = [epoch for epoch in record if epoch <= self.epochs]
        early = [*range(0, 200, 10), 200, 250, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000, 6000]
        late = [7000, 7500, *range(7600, 8000, 100), 9000, 10_000, 12_000, 15_000, *range(25_000, self.epochs, 10_000)]
        kept = sorted({epoch for epoch in (*early, *late, *self.shown, self.epochs) if epoch <= self.epochs})
        some = [epoch for epoch in record if epoch <= self.compared[-1]]
        settings = [
            ("cue", self.seed, self.more_each, self.alpha, some, [0]),
            ("cue", self.seed, self.each, self.alpha, record, kept),
        ]
        (more, *_), (loss, accuracy, *parameters) = cache.map_cached(training_of_seed, settings)
        snapshots = DrivenLowRank(*parameters)
        return PlaneCourse(self, np.array(record), loss, accuracy, np.array(kept), snapshots, more)


@dataclass(frozen=True, eq=False)
class CueCourses:
    """What becomes of many networks.

    courses : tuple of CueCourse, one a seed.
    """

    courses: tuple[CueCourse, ...]

    #: How many networks there are, and how many of them learn, with an interval.
    networks = Quoted(lambda self: len(self.courses))
    learned = Quoted(lambda self: counted(len(self.learners), len(self.courses)))
    #: How many learn, without one.
    learners_number = Quoted(lambda self: len(self.learners))
    #: How many stay silent.
    silent_number = Quoted(lambda self: len(self.courses) - len(self.learners))
    #: The earliest and the latest drop.
    drop = Quoted(lambda self: {"first": min(self._drops), "last": max(self._drops)}, "{:,}")
    #: How many have a ghost at the end.
    ghost_at_end = Quoted(lambda self: sum(each.ghosts[-1] > 0 for each in self.learners))
    #: The largest echo, in size, of a silent network at the end, and the least of one that learns.
    echo_of_silent = Quoted(lambda self: max(abs(each.echo[1]) for each in self._silent), one_digit)
    echo_of_learners = Quoted(lambda self: min(each.echo[1] for each in self.learners), "{:.2f}")
    #: Of the networks, by their echo before training, how many learn from the loudest on before one does not.
    loudest = Quoted(lambda self: int(np.argmin([each.drop >= 0 for each in self._by_echo])))
    #: The most wrong echo before training, and how many fixed points that network has.
    wrong_way = Quoted(lambda self: self._by_echo[-1].echo[0], "{:.2f}")
    wrong_way_fixed = Quoted(lambda self: self._by_echo[-1].fixed[0])

    @quoted(claim="v2-cue-ghost-before-drop", shown="in {self.ghosts_first} of {self.learners_number}")
    def ghost_share(self):
        """Share of the learners that have a ghost before the drop."""
        return self.ghosts_first / len(self.learners)

    @quoted(claim="v2-cue-no-bifurcation", shown="a bifurcation before the drop in {} of {self.learners_number}")
    def changed(self):
        """In how many learners fixed points are born, die or change their stability before the drop."""
        return sum(map(bifurcates, self.learners))

    #: How many learners have a ghost before the drop.
    ghosts_first = Quoted(lambda self: sum(np.any(each.ghosts[before(each)]) for each in self.learners))
    #: In how many of these fixed points are born, die or change their stability before the drop.
    ghosts_with_bifurcation = Quoted(
        lambda self: sum(bifurcates(each) and np.any(each.ghosts[before(each)]) for each in self.learners)
    )

    @cached_property
    def learners(self):
        """Those whose loss falls below half of a silent network's."""
        return tuple(each for each in self.courses if each.drop >= 0)

    @property
    def _silent(self):
        return [each for each in self.courses if each.drop < 0]

    @property
    def _drops(self):
        return [each.drop for each in self.learners]

    @property
    def _by_echo(self):
        return sorted(self.courses, key=lambda each: -each.echo[0])


def before(course):
    """Which of the epochs of a learner at which the plane was searched are before its drop, (L,)."""
    return course.looked < course.drop


def bifurcates(course):
    """Whether the number of fixed points, or of stable ones, changes before the drop."""
    looked = before(course)
    return bool(np.ptp(course.fixed[looked]) or np.ptp(course.stable[looked]))


@dataclass(frozen=True)
class CueTrainings:
    """The same task and twenty networks: who learns, and what is born when. Ours."""

    seeds: int = 20
    each: int = 20
    alpha: float = 1e-3  # theirs
    epochs: int = 12_000

    def run(self):
        """All trainings, as `CueCourses`; each is kept on the disk once it is done."""
        settings = [(seed, self.each, self.alpha, self.epochs) for seed in range(self.seeds)]
        return CueCourses(tuple(CueCourse(*each) for each in cache.map_cached(cue_course, settings)))


TWO_DIMENSIONS = CueTraining()
MANY_CUES = CueTrainings()
