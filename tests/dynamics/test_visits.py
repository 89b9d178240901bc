"""Which slow points a trial passes: on straight lines where all is known, in the toy, and in networks."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from ghostlib.dynamics.flows import Flow
from ghostlib.dynamics.planar_flows import PlanarFlow
from ghostlib.dynamics.planar_points import planar_points_of
from ghostlib.dynamics.slow_points import slow_points, slow_points_of
from ghostlib.dynamics.visits import follow, simulated_passage, visits, width_of
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation


TOY = Flow(lambda x: x * x + 0.01, lambda x: 2 * x, lambda x: 2.0, third=0.0)
(GHOST,) = slow_points_of(TOY, (-1.0, 1.0))


def in_the_plane(r):
    """(x² + r, −y): a ghost at the origin, or a node and a saddle."""
    bend = np.zeros((2, 2, 2))
    bend[0, 0, 0] = 2
    return PlanarFlow(
        lambda kappa: np.stack([kappa[:, 0] ** 2 + r, -kappa[:, 1]], axis=-1),
        lambda kappa: np.einsum("klm,gm->gkl", bend, kappa) + np.diag([0, -1]),
        lambda kappa: bend,
        0.0,
    )


FOLD = math.acosh(2)
CRITICAL = 4 * math.tanh(FOLD) - FOLD  # b at which f(κ) = −κ + 2 tanh(2κ + b) touches zero, at κ = −2 tanh FOLD


@pytest.mark.parametrize("steps", [2, 3, 7, 400])
def test_a_straight_line_past_a_ghost_stays_for_the_share_of_its_length_within_the_width(steps):
    assert width_of(GHOST) == pytest.approx(0.1)
    (visit,) = visits([GHOST], np.linspace(-0.4, 0.6, steps), delta=1 / (steps - 1))
    assert (visit.passed, visit.nearest) == (True, pytest.approx(0, abs=1e-12))
    assert visit.time == pytest.approx(0.2)
    (visit,) = visits([GHOST], np.linspace(-0.4, 0.6, steps), delta=1 / (steps - 1), width=0.3)
    assert visit.time == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("path", "passed", "time", "nearest"),
    [
        ([0.05, 1.0], False, 0.05 / 0.95, 0.05),  # starts beside it, as at epoch 34,100 of Fig. 3A
        ([0.3, 1.0], False, 0.0, 0.3),
        ([-0.5, -0.05, -0.05, -0.5], False, 1 + 0.1 / 0.45, 0.05),  # comes, rests and turns back
        ([-0.05, 0.05], True, 1.0, 0.0),
        ([0.5, -0.5], True, 0.2, 0.0),
    ],
)
def test_a_trial_passes_a_ghost_only_from_one_side_to_the_other(path, passed, time, nearest):
    (visit,) = visits([GHOST], path)
    assert visit.passed is passed
    assert visit.time == pytest.approx(time)
    assert visit.nearest == pytest.approx(nearest, abs=1e-12)


def test_in_the_plane_a_trial_may_go_by_at_a_distance():
    (ghost,) = planar_points_of(in_the_plane(0.01), ((-1, 1), (-1, 1)))
    line = np.linspace([-1, 0], [1, 0], 201)
    near, far, across = (visits([ghost], line @ turn + shift, delta=0.01)[0] for turn, shift in (
        (np.eye(2), [0, 0.06]),
        (np.eye(2), [0, 0.2]),
        (np.array([[0, 1], [1, 0]]), [0.05, 0]),
    ))  # fmt: skip
    assert (near.passed, near.time) == (True, pytest.approx(0.16, rel=1e-6))
    assert (far.passed, far.time, far.nearest) == (False, 0, pytest.approx(0.2))
    assert (across.passed, across.nearest) == (False, pytest.approx(0.05))


def test_a_trial_that_ends_in_a_fixed_point_has_not_passed_it():
    node, saddle = planar_points_of(in_the_plane(-0.04), ((-1, 1), (-1, 1)))
    assert width_of(node) == pytest.approx(0.2)
    assert [width_of(point) for point in slow_points_of(lambda x: x**2 - 0.04, (-1, 1))] == pytest.approx([0.2, 0.2])
    path = np.linspace([0.19, 0.5], [-0.2, 0.0], 50)
    assert [visit.passed for visit in visits([node, saddle], path)] == [False, False]
    assert visits([saddle], np.linspace([0.19, 0.5], [0.19, -0.5], 50))[0].passed


@pytest.mark.parametrize(("silent", "passed"), [(0.0, False), (8.0, True)])
def test_only_a_trial_that_starts_before_the_ghost_of_its_network_passes_it(silent, passed):
    # The second unit hears nothing and only moves κ(0), from −0.6 to −3; the ghost is at −1.73.
    network, task = RankOne([2.0, 0.0], [2.0, silent], [CRITICAL + 0.1, 0.0]), DelayedActivation()
    points = slow_points(network)
    found = {visit.point.kind: visit for visit in visits(points, network.latent(task), delta=task.delta * task.tau)}
    assert found["ghost"].passed is passed
    assert (found["ghost"].time > 0) is passed
    assert not found["stable"].passed


@pytest.mark.parametrize(("depth", "error"), [(1e-2, 0.1), (1e-4, 0.01)])
def test_the_parabola_is_right_about_a_narrow_ghost_of_a_network_of_rank_two(depth, error):
    # κ₁ goes its own way, that of one unit, and drags κ₂ along.
    m, n, b = np.array([[2.0, 0.0], [0.5, 0.3]]), np.array([[2.0, 0.0], [0.4, 0.5]]), np.array([CRITICAL + depth, 0.1])
    network = LowRank(m, n, b, np.zeros(2), 0.0)
    (ghost,) = (point for point in slow_points(network, tau=10.0) if point.kind == "ghost")
    (alone,) = (point for point in slow_points(RankOne([2.0], [2.0], b[:1]), tau=10.0) if point.kind == "ghost")
    assert ghost.passage_time == pytest.approx(alone.passage_time, rel=error)
    predicted, simulated = simulated_passage(network, ghost, tau=10.0)
    assert predicted == pytest.approx(ghost.passage_time * 2 / math.pi * math.atan(3), rel=1e-12)
    assert simulated == pytest.approx(predicted, rel=error)


def test_where_the_flow_leads_away_from_the_slow_direction_the_state_is_followed_backwards():
    # κ₂ = 0 is unstable on its own; along it κ₁ is slow. Forwards, what is off the axis by rounding is carried away.
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])  # else κ₂ would stay 0 to the last bit,
    n = turn.T @ np.array([[2.0, 0.3], [0.0, 2.0]])  # and κ₁ would not feel it
    network = LowRank(2 * turn, n, [CRITICAL + 1e-4, 0.0], np.zeros(2), 0.0)
    points = [point for point in slow_points(network) if point.kind == "ghost"]
    (ghost,) = (point for point in points if abs(turn[1] @ point.position) < 1e-3)
    assert ghost.rates[-1].real > 1
    predicted, simulated = simulated_passage(network, ghost)
    assert simulated == pytest.approx(predicted, rel=0.01)
    place = turn[0] @ ghost.position  # the ghost itself lies a little off the axis
    ends = place + 3 * ghost.width * np.array([-1, 1])
    alone, _ = quad(lambda x: 1 / RankOne([2.0], [2.0], [CRITICAL + 1e-4]).flow(x), *ends, points=[place])
    assert simulated == pytest.approx(alone, rel=1e-3)


def test_each_of_two_fixed_points_is_followed_on_its_own_side():
    networks = RankOne(np.full((4, 1), 2.0), np.full((4, 1), 2.0), np.linspace(0.0, 0.3, 4)[:, None])
    low, high = (point for point in slow_points(networks[0]) if point.kind == "stable")
    for point, sign in ((low, -1), (high, 1)):
        branch = follow(point, networks)
        assert len(branch) == 4
        assert all(sign * each.position > 1 for each in branch)


def test_a_ghost_is_followed_until_it_dies_and_a_fixed_point_beyond():
    biases = CRITICAL + np.array([0.3, 0.2, 0.1, 0.02, -0.02, -0.1])
    networks = RankOne(np.full((6, 1), 2.0), np.full((6, 1), 2.0), biases[:, None])
    first = slow_points(networks[0])
    (ghost,) = (point for point in first if point.kind == "ghost")
    (fixed,) = (point for point in first if point.kind == "stable")
    branch = follow(ghost, networks)
    assert [point.kind for point in branch] == ["ghost"] * 4
    assert all(abs(a.speed) > abs(c.speed) for a, c in zip(branch, branch[1:], strict=False))
    assert [point.kind for point in follow(fixed, networks)] == ["stable"] * 6
    assert follow(ghost, []) == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: visits([GHOST], [0.0]), "two steps or more"),
        (lambda: visits([GHOST], [[0.0, 1.0], [1.0, 1.0]]), "trajectory must have 1 numbers a state"),
        (lambda: visits([GHOST], [0.0, np.nan]), "trajectory must be a number, got nan"),
        (lambda: visits([GHOST], [0.0, 1.0], delta=0), "delta must be > 0, got 0"),
        (lambda: visits([GHOST], [0.0, 1.0], width=-1), "width must be > 0, got -1"),
        (lambda: simulated_passage(None, GHOST._replace(passage_time=math.nan)), "ghost must be a ghost with"),
        (lambda: simulated_passage(None, 3), "ghost must be a ghost with"),
    ],
)
def test_impossible_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
