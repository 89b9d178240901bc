"""Chapter 10: does noise in the weights set trapped networks free, as a low confidence does?"""

from dataclasses import dataclass

import numpy as np

from ghostlib.experiments import cache, fates
from ghostlib.page.numbers import Quoted, counted


@dataclass(frozen=True, eq=False)
class Shaken:
    """Trapped networks after noise of S sizes: bool arrays (S, F)."""

    size: np.ndarray
    recovered: np.ndarray
    relearned: np.ndarray

    #: How many networks were trapped.
    shaken_networks = Quoted(lambda self: self.recovered.shape[1])
    #: The size of noise, per parameter and epoch, after which most have recovered, and how many have.
    shaken_best_size = Quoted(lambda self: self.size[self._best], "{:.1g}")
    shaken_recovered = Quoted(lambda self: counted(self.recovered[self._best].sum(), self.shaken_networks))
    #: The most that do the task at the end, over all sizes.
    shaken_relearned = Quoted(lambda self: counted(self.relearned.sum(axis=1).max(), self.shaken_networks))

    @property
    def _best(self):
        return self.recovered.sum(axis=1).argmax()


@dataclass(frozen=True)
class AnnealedNoise:
    """Chapter 10: the trapped networks of Fig. 4 under noise in all weights that falls to zero. Ours."""

    seeds: int = 100
    alpha: float = 0.02
    epochs: int = 6000
    shaking: int = 200
    exponents: tuple[float, float] = (-3.0, -1.0)
    sizes: int = 5
    draw: int = 0

    def run(self):
        """All trainings, as `Shaken`; kept on the disk."""
        settings = (self.seeds, self.alpha, self.epochs, self.shaking, *self.exponents, self.sizes, self.draw)
        _, recovered, relearned = cache.map_cached(fates.shaken, [settings])[0]
        return Shaken(np.logspace(*self.exponents, self.sizes), recovered, relearned)


ANNEALED_NOISE = AnnealedNoise()
