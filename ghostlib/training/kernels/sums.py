"""Sums of rows, four at a time, and a step of Euler's method."""

import numpy as np
from numba import njit

from ghostlib.training.kernels.arithmetic import FAST


@njit(**FAST)
def add_four_rows(weights, t, rows, k, first, total, s):
    """total[s] += Σ weights[t, j] rows[j] over the four j from k; k = `first` begins a new total."""
    w0, w1, w2, w3 = weights[t, k], weights[t, k + 1], weights[t, k + 2], weights[t, k + 3]
    for i in range(rows.shape[1]):
        before = total[s, i] if k > first else rows.dtype.type(0)
        total[s, i] = before + w0 * rows[k, i] + w1 * rows[k + 1, i] + w2 * rows[k + 2, i] + w3 * rows[k + 3, i]


@njit(**FAST)
def four_dot_products(rows, k, vectors, t, out):
    """out[j] = rows[j]·vectors[t] for the four j from k."""
    zero = rows.dtype.type(0)
    s0, s1, s2, s3 = zero, zero, zero, zero
    for i in range(rows.shape[1]):
        value = vectors[t, i]
        s0 += rows[k, i] * value
        s1 += rows[k + 1, i] * value
        s2 += rows[k + 2, i] * value
        s3 += rows[k + 3, i] * value
    out[k], out[k + 1], out[k + 2], out[k + 3] = s0, s1, s2, s3


@njit(**FAST)
def euler_step(state, before, after, drive, delta):
    """state[after] = (1 − Δ) state[before] + Δ drive; zero where that would be denormal, NaN where it is."""
    decay = state.dtype.type(1) - delta
    for k in range(drive.size):
        value = decay * state[before, k] + delta * drive[k]
        state[after, k] = state.dtype.type(0) if abs(value) < np.finfo(state.dtype).tiny else value


@njit(**FAST)
def sum_outer_products(weights, rows, total):
    """total[k] = Σₜ weights[t, k] rows[t], four of k by four of t."""
    total.fill(rows.dtype.type(0))
    for k in range(0, total.shape[0], 4):
        for t in range(0, rows.shape[0], 4):
            a0, a1, a2, a3 = weights[t, k], weights[t, k + 1], weights[t, k + 2], weights[t, k + 3]
            b0, b1, b2, b3 = weights[t + 1, k], weights[t + 1, k + 1], weights[t + 1, k + 2], weights[t + 1, k + 3]
            c0, c1, c2, c3 = weights[t + 2, k], weights[t + 2, k + 1], weights[t + 2, k + 2], weights[t + 2, k + 3]
            d0, d1, d2, d3 = weights[t + 3, k], weights[t + 3, k + 1], weights[t + 3, k + 2], weights[t + 3, k + 3]
            for i in range(rows.shape[1]):
                a, b, c, d = rows[t, i], rows[t + 1, i], rows[t + 2, i], rows[t + 3, i]
                total[k, i] += a0 * a + b0 * b + c0 * c + d0 * d
                total[k + 1, i] += a1 * a + b1 * b + c1 * c + d1 * d
                total[k + 2, i] += a2 * a + b2 * b + c2 * c + d2 * d
                total[k + 3, i] += a3 * a + b3 * b + c3 * c + d3 * d
