"""The training of Fig. 3A at several time steps, in a module of its own: its results are kept on the disk as long as
what it imports, the networks and their trainer, stays the same.
"""

import numpy as np

from ghostlib import outcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


LOWEST_LOSS = 1e-3  # below it the network has left the oscillations


def with_step(dt, delay=100.0):
    """The task with another time step Δt, and as many of them as make up the same delay, both in ms."""
    return DelayedActivation(T=round(delay / dt), dt=dt)


def trained_with_step(seed, dt, alpha, epochs, stage):
    """Train one network at c = 10 with the time step `dt`.

    Returns
    -------
    escape : int array (), the first epoch with a loss below `LOWEST_LOSS`, −1 where there is none
    settled : float array (), the median loss of the last tenth of the epochs
    swing : float array (), the largest less the least loss of the last hundred epochs
    m, n, b : arrays (2, N), the network at the epoch `stage` and at the end
    """
    history = train(RankOne.initial(seed), with_step(dt), alpha, epochs, snapshots=[stage, epochs], threads=1)
    seen, loss = history.snapshots, history.loss
    numbers = outcomes.first_epoch(loss < LOWEST_LOSS), outcomes.settled_loss(loss), np.ptp(loss[-100:])
    return (*map(np.asarray, numbers), seen.m, seen.n, seen.b)
