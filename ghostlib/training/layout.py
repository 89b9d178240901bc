"""Parameters of a network as the rows of one matrix, which is what the kernels work on.

rank one   m, n, b, and c in the first place of the last row
rank K     the columns of M, the rows of N, w_out, b, and b_out in the first place of the last row

Rows are padded with zero units, which stay zero and change nothing.
"""

import numpy as np

from ghostlib.rnn import LowRank, RankOne


LANES = 8  # rows are padded to a multiple of this: the rest of a vector would be computed one by one


def pack(networks, c, dtype):
    """Matrices of all networks, shape (B, rows, padded N), B being the size of the ensemble; `c` is for `RankOne`."""
    lead, N = networks.shape, networks.N
    K = rank(networks)
    theta = np.zeros((*lead, 4 if K is None else 2 * K + 3, -(-N // LANES) * LANES), dtype)
    if K is not None:
        theta[..., :K, :N] = np.swapaxes(networks.m, -1, -2)
        theta[..., K : 2 * K, :N] = networks.n
        theta[..., 2 * K, :N] = networks.w_out
        theta[..., 2 * K + 1, :N] = networks.b
        theta[..., 2 * K + 2, 0] = networks.b_out
    else:
        theta[..., 0, :N] = networks.m
        theta[..., 1, :N] = networks.n
        theta[..., 2, :N] = networks.b
        theta[..., 3, 0] = c
    return theta.reshape(-1, *theta.shape[-2:])


def unpack(theta, like):
    """The networks whose matrices are `theta`, leading axes as there, of the kind, rank and N of `like`."""
    N = like.N
    K = rank(like)
    if K is not None:
        m, n = np.swapaxes(theta[..., :K, :N], -1, -2), theta[..., K : 2 * K, :N]
        return LowRank(m, n, theta[..., 2 * K + 1, :N], theta[..., 2 * K, :N], theta[..., 2 * K + 2, 0])
    return RankOne(theta[..., 0, :N], theta[..., 1, :N], theta[..., 2, :N])


def rank(networks):
    """K of a `LowRank`, None for a `RankOne`."""
    return networks.rank if isinstance(networks, LowRank) else None
