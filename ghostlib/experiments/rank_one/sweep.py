"""The trainings of Fig. S1, in a module of their own: their results are kept on the disk as long as what it imports,
the networks and their trainer, stays the same.
"""

import numpy as np

from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


def losses(alpha, seed, epochs):
    """The loss of one network at some epochs of its training at c = 10.

    Returns
    -------
    tuple of one float array (len(epochs),)
        In the order of `epochs`, in units of T: a silent network has loss 1.
    """
    history = train(RankOne.initial(seed), DelayedActivation(), alpha, max(epochs), record=epochs, threads=1)
    return (history.loss.astype(np.float64),)
