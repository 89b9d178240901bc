"""Networks of low rank."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ghostlib.training.kernels.arithmetic import FAST, divide, rounded, sigmoid, tanh
from ghostlib.training.kernels.sums import add_four_rows, euler_step, four_dot_products, sum_outer_products
from ghostlib.training.layout import padded, zeros


class LowRankWorkspace(NamedTuple):
    """Working memory of `low_rank`; steps are padded to a multiple of four with rows of zeros.

    gradient : like the parameters.
    phi : φ[t].
    dz : dL/dz[t], z being what φ is the tanh of.
    state, adjoint : the latent variables before step t, and Δ times their adjoint.
    drive : what a step adds to one of them.
    slope : dL/du before step t, u being what the output is the sigmoid of.
    backward : the steps from the last to the first.
    """

    gradient: np.ndarray
    phi: np.ndarray
    dz: np.ndarray
    state: np.ndarray
    adjoint: np.ndarray
    drive: np.ndarray
    slope: np.ndarray
    backward: np.ndarray

    @classmethod
    def like(cls, theta, steps):
        """Workspace for the parameters' matrix `theta` and a trial of so many steps."""
        fours, (rows, units) = padded(steps, 4), theta.shape
        states = rows // 2 if cls is LowRankWorkspace else units
        by_unit, by_state = (fours, units), (fours + 1, states)
        shapes = theta.shape, by_unit, by_unit, by_state, by_state, (states,), (steps + 1,)
        return cls(*(zeros(shape, theta.dtype) for shape in shapes), np.arange(steps)[::-1].copy())


@njit(**FAST)
def low_rank(theta, trial, workspace):
    """Loss and accuracy of a network of low rank; writes its gradient into `workspace`.

    The read-out u = w_out·x obeys the same recursion as κ = N x, and b enters as if it were a column of M whose latent
    variable is 1. So there are two matrices of as many rows, `columns` (b, then those of M) and `outward` (w_out, then
    the rows of N). Rows are taken four at a time, the first four in one loop with φ.

    LLVM asks once, before a loop over steps, whether any arrays of its inner loops overlap, and where the steps count
    down it does not find out that they do not: nothing would be vectorised. Therefore `workspace.backward`, an array.
    """
    kind = theta.dtype.type
    half = theta.shape[0] // 2
    columns, outward, b_out = theta[:half], theta[half : 2 * half], np.float64(theta[2 * half, 0])
    gradient, phi, dz = workspace.gradient, workspace.phi, workspace.dz
    state, adjoint, drive, slope = workspace.state, workspace.adjoint, workspace.drive, workspace.slope
    steps, width = trial.target.size, theta.shape[1]
    delta = kind(trial.delta)
    zero, one = kind(0), kind(1)

    # Forward: state[t] = (u, κ) before step t.
    for k in range(half):
        total = zero
        for i in range(width):
            total += outward[k, i]
        state[0, k] = kind(trial.x0) * total
    for t in range(steps):
        for k in range(4, half, 4):
            add_four_rows(state, t, columns, k, 4, phi, t)
        k1, k2, k3 = state[t, 1], state[t, 2], state[t, 3]
        s0, s1, s2, s3 = zero, zero, zero, zero
        for i in range(width):
            total = phi[t, i] if half > 4 else zero
            total += columns[0, i] + k1 * columns[1, i] + k2 * columns[2, i] + k3 * columns[3, i]
            value = tanh(total)
            phi[t, i] = value
            s0 += outward[0, i] * value
            s1 += outward[1, i] * value
            s2 += outward[2, i] * value
            s3 += outward[3, i] * value
        drive[0], drive[1], drive[2], drive[3] = s0, s1, s2, s3
        for k in range(4, half, 4):
            four_dot_products(outward, k, phi, t, drive)
        euler_step(state, t, t + 1, drive, delta)

    # The output; then 1 takes the place of u.
    loss, right, db_out = 0.0, 0, 0.0
    for t in range(steps):
        output = sigmoid(state[t + 1, 0] + b_out)
        error = output - trial.target[t]
        du = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        db_out += du
        slope[t + 1] = rounded(du, theta)
    for t in range(steps):
        state[t, 0] = one

    # Backward: adjoint[t] is Δ times that of (u, κ) before step t.
    for k in range(half):
        adjoint[steps, k] = zero
    adjoint[steps, 0] = delta * slope[steps]
    for t in workspace.backward:
        for k in range(4, half, 4):
            add_four_rows(adjoint, t + 1, outward, k, 4, dz, t)
        w0, w1, w2, w3 = adjoint[t + 1, 0], adjoint[t + 1, 1], adjoint[t + 1, 2], adjoint[t + 1, 3]
        s1, s2, s3 = zero, zero, zero
        for i in range(width):
            back = dz[t, i] if half > 4 else zero
            back += w0 * outward[0, i] + w1 * outward[1, i] + w2 * outward[2, i] + w3 * outward[3, i]
            back *= one - phi[t, i] * phi[t, i]
            dz[t, i] = back
            s1 += columns[1, i] * back
            s2 += columns[2, i] * back
            s3 += columns[3, i] * back
        drive[0], drive[1], drive[2], drive[3] = slope[t], s1, s2, s3
        for k in range(4, half, 4):
            four_dot_products(columns, k, dz, t, drive)
        euler_step(adjoint, t + 1, t, drive, delta)

    # The gradient as weighted sums over the steps.
    sum_outer_products(state, dz, gradient[:half])
    sum_outer_products(adjoint[1:], phi, gradient[half : 2 * half])
    for k in range(half):
        start = rounded(trial.x0 / trial.delta * adjoint[0, k], theta)
        for i in range(trial.units):
            gradient[half + k, i] += start
    gradient[2 * half, 0] = rounded(db_out, theta)
    return loss / (steps // 2), divide(right, steps)
