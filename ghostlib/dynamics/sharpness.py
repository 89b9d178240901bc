r"""How sharply the loss of a rank-one network bends in its steepest direction, and why that makes training oscillate.

On a valley floor that bends with λ across, a step of gradient descent multiplies the distance d from the floor by
1 − αλ. For αλ > 2 the distance grows and changes its sign at every step: the sharpest valley that gradient descent can
follow to its floor has λ = 2/α.
"""

import numpy as np

from ghostlib import _checks
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne, per_network


# Half of the shift, as a share of the parameters' norm, whose gradients are subtracted: εᐟ³ balances the two errors.
SHIFT = np.cbrt(np.finfo(np.float64).eps)


def sharpness(networks, task, c=10.0, *, tolerance=1e-4, longest=300):
    r"""Eigenvalue of largest size of the loss's Hessian with respect to m, n and b, for each network.

    By power iteration; the Hessian times a vector v is the difference of two gradients,
    (∇L(θ + hv) − ∇L(θ − hv)) / 2h.

    Parameters
    ----------
    networks : RankOne
        With any leading axes.
    task : DelayedActivation
    c : float or array, default 10
        Confidence, one or one per network.
    tolerance : float, default 1e-4
        Relative change between two iterations at which to stop.
    longest : int, default 300
        Iterations after which to stop in any case.

    Returns
    -------
    ndarray, shape (...)
        Signed; it is the curvature of the steepest valley wherever that is sharper than any ridge, as it is near a
        minimum.

    Raises
    ------
    ValueError
        If `c` does not fit, or an argument is out of range.

    Source: ours; the bound 2/α is the textbook's.
    """
    tolerance, longest = float(_checks.positive("tolerance", tolerance)), _checks.count("longest", longest, 1)
    lead, c = networks.shape, per_network("c", c, networks).reshape(-1)
    theta = np.concatenate([networks.m, networks.n, networks.b], axis=-1).astype(np.float64).reshape(-1, 3 * networks.N)
    step = SHIFT * np.maximum(np.linalg.norm(theta, axis=-1, keepdims=True), 1)

    def gradient(at):
        slope = loss_and_gradient(_unpacked(at), task, c)[1]
        return np.concatenate([slope.m, slope.n, slope.b], axis=-1)

    direction = np.random.default_rng(0).standard_normal(theta.shape)
    value = np.full(len(theta), np.inf)
    for _ in range(longest):
        direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
        bent = (gradient(theta + step * direction) - gradient(theta - step * direction)) / (2 * step)
        before, value = value, np.vecdot(direction, bent)
        if np.all(np.abs(value - before) <= tolerance * np.abs(value)):
            break
        direction = bent
    return value.reshape(lead)


def _unpacked(theta):
    return RankOne(*np.split(theta, 3, axis=-1))
