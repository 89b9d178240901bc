r"""How long a silent network stays on its plateau."""

import numpy as np
from scipy.special import expit

from ghostlib.networks import adjoint
from ghostlib.networks.records import per_network


def plateau_duration(networks, task, alpha, c):
    r"""Epochs until silent networks find their voice, (1 − L) / (α |∇L|²): Eq. (B26), which holds on every plateau.

    Good where the output is far below ½ throughout; exact arithmetic is taken for granted, so that the result may be
    astronomical where the rounding of float32 would stop the descent altogether.

    Parameters
    ----------
    networks : RankOne
    task : DelayedActivation
    alpha : float or array (...)
        Learning rate.
    c : float or array (...)
        Confidence.

    Returns
    -------
    float array (...)
        Infinite where there is nothing to grow from: the loss is not below 1, because what is left of the output comes
        in the wrong half of the trial or is too small for float64.

    Raises
    ------
    ValueError
        If `alpha` or `c` is not positive or does not fit.
    """
    alpha, c = per_network("alpha", alpha, networks), per_network("c", c, networks)
    output = expit(c[..., None] * (networks.latent(task)[..., 1:] - task.kappa_star))
    # 1 − L without the cancellation: o² − (ô − o)² = 2oô − ô².
    gain = (2 * task.target() * output - output**2).sum(axis=-1) / task.T
    _, gradient = adjoint.loss_and_gradient(networks, task, c)
    with np.errstate(divide="ignore", invalid="ignore"):
        epochs = gain / (alpha * gradient.norm() ** 2)
    return np.where(gain > 0, epochs, np.inf)
