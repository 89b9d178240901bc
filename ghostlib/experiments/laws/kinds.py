"""The trainings of chapter 10, as pieces for `ghostlib.experiments.cache`, in a module of their own: what they gave is
kept on the disk as long as this file and what it imports stay the same.

Rates of networks are those of the loss divided by T. Areas are epochs times learning rate.
"""

from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.sharpness import sharpness
from ghostlib.experiments.bisection import bisect
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


C = 10.0
RATE, EVERY = 0.05, 20  # of the way along the plateau, which does not depend on the rate
LONGEST, STEPS = 5, 3000  # times the law of the plateau, and at least so many epochs, for that way


class Kind(NamedTuple):
    """What a network and its task are: T in steps, N, c, and Δt in ms."""

    T: int = 20
    N: int = 100
    c: float = C
    dt: float = 5.0

    @property
    def task(self):
        return DelayedActivation(T=self.T, dt=self.dt)


def plateau_law(networks, c=C):
    """The law of the plateau, exp(cκ*) (1 − n·m)² / (2c²|n|²), an area for each network."""
    gain = (1 - np.vecdot(networks.n, networks.m)) ** 2 / np.vecdot(networks.n, networks.n)
    return np.exp(c * DelayedActivation().kappa_star) / (2 * c**2) * gain


def after_plateau(kind, seeds):
    """The networks `seeds` where their plateau ends: at most `EVERY` epochs before the loss falls below 0.9."""
    networks = RankOne.initial(seeds, kind.N)
    area = LONGEST * np.median(plateau_law(networks, kind.c))
    rate = min(RATE, area / STEPS)
    history = train(networks, kind.task, rate, round(area / rate), kind.c, snapshots=EVERY, threads=1)
    end = outcomes.first_epoch(history.loss < outcomes.HIGH_LOSS)
    if np.any(end < 1):
        raise ValueError(f"seeds must leave the plateau within an area of {area:.0f}, got {np.array(seeds)[end < 1]}")
    return history.snapshots[(end - 1) // EVERY, np.arange(len(seeds))]


def critical_rates(T, N, c, dt, first, stop, low, high, epochs, halvings):
    """The rate from which on each of the networks first … stop − 1 is trapped, by halving the interval low … high.

    Returns
    -------
    rate : float array (B,), 0 where a network is trapped at `low`, infinite where it is not at `high`
    """
    kind = Kind(T, N, c, dt)
    start = after_plateau(kind, range(first, stop))

    def is_trapped_at(rate):
        return outcomes.trapped(train(start, kind.task, rate, epochs, c, threads=1).accuracy)

    beyond = np.where(is_trapped_at(low), 0, np.where(is_trapped_at(high), 1, np.inf))
    ends = (np.full(len(start), np.log(end)) for end in (low, high))
    below, above = bisect(lambda exponent: is_trapped_at(np.exp(exponent)), *ends, halvings)
    return (np.where(beyond == 1, np.exp((below + above) / 2), beyond),)


def falls_at(T, first, stop, rate, epochs):
    """From when on each of the networks first … stop − 1 is silent that is trapped in so many epochs after its plateau.

    Returns
    -------
    fall : float array (B,), an area; infinite where a network is not trapped
    """
    kind = Kind(T)
    accuracy = train(after_plateau(kind, range(first, stop)), kind.task, rate, epochs, C, threads=1).accuracy
    return (np.where(outcomes.trapped(accuracy), outcomes.silent_from(accuracy) * rate, np.inf),)


def late_outcomes(T, seeds, rate, area, every, looks):
    """What becomes of the networks 0 … seeds − 1 long after the jump, and how sharp their valley is until then.

    Returns
    -------
    jump, fall : float arrays (B,), areas: when the loss is first below ½, and from when on a trapped network is silent;
        infinite where it is not trapped
    at, sharp : float arrays (B, looks), areas, evenly from the jump to at most `every` epochs before the fall or the
        end, and sharpness times rate over 2 there
    """
    networks, task, epochs = RankOne.initial(range(seeds)), DelayedActivation(T=T), round(area / rate)
    history = train(networks, task, rate, epochs, C, snapshots=every)
    jump, trapped = outcomes.jump(history.loss), outcomes.trapped(history.accuracy)
    fall = np.where(trapped, outcomes.silent_from(history.accuracy), epochs)
    ends = np.linspace(jump // every + 1, (fall - 1) // every, looks, axis=-1).astype(int)
    seen = history.snapshots[ends, np.arange(seeds)[:, None]]
    sharp = sharpness(seen.reshape(-1), task, C).reshape(ends.shape) * rate / 2
    return jump * rate, np.where(trapped, fall * rate, np.inf), ends * every * rate, sharp


def plateau_areas(T, N, size, seeds):
    """The areas of the plateaus of the networks 0 … seeds − 1 with m and n multiplied by `size`, and those by the law.

    Returns
    -------
    area : float array (B,), up to a loss below ½; infinite where that does not come within three times the law
    law : float array (B,), `plateau_law`
    """
    drawn, task = RankOne.initial(range(seeds), N), DelayedActivation(T=T)
    networks = RankOne(size * drawn.m, size * drawn.n, drawn.b)
    law = plateau_law(networks)
    epoch = outcomes.jump(train(networks, task, RATE, round(3 * np.median(law) / RATE), C, threads=1).loss)
    return np.where(epoch >= 0, epoch * RATE, np.inf), law
