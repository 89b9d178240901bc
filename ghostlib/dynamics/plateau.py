r"""How long a silent network stays on its plateau, told from its loss and gradient alone.

A silent network has loss 1; what it has gained, 1 − L, grows by gradient descent like 1/(time left), Eq. (B26).
Raises ValueError where the networks are not RankOne, or α or c is not positive or does not fit them.
"""

import numpy as np

from ghostlib import _checks
from ghostlib.networks import adjoint
from ghostlib.networks.records import RankOne, per_network


def plateau_duration(networks, task, alpha, c):
    r"""Epochs until silent networks begin to learn, (1 − L) / (α |∇L|²): Eq. (B26), which holds on every plateau.

    Good where the output is far below ½ throughout. In float64 the result may be astronomical where the rounding of
    float32 stops the descent altogether.

    Parameters
    ----------
    networks : RankOne
        With any leading axes B.
    task : DelayedActivation
    alpha, c : float or array (B)
        Learning rate and confidence, one or one per network.

    Returns
    -------
    float array (B)
        Infinite where the loss is not below 1, so that there is nothing to grow from: what is left of the output comes
        in the wrong half of the trial or is too small for float64. NaN for networks that have diverged.
    """
    _checks.instance("networks", networks, RankOne)
    alpha, c = per_network("alpha", alpha, networks), per_network("c", c, networks)
    output = networks.output(task, c)
    # 1 − L without the cancellation: o² − (ô − o)² = 2oô − ô².
    gain = (2 * task.target() * output - output**2).sum(axis=-1) / task.T
    _, gradient = adjoint.loss_and_gradient(networks, task, c)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gain <= 0, np.inf, gain / (alpha * gradient.norm() ** 2))
