"""The networks: rank one, low rank and full rank, as records of arrays whose leading axes are an ensemble.

A record is refused with a ValueError where the shapes of its arrays do not fit, and a method where `kappa` holds NaN,
a confidence is not positive, or either does not broadcast against the networks. What overflows becomes infinite or NaN
without a warning: a diverged network stays in its ensemble as NaN.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import expit

from ghostlib import _checks
from ghostlib.networks import initial
from ghostlib.networks.task import checked_task


quiet = np.errstate(over="ignore", invalid="ignore")


class Ensemble:
    """What the networks have in common: leading axes that can be indexed, a size N, a norm.

    ``networks[3]``, ``networks[10:20]``, ``networks[mask]`` and ``networks[..., 0]`` are records of the same kind; a
    single network has no leading axis left. Arrays keep their precision; whatever is computed from them is computed in
    float64. PyTorch's tensors and parameters are taken without their gradient. The vectors of a single network, with b
    of shape (N,), may be columns (N, 1) or rows (1, N), and its numbers (1,), as layers of PyTorch have them.
    """

    def __post_init__(self):
        for field in fields(self):
            object.__setattr__(self, field.name, _checks.floats(field.name, getattr(self, field.name)))
        if self.b.ndim == 0 or self.N < 1:
            raise ValueError(f"b must have at least one unit on its last axis, got shape {self.b.shape}")
        for name, expected in self._shapes().items():
            value = getattr(self, name)
            if not self.shape and _longer_than_one(value.shape) == _longer_than_one(expected):
                object.__setattr__(self, name, value.reshape(expected))
            elif value.shape != expected:
                raise ValueError(f"{name} must have shape {expected} beside b of {self.b.shape}, got {value.shape}")

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

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key):
        key = key if isinstance(key, tuple) else (key,)
        try:
            np.empty(self.shape, bool)[key]
        except IndexError as error:
            raise IndexError(f"only the leading axes {self.shape} of the networks can be indexed: {error}") from None
        whole = [slice(None)] if any(each is Ellipsis for each in key) else []  # an Ellipsis would reach the units
        return self._map(lambda array: array[(*key, *whole * len(self._own_axes(array)))])

    @quiet
    def astype(self, dtype):
        """The same networks with every array in `dtype`; infinite where that cannot hold a number."""
        return self._map(lambda array: array.astype(dtype))

    def reshape(self, *shape):
        """The same networks with their leading axes in another shape."""
        lead = len(self.shape)
        return self._map(lambda array: array.reshape(*shape, *array.shape[lead:]))

    def is_finite(self):
        """True where every parameter of a network is finite; shape (...)."""
        return np.logical_and.reduce([np.isfinite(array).all(axis=self._own_axes(array)) for array in self._arrays()])

    @quiet
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

        Source: authors' code.
        """
        N = _checks.count("N", N, 1)
        m, n = initial.draw(seeds, N, (N,), (N,))
        return cls(m, n, np.zeros_like(m))

    def kappa0(self, task):
        """κ(0) = n·x(0), shape (...)."""
        return checked_task(task).x0 * self.n.sum(axis=-1, dtype=np.float64)

    def simulate(self, task):
        """Rates of all units by Eq. (17), from x(0) to after the last update, shape (..., 2T + 1, N)."""
        return _simulate(self, task, lambda x: self.m * np.vecdot(self.n, x)[..., None])

    @quiet
    def latent(self, task):
        """The same as one scalar, κ[t+1] = (1 − Δ) κ[t] + Δ n·tanh(m κ[t] + b), shape (..., 2T + 1)."""
        kappa = np.empty((*self.shape, checked_task(task).steps + 1))
        kappa[..., 0] = self.kappa0(task)
        for t in range(task.steps):
            now = kappa[..., t]
            phi, _, n = self._at(now[..., None])
            kappa[..., t + 1] = now + task.delta * (np.vecdot(phi, n)[..., 0] - now)
        return kappa

    @quiet
    def output(self, task, c=None):
        """σ(c(κ − κ*)) after each update, Eq. (5), shape (..., 2T); the confidence `c` is as in `train`."""
        c = confidence(self, c)[..., None]
        return expit(c * (self.latent(task)[..., 1:] - task.kappa_star))

    @quiet
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
        """
        kappa = self._points(kappa)
        phi, _, n = self._at(kappa)
        return np.vecdot(phi, n) - kappa

    @quiet
    def slope(self, kappa):
        """f′(κ) = −1 + Σᵢ nᵢmᵢ(1 − φᵢ²) with φ = tanh(mκ + b); shapes as in `flow`."""
        phi, m, n = self._at(self._points(kappa))
        return np.vecdot(1 - phi**2, n * m) - 1

    @quiet
    def curvature(self, kappa):
        """f″(κ) = −2 Σᵢ nᵢmᵢ²φᵢ(1 − φᵢ²) with φ = tanh(mκ + b); shapes as in `flow`."""
        phi, m, n = self._at(self._points(kappa))
        return -2 * np.vecdot(phi * (1 - phi**2), n * m**2)

    def _points(self, kappa):
        kappa = _checks.real("kappa", kappa)
        _checks.broadcast(kappa=kappa, networks=self.b[..., 0] if kappa.ndim == 0 else self.b[..., None, 0])
        return kappa

    def _at(self, kappa):
        """φ(κ), m, n with axes in line: network, point (unless κ is a scalar), unit."""
        m, n, b = (array if kappa.ndim == 0 else array[..., None, :] for array in (self.m, self.n, self.b))
        return np.tanh(m * kappa[..., None] + b), m, n

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

    @quiet
    def full_rank(self):
        """The same networks with W = M N as one matrix."""
        return FullRank(self.m.astype(np.float64) @ self.n, self.b, self.w_out, self.b_out)

    def simulate(self, task):
        """Rates of all units by Eq. (17), from x(0) to after the last update, shape (..., 2T + 1, N)."""
        return _simulate(self, task, lambda x: np.matvec(self.m, np.matvec(self.n, x)))

    def output(self, task, c=None):
        """σ(w_out·x + b_out) after each update, shape (..., 2T); there is no confidence, so that `c` must be None."""
        return _read_out(self, task, c)

    @quiet
    def flow(self, kappa):
        """τκ̇ = −κ + N tanh(M κ + b) at points `kappa` of shape (K,) or (..., G, K); same shape after broadcasting."""
        kappa, phi, _, n = self._at(kappa)
        return np.matvec(n, phi) - kappa

    @quiet
    def jacobian(self, kappa):
        """∂(τκ̇)/∂κ = −1 + N diag(1 − φ²) M, shape (..., G, K, K); a slow direction has an eigenvalue near 0."""
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
    """

    W: np.ndarray
    b: np.ndarray
    w_out: np.ndarray
    b_out: np.ndarray

    def simulate(self, task):
        """Rates of all units by Eq. (17), from x(0) to after the last update, shape (..., 2T + 1, N)."""
        return _simulate(self, task, lambda x: np.matvec(self.W, x))

    def output(self, task, c=None):
        """σ(w_out·x + b_out) after each update, shape (..., 2T); there is no confidence, so that `c` must be None."""
        return _read_out(self, task, c)

    def _shapes(self):
        *lead, N = self.b.shape
        return {"W": (*lead, N, N), "w_out": (*lead, N), "b_out": tuple(lead)}


def per_network(name, value, networks, *, check=_checks.positive, dtype=np.float64):
    """`value`, one number or one per network, as an array with the leading axes of `networks`.

    It is refused, under its `name`, where its shape does not fit or where it does not pass `check` in the precision
    `dtype`; but what a network gets that is not finite itself does not matter, and may be NaN.
    """
    value = _checks.numbers(name, value)
    try:
        value = np.broadcast_to(value, networks.shape)
    except ValueError:
        fitting = f"one number or one per network, shape {networks.shape}"
        raise ValueError(f"{name} must be {fitting}, got shape {value.shape}") from None
    needed = value[networks.is_finite()]
    check(name, needed)
    with np.errstate(over="ignore", under="ignore"):
        check(f"{name} (in {np.dtype(dtype)})", needed.astype(dtype))
    return value


def confidence(networks, c, **options):
    """The confidence of each network: `c`, or 10 if that is None, as in the paper; `options` are for `per_network`.

    Networks with a trained read-out have none: for them `c` must be None, and 1 is returned.
    """
    if isinstance(networks, RankOne):
        return per_network("c", 10.0 if c is None else c, networks, **options)
    if c is not None:
        raise ValueError(
            f"c is for RankOne networks; {type(networks).__name__} networks train their read-out, got {c!r}"
        )
    return np.ones(networks.shape)


def _longer_than_one(shape):
    return tuple(length for length in shape if length != 1)


@quiet
def _simulate(networks, task, recurrent):
    """x[t+1] = (1 − Δ) x[t] + Δ tanh(W x[t] + b), Eq. (17), with ``recurrent(x)`` = W x."""
    x = np.empty((*networks.shape, checked_task(task).steps + 1, networks.N))
    x[..., 0, :] = task.x0
    for t in range(task.steps):
        now = x[..., t, :]
        x[..., t + 1, :] = (1 - task.delta) * now + task.delta * np.tanh(recurrent(now) + networks.b)
    return x


@quiet
def _read_out(networks, task, c):
    confidence(networks, c)
    x = networks.simulate(task)[..., 1:, :]
    return expit(np.vecdot(x, networks.w_out[..., None, :]) + networks.b_out[..., None])
