"""The schedule against plain descent, clipping and Adam. Ours."""

from dataclasses import dataclass

import numpy as np

from ghostlib.experiments import cache
from ghostlib.experiments.confidence import remedies
from ghostlib.page.numbers import Quoted, quoted


NEARLY_ALL = 0.9  # share of the networks that a method has to solve


@dataclass(frozen=True, eq=False)
class MethodOutcomes:
    """How networks end, by method and learning rate; those that are neither solved, trapped nor diverged wait.

    methods : names, M of them.
    alpha : float array (A,).
    learned, solved, trapped, diverged : bool arrays (M, A, seeds).
    loss : float array (M, A, seeds), at the end, at the original confidence; NaN where the network has diverged.
    """

    methods: tuple[str, ...]
    alpha: np.ndarray
    learned: np.ndarray
    solved: np.ndarray
    trapped: np.ndarray
    diverged: np.ndarray
    loss: np.ndarray

    def good_rates(self, method):
        """The learning rates at which a method solves nearly all networks."""
        return self.alpha[self.solved[self.methods.index(method)].mean(axis=-1) >= NEARLY_ALL]

    #: How many each method solves at each learning rate: "Adam-0.001".
    solved_by = Quoted(lambda self: self._named(self.solved.sum(axis=-1)))
    #: How many end up trapped.
    trapped_by = Quoted(lambda self: self._named(self.trapped.sum(axis=-1)))
    #: The most that the schedule solves at any learning rate from 0.05 on.
    solved_in_haste = Quoted(
        lambda self: self.solved[self.methods.index("schedule"), self.alpha >= 0.05].sum(axis=-1).max()
    )
    #: The lowest learning rate at which clipping at 0.1 solves nearly all.
    clipped_from = Quoted(lambda self: self.good_rates("clipped at 0.1").min(), "{:g}")
    #: The highest one.
    clipped_to = Quoted(lambda self: self.good_rates("clipped at 0.1").max(), "{:g}")
    #: The longest step, α times the limit, with which clipping solves nearly all, by limit.
    longest_step = Quoted(
        lambda self: {limit: limit * self.good_rates(f"clipped at {limit}").max() for limit in (0.1, 1)}, "{:g}"
    )

    #: The most that clipping at 0.1 solves at any learning rate, at c = 10 throughout, as a share.
    solved_by_clipping = Quoted(
        lambda self: self.solved[self.methods.index("clipped at 0.1")].mean(axis=-1).max(),
        claim="lowering-necessary",
        shown="{:.0%} solved at c = 10 throughout, with a clipped gradient",
    )

    def _named(self, counts):
        keys = [
            f"{method.replace(' = ', '-').replace(' ', '-')}-{rate:g}" for method in self.methods for rate in self.alpha
        ]
        return dict(zip(keys, counts.ravel(), strict=True))


@dataclass(frozen=True)
class Comparison:
    """The schedule against plain descent, clipping and Adam: the same networks, learning rates and epochs. Ours."""

    methods: tuple[str, ...] = ("plain", "clipped at 1", "clipped at 0.1", "Adam", "schedule", "c = 3")
    alpha: tuple[float, ...] = (0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0)
    seeds: int = 100
    epochs: int = 6000
    c: float = 10.0

    def run(self, *, progress=False):
        """All trainings, as `MethodOutcomes`; each method at each learning rate is kept on the disk once it is done."""
        settings = [(method, rate, self.seeds, self.epochs, self.c) for method in self.methods for rate in self.alpha]
        done = cache.map_cached(remedies.remedy, settings, progress=progress)
        shape = (len(self.methods), len(self.alpha), self.seeds)
        columns = (np.stack(column).reshape(shape) for column in zip(*done, strict=True))
        return MethodOutcomes(self.methods, np.array(self.alpha), *columns)


@dataclass(frozen=True, eq=False)
class LowOutcomes:
    """What has become of networks that were trained at a low confidence from the start.

    compared : MethodOutcomes, its methods being confidences; "plain" is c = 10.
    alpha : the paper's learning rate.
    """

    compared: MethodOutcomes
    alpha: float = 0.02

    #: How many learn at the paper's learning rate, by confidence.
    learned_at = Quoted(lambda self: self._counts(self.compared.learned))
    #: How many are trapped.
    trapped_at = Quoted(lambda self: self._counts(self.compared.trapped))
    #: How many are solved, read at c = 10.
    solved_at = Quoted(lambda self: self._counts(self.compared.solved))

    @quoted(claim="abstract-prevents", shown="{self.in_words}")
    def trapped_share(self):
        """Share of the networks that is trapped at c = 3."""
        return self.trapped_at["3"] / self.compared.trapped.shape[-1]

    @property
    def in_words(self):
        """How many are trapped at c = 3 and at c = 10."""
        return f"{self.trapped_at['3']} trapped at c = 3, {self.trapped_at['10']} at c = 10"

    #: The highest learning rate at which nearly all are solved at c = 3.
    good_to = Quoted(lambda self: self.compared.good_rates("c = 3").max(), "{:g}")
    #: The most that are trapped at c = 3 at a higher one.
    trapped_beyond = Quoted(
        lambda self: self.compared.trapped[self._row("c = 3"), self.compared.alpha > self.good_to].sum(axis=-1).max()
    )

    def _row(self, method):
        return self.compared.methods.index(method)

    def _counts(self, which):
        names = ("10" if method == "plain" else method.removeprefix("c = ") for method in self.compared.methods)
        usual = int(np.argmin(np.abs(self.compared.alpha - self.alpha)))
        return dict(zip(names, which[:, usual].sum(axis=-1), strict=True))


REMEDIES = Comparison()
LOW_CONFIDENCE = Comparison(methods=("plain", *remedies.CONSTANT))
