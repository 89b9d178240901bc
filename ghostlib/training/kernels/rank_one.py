r"""Networks of rank one, with one rearrangement of the mathematics.

The factor by which the adjoint shrinks in a step back, (1 − Δ) + Δ Σ nm(1 − φ²), is already known on the way forward,
so that all adjoints are scalars and the gradient is a weighted sum of the stored φ, four steps at a time.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from ghostlib.training.kernels.arithmetic import FAST, divide, rounded, sigmoid, tanh
from ghostlib.training.layout import padded, zeros


class RankOneWorkspace(NamedTuple):
    """Working memory of `rank_one`; steps are padded to a multiple of four with rows of zeros.

    gradient : like the parameters.
    phi : φ[t].
    kappa : κ[t].
    jacobian : ∂κ[t + 1]/∂κ[t].
    weight, weight_kappa : Δ times the adjoint of κ[t + 1], and the same times κ[t].
    """

    gradient: np.ndarray
    phi: np.ndarray
    kappa: np.ndarray
    jacobian: np.ndarray
    weight: np.ndarray
    weight_kappa: np.ndarray

    @classmethod
    def like(cls, theta, steps):
        """Workspace for the parameters' matrix `theta` and a trial of so many steps."""
        fours = padded(steps, 4)
        shapes = theta.shape, (fours, theta.shape[1]), (steps + 1,), (steps,), (fours,), (fours,)
        return cls(*(zeros(shape, theta.dtype) for shape in shapes))


@njit(**FAST)
def rank_one(theta, trial, workspace):
    """Loss and accuracy of a rank-one network; writes its gradient into `workspace`."""
    kind = theta.dtype.type
    m, n, b = theta[0], theta[1], theta[2]
    gradient = workspace.gradient
    dm, dn, db = gradient[0], gradient[1], gradient[2]
    c = np.float64(theta[3, 0])
    phi, kappa, jacobian = workspace.phi, workspace.kappa, workspace.jacobian
    weight, weight_kappa = workspace.weight, workspace.weight_kappa
    steps, width = trial.target.size, theta.shape[1]
    delta = kind(trial.delta)
    decay = kind(1) - delta

    # Forward: κ[t], φ[t] and ∂κ[t + 1]/∂κ[t].
    total, feedback = kind(0), kind(0)
    nm = dm
    for i in range(width):
        nm[i] = n[i] * m[i]
        total += n[i]
        feedback += nm[i]
    kappa[0] = kind(trial.x0) * total
    for t in range(steps):
        now, drive, saturated = kappa[t], kind(0), kind(0)
        for i in range(width):
            value = tanh(m[i] * now + b[i])
            phi[t, i] = value
            drive += n[i] * value
            saturated += nm[i] * (value * value)
        kappa[t + 1] = decay * now + delta * drive
        jacobian[t] = decay + delta * (feedback - saturated)

    # Backward: the adjoint λ of κ, from the last step to the first.
    loss, right, adjoint, dc = 0.0, 0, 0.0, 0.0
    for t in range(steps - 1, -1, -1):
        distance = np.float64(kappa[t + 1]) - trial.kappa_star
        output = sigmoid(c * distance)
        error = output - trial.target[t]
        slope = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        dc += slope * distance
        adjoint += slope * c
        weight[t] = rounded(trial.delta * adjoint, theta)
        weight_kappa[t] = rounded(trial.delta * adjoint * kappa[t], theta)
        adjoint *= jacobian[t]

    # The gradient as weighted sums over the steps.
    for i in range(width):
        dm[i], dn[i], db[i] = kind(0), kind(0), kind(0)
    one = kind(1)
    for t in range(0, phi.shape[0], 4):
        w0, w1, w2, w3 = weight[t], weight[t + 1], weight[t + 2], weight[t + 3]
        k0, k1, k2, k3 = weight_kappa[t], weight_kappa[t + 1], weight_kappa[t + 2], weight_kappa[t + 3]
        for i in range(width):
            f0, f1, f2, f3 = phi[t, i], phi[t + 1, i], phi[t + 2, i], phi[t + 3, i]
            dn[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            f0, f1, f2, f3 = one - f0 * f0, one - f1 * f1, one - f2 * f2, one - f3 * f3
            db[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            dm[i] += k0 * f0 + k1 * f1 + k2 * f2 + k3 * f3
    start = rounded(trial.x0 * adjoint, theta)
    for i in range(width):
        db[i] *= n[i]
        dm[i] *= n[i]
    for i in range(trial.units):
        dn[i] += start
    gradient[3, 0] = rounded(dc, theta) if trial.learn_c else kind(0)
    return loss / (steps // 2), divide(right, steps)
