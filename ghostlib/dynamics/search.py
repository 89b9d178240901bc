"""Slow points of networks of any rank, found from many starts and not proved to be all.

Every slow point is a minimum of ½|F|²: fixed points are those where it is zero, ghosts those where it is not. From each
start SciPy looks for a zero of F (`root`) and for a minimum of ½|F|² (`minimize`, with its exact second derivatives).
Up to rank two `slow_points` finds the same with proof that none is missed.
"""

import numpy as np
from scipy.optimize import minimize, root

from ghostlib import _checks
from ghostlib.dynamics.flows import EPS, single
from ghostlib.dynamics.space_points import space_point
from ghostlib.networks.records import FullRank, LowRank


# Starts if none are given; steps of Newton's iteration that polish what SciPy has found; and the largest |F|, as a
# share of |κ| + Σ|L|, that is zero to rounding.
STARTS = 100
STEPS = 5
ZERO = 64 * EPS


@np.errstate(over="ignore")
def found_points(network, starts=None, *, seed=0, apart=1e-6, tau=1.0):
    """The fixed points and ghosts of one network that many starts lead to, none of them certified.

    Parameters
    ----------
    network : LowRank or FullRank
        A single one. The flow is that of κ ∈ ℝᴷ for the one (Eq. 19), of x ∈ ℝᴺ for the other (Eq. 3).
    starts : array (S, D), optional
        Where to start, such as states of trials; by default the origin and 99 places drawn evenly from where fixed
        points may be, |κ_k| ≤ Σ|n_k| or |x_i| ≤ 1.
    seed : int, default 0
        Of these draws.
    apart : float, default 1e-6
        Two points are one where |κ − κ′| ≤ apart · (1 + |κ|); the slower one is kept.
    tau : float, default 1
        Time constant τ > 0, the unit of the passage times.

    Returns
    -------
    tuple of SpacePoint
        The slowest first.
    """
    L, R, b = _parts(network)
    apart, tau = _checks.number("apart", apart, _checks.positive), _checks.number("tau", tau, _checks.positive)
    far = np.abs(L).sum(axis=1)
    if starts is None:
        rng = np.random.default_rng(_checks.count("seed", seed, 0))
        starts = np.vstack([np.zeros_like(far), rng.uniform(-far, far, (STARTS - 1, far.size))])
    starts = _checks.finite("starts", starts)
    if starts.ndim != 2 or starts.shape[1] != far.size:
        raise ValueError(f"starts must have shape (S, {far.size}), got {starts.shape}")

    def value(x):
        return np.matvec(L, np.tanh(np.matvec(R, x) + b)) - x

    def jacobian(x):
        return (L * (1 - np.tanh(R @ x + b) ** 2)) @ R - np.eye(far.size)

    def bend(x):
        phi = np.tanh(R @ x + b)
        return -2 * phi * (1 - phi**2)

    def height(x):
        return value(x) @ value(x) / 2

    def gradient(x):
        return jacobian(x).T @ value(x)

    def hessian(x):
        J = jacobian(x)
        return J.T @ J + (R.T * (bend(x) * (value(x) @ L))) @ R

    found = []
    for start in starts:
        zero = root(value, start, jac=jacobian).x
        lowest = minimize(height, start, jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-9}).x
        for x, is_zero in ((zero, True), (lowest, False)):
            for _ in range(STEPS):
                A, y = (jacobian(x), value(x)) if is_zero else (hessian(x), gradient(x))
                x = x - np.linalg.lstsq(A, y)[0]
            rounding = ZERO * (far.sum() + np.linalg.norm(x))
            speed, limit = np.linalg.norm(value(x)), rounding * (1 + np.linalg.norm(jacobian(x), 2))
            if speed <= rounding:
                found.append((speed, x, "fixed"))
            elif np.linalg.norm(gradient(x)) <= limit and np.linalg.eigvalsh(hessian(x))[0] > 0:
                found.append((speed, x, "ghost"))
    points = []
    for _, x, what in sorted(found, key=lambda each: each[0]):
        near = apart * (1 + np.linalg.norm(x))
        if all(np.linalg.norm(x - point.position) > near for point in points):
            second = L * bend(x)
            points.append(
                space_point(x, value, jacobian(x), lambda v, S=second: S @ (R @ v) ** 2, tau, what, certified=False)
            )
    return tuple(points)


def _parts(network):
    """L, R and b of F(x) = −x + L tanh(R x + b)."""
    network = single(network, LowRank, FullRank)
    L, R = (network.n, network.m) if isinstance(network, LowRank) else (np.eye(network.N), network.W)
    return L, R, network.b
