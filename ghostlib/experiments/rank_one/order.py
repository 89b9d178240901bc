"""The order of events around the jump, in many networks: ghost, sharp valley, first rise of the loss. Ours."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.events import Events, events_of_seed
from ghostlib.page.numbers import Quoted, counted, quoted


@dataclass(frozen=True, eq=False)
class EventOrder:
    """The events of the networks that jump, at one learning rate.

    alpha : float.
    asked : how many networks were trained.
    events : Events, arrays (B,), of those that jump.
    """

    alpha: float
    asked: int
    events: Events

    #: How many jump.
    jumped = Quoted(lambda self: len(self.events.jump))
    #: Where the loss first rises only after there is a ghost.
    ghost_first = Quoted(lambda self: self._count(self.has_ghost_first))
    #: Where it rises before.
    rise_first = Quoted(lambda self: self._count(~self.has_ghost_first))
    #: Where the valley is sharper than 2/α before the loss first rises.
    sharp_first = Quoted(lambda self: self._count(self.is_sharp_first))
    #: Where it is so before there is a ghost.
    sharp_before_ghost = Quoted(lambda self: self._count(self.is_sharp_first & (self.events.sharp < self._ghost)))
    #: Where the accuracy is 1 before there is a ghost.
    perfect_first = Quoted(lambda self: self._count((self.events.perfect >= 0) & (self.events.perfect < self._ghost)))
    #: The largest number of fixed points from the jump on; 0 if one count is not proved.
    most_fixed_points = Quoted(lambda self: self.events.number.max() if self.events.number.all() else 0)
    #: Epochs from the jump to the ghost.
    ghost_after = Quoted(lambda self: self._after(self.events.ghost), "{:.0f}")
    #: Epochs from the jump to the first rise.
    rise_after = Quoted(lambda self: self._after(self.events.rise), "{:.0f}")

    @quoted("{:.2f}")
    def way(self):
        """When the accuracy is first 1, medians of κ(0), and of the least f and the largest f′ from there to κ*."""
        return {name: np.nanmedian(getattr(self.events, name)) for name in ("start", "slowest", "slope")}

    #: Medians of the networks with a ghost before the loss first rises, and of those without: of the loss before that
    #: rise, of where κ comes to rest then, and of the epoch of the jump.
    loss_before = Quoted(lambda self: self._medians(self.events.loss_before_rise), "{:.2f}")
    resting = Quoted(lambda self: self._medians(self.events.resting), "{:.1f}")
    jump = Quoted(lambda self: self._medians(self.events.jump), "{:,.0f}")

    @cached_property
    def has_ghost_first(self):
        """Whether there is a ghost before the loss first rises, (B,)."""
        return self._ghost < self.events.rise

    @property
    def is_sharp_first(self):
        """Whether the valley is sharper than 2/α before the loss first rises, (B,)."""
        return (self.events.sharp >= 0) & (self.events.sharp < self.events.rise)

    @property
    def apart(self):
        """Epochs between the ghost and the first rise over those up to the jump, (B,); infinite without a ghost."""
        return np.abs(self._ghost - self.events.rise) / self.events.jump

    @property
    def precursors(self):
        """In how many a ghost comes before their accuracy is first 1, with the interval of their share."""
        return counted(self.jumped - self.perfect_first, self.jumped)

    @property
    def _ghost(self):
        return np.where(self.events.ghost >= 0, self.events.ghost, np.inf)

    def _count(self, which):
        return int(np.count_nonzero(which))

    def _after(self, epochs):
        waits = (epochs - self.events.jump)[epochs >= 0]
        return {"least": waits.min(), "median": np.median(waits), "most": waits.max()}

    def _medians(self, values):
        groups = {"with": self.has_ghost_first, "without": ~self.has_ghost_first}
        return {name: np.median(values[group]) for name, group in groups.items() if group.any()}


@dataclass(frozen=True, eq=False)
class EventOrders:
    """The order at the two learning rates of Fig. 3.

    low, high : EventOrder.
    """

    low: EventOrder
    high: EventOrder

    @quoted("{:.1%}", claim="fig-3a-destabilises", shown="within {:.1%} of the plateau, in nine of ten networks")
    def apart(self):
        """Nine networks in ten have their ghost and their first rise closer than this share of the epochs before."""
        return np.quantile(self.low.apart, 0.9)

    @quoted(claim="ghost-before-instability", shown="{self.counts}")
    def share(self):
        """Share of the networks, at both rates, in which the ghost comes before the loss first rises."""
        return np.mean(np.concatenate([self.low.has_ghost_first, self.high.has_ghost_first]))

    @quoted(claim="fig-3a-ghost-before-drop", shown="in {} of {self.jumped}")
    def ghosts_before_drop(self):
        """How many networks have, or may have, a ghost before their drop."""
        return sum(int(np.count_nonzero(each.events.bound_before >= 0)) for each in (self.low, self.high))

    #: Share of the epochs up to a loss below 0.1 in which it comes there from 0.9, median at the lower rate.
    fall = Quoted(
        lambda self: np.nanmedian(self.low.events.fall), "{:.1%}", claim="fig-3a-jump", shown="{:.1%} of all epochs"
    )
    #: By which factor the gradient norm rises at the jump, likewise.
    norm_rise = Quoted(lambda self: np.median(self.low.events.norm_rise), "{:.0f}", claim="fig-3a-gradient")
    #: Share of the epochs from the first rise on at which the loss turns, likewise.
    turning = Quoted(lambda self: np.median(self.low.events.turning), "{:.3f}", claim="fig-3a-oscillation")

    @quoted(claim="ghost-precursors", shown="{self.low.precursors} at α = {self.low.alpha:g}")
    def ghost_before_solution(self):
        """Share of the networks, at the lower rate, that have a ghost before their accuracy is first 1."""
        return 1 - self.low.perfect_first / self.low.jumped

    #: How many networks jump at the two rates together.
    jumped = Quoted(lambda self: self.low.jumped + self.high.jumped)

    @property
    def counts(self):
        """The share in words, with its interval at each rate."""
        return "; ".join(
            f"{counted(each.ghost_first, each.jumped)} at α = {each.alpha:g}" for each in (self.low, self.high)
        )


@dataclass(frozen=True)
class ManyOrders:
    """Fig. 3's two learning rates, a hundred networks: what comes first, ghost, sharp valley or oscillation. Ours."""

    seeds: int = 100
    alpha: tuple[float, float] = (0.003, 0.02)  # paper
    epochs: tuple[int, int] = (130_000, 6000)  # by then all have jumped at the lower; paper, at the higher

    def run(self):
        """All trainings, as `EventOrders`; each is kept on the disk once it is done."""
        return EventOrders(*(self._order(*each) for each in zip(self.alpha, self.epochs, strict=True)))

    def _order(self, alpha, epochs):
        done = cache.map_cached(events_of_seed, [(seed, alpha, epochs) for seed in range(self.seeds)])
        return EventOrder(alpha, self.seeds, gathered(done))


@dataclass(frozen=True, eq=False)
class OrderByRate:
    """The events of one network at several learning rates.

    alpha : array (A,).
    events : Events, arrays (A,).
    """

    alpha: np.ndarray
    events: Events

    #: Learning rate times the epochs from the jump to the ghost, at the lowest and at the highest rate that has one.
    ghost_clock = Quoted(lambda self: self._clock(self.events.ghost), "{:.2f}")
    #: Learning rate times the epochs from the jump to the first rise, at the lowest and at the highest rate.
    rise_clock = Quoted(lambda self: self._clock(self.events.rise), "{:.2f}")
    #: The highest learning rate at which the ghost comes first.
    ghost_first_to = Quoted(lambda self: self.alpha[self._ghost_first].max(), "{:g}")

    @property
    def _ghost_first(self):
        return (self.events.ghost >= 0) & (self.events.ghost < self.events.rise)

    def _clock(self, epochs):
        clock = (self.alpha * (epochs - self.events.jump))[epochs >= 0]
        return {"low": clock[0], "high": clock[-1]}


@dataclass(frozen=True)
class OneOrderByRate:
    """The order of events of Fig. 3A's network at other learning rates. Ours."""

    seed: int = 40
    alpha: tuple[float, ...] = (0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01)
    travel: float = 200.0  # α · epochs; the jump comes at about 100

    def run(self):
        """All trainings, as `OrderByRate`."""
        settings = [(self.seed, rate, round(self.travel / rate)) for rate in self.alpha]
        return OrderByRate(np.array(self.alpha), gathered(cache.map_cached(events_of_seed, settings)))


def gathered(results):
    """The `Events` of those of many networks that jump, arrays (B,)."""
    columns = Events(*(np.array(column) for column in zip(*results, strict=True)))
    return Events(*(column[columns.jump >= 0] for column in columns))


ORDERS = ManyOrders()
ORDER_BY_RATE = OneOrderByRate()
