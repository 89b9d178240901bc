"""Fig. 3B: the network at a high learning rate falls into the no-learning zone; whether many networks fall alike.

Every setting is the authors' code's, except where a field's comment says that the paper's text gives it, or that it is
ours. The confidence is c = 10 throughout, from the paper. Epochs that never come are −1.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from ghostlib import outcomes
from ghostlib.dynamics.bifurcations import interpolate, saddle_node_between
from ghostlib.dynamics.slow_points import count_fixed_points
from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.copies import outcomes_of_copy, perturbed, returned_in_copy
from ghostlib.experiments.rank_one.courses import FixedPointCourse, networks_at, train_counting_fixed_points
from ghostlib.experiments.rank_one.events import first_ghost
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, one_digit, quoted
from ghostlib.training import train


@dataclass(frozen=True)
class HighRateTraining:
    """Copies of one network, and the first of them whose last good update makes one fixed point three.

    settings : HighRate.
    history : History of all copies, after every epoch.
    copy : which one is the first; 0 is the network itself.
    course : FixedPointCourse of that copy.
    before, after : its networks one epoch before it is silent for good, and at that epoch.
    """

    settings: "HighRate"
    history: History
    copy: int
    course: FixedPointCourse
    before: RankOne
    after: RankOne

    @cached_property
    def trapped(self):
        """Whether each copy is trapped, shape (copies,)."""
        return outcomes.trapped(self.history.accuracy)

    @cached_property
    def saddle_node(self):
        """The saddle-node bifurcation within the last good update, as `SaddleNode`."""
        return saddle_node_between(self.before, self.after)

    @cached_property
    def ghost_appears(self):
        """The first epoch from the jump on with a ghost."""
        networks = self.settings.networks_at(self.copy, range(self.jump, self.fall))
        return self.jump + first_ghost(networks)

    #: What the prose calls the copy.
    copy_name = Quoted(lambda self: f"copy {self.copy}" if self.copy else "the network itself")

    @cached_property
    def jump(self):
        """The first epoch with a loss below ½."""
        return self.course.jump

    #: Learning rate times epoch of the jump.
    rate_times_jump = Quoted(lambda self: self.settings.alpha * self.jump, "{:.1f}")

    @cached_property
    def fall(self):
        """The epoch from which on the output is silent."""
        return int(outcomes.silent_from(self.course.accuracy))

    #: The epoch before.
    last_good = Quoted(lambda self: self.fall - 1, "{:,}")
    #: The loss at the last good epoch.
    last_loss = Quoted(lambda self: self.course.loss[self.last_good], "{:.2f}")
    #: The gradient norm at the last good epoch.
    last_norm = Quoted(lambda self: self.course.gradient_norm[self.last_good], "{:.1f}")
    #: The gradient norm at the end.
    final_norm = Quoted(lambda self: self.course.gradient_norm[-1], one_digit)
    #: Share of the last good update at which the saddle-node bifurcation happens.
    saddle_node_share = Quoted(lambda self: self.saddle_node.share, "{:.0%}")

    @quoted("{:.0%}")
    def trap_share(self):
        """Share of that update at which the flow at κ(0) turns to the left; all of it where it does not."""
        share = self.saddle_node.share
        return brentq(self._start_flow, share, 1) if self._start_flow(1) < 0 else 1.0

    #: How many copies there are.
    copies = Quoted(lambda self: self.trapped.size)
    #: How many of them are trapped.
    copies_trapped = Quoted(lambda self: np.count_nonzero(self.trapped))

    @quoted("{:,}")
    def falls(self):
        """The epochs from which on the first and the last of these are silent."""
        epochs = outcomes.silent_from(self.history.accuracy[self.trapped])
        return {"first": epochs.min(), "last": epochs.max()}

    #: The gradient norm at the end, median over the trapped copies.
    norm_median = Quoted(
        lambda self: np.median(self.history.gradient_norm[self.trapped, -1].astype(float)),
        one_digit,
    )

    @quoted()
    def jumps(self):
        """When the copies jump."""
        first, last = self._jumps.min(), self._jumps.max()
        return f"epoch {first:,}" if first == last else f"epochs {first:,} to {last:,}"

    @quoted(one_digit)
    def spread(self):
        """How far apart their losses are, over their mean, 50 epochs and one epoch before the first jump."""
        spread = np.ptp(self.history.loss, axis=0) / self.history.loss.mean(axis=0)
        return {before: spread[self._jumps.min() - before] for before in (50, 1)}

    @cached_property
    def _jumps(self):
        return outcomes.jump(self.history.loss)

    def _start_flow(self, share):
        network = interpolate(self.before, self.after, share)
        return float(network.flow(network.kappa0(TASK)))


@dataclass(frozen=True)
class HighRate:
    """Fig. 3B: the same network at a high learning rate, and copies of it that differ by rounding; one that falls."""

    seed: int = 40
    alpha: float = 0.02
    epochs: int = 6000
    interval: tuple[float, float] = (-15.0, 15.0)  # paper
    copies: int = 20  # ours: which trajectory is followed after the jump depends on rounding
    perturbation: float = 1e-6  # ours

    def initial(self):
        """The copies before training, shape (copies,); the first is the network itself."""
        return perturbed(RankOne.initial(self.seed), self.copies, self.perturbation)

    def run(self):
        """All copies trained, and one that is trapped with its fixed points counted, as `HighRateTraining`.

        It is the first in whose flow the saddle-node bifurcation happens in the very update that silences its output;
        if there is none, ValueError is raised.
        """
        history = train(self.initial(), TASK, self.alpha, self.epochs)
        for copy in np.flatnonzero(outcomes.trapped(history.accuracy)).tolist():
            fall = int(outcomes.silent_from(history.accuracy[copy]))
            pair = self.networks_at(copy, [fall - 1, fall])
            if count_fixed_points(pair).number.tolist() == [1, 3]:
                network = self.initial()[copy]
                course = train_counting_fixed_points(network, self.alpha, self.epochs, self.interval)
                return HighRateTraining(self, history, copy, course, *pair)
        raise ValueError(
            f"copies: none of {self.copies} is trapped by a saddle-node within {self.epochs} epochs; expected one"
        )

    def networks_at(self, copy, epochs):
        """One copy at some epochs, in their order, by training once more: `courses.networks_at`."""
        return networks_at(self.initial()[copy], self.alpha, epochs)


@dataclass(frozen=True)
class NetworkOutcomes:
    """What becomes of many networks, each in copies that differ by rounding; the first copy is the network itself.

    settings : ManyNetworks.
    learned, trapped : bool arrays (copies, seeds), as in `outcomes`.
    returned : bool array (copies, seeds), trapped, and above chance again at some epoch of a longer training.
    fixed_points : int array (copies, seeds), those of the latent flow at the end.
    """

    settings: "ManyNetworks"
    learned: np.ndarray
    trapped: np.ndarray
    returned: np.ndarray
    fixed_points: np.ndarray

    #: How many networks are trapped in the run of the networks themselves.
    trapped_once = Quoted(lambda self: np.count_nonzero(self.trapped[0]))
    #: How often each network is trained.
    copies = Quoted(lambda self: len(self.trapped))
    #: How many networks are trapped in all copies.
    trapped_all = Quoted(lambda self: np.count_nonzero(self.trapped))
    #: How many of these have three fixed points at the end.
    trapped_three = Quoted(lambda self: np.count_nonzero(self._behind))
    #: How many are not trapped.
    others = Quoted(lambda self: np.count_nonzero(~self.trapped))
    #: How many of these have three fixed points at the end.
    others_three = Quoted(lambda self: np.count_nonzero(~self.trapped & (self.fixed_points == 3)))
    #: Epochs for which the trapped are trained on.
    longer = Quoted(lambda self: self.settings.longer, "{:,}")
    #: Share of the trapped with three fixed points that get the task back.
    three_return = Quoted(lambda self: self.returned[self._behind].mean(), "{:.0%}")
    #: How many of the trapped have one fixed point at the end.
    trapped_one = Quoted(lambda self: np.count_nonzero(self.trapped & (self.fixed_points == 1)))
    #: How many of these get the task back.
    one_return = Quoted(lambda self: np.count_nonzero(self.returned & (self.fixed_points == 1)))
    #: Share of the trapped that have three fixed points at the end.
    share_three = Quoted(
        lambda self: self.trapped_three / self.trapped_all,
        "{:.0%}",
        claim="fig-3b-bifurcation",
        shown="{self.trapped_three} of {self.trapped_all} trapped networks",
    )

    @property
    def _behind(self):
        return self.trapped & (self.fixed_points == 3)


@dataclass(frozen=True)
class ManyNetworks:
    """Fig. 3B for many: the hundred networks of Fig. 4, who falls, with what flow, and whether they come back.

    Ours: the paper shows the saddle-node bifurcation of one network.
    """

    seeds: int = 100
    alpha: float = 0.02
    epochs: int = 6000
    copies: int = 10  # who is trapped depends on rounding
    perturbation: float = 1e-6
    longer: int = 100_000  # epochs more for those that are trapped

    def run(self):
        """All copies trained and the trapped trained on, seen at the end: `NetworkOutcomes`."""
        copies = [(copy, self.seeds, self.perturbation, self.alpha, self.epochs) for copy in range(self.copies)]
        learned, trapped, _, m, n, b = map(np.stack, zip(*cache.map_cached(outcomes_of_copy, copies), strict=True))
        returned = cache.map_cached(returned_in_copy, [(*copy, self.longer) for copy in copies])
        return NetworkOutcomes(
            settings=self,
            learned=learned,
            trapped=trapped,
            returned=np.concatenate(returned),
            fixed_points=count_fixed_points(RankOne(m, n, b)).number,
        )


FIG_3B = HighRate()
MANY_NETWORKS = ManyNetworks()
