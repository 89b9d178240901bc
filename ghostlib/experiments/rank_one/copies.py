"""Trainings at c = 10 of copies of networks that differ by rounding.

A module of its own: what its functions return is kept on the disk for as long as this source and what it needs, the
networks and their trainer, stays the same.
"""

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments import cache
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.training import train


def perturbed(networks, copies, size, *, seed=0):
    """Networks, then copies with every m multiplied by 1 + `size` · N(0, 1): shape (copies, ...).

    A copy is the same whatever their number.
    """
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


def outcomes_of_copy(copy, seeds, size, alpha, epochs):
    """Train one of the copies of many networks.

    Returns
    -------
    learned, trapped : bool arrays (seeds,), as in `outcomes`
    since : int array (seeds,), the epoch from which on a trapped network is silent; −1 for the others
    m, n, b : arrays (seeds, N), the trained networks
    """
    networks = perturbed(RankOne.initial(range(seeds)), copy + 1, size)[copy]
    history = train(networks, TASK, alpha, epochs, threads=1)
    trapped, after = outcomes.trapped(history.accuracy), history.networks
    since = np.where(trapped, outcomes.silent_from(history.accuracy), -1)
    return outcomes.learned(history.accuracy), trapped, since, after.m, after.n, after.b


def returned_in_copy(copy, seeds, size, alpha, epochs, longer):
    """Train those of `outcomes_of_copy` that are trapped for `longer` epochs more: which are above chance again.

    Returns
    -------
    tuple of one bool array (seeds,), false for those that are not trapped
    """
    ((_, trapped, _, *after),) = cache.map_cached(outcomes_of_copy, [(copy, seeds, size, alpha, epochs)])
    returned = np.zeros(seeds, bool)
    # Most have frozen in float32, and are done at once.
    accuracy = train(RankOne(*after)[trapped], TASK, alpha, longer, record=10, threads=1).accuracy
    returned[trapped] = outcomes.learned(accuracy)
    return (returned,)
