"""The trainings of Fig. S1, in a module of their own: their results are kept on the disk as long as what it imports,
the networks and their trainer, stays the same.
"""

import numpy as np

from ghostlib.rnn import RankOne
from ghostlib.task import DelayedActivation
from ghostlib.training import train


def losses(alpha, seeds, epochs):
    """The loss of the networks 0 … seeds − 1 at some epochs of their training at c = 10.

    Parameters
    ----------
    alpha : float
        Learning rate.
    seeds : int
    epochs : sequence of int
        Ascending.

    Returns
    -------
    float array (seeds, len(epochs))
        In units of T: a silent network has loss 1.
    """
    networks = RankOne.initial(np.arange(seeds))
    history = train(networks, DelayedActivation(), alpha, max(epochs), record=list(epochs))
    return history.loss.astype(np.float64)
