"""Flows: the derivatives and bounds of a network against mpmath, those made from a function alone, and refusals."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghostlib.dynamics import flows
from ghostlib.dynamics.flows import Flow
from ghostlib.networks.records import LowRank, RankOne


def random_network(seed, units, scale=1.0):
    return RankOne(*(scale * np.random.default_rng(seed).standard_normal((3, units))))


def exact_derivatives(network, kappa):
    """f, f′, f″ and f‴ of a network at κ, with 40 digits."""
    units = list(zip(*(map(mpmath.mpf, array.tolist()) for array in (network.m, network.n, network.b)), strict=True))
    phi = [mpmath.tanh(m * kappa + b) for m, _, b in units]
    tanh = [
        phi,
        [1 - p**2 for p in phi],
        [-2 * p * (1 - p**2) for p in phi],
        [(1 - p**2) * (6 * p**2 - 2) for p in phi],
    ]
    leak = (-kappa, -1, 0, 0)
    return [
        leak[order] + mpmath.fsum(n * m**order * t for (m, n, _), t in zip(units, tanh[order], strict=True))
        for order in range(4)
    ]


@pytest.mark.parametrize(("seed", "scale"), [(0, 0.3), (1, 1.0), (2, 5.0), (3, 30.0), (4, 1000.0)])
def test_rounding_of_a_networks_flow_and_of_its_derivatives_stays_below_its_bounds(seed, scale):
    network = random_network(seed, 100, scale)
    flow = flows.rank_one_flow(network)
    kappas = np.concatenate([np.linspace(-15, 15, 9), -network.b[:8] / network.m[:8]])
    errors = flow.rounding(kappas)
    with mpmath.workdps(40):
        for i, kappa in enumerate(kappas):
            exact = exact_derivatives(network, mpmath.mpf(kappa))
            for of, value, error in zip(flow[:3], exact, errors, strict=False):
                assert abs(mpmath.mpf(float(of(kappa))) - value) <= error[i]


@given(seed=st.integers(0, 10**6), low=st.floats(-4, 4), exponent=st.floats(-6, 1), scale=st.floats(0.1, 50))
def test_the_third_derivative_stays_below_its_bound_on_every_cell(seed, low, exponent, scale):
    network = random_network(seed, 3, scale)
    high = low + 10.0**exponent
    bound = flows.rank_one_flow(network).third(np.array([low]), np.array([high]))[0]
    with mpmath.workdps(40):
        for kappa in np.linspace(low, high, 7):
            assert abs(exact_derivatives(network, mpmath.mpf(kappa))[3]) <= bound


def test_the_flow_of_float32_parameters_is_computed_in_float64():
    network = random_network(7, 5).astype(np.float32)
    flow, double = flows.rank_one_flow(network), flows.rank_one_flow(network.astype(np.float64))
    for one, other in zip(flow[:3], double[:3], strict=True):
        np.testing.assert_array_equal(one(np.linspace(-3, 3, 50)), other(np.linspace(-3, 3, 50)))


def test_far_from_its_steep_place_a_unit_bends_no_more():
    third = flows.rank_one_flow(RankOne([1e8], [1.0], [0.0])).third
    assert third(np.array([-1e-8]), np.array([1e-8]))[0] == 2e24
    assert third(np.array([0.5]), np.array([1.0]))[0] < 1e-30


@pytest.mark.parametrize(
    ("f", "slope", "curvature", "third"),
    [
        (np.sin, np.cos, lambda x: -np.sin(x), 1.0),
        (lambda x: np.exp(x) - 2, np.exp, np.exp, math.exp(2)),
        (lambda x: 1 / (1 + 25 * x**2), lambda x: -50 * x / (1 + 25 * x**2) ** 2, None, 500.0),
        (lambda x: x - x**3, lambda x: 1 - 3 * x**2, lambda x: -6 * x, 6.0),
        (lambda x: 0 * x + 1.5, lambda x: 0 * x, lambda x: 0 * x, 0.0),
    ],
)
def test_a_flow_of_a_function_alone_has_its_derivatives(f, slope, curvature, third):
    flow = Flow.from_function(f, (-1.5, 2.0))
    x = np.linspace(-1.5, 2, 301)
    scale = max(1.0, third)
    np.testing.assert_array_equal(flow.value(x), f(x))
    np.testing.assert_allclose(flow.slope(x), slope(x), atol=1e-11 * scale)
    if curvature is not None:
        np.testing.assert_allclose(flow.curvature(x), curvature(x), atol=1e-9 * scale)
    assert flow.third >= third * (1 - 1e-9)


@pytest.mark.parametrize("f", [np.abs, np.sign, lambda x: np.clip(2 * x, -1, 1) - x])
def test_a_function_with_a_kink_or_a_jump_has_no_flow(f):
    with pytest.raises(ValueError, match=r"f must be smooth on \(-1, 1.5\): its Chebyshev series does not converge"):
        Flow.from_function(f, (-1, 1.5))


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (LowRank.initial(0, 2), "flow must be a Flow, one RankOne network or a function of κ, got LowRank"),
        (3.0, "got float"),
        (RankOne.initial([1, 2]), r"network must be a single one, .* got an ensemble of shape \(2,\)"),
        (RankOne([1.0], [np.nan], [0.0]), "parameters of network must be finite"),
        (RankOne([1e150], [1.0], [0.0]), r"parameters of network are too large: \|m\| = 1e\+150 makes f‴ overflow"),
        (math.sin, "f must take an array of κ and return a number for each"),
        (lambda x: x[:-1], "f must take an array of κ and return a number for each"),
        (lambda x: x / 0.0 if np.ndim(x) == 0 else np.full(x.shape, np.inf), "f must be finite on the interval"),
    ],
)
def test_what_is_no_flow_is_refused_with_a_sentence(flow, message):
    with pytest.raises(ValueError, match=message):
        flows.as_flow(flow, (-1.0, 1.0))
