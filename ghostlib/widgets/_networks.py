"""The authors' initial networks, small enough to travel inside a page; a ValueError for seeds that are not a list."""

import base64
from functools import cache

import numpy as np

from ghostlib.networks.records import RankOne


SEEDS = 100  # of the authors' networks


@cache
def packed():
    """All of the authors' networks, as `pack` packs them."""
    return pack(range(SEEDS))


def pack(seeds, *, N=100):
    """The authors' rank-one networks before training as text: 8 N bytes each in base64, which loses nothing.

    Parameters
    ----------
    seeds : array of int, shape (B,)
    N : int, default 100

    Returns
    -------
    str
        Base64 of little-endian float32, m and then n of each network; b = 0 is not carried. `rankOneUnpack` in
        ``js/core/rankone.js`` reads it. All 100 seeds of Fig. 4 take 107 kB.
    """
    if np.ndim(seeds) != 1:
        raise ValueError(f"seeds must be one-dimensional, got shape {np.shape(seeds)}")
    networks = RankOne.initial(seeds, N=N)
    return base64.b64encode(np.stack([networks.m, networks.n], axis=1).astype("<f4").tobytes()).decode("ascii")
