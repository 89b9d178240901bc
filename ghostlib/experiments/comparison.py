"""The schedule against plain descent, clipping and Adam. Ours."""

from dataclasses import dataclass

import numpy as np

from ghostlib.experiments import cache, remedies
from ghostlib.page.numbers import Quoted


NEARLY_ALL = 0.9  # share of the networks that a method has to solve


@dataclass(frozen=True, eq=False)
class MethodOutcomes:
    """How networks end, by method and learning rate; those that are neither solved, trapped nor diverged wait.

    methods : names, M of them.
    alpha : float array (A,).
    solved, trapped, diverged : bool arrays (M, A, seeds).
    loss : float array (M, A, seeds), at the end, at the original confidence; NaN where the network has diverged.
    """

    methods: tuple[str, ...]
    alpha: np.ndarray
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
    #: How many diverge in all.
    diverged_count = Quoted(lambda self: self.diverged.sum())
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

    def _named(self, counts):
        keys = [f"{method.replace(' ', '-')}-{rate:g}" for method in self.methods for rate in self.alpha]
        return dict(zip(keys, counts.ravel(), strict=True))


@dataclass(frozen=True)
class Comparison:
    """The schedule against plain descent, clipping and Adam: the same networks, learning rates and epochs. Ours."""

    methods: tuple[str, ...] = tuple(remedies.METHODS)
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


REMEDIES = Comparison()
