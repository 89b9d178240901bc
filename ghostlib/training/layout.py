"""Parameters of a network as the rows of one matrix, which is what the kernels work on.

rank one   m, n, b, and c in the first place of the last row
rank K     b and the columns of M; w_out and the rows of N; and b_out in the first place of the last row

Rows are padded with zero units, and either half of those of rank K to a multiple of four with zero rows: they stay zero
and change nothing.
"""

import math

import numpy as np
from llvmlite.binding import get_host_cpu_features

from ghostlib.networks.records import LowRank, RankOne


# Units are padded to two of the processor's vectors of float32, which is as many as a loop takes at a time: the rest
# would be done in smaller pieces.
LANES = 32 if get_host_cpu_features().get("avx512f") else 16
LINE = 64  # bytes of a line of the processor's cache: a vector that lies across two takes twice as long to load


def zeros(shape, dtype):
    """An array of zeros that begins where a line of the cache does."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def pack(networks, c, dtype):
    """Matrices of all networks, shape (B, rows, padded N), B being the size of the ensemble; `c` is for `RankOne`."""
    N, K = networks.N, rank(networks)
    half = None if K is None else -(-(K + 1) // 4) * 4
    theta = zeros((*networks.shape, 4 if K is None else 2 * half + 1, -(-N // LANES) * LANES), dtype)
    if K is not None:
        theta[..., 0, :N] = networks.b
        theta[..., 1 : K + 1, :N] = np.swapaxes(networks.m, -1, -2)
        theta[..., half, :N] = networks.w_out
        theta[..., half + 1 : half + K + 1, :N] = networks.n
        theta[..., -1, 0] = networks.b_out
    else:
        theta[..., 0, :N] = networks.m
        theta[..., 1, :N] = networks.n
        theta[..., 2, :N] = networks.b
        theta[..., 3, 0] = c
    return theta.reshape(-1, *theta.shape[-2:])


def unpack(theta, like):
    """The networks whose matrices are `theta`, leading axes as there, of the kind, rank and N of `like`."""
    N, K = like.N, rank(like)
    if K is not None:
        half = theta.shape[-2] // 2
        m, n = theta[..., 1 : K + 1, :N], theta[..., half + 1 : half + K + 1, :N]
        return LowRank(np.swapaxes(m, -1, -2), n, theta[..., 0, :N], theta[..., half, :N], theta[..., -1, 0])
    return RankOne(theta[..., 0, :N], theta[..., 1, :N], theta[..., 2, :N])


def rank(networks):
    """K of a `LowRank`, None for a `RankOne`."""
    return networks.rank if isinstance(networks, LowRank) else None
