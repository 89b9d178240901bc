"""One-dimensional flows τκ̇ = f(κ): f, its derivatives, and how far they can be trusted.

Every function raises ValueError where its argument is not what is asked for: a network of another kind or several of
them, parameters that are not finite or so large that f‴ overflows, an f that is not smooth.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Chebyshev
from scipy.fft import dct

from ghostlib import _checks
from ghostlib.dynamics import _counting
from ghostlib.networks.records import RankOne


EPS = np.finfo(np.float64).eps
# Terms of the Chebyshev series of a function without derivatives, and the share of the largest coefficient below which
# the last eighth of them must have fallen.
TERMS = 2 ** np.arange(4, 13)
CONVERGED = 1e-14
# Where rounding errors are measured: that of f at neighbours so close, as shares of the interval, those of f′ and f″ by
# their largest sizes at so many places.
NEIGHBOURS = 1e-5 * np.arange(-6, 7)
GRID = 33


class Flow(NamedTuple):
    """A one-dimensional flow τκ̇ = f(κ), and what is needed to find all its slow points.

    value, slope, curvature : functions of an array of κ, elementwise: f, f′ and f″.
    third : a number that |f‴| does not exceed on the intervals to be searched (0 for a parabola); or a function
        (low, high) of two arrays that gives one for each cell, for flows that are steep here and flat there.
    rounding : function of an array of κ, bounds of the rounding errors of f, f′ and f″ there. By default what is
        measured for f, and four units of rounding of the largest |f′| and |f″| on the interval to be searched.
    """

    value: Callable
    slope: Callable
    curvature: Callable
    third: float | Callable
    rounding: Callable | None = None

    @classmethod
    def from_function(cls, f, interval):
        """The flow of a function f alone, elementwise and smooth, with the derivatives of its Chebyshev series.

        The series is right to rounding on `interval`, (low, high), but its bound of f‴ is measured and not proved.
        """
        low, high = checked_interval("interval", interval)
        value = _elementwise("f", f)
        for terms in TERMS:
            nodes = np.cos(np.pi * (np.arange(terms) + 0.5) / terms)
            coefficients = dct(value((low + high) / 2 + (high - low) / 2 * nodes)) / terms
            coefficients[0] /= 2
            size = np.abs(coefficients)
            if size[-terms // 8 :].max() <= CONVERGED * size.max():
                break
        else:
            raise ValueError(f"f must be smooth on ({low:g}, {high:g}): its Chebyshev series does not converge")
        series = Chebyshev(coefficients, domain=(low, high)).trim(EPS * size.max())
        slope, curvature, third = (series.deriv(order) for order in (1, 2, 3))
        # A derivative multiplies the errors of a series by its degree squared, at most.
        gain = 2 * (1 + series.degree()) ** 2 / (high - low)
        errors = [CONVERGED * size.max() * gain**order for order in (1, 2)]

        def rounding(kappa):
            return _noise(value, kappa, (low, high)), *errors

        return cls(value, slope, curvature, float(np.abs(third.coef).sum()), rounding)


def rank_one_flow(network):
    """The latent flow f(κ) = −κ + n·tanh(m κ + b) of one rank-one network, in units of 1/τ (Eq. 4).

    `third` is Σᵢ |nᵢmᵢ³| times the largest |tanh‴| of each unit on the cell, `rounding` that of sums in any order.

    Parameters
    ----------
    network : RankOne
        A single one, of shape () or (1,).

    Returns
    -------
    Flow
    """
    network = single_network(network)
    m, n, b = (np.ascontiguousarray(array) for array in (network.m, network.n, network.b))

    def bounds(low, high):
        low, high = np.broadcast_arrays(low, high)
        return _counting.bounds(m, n, b, (low + high).ravel() / 2, (high - low).ravel() / 2).reshape(4, *low.shape)

    def third(low, high):
        return bounds(low, high)[0]

    def rounding(kappa):
        return bounds(kappa, kappa)[1:]

    return Flow(network.flow, network.slope, network.curvature, third, rounding)


def as_flow(flow, interval):
    """A `Flow`, one `RankOne` network or a function of κ, as a Flow whose five parts are functions and checked.

    They return one finite float64 for each κ of the interval, or refuse.
    """
    if isinstance(flow, RankOne):
        flow = rank_one_flow(flow)
    elif callable(flow):
        flow = Flow.from_function(flow, interval)
    elif not isinstance(flow, Flow):
        raise ValueError(f"flow must be a Flow, one RankOne network or a function of κ, got {type(flow).__name__}")
    third = flow.third
    if not callable(third):
        bound = _checks.number("flow.third", third, _checks.nonnegative)

        def third(low, high):
            return bound

    functions = zip(Flow._fields, (*flow[:3], third), strict=False)
    value, slope, curvature, third = (_elementwise(f"flow.{name}", function) for name, function in functions)
    rounding = flow.rounding
    if rounding is None:
        grid = np.linspace(*interval, GRID)
        errors = [4 * EPS * np.abs(of(grid)).max() for of in (slope, curvature)]

        def rounding(kappa):
            return _noise(value, kappa, interval), *errors

    return Flow(value, slope, curvature, third, rounding)


def _elementwise(name, function):
    """The function, made to return one finite float64 for each κ, or to refuse; the message calls it `name`."""

    def call(*kappa):
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                values = np.broadcast_to(np.asarray(function(*kappa), dtype=np.float64), np.shape(kappa[0]))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} must take an array of κ and return a number for each: {error}") from error
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must be finite on the interval, got {values[~np.isfinite(values)][0]}")
        return values

    return call


def _noise(function, kappa, interval):
    """The rounding error of a function around each κ, measured: in a sixth difference nothing else is left."""
    low, high = interval
    steps = NEIGHBOURS * (high - low)
    around = np.clip(np.ravel(kappa), low - steps[0], high - steps[-1])[:, None] + steps
    values = function(around.ravel()).reshape(around.shape)
    noise = np.abs(np.diff(values, 6)).max(axis=1) / 4 + 4 * EPS * np.abs(values).max(axis=1)
    return noise.reshape(np.shape(kappa))


def checked_interval(name, ends):
    """The two ends as floats, if they are finite and ascending."""
    ends = _checks.finite(name, ends)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"{name} must be two different numbers in ascending order, got {ends.tolist()}")
    return float(ends[0]), float(ends[1])


def single(network, *kinds):
    """The one network of shape () that a record of shape () or (1,) is, in float64, if its parameters are finite."""
    _checks.instance("network", network, *kinds)
    if network.shape not in ((), (1,)):
        raise ValueError(f"network must be a single one, such as networks[0], got an ensemble of shape {network.shape}")
    network = (network[0] if network.shape else network).astype(np.float64)
    if not network.is_finite():
        raise ValueError("parameters of network must be finite, got infinity or NaN")
    return network


def single_network(network):
    """The `single` RankOne, if its weights leave f‴ finite."""
    network = single(network, RankOne)
    with np.errstate(over="ignore"):
        third = np.sum(np.abs(network.n) * (1 + np.abs(network.m)) ** 3)
    if not np.isfinite(third):
        raise ValueError(f"parameters of network are too large: |m| = {np.abs(network.m).max():g} makes f‴ overflow")
    return network


def reach(networks):
    """Beyond Σ|n| the leak wins over the bounded tanh: no fixed point there. What is added keeps f clear of zero."""
    with np.errstate(over="ignore"):
        total = np.abs(networks.n).sum(axis=-1, dtype=np.float64)
        return total + np.maximum(1, 1e-6 * total)
