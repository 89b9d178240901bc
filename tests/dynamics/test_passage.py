"""How a network waits: against quadrature and against the network itself."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from ghostlib.dynamics import passage
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation


TASK = DelayedActivation()


def waiting_network(lift=0.6, start=-2.0):
    """f(κ) = −κ + 2 tanh κ + lift, and a constant unit that puts κ(0) at `start`."""
    push = start / TASK.x0 - 2 - lift  # Σn = κ(0)/x(0); the fourth unit pushes nothing
    return RankOne(np.array([1.0, 0, 0]), np.array([2.0, lift, push]), np.array([0.0, 30, 0]))


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
