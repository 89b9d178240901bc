"""Chapter 09: networks of full rank that hear a cue, and slow points of their hundred dimensions, found and not proved.

Settings are those of the authors' code for the second version's Fig. 5, with more seeds, and draws of our own in their
distributions.
"""

from dataclasses import dataclass

import numpy as np

from ghostlib.dynamics.search import found_points
from ghostlib.experiments import cache
from ghostlib.experiments.plane.cues import silent_loss
from ghostlib.networks.driven import DrivenFullRank
from ghostlib.networks.trials import DelayedCueDiscrimination
from ghostlib.page.numbers import Quoted
from ghostlib.training import train


START = {"spread": 0.1, "squashed": False}
EVERY = 3  # steps between two states of a trial from which is searched


def full_rank_course(seed, alpha, epochs, noise, *shown):
    """Train one network with a trial of either cue, and look for slow points at some epochs.

    Returns
    -------
    loss, accuracy : float arrays (epochs + 1,)
    stable, fixed, ghosts : int arrays (shown,), how many stable points, fixed points and ghosts are found
    """
    task = DelayedCueDiscrimination(1, noise=noise, **START)
    history = train(DrivenFullRank.initial(seed), task, alpha, epochs, snapshots=list(shown), threads=1)
    kinds = []
    for network in history.snapshots:
        states = network.simulate(DelayedCueDiscrimination(1, **START))[:, ::EVERY]
        kinds.append([point.kind for point in found_points(network, states.reshape(-1, network.N))])
    ghosts = np.array([each.count("ghost") for each in kinds])
    stable = np.array([sum(kind.startswith("stable") for kind in each) for each in kinds])
    return history.loss, history.accuracy, stable, np.array([len(each) for each in kinds]) - ghosts, ghosts


@dataclass(frozen=True, eq=False)
class FullRankCues:
    """What becomes of B networks: arrays as `full_rank_course` has them, with a leading axis B."""

    settings: "FullRankTrainings"
    loss: np.ndarray
    accuracy: np.ndarray
    stable: np.ndarray
    fixed: np.ndarray
    ghosts: np.ndarray

    #: How many networks there are, and how many end with less than a tenth of a silent network's loss.
    networks = Quoted(lambda self: len(self.loss))
    learned = Quoted(lambda self: int(np.sum(np.median(self.loss[:, -100:], axis=1) < 0.1 * silent_loss())))
    #: Their loss at the epochs shown, median.
    loss_at = Quoted(lambda self: self._shown(np.median(self.loss[:, list(self.settings.shown)], axis=0)), "{:.3f}")
    #: In how many networks several stable points are found, and in how many a ghost, at the epochs shown.
    several = Quoted(lambda self: self._shown((self.stable > 1).sum(axis=0)))
    with_ghost = Quoted(lambda self: self._shown((self.ghosts > 0).sum(axis=0)))
    #: At how many of these epochs a ghost is found in at least one network.
    ghost_epochs = Quoted(
        lambda self: int(np.sum((self.ghosts > 0).any(axis=0))),
        claim="v2-full-rank",
        shown="a ghost at {} of the four epochs, in at least one of {self.networks}",
    )

    def _shown(self, values):
        return dict(zip(self.settings.shown, values, strict=True))


@dataclass(frozen=True)
class FullRankTrainings:
    """Delayed cue discrimination with all of W free, the second version's Fig. 5 with more seeds."""

    seeds: int = 4  # theirs is seed 3
    alpha: float = 1e-2
    epochs: int = 3001
    noise: float = 0.01
    shown: tuple[int, ...] = (10, 200, 1000, 3000)

    def run(self):
        """All trainings, as `FullRankCues`; each is kept on the disk once it is done."""
        settings = [(seed, self.alpha, self.epochs, self.noise, *self.shown) for seed in range(self.seeds)]
        done = cache.map_cached(full_rank_course, settings)
        return FullRankCues(self, *(np.stack(column) for column in zip(*done, strict=True)))


FULL_RANK_CUES = FullRankTrainings()
