r"""Chapter 10: the critical rate of a network from one straight line through its valley. Ours.

The line leads along the direction in which a small step moves the crossing of the threshold most; u grows from late
crossings to early ones. On it Eq. (15)'s argument holds as in the toy: a step −α dL/du from beside the best u must not
end in the zone, so that the rate at which one can is the least (u − zone) / (dL/du) above the best u.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments import cache
from ghostlib.experiments.bisection import bisect
from ghostlib.experiments.laws.critical import NetworkRates, power_of_long
from ghostlib.experiments.laws.kinds import C, Kind, after_plateau
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.page.numbers import Quoted, ends
from ghostlib.training import train


LOW, HIGH = -6.0, 4.0  # ends of a line, in 1/T
NEAR = 1.5  # within so much of the network, in 1/T, is the best point of its line
WAY = 201  # points on the way from κ(0) to the threshold
ABOVE = np.linspace(0, 2, 21)  # in 1/T, where a step along the whole gradient begins
HALVINGS = 10  # of the rate of such a step, from four times that from the line


class Silence(DelayedActivation):
    """To say zero throughout: what is wrong is all that comes after the crossing, so that its gradient moves that."""

    def target(self):
        """Zeros, shape (2T,)."""
        return np.zeros(self.steps)


def valley_lines(T, seeds, rate, area, points):
    """The lines through the valleys of the networks 0 … seeds − 1, trained at `rate` for an `area` after the plateau.

    Returns
    -------
    loss : float array (B, points), on the line, at u from LOW / T to HIGH / T
    alpha : float array (B,), the rate from the line
    zone, distance, slope : float arrays (B,): u where the zone ends, how far from there the step of that rate begins,
        and dL/du at its beginning
    speeds : float array (B, 2), the least and the largest f between κ(0) and the threshold
    constant_speed : float array (B,), the rate from `rate_at_constant_speed`
    whole_gradient : float array (B,), the rate from `critical_rate_of_gradient`
    ghost : bool array (B,), whether there is a ghost on that way
    learned : float array (B,), the area after which the loss is first below 0.1, that of the end if it never is
    young : float array (B,), the rate from the line through the network as it is then
    """
    task, u = DelayedActivation(T=T), np.linspace(LOW, HIGH, points) / T
    start, epochs = after_plateau(Kind(T), range(seeds)), round(area / rate)
    history = train(start, task, rate, epochs, C, threads=1)
    networks, first = history.networks.astype(np.float64), outcomes.first_epoch(history.loss < outcomes.LOW_LOSS)
    direction, loss, (alpha, zone, distance, slope) = through(networks, task, u)
    learned = np.where(first < 0, epochs, first)
    seen = train(start, task, rate, max(learned), C, record=[0], snapshots=learned, threads=1).snapshots
    young = through(seen[np.arange(seeds), np.arange(seeds)].astype(np.float64), task, u)[2][0]
    kappa = np.linspace(networks.latent(task)[:, 0], task.kappa_star, WAY, axis=-1)
    ghost = np.array([_has_ghost(*each) for each in zip(networks, kappa[:, 0], kappa[:, -1], strict=True)])
    whole_gradient = critical_rate_of_gradient(along(networks, direction, ABOVE / T), task, 4 * alpha)
    speeds, constant_speed = _speeds(networks, direction, kappa, T * task.delta)
    return loss, alpha, zone, distance, slope, speeds, constant_speed, whole_gradient, ghost, learned * rate, young


def through(networks, task, u):
    """The line through the valley of each of B networks: its direction, the loss at `u`, and the steps on it.

    Returns
    -------
    direction : RankOne (B,), unit vectors along which the crossing moves most
    loss : float array (B, U)
    steps : float array (4, B), as `critical_rate_on_line` gives them
    """
    _, gradient = loss_and_gradient(networks, Silence(T=task.T), C)
    direction = RankOne(*(x / gradient.norm()[:, None] for x in (gradient.m, gradient.n, gradient.b)))
    output = along(networks, direction, u).output(task, C)
    loss, silent = task.loss(output), task.accuracy(output) <= outcomes.SILENT
    steps = [critical_rate_on_line(u, *each, NEAR / task.T) for each in zip(loss, silent, strict=True)]
    return direction, loss, np.transpose(steps)


def along(networks, direction, u):
    """The networks θ + u · direction, shape (B, U), of networks and unit vectors of shape (B,)."""
    pairs = zip((networks.m, networks.n, networks.b), (direction.m, direction.n, direction.b), strict=True)
    return RankOne(*(x[..., None, :] + u[:, None] * towards[..., None, :] for x, towards in pairs))


def critical_rate_on_line(u, loss, silent, near):
    """The least rate at which a step from above the best u ends in the zone; where that ends, the length, dL/du.

    u, loss, silent : arrays (U,), `silent` where the output is. The best u is within `near` of 0.
    """
    best = np.where(np.abs(u) <= near, loss, np.inf).argmin()
    zone = u[:best][silent[:best]].max(initial=-np.inf)
    slope, distance = np.gradient(loss, u)[best + 1 :], u[best + 1 :] - zone
    rate = np.divide(distance, slope, out=np.full_like(slope, np.inf), where=slope > 0)
    place = rate.argmin()
    return rate[place], zone, distance[place], slope[place]


def critical_rate_of_gradient(networks, task, highest):
    """The least rate at which one step along the whole gradient ends in the zone, over networks (B, U); (B,).

    It is looked for by halving up to `highest` (B,), and infinite where that is not enough.
    """
    _, gradient = loss_and_gradient(networks, task, C)

    def ends_in_the_zone(alpha):
        step = alpha[..., None]
        there = RankOne(networks.m - step * gradient.m, networks.n - step * gradient.n, networks.b - step * gradient.b)
        return task.accuracy(there.output(task, C)) <= outcomes.SILENT

    highest = np.broadcast_to(highest[:, None], networks.shape)
    _, rate = bisect(ends_in_the_zone, np.zeros(networks.shape), highest, HALVINGS)
    return np.where(ends_in_the_zone(highest), rate, np.inf).min(axis=1)


def rate_at_constant_speed(length, gain, T):
    r"""The critical rate of a state that walks at one speed: α* = ℓ² / (2 g² T²).

    It takes t = ℓ / v for a way of length ℓ, and a step u changes its speed by g u. The best speed is ℓ/T, the zone
    begins at half of it, where t = 2T, so ℓ / (2gT) away; the loss |T − t| / T has the slope gT / ℓ beside its minimum.

    Parameters
    ----------
    length, gain : array_like
        ℓ, and g in units of 1/τ.
    T : float
        The delay in units of τ.
    """
    return length**2 / (2 * gain**2 * T**2)


def _speeds(networks, direction, kappa, T, step=1e-6):
    """The least and the largest f on the way, and the walking rate with the mean gain on it."""
    low, high = (_flow(along(networks, direction, np.array([u])), kappa) for u in (-step, step))
    middle, gain = (low + high) / 2, np.mean(high - low, axis=-1) / (2 * step)
    speeds = np.stack([middle.min(axis=-1), middle.max(axis=-1)], axis=-1)
    return speeds, rate_at_constant_speed(kappa[:, -1] - kappa[:, 0], gain, T)


def _has_ghost(network, start, stop):
    return any(point.kind == "ghost" and start < point.position < stop for point in slow_points(network))


def _flow(networks, kappa):
    """f of networks (B, 1) at κ (B, K)."""
    return RankOne(networks.m[:, 0], networks.n[:, 0], networks.b[:, 0]).flow(kappa)


@dataclass(frozen=True, eq=False)
class Valleys:
    """Lines through the valleys of S networks at D delays: float arrays (D, S, …) as `valley_lines` has them.

    settings : ValleyLines. rates : NetworkRates, measured.
    """

    settings: "ValleyLines"
    rates: NetworkRates
    loss: np.ndarray
    alpha: np.ndarray
    zone: np.ndarray
    distance: np.ndarray
    slope: np.ndarray
    speeds: np.ndarray
    constant_speed: np.ndarray
    whole_gradient: np.ndarray
    ghost: np.ndarray
    learned: np.ndarray
    young: np.ndarray

    #: How many networks there are.
    valley_networks = Quoted(lambda self: self.alpha.shape[1])
    #: The median of the rate from the line, by delay, and that over the measured one.
    valley_rate = Quoted(lambda self: self._by_delay(self.median), "{:.2g}")
    valley_over = Quoted(lambda self: self._by_delay(self._over_measured(self.alpha)), "{:.2f}")
    #: The least and the largest of these ratios, and of those for the networks as they were when they had just learned.
    valley_ratio = Quoted(lambda self: ends(self._over_measured(self.alpha)), "{:.2f}")
    young_ratio = Quoted(lambda self: ends(self._over_measured(self.young)), "{:.2f}")
    #: By delay, this ratio of the young ones, and when half of them had learned.
    young_over = Quoted(lambda self: self._by_delay(self._over_measured(self.young)), "{:.2f}")
    half_learned = Quoted(lambda self: self._by_delay(np.median(self.learned, axis=1)), "{:.1f}")
    #: One power for the long delays: of the rate from the line, with the ends of its interval, of distance and slope.
    valley_power = Quoted(lambda self: power_of_long(self.T, self.alpha), "{:.2f}")
    distance_power = Quoted(lambda self: power_of_long(self.T, self.distance)["fit"], "{:.2f}")
    slope_power = Quoted(lambda self: power_of_long(self.T, self.slope)["fit"], "{:.2f}")
    #: The largest speed on the way over the least, the median network's, at the delay where it is largest.
    uneven = Quoted(lambda self: self._uneven.max(), "{:.1f}")
    #: How many networks have a ghost on their way, by delay.
    on_the_way = Quoted(lambda self: self._by_delay(self.ghost.sum(axis=1)))
    #: The walking rate over that from the line: the least and the largest of the medians by delay.
    walk_over = Quoted(lambda self: ends(self._over_line(self.constant_speed)), "{:.2f}")
    #: By how much at most such a median for the whole gradient is off.
    whole_off = Quoted(lambda self: np.abs(self._over_line(self.whole_gradient) - 1).max(), "{:.1%}")

    @property
    def u(self):
        """Where on the lines the losses are, in 1/T, (points,)."""
        return np.linspace(LOW, HIGH, self.settings.points)

    @property
    def T(self):
        """The delays."""
        return self.settings.T

    @cached_property
    def median(self):
        """The median of the rates from the line, (D,)."""
        return np.median(self.alpha, axis=1)

    @cached_property
    def measured(self):
        """The median of the measured rates at these delays, and its interval, (D,) and (D, 2)."""
        places = [self.rates.T.index(T) for T in self.T]
        return self.rates.median[places], self.rates.interval[places]

    @property
    def eq_15(self):
        """Eq. (15) for these delays, as `NetworkRates` has it, (D,)."""
        return self.rates.eq_15[[self.rates.T.index(T) for T in self.T]]

    def _by_delay(self, values):
        return dict(zip(self.T, values, strict=True))

    def _over_measured(self, rates):
        return np.median(rates, axis=1) / self.measured[0]

    @property
    def _uneven(self):
        return np.median(self.speeds[..., 1] / self.speeds[..., 0], axis=1)

    def _over_line(self, rates):
        return np.median(rates / self.alpha, axis=1)


@dataclass(frozen=True)
class ValleyLines:
    """Chapter 10: calm networks of several delays, each with the line through its valley. Ours."""

    T: tuple[int, ...] = (10, 14, 20, 28, 40, 80)
    seeds: int = 16
    scale: float = 3.0  # the learning rate is this over T², about half of the critical one
    area: float = 8.0  # epochs times learning rate, after the plateau
    points: int = 2001

    def run(self, rates):
        """All lines, beside measured rates, as `Valleys`; each delay is kept on the disk once it is done."""
        settings = [(T, self.seeds, self.scale / T**2, self.area, self.points) for T in reversed(self.T)]
        done = cache.map_cached(valley_lines, settings)[::-1]  # the longest first
        return Valleys(self, rates, *map(np.stack, zip(*done, strict=True)))


VALLEY_LINES = ValleyLines()
