"""Figs. 3A, 3B and S1: rank-one networks trained on the delayed-activation task.

Every setting is the authors' code's, except where a field's comment says that the paper's text gives it, or that it is
ours. The task is `DelayedActivation`'s default and the confidence c = 10 throughout, both from the paper.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ghostlib.dynamics.bifurcations import slope_upper_bound
from ghostlib.dynamics.slow_points import Count, count_fixed_points
from ghostlib.experiments import cache
from ghostlib.experiments.sweep import losses
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.outcomes import learned, trapped
from ghostlib.training import History, train


TASK = DelayedActivation()
# Epochs whose parameters are held at a time: 8 MB instead of 600 for half a million.
CHUNK = 5000


class Course(NamedTuple):
    """A training watched after every epoch, from 0 to E; arrays of shape (E + 1,).

    loss, gradient_norm, accuracy : as in `History`.
    fixed_points : Count, the fixed points of the latent flow in the experiment's interval of κ.
    everywhere : Count, those on the whole line.
    rise : upper bound of f′; where it is negative, f falls everywhere and there is no ghost.
    """

    loss: np.ndarray
    gradient_norm: np.ndarray
    accuracy: np.ndarray
    fixed_points: Count
    everywhere: Count
    rise: np.ndarray

    @property
    def jump(self):
        """The first epoch at which the loss is below ½, half of a silent network's; None if it never is."""
        return _first(self.loss < 0.5)


@dataclass(frozen=True)
class WatchedTraining:
    """Fig. 3A: one network trained at a low learning rate, its latent flow looked at after every epoch."""

    seed: int = 40
    alpha: float = 0.003
    epochs: int = 500_000
    stages: tuple[int, ...] = (1, 200_001, 499_001)
    interval: tuple[float, float] = (-15.0, 15.0)  # paper

    def initial(self):
        """The network before training, a single one."""
        return RankOne.initial(self.seed)

    def run(self):
        """The whole training, with fixed points counted and proved after every epoch.

        Returns
        -------
        Course
        """
        return watch(self.initial(), self.alpha, self.epochs, self.interval)

    def networks(self, epochs):
        """The networks at some epochs, by training up to the last of them once more: the same bits.

        Parameters
        ----------
        epochs : sequence of int
            Ascending, without repetition.

        Returns
        -------
        RankOne
            Shape (len(epochs),).

        Raises
        ------
        ValueError
            If `epochs` is not ascending or holds a negative number.
        """
        return replay(self.initial(), self.alpha, epochs)


@dataclass(frozen=True)
class Copies:
    """Fig. 3A repeated: copies of the network that differ by rounding. Ours, not in the paper."""

    seed: int = 40
    alpha: float = 0.003
    epochs: int = 500_000
    copies: int = 8
    perturbation: float = 1e-6
    record: int = 100

    def initial(self):
        """The copies before training, shape (copies,)."""
        return perturbed(RankOne.initial(self.seed), self.copies, self.perturbation)

    def run(self):
        """All trainings, every so many epochs.

        Returns
        -------
        History
            ``loss`` and so on of shape (copies, epochs // record + 1).
        """
        return train(self.initial(), TASK, self.alpha, self.epochs, record=self.record)


class Fall(NamedTuple):
    """Copies of one network, and the first of them whose last good update makes one fixed point three.

    history : History of all copies, after every epoch.
    trapped : bool array (copies,).
    copy : which one is the first; 0 is the network itself.
    epoch : the first epoch at which its output is silent for good.
    course : Course of that copy.
    before, after : its networks one epoch before the fall and at it.
    """

    history: History
    trapped: np.ndarray
    copy: int
    epoch: int
    course: Course
    before: RankOne
    after: RankOne


@dataclass(frozen=True)
class FallingTraining:
    """Fig. 3B: the same network at a high learning rate, and copies of it that differ by rounding; one that falls."""

    seed: int = 40
    alpha: float = 0.02
    epochs: int = 6000
    interval: tuple[float, float] = (-15.0, 15.0)  # paper
    copies: int = 20  # ours: which trajectory is followed after the jump depends on rounding
    perturbation: float = 1e-6  # ours

    def initial(self):
        """The copies before training, shape (copies,); the first is the network itself."""
        return perturbed(RankOne.initial(self.seed), self.copies, self.perturbation)

    def run(self):
        """All copies trained, and one that is trapped watched after every epoch.

        It is the first in whose flow the saddle-node bifurcation happens in the very update that silences its output.

        Returns
        -------
        Fall

        Raises
        ------
        ValueError
            If no copy is trapped so.
        """
        copies = self.initial()
        history = train(copies, TASK, self.alpha, self.epochs)
        caught = trapped(history.accuracy)
        for copy in np.flatnonzero(caught).tolist():
            epoch = int(np.flatnonzero(history.accuracy[copy] > 0.5)[-1]) + 1
            around = replay(copies[copy], self.alpha, [epoch - 1, epoch])
            if count_fixed_points(around).number.tolist() == [1, 3]:
                course = watch(copies[copy], self.alpha, self.epochs, self.interval)
                return Fall(history, caught, copy, epoch, course, *around)
        raise ValueError(
            f"copies: none of {self.copies} is trapped by a saddle-node within {self.epochs} epochs; expected one"
        )

    def networks(self, copy, epochs):
        """One copy's networks at some epochs, shape (len(epochs),); as `WatchedTraining.networks`."""
        return replay(self.initial()[copy], self.alpha, epochs)


class NetworkOutcomes(NamedTuple):
    """What becomes of many networks, each in copies that differ by rounding; the first copy is the network itself.

    learned : bool array (copies, seeds), accuracy above ½ at some epoch.
    trapped : bool array (copies, seeds), learned and then silent for the last 50 epochs.
    fixed_points : Count of arrays (copies, seeds), those of the latent flow at the end.
    returned : bool array (copies, seeds), trapped, and above ½ again at some epoch of a longer training.
    jump : int array (seeds,), the first epoch with a loss below ½ of the networks themselves, or −1.
    rise : float array (seeds,), upper bound of f′ there; negative means that there is no ghost yet. NaN without a jump.
    """

    learned: np.ndarray
    trapped: np.ndarray
    fixed_points: Count
    returned: np.ndarray
    jump: np.ndarray
    rise: np.ndarray


@dataclass(frozen=True)
class ManyNetworks:
    """Fig. 3B for many: the hundred networks of Fig. 4, who falls, with what flow, and whether they come back.

    Ours: the paper shows the saddle-node bifurcation of one network.
    """

    seeds: int = 100
    alpha: float = 0.02
    epochs: int = 6000
    copies: int = 10  # who is trapped depends on rounding
    perturbation: float = 1e-6
    longer: int = 100_000  # epochs more for those that are trapped

    def run(self):
        """All copies trained, and looked at when they jump and at the end; those that are trapped trained on.

        Returns
        -------
        NetworkOutcomes
        """
        networks = RankOne.initial(np.arange(self.seeds))
        history = train(perturbed(networks, self.copies, self.perturbation), TASK, self.alpha, self.epochs)
        fallen, returned = trapped(history.accuracy), np.zeros((self.copies, self.seeds), bool)
        # Most have frozen in float32, and are done at once.
        on = train(history.networks[fallen], TASK, self.alpha, self.longer, record=10)
        returned[fallen] = learned(on.accuracy)
        below = history.loss[0] < 0.5
        jump = np.where(below.any(axis=1), below.argmax(axis=1), -1)
        rise, jumped = np.full(self.seeds, np.nan), np.flatnonzero(jump >= 0)
        if jumped.size:
            epochs = np.unique(jump[jumped])
            again = train(networks[jumped], TASK, self.alpha, epochs[-1], record=[0], snapshots=epochs).snapshots
            rise[jumped] = slope_upper_bound(again[np.searchsorted(epochs, jump[jumped]), np.arange(jumped.size)])
        return NetworkOutcomes(
            learned=learned(history.accuracy),
            trapped=fallen,
            fixed_points=count_fixed_points(history.networks),
            returned=returned,
            jump=jump,
            rise=rise,
        )


class NetworkLosses(NamedTuple):
    """The loss of many networks against the learning rate after given numbers of epochs.

    alpha : shape (A,).
    epochs : shape (E,), when the loss was read.
    loss : shape (A, S, E), one run per seed, in units of T: a silent network has loss 1.
    """

    alpha: np.ndarray
    epochs: np.ndarray
    loss: np.ndarray

    def mean(self):
        """Mean over the networks, shape (A, E)."""
        return self.loss.mean(axis=1)

    def sem(self):
        """Standard error of that mean, shape (A, E)."""
        return self.loss.std(axis=1, ddof=1) / np.sqrt(self.loss.shape[1])


@dataclass(frozen=True)
class NetworkSweep:
    """Fig. S1: the loss after so many epochs, over learning rates, ten networks each."""

    alpha_exponents: tuple[float, float] = (-4.0, -1.0)
    rates: int = 30
    seeds: int = 10
    epochs: tuple[int, ...] = (10_000, 20_000, 30_000, 50_000, 100_000, 200_000)

    def run(self, *, executor=None, progress=False):
        """All runs, read at the six epochs; each is kept on the disk once it is done.

        Parameters
        ----------
        executor : concurrent.futures.Executor, optional
            As in `cache.map_cached`: one thread a core, or a cluster.
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        NetworkLosses
        """
        alpha = np.logspace(*self.alpha_exponents, self.rates)
        settings = [(float(rate), seed, list(self.epochs)) for rate in alpha for seed in range(self.seeds)]
        done = cache.map_cached(losses, settings, executor=executor, progress=progress)
        loss = np.reshape([loss for (loss,) in done], (self.rates, self.seeds, len(self.epochs)))
        return NetworkLosses(alpha=alpha, epochs=np.array(self.epochs), loss=loss)


def watch(network, alpha, epochs, interval):
    """Train one network at c = 10, and count the fixed points of its latent flow after every epoch.

    Parameters
    ----------
    network : RankOne
        A single one.
    alpha : float
    epochs : int
    interval : (low, high)
        Of κ, where to count beside the whole line.

    Returns
    -------
    Course
    """
    parts = []
    for start in range(0, max(epochs, 1), CHUNK):
        history = train(network, TASK, alpha, min(CHUNK, epochs - start), snapshots="all")
        network, seen = history.networks, history.snapshots
        inside, everywhere = count_fixed_points(seen, interval=interval), count_fixed_points(seen)
        columns = (history.loss, history.gradient_norm, history.accuracy, *inside, *everywhere, slope_upper_bound(seen))
        # The first epoch of a chunk is the last of the one before.
        parts.append([column[bool(start) :] for column in columns])
    loss, norm, accuracy, *counts, rise = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Course(loss, norm, accuracy, Count(*counts[:2]), Count(*counts[2:]), rise)


def replay(network, alpha, epochs):
    """The network at some epochs of its training at c = 10, shape (len(epochs),); `epochs` ascending."""
    epochs = np.asarray(epochs)
    if epochs.size == 0 or np.any(np.diff(epochs) <= 0):
        raise ValueError(f"epochs must be ascending, without repetition, got {epochs.tolist()}")
    return train(network, TASK, alpha, int(epochs[-1]), record=[0], snapshots=epochs).snapshots


def perturbed(networks, copies, size, *, seed=0):
    """Networks, then copies with every m multiplied by 1 + `size` · N(0, 1): shape (copies, ...)."""
    factor = 1 + size * np.random.default_rng(seed).standard_normal((copies, *networks.m.shape))
    factor[:1] = 1
    return RankOne(networks.m * factor, *(np.broadcast_to(each, factor.shape) for each in (networks.n, networks.b)))


def _first(condition):
    return int(np.argmax(condition)) if condition.any() else None


FIG_3A = WatchedTraining()
FIG_3A_COPIES = Copies()
FIG_3B = FallingTraining()
MANY_NETWORKS = ManyNetworks()
FIG_S1 = NetworkSweep()
