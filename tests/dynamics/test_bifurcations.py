"""When a ghost is born and dies: a unit with its own slope, and the closed form of its fold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.dynamics import bifurcations
from ghostlib.dynamics.slow_points import count_fixed_points
from ghostlib.networks.records import RankOne


def humped(a, h):
    """f(κ) = −κ + a tanh κ + h (the second unit is constant): extrema for a > 1, where tanh² κ = 1 − 1/a."""
    a, h = np.broadcast_arrays(np.asarray(a, float), np.asarray(h, float))
    zero = np.zeros_like(a)
    return RankOne(np.stack([zero + 1, zero], -1), np.stack([a, h], -1), np.stack([zero, zero + 30], -1))


def depth(a):
    """How far below h the minimum of f lies."""
    t = math.sqrt(1 - 1 / a)
    return a * t - math.atanh(t)


@settings(max_examples=30)
@given(seed=st.integers(0, 1000))
def test_no_flow_rises_more_steeply_than_the_bound(seed):
    rng = np.random.default_rng(seed)
    networks = RankOne(*rng.standard_normal((3, 4, 30)))
    slope = networks.slope(np.linspace(-20, 20, 801)).max(axis=-1)
    assert np.all(slope <= bifurcations.slope_upper_bound(networks))


def test_the_bound_is_reached_where_all_units_that_push_are_at_rest_together():
    network = RankOne(np.array([1.0, -2.0]), np.array([0.5, -0.4]), np.zeros(2))
    assert bifurcations.slope_upper_bound(network) == pytest.approx(0.3)
    assert network.slope(0.0) == pytest.approx(0.3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_diverged_network_has_no_bound_and_disturbs_no_other(bad):
    networks = humped(np.linspace(0.52, 2.02, 31), 3.0)
    diverged = networks.astype(np.float64)
    diverged.n[7, 0] = bad
    bound = bifurcations.slope_upper_bound(diverged)
    assert np.isnan(bound[7])
    np.testing.assert_array_equal(np.delete(bound, 7), np.delete(bifurcations.slope_upper_bound(networks), 7))


def test_the_flow_of_a_silent_network_falls_everywhere_and_an_empty_row_has_no_bounds():
    silent = RankOne(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(bifurcations.slope_upper_bound(silent), [-1, -1])
    assert bifurcations.slope_upper_bound(silent[:0]).shape == (0,)


@settings(max_examples=15)
@given(a=st.floats(1.2, 5), start=st.floats(0.01, 2), end=st.floats(0.01, 0.9))
def test_the_saddle_node_lies_where_the_closed_form_puts_it(a, start, end):
    above, below = depth(a) + start, depth(a) * (1 - end)
    found = bifurcations.saddle_node_between(humped(a, above), humped(a, below))
    assert found.share == pytest.approx(start / (above - below), abs=1e-6)
    assert found.position == pytest.approx(-math.atanh(math.sqrt(1 - 1 / a)), abs=1e-5)
    assert count_fixed_points(found.network).number == 1


def test_halfway_between_two_ensembles_is_the_mean_of_their_parameters():
    one, other = humped([1.0, 2.0], 0.0), humped([3.0, 5.0], 1.0)
    middle = bifurcations.interpolate(one, other, 0.5)
    np.testing.assert_array_equal(middle.n, [[2, 0.5], [3.5, 0.5]])


def test_networks_without_the_bifurcation_between_them_and_heaps_of_networks_are_refused():
    with pytest.raises(ValueError, match="must have 1 and 3 fixed points, got 1 and 1"):
        bifurcations.saddle_node_between(humped(2.0, 3.0), humped(2.0, 2.0))
    with pytest.raises(ValueError, match="network must be a single one"):
        bifurcations.saddle_node_between(humped([2.0, 2.0], 3.0), humped(2.0, 2.0))
    with pytest.raises(ValueError, match="networks must be RankOne, got list"):
        bifurcations.slope_upper_bound([humped(2.0, 3.0)])


def test_networks_of_two_sizes_have_no_way_between_them():
    with pytest.raises(ValueError, match=r"must broadcast against each other, got before \(2,\), after \(3,\)"):
        bifurcations.interpolate(
            RankOne([1.0, 2.0], [1.0, 2.0], [0.0, 0.0]), RankOne(np.ones(3), np.ones(3), np.ones(3)), 0.5
        )
