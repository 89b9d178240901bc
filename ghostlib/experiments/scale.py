"""Rank or size? Networks of one rank whose initial weights are as large as another rank's.

In a module of its own, as `ghostlib.experiments.ranks`: results are kept as long as what it imports stays the same.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ghostlib.experiments import cache
from ghostlib.networks.records import LowRank
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()
LEARNED = 2 / TASK.T  # as in `ghostlib.experiments.ranks`


class Resized(NamedTuple):
    """What networks do whose W was made larger or smaller before training.

    ranks (R,) : trainable ranks.
    like (L,) : the rank whose usual size of W they were given.
    value : (L, R, S), one number for each network.
    """

    ranks: tuple[int, ...]
    like: tuple[int, ...]
    value: np.ndarray


@dataclass(frozen=True)
class RankOrSize:
    """When networks learn that have few ranks and the weights of many, or many ranks and the weights of few. Ours."""

    ranks: tuple[int, ...] = (1, 3, 10, 30, 100)
    like: tuple[int, ...] = (1, 10, 100)
    alpha: float = 0.01
    seeds: int = 10
    epochs: int = 4000

    def run(self, *, progress=False):
        """All trainings, each until it has learned; kept on the disk.

        Parameters
        ----------
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        Resized
            The first epoch with a loss below `LEARNED`, NaN where there is none.
        """
        epoch = self._all(learning_epoch, progress)
        return epoch._replace(value=np.where(epoch.value < 0, np.nan, epoch.value))

    def _all(self, compute, progress):
        settings = [
            (rank, like, self.alpha, seed, self.epochs)
            for like in self.like
            for rank in self.ranks
            for seed in range(self.seeds)
        ]
        done = cache.map_cached(compute, settings, progress=progress)
        value = np.array([result[0] for result in done], dtype=float)
        return Resized(self.ranks, self.like, value.reshape(len(self.like), len(self.ranks), self.seeds))


@dataclass(frozen=True)
class RankOrSizeAtHighRate(RankOrSize):
    """The same networks at a learning rate that throws many into the no-learning zone: who keeps the task. Ours."""

    ranks: tuple[int, ...] = (1, 10, 100)
    alpha: float = 0.1
    epochs: int = 5000

    def run(self, *, progress=False):
        """All trainings to their end; kept on the disk.

        Parameters
        ----------
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        Resized
            The median loss of the last tenth of the epochs.
        """
        return self._all(settled_loss, progress)


def resized(network, like):
    """`network` with M and N multiplied by (like/K)^¼, so that W is as large as is usual for the rank `like`.

    The mean square of an element of W = M N is K/N² for the authors' initial networks of rank K.
    """
    factor = (like / network.rank) ** 0.25
    return replace(network, m=factor * network.m, n=factor * network.n)


def learning_epoch(rank, like, alpha, seed, epochs, chunk=250):
    """The first epoch with a loss below `LEARNED` of a network of this rank with W resized, or −1: one array ()."""
    network = resized(LowRank.initial(seed, rank), like)
    for start in range(0, epochs, chunk):
        history = train(network, TASK, alpha, chunk, threads=1)
        below = history.loss < LEARNED
        if below.any():
            return (np.asarray(start + np.argmax(below)),)
        network = history.networks
    return (np.asarray(-1),)


def settled_loss(rank, like, alpha, seed, epochs):
    """Median loss of the last tenth of the training of a network of this rank with W resized: one array ()."""
    loss = train(resized(LowRank.initial(seed, rank), like), TASK, alpha, epochs, threads=1).loss
    return (np.median(loss[-max(epochs // 10, 1) :].astype(float)),)


RANK_OR_SIZE = RankOrSize()
RANK_OR_SIZE_HIGH_RATE = RankOrSizeAtHighRate()
