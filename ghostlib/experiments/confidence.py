"""Fig. 4 and what the paper says beside it: networks that are trapped, and what brings them back.

The settings of `FIG_4` and `TRAINABLE_C` are the authors' code's; the paper's text gives the seeds' number, α, c and
6000 epochs too. Everything else is ours, in the same hundred networks. The task is `DelayedActivation`'s default.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments import cache, remedies
from ghostlib.experiments.copies import perturbed
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import History, train
from ghostlib.training.schedules import ramp, train_at, train_stages


TASK = DelayedActivation()


class Lowered(NamedTuple):
    """Networks trained at a high confidence, and those that were trapped trained on at each of several lower ones.

    before : History of all B networks.
    learned, trapped : bool arrays (B,), after it.
    fallen : RankOne, the trapped networks, F of them.
    confidences : float array (C,).
    after : History with leading axes (C, F), from the fall on.
    """

    before: History
    learned: np.ndarray
    trapped: np.ndarray
    fallen: RankOne
    confidences: np.ndarray
    after: History

    @property
    def recovered(self):
        """Share of the trapped networks that have recovered at the end, for each confidence, shape (C,)."""
        return outcomes.recovered(self.after.accuracy).mean(axis=1)

    @property
    def accuracy(self):
        """Mean accuracy of the trapped networks at the end, for each confidence, shape (C,)."""
        return self.after.accuracy[..., -1].mean(axis=1)

    def around(self, row, before, name="accuracy"):
        """One confidence, seen from some epochs before it was lowered: a curve for each trapped network.

        Parameters
        ----------
        row : int
            Which of the confidences.
        before : int
            How many epochs before.
        name : {"accuracy", "loss", "gradient_norm"}

        Returns
        -------
        epoch : int array (before + after + 1,)
        values : float array (F, before + after + 1)
        """
        first, then = getattr(self.before, name)[self.trapped], getattr(self.after, name)[row]
        start = self.before.epoch[-1]
        epoch = np.concatenate([np.arange(start - before, start), start + self.after.epoch])
        return epoch, np.concatenate([first[:, -before - 1 : -1], then], axis=1)


@dataclass(frozen=True)
class LoweredConfidence:
    """Fig. 4: a hundred networks trained at c = 10; the trapped ones trained on at thirty confidences."""

    seeds: int = 100
    alpha: float = 0.02
    c: float = 10.0
    epochs: int = 6000
    exponents: tuple[float, float] = (-3.0, 1.0)
    confidences: int = 30
    after: int = 100
    shown: tuple[int, int] = (5800, 6100)

    def run(self):
        """All trainings.

        Returns
        -------
        Lowered
        """
        before = train(RankOne.initial(np.arange(self.seeds)), TASK, self.alpha, self.epochs, self.c)
        trapped, confidences = outcomes.trapped(before.accuracy), np.logspace(*self.exponents, self.confidences)
        fallen = before.networks[trapped]
        after = train_at(fallen, TASK, self.alpha, self.after, confidences)
        return Lowered(before, outcomes.learned(before.accuracy), trapped, fallen, confidences, after)


class RepeatedOutcomes(NamedTuple):
    """Fig. 4's hundred networks, trained again and again from starts that differ by rounding; arrays (repeats, seeds).

    learned, trapped : bool.
    since : int, the epoch from which on a trapped network is silent; −1 for the others.
    """

    learned: np.ndarray
    trapped: np.ndarray
    since: np.ndarray


@dataclass(frozen=True)
class RepeatedTraining:
    """Fig. 4's two counts as distributions: initial m perturbed by one part in a million. Ours."""

    seeds: int = 100
    alpha: float = 0.02
    c: float = 10.0
    epochs: int = 6000
    repeats: int = 50
    perturbation: float = 1e-6

    def run(self, *, progress=False):
        """All repeats; each is kept on the disk once it is done.

        Parameters
        ----------
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        RepeatedOutcomes
        """
        settings = [
            (copy, self.seeds, self.alpha, self.epochs, self.c, self.perturbation) for copy in range(self.repeats)
        ]
        done = cache.map_cached(remedies.repeated_outcomes, settings, progress=progress)
        return RepeatedOutcomes(*(np.stack(column) for column in zip(*done, strict=True)))


class Returned(NamedTuple):
    """One way back to the original confidence, for F networks that were trapped, each in R copies.

    history : History with leading axes (R, F), from the moment when the confidence was lowered.
    loss : float array (R, F), at the end, at the original confidence.
    trapped : bool array (R, F), silent in the last 50 epochs.
    solved : bool array (R, F).
    """

    history: History
    loss: np.ndarray
    trapped: np.ndarray
    solved: np.ndarray


@dataclass(frozen=True)
class RestoredConfidence:
    """After the rescue: the confidence back to 10, at once and gradually. Ours."""

    alpha: float = 0.02
    c: float = 10.0
    low: float = 0.3
    rescue: int = 100
    epochs: int = 6000
    rises: tuple[float, ...] = (1.5, 1.1)
    every: int = 50
    copies: int = 5  # what comes after the rescue is chaotic: copies that differ by rounding
    perturbation: float = 1e-6

    def plans(self):
        """The legs of each way back, by name: at once, and raised by each factor every so many epochs."""
        back = {"at once": []}
        back |= {f"× {rise:g}": ramp(self.low * rise, self.c, rise=rise, every=self.every) for rise in self.rises}
        plans = {}
        for name, raising in back.items():
            rest = self.epochs - sum(epochs for epochs, _ in raising)
            plans[name] = [(self.rescue, self.low), *raising, (rest, self.c)]
        return plans

    def run(self, fallen):
        """Every way back.

        Parameters
        ----------
        fallen : RankOne
            Trapped networks, such as `Lowered.fallen`.

        Returns
        -------
        dict of str to Returned
        """
        returned = {}
        noise = np.random.default_rng(0).standard_normal((self.copies, *fallen.m.shape))
        m, n, b = fallen.m * (1 + self.perturbation * noise), fallen.n, fallen.b
        copies = RankOne(m, np.broadcast_to(n, m.shape), np.broadcast_to(b, m.shape))
        for name, plan in self.plans().items():
            history = train_stages(copies, TASK, self.alpha, plan)
            loss = outcomes.final_loss(history.networks, TASK, self.c)
            trapped = np.all(history.accuracy[..., -outcomes.LAST :] <= outcomes.SILENT, axis=-1)
            returned[name] = Returned(history, loss, trapped, outcomes.solved(history.accuracy, loss))
        return returned


class Trained(NamedTuple):
    """Confidence as a parameter.

    one : History of copies of one network, c trained.
    then : History of the copies that were trapped, c set to another value and trained on.
    hundred : History of the hundred networks, c trained.
    fixed : History of the same with c fixed.
    """

    one: History
    then: History
    hundred: History
    fixed: History


@dataclass(frozen=True)
class TrainedConfidence:
    """ "Data not shown": c is a parameter too, and starts at 10; at last it is set to 1 by hand."""

    seed: int = 40
    alpha: float = 0.02
    c: float = 10.0
    epochs: int = 10_000
    then_c: float = 1.0
    then_epochs: int = 10_000
    copies: int = 100  # ours: whether the one network is trapped depends on rounding
    perturbation: float = 1e-6  # ours
    seeds: int = 100  # ours

    def run(self):
        """The authors' network with copies of it, and the hundred networks.

        Returns
        -------
        Trained
        """
        copies = perturbed(RankOne.initial(self.seed), self.copies, self.perturbation)
        one = train(copies, TASK, self.alpha, self.epochs, self.c, learn_c=True)
        fallen = one.networks[outcomes.trapped(one.accuracy)]
        then = train(fallen, TASK, self.alpha, self.then_epochs, self.then_c, learn_c=True)
        networks = RankOne.initial(np.arange(self.seeds))
        hundred = train(networks, TASK, self.alpha, self.epochs, self.c, learn_c=True)
        return Trained(one, then, hundred, train(networks, TASK, self.alpha, self.epochs, self.c))


class MethodOutcomes(NamedTuple):
    """How networks end, by method and learning rate.

    methods : names, M of them.
    alpha : float array (A,).
    solved, trapped : bool arrays (M, A, seeds).
    loss : float array (M, A, seeds), at the end, at the original confidence.
    """

    methods: tuple[str, ...]
    alpha: np.ndarray
    solved: np.ndarray
    trapped: np.ndarray
    loss: np.ndarray


@dataclass(frozen=True)
class Remedies:
    """The schedule against plain descent, clipping and Adam: the same networks, learning rates and epochs. Ours."""

    methods: tuple[str, ...] = tuple(remedies.METHODS)
    alpha: tuple[float, ...] = (0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0)
    seeds: int = 100
    epochs: int = 6000
    c: float = 10.0

    def run(self, *, progress=False):
        """All trainings; each method at each learning rate is kept on the disk once it is done.

        Parameters
        ----------
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        MethodOutcomes
        """
        settings = [(method, rate, self.seeds, self.epochs, self.c) for method in self.methods for rate in self.alpha]
        done = cache.map_cached(remedies.remedy, settings, progress=progress)
        shape = (len(self.methods), len(self.alpha), self.seeds)
        solved, trapped, loss = (np.stack(column).reshape(shape) for column in zip(*done, strict=True))
        return MethodOutcomes(self.methods, np.array(self.alpha), solved, trapped, loss)


FIG_4 = LoweredConfidence()
FIG_4_REPEATS = RepeatedTraining()
RESTORED = RestoredConfidence()
TRAINABLE_C = TrainedConfidence()
REMEDIES = Remedies()
