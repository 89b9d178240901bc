"""Fig. S2 as a phase diagram, and the three of its learning rates that the paper shows."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ghostlib.experiments.ranks.training import Course
from ghostlib.networks.records import LowRank
from ghostlib.outcomes import OUTCOMES


class Panels(NamedTuple):
    """Indices of the learning rates that show the paper's three panels."""

    left: int
    middle: int
    right: int


@dataclass(frozen=True, eq=False)
class PhaseDiagram:
    """Who learns, over R ranks, A learning rates and S seeds.

    ranks (R,), alpha (A,), seeds (S,), epochs (R, A) : the axes, and how long each training was.
    courses : Course, every field with leading axes (R, A, S).
    networks : list of R `LowRank` of shape (A, S), at the end of their training; NaN where it diverged.

    Medians are over the seeds.
    """

    ranks: tuple[int, ...]
    alpha: np.ndarray
    seeds: range
    epochs: np.ndarray
    courses: Course
    networks: list[LowRank]

    def is_(self, outcome):
        """Which networks have this outcome, one of `ghostlib.outcomes.OUTCOMES`; bool (R, A, S)."""
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}, got {outcome!r}")
        return self.courses.outcome == outcome

    def share(self, outcome):
        """The part of the seeds that have this outcome, (R, A)."""
        return self.is_(outcome).mean(axis=-1)

    def by_rank(self, values):
        """What belongs to each rank, `values` (R, ...), under its rank."""
        return dict(zip(self.ranks, values, strict=True))

    @cached_property
    def median_epoch(self):
        """Median epoch of learning of those seeds that do, (R, A)."""
        return median_epoch(self.courses.learned_at)

    @property
    def learning_time(self):
        """Learning rate times median epoch of learning, (R, A): the time of the gradient flow, Eq. (B51)."""
        return self.alpha * self.median_epoch

    @property
    def fall(self):
        """Epochs from the end of the plateau to learning, (R, A, S); NaN for networks that never learn."""
        fall = self.courses.learned_at - self.courses.plateau_end
        return np.where(self.courses.learned_at >= 0, fall, np.nan)

    @property
    def fall_share(self):
        """The fall as a part of all epochs up to learning, (R, A, S)."""
        return self.fall / np.maximum(self.courses.learned_at, 1)

    @cached_property
    def panels(self):
        """Three learning rates that show the paper's panels; a ValueError if there are none.

        left : the highest at which every network has learned, and as early in α · epochs, within a tenth, as at the
            lowest: the median of every rank.
        middle : the lowest at which one network in ten, or more, is trapped.
        right : the lowest at which less than one network in ten has learned.
        """
        early = np.abs(self.learning_time - self.learning_time[:, :1]) < 0.1 * self.learning_time[:, :1]
        slow = early.all(axis=0) & (self.share("learned") == 1).all(axis=0)
        trapped, learned = (self.share(outcome).mean(axis=0) for outcome in ("trapped", "learned"))
        found = np.flatnonzero(slow)[-1:], np.flatnonzero(trapped >= 0.1)[:1], np.flatnonzero(learned < 0.1)[:1]
        if not all(index.size for index in found):
            raise ValueError(f"alpha: none of {self.alpha.size} learning rates shows one of the three panels")
        return Panels(*(int(index[0]) for index in found))

    @property
    def low(self):
        """Which ranks count as low, 1 and 2; (R,)."""
        return np.asarray(self.ranks) <= 2

    @property
    def high(self):
        """Which ranks count as high, 50 and 100; (R,)."""
        return np.asarray(self.ranks) >= 50

    @property
    def all_learn(self):
        """At which learning rates all networks learn at some epoch, (A,)."""
        return (self.courses.learned_at >= 0).all(axis=(0, 2))

    def beyond_rank(self):
        """The largest singular value beyond the first K of a trained W, over its first: 0 if its rank is at most K."""
        shares = [0.0]
        for rank, networks in zip(self.ranks, self.networks, strict=True):
            W = networks[self.all_learn].astype(np.float64).full_rank().W
            values = np.linalg.svd(W, compute_uv=False)
            shares.append((values[..., rank:] / values[..., :1]).max(initial=0.0))
        return max(shares)


def median_epoch(learned_at):
    """Median over the last axis of the epochs that are not −1; NaN where all are."""
    return np.ma.filled(np.ma.median(np.ma.masked_less(learned_at, 0), axis=-1).astype(float), np.nan)


def courses(results, shape):
    """The `Course` of many results of `train_network`, every field with the leading axes `shape`."""
    return Course(*_stacked([result[: len(Course._fields)] for result in results], shape))


def networks(results, shape):
    """The networks of many results of `train_network`, all of one rank, with the leading axes `shape`."""
    return LowRank(*_stacked([result[len(Course._fields) :] for result in results], shape))


def _stacked(results, shape):
    return [np.reshape(field, (*shape, *np.shape(field[0]))) for field in zip(*results, strict=True)]
