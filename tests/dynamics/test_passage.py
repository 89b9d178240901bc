"""How long a flow takes and how a network waits: closed forms, quadrature, and the network itself."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ghostlib.dynamics import passage
from ghostlib.dynamics.flows import Flow, rank_one_flow
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation


TASK = DelayedActivation()


def waiting_network(lift=0.6, start=-2.0):
    """f(κ) = −κ + 2 tanh κ + lift, and a constant unit that puts κ(0) at `start`."""
    push = start / TASK.x0 - 2 - lift  # Σn = κ(0)/x(0); the fourth unit pushes nothing
    return RankOne(np.array([1.0, 0, 0]), np.array([2.0, lift, push]), np.array([0.0, 30, 0]))


def toy(r):
    return Flow(lambda x: x * x + r, lambda x: 2 * x, lambda x: 2.0, third=0.0)


@given(exponent=st.floats(-8, 1), start=st.floats(-5, -0.1), stop=st.floats(0.1, 5))
@settings(deadline=None)
def test_passage_time_of_the_toy_model_is_its_arctangent(exponent, start, stop):
    root = math.sqrt(10.0**exponent)
    expected = (math.atan(stop / root) - math.atan(start / root)) / root
    assert passage.passage_time(toy(root**2), start, stop, tau=10.0) == pytest.approx(10 * expected, rel=1e-9)


def test_passage_away_from_a_ghost_and_downwards_is_the_arctangent_too():
    assert passage.passage_time(toy(0.01), 1.0, 2.0) == pytest.approx(10 * (math.atan(20) - math.atan(10)), rel=1e-9)
    down = Flow(lambda x: -x * x - 1, lambda x: -2 * x, lambda x: -2.0, third=0.0)
    assert passage.passage_time(down, 1.0, -1.0) == pytest.approx(math.pi / 2, rel=1e-9)


def test_passage_never_ends_against_the_flow_or_through_a_fixed_point():
    assert passage.passage_time(toy(0.01), 1.0, -1.0) == math.inf
    assert passage.passage_time(toy(-0.01), -1.0, 1.0) == math.inf
    assert passage.passage_time(toy(0.0), -1.0, 1.0) == math.inf
    assert passage.simulated_passage_time(toy(0.01), 1.0, -1.0, delta=0.1) == math.inf
    assert passage.simulated_passage_time(toy(-0.01), -1.0, 1.0, delta=0.1) == math.inf
    assert passage.simulated_passage_time(toy(1e-6), -1.0, 1.0, delta=0.1, longest=100) == math.inf


@pytest.mark.parametrize("shape", [(), (1,)])
def test_a_network_is_its_flow_and_a_function_is_too(shape):
    network = waiting_network().reshape(*shape)
    flow = rank_one_flow(network)
    assert passage.passage_time(network, -2, 1) == passage.passage_time(flow, -2, 1)
    assert passage.passage_time(flow.value, -2, 1) == pytest.approx(passage.passage_time(flow, -2, 1), rel=1e-9)
    simulated = passage.simulated_passage_time(network, -2, 1, delta=0.5)
    assert simulated == passage.simulated_passage_time(flow, -2, 1, delta=0.5)


def test_passage_of_a_flat_minimum_is_its_beta_function():
    height = 1e-10
    quartic = Flow(lambda x: x**4 + height, lambda x: 4 * x**3, lambda x: 12 * x**2, third=240.0)
    expected = math.pi / math.sqrt(2) * height**-0.75  # ∫ dx/(x⁴ + h) over the line
    assert passage.passage_time(quartic, -10.0, 10.0) == pytest.approx(expected, rel=1e-9)


def test_passage_of_a_ghost_just_born_is_that_of_the_flow_and_not_of_its_parabola():
    cubic = Flow(lambda x: 0.1 + 1e-9 * x - x**3, lambda x: 1e-9 - 3 * x**2, lambda x: -6 * x, third=6.0)
    expected = quad(lambda x: 1 / (0.1 + 1e-9 * x - x**3), -1, 0.4, epsabs=0, epsrel=1e-12)[0]
    assert passage.passage_time(cubic, -1.0, 0.4) == pytest.approx(expected, rel=1e-10)


def test_a_dip_of_the_flow_that_is_narrow_and_has_no_tails_is_not_stepped_over():
    network = RankOne([1e5, 1e5, 0.0], [-0.495, 0.495, 1.0], [1.0, -1.0, 400.0])
    edges = np.concatenate([-np.geomspace(0.3, 1e-6, 40), np.geomspace(1e-6, 0.3, 40)])
    pieces = [quad(lambda x: 1 / network.flow(x), a, b, epsabs=0)[0] for a, b in itertools.pairwise(edges)]
    assert passage.passage_time(network, -0.3, 0.3) == pytest.approx(sum(pieces), rel=1e-9)


@given(exponent=st.floats(-9, -1))
def test_passage_that_starts_beside_a_fixed_point_is_its_logarithm(exponent):
    start = 10.0**exponent
    line = Flow(lambda x: x, lambda x: 1.0, lambda x: 0.0, third=0.0)
    assert passage.passage_time(line, start, 1.0) == pytest.approx(-math.log(start), rel=1e-9)
    assert passage.passage_time(line, -start, -1.0) == pytest.approx(-math.log(start), rel=1e-9)


def test_predicted_quadrature_and_simulated_passage_agree_near_a_fold_of_a_network():
    network = RankOne([2.0], [1.0], [0.0])
    left = slow_points(network)[0]
    columns = ((network.m, 0.0), (network.n, left.distance + 1e-5), (network.b, 30.0))
    network = RankOne(*(np.append(array, value) for array, value in columns))
    flow = rank_one_flow(network)
    (ghost,) = (point for point in slow_points(network) if point.kind == "ghost")
    time = passage.passage_time(flow, ghost.position - 0.3, ghost.position + 0.3)
    assert ghost.speed == pytest.approx(1e-5, rel=1e-6)
    assert time == pytest.approx(ghost.passage_time, rel=0.02)
    simulated = passage.simulated_passage_time(flow, ghost.position - 0.3, ghost.position + 0.3, delta=0.5)
    assert simulated == pytest.approx(time, rel=0.005)


def test_euler_passage_tends_to_the_quadrature_in_proportion_to_delta():
    exact = passage.passage_time(toy(0.1), -1.0, 1.5)
    errors = [passage.simulated_passage_time(toy(0.1), -1.0, 1.5, delta=delta) - exact for delta in (0.02, 0.01, 0.005)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.1)


def test_the_wait_is_the_integral_of_the_slowness_and_the_steps_of_the_network():
    network = waiting_network()
    wait = passage.wait(network, TASK)

    def slowness(kappa):
        return TASK.tau / network.flow(kappa)

    assert network.kappa0(TASK) == pytest.approx(-2)
    assert wait.exact == pytest.approx(quad(slowness, -2, 1)[0], rel=1e-8)
    assert wait.bottleneck_fraction == pytest.approx(
        quad(slowness, max(-2, wait.ghost.position - wait.width), wait.ghost.position + wait.width)[0] / wait.exact,
        rel=1e-7,
    )
    kappa = network.latent(TASK)
    step = int(np.argmax(kappa > 1))
    assert TASK.dt * (step - 1) < wait.euler_time <= TASK.dt * step
    assert wait.threshold_speed == pytest.approx(network.flow(1.0))


def test_the_output_is_unsure_between_ten_and_ninety_percent():
    network = waiting_network()
    for c in (3.0, 10.0):
        edge = math.log(9) / c
        expected = quad(lambda kappa: TASK.tau / network.flow(kappa), 1 - edge, 1 + edge)[0]
        assert passage.wait(network, TASK, c).rise_time == pytest.approx(expected, rel=1e-8)
        assert 1 / (1 + math.exp(-c * edge)) == pytest.approx(0.9)


def test_the_parabola_is_integrated_from_start_to_threshold_and_without_ends():
    wait = passage.wait(waiting_network(), TASK)
    ghost = wait.ghost

    def parabola(kappa):
        return TASK.tau / (ghost.speed + ghost.curvature / 2 * (kappa - ghost.position) ** 2)

    assert wait.parabola == pytest.approx(quad(parabola, -2, 1)[0], rel=1e-9)
    assert wait.full_line_time == pytest.approx(quad(parabola, -np.inf, np.inf)[0], rel=1e-9)
    assert parabola(ghost.position + wait.width) == pytest.approx(TASK.tau / (2 * ghost.speed))


def test_the_formula_of_a_narrow_ghost_holds_for_a_narrow_ghost():
    shallow = math.atanh(math.sqrt(0.5))
    touching = 2 * math.sqrt(0.5) - shallow
    wait = passage.wait(waiting_network(lift=touching + 1e-6), TASK)
    assert wait.exact == pytest.approx(wait.full_line_time, rel=2e-3)
    assert wait.parabola == pytest.approx(wait.exact, rel=2e-3)


def test_the_slowest_positive_minimum_is_the_ghost():
    assert passage.ghost_of(waiting_network(lift=-3.0)) is None
    ghost = passage.ghost_of(waiting_network())
    assert ghost.position == pytest.approx(-math.atanh(math.sqrt(0.5)))
    assert ghost.speed > 0


def test_a_network_without_a_ghost_or_beyond_its_threshold_is_refused():
    straight = RankOne(np.array([0.1]), np.array([0.1]), np.zeros(1))
    with pytest.raises(ValueError, match="network has no ghost"):
        passage.wait(straight, TASK)
    with pytest.raises(ValueError, match=r"must start below the threshold κ\* = 1, but κ\(0\) = 2"):
        passage.wait(waiting_network(start=2.0), TASK)
    with pytest.raises(ValueError, match="c must be"):
        passage.wait(waiting_network(), TASK, c=0.0)
    with pytest.raises(ValueError, match=r"c must be one number, got shape \(2,\)"):
        passage.wait(waiting_network(), TASK, c=[1, 2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: passage.passage_time(toy(1.0), 1.0, 1.0), "start and stop must be two different numbers"),
        (lambda: passage.passage_time(toy(1.0), 1.0, [2.0, 3.0]), "stop must be one number, got shape"),
        (lambda: passage.simulated_passage_time(toy(1.0), 0.0, 1.0, delta=0.0), "delta must be > 0"),
        (lambda: passage.simulated_passage_time(toy(1.0), 0.0, 1.0, delta=[0.1, 0.2]), "delta must be one number"),
        (lambda: passage.simulated_passage_time(toy(1.0), 0.0, 1.0, delta=0.1, longest=0), "longest must be ≥ 1"),
        (lambda: passage.passage_time(low_rank(), 0.0, 1.0), "flow must be a Flow, .* got LowRank"),
        (lambda: passage.passage_time(RankOne(*np.ones((3, 2, 4))), 0.0, 1.0), "network must be a single one"),
        (lambda: passage.wait(low_rank(), TASK), "network must be RankOne, got LowRank"),
        (lambda: passage.ghost_of(low_rank()), "network must be RankOne, got LowRank"),
        (lambda: passage.wait(RankOne([np.nan], [1.0], [0.0]), TASK), "parameters of network must be finite"),
    ],
)
def test_impossible_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def low_rank():
    return LowRank(np.ones((3, 2)), np.ones((2, 3)), np.zeros(3), np.ones(3), np.zeros(()))
