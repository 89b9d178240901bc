"""The latent circuit of chapter 05: how exact it is, and what vanishes from the gradient in the no-learning zone.

Every function and every run raises ValueError where the networks that it uses or trains do.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.slow_points import Count, count_fixed_points
from ghostlib.networks import adjoint
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, one_digit
from ghostlib.training import train


C = 10.0
PAIR = "before", "after"


def reduction_error(networks, task):
    """Largest difference of κ = n·x from all rates (Eq. 17) and κ by itself (Eq. B28), over the largest κ of all."""
    kappa = networks.latent(task)
    return np.abs(np.vecdot(networks.simulate(task), networks.n[..., None, :]) - kappa).max() / np.abs(kappa).max()


def relative_distance(one, other):
    """L2 distance of two records of rank-one parameters or gradients, over the norm of the second; shape (...)."""
    return RankOne(one.m - other.m, one.n - other.n, one.b - other.b).norm() / other.norm()


def output_signal(networks, task, c=C):
    """What each output feeds into dL/dκ[t], s[t] = (2/T)(ô − o) c ô(1 − ô), t = 1 … 2T: Eq. (B34); shape (..., 2T)."""
    output = networks.output(task, c)
    return 2 / task.T * (output - task.target()) * c * output * (1 - output)


def sensitivity(networks, task):
    """∂κ[t]/∂κ[0], t = 1 … 2T, the product of 1 + Δ f′(κ[u]) over u < t: Eqs. (B35) and (B37); shape (..., 2T)."""
    return np.cumprod(1 + task.delta * networks.slope(networks.latent(task)[..., :-1]), axis=-1)


@dataclass(frozen=True)
class RandomFlows:
    """Fixed points of random networks.

    count : Count of arrays (B,), on the whole line.
    inward : bool array (B,), whether f(−S) > 0 > f(S) with S = Σ|n|, as Eq. (B32) says.
    """

    count: Count
    inward: np.ndarray

    @property
    def always_one(self):
        """Whether every flow points inward at ±S, and has a fixed point."""
        return bool(np.all(self.inward) and np.all(self.count.number >= 1))

    #: The largest number of fixed points.
    most = Quoted(lambda self: self.count.number.max())


@dataclass(frozen=True)
class RandomNetworks:
    """Chapter 05: the fixed points of random networks, every vector on a scale of its own. Ours."""

    networks: int = 2000
    N: int = 30
    scales: tuple[float, ...] = (0.3, 1.0, 3.0)
    seed: int = 0

    def run(self):
        """The networks drawn and their fixed points counted, as `RandomFlows`."""
        rng = np.random.default_rng(self.seed)
        sizes = rng.choice(self.scales, (3, self.networks, 1))
        networks = RankOne(*(sizes * rng.standard_normal((3, self.networks, self.N))))
        left, right = networks.flow(np.abs(networks.n).sum(axis=-1, keepdims=True) * [-1, 1]).T
        return RandomFlows(count_fixed_points(networks), (left > 0) & (right < 0))


@dataclass(frozen=True)
class GradientFactors:
    """What a fall into the no-learning zone does to the two factors of the gradient in Eq. (B37), s[t] and ∂κ[t]/∂κ[0].

    settings : FallenNetworks.
    history : History of all its networks, every epoch.
    """

    settings: "FallenNetworks"
    history: History

    @cached_property
    def is_trapped(self):
        """Whether each network is trapped, shape (B,)."""
        return outcomes.trapped(self.history.accuracy)

    @cached_property
    def fallen(self):
        """The trapped networks after training, in float64."""
        return self.history.networks[self.is_trapped].astype(np.float64)

    @cached_property
    def pair(self):
        """The first trapped network at its last epoch above chance and at the next one, shape (2,)."""
        epochs, network = [self.last, self.last + 1], RankOne.initial(self.seed)
        return train(network, TASK, self.settings.alpha, self.last + 1, snapshots=epochs).snapshots

    @cached_property
    def kappa(self):
        """κ[t] of the pair, t = 1 … 2T, shape (2, 2T)."""
        return self.pair.latent(TASK)[:, 1:]

    @cached_property
    def signal(self):
        """s[t] of the pair, shape (2, 2T)."""
        return output_signal(self.pair, TASK)

    @cached_property
    def way_back(self):
        """∂κ[t]/∂κ[0] of the pair, shape (2, 2T)."""
        return sensitivity(self.pair, TASK)

    #: How many networks are trapped.
    trapped = Quoted(lambda self: np.count_nonzero(self.is_trapped))
    #: How many of these have an update that rounds to zero.
    frozen = Quoted(lambda self: np.count_nonzero(self.history.frozen_at[self.is_trapped] >= 0))
    #: The first of them.
    seed = Quoted(lambda self: int(np.flatnonzero(self.is_trapped)[0]))
    #: Its last epoch above chance.
    last = Quoted(lambda self: int(outcomes.silent_from(self.history.accuracy[self.seed])) - 1, "{:,}")
    #: The largest |s[t]| of the pair.
    signal_peak = Quoted(lambda self: dict(zip(PAIR, np.abs(self.signal).max(axis=1), strict=True)), one_digit)
    #: ∂κ[2T]/∂κ[0] of the pair.
    way_back_end = Quoted(lambda self: dict(zip(PAIR, self.way_back[:, -1], strict=True)), "{:.2g}")
    #: The gradient norm one epoch before the fall.
    norm_before = Quoted(lambda self: self._norms[0], "{:.1f}")
    #: The gradient norm after it.
    norm_after = Quoted(lambda self: self._norms[1], one_digit)
    #: κ at the end of the delay, after the fall.
    kappa_late = Quoted(lambda self: self.kappa[1, TASK.T], "{:.1f}")
    #: The output there: its tail, exp(−c(κ* − κ)).
    output_late = Quoted(lambda self: np.exp(-C * (TASK.kappa_star - self.kappa_late)), one_digit)
    #: The largest |s[t]|, median over all that are trapped.
    signal_median = Quoted(lambda self: np.median(np.abs(output_signal(self.fallen, TASK)).max(axis=1)), one_digit)
    #: ∂κ[2T]/∂κ[0], median over all that are trapped.
    way_back_median = Quoted(lambda self: np.median(self._ways_back), "{:.2g}")
    #: In how many of them it is above 1.
    way_back_amplifies = Quoted(lambda self: np.count_nonzero(self._ways_back > 1))

    @cached_property
    def _norms(self):
        return adjoint.loss_and_gradient(self.pair, TASK)[1].norm()

    @cached_property
    def _ways_back(self):
        return sensitivity(self.fallen, TASK)[:, -1]


@dataclass(frozen=True)
class FallenNetworks:
    """Chapter 05: the first twenty networks of Fig. 4, the first of them that is trapped, and its last good update."""

    seeds: int = 20
    alpha: float = 0.02  # paper
    epochs: int = 6000  # paper

    def run(self):
        """All networks trained, as `GradientFactors`."""
        return GradientFactors(self, train(RankOne.initial(range(self.seeds)), TASK, self.alpha, self.epochs))


RANDOM_NETWORKS = RandomNetworks()
FALLEN_NETWORKS = FallenNetworks()
