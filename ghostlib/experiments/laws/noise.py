"""Chapter 10: does noise, in the weights or in the state, set trapped networks free, as a low confidence does? Ours."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments import cache
from ghostlib.networks.driven import DrivenLowRank
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.networks.trials import Trials
from ghostlib.page.numbers import Quoted, counted
from ghostlib.training import train


C = 10.0


def freed_by_noise(first, last, alpha, epochs, noisy_epochs, weight_noise, state_noise, trials, draw):
    """What noise does to those of the networks `first` … `last` − 1 that are trapped after so many epochs.

    They are trained for so many `noisy_epochs` more, with noise whose standard deviation falls evenly to zero, and for
    as many without. It falls from each of `weight_noise` in the weights; or from each of `state_noise` in the state,
    with a gradient averaged over each number of `trials`.

    Returns
    -------
    in_weights : bool array (2, sizes, F), which of the F trapped networks have recovered, and which do the task with an
        accuracy ≥ 0.95
    in_state : bool array (2, trials, sizes, F)
    """
    history = train(RankOne.initial(range(first, last)), TASK, alpha, epochs, C, threads=1)
    fallen = history.networks[np.flatnonzero(outcomes.trapped(history.accuracy))]
    falling = 1 - np.arange(noisy_epochs) / noisy_epochs

    def after(networks):
        accuracy = train(networks, TASK, alpha, noisy_epochs, C, threads=1).accuracy
        return np.stack([outcomes.recovered(accuracy), accuracy[..., -1] >= outcomes.HIGH_ACCURACY])

    in_weights = after(with_weight_noise(fallen, alpha, np.multiply.outer(falling, weight_noise), (draw, first)))
    in_state = [
        [after(with_state_noise(fallen, alpha, size * falling, n, draw)) for size in state_noise] for n in trials
    ]
    return in_weights, np.moveaxis(in_state, 2, 0)


def with_weight_noise(networks, alpha, sizes, draw):
    """Networks (F,) trained with noise added to every parameter after each epoch, of `sizes` (epochs, K); (K, F)."""
    generator = np.random.default_rng(draw)
    networks = networks[np.tile(np.arange(len(networks)), (sizes.shape[1], 1))]
    for size in sizes[..., None, None]:
        now = train(networks, TASK, alpha, 1, C, record=[1], threads=1).networks
        networks = RankOne(*(x + size * generator.standard_normal(x.shape) for x in (now.m, now.n, now.b)))
    return networks


def with_state_noise(networks, alpha, sizes, count, draw):
    """Networks (F,) trained on so many trials with noise in the state, at each epoch of one of `sizes` (epochs,)."""
    heard = in_trials(networks)
    for epoch, size in enumerate(sizes):
        now = train(heard, noisy_trials(count, size, draw + epoch), alpha, 1, record=[1], threads=1).networks
        heard = replace(now, w_out=heard.w_out, b_out=heard.b_out)  # c and κ* are not trained
    return RankOne(heard.m[..., 0], heard.n[..., 0, :], heard.b)


def in_trials(networks):
    """Rank-one networks (B,) as networks of rank one that could hear an input, and hear none."""
    one = np.ones(networks.shape)
    m, n, b = (x.astype(np.float64) for x in (networks.m, networks.n, networks.b))
    w_in = np.zeros((*m.shape, 1))
    return DrivenLowRank(m[..., None], n[..., None, :], b, C * one[..., None], -C * TASK.kappa_star * one, w_in)


def noisy_trials(count, noise, seed):
    """The delayed activation as so many trials with noise in the state; what is said before the first step is free."""
    targets = np.tile([0, *TASK.target()], (count, 1))
    weights = np.array([0, *np.full(TASK.steps, 1 / TASK.T)])
    silence = np.zeros((*targets.shape, 1))
    return Trials(silence, targets, weights, x0=TASK.x0, squashed=False, noise=noise, seed=seed)


@dataclass(frozen=True, eq=False)
class Freed:
    """Trapped networks after noise: bool arrays as `freed_by_noise` has them, in_state (2, trials, sizes, F)."""

    settings: "NoiseSettings"
    in_weights: np.ndarray
    in_state: np.ndarray

    #: How many networks were trapped.
    noise_networks = Quoted(lambda self: self.in_weights.shape[-1])
    #: The size of noise, per parameter and epoch, after which most have recovered, and how many have.
    weights_best = Quoted(lambda self: self.settings.weight_noise[self._count(self.in_weights[0]).argmax()], "{:g}")
    weights_recovered = Quoted(lambda self: self._most(self.in_weights[0]))
    #: The most that do the task at the end, over all sizes.
    weights_relearned = Quoted(lambda self: self._most(self.in_weights[1]))
    #: Of noise in the state, by the number of trials: the best size, how many recover, and the most that do the task.
    state_best = Quoted(
        lambda self: self._by_trials(lambda found: self.settings.state_noise[found[0].argmax()]), "{:g}"
    )
    state_recovered = Quoted(lambda self: self._by_trials(lambda found: self._of(found[0].max())))
    state_relearned = Quoted(lambda self: self._by_trials(lambda found: self._of(found[1].max())))

    def _by_trials(self, of):
        counts = self.in_state.sum(axis=-1)
        return {trials: of(counts[:, i]) for i, trials in enumerate(self.settings.trials)}

    def _count(self, freed):
        return freed.sum(axis=-1)

    def _most(self, freed):
        return self._of(self._count(freed).max())

    def _of(self, count):
        return counted(count, self.noise_networks)


@dataclass(frozen=True)
class NoiseSettings:
    """Chapter 10: the trapped networks of Fig. 4 under noise that falls to zero. Ours."""

    seeds: int = 100
    pieces: int = 4
    alpha: float = 0.02
    epochs: int = 6000
    noisy_epochs: int = 100
    weight_noise: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1)
    state_noise: tuple[float, ...] = (0.3, 1.0, 3.0)
    trials: tuple[int, ...] = (1, 8)
    draw: int = 0

    def run(self):
        """All trainings, as `Freed`; kept on the disk."""
        ends = np.linspace(0, self.seeds, self.pieces + 1).astype(int).tolist()
        given = self.alpha, self.epochs, self.noisy_epochs, self.weight_noise, self.state_noise, self.trials, self.draw
        done = cache.map_cached(freed_by_noise, [(*each, *given) for each in pairwise(ends)])
        return Freed(self, *(np.concatenate(part, axis=-1) for part in zip(*done, strict=True)))


NOISE = NoiseSettings()
