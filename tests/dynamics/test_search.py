"""The search from many starts: published fixed points, agreement with the proof, and what it says of itself."""

import dataclasses

import numpy as np
import pytest

from ghostlib.dynamics.planar_points import rank_two_points
from ghostlib.dynamics.search import found_points
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.records import FullRank, LowRank


# The fixed points of FixedPointFinder's three test networks but the origin, each with its mirror image: float32, from
# its repository (mattgolub/fixed-point-finder, test/ground-truth; Apache 2.0).
PUBLISHED = {
    2: [[-0.95750403, 0.95750403]],
    3: [[-0.94979572, 0.42550233, 0.87989402]],
    4: [
        [-0.96289188, -0.52523530, 0.96289188, 0.52523518],
        [-0.87726313, 0.56969619, -0.33974499, 0.78964770],
        [-0.77551639, 0.77551639, -0.77551633, 0.77551639],
        [-0.33974501, 0.78964770, -0.87726313, 0.56969619],
    ],
}


def random_network(seed, rank, units=20):
    rng = np.random.default_rng(seed)
    m, n = rng.standard_normal((units, rank)), 3 * rng.standard_normal((rank, units)) / np.sqrt(units)
    return LowRank(m, n, rng.standard_normal(units), np.zeros(units), 0.0)


@pytest.mark.parametrize("units", PUBLISHED)
def test_published_fixed_points_are_found(units):
    # x ← tanh(x W): row i of W holds −1 … 1, turned and with the other sign.
    W = np.array([-np.roll(np.linspace(-1, 1, units), -i) for i in range(units)]).T
    points = found_points(FullRank(W, np.zeros(units), np.zeros(units), 0.0))
    expected = np.concatenate([PUBLISHED[units], -np.array(PUBLISHED[units]), [np.zeros(units)]])
    assert len(points) == len(expected)
    for position in expected:
        assert min(np.abs(point.position - position).max() for point in points) < 1e-6
    assert not any(point.certified or point.kind == "ghost" for point in points)


@pytest.mark.parametrize("seed", range(3))
def test_in_the_plane_the_search_finds_what_is_proved_to_be_there(seed):
    network = random_network(seed, 2)
    proved, found = rank_two_points(network), found_points(network, tau=10.0)
    assert len(found) == len(proved)
    for point in proved:
        same = min(found, key=lambda other: np.linalg.norm(other.position - point.position))
        assert same.position == pytest.approx(point.position, abs=1e-6)
        assert (same.kind, same.attracting) == (point.kind, point.attracting)
        assert same.passage_time == pytest.approx(10 * point.passage_time, rel=1e-4, nan_ok=True)
        assert same.width == pytest.approx(point.width, rel=1e-4, nan_ok=True)
        assert np.sort_complex(same.rates) == pytest.approx(np.sort_complex(point.rates), abs=1e-6)


def test_the_states_of_a_network_have_the_fixed_points_of_its_latent_variables():
    network = random_network(4, 3, units=8)
    latent = slow_points(network)
    starts = [np.tanh(network.m @ point.position + network.b) for point in latent]
    states = found_points(network.full_rank(), starts)
    fixed = [point for point in latent if point.kind != "ghost"]
    assert fixed and all(state.kind != "stable focus" or abs(state.rates.imag).max() > 1e-3 for state in states)
    for point in fixed:
        same = min(states, key=lambda state: np.linalg.norm(network.n @ state.position - point.position))
        assert network.n @ same.position == pytest.approx(point.position, abs=1e-8)
        assert same.kind == point.kind


def test_starts_that_meet_in_one_point_are_one_and_no_start_finds_none():
    network = random_network(0, 3)
    assert len(found_points(network, np.zeros((5, 3)))) <= 2  # one zero, one minimum
    assert found_points(network, np.zeros((0, 3))) == ()
    assert len(found_points(network, apart=1e9)) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda network: found_points(network, np.zeros((2, 4))), r"starts must have shape \(S, 3\), got \(2, 4\)"),
        (lambda network: found_points(network, np.zeros(3)), r"starts must have shape \(S, 3\), got \(3,\)"),
        (lambda network: found_points(network, apart=0), "apart must be > 0, got 0"),
        (lambda network: found_points(network, seed=-1), "seed must be ≥ 0, got -1"),
        (lambda network: found_points(network, tau=0), "tau must be > 0, got 0"),
        (lambda network: found_points(3), "network must be LowRank or FullRank, got int"),
        (
            lambda network: found_points(dataclasses.replace(network, b=network.b * np.nan)),
            "parameters of network must be finite",
        ),
    ],
)
def test_impossible_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call(random_network(0, 3))
