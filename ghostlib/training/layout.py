"""Parameters of a network as the rows of one matrix, which is what the kernels work on.

rank one    m, n, b, and c in the first place of the last row
rank K      b and the columns of M; w_out and the rows of N; and b_out in the first place of the last row
driven      b, w_in's and M's columns; the rows of N, and w_out if from the rates; and b_out in the first place of the
            last row, where w_out follows if it is from the projection; of full rank M is W, and N the identity, which
            is not trained
full rank   the columns of W; b; w_out; and b_out in the first place of the last row

Rows are padded with zero units. Either half of those of rank K, and the columns of W, are padded to a multiple of four
with zero rows. All these stay zero and change nothing.
"""

import math

import numpy as np
from llvmlite.binding import get_host_cpu_features

from ghostlib.networks.driven import Driven, DrivenFullRank
from ghostlib.networks.records import LowRank, RankOne


# Units are padded to two of the processor's vectors of float32, which is as many as a loop takes at a time: the rest
# would be done in smaller pieces.
LANES = 32 if get_host_cpu_features().get("avx512f") else 16
TRIALS = 8  # to a multiple of which trials are padded, one vector: they are seldom so many that two would pay
LINE = 64  # bytes of a line of the processor's cache: a vector that lies across two takes twice as long to load


def zeros(shape, dtype):
    """An array of zeros that begins where a line of the cache does."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def pack(networks, c, dtype):
    """Matrices of all networks, shape (B, rows, padded N), B being the size of the ensemble; `c` is for `RankOne`."""
    if isinstance(networks, RankOne):
        rows = 4
    elif isinstance(networks, Driven):
        rows = sum(driven_rows(networks)) + 1
    elif isinstance(networks, LowRank):
        rows = 2 * padded(networks.rank + 1, 4) + 1
    else:
        rows = padded(networks.N, 4) + 3
    theta = zeros((*networks.shape, rows, padded(networks.N, LANES)), dtype)
    for name, view in views(theta, networks).items():
        view[...] = getattr(networks, name)
    if isinstance(networks, RankOne):
        theta[..., 3, 0] = c
    if isinstance(networks, DrivenFullRank):
        units = np.arange(networks.N)
        theta[..., driven_rows(networks)[0] + units, units] = 1
    return theta.reshape(-1, *theta.shape[-2:])


def unpack(theta, like):
    """The networks whose matrices are `theta`, leading axes as there, of the kind, rank and N of `like`."""
    return type(like)(**views(theta, like))


def views(theta, like):
    """The parts of the matrices `theta` that hold each array of networks such as `like`: a dict from field to array."""
    N = like.N
    if isinstance(like, RankOne):
        return {"m": theta[..., 0, :N], "n": theta[..., 1, :N], "b": theta[..., 2, :N]}
    if isinstance(like, Driven):
        (half, _), D, K = driven_rows(like), like.D, like.rank
        w_out = theta[..., half + K, :N] if like.from_rates else theta[..., -1, 1 : 1 + K]
        w_in, m = (np.swapaxes(theta[..., a:b, :N], -1, -2) for a, b in ((1, 1 + D), (1 + D, 1 + D + K)))
        b_out, n = theta[..., -1, 0], theta[..., half : half + K, :N]
        matrices = {"W": m} if isinstance(like, DrivenFullRank) else {"m": m, "n": n}
        return {**matrices, "b": theta[..., 0, :N], "w_out": w_out, "b_out": b_out, "w_in": w_in}
    if isinstance(like, LowRank):
        half, b, w_out = theta.shape[-2] // 2, 0, theta.shape[-2] // 2
        n = theta[..., half + 1 : half + 1 + like.rank, :N]
        matrices = {"m": np.swapaxes(theta[..., 1 : 1 + like.rank, :N], -1, -2), "n": n}
    else:
        b, w_out = theta.shape[-2] - 3, theta.shape[-2] - 2
        matrices = {"W": np.swapaxes(theta[..., :N, :N], -1, -2)}
    return {**matrices, "b": theta[..., b, :N], "w_out": theta[..., w_out, :N], "b_out": theta[..., -1, 0]}


def driven_rows(like):
    """How many rows the columns, and what looks outward, of networks such as `like` take."""
    return padded(1 + like.D + like.rank, 4), padded(like.rank + like.from_rates, 4)


def padded(count, multiple):
    """The least multiple of `multiple` that is at least `count`."""
    return -(-count // multiple) * multiple
