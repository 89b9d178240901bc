import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.dynamics import _counting
from ghostlib.dynamics.slow_points import (
    Flow,
    count_fixed_points,
    passage_time,
    rank_one_flow,
    simulated_passage_time,
    slow_points,
    slow_points_of,
)
from ghostlib.networks.records import RankOne


FOLD = 2 / (3 * math.sqrt(3))


def toy(r):
    return Flow(lambda x: x * x + r, lambda x: 2 * x, lambda x: 2.0, third=0.0)


def cubic(h):
    return Flow(lambda x: x - x**3 + h, lambda x: 1 - 3 * x**2, lambda x: -6 * x, third=6.0)


def random_networks(seed, networks, units, steepness=1.0):
    rng = np.random.default_rng(seed)
    m, n, b = rng.standard_normal((3, networks, units))
    return RankOne(steepness * m, 2 * n / math.sqrt(units), b)


def shifted(network, shift):
    """The network with one unit more that adds the constant `shift` to its flow."""
    columns = ((network.m, 0.0), (network.n, shift), (network.b, 30.0))
    return RankOne(*(np.append(array, value) for array, value in columns))


def kinds(points):
    return [point.kind for point in points]


@given(exponent=st.floats(-9, 2), tau=st.floats(0.1, 20))
def test_toy_model_has_its_ghost_at_zero_with_speed_r_and_passage_time_pi_over_root_r(exponent, tau):
    r = 10.0**exponent
    (ghost,) = slow_points_of(toy(r), (-3.0, 4.0), tau=tau)
    assert ghost.kind == "ghost"
    assert abs(ghost.position) < 1e-12
    assert ghost.speed == pytest.approx(r, rel=1e-12)
    assert ghost.distance == pytest.approx(r, rel=1e-12)
    assert ghost.curvature == 2
    assert ghost.passage_time == pytest.approx(tau * math.pi / math.sqrt(r), rel=1e-12)


@given(exponent=st.floats(-9, 0))
def test_toy_model_below_the_bifurcation_has_a_stable_and_an_unstable_point_at_the_roots_of_minus_r(exponent):
    r = -(10.0**exponent)
    stable, unstable = slow_points_of(toy(r), (-3.0, 4.0))
    assert kinds((stable, unstable)) == ["stable", "unstable"]
    assert stable.position == pytest.approx(-math.sqrt(-r), rel=1e-12)
    assert unstable.position == pytest.approx(math.sqrt(-r), rel=1e-12)
    assert stable.distance == unstable.distance == pytest.approx(-r, rel=1e-12)
    assert stable.passage_time == unstable.passage_time == math.inf


def test_toy_model_at_the_bifurcation_is_one_saddle_node():
    assert kinds(slow_points_of(toy(0.0), (-3.0, 4.0))) == ["saddle-node"]
    assert kinds(slow_points_of(toy(-1e-4), (-3.0, 4.0), tolerance=1e-3)) == ["saddle-node"]


def test_mirrored_toy_model_has_a_ghost_with_negative_speed():
    flow = Flow(lambda x: -x * x - 0.01, lambda x: -2 * x, lambda x: -2.0, third=0.0)
    (ghost,) = slow_points_of(flow, (-1.0, 2.0))
    assert (ghost.kind, ghost.speed) == ("ghost", pytest.approx(-0.01))
    assert ghost.passage_time == pytest.approx(math.pi / 0.1)


@pytest.mark.parametrize("interval", [(-1.0, 3.0), (-3.0, 1.0), (-1.0, 1.0)])
def test_fixed_points_at_the_ends_of_the_interval_are_found(interval):
    expected = [x for x in (-1.0, 1.0) if interval[0] <= x <= interval[1]]
    points = slow_points_of(toy(-1.0), interval)
    assert [point.position for point in points] == pytest.approx(expected)
    assert kinds(points) == ["stable" if x < 0 else "unstable" for x in expected]


def test_cubic_loses_two_of_its_three_fixed_points_at_its_known_fold():
    before = slow_points_of(cubic(FOLD - 0.01), (-2.0, 2.0))
    after = slow_points_of(cubic(FOLD + 0.01), (-2.0, 2.0))
    assert kinds(before) == ["stable", "unstable", "stable"]
    assert kinds(after) == ["ghost", "stable"]
    ghost = after[0]
    assert ghost.position == pytest.approx(-1 / math.sqrt(3), rel=1e-12)
    assert ghost.curvature == pytest.approx(2 * math.sqrt(3), rel=1e-12)
    assert ghost.passage_time == pytest.approx(math.pi / math.sqrt(0.01 * math.sqrt(3)), rel=1e-12)


def test_distance_of_a_fixed_point_is_to_the_extremum_where_it_would_meet_its_neighbour():
    left, middle, right = slow_points_of(cubic(0.1), (-2.0, 2.0))
    assert left.distance == middle.distance == pytest.approx(FOLD - 0.1)
    assert right.distance == pytest.approx(FOLD + 0.1)
    (alone,) = slow_points_of(toy(-1.0), (0.5, 3.0))
    assert alone.distance == math.inf


def test_pair_born_1e_9_below_the_fold_is_found_where_a_grid_of_003_sees_one_point():
    flow = cubic(FOLD - 1e-9)
    grid = np.arange(-2.0, 2.0, 0.03)
    assert np.count_nonzero(np.diff(np.sign(flow.value(grid)))) == 1
    left, right, other = slow_points_of(flow, (-2.0, 2.0))
    assert kinds((left, right, other)) == ["stable", "unstable", "stable"]
    assert left.distance == pytest.approx(1e-9, rel=1e-6)
    assert right.position - left.position == pytest.approx(2 * math.sqrt(1e-9 / math.sqrt(3)), rel=1e-4)


def test_extremum_without_curvature_is_still_found():
    flow = Flow(lambda x: x**4 + 0.1, lambda x: 4 * x**3, lambda x: 12 * x**2, third=72.0)
    (ghost,) = slow_points_of(flow, (-2.9, 3.0))
    assert ghost.kind == "ghost"
    assert abs(ghost.position) < 1e-6
    assert ghost.speed == pytest.approx(0.1)


@pytest.mark.parametrize("seed", range(5))
def test_derivatives_of_the_rank_one_flow_agree_with_high_precision(seed):
    network = random_networks(seed, 1, 7, steepness=2.0)[0]
    flow = rank_one_flow(network)

    def exact(kappa):
        units = zip(network.m.tolist(), network.n.tolist(), network.b.tolist(), strict=True)
        return -kappa + mpmath.fsum(n * mpmath.tanh(m * kappa + b) for m, n, b in units)

    with mpmath.workdps(40):
        for kappa in (-2.0, 0.3, 1.7):
            for order, of in enumerate(flow[:3]):
                assert float(of(kappa)) == pytest.approx(float(mpmath.diff(exact, kappa, order)), rel=1e-12, abs=1e-13)
            assert abs(mpmath.diff(exact, kappa, 3)) <= flow.third


@given(seed=st.integers(0, 2**32), units=st.integers(1, 30), steepness=st.floats(0.1, 6))
@settings(max_examples=25, deadline=None)
def test_random_networks_agree_with_a_dense_scan(seed, units, steepness):
    network = random_networks(seed, 1, units, steepness)[0]
    reach = float(np.abs(network.n).sum()) + 1
    points = slow_points(network)
    flow = rank_one_flow(network)
    grid = np.linspace(-reach, reach, 50_001)
    values = flow.value(grid)
    fixed = [point for point in points if point.kind in ("stable", "unstable")]
    # A scan can count only where no fold is closer to zero than what the flow moves between two of its points.
    if min((point.distance for point in points), default=1.0) > 1e-6:
        crossings = np.flatnonzero((values[1:] >= 0) != (values[:-1] >= 0))
        assert [point.position for point in fixed] == pytest.approx(
            grid[crossings] + reach / 50_000, abs=reach / 25_000
        )
        inner = values[1:-1]
        minima = (inner < values[:-2]) & (inner <= values[2:]) & (inner > 0)
        maxima = (inner > values[:-2]) & (inner >= values[2:]) & (inner < 0)
        places = grid[1:-1][minima | maxima]
        assert [point.position for point in points if point.kind == "ghost"] == pytest.approx(
            places, abs=reach / 25_000
        )
    assert [point.kind for point in fixed] == ["stable", "unstable"] * (len(fixed) // 2) + ["stable"]
    count = count_fixed_points(network)
    assert count.number == len(fixed)
    assert count.certified


@pytest.mark.parametrize("seed", range(4))
def test_count_sees_a_pair_1e_9_across_the_fold_and_none_1e_9_before(seed):
    networks = random_networks(seed, 20, 10, steepness=2.0)
    ghost, index = next(
        (point, index)
        for index in range(20)
        for point in slow_points(networks[index])
        if point.kind == "ghost" and abs(point.curvature) > 0.1
    )
    network = networks[index]
    side = math.copysign(1.0, ghost.speed)
    before = count_fixed_points(shifted(network, -ghost.speed + side * 1e-9))
    after = count_fixed_points(shifted(network, -ghost.speed - side * 1e-9))
    assert before.certified and after.certified
    assert after.number == before.number + 2


def test_count_refuses_to_certify_a_fold_that_touches_zero():
    networks = random_networks(3, 20, 10, steepness=2.0)
    folds = [
        (networks[index], point.speed)
        for index in range(20)
        for point in slow_points(networks[index])
        if point.kind == "ghost"
    ]
    assert len(folds) > 5
    for network, speed in folds:
        assert not count_fixed_points(shifted(network, -speed)).certified


def test_count_refuses_to_certify_a_fixed_point_on_the_end_of_the_interval():
    network = RankOne([0.5], [0.5], [0.0])
    assert not count_fixed_points(network, interval=(0.0, 3.0)).certified
    assert count_fixed_points(network, interval=(-1.0, 3.0)).certified


def test_count_in_an_interval_leaves_out_what_lies_beyond():
    network = RankOne([2.0], [3.0], [0.0])
    assert count_fixed_points(network).number == 3
    assert count_fixed_points(network, interval=(-15, 15)).number == 3
    assert count_fixed_points(network, interval=(-1, 15)).number == 2
    assert count_fixed_points(network, interval=(20, 30)).number == 0


def test_pitchfork_of_an_unbiased_network_is_where_its_overlap_is_one():
    overlap = np.array([0.5, 0.999, 0.999999, 1.000001, 1.001, 2.0])
    count = count_fixed_points(RankOne(np.ones((6, 1)), overlap[:, None], np.zeros((6, 1))))
    assert count.number.tolist() == [1, 1, 1, 3, 3, 3]
    assert count.certified.all()


def test_count_is_that_of_each_network_alone_and_of_its_float32_parameters():
    networks = random_networks(5, 64, 25, steepness=3.0).astype(np.float32)
    together = count_fixed_points(networks.reshape(4, 16)).number
    alone = [int(count_fixed_points(networks[index].astype(np.float64)).number) for index in range(64)]
    assert together.shape == (4, 16)
    assert together.ravel().tolist() == alone
    assert len(set(alone)) > 1


def test_count_survives_steep_units():
    count = count_fixed_points(random_networks(2, 4, 10, steepness=1000.0))
    assert count.certified.all()


def test_compiled_tanh_is_exact_to_four_units_of_rounding():
    for z in np.concatenate([np.linspace(-25, 25, 501), np.geomspace(1e-12, 1, 101)]):
        with mpmath.workdps(40):
            exact = float(mpmath.tanh(float(z)))
        assert abs(_counting._tanh(float(z)) - exact) <= 4 * np.spacing(abs(exact))


@pytest.mark.parametrize("seed", range(5))
def test_rounding_of_the_compiled_flow_stays_below_what_the_proof_allows(seed):
    network = random_networks(seed, 1, 100, steepness=5.0)[0]
    m, n, b = network.m, network.n, network.b
    errors = _counting._bounds(m, n, b, 15.0)[1]
    with mpmath.workdps(40):
        for kappa in np.linspace(-15, 15, 11):
            phi = [mpmath.tanh(mpmath.mpf(x) * kappa + y) for x, y in zip(m, b, strict=True)]
            units = list(zip(m, n, phi, strict=True))
            exact = (
                mpmath.fsum(y * p for _, y, p in units) - kappa,
                mpmath.fsum(mpmath.mpf(y) * x * (1 - p * p) for x, y, p in units) - 1,
                mpmath.fsum(-2 * mpmath.mpf(y) * x * x * p * (1 - p * p) for x, y, p in units),
            )
            computed = _counting._derivatives(m, n, b, float(kappa))
            assert all(abs(a - c) <= e for a, c, e in zip(exact, computed, errors[:3], strict=True))


@given(exponent=st.floats(-8, 1), start=st.floats(-5, -0.1), stop=st.floats(0.1, 5))
@settings(deadline=None)
def test_passage_time_of_the_toy_model_is_its_arctangent(exponent, start, stop):
    root = math.sqrt(10.0**exponent)
    expected = (math.atan(stop / root) - math.atan(start / root)) / root
    assert passage_time(toy(root**2), start, stop, tau=10.0) == pytest.approx(10 * expected, rel=1e-9)


def test_passage_away_from_a_ghost_and_downwards_is_the_arctangent_too():
    assert passage_time(toy(0.01), 1.0, 2.0) == pytest.approx(10 * (math.atan(20) - math.atan(10)), rel=1e-9)
    down = Flow(lambda x: -x * x - 1, lambda x: -2 * x, lambda x: -2.0, third=0.0)
    assert passage_time(down, 1.0, -1.0) == pytest.approx(math.pi / 2, rel=1e-9)


def test_passage_never_ends_against_the_flow_or_through_a_fixed_point():
    assert passage_time(toy(0.01), 1.0, -1.0) == math.inf
    assert passage_time(toy(-0.01), -1.0, 1.0) == math.inf
    assert passage_time(toy(0.0), -1.0, 1.0) == math.inf
    assert simulated_passage_time(toy(0.01), 1.0, -1.0, delta=0.1) == math.inf
    assert simulated_passage_time(toy(-0.01), -1.0, 1.0, delta=0.1) == math.inf
    assert simulated_passage_time(toy(1e-6), -1.0, 1.0, delta=0.1, longest=100) == math.inf


def test_predicted_quadrature_and_simulated_passage_agree_near_a_fold_of_a_network():
    network = RankOne([2.0], [1.0], [0.0])
    left = slow_points(network)[0]
    network = shifted(network, left.distance + 1e-5)
    flow = rank_one_flow(network)
    (ghost,) = (point for point in slow_points(network) if point.kind == "ghost")
    time = passage_time(flow, ghost.position - 0.3, ghost.position + 0.3)
    assert ghost.speed == pytest.approx(1e-5, rel=1e-6)
    assert time == pytest.approx(ghost.passage_time, rel=0.02)
    simulated = simulated_passage_time(flow, ghost.position - 0.3, ghost.position + 0.3, delta=0.5)
    assert simulated == pytest.approx(time, rel=0.005)


def test_euler_passage_tends_to_the_quadrature_in_proportion_to_delta():
    exact = passage_time(toy(0.1), -1.0, 1.5)
    errors = [simulated_passage_time(toy(0.1), -1.0, 1.5, delta=delta) - exact for delta in (0.02, 0.01, 0.005)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: slow_points_of(toy(1.0), (1.0, 1.0)), "interval must be two different numbers"),
        (lambda: slow_points_of(toy(1.0), (0.0, 1.0, 2.0)), "interval must be two different numbers"),
        (lambda: slow_points_of(toy(1.0), (0.0, math.inf)), "interval must be finite"),
        (lambda: slow_points_of(toy(1.0), (0.0, 1.0), tau=0.0), "tau must be > 0"),
        (lambda: slow_points_of(toy(1.0), (0.0, 1.0), tolerance=-1.0), "tolerance must be ≥ 0"),
        (lambda: slow_points_of(toy(1.0)._replace(third=-1.0), (0.0, 1.0)), "flow.third must be ≥ 0"),
        (lambda: slow_points_of(toy(math.nan), (0.0, 1.0)), "flow.value must be finite"),
        (
            lambda: slow_points_of(Flow(lambda x: 1.0, lambda x: 0.0, lambda x: 0.0, 0.0), (0.0, 1.0)),
            "cannot be settled",
        ),
        (
            lambda: slow_points(random_networks(0, 2, 3)),
            r"single one, such as networks\[0\], got an ensemble of shape \(2,\)",
        ),
        (lambda: count_fixed_points(random_networks(0, 1, 3), interval=(2, 1)), "interval must be"),
        (lambda: count_fixed_points(RankOne([[1.0], [np.nan]], np.ones((2, 1)), np.ones((2, 1)))), "of 1 of 2 "),
        (lambda: slow_points(RankOne([1.0], [np.inf], [0.0])), "parameters must be finite, those of 1 of 1 "),
        (lambda: passage_time(toy(1.0), 1.0, 1.0), "start and stop must be two different numbers"),
        (lambda: simulated_passage_time(toy(1.0), 0.0, 1.0, delta=0.0), "delta must be > 0"),
        (lambda: simulated_passage_time(toy(1.0), 0.0, 1.0, delta=0.1, longest=0), "longest must be ≥ 1"),
    ],
)
def test_impossible_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
