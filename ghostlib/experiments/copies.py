"""Trainings at c = 10 of copies of networks that differ by rounding.

A module of its own: what `train_copy` and `outcomes_of_copy` return is kept on the disk for as long as this source and
what it needs, the networks and their trainer, stays the same.
"""

import numpy as np

from ghostlib import outcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()


def perturbed(networks, copies, size, *, seed=0):
    """Networks, then copies with every m multiplied by 1 + `size` · N(0, 1): shape (copies, ...)."""
    factor = 1 + size * np.random.default_rng(seed).standard_normal((copies, *networks.m.shape))
    factor[:1] = 1
    return RankOne(networks.m * factor, *(np.broadcast_to(each, factor.shape) for each in (networks.n, networks.b)))


def train_copy(copy, seed, copies, size, alpha, epochs, record):
    """Train one of several copies of one network, and record every so many epochs.

    Returns
    -------
    epoch, loss : arrays (E,)
    m, n, b : arrays (N,), the trained network
    """
    network = perturbed(RankOne.initial(seed), copies, size)[copy]
    history = train(network, TASK, alpha, epochs, record=record, threads=1)
    return history.epoch, history.loss, history.networks.m, history.networks.n, history.networks.b


def outcomes_of_copy(copy, seeds, copies, size, alpha, epochs, longer):
    """Train one of several copies of many networks, and those that are trapped for `longer` epochs more.

    Returns
    -------
    learned, trapped : bool arrays (seeds,), as in `outcomes`
    returned : bool array (seeds,), trapped, and above chance again at some epoch of the longer training
    m, n, b : arrays (seeds, N), the networks after the first training
    """
    networks = perturbed(RankOne.initial(range(seeds)), copies, size)[copy]
    history = train(networks, TASK, alpha, epochs, threads=1)
    trapped, after = outcomes.trapped(history.accuracy), history.networks
    returned = np.zeros(seeds, bool)
    # Most have frozen in float32, and are done at once.
    returned[trapped] = outcomes.learned(train(after[trapped], TASK, alpha, longer, record=10, threads=1).accuracy)
    return outcomes.learned(history.accuracy), trapped, returned, after.m, after.n, after.b
