"""The latent circuit of chapter 05: how exact it is, and what vanishes from the gradient in the no-learning zone.

Every function and every run raises ValueError where the networks that it uses or trains do.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.slow_points import Count, count_fixed_points
from ghostlib.networks import adjoint
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.page.numbers import quoted, scientific
from ghostlib.training import train


TASK = DelayedActivation()
C = 10.0
PAIR = "before", "after"
power = partial(scientific, digits=0)


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

    @quoted()
    def most(self):
        """The largest number of fixed points."""
        return self.count.number.max()


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

    @quoted()
    def trapped(self):
        """How many networks are trapped."""
        return np.count_nonzero(self.is_trapped)

    @quoted()
    def frozen(self):
        """How many of these have an update that rounds to zero."""
        return np.count_nonzero(self.history.frozen_at[self.is_trapped] >= 0)

    @quoted()
    def seed(self):
        """The first of them."""
        return int(np.flatnonzero(self.is_trapped)[0])

    @quoted("{:,}")
    def last(self):
        """Its last epoch above chance."""
        return int(outcomes.silent_from(self.history.accuracy[self.seed])) - 1

    @quoted(power)
    def signal_peak(self):
        """The largest |s[t]| of the pair."""
        return dict(zip(PAIR, np.abs(self.signal).max(axis=1), strict=True))

    @quoted("{:.2g}")
    def way_back_end(self):
        """∂κ[2T]/∂κ[0] of the pair."""
        return dict(zip(PAIR, self.way_back[:, -1], strict=True))

    @quoted("{:.1f}")
    def norm_before(self):
        """The gradient norm one epoch before the fall."""
        return self._norms[0]

    @quoted(power)
    def norm_after(self):
        """The gradient norm after it."""
        return self._norms[1]

    @quoted("{:.1f}")
    def kappa_late(self):
        """κ at the end of the delay, after the fall."""
        return self.kappa[1, TASK.T]

    @quoted(power)
    def output_late(self):
        """The output there: its tail, exp(−c(κ* − κ))."""
        return np.exp(-C * (TASK.kappa_star - self.kappa_late))

    @quoted(power)
    def signal_median(self):
        """The largest |s[t]|, median over all that are trapped."""
        return np.median(np.abs(output_signal(self.fallen, TASK)).max(axis=1))

    @quoted("{:.2g}")
    def way_back_median(self):
        """∂κ[2T]/∂κ[0], median over all that are trapped."""
        return np.median(self._ways_back)

    @quoted()
    def way_back_amplifies(self):
        """In how many of them it is above 1."""
        return np.count_nonzero(self._ways_back > 1)

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
