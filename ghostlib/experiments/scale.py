"""Rank or size? Networks of one rank whose initial weights are as large as another rank's.

In a module of its own, as `ghostlib.experiments.ranks`: results are kept as long as what it imports stays the same.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ghostlib.experiments import pieces
from ghostlib.rnn import LowRank
from ghostlib.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()
LEARNED = 2 / TASK.T  # as in `ghostlib.experiments.ranks`


class Resized(NamedTuple):
    """When networks learn whose W was made larger or smaller before training.

    ranks (R,) : trainable ranks.
    like (L,) : the rank whose typical size of W they were given.
    epoch : (L, R, S), the first epoch with a loss below `LEARNED`; NaN where it never was.
    """

    ranks: tuple[int, ...]
    like: tuple[int, ...]
    epoch: np.ndarray


@dataclass(frozen=True)
class RankOrSize:
    """Networks of low rank with the weights of high ones, and the other way round. Ours, not in the paper."""

    ranks: tuple[int, ...] = (1, 3, 10, 30, 100)
    like: tuple[int, ...] = (1, 10, 100)
    alpha: float = 0.01
    seeds: int = 5
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
        """
        settings = [
            (rank, like, self.alpha, seed, self.epochs)
            for like in self.like
            for rank in self.ranks
            for seed in range(self.seeds)
        ]
        done = pieces.finish(learning_epoch, settings, progress=progress)
        epoch = np.array([result[0] for result in done], dtype=float)
        shape = (len(self.like), len(self.ranks), self.seeds)
        return Resized(self.ranks, self.like, np.where(epoch < 0, np.nan, epoch).reshape(shape))


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


RANK_OR_SIZE = RankOrSize()
