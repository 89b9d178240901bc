"""Rank or size? Networks of one rank whose initial weights are as large as another rank's."""

from dataclasses import dataclass

from ghostlib.experiments import cache
from ghostlib.experiments.ranks.diagram import courses, median_epoch
from ghostlib.experiments.ranks.training import Course, train_network
from ghostlib.page.numbers import Quoted


@dataclass(frozen=True, eq=False)
class Resized:
    """What networks do whose W was made larger or smaller before training.

    ranks (R,) : trainable ranks.
    like (L,) : the rank whose usual size of W they were given.
    courses : Course, every field with leading axes (L, R, S).
    """

    ranks: tuple[int, ...]
    like: tuple[int, ...]
    courses: Course

    @property
    def median_epoch(self):
        """Median epoch of learning of those seeds that do, (L, R); NaN if none does."""
        return median_epoch(self.courses.learned_at)

    def kept(self, rank, like):
        """How many seeds of this rank and this size of W have learned at the end."""
        learned = self.courses.outcome[self.like.index(like), self.ranks.index(rank)] == "learned"
        return int(learned.sum())

    #: Median epoch of learning by rank and size of W: "10-like-100" is rank ten with the weights of full rank.
    resized_epoch = Quoted(
        lambda self: {
            f"{rank}-like-{like}": epoch
            for like, row in zip(self.like, self.median_epoch, strict=True)
            for rank, epoch in zip(self.ranks, row, strict=True)
        },
        "{:,.0f}",
    )
    #: How many times sooner full rank learns than rank one, with the weights of rank one.
    by_rank = Quoted(lambda self: self.resized_epoch["1-like-1"] / self.resized_epoch["100-like-1"], "{:.1f}")
    #: How many times sooner full rank learns than rank one, each as it comes.
    by_both = Quoted(lambda self: self.resized_epoch["1-like-1"] / self.resized_epoch["100-like-100"], "{:.0f}")


@dataclass(frozen=True)
class RankOrSize:
    """When networks learn that have few ranks and the weights of many, or many ranks and the weights of few. Ours."""

    ranks: tuple[int, ...] = (1, 3, 10, 30, 100)
    like: tuple[int, ...] = (1, 10, 100)
    alpha: float = 0.01
    seeds: int = 10
    epochs: int = 4000

    def run(self, *, progress=False):
        """All trainings, as `Resized`; they are kept on the disk. `progress` is as in `cache.map_cached`."""
        settings = [
            (rank, self.alpha, seed, self.epochs, like)
            for like in self.like
            for rank in self.ranks
            for seed in range(self.seeds)
        ]
        done = cache.map_cached(train_network, settings, progress=progress)
        return Resized(self.ranks, self.like, courses(done, (len(self.like), len(self.ranks), self.seeds)))


RANK_OR_SIZE = RankOrSize()
# At a learning rate that throws many into the no-learning zone: who keeps the task?
RANK_OR_SIZE_HIGH_RATE = RankOrSize(ranks=(1, 10, 100), alpha=0.1, epochs=5000)
