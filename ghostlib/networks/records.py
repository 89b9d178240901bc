"""The networks: rank one, low rank and full rank, as records of arrays whose leading axes are an ensemble."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import expit

from ghostlib import _checks
from ghostlib.networks import initial


class Ensemble:
    """What the networks have in common: leading axes that can be indexed, a size N, a norm.

    ``networks[3]``, ``networks[10:20]`` and ``networks[mask]`` are records of the same kind; a single network has no
    leading axis left. Arrays keep their precision; whatever is computed from them is computed in float64.
    """

    def __post_init__(self):
        for field in fields(self):
            value = np.asarray(getattr(self, field.name))
            if value.dtype not in (np.float32, np.float64):
                value = _checks.real(field.name, value)
            object.__setattr__(self, field.name, value)
        if self.b.ndim == 0 or self.N < 1:
            raise ValueError(f"b must have at least one unit on its last axis, got shape {self.b.shape}")
        for name, expected in self._shapes().items():
            shape = getattr(self, name).shape
            if shape != expected:
                raise ValueError(f"{name} must have shape {expected} beside b of shape {self.b.shape}, got {shape}")

    @property
    def N(self):
        """Number of units."""
        return self.b.shape[-1]

    @property
    def shape(self):
        """Leading axes: (B,) for an ensemble, () for one network."""
        return self.b.shape[:-1]

    def __len__(self):
        return len(self.b[..., 0])

    def __getitem__(self, key):
        return self._map(lambda array: array[key])

    def astype(self, dtype):
        """The same networks with every array in `dtype`."""
        return self._map(lambda array: array.astype(dtype))

    def reshape(self, *shape):
        """The same networks with their leading axes in another shape."""
        lead = len(self.shape)
        return self._map(lambda array: array.reshape(*shape, *array.shape[lead:]))

    def is_finite(self):
        """True where every parameter of a network is finite; shape (...)."""
        return np.logical_and.reduce([np.isfinite(array).all(axis=self._own_axes(array)) for array in self._arrays()])

    def norm(self):
        """L2 norm over all parameters of a network, shape (...); of a gradient, the paper's gradient norm."""
        squares = (np.square(array, dtype=np.float64).sum(axis=self._own_axes(array)) for array in self._arrays())
        return np.sqrt(sum(squares))

    def _arrays(self):
        return [getattr(self, field.name) for field in fields(self)]

    def _map(self, function):
        return type(self)(*(function(array) for array in self._arrays()))

    def _own_axes(self, array):
        return tuple(range(len(self.shape), array.ndim))


@dataclass(frozen=True, eq=False)
class RankOne(Ensemble):
    r"""Rank-one networks, τẋ = −x + tanh(m κ + b) with κ = n·x, so that W = m nᵀ (Eqs. 3–4).

    m, n, b : float arrays of shape (B, N); row i is one network.

    The output is σ(c(κ − κ*)), Eq. (5). The whole dynamics is one scalar equation, τκ̇ = f(κ), the latent circuit.

    Raises
    ------
    ValueError
        If the shapes differ.
    """

    m: np.ndarray
    n: np.ndarray
    b: np.ndarray

    @classmethod
    def initial(cls, seeds, N=100):
        """The authors' networks before training: for each seed m, then n, is drawn from N(0, 1/N); b = 0.

        Parameters
        ----------
        seeds : int or array of int
            Seeds of PyTorch's CPU generator; their shape is the ensemble's: ``[40]`` gives B = 1, ``40`` one network
            without a leading axis.
        N : int, default 100

        Returns
        -------
        RankOne
            PyTorch's float32 numbers, held in float64.

        Raises
        ------
        ValueError
            If a seed is not an integer ≥ 0, or N < 1.

        Source: authors' code.
        """
        N = _checks.count("N", N, 1)
        m, n = initial.draw(seeds, N, (N,), (N,))
        return cls(m, n, np.zeros_like(m))

    def kappa0(self, task):
        """κ(0) = n·x(0), shape (...)."""
        return task.x0 * self.n.sum(axis=-1, dtype=np.float64)

    def simulate(self, task):
        """Rates of all units by Eq. (17), from x(0) to after the last update, shape (..., 2T + 1, N)."""
        return _simulate(self, task, lambda x: self.m * np.vecdot(self.n, x)[..., None])

    def latent(self, task):
        """The same as one scalar, κ[t+1] = (1 − Δ) κ[t] + Δ n·tanh(m κ[t] + b), shape (..., 2T + 1)."""
        kappa = np.empty((*self.shape, task.steps + 1))
        kappa[..., 0] = self.kappa0(task)
        for t in range(task.steps):
            kappa[..., t + 1] = kappa[..., t] + task.delta * self.flow(kappa[..., t : t + 1])[..., 0]
        return kappa

    def output(self, task, c=10.0):
        """σ(c(κ − κ*)) after each update, Eq. (5), shape (..., 2T); the confidence `c` is one, or one per network."""
        c = per_network("c", c, self)[..., None]
        return expit(c * (self.latent(task)[..., 1:] - task.kappa_star))

    def flow(self, kappa):
        """f(κ) = −κ + n·tanh(mκ + b) = τκ̇, Eq. (4).

        Parameters
        ----------
        kappa : array_like
            A scalar, or points on the last axis: (G,) for all networks the same, (..., G) for each its own.

        Returns
        -------
        ndarray
            Shape (...) for a scalar `kappa`, else (..., G).

        Raises
        ------
        ValueError
            If `kappa` holds NaN or does not broadcast against the networks.
        """
        kappa, phi, _, n = self._at(kappa)
        return np.vecdot(phi, n) - kappa

    def slope(self, kappa):
        """f′(κ) = −1 + Σᵢ nᵢmᵢ(1 − φᵢ²) with φ = tanh(mκ + b); shapes and errors as in `flow`."""
        _, phi, m, n = self._at(kappa)
        return np.vecdot(1 - phi**2, n * m) - 1

    def curvature(self, kappa):
        """f″(κ) = −2 Σᵢ nᵢmᵢ²φᵢ(1 − φᵢ²) with φ = tanh(mκ + b); shapes and errors as in `flow`."""
        _, phi, m, n = self._at(kappa)
        return -2 * np.vecdot(phi * (1 - phi**2), n * m**2)

    def _at(self, kappa):
        """κ, φ(κ), m, n with axes in line: network, point (unless κ is a scalar), unit."""
        kappa = _checks.real("kappa", kappa)
        m, n, b = (array if kappa.ndim == 0 else array[..., None, :] for array in (self.m, self.n, self.b))
        _checks.broadcast(kappa=kappa, networks=m[..., 0])
        return kappa, np.tanh(m * kappa[..., None] + b), m, n

    def _shapes(self):
        return {"m": self.b.shape, "n": self.b.shape}


@dataclass(frozen=True, eq=False)
class LowRank(Ensemble):
    r"""Rank-K networks with a trained read-out, τẋ = −x + tanh(M κ + b), κ = N x ∈ ℝᴷ, so that W = M N (Eq. 19).

    m : float array of shape (B, N, K), the paper's matrix M.
    n : float array of shape (B, K, N), the paper's matrix N.
    b : float array of shape (B, N).
    w_out, b_out : float arrays of shapes (B, N) and (B,).

    The output is σ(w_out·x + b_out). Eq. (18) omits the σ that the caption of Fig. S2 and the authors' code have.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """

    m: np.ndarray
    n: np.ndarray
    b: np.ndarray
    w_out: np.ndarray
    b_out: np.ndarray

    @classmethod
    def initial(cls, seeds, rank, N=100):
        """The authors' networks before training: all but b = 0 are drawn from N(0, 1/N).

        Parameters
        ----------
        seeds : int or array of int
            As in `RankOne.initial`.
        rank : int
            K, from 1 to N.
        N : int, default 100

        Returns
        -------
        LowRank
            PyTorch's float32 numbers, held in float64. The authors multiply from the right, (x M′) N′ + b with M′
            (N, K) drawn first and N′ (K, N) second; in the paper's W x = M (N x) these are M = N′ᵀ and N = M′ᵀ.

        Raises
        ------
        ValueError
            If a seed is not an integer ≥ 0, N < 1, or `rank` is not between 1 and N.

        Source: authors' code.
        """
        N = _checks.count("N", N, 1)
        rank = _checks.count("rank", rank, 1)
        if rank > N:
            raise ValueError(f"rank must be ≤ N = {N}, got {rank}")
        first, second, w_out, b_out = initial.draw(seeds, N, (N, rank), (rank, N), (N,), (1,))
        return cls(np.swapaxes(second, -1, -2), np.swapaxes(first, -1, -2), np.zeros_like(w_out), w_out, b_out[..., 0])

    @property
    def rank(self):
        """K, the number of trainable ranks."""
        return self.m.shape[-1]

    def full_rank(self):
        """The same networks with W = M N as one matrix."""
        return FullRank(self.m.astype(np.float64) @ self.n, self.b, self.w_out, self.b_out)

    def simulate(self, task):
        """Rates of all units by Eq. (17), from x(0) to after the last update, shape (..., 2T + 1, N)."""
        return _simulate(self, task, lambda x: np.matvec(self.m, np.matvec(self.n, x)))

    def output(self, task):
        """σ(w_out·x + b_out) after each update, shape (..., 2T)."""
        return _read_out(self, task)

    def flow(self, kappa):
        """τκ̇ = −κ + N tanh(M κ + b) at points `kappa` of shape (K,) or (..., G, K); same shape after broadcasting.

        Raises
        ------
        ValueError
            If `kappa` holds NaN or does not fit the networks.
        """
        kappa, phi, _, n = self._at(kappa)
        return np.matvec(n, phi) - kappa

    def jacobian(self, kappa):
        """∂(τκ̇)/∂κ = −1 + N diag(1 − φ²) M, shape (..., G, K, K); a slow direction has an eigenvalue near 0.

        Raises
        ------
        ValueError
            If `kappa` holds NaN or does not fit the networks.
        """
        _, phi, m, n = self._at(kappa)
        return (n * (1 - phi**2)[..., None, :]) @ m - np.eye(self.rank)

    def _at(self, kappa):
        """κ, φ(κ), M, N with axes in line: network, point (unless κ is one point), and the matrices' own."""
        kappa = _checks.real("kappa", kappa)
        if kappa.ndim == 0 or kappa.shape[-1] != self.rank:
            raise ValueError(f"kappa must have K = {self.rank} numbers on its last axis, got shape {kappa.shape}")
        one = kappa.ndim == 1
        m, n = (array if one else array[..., None, :, :] for array in (self.m, self.n))
        b = self.b if one else self.b[..., None, :]
        _checks.broadcast(kappa=kappa[..., 0], networks=b[..., 0])
        return kappa, np.tanh(np.matvec(m, kappa) + b), m, n

    def _shapes(self):
        if self.m.ndim == 0 or self.m.shape[-1] < 1:
            raise ValueError(f"m must have at least one rank on its last axis, got shape {self.m.shape}")
        *lead, N = self.b.shape
        return {"m": (*lead, N, self.rank), "n": (*lead, self.rank, N), "w_out": (*lead, N), "b_out": tuple(lead)}


@dataclass(frozen=True, eq=False)
class FullRank(Ensemble):
    r"""Networks with all of W free and a trained read-out, τẋ = −x + tanh(W x + b) (Eq. 3), output σ(w_out·x + b_out).

    W : float array of shape (B, N, N).
    b : float array of shape (B, N).
    w_out, b_out : float arrays of shapes (B, N) and (B,).

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """

    W: np.ndarray
    b: np.ndarray
    w_out: np.ndarray
    b_out: np.ndarray

    def simulate(self, task):
        """Rates of all units by Eq. (17), from x(0) to after the last update, shape (..., 2T + 1, N)."""
        return _simulate(self, task, lambda x: np.matvec(self.W, x))

    def output(self, task):
        """σ(w_out·x + b_out) after each update, shape (..., 2T)."""
        return _read_out(self, task)

    def _shapes(self):
        *lead, N = self.b.shape
        return {"W": (*lead, N, N), "w_out": (*lead, N), "b_out": tuple(lead)}


def per_network(name, value, networks):
    """`value`, one positive number or one per network, as an array with the leading axes of `networks`.

    Raises
    ------
    ValueError
        If a number is not positive or the shape does not fit; the message calls it `name`.
    """
    value = _checks.positive(name, value)
    try:
        return np.broadcast_to(value, networks.shape)
    except ValueError:
        fitting = f"one number or one per network, shape {networks.shape}"
        raise ValueError(f"{name} must be {fitting}, got shape {value.shape}") from None


def confidence(networks, c):
    """The confidence of each network: `c`, or 10 if that is None, as in the paper.

    Networks with a trained read-out have none: for them `c` must be None, and 1 is returned.

    Raises
    ------
    ValueError
        If `c` is not positive, does not fit, or is given for networks that have none.
    """
    if isinstance(networks, RankOne):
        return per_network("c", 10.0 if c is None else c, networks)
    if c is not None:
        raise ValueError(
            f"c is for RankOne networks; {type(networks).__name__} networks train their read-out, got {c!r}"
        )
    return np.ones(networks.shape)


def _simulate(networks, task, recurrent):
    """x[t+1] = (1 − Δ) x[t] + Δ tanh(W x[t] + b), Eq. (17), with ``recurrent(x)`` = W x."""
    x = np.empty((*networks.shape, task.steps + 1, networks.N))
    x[..., 0, :] = task.x0
    for t in range(task.steps):
        now = x[..., t, :]
        x[..., t + 1, :] = (1 - task.delta) * now + task.delta * np.tanh(recurrent(now) + networks.b)
    return x


def _read_out(networks, task):
    x = networks.simulate(task)[..., 1:, :]
    return expit(np.vecdot(x, networks.w_out[..., None, :]) + networks.b_out[..., None])
