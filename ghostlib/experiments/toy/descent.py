"""Gradient descent on the toy's loss: Fig. 2B–D, and how long the plateau lasts.

Every setting of Fig. 2 is the authors' code's, except where a field's comment says that the paper's text gives it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import spearmanr

from ghostlib import toy
from ghostlib.page.numbers import Quoted, quoted, scientific
from ghostlib.toy import laws


@dataclass(frozen=True)
class TwoDescents:
    """Fig. 2B–C: gradient descent from 10 r*, below and above the critical learning rate."""

    T: float = 100.0  # paper
    r0_over_r_star: float = 10.0  # paper
    alpha: tuple[float, float] = (1e-10, 1e-9)  # the first is the paper's
    epochs: int = 3000

    def run(self):
        """A slow run and a fast one. Returns `Descents`."""
        run = toy.descend(self.r0_over_r_star * toy.r_star(self.T), np.array(self.alpha), self.T, self.epochs)
        return Descents(r=run.r, loss=run.loss, settings=self)


@dataclass(frozen=True)
class Descents:
    """The slow run and the fast one, epoch by epoch.

    r, loss : shape (2, epochs + 1), the loss in time units.
    settings : TwoDescents.
    """

    r: np.ndarray
    loss: np.ndarray
    settings: TwoDescents

    @cached_property
    def rho(self):
        """r/r*, shape (2, epochs + 1)."""
        return self.r / toy.r_star(self.settings.T)

    #: α/α* of the slow run.
    a_slow = Quoted(lambda self: self.settings.alpha[0] / toy.alpha_star(self.settings.T), "{:.4f}")
    #: α/α* of the fast run.
    a_fast = Quoted(lambda self: self.settings.alpha[1] / toy.alpha_star(self.settings.T), "{:.3f}")
    #: The epoch at which the slow run has lost half of its first loss.
    half_at = Quoted(lambda self: int(np.argmax(self.loss[0] < self.loss[0, 0] / 2)), "{:,}", claim="fig-2b-jump")
    #: The epoch at which it is first below r*.
    arrival = Quoted(lambda self: int(np.argmax(self.rho[0] < 1)), "{:,}")
    #: The epochs in which it loses the other half.
    fall = Quoted(lambda self: self.arrival - self.half_at)
    #: The part of the plateau that these are.
    share_of_the_fall = Quoted(lambda self: self.fall / self.arrival, "{:.2%}", claim="fig-2b-abrupt")

    @quoted("{:.2%}")
    def share_by_law(self):
        """The same by Eq. (B15)."""
        rho0 = self.settings.r0_over_r_star
        return laws.plateau_duration(4 / (1 + rho0**-0.5) ** 2, 1) / laws.plateau_duration(rho0, 1)

    #: The epoch of arrival by Eq. (B14).
    smooth_arrival = Quoted(lambda self: laws.plateau_duration(self.settings.r0_over_r_star, self.a_slow), "{:,.2f}")
    #: The epoch of arrival by Eq. (B16).
    steps_arrival = Quoted(
        lambda self: laws.plateau_duration_in_steps(self.settings.r0_over_r_star, self.a_slow), "{:,.2f}"
    )
    #: The difference of the two.
    log_correction = Quoted(lambda self: self.steps_arrival - self.smooth_arrival, "{:.2f}")
    #: Whether r > 0 in both runs from the first epoch to the last.
    no_bifurcation = Quoted(lambda self: bool(np.all(self.r > 0)), claim="fig-2c-no-bifurcation")

    #: Whether the slow run is ever without a ghost, so that one could emerge.
    ghost_emerges = Quoted(lambda self: bool(np.any(self.r[0] <= 0)), claim="toy-ghost-destabilises")
    #: Whether it comes between r*/4 and r* before its loss has dropped.
    sees_the_steep_side = Quoted(lambda self: bool(np.any(self.rho[0, : self.half_at] < 1)), claim="fig-2a-steep")

    @quoted("{:.0%}", claim="fig-2c-oscillation")
    def switches(self):
        """The share of the epochs after its arrival in which the slow run changes sides."""
        below = self.rho[0, self.arrival :] < 1
        return np.mean(below[:-1] != below[1:])

    #: The mean loss of its last thousand epochs, over T.
    mean_loss = Quoted(lambda self: (self.loss[0, -1000:] / self.settings.T).mean(), "{:.4f}", claim="fig-2c-zero-loss")
    #: The same by Eq. (B17).
    mean_loss_by_law = Quoted(lambda self: laws.mean_loss(self.a_slow), "{:.4f}")

    @quoted("{:.1f}")
    def slip(self):
        """The mean number of epochs from one pair of steps down to the next."""
        above = self.rho[0, self.arrival : -1] > 1
        return np.mean(np.diff(np.flatnonzero(above[:-1] & above[1:])))

    #: The same by Eq. (B22).
    slip_by_law = Quoted(lambda self: laws.slip_interval(self.a_slow), "{:.1f}")
    #: The epoch at which the fast run is first in the no-learning zone.
    trapped_at = Quoted(lambda self: int(np.argmax(self.rho[1] < 0.25)))
    #: Where it ends, r/r*.
    end_fast = Quoted(lambda self: self.rho[1, -1], "{:.3f}")
    #: Whether it ends in the no-learning zone.
    fast_is_trapped = Quoted(lambda self: bool(self.end_fast < 0.25), claim="fig-2c-trapped")


@dataclass(frozen=True)
class ManyArrivals:
    """The epoch of arrival for many starts and learning rates, against Eq. (B16). Ours, not in the paper."""

    rho0: tuple[float, float] = (1.5, 20.0)
    starts: int = 38
    a: tuple[float, float] = (0.02, 1.0)
    rates: int = 25
    epochs: int = 50_000

    def run(self):
        """Each run until it is at or below r*. Returns `Arrivals`."""
        rho0, a = np.linspace(*self.rho0, self.starts), np.geomspace(*self.a, self.rates)
        epoch = [np.argmax(toy.descend_rescaled(start, a, self.epochs) <= 1, axis=-1) for start in rho0]
        return Arrivals(epoch=np.array(epoch), predicted=laws.plateau_duration_in_steps(rho0[:, None], a))


@dataclass(frozen=True)
class Arrivals:
    """When runs arrive at r*, shape (starts, rates).

    epoch : the first epoch at which ρ ≤ 1.
    predicted : Eq. (B16).
    """

    epoch: np.ndarray
    predicted: np.ndarray

    #: The number of runs.
    late_runs = Quoted(lambda self: self.epoch.size, "{:,}")
    #: By how many epochs a run is late at least.
    late_low = Quoted(lambda self: np.min(self.epoch - self.predicted), "{:.2f}")
    #: By how many epochs a run is late at most.
    late_high = Quoted(lambda self: np.max(self.epoch - self.predicted), "{:.2f}")


@dataclass(frozen=True)
class LearningRateSweep:
    """Fig. 2D: the loss after so many epochs, over learning rates, ten starts each around 10 r*."""

    T: float = 100.0  # paper
    alpha_exponents: tuple[float, float] = (-11.0, -8.0)
    rates: int = 100
    starts: int = 10  # paper
    r0_over_r_star: float = 10.0  # paper
    spread_over_r_star: float = 0.1  # paper: the standard deviation of r0
    epochs: tuple[int, ...] = (1000, 2000, 3000, 5000, 10_000)
    after: int = 600  # ours: a single epoch reads the beat of the oscillation, not its mean
    seed: int = 0  # ours: the authors set none

    def run(self):
        """All runs, read at the five epochs and on average after the last. Returns `Sweep`."""
        alpha = np.logspace(*self.alpha_exponents, self.rates)
        draw = np.random.default_rng(self.seed).standard_normal((self.rates, self.starts))
        r0 = (self.r0_over_r_star + self.spread_over_r_star * draw) * toy.r_star(self.T)
        every = int(np.gcd.reduce(self.epochs))
        run = toy.descend(r0, alpha[:, None], self.T, max(self.epochs), every=every)
        epochs = np.array(self.epochs)
        late = toy.descend(run.r[..., -1], alpha[:, None], self.T, self.after).loss.mean(axis=(-2, -1))
        return Sweep(alpha=alpha, epochs=epochs, loss=run.loss[..., epochs // every], late=late, settings=self)


@dataclass(frozen=True)
class LossByRate:
    """The loss against the learning rate after given numbers of epochs.

    alpha : shape (A,), ascending.
    epochs : shape (E,), when the loss was read.
    loss : shape (A, S, E), of each of S runs.
    """

    alpha: np.ndarray
    epochs: np.ndarray
    loss: np.ndarray

    def mean(self):
        """Mean over the runs, shape (A, E)."""
        return self.loss.mean(axis=1)

    def sem(self):
        """Standard error of that mean, shape (A, E)."""
        return self.loss.std(axis=1, ddof=1) / np.sqrt(self.loss.shape[1])


@dataclass(frozen=True)
class Sweep(LossByRate):
    """The same for the toy model, one run per start, in time units.

    late : shape (A,), the loss of all runs, averaged over `after` more epochs.
    settings : LearningRateSweep.
    """

    late: np.ndarray
    settings: LearningRateSweep

    @cached_property
    def a(self):
        """α/α*, shape (A,)."""
        return self.alpha / toy.alpha_star(self.settings.T)

    @cached_property
    def free(self):
        """How many runs of each learning rate are not trapped after the last epoch, shape (A,)."""
        return (self.loss[..., -1] < self.settings.T).sum(axis=1)

    @cached_property
    def learned(self):
        """Learning rates below α* at which all runs have a last loss below T/4: boolean, shape (A,)."""
        return (self.a < 1) & np.all(self.loss[..., -1] < self.settings.T / 4, axis=1)

    #: The largest learning rate at which any run is still free.
    last_rate = Quoted(lambda self: self.alpha[np.flatnonzero(self.free)[-1]], scientific, claim="fig-2d-maximum-rate")
    #: The same over α*.
    last_a = Quoted(lambda self: self.last_rate / toy.alpha_star(self.settings.T), "{:.3f}")
    #: How many runs are free there.
    last_free = Quoted(lambda self: self.free[self.free > 0][-1])
    #: Rank correlation of the learning rate and the mean last loss, where runs have learned.
    rank_correlation = Quoted(
        lambda self: spearmanr(self.alpha[self.learned], self.mean()[self.learned, -1]).statistic,
        "{:.2f}",
        claim="fig-2d-lower-error",
    )
    #: The same with the loss averaged over the epochs that follow.
    rank_correlation_late = Quoted(
        lambda self: spearmanr(self.alpha[self.learned], self.late[self.learned]).statistic, "{:.2f}"
    )
    #: The least α/α* with a mean loss below T/2 at the first reading.
    least_a = Quoted(
        lambda self: self.a[self.mean()[:, 0] < self.settings.T / 2].min(), "{:.2f}", claim="fig-2d-few-epochs"
    )
    #: The α/α* that arrives by then, by Eq. (B14).
    least_a_by_law = Quoted(
        lambda self: laws.plateau_duration(self.settings.r0_over_r_star, 1) / self.epochs[0], "{:.2f}"
    )

    @quoted("{:.1%}")
    def distance_from_law(self):
        """The largest relative distance of the averaged loss from Eq. (B17), for a < 0.3."""
        small = self.learned & (self.a < 0.3)
        return np.max(np.abs(self.late[small] / self.settings.T / laws.mean_loss(self.a[small]) - 1))

    #: Over how many epochs it was averaged.
    after = Quoted(lambda self: self.settings.after)


FIG_2BC = TwoDescents()
PLATEAUS = ManyArrivals()
FIG_2D = LearningRateSweep()
