"""Chapter 09: networks of rank two that say whether two cues were the same.

Settings are those of the authors' code for the paper's second version (Fig. 4E–H), but with 20 trials for 2,000.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments import cache
from ghostlib.experiments.plane import delays
from ghostlib.experiments.plane.cues import training_of_seed
from ghostlib.networks.driven import DrivenLowRank
from ghostlib.networks.trials import DelayedMatchToSample
from ghostlib.page.numbers import Quoted, counted, ends


DELAY = 16  # steps, theirs
FAR, STARTS, SEED = 5.0, 100, 0  # starts of free runs, |κ| up to FAR on either axis
WAIT, WATCH, STILL = 1500, 500, 0.1  # steps before and while it is asked whether κ moves by more than STILL
LONGER = DELAY + 8  # steps, by half; ours
COMPARES = 0.9  # of the trials right: it is no guess


@dataclass(frozen=True, eq=False)
class MatchCourse:
    """The training, and the plane at the epochs shown.

    settings : MatchTraining.
    epoch, loss : arrays (E,).
    snapshots : DrivenLowRank of shape (S,), at the epochs shown.
    """

    settings: "MatchTraining"
    epoch: np.ndarray
    loss: np.ndarray
    snapshots: DrivenLowRank

    #: The loss at the epochs shown.
    match_loss = Quoted(lambda self: dict(zip(self.settings.shown, self.loss[self._places], strict=True)), "{:.3f}")
    #: What is in the plane then, near what the trials are slowest in the delay, and the share of free runs that go on.
    match_seen = Quoted(lambda self: self._shown(lambda network, points: delays.in_words(points)))
    match_slowest = Quoted(lambda self: self._shown(self._slowest))
    match_moving = Quoted(lambda self: self._shown(lambda network, points: still_moving(network)), "{:.0%}")
    #: Share of the trials in which the last network is right at the end, by the steps of the delay.
    match_right = Quoted(lambda self: {d: right(self.snapshots[-1], d) for d in (DELAY, LONGER, 10 * DELAY)}, "{:.0%}")
    #: How long before the end of the delay one cue's mean state was where the other's is at the end, ms; how far off
    #: that is, and how far the mean states are from one another at the end.
    match_lead = Quoted(lambda self: self._lead[0], "{:.0f}")
    match_lead_gap = Quoted(lambda self: self._lead[1], "{:.2f}")
    match_apart = Quoted(lambda self: self._lead[2], "{:.1f}")
    #: How many trials there are.
    match_trials = Quoted(lambda self: len(self.task.inputs))
    #: Share of the trials in which the last network is right at the end, with the delay of the training.
    match_share = Quoted(
        lambda self: self.match_right[DELAY], claim="v2-match-to-sample", shown="right in {:.0%} of 200 trials"
    )

    @cached_property
    def points(self):
        """All slow points of each snapshot while nothing is heard, tuples of `SpacePoint`."""
        return tuple(slow_points(network) for network in self.snapshots)

    @property
    def task(self):
        """That of the training."""
        return DelayedMatchToSample(each=self.settings.each)

    @property
    def _places(self):
        return np.searchsorted(self.epoch, self.settings.shown)

    def _shown(self, of):
        found = zip(self.settings.shown, self.snapshots, self.points, strict=True)
        return {epoch: of(network, points) for epoch, network, points in found}

    def _slowest(self, network, points):
        counts = Counter(sorted(delays.slowest_at(network, points, self.task)))
        return ", ".join(f"{kind} {count}" for kind, count in counts.items())

    @cached_property
    def _lead(self):
        return lead(self.snapshots[-1], self.task)


@dataclass(frozen=True, eq=False)
class MatchCourses:
    """The same training of several networks, courses : tuple of MatchCourse, one a seed."""

    courses: tuple[MatchCourse, ...]

    #: How many networks there are, and how many of them learn, with an interval; and without one.
    networks = Quoted(lambda self: len(self.courses))
    learned = Quoted(lambda self: counted(len(self.learners), len(self.courses)))
    learners_number = Quoted(lambda self: len(self.learners))
    #: How many learners have, at the end, no stable point, more than one, and a ghost.
    none_stable = Quoted(lambda self: sum(stable == 0 for stable in self._stable))
    several_stable = Quoted(lambda self: sum(stable > 1 for stable in self._stable))
    with_ghost = Quoted(lambda self: sum(any(p.kind == "ghost" for p in each.points[-1]) for each in self.learners))
    #: The least and the longest lead, ms, and the least and the largest share right after a longer delay.
    lead = Quoted(lambda self: ends([each.match_lead for each in self.learners]), "{:.0f}")
    longer = Quoted(lambda self: ends([each.match_right[LONGER] for each in self.learners]), "{:.0%}")

    @cached_property
    def learners(self):
        """Those that are right at the end of the training, at its delay."""
        return tuple(each for each in self.courses if each.match_share >= COMPARES)

    @property
    def _stable(self):
        return [sum(point.kind.startswith("stable") for point in each.points[-1]) for each in self.learners]


def lead(network, task):
    """By what time one first cue is ahead of the other on one way, how far from it the other ends, and how far apart.

    The mean state of one at the end of the delay is looked for on the way of the other, whichever fits better.
    """
    kappa, first = delays.in_delay(network, task), task.inputs[:, 0, 0]
    ways = [kappa[first == cue].mean(axis=0) for cue in (1, -1)]
    found = []
    for ahead, behind in (ways, ways[::-1]):
        gaps = np.linalg.norm(ahead - behind[-1], axis=-1)
        found.append((gaps.min(), (len(gaps) - 1 - gaps.argmin()) * task.dt))
    gap, time = min(found)
    return time, gap, np.linalg.norm(ways[0][-1] - ways[1][-1])


def right(network, delay, each=50):
    """Share of the trials in which the last output is on the right side of ½."""
    task = DelayedMatchToSample(each=each, delay=delay)
    return np.mean((network.output(task)[:, -1] > 0.5) == (task.targets[:, -1] > 0.5))


def still_moving(network, delta=0.5):
    """Share of free runs, in steps Δ of the network without input or noise, that never come to rest."""
    kappa = np.random.default_rng(SEED).uniform(-FAR, FAR, (STARTS, 2))
    low, high = np.full_like(kappa, np.inf), np.full_like(kappa, -np.inf)
    for step in range(WAIT + WATCH):
        kappa = kappa + delta * network.flow(kappa)
        if step >= WAIT:
            low, high = np.minimum(low, kappa), np.maximum(high, kappa)
    return np.mean(np.linalg.norm(high - low, axis=-1) > STILL)


@dataclass(frozen=True)
class MatchTraining:
    """Delayed match to sample with rank two, the second version's Fig. 4E–H with fewer trials and more seeds."""

    seeds: int = 5  # theirs is seed 0
    each: int = 5  # ours; theirs are 500 of each of four pairs
    alpha: float = 1e-4
    epochs: int = 20_000
    shown: tuple[int, ...] = (0, 400, 1600, 3000, 19_990)

    def run(self):
        """All trainings, as `MatchCourses`; each is kept on the disk once it is done."""
        record = sorted({*range(0, self.epochs + 1, 100), *self.shown})
        settings = [("match", seed, self.each, self.alpha, record, list(self.shown)) for seed in range(self.seeds)]
        done = cache.map_cached(training_of_seed, settings)
        courses = (MatchCourse(self, np.array(record), loss, DrivenLowRank(*rest)) for loss, _, *rest in done)
        return MatchCourses(tuple(courses))


MATCH_TO_SAMPLE = MatchTraining()
