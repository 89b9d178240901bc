"""Your own network as a record: from arrays, a NumPy file, or the parameters of a PyTorch module."""

import os
import warnings
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np

from ghostlib import _checks
from ghostlib.networks.records import FullRank, LowRank, RankOne


# What others call our parameters, ours first; a PyTorch RNN has its bias in two halves.
NAMES = {
    "m": ("m", "M"),
    "n": ("n", "N"),
    "W": ("W", "wrec", "w_rec", "weight_hh_l0", "weight_hh"),
    "b": ("b", "bias", "bias_hh_l0", "bias_hh"),
    "b_in": ("bias_ih_l0", "bias_ih"),
    "w_out": ("w_out", "wo"),
    "b_out": ("b_out", "bo"),
}
# Where half of the units hear more than this, tanh has long been ±1: such weights were meant to be divided by N.
FAR = 50.0
STEPS = 100


def read_network(source=None, *, over_N=False, **arrays):
    """The record of one network: RankOne of m (N,), LowRank of m (N, K), FullRank of W (N, N).

    Parameters
    ----------
    source : path of an ``.npz`` file, or mapping from names to arrays, optional
        Such as ``module.state_dict()``. Of the names in it those that are ours are read, and those of ``torch.nn.RNN``
        (its map x ← tanh(W x + b) has the fixed points of the flow) and of the low-rank networks of
        ``lowrank_inference``; others are left alone.
    over_N : bool, default False
        Whether the weights are meant as W = m nᵀ/N, so that n is divided by N.
    arrays : by name
        m and n, or W; b (N,), 0 by default; w_out (N,) and b_out, 0 by default. NumPy's or PyTorch's, columns too; n
        may be (N, K) or (K, N). What is given here comes before what `source` holds.

    Returns
    -------
    RankOne, LowRank or FullRank
        A single one, in float64, for `slow_points`.

    Raises
    ------
    ValueError
        If parameters are missing, are not finite, or have shapes that do not fit, or both ways of giving W are used.

    Warns
    -----
    UserWarning
        If fixed points lie so far out that half of the units are saturated: perhaps `over_N` is meant.
    """
    over_N, entries, found = _checks.boolean("over_N", over_N), _entries(source), _found(arrays)
    unknown = set(arrays) - {name for names in NAMES.values() for name in names}
    low, full = {"m", "n"} & set(found), "W" in found
    if full:
        entries = {name: value for name, value in entries.items() if name not in NAMES["m"] + NAMES["n"]}
    found = _found(entries) | found
    if unknown or (low and full) or not ({"m", "n"} <= set(found) or "W" in found):
        given = {**entries, **arrays}
        shapes = ", ".join(f"{name} {np.shape(_checks.detached(value))}" for name, value in given.items())
        raise ValueError(
            f"network must be given by m and n, or by W, with b, w_out and b_out; got {shapes or 'nothing'}"
        )
    if not {"m", "n"} <= set(found):
        W = found["W"]
        if W.ndim != 2 or not W.size:
            raise ValueError(f"W must have shape (N, N), got {W.shape}")
        N = len(W)
        return FullRank(W, _bias(found, N), *_read_out(found, N))
    m = found["m"]
    m = m.reshape(-1, 1) if m.ndim < 2 or m.shape[:-1] == (1,) else m
    if m.ndim != 2 or not m.size:
        raise ValueError(f"m must have shape (N,) or (N, K), got {m.shape}")
    N, K = m.shape
    n = found["n"]
    if n.shape != (K, N):
        n = n.T if n.shape == (N, K) else n.reshape(1, -1) if n.ndim < 2 else n
    if n.shape != (K, N):
        raise ValueError(f"n must have shape {(K, N)} or {(N, K)} beside m of {m.shape}, got {found['n'].shape}")
    b, n = _bias(found, N), n / N if over_N else n
    if not over_N:
        _notice_far(m, n, b)
    return RankOne(m[:, 0], n[0], b) if K == 1 else LowRank(m, n, b, *_read_out(found, N))


def _found(given):
    """Those of the parameters that are `given` under one of their names, as finite arrays."""
    used = {name: next((each for each in names if each in given), None) for name, names in NAMES.items()}
    return {name: _checks.finite(each, given[each]) for name, each in used.items() if each is not None}


def _entries(source):
    if source is None:
        return {}
    if isinstance(source, str | os.PathLike):
        try:
            with open(source, "rb") as stream, np.load(stream) as file:  # NumPy leaves its own open where it fails
                return dict(file)
        except (TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"source must be an .npz file of plain arrays, got {source}: {error}") from None
    if not isinstance(source, Mapping):
        raise ValueError(f"source must be a path or a mapping from names to arrays, got {type(source).__name__}")
    return dict(source)


def _bias(found, N):
    return sum((_vector(found, name, N) for name in ("b", "b_in")), np.zeros(N))


def _read_out(found, N):
    return _vector(found, "w_out", N), _vector(found, "b_out", 1)[0]


def _vector(found, name, size):
    value = found.get(name, np.zeros(size))
    if value.size != size:
        raise ValueError(f"{name} must have shape ({size},), got {value.shape}")
    return value.reshape(size)


def _notice_far(m, n, b):
    """Warn where the fixed point to which the saturated state flows leaves most units without a say."""
    with np.errstate(over="ignore", invalid="ignore"):
        kappa = n @ np.sign(m[:, 0])
        for _ in range(STEPS):
            kappa = (kappa + n @ np.tanh(m @ kappa + b)) / 2
        heard = np.median(np.abs(m @ kappa + b))
    if heard > FAR:
        warnings.warn(
            f"fixed points lie far out, near κ = {np.round(kappa, 1).tolist()}, where half of the units hear more than "
            f"{heard:.0f} and are saturated: if the weights are meant as W = m nᵀ/N, say over_N=True",
            stacklevel=3,
        )
