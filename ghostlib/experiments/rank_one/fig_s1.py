"""Fig. S1: rank-one networks at every learning rate. Every setting is the authors' code's."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from ghostlib import outcomes, toy
from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.sweep import losses
from ghostlib.experiments.toy.descent import LossByRate
from ghostlib.networks.task import DelayedActivation
from ghostlib.page.numbers import Quoted, one_digit, quoted


@dataclass(frozen=True)
class NetworkLosses(LossByRate):
    """`LossByRate` of networks, one run per seed, in units of T: a silent network has loss 1."""

    @property
    def final(self):
        """The loss after most epochs, shape (A, S)."""
        return self.loss[..., np.argmax(self.epochs)]

    @property
    def learned(self):
        """Share of the networks at each learning rate whose final loss is below half of a silent network's."""
        return (self.final < outcomes.JUMP).mean(axis=1)

    #: The lowest learning rate at which all networks have learned.
    all_learn_from = Quoted(lambda self: self.alpha[self.learned == 1].min(), "{:.1g}")
    #: The highest one.
    all_learn_to = Quoted(lambda self: self.alpha[self.learned == 1].max(), "{:.2g}")
    #: The lowest learning rate from which on none has learned.
    none_learns_from = Quoted(lambda self: self.alpha[np.flatnonzero(self.learned)[-1] + 1], "{:.2g}")
    #: The largest share that has learned at any learning rate.
    most_learned = Quoted(lambda self: self.learned.max(), "{:.0%}", claim="s1-learns")

    @quoted("{:.2f}", claim="s1-trend")
    def trend(self):
        """Spearman's rank correlation of learning rate and final mean loss, where all have learned."""
        everyone = self.learned == 1
        return spearmanr(self.alpha[everyone], self.final[everyone].mean(axis=1)).statistic

    #: Share of the runs at α ≥ 0.03 that end with the loss of a silent network.
    silent_at_high_rates = Quoted(
        lambda self: np.mean(self.final[self.alpha >= 0.03] > 0.99), "{:.0%}", claim="s1-maximum-rate"
    )

    @quoted(one_digit)
    def eq_15(self):
        """α* of Eq. (15) in the units that bring it closest: the delay in τ, the loss divided by T."""
        task = DelayedActivation()
        delay = task.T * task.delta
        return toy.alpha_star(delay) * delay

    #: The lowest rate from which on none has learned, over that of Eq. (15).
    eq_15_ratio = Quoted(lambda self: self.none_learns_from / self.eq_15, "{:.0f}", claim="s1-not-eq-15")


@dataclass(frozen=True)
class NetworkSweep:
    """Fig. S1: the loss after so many epochs, over learning rates, ten networks each."""

    alpha_exponents: tuple[float, float] = (-4.0, -1.0)
    rates: int = 30
    seeds: int = 10
    epochs: tuple[int, ...] = (10_000, 20_000, 30_000, 50_000, 100_000, 200_000)

    def run(self, *, executor=None, progress=False):
        """All runs, read at `epochs` in their order, as `NetworkLosses`; each is kept on the disk once it is done.

        Parameters
        ----------
        executor : concurrent.futures.Executor, optional
            As in `cache.map_cached`: one thread a core, or a cluster.
        progress : bool, default False
            Whether to show a progress bar.
        """
        alpha = np.logspace(*self.alpha_exponents, self.rates)
        settings = [(float(rate), seed, list(self.epochs)) for rate in alpha for seed in range(self.seeds)]
        done = cache.map_cached(losses, settings, executor=executor, progress=progress)
        loss = np.reshape([loss for (loss,) in done], (self.rates, self.seeds, len(self.epochs)))
        return NetworkLosses(alpha=alpha, epochs=np.array(self.epochs), loss=loss)


FIG_S1 = NetworkSweep()
