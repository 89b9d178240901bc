"""Fig. S2: networks of every rank from one to full, over learning rates.

``python -m ghostlib.experiments --full`` does it at the authors' own scale, says before how long that takes, and goes
on where it was interrupted.

The ranks, the seeds and the learning rates are the authors' code's; the paper's text gives the ranks. How many epochs
the book spends is ours, and said beside each field.
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ghostlib.experiments import cache
from ghostlib.experiments.ranks import LEARNED, Course, course
from ghostlib.networks.records import LowRank


OUTCOMES = ("learned", "unsettled", "trapped", "diverged")
PARAMETERS = ("m", "n", "b", "w_out", "b_out")
NEGLIGIBLE = 1e-3  # a gradient norm; where the output is silent, those of the trapped and of the others lie far apart


class PhaseDiagram(NamedTuple):
    """Who learns, over ranks, learning rates and seeds.

    ranks (R,), alpha (A,), epochs (R, A) : the axes, and how long each training was.
    courses : Course, every field with leading axes (R, A, S), without the networks.
    networks : list of R `LowRank` of shape (A, S), at the end of their training; NaN where it diverged.
    """

    ranks: tuple[int, ...]
    alpha: np.ndarray
    epochs: np.ndarray
    courses: Course
    networks: list[LowRank]

    @property
    def outcome(self):
        """Index into `OUTCOMES` of each training, int array (R, A, S).

        diverged : a parameter overflowed.
        trapped : in the no-learning zone: in the last 50 epochs the output is never right in more than half of the
            steps (the paper's rule for Fig. 4), and the gradient is negligible (the caption of Fig. S2).
        learned : the loss of the last tenth of the epochs is, in the median, below two wrong steps' worth.
        unsettled : none of these.
        """
        lost = self.courses.diverged_at >= 0
        trapped = (self.courses.accuracy <= 0.5) & (self.courses.gradient_norm < NEGLIGIBLE)
        return np.select([lost, trapped, self.courses.settled < LEARNED], [3, 2, 0], 1)

    def share(self, outcome):
        """The part of the seeds that have this outcome, (R, A); `outcome` is one of `OUTCOMES`."""
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}, got {outcome!r}")
        return np.mean(self.outcome == OUTCOMES.index(outcome), axis=-1)

    def median_epoch(self):
        """Median epoch of learning of those seeds that come below two wrong steps' worth, (R, A); NaN if none do."""
        learned = np.where(self.courses.learned >= 0, self.courses.learned, np.nan)
        out = np.full(learned.shape[:-1], np.nan)
        some = np.isfinite(learned).any(axis=-1)
        out[some] = np.nanmedian(learned[some], axis=-1)
        return out

    def panels(self):
        """Indices of three learning rates that show the paper's left, middle and right panels, by this rule.

        left : the highest at which every network has learned, and as early in α · epochs, within a tenth, as at the
            lowest: the median of every rank.
        middle : the lowest at which one network in ten, or more, is trapped.
        right : the lowest at which less than one network in ten has learned.

        Raises
        ------
        ValueError
            If there are no such rates.
        """
        travelled = self.alpha * self.median_epoch()
        early = np.abs(travelled - travelled[:, :1]) < 0.1 * travelled[:, :1]
        slow = early.all(axis=0) & (self.share("learned") == 1).all(axis=0)
        trapped, learned = (self.share(outcome).mean(axis=0) for outcome in ("trapped", "learned"))
        found = (np.flatnonzero(slow)[-1:], np.flatnonzero(trapped >= 0.1)[:1], np.flatnonzero(learned < 0.1)[:1])
        if not all(index.size for index in found):
            raise ValueError(f"alpha: none of {self.alpha.size} learning rates shows one of the three panels")
        return tuple(int(index[0]) for index in found)


@dataclass(frozen=True)
class RankSweep:
    """Fig. S2 as a phase diagram: every rank at every learning rate, many seeds each."""

    ranks: tuple[int, ...] = (1, 2, 3, 4, 5, 10, 30, 50, 100)
    alpha_exponents: tuple[float, float] = (-3.0, 0.0)
    rates: int = 10
    seeds: int = 10
    first_seed: int = 0
    least_epochs: int = 5000  # ours: long enough to see who falls
    travel: float = 50.0  # ours: and so many that α · epochs comes to this, which decides who learns
    travel_high: float = 10.0  # ours: the same for the ranks from 30 on, which need less

    @property
    def alpha(self):
        """The learning rates, (rates,)."""
        return np.logspace(*self.alpha_exponents, self.rates)

    def epochs(self, rank, alpha):
        """How many epochs a network of this rank is trained at this learning rate."""
        travel = self.travel_high if rank >= 30 else self.travel
        return max(self.least_epochs, round(travel / alpha))

    def settings(self):
        """The settings of all pieces, one network each, in the order of ranks, learning rates and seeds."""
        return [
            (rank, float(alpha), seed, self.epochs(rank, alpha))
            for rank in self.ranks
            for alpha in self.alpha
            for seed in range(self.first_seed, self.first_seed + self.seeds)
        ]

    def run(self, *, executor=None, progress=False):
        """All trainings; each is kept on the disk once it is done.

        Parameters
        ----------
        executor : concurrent.futures.Executor, optional
            As in `cache.map_cached`: one thread a core, or a cluster.
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        PhaseDiagram
        """
        settings = self.settings()
        longest_first = sorted(settings, key=lambda each: -each[0] * each[3])
        done = cache.map_cached(course, longest_first, executor=executor, progress=progress)
        found = dict(zip(longest_first, done, strict=True))
        shape = (len(self.ranks), self.rates, self.seeds)
        courses = [Course(*found[each]) for each in settings]
        summed = {}
        for field in set(Course._fields) - set(PARAMETERS):
            column = np.stack([getattr(one, field) for one in courses])
            summed[field] = column.reshape(*shape, *column.shape[1:])
        each = self.rates * self.seeds
        networks = [
            LowRank(*(np.stack([getattr(one, field) for one in mine]) for field in PARAMETERS)).reshape(*shape[1:])
            for mine in (courses[k * each : (k + 1) * each] for k in range(len(self.ranks)))
        ]
        return PhaseDiagram(
            ranks=self.ranks,
            alpha=self.alpha,
            epochs=np.array([[self.epochs(rank, alpha) for alpha in self.alpha] for rank in self.ranks]),
            courses=Course(**summed, **dict.fromkeys(PARAMETERS)),
            networks=networks,
        )


def seconds(sweep, *, trial=2000):
    """About how long a core needs for all of a sweep, from a short training of one network of each rank.

    Parameters
    ----------
    sweep : RankSweep
    trial : int, default 2000
        Epochs of the short trainings.

    Returns
    -------
    float
        An upper bound: a network that has frozen or diverged is finished sooner.
    """
    total = 0.0
    for rank in sweep.ranks:
        course(rank, 1e-3, 0, 1)  # compiled before it is timed
        start = time.perf_counter()
        course(rank, 1e-3, 0, trial)
        each = (time.perf_counter() - start) / trial
        total += each * sweep.seeds * sum(sweep.epochs(rank, alpha) for alpha in sweep.alpha)
    return total


FIG_S2 = RankSweep()
# Ours: fresh networks at the two rates beyond which nobody learns, since what becomes of one is chance.
FIG_S2_EDGE = RankSweep(alpha_exponents=(-2 / 3, -1 / 3), rates=2, first_seed=10, seeds=20)
# The authors' later code: half a million epochs each.
FIG_S2_FULL = RankSweep(least_epochs=500_000, travel=0.0, travel_high=0.0)
