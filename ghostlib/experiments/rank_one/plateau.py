"""The plateau of a silent network and the jump at its end (chapter 01). Ours; the paper shows only that they are there.

Epochs that never come are −1.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from scipy.stats import spearmanr

from ghostlib import outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, ends, quoted, scientific
from ghostlib.training import train
from ghostlib.training.schedules import train_at


C = 10.0


def typical_plateau_duration(alpha, c, kappa_star=1.0):
    """Epochs on the plateau of an untrained rank-one network, whatever its weights, exp(cκ*) / (2αc²): Eq. (B27)."""
    return np.exp(c * kappa_star) / (2 * alpha * c**2)


@dataclass(frozen=True)
class Plateau:
    """One training from a silent start at c = 10: its jump, and two forecasts of it from one epoch's loss and gradient.

    history : History of a single network, every epoch.
    alpha : its learning rate.
    stand : an epoch on the plateau, at which the forecasts are read.
    """

    history: History
    alpha: float
    stand: int = 4000

    #: The first epoch with a loss below ½.
    jump = Quoted(lambda self: int(outcomes.jump(self.history.loss)), "{:,}")
    #: Epochs in which the loss falls from 0.9 to below ½.
    fall = Quoted(lambda self: self.jump - int(outcomes.first_epoch(self.history.loss < outcomes.HIGH_LOSS)))
    #: The first epoch with the best accuracy of the run.
    best = Quoted(lambda self: int(np.argmax(self.history.accuracy)), "{:,}")
    #: The best accuracy of the run.
    best_accuracy = Quoted(lambda self: self.history.accuracy[self.best], "{:.0%}")
    #: The best accuracy up to shortly before the jump.
    plateau_accuracy = Quoted(lambda self: self.history.accuracy[: self.jump - 5].max(), "{:.0%}")
    #: Epochs from the jump to the best accuracy.
    from_jump_to_best = Quoted(lambda self: self.best - self.jump)
    #: Epochs from `stand` to the jump.
    to_go = Quoted(lambda self: self.jump - self.stand, "{:,}")
    #: The loss at `stand`.
    loss_at_stand = Quoted(lambda self: self.history.loss[self.stand], "{:.4f}")
    #: 1 − L at `stand`.
    gain_at_stand = Quoted(lambda self: 1 - self.history.loss[self.stand], partial(scientific, digits=1))

    @cached_property
    def by_ruler(self):
        """Epochs to go, forecast at every epoch before the jump as the way down to ½ over the pace α|∇L|²."""
        return (self.history.loss[: self.jump] - outcomes.JUMP) / self._pace

    @cached_property
    def by_law(self):
        """Epochs to go, forecast at every epoch before the jump by (1 − L) / (α|∇L|²), Eq. (B26)."""
        return (1 - self.history.loss[: self.jump]) / self._pace

    #: What the ruler says at `stand`, in millions of epochs.
    ruler_in_millions = Quoted(lambda self: self.by_ruler[self.stand] / 1e6, "{:.1f} million")
    #: By how much the ruler's forecast at `stand` is too long.
    ruler_factor = Quoted(lambda self: self.by_ruler[self.stand] / self.to_go, "{:,.0f}")
    #: What the law says at epoch 0.
    law_at_start = Quoted(lambda self: self.by_law[0], "{:,.0f}")
    #: By how much the law's forecast at epoch 0 is too long.
    law_error = Quoted(lambda self: self.by_law[0] / self.jump - 1, "{:.0%}")

    @quoted("{:.2f}")
    def k(self):
        """k = |∇L| / (c(1 − L)) at epoch 0 and at `stand`."""
        epochs = [0, self.stand]
        k = self.history.gradient_norm[epochs] / (C * (1 - self.history.loss[epochs]))
        return dict(zip(("start", "stand"), k, strict=True))

    @property
    def _pace(self):
        return self.alpha * self.history.gradient_norm[: self.jump] ** 2


@dataclass(frozen=True)
class Plateaus:
    """The plateaus of many networks, each with a forecast made before its first step.

    forecast : array (B,), in epochs, Eq. (B26).
    first_norm : array (B,), the gradient norm at epoch 0.
    loss : array (B, E), every epoch.
    stop : when the paper stops its training.
    """

    forecast: np.ndarray
    first_norm: np.ndarray
    loss: np.ndarray
    stop: int

    @cached_property
    def jump(self):
        """The epoch of the jump, shape (B,)."""
        return outcomes.jump(self.loss)

    #: How many networks jump.
    jumped = Quoted(lambda self: np.count_nonzero(self.jump >= 0))
    #: How many do so before the paper's training stops.
    in_time = Quoted(lambda self: np.count_nonzero(self._jumps <= self.stop))
    #: How many do so later.
    stopped = Quoted(lambda self: self.jumped - self.in_time)

    #: By how much the forecasts are too long, as a share of the truth.
    error = Quoted(lambda self: ends(self.forecast[self.jump >= 0] / self._jumps - 1), "{:.0%}")

    @quoted("{:.3f}")
    def rank_correlation(self):
        """Spearman's, of the first gradient norm and the epoch of the jump."""
        reached = self.jump >= 0
        return spearmanr(self.first_norm[reached], self._jumps).statistic

    #: The epochs of the first and of the last jump.
    epoch = Quoted(lambda self: {"first": self._jumps.min(), "last": self._jumps.max()}, "{:,}")
    #: Which networks these are.
    seed = Quoted(lambda self: {name: np.flatnonzero(self.jump == epoch)[0] for name, epoch in self.epoch.items()})

    @quoted("{:.0f}")
    def fall(self):
        """Epochs in which the loss falls from 0.9 to below ½, over all that jump."""
        falls = (self.jump - self._begin)[self.jump >= 0]
        return {"median": np.median(falls), "most": falls.max()}

    #: How many get down to a loss below 0.1.
    got_low = Quoted(lambda self: np.count_nonzero(self._low >= 0))

    @quoted("{:.1%}", claim="rnn-abrupt", shown="{:.1%} of the epochs")
    def share(self):
        """Share of the epochs up to a loss below 0.1 in which it comes there from 0.9, median over those that do."""
        low = self._low >= 0
        return np.median(1 - self._begin[low] / self._low[low])

    @property
    def _jumps(self):
        return self.jump[self.jump >= 0]

    @property
    def _begin(self):
        return outcomes.first_epoch(self.loss < outcomes.HIGH_LOSS)

    @property
    def _low(self):
        return outcomes.first_epoch(self.loss < outcomes.LOW_LOSS)


@dataclass(frozen=True)
class HundredPlateaus:
    """Chapter 01: the hundred networks of Fig. 4 trained until they jump, each with a forecast made before."""

    seeds: int = 100  # paper
    alpha: float = 0.02  # paper
    epochs: int = 10_000
    stop: int = 6000  # paper

    def run(self):
        """Forecasts and trainings, as `Plateaus`."""
        networks = RankOne.initial(range(self.seeds))
        history = train(networks, TASK, self.alpha, self.epochs)
        forecast = plateau_duration(networks, TASK, self.alpha, C)
        return Plateaus(forecast, history.gradient_norm[:, 0], history.loss, self.stop)


@dataclass(frozen=True)
class PlateauDurations:
    """The plateau of one network over the learning rate and over the confidence.

    alpha, by_alpha : arrays (A,), learning rates, and the epochs of the jump there at c = 10.
    c, by_c : arrays (C,), confidences, and the epochs until the loss is half of its first value.
    alpha_c : the learning rate at which the confidences were tried.
    """

    alpha: np.ndarray
    by_alpha: np.ndarray
    c: np.ndarray
    by_c: np.ndarray
    alpha_c: float

    #: Plateau times learning rate, median over the learning rates below 0.05.
    area = Quoted(lambda self: np.median(self._areas), "{:.0f}")
    #: How far apart these products are, over their median.
    area_spread = Quoted(lambda self: np.ptp(self._areas) / self.area, "{:.1%}")
    #: The plateau at two confidences.
    plateau = Quoted(lambda self: {c: self.by_c[self.c == c][0] for c in (5, 10)}, "{:,}")

    #: The plateau over Eq. (B27), over the confidences.
    law_ratio = Quoted(lambda self: ends(self.by_c / typical_plateau_duration(self.alpha_c, self.c)), "{:.2f}")

    @property
    def _areas(self):
        return (self.alpha * self.by_alpha)[self.alpha < 0.05]


@dataclass(frozen=True)
class TwoKnobs:
    """Chapter 01: how the plateau of one network depends on the learning rate and on the confidence."""

    seed: int = 40
    alpha_exponents: tuple[float, float] = (-3.0, -1.0)
    rates: int = 9
    confidences: tuple[float, ...] = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0)
    alpha: float = 0.02  # at which the confidences are tried
    epochs: int = 12_000  # for them

    def run(self):
        """Trainings at every rate and at every confidence, as `PlateauDurations`."""
        network, c = RankOne.initial(self.seed), np.array(self.confidences)
        alpha = np.logspace(*self.alpha_exponents, self.rates)
        # The plateau lasts about 100/α epochs.
        by_alpha = [outcomes.jump(train(network, TASK, rate, int(120 / rate)).loss) for rate in alpha]
        loss = train_at(network, TASK, self.alpha, self.epochs, c).loss
        by_c = outcomes.first_epoch(loss < loss[:, :1] / 2)
        return PlateauDurations(alpha, np.array(by_alpha), c, by_c, self.alpha)


HUNDRED_PLATEAUS = HundredPlateaus()
TWO_KNOBS = TwoKnobs()
