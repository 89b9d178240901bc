r"""How sharply the loss of a rank-one network bends in its steepest direction, and why that makes training oscillate.

On a valley floor that bends with λ across, a step of gradient descent multiplies the distance d from the floor by
1 − αλ. For αλ > 2 the distance grows and changes its sign at every step: the sharpest valley that gradient descent can
follow to its floor has λ = 2/α.

`sharpness` raises ValueError where the networks are not RankOne, `c` does not fit, or an argument is out of range.
"""

import numpy as np

from ghostlib import _checks
from ghostlib.dynamics.flows import single_network
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne, per_network


# Half of the shift, as a share of the parameters' norm, whose gradients are subtracted: εᐟ³ balances the two errors.
SHIFT = np.cbrt(np.finfo(np.float64).eps)


@np.errstate(over="ignore", invalid="ignore")
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
        minimum. 0 where the loss is flat, as that of a silent network may be; NaN where a network has diverged
        or its gradient overflows.

    Source: ours; the bound 2/α is the textbook's.
    """
    tolerance, longest = _checks.number("tolerance", tolerance, _checks.positive), _checks.count("longest", longest, 1)
    finite = np.isfinite(_checks.instance("networks", networks, RankOne).norm())
    c = per_network("c", c, networks)[finite]
    theta = np.concatenate([networks.m, networks.n, networks.b], axis=-1)[finite].astype(np.float64)
    result = np.full(networks.shape, np.nan)
    result[finite] = _largest_eigenvalue(lambda at: _gradient(at, task, c), theta, tolerance, longest)
    return result


def hessian(network, task, c=10.0):
    """Hessian of the loss of one network with respect to m, n and b, shape (3N, 3N), by central differences."""
    network, c = single_network(network), _checks.number("c", c, _checks.positive)
    theta = np.concatenate([network.m, network.n, network.b])
    step = SHIFT * max(np.linalg.norm(theta), 1)
    shifts = step * np.eye(theta.size)
    bent = (_gradient(theta + shifts, task, c) - _gradient(theta - shifts, task, c)) / (2 * step)
    return (bent + bent.T) / 2


def _largest_eigenvalue(gradient, theta, tolerance, longest):
    step = SHIFT * np.maximum(np.linalg.norm(theta, axis=-1, keepdims=True), 1)
    direction = np.random.default_rng(0).standard_normal(theta.shape)
    value = np.full(len(theta), np.inf)
    for _ in range(longest):
        direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
        bent = (gradient(theta + step * direction) - gradient(theta - step * direction)) / (2 * step)
        before, value = value, np.vecdot(direction, bent)
        if not np.any(np.abs(value - before) > tolerance * np.abs(value)):
            break
        # Where the loss is flat there is no direction to turn to; where it nearly is, squares would vanish.
        size = np.abs(bent).max(axis=-1, keepdims=True)
        direction = np.divide(bent, size, out=direction, where=np.isfinite(size) & (size > 0))
    return np.where(np.isfinite(value), value, np.nan)


def _gradient(theta, task, c):
    slope = loss_and_gradient(RankOne(*np.split(theta, 3, axis=-1)), task, c)[1]
    return np.concatenate([slope.m, slope.n, slope.b], axis=-1)
