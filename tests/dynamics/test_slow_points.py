"""Fixed points and ghosts: closed forms, a referee with 60 digits, and what must not be missed, doubled or invented."""

import itertools
import math
import os
import subprocess
import sys
import textwrap

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.dynamics import _counting
from ghostlib.dynamics.flows import Flow, rank_one_flow
from ghostlib.dynamics.slow_points import count_fixed_points, slow_points, slow_points_of
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


FOLD = 2 / (3 * math.sqrt(3))
EPS = np.finfo(np.float64).eps
EXACT_TANH = np.frompyfunc(mpmath.tanh, 1, 1)


def toy(r):
    return Flow(lambda x: x * x + r, lambda x: 2 * x, lambda x: 2.0, third=0.0)


def constant(height):
    return Flow(lambda x: height, lambda x: 0.0, lambda x: 0.0, third=0.0)


def cubic(h):
    return Flow(lambda x: x - x**3 + h, lambda x: 1 - 3 * x**2, lambda x: -6 * x, third=6.0)


def random_networks(seed, networks, units, steepness=1.0):
    rng = np.random.default_rng(seed)
    m, n, b = rng.standard_normal((3, networks, units))
    return RankOne(steepness * m, 2 * n / math.sqrt(units), b)


def shifted(network, shift):
    """The network with one unit more that adds the constant `shift` to its flow."""
    columns = ((network.m, 0.0), (network.n, shift), (network.b, 400.0))
    return RankOne(*(np.append(array, value) for array, value in columns))


def low_rank():
    return LowRank(np.ones((3, 2)), np.ones((2, 3)), np.zeros(3), np.ones(3), np.zeros(()))


def trained_history():
    return train(random_networks(0, 1, 3), DelayedActivation(), 0.01, 1)


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


@pytest.mark.parametrize(("seed", "scale"), [(0, 1.0), (1, 5.0), (2, 50.0)])
def test_rounding_of_the_compiled_flow_stays_below_what_the_proof_allows(seed, scale):
    network = random_networks(seed, 1, 100, steepness=scale)[0]
    m, n, b = network.m, network.n, network.b
    with mpmath.workdps(40):
        for kappa in np.concatenate([np.linspace(-15, 15, 7), -b[:6] / m[:6]]):
            errors = _counting._bounds(m, n, b, kappa, 0.0)[1:]
            phi = [mpmath.tanh(mpmath.mpf(x) * kappa + y) for x, y in zip(m, b, strict=True)]
            units = list(zip(m, n, phi, strict=True))
            exact = (
                mpmath.fsum(y * p for _, y, p in units) - kappa,
                mpmath.fsum(mpmath.mpf(y) * x * (1 - p * p) for x, y, p in units) - 1,
                mpmath.fsum(-2 * mpmath.mpf(y) * x * x * p * (1 - p * p) for x, y, p in units),
            )
            computed = _counting._derivatives(m, n, b, kappa)
            assert all(abs(a - c) <= e for a, c, e in zip(exact, computed, errors, strict=True))


def fixed_points_in_60_digits(network):
    """The referee: every zero of f with whether f rises there, by interval arithmetic with the range of every unit.

    Cells are halved until the mean value theorem excludes a zero or f′ keeps its sign: in float64, with room for
    rounding, as long as that decides, and then with 60 digits.
    """
    exact = [np.array([mpmath.mpf(x) for x in array.tolist()]) for array in (network.m, network.n, network.b)]
    zeros = []

    def value(kappa):
        m, n, b = exact
        return mpmath.fsum(n * EXACT_TANH(m * kappa + b)) - kappa

    def search(parameters, tanh, low, high, room, narrowest):
        m, n, b = parameters
        while low.size:
            middle = (low + high) / 2
            f = (n * tanh(m * middle[:, None] + b)).sum(axis=1) - middle
            ends = [m * end[:, None] + b for end in (low, high)]
            steep = [1 - tanh(z) ** 2 for z in ends]
            least = np.minimum(*steep)
            most = np.where(ends[0] * ends[1] <= 0, 1, np.maximum(*steep))
            falls = np.where(n * m > 0, n * m * least, n * m * most).sum(axis=1) - 1 - room
            rises = np.where(n * m > 0, n * m * most, n * m * least).sum(axis=1) - 1 + room
            is_free = abs(f) > room + (high - low) / 2 * np.maximum(abs(falls), abs(rises))
            is_monotone = ~is_free & ((falls > 0) | (rises < 0))
            for a, c in zip(low[is_monotone], high[is_monotone], strict=True):
                if value(a) * value(c) < 0:
                    root = mpmath.findroot(value, (mpmath.mpf(a), mpmath.mpf(c)), solver="anderson", tol=1e-80)
                    zeros.append((root, bool(value(c) > 0)))
            is_open = ~is_free & ~is_monotone
            low, middle, high = low[is_open], middle[is_open], high[is_open]
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            if low.size and np.max(high - low) < narrowest:
                return low, high
        return low, high

    with mpmath.workdps(60):
        reach = float(np.abs(network.n).sum()) + 1.1234567
        edges = np.linspace(-reach, reach + 0.1, 64)
        room = 1e-11 * float(np.sum(np.abs(network.n) * (1 + np.abs(network.m))))
        left = search((network.m, network.n, network.b), np.tanh, edges[:-1], edges[1:], room, 1e-6)
        left = [np.array([mpmath.mpf(x) for x in ends.tolist()]) for ends in left]
        assert not search(exact, EXACT_TANH, *left, 0, mpmath.mpf(10) ** -40)[0].size
        return sorted(zeros)


def agree_with_the_referee(network):
    """Check the fixed points, their kinds and places, and the count; return the slow points."""
    points = slow_points(network)
    fixed = [point for point in points if point.kind != "ghost"]
    expected = fixed_points_in_60_digits(network)
    assert kinds(fixed) == ["unstable" if rises else "stable" for _, rises in expected]
    for point, (position, _) in zip(fixed, expected, strict=True):
        error = rank_one_flow(network).rounding(point.position)[0]
        assert abs(point.position - position) <= 2 * error / abs(point.slope) + 8 * EPS * abs(position) + 1e-30
    count = count_fixed_points(network)
    assert (count.number, count.certified) == (len(expected), True)
    return points


@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0, 10.0, 30.0])
@pytest.mark.parametrize("units", [1, 2, 10, 30, 100])
def test_random_networks_have_the_fixed_points_of_the_referee(units, scale):
    for network in RankOne(*(scale * np.random.default_rng(units).standard_normal((3, 2, units)))):
        assert all(point.hyperbolic for point in agree_with_the_referee(network) if point.kind != "ghost")


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(("units", "seed"), [(1, 4), (2, 1), (5, 0), (20, 2)])
def test_pairs_from_1e_3_to_1e_12_before_and_after_touching_are_those_of_the_referee(units, seed, side):
    networks = random_networks(seed, 30, units, steepness=2.0)
    network, fold = next(
        (network, point) for network in networks for point in slow_points(network) if point.kind == "ghost"
    )
    up = math.copysign(1.0, fold.curvature)
    for gap in 10.0 ** np.arange(-12, -2):
        points = agree_with_the_referee(shifted(network, up * side * gap - fold.speed))
        near = [point for point in points if point.distance == pytest.approx(gap, rel=1e-2)]
        assert sorted(kinds(near)) == (["ghost"] if side > 0 else ["stable", "unstable"])
        assert all(point.hyperbolic == (side < 0) for point in near)


@pytest.mark.parametrize("exponent", [-3, -4, -5, -6, -7])
@pytest.mark.parametrize("beyond", [-1e-3, 1e-3])
def test_the_cusp_of_one_unit_unfolds_as_the_referee_says(exponent, beyond):
    overlap = 10.0**exponent
    push = 2 / 3 * overlap**1.5 * (1 + beyond)
    fixed = [p for p in agree_with_the_referee(RankOne([1.0], [1 + overlap], [push])) if p.kind != "ghost"]
    assert len(fixed) == (1 if beyond > 0 else 3)


@pytest.mark.parametrize("exponent", [-2, -6, -8, -10, -12])
def test_fixed_points_just_born_in_a_pitchfork_are_not_swallowed(exponent):
    network = RankOne([1.0], [1 + 10.0**exponent], [0.0])
    left, middle, right = agree_with_the_referee(network)
    assert left.position == pytest.approx(-right.position)
    assert abs(middle.position) < 1e-20


def falling_cubic(height=0.0, tilt=0.0):
    return Flow(lambda x: height + tilt * x - x**3, lambda x: tilt - 3 * x**2, lambda x: -6 * x, third=6.0)


@pytest.mark.parametrize("interval", [(-1.0, 1.0), (-1.0, 1.3), (-0.7, 1.0), (0.0, 1.0), (-1.0, 0.0)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_triple_root_is_one_point_that_is_not_hyperbolic(interval, sign):
    flow = Flow(lambda x: -sign * x**3, lambda x: -3 * sign * x**2, lambda x: -6 * sign * x, third=6.0)
    (point,) = slow_points_of(flow, interval)
    assert (point.kind, point.hyperbolic) == ("stable" if sign > 0 else "unstable", False)
    assert abs(point.position) < 1e-12


def test_the_critical_network_has_one_stable_point_that_is_not_hyperbolic():
    network = RankOne([1.0], [1.0], [0.0])
    (point,) = slow_points(network)
    assert (point.kind, point.hyperbolic) == ("stable", False)
    assert abs(point.position) < 1e-5
    count = count_fixed_points(network)
    assert (count.number, count.certified) == (1, False)


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
@pytest.mark.parametrize("offset", np.random.default_rng(0).uniform(-300, 300, 7))
def test_a_fold_that_touches_zero_within_the_rounding_of_a_flow_is_a_saddle_node(scale, offset):
    constant = np.nextafter(FOLD - offset, np.inf)  # one unit off, and the larger the offset, the larger that is
    flow = Flow(
        lambda x: scale * ((x + offset) - x**3 + constant),
        lambda x: scale * (1 - 3 * x**2),
        lambda x: scale * -6 * x,
        third=6 * scale,
    )
    for interval in ((-2.0, 2.0), (-1.7, 2.3), (-3.0, 1.9)):
        assert kinds(slow_points_of(flow, interval)) == ["saddle-node", "stable"]


@pytest.mark.parametrize("interval", [(-1.0, 1.3), (-2.0, 1.1), (-1.0, 1.0)])
def test_a_triple_root_of_a_function_alone_is_not_hyperbolic(interval):
    (point,) = slow_points_of(lambda x: -(x**3), interval)
    assert (point.kind, point.hyperbolic) == ("stable", False)


def critical_pair(bias, shift=0.0):
    """Two units that together have f′ = 0 at κ = 0, where f′ is largest and f is `shift`."""
    half = math.cosh(bias) ** 2 / 2
    return shifted(RankOne([1.0, 1.0], [half, half], [bias, -bias]), shift)


@pytest.mark.parametrize("bias", [0.05, 0.1, 0.2, 0.3, 0.5, 0.6])
def test_the_noise_of_a_critical_flow_makes_neither_points_nor_ghosts(bias):
    (point,) = slow_points(critical_pair(bias))
    assert (point.kind, point.hyperbolic) == ("stable", False)
    assert abs(point.position) < 1e-3
    count = count_fixed_points(critical_pair(bias))
    assert (count.number, count.certified) == (1, False)
    assert kinds(slow_points(critical_pair(bias, shift=0.3))) == ["stable"]


def test_noise_is_not_counted():
    critical = critical_pair(0.3)
    columns = ((critical.m, [1.0, 1.0]), (critical.n, [300.0, -300.0]), (critical.b, [0.7, 0.7]))
    network = RankOne(*(np.append(array, values) for array, values in columns))  # the last two cancel, to rounding
    for low, high in np.random.default_rng(0).uniform([-4, 1], [-1, 4], (300, 2)):
        assert count_fixed_points(network, interval=(low, high)) == (1, False)


@pytest.mark.parametrize("beside", np.linspace(0, 1e-13, 41))
def test_extrema_that_lie_beside_the_edges_of_a_cell_are_not_overlooked(beside):
    a = 1 / 32 + beside  # on this interval one of the first cells is (−1/32, 1/32)
    flow = Flow(lambda x: x**3 / 3 - a**2 * x, lambda x: x**2 - a**2, lambda x: 2 * x, third=2.0)
    points = slow_points_of(flow, (-1 + 1 / 32, 1 + 1 / 32))
    assert kinds(points) == ["unstable", "stable", "unstable"]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_double_root_at_the_very_end_of_the_interval_is_one_saddle_node(sign):
    flow = Flow(lambda x: sign * x * x, lambda x: sign * 2 * x, lambda x: sign * 2.0, third=0.0)
    for interval in ((0.0, 1.0), (-1.0, 0.0), (-1.0, 1.0)):
        (point,) = slow_points_of(flow, interval)
        assert (point.kind, point.position, point.hyperbolic) == ("saddle-node", 0.0, False)


def test_saddle_nodes_in_a_row_are_two():
    flow = Flow(
        lambda x: (x**2 - 1) ** 2, lambda x: 4 * x * (x**2 - 1), lambda x: 12 * x**2 - 4, third=lambda a, b: 24 * 3.0
    )
    points = slow_points_of(flow, (-2.0, 2.5))
    assert [(point.kind, round(point.position, 6)) for point in points] == [("saddle-node", -1), ("saddle-node", 1)]


@pytest.mark.parametrize(
    "slow",
    [
        lambda: slow_points_of(falling_cubic(0.1), (-1.0, 1.0)),
        lambda: slow_points_of(falling_cubic(0.1), (-1.0, 1.3)),
        lambda: slow_points(RankOne([1.0, 0.0], [1.0, 0.3], [0.0, 30.0])),
        lambda: slow_points(RankOne([1.0], [1.0], [1e-9])),
    ],
)
def test_an_inflection_where_the_slope_touches_zero_is_no_ghost(slow):
    (point,) = slow()
    assert (point.kind, point.hyperbolic) == ("stable", True)


def test_a_root_is_found_whatever_the_scale_of_the_flow():
    a, b = 1e-10, 2e-5
    product = Flow(
        lambda x: (x**2 + a) * (x - b), lambda x: 3 * x**2 - 2 * b * x + a, lambda x: 6 * x - 2 * b, third=6.0
    )
    (root,) = (point for point in slow_points_of(product, (-1.0, 1.0)) if point.kind != "ghost")
    assert (root.kind, root.position) == ("unstable", pytest.approx(b, rel=1e-12))
    for scale in (1e-9, 1e-100, 1e100):
        small = Flow(
            lambda x, s=scale: s * (x**2 - 1e-4), lambda x, s=scale: 2 * s * x, lambda x, s=scale: 2 * s, third=0.0
        )
        points = slow_points_of(small, (-1.0, 1.0))
        assert [(p.kind, pytest.approx(p.position)) for p in points] == [("stable", -0.01), ("unstable", 0.01)]


@pytest.mark.parametrize("far", [10.0, 1e3, 1e6])
@pytest.mark.parametrize("r", [1e-3, 1e-4, 1e-5])
def test_a_wide_interval_hides_no_ghost_and_no_fixed_point(far, r):
    assert kinds(slow_points_of(toy(r), (-far, 1.1 * far))) == ["ghost"]
    assert kinds(slow_points_of(toy(-r), (-far, 1.1 * far))) == ["stable", "unstable"]


@pytest.mark.parametrize("tolerance", [None, 0.0, 1e-3, 1.0])
def test_no_tolerance_drops_a_root_over_which_f_changes_its_sign(tolerance):
    for flow in (cubic(0.0), cubic(0.2), falling_cubic(0.01, 0.1)):
        points = slow_points_of(flow, (-2.0, 2.0), tolerance=tolerance)
        crossings = [point.kind for point in points if point.kind in ("stable", "unstable")]
        assert crossings == (["stable", "unstable", "stable"] if len(crossings) == 3 else ["stable"])


def test_points_within_the_tolerance_of_each_other_are_one():
    (merged,) = slow_points_of(cubic(0.0), (-2.0, 2.0), tolerance=1.0)
    assert (merged.kind, merged.hyperbolic, merged.position) == ("stable", False, pytest.approx(0, abs=1.2))


def test_the_time_of_the_parabola_is_given_only_where_the_flow_follows_it():
    (ghost, _) = slow_points_of(falling_cubic(0.1, 1e-9), (-1.0, 1.0))
    assert ghost.kind == "ghost" and math.isnan(ghost.passage_time)
    quartic = Flow(lambda x: x**4 + 1e-10, lambda x: 4 * x**3, lambda x: 12 * x**2, third=24.0)
    (ghost,) = slow_points_of(quartic, (-1.0, 1.0))
    assert ghost.kind == "ghost" and math.isnan(ghost.passage_time)
    (ghost, _) = slow_points_of(cubic(FOLD + 1e-3), (-2.0, 2.0))
    assert ghost.passage_time == pytest.approx(math.pi / math.sqrt(1e-3 * math.sqrt(3)), rel=1e-6)


@pytest.mark.parametrize(("bend", "holds"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize("interval", [(-1.0, 2.0), (-2.0, 1.0)])
def test_the_parabola_holds_where_it_is_off_by_less_than_half_when_it_has_doubled_its_speed(bend, holds, interval):
    r = 0.01  # f = r + x² + (bend/r) x⁴ is (2 + bend) r, not 2r, at x = √r
    flow = Flow(
        lambda x: r + x**2 + bend / r * x**4,
        lambda x: 2 * x + 4 * bend / r * x**3,
        lambda x: 2 + 12 * bend / r * x**2,
        third=48 * bend / r,
    )
    (ghost,) = slow_points_of(flow, interval)
    assert math.isnan(ghost.passage_time) != holds
    assert not holds or ghost.passage_time == pytest.approx(10 * math.pi)


def test_a_point_that_is_stable_in_the_flow_may_repel_in_steps():
    network = RankOne([-4.0], [1.0], [0.2])
    (point,) = slow_points(network)
    assert point.kind == "stable"
    assert point.multiplier(0.5) < -1 < point.multiplier(0.1) < 1
    for delta, settles in ((0.5, False), (0.1, True)):
        kappa = point.position + 1e-6
        for _ in range(2000):
            kappa += delta * float(network.flow(kappa))
        assert (abs(kappa - point.position) < 1e-9) == settles
    step = (network.flow(point.position + 1e-6) - network.flow(point.position - 1e-6)) / 2e-6
    assert point.multiplier(0.25) == pytest.approx(1 + 0.25 * float(step), rel=1e-6)


@pytest.mark.parametrize(
    ("network", "number"),
    [
        (RankOne([1e4], [1.0], [0.0]), 3),
        (RankOne([1e8], [1.0], [0.0]), 3),
        (RankOne([1e12], [1.0], [-3e11]), 3),
        (RankOne(*(300 * array for array in random_networks(8, 1, 100, 0.1)[0]._arrays())), None),
        (RankOne(np.full(200, 20.0), np.full(200, 0.5), -10.0 * np.arange(-100, 100)), None),
        (RankOne(*(5 * np.random.default_rng(1).standard_normal((3, 100)))), None),
        (RankOne(*(100 * np.random.default_rng(2).standard_normal((3, 100)))), None),
    ],
)
def test_large_weights_have_an_answer_and_it_is_the_counters(network, number):
    fixed = [point for point in slow_points(network) if point.kind != "ghost"]
    count = count_fixed_points(network)
    assert count.certified and count.number == len(fixed) == (number or len(fixed))
    assert kinds(fixed) == ["stable", "unstable"] * (len(fixed) // 2) + ["stable"]
    assert np.all(np.abs(network.flow(np.array([p.position for p in fixed]))) <= 1e-3)


def test_steps_with_a_proved_number_of_treads_are_all_found():
    units, height = 40, 0.5
    edges = height * 2 * np.arange(units)
    network = RankOne(np.full(units, 200.0), np.full(units, height), -200.0 * (edges + 0.37 - height * units))
    assert count_fixed_points(network).number == len(fixed_points_in_60_digits(network)) == 2 * units + 1
    assert len([point for point in slow_points(network) if point.kind != "ghost"]) == 2 * units + 1


def plateaus(steepness, third):
    def slope(x):
        t = np.tanh(steepness * x)
        return 2 * steepness * t * (1 - t**2)

    def curvature(x):
        t = np.tanh(steepness * x)
        return 2 * steepness**2 * (1 - t**2) * (1 - 3 * t**2)

    return Flow(lambda x: 0.01 + np.tanh(steepness * x) ** 2, slope, curvature, third)


@pytest.mark.parametrize("interval", [(-1.0, 1.0), (-5.0, 4.0)])
@pytest.mark.parametrize(
    "third",
    [16 * 50.0**3, lambda low, high: 16 * 50.0**3 / np.cosh(np.clip(50 * _nearest(low, high), 0, 300)) ** 2],
)
def test_the_ghost_between_two_plateaus_is_the_only_one(interval, third):
    (ghost,) = slow_points_of(plateaus(50.0, third), interval)
    assert (ghost.kind, ghost.speed) == ("ghost", pytest.approx(0.01))
    assert ghost.passage_time == pytest.approx(math.pi / math.sqrt(0.01 * 2500))


def _nearest(low, high):
    return np.where(low * high <= 0, 0, np.minimum(np.abs(low), np.abs(high)))


@pytest.mark.parametrize("height", [1.0, -3.0])
def test_a_constant_flow_has_no_slow_point(height):
    assert slow_points_of(constant(height), (0.0, 1.0)) == ()


def test_a_function_alone_is_enough():
    ghost, stable = slow_points_of(lambda x: x - x**3 + FOLD + 0.01, (-2.0, 2.0))
    assert (ghost.kind, stable.kind) == ("ghost", "stable")
    assert ghost.position == pytest.approx(-1 / math.sqrt(3), rel=1e-9)
    assert ghost.passage_time == pytest.approx(math.pi / math.sqrt(0.01 * math.sqrt(3)), rel=1e-9)
    assert kinds(slow_points_of(np.sin, (-4.0, 7.0))) == ["stable", "unstable", "stable", "unstable"]


def kinked(x):
    return -x + 1.5 * np.clip(2 * x, -1, 1)


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (cubic(0.1)._replace(third=5.0), "flow.third is too small"),
        (cubic(0.1)._replace(third=0.0), "flow.third is too small"),
        (cubic(0.1)._replace(slope=lambda x: 1 - 3.01 * x**2), "flow.slope does not belong to flow.value near κ ="),
        (cubic(0.1)._replace(curvature=lambda x: 6 * x), "flow.curvature does not belong to flow.slope near κ ="),
        (Flow(kinked, lambda x: 3.0 * (np.abs(x) < 0.5) - 1, lambda x: 0 * x, 0.0), "flow is not smooth there"),
        (Flow(kinked, lambda x: 3.0 * (np.abs(x) < 0.5) - 1, lambda x: 0 * x, 9.0), "flow is not smooth there"),
        (Flow(math.sin, math.cos, math.tan, 1.0), "flow.* must take an array of κ and return a number for each"),
        (cubic(0.1)._replace(slope=lambda x: x[:3]), "flow.slope must take an array of κ and return a number for each"),
    ],
)
def test_a_flow_whose_parts_do_not_fit_is_refused(flow, message):
    with pytest.raises(ValueError, match=message):
        slow_points_of(flow, (-2.0, 2.0))


def test_an_interval_wider_than_any_fixed_point_is_cut_to_where_they_may_be():
    network = random_networks(3, 1, 10, steepness=2.0)[0]
    everywhere = slow_points(network)
    assert len(everywhere) > 0
    assert slow_points(network, interval=(-1e6, 1e6)) == everywhere
    assert slow_points(network, interval=(1e5, 1e6)) == ()


def test_weights_that_overflow_are_refused_or_uncounted_without_a_warning():
    with pytest.raises(ValueError, match="parameters of network are too large"):
        slow_points(RankOne([1e150], [1e150], [0.0]))
    networks = RankOne([[1e150], [2.0]], [[1e150], [3.0]], [[0.0], [0.0]])
    assert count_fixed_points(networks).number.tolist() == [-1, 3]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["m", "n", "b"])
def test_a_diverged_network_is_not_counted_and_leaves_the_others_theirs(name, bad):
    networks = random_networks(5, 6, 4, steepness=3.0)
    healthy = count_fixed_points(networks)
    getattr(networks, name)[2, 1] = bad
    count = count_fixed_points(networks)
    expected = healthy.number.copy()
    expected[2] = -1
    np.testing.assert_array_equal(count.number, expected)
    np.testing.assert_array_equal(count.certified, expected > 0)


def test_a_silent_network_has_one_fixed_point_and_an_empty_ensemble_none_to_count():
    networks = RankOne(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)))
    assert count_fixed_points(networks).number.tolist() == [1, 1]
    assert kinds(slow_points(networks[0])) == ["stable"]
    for shape in ((0,), (2, 0)):
        count = count_fixed_points(networks[:0].reshape(*shape))
        assert count.number.shape == count.certified.shape == shape


@pytest.mark.parametrize("m", [1.0, 1e8, 1e15, 1e30])
@pytest.mark.parametrize("n", [1.0, 1e-3, 1e20])
def test_a_count_on_the_whole_line_is_odd_certified_or_not(m, n):
    for b in (0.0, 0.3 * m, -1.0):
        assert count_fixed_points(RankOne([m], [n], [b])).number % 2 == 1
        assert count_fixed_points(RankOne([m, 1.0], [n, 1 - n], [b, 0.0])).number % 2 == 1


def test_a_count_that_is_given_up_is_odd_too(monkeypatch):
    network = random_networks(5, 1, 4, steepness=3.0)[0]
    for most in range(1, 40):
        monkeypatch.setattr(_counting, "MOST_CELLS", most)
        number, certified = _counting._count_one.py_func(network.m, network.n, network.b, -20.0, 20.0)
        assert number % 2 == 1
    assert certified
    assert number == count_fixed_points(network).number


def run_alone(code, **environment):
    """The output of a Python process of its own, which may not hang."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout.split()


PREPARED = """
    import numpy as np
    from ghostlib.dynamics.flows import Flow
    from ghostlib.dynamics.slow_points import count_fixed_points, slow_points, slow_points_of
    from ghostlib.networks.records import RankOne
    networks = RankOne(*np.random.default_rng(0).standard_normal((3, 3000, 30)))
    def total(_=None):
        return int(count_fixed_points(networks).number.sum())
"""


def test_two_threads_may_count_at_once_and_get_the_same():
    code = """
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(2) as pool:
        print(*pool.map(total, range(6)))
    """
    found = run_alone(PREPARED + code, NUMBA_THREADING_LAYER="workqueue")
    assert len(found) == 6 and len(set(found)) == 1


def test_a_process_that_has_counted_may_fork():
    code = """
    import multiprocessing
    print(total())
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(*pool.map(total, range(2)))
    """
    assert len(set(run_alone(PREPARED + code))) == 1


def test_the_count_does_not_depend_on_the_number_of_threads(monkeypatch):
    networks = random_networks(9, 1000, 50, steepness=2.0)
    counts = []
    for threads in (1, 2, 7):
        monkeypatch.setattr(_counting.joblib, "cpu_count", lambda threads=threads: threads)
        counts.append(count_fixed_points(networks))
    for one, other in itertools.pairwise(counts):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(counts[0].number[:3], count_fixed_points(networks[:3]).number)


def test_without_the_compiler_all_is_the_same():
    code = """
    import numpy as np
    from ghostlib.dynamics.flows import Flow
    from ghostlib.dynamics.slow_points import count_fixed_points, slow_points, slow_points_of
    from ghostlib.networks.records import RankOne
    networks = RankOne(*np.random.default_rng(3).standard_normal((3, 2, 3)))
    print(*count_fixed_points(networks).number, *(len(slow_points(network)) for network in networks))
    """
    networks = RankOne(*np.random.default_rng(3).standard_normal((3, 2, 3)))
    expected = [*count_fixed_points(networks).number, *(len(slow_points(one)) for one in networks)]
    assert run_alone(code, NUMBA_DISABLE_JIT="1") == [str(number) for number in expected]


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
        (lambda: slow_points_of(toy(1.0)._replace(third=[1.0, 2.0]), (0.0, 1.0)), "flow.third must be one"),
        (lambda: slow_points_of(toy(1.0), (0.0, 1.0), tau=[1.0, 2.0]), "tau must be one number, got shape"),
        (lambda: slow_points_of(cubic(0.0)._replace(third=1e30), (0.0, 1.0)), "third is too large a bound"),
        (lambda: slow_points_of(cubic(0.0)._replace(third=1e12), (0.2, 0.6)), "third is too large a bound"),
        (lambda: slow_points_of(constant(0.0), (0.0, 1.0)), r"flow is zero to rounding all over \(0, 1\)"),
        (lambda: slow_points(low_rank(), tolerance=0.1), "tolerance is for networks of rank one, got 0.1"),
        (lambda: slow_points(low_rank().full_rank(), interval=(0, 1)), "interval is for networks of rank one or two"),
        (lambda: count_fixed_points(low_rank()), "networks must be RankOne, got LowRank"),
        (lambda: slow_points(trained_history()), "network must be RankOne, got History"),
        (lambda: slow_points_of(trained_history(), (0.0, 1.0)), "flow must be a Flow, .* got History"),
        (lambda: count_fixed_points(trained_history()), "networks must be RankOne, got History"),
        (lambda: slow_points_of(toy(-1.0), (-2.0, 2.0))[0].multiplier(0.0), "delta must be > 0"),
        (
            lambda: slow_points(random_networks(0, 2, 3)),
            r"single one, such as networks\[0\], got an ensemble of shape \(2,\)",
        ),
        (lambda: count_fixed_points(random_networks(0, 1, 3), interval=(2, 1)), "interval must be"),
        (lambda: slow_points(RankOne([1.0], [np.inf], [0.0])), "parameters of network must be finite"),
    ],
)
def test_impossible_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
