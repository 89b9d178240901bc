"""Networks of full rank."""

import numpy as np
from numba import njit

from ghostlib.training.kernels.arithmetic import FAST, divide, rounded, sigmoid, tanh
from ghostlib.training.kernels.low_rank import LowRankWorkspace
from ghostlib.training.kernels.sums import add_four_rows, euler_step, four_dot_products, sum_outer_products


class FullRankWorkspace(LowRankWorkspace):
    """The same for `full_rank`, whose state is the rates of all units."""


@njit(**FAST)
def full_rank(theta, trial, workspace):
    """Loss and accuracy of a network of full rank; writes its gradient into `workspace`.

    `columns` are those of W; `state` is the rates x. For the loops see `low_rank`.
    """
    kind = theta.dtype.type
    rows, width = theta.shape
    columns, b, w_out, b_out = theta[: rows - 3], theta[rows - 3], theta[rows - 2], np.float64(theta[rows - 1, 0])
    gradient, phi, dz = workspace.gradient, workspace.phi, workspace.dz
    state, adjoint, drive, slope = workspace.state, workspace.adjoint, workspace.drive, workspace.slope
    db, dw_out = gradient[rows - 3], gradient[rows - 2]
    steps = trial.target.size
    delta, zero, one = kind(trial.delta), kind(0), kind(1)

    # Forward: state[t] = x before step t.
    for i in range(trial.units):
        state[0, i] = kind(trial.x0)
    loss, right, db_out = 0.0, 0, 0.0
    for t in range(steps):
        for k in range(0, rows - 3, 4):
            add_four_rows(state, t, columns, k, 0, phi, t)
        for i in range(width):
            phi[t, i] = tanh(phi[t, i] + b[i])
        euler_step(state, t, t + 1, phi[t], delta)
        u = zero
        for i in range(width):
            u += w_out[i] * state[t + 1, i]
        output = sigmoid(u + b_out)
        error = output - trial.target[t]
        du = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        db_out += du
        slope[t + 1] = rounded(du, theta)

    # Backward: adjoint[t] is Δ times that of x before step t.
    for i in range(width):
        adjoint[steps, i] = delta * slope[steps] * w_out[i]
    for t in workspace.backward:
        for i in range(width):
            dz[t, i] = adjoint[t + 1, i] * (one - phi[t, i] * phi[t, i])
        for k in range(0, rows - 3, 4):
            four_dot_products(columns, k, dz, t, drive)
        for i in range(width):
            drive[i] += slope[t] * w_out[i]
        euler_step(adjoint, t + 1, t, drive, delta)

    # The gradient as weighted sums over the steps.
    sum_outer_products(state, dz, gradient[: rows - 3])
    for i in range(width):
        db[i], dw_out[i] = zero, zero
    for t in range(steps):
        for i in range(width):
            db[i] += dz[t, i]
            dw_out[i] += slope[t + 1] * state[t + 1, i]
    gradient[rows - 1, 0] = rounded(db_out, theta)
    return loss / (steps // 2), divide(right, steps)
