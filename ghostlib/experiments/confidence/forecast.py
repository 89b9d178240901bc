"""At which confidence trapped networks recover, forecast from their distance to the threshold and their gradient."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.experiments.confidence.fig_4 import Lowered
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, one_digit, quoted
from ghostlib.toy import zone


@dataclass(frozen=True, eq=False)
class RecoveryForecast:
    """A forecast for the F trapped networks of Fig. 4 at its C confidences.

    lowered : Lowered, the trainings that it is about.
    """

    lowered: Lowered

    @cached_property
    def distances(self):
        """d = κ* − κ, by how much each network stays below its threshold in the second half of a trial, shape (F,)."""
        return TASK.kappa_star - self.lowered.fallen.latent(TASK)[:, TASK.T + 1 :].max(axis=1)

    @property
    def best_confidence(self):
        """Where each network learns most, Eq. (B47), shape (F,)."""
        return zone.best_confidence(self.distances)

    @cached_property
    def epochs(self):
        """Epochs until each network learns again at each confidence, Eq. (B26), shape (C, F)."""
        fallen, alpha = self.lowered.fallen, self.lowered.settings.alpha
        return np.array([plateau_duration(fallen, TASK, alpha, c) for c in self.lowered.confidences])

    @property
    def in_time(self):
        """Share of the networks that should learn again within the epochs of Fig. 4, shape (C,)."""
        return (self.epochs < self.lowered.settings.after).mean(axis=1)

    #: Distance of the network in the middle, and of the farthest one.
    distance = Quoted(lambda self: {"median": np.median(self.distances), "most": self.distances.max()}, "{:.1f}")

    @quoted(one_digit)
    def signal(self):
        """c ô(1 − ô) ≈ c e^(−c d) at the c of the training before and the median distance d."""
        c = self.lowered.settings.c
        return c * np.exp(-c * self.distance["median"])

    #: Lower and upper quartile of the best confidences.
    best = Quoted(
        lambda self: dict(zip(("low", "high"), np.quantile(self.best_confidence, (0.25, 0.75)), strict=True)), "{:.2f}"
    )

    @quoted("{:.1f}")
    def over_truth(self):
        """Median of forecast over truth, of all that take ten epochs or more at a confidence above 1."""
        late = self.lowered.confidences > 1
        first = outcomes.first_epoch(outcomes.has_task(self.lowered.after.accuracy[late]))
        slow = first >= 10
        return np.median(self.epochs[late][slow] / first[slow])

    @quoted(one_digit)
    def forecast(self):
        """Forecasts at the highest confidence, of those that are finite: the shortest, the median and the longest."""
        epochs = self.epochs[-1][np.isfinite(self.epochs[-1])]
        return {"least": epochs.min(), "median": np.median(epochs), "most": epochs.max()}

    #: How many forecasts at the highest confidence are infinite.
    infinite_count = Quoted(lambda self: np.sum(np.isinf(self.epochs[-1])))
