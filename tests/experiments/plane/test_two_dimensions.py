"""Chapter 09: small trainings against plain PyTorch, points against SciPy, and what is counted on made-up courses."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.optimize import root

from ghostlib import experiments
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments.plane import cues, delays, full_rank, matching
from ghostlib.experiments.plane import two_dimensions as planes
from ghostlib.experiments.plane.cues import CueCourse
from ghostlib.networks.driven import DrivenFullRank, DrivenLowRank
from ghostlib.networks.trials import DelayedCueDiscrimination, DelayedMatchToSample
from ghostlib.training import train


@pytest.fixture(scope="module")
def plane():
    """The first 400 epochs of the chapter's training, through its first fall."""
    return replace(experiments.TWO_DIMENSIONS, epochs=400, shown=(0, 400), more_each=30, compared=(0, 50)).run()


def course(loss, looked, fixed, stable, ghosts, echo=(0.1, 0.2)):
    """A made-up course."""
    counts = (np.array(each) for each in (looked, fixed, stable, ghosts))
    return CueCourse(np.array(loss), np.array(0.9), np.array(echo), *counts, np.array(True))


@pytest.mark.parametrize(
    ("kind", "make", "said", "rule", "alpha"),
    [
        ("cue", DelayedCueDiscrimination, torch.tanh, torch.optim.SGD, 1e-3),
        ("match", DelayedMatchToSample, torch.sigmoid, torch.optim.Adam, 1e-4),
    ],
)
def test_the_trainings_are_those_of_a_plain_torch_loop(kind, make, said, rule, alpha):
    epochs, each = 40, 5
    loss, accuracy, *parameters = cues.training_of_seed(kind, 0, each, alpha, [0, 20, epochs], [0, epochs])
    task, network = make(each=each), DrivenLowRank.initial(0)
    draws = task.generator()
    theta = [torch.tensor(getattr(network, name), requires_grad=True) for name in cues.FIELDS]
    m, n, b, w_out, b_out, w_in = theta
    optimiser, expected = rule(theta, lr=alpha), []
    for _ in range(epochs + 1):
        r, noise = map(torch.tensor, task.draw(network.N, draws))
        outputs = [said(r @ n.T @ w_out + b_out)]
        for t in range(task.steps - 1):
            z = r @ n.T @ m.T + torch.tensor(task.inputs[:, t]) @ w_in.T + b + noise[t]
            r = (r + torch.tanh(z)) / 2
            outputs.append(said(r @ n.T @ w_out + b_out))
        value = (torch.stack(outputs, dim=1) - torch.tensor(task.targets)).square().mean()
        expected.append(value.item())
        trained = [array.detach().clone() for array in theta]
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
    np.testing.assert_allclose(loss, np.array(expected)[[0, 20, epochs]], rtol=1e-4)
    for array, found in zip(trained, parameters, strict=True):
        np.testing.assert_allclose(found[-1], array, rtol=1e-3, atol=1e-5)


def test_the_flow_of_the_plane_is_what_a_small_step_does_to_all_rates():
    network, u, step = DrivenLowRank.initial(3), 0.7, 1e-6
    r = np.tanh(np.random.default_rng(0).standard_normal(network.N))
    faster = -r + np.tanh(network.m @ (network.n @ r) + network.w_in[:, 0] * u + network.b)
    found = network.at([u]).flow(network.n @ r)
    np.testing.assert_allclose((network.n @ (r + step * faster) - network.n @ r) / step, found, rtol=1e-7)


def test_fixed_points_of_the_snapshots_are_those_that_scipy_finds(plane):
    network, points = plane.snapshots[-1], plane.points[-1]
    fixed = np.array([point.position for point in points if point.kind != "ghost"])
    starts = np.random.default_rng(0).uniform(-3, 3, (60, 2))
    found = [root(network.flow, start, tol=1e-12) for start in starts]
    found = np.array([each.x for each in found if each.success])
    distance = np.linalg.norm(found[:, None] - fixed, axis=-1)
    assert distance.min(axis=1).max() < 1e-8
    assert set(distance.argmin(axis=1)) == set(range(len(fixed))) == {0, 1, 2}


def test_at_a_ghost_the_flow_is_at_a_right_angle_to_all_that_the_jacobian_reaches(plane):
    (place,) = [i for i in range(len(plane.points)) if any(point.kind == "ghost" for point in plane.points[i])]
    network, (ghost,) = plane.snapshots[place], [p for p in plane.points[place] if p.kind == "ghost"]
    h = 1e-5
    J = np.stack(
        [(network.flow(ghost.position + d) - network.flow(ghost.position - d)) / (2 * h) for d in h * np.eye(2)]
    )
    np.testing.assert_allclose(J @ network.flow(ghost.position), 0, atol=1e-7)
    assert ghost.speed > 0.01 and abs(np.linalg.det(J)) < 1e-6
    at = ghost.position + 1e-3 * np.random.default_rng(0).standard_normal((100, 2))
    assert np.all(np.linalg.norm(network.flow(at), axis=-1) > ghost.speed)


def test_a_ghost_is_the_herald_of_the_first_pair_of_fixed_points(plane):
    assert plane.first["ghost"] < plane.first["pair"] <= plane.drop
    assert plane.seen == {0: "1 stable node", 400: "2 stable nodes, 1 saddle"}
    assert plane.first_passing > 0 and plane.passing[0] == "0 of 40"
    assert plane.first_time == pytest.approx(10 * plane.points[plane._place(plane.first["ghost"])][0].passage_time)


def test_forty_trials_begin_where_more_do(plane):
    assert plane.loss_at.keys() == {0, 50, 400} and len(plane.more) == 6
    assert all(plane.loss_at[epoch] == pytest.approx(plane.more_at[epoch], abs=0.02) for epoch in (0, 50))
    assert plane.silent == pytest.approx(10 / 22) and plane.loss_end < 1


def test_the_delay_is_from_the_end_of_the_cue_to_the_first_answer():
    network, task = DrivenLowRank.initial(0), DelayedCueDiscrimination(each=2, cue=3, delay=4, response=5)
    kappa = delays.in_delay(network, task)
    assert kappa.shape == (4, 5, 2)
    np.testing.assert_allclose(kappa[0, 0], network.n @ network.simulate(task)[0, 3])
    free = kappa[:, 0] + task.delta * network.flow(kappa[:, 0])
    np.testing.assert_allclose(kappa[:, 1], free)


def test_a_trial_is_slowest_near_the_point_that_a_plain_loop_finds(plane):
    network, points = plane.snapshots[-1], plane.points[-1]
    kinds = delays.slowest_at(network, points, DelayedCueDiscrimination(each=3))
    for kappa, kind in zip(delays.in_delay(network, DelayedCueDiscrimination(each=3)), kinds, strict=True):
        at = min(kappa, key=lambda each: np.hypot(*network.flow(each)))
        assert kind == points[int(np.argmin([np.hypot(*(point.position - at)) for point in points]))].kind
    assert plane.slowest[0] == "stable node 40" and plane.slowest_at_ghost == {0: 0, 400: 0}


def test_stays_are_those_of_the_trials_that_pass(plane):
    assert delays.median_stay(np.array([0.0, 4, 0, 6, 20])) == "6" and delays.median_stay(np.zeros(3)) == "–"
    place = int(np.searchsorted(plane.epochs, plane.first["ghost"]))
    assert plane.stay[0] == "–" and np.median(plane.stays[place][plane.stays[place] > 0]) <= 50


def test_two_nodes_keep_a_cue_for_good_and_one_forgets_it(plane):
    assert plane.kept[0] == pytest.approx(0.5, abs=0.01)
    assert planes.kept_for_good(plane.snapshots[-1]) > 0.7


def test_a_silent_network_has_no_echo_and_one_that_answers_has_half_the_difference():
    network = DrivenLowRank.initial(6)
    assert cues.echo(replace(network, w_out=np.zeros(2))) == pytest.approx(0)
    said = network.output(DelayedCueDiscrimination(each=1, spread=0.0))[:, 12:].mean(axis=1)
    assert cues.echo(network) == pytest.approx((said[0] - said[1]) / 2)


def test_a_course_looks_often_before_the_drop_and_seldom_else():
    found = CueCourse(*cues.cue_course(0, 20, 1e-3, 1000))
    assert found.drop == found.epoch[found.loss < cues.silent_loss() / 2][0] and found.certified
    np.testing.assert_array_equal(found.looked, [*range(0, found.drop + 1, 10), *range(600, 1001, 200)])
    network = DrivenLowRank(*(each[0] for each in cues.training_of_seed("cue", 0, 20, 1e-3, [0, 1000], [1000])[2:]))
    points = slow_points(network)
    assert (found.fixed[-1], found.ghosts[-1]) == (len(points), sum(p.kind == "ghost" for p in points))


def test_courses_are_counted():
    looked = [0, 10, 20, 30]
    born = course([0.5, 0.4, 0.3, 0.2], looked, [1, 1, 3, 3], [1, 1, 2, 2], [0, 1, 0, 0], (0.3, 0.9))
    turned = course([0.5, 0.4, 0.3, 0.1], looked, [1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 1], (0.2, 0.8))
    ready = course([0.5, 0.4, 0.2, 0.1], looked, [3, 3, 3, 1], [2, 2, 2, 1], [0, 0, 0, 1], (-0.1, 0.7))
    silent = course([0.5, 0.4, 0.4, 0.4], looked, [3, 1, 1, 1], [2, 1, 1, 1], [0, 0, 1, 0], (-0.5, -0.001))
    found = planes.CueCourses((born, turned, ready, silent))
    assert [each.drop for each in found.courses] == [30, 30, 20, -1]
    assert (found.networks, found.learners_number, found.silent_number) == (4, 3, 1)
    assert (found.ghosts_first, found.ghosts_with_bifurcation, found.changed) == (1, 1, 2)
    assert found.ghost_share == pytest.approx(1 / 3) and found.ghost_at_end == 2
    assert found.drop == {"first": 20, "last": 30} and found.loudest == 3
    assert (found.wrong_way, found.wrong_way_fixed, found.echo_of_silent, found.echo_of_learners) == (
        -0.5,
        3,
        0.001,
        0.7,
    )


def test_what_is_in_the_plane_is_said_in_words(plane):
    node, saddle = plane.points[-1][0], plane.points[-1][1]
    kinds = "ghost", "saddle", "stable focus", "stable focus", "unstable focus"
    points = [saddle._replace(kind=kind) for kind in kinds]
    assert delays.in_words(points) == "2 stable foci, 1 saddle, 1 unstable focus, 1 ghost"
    assert (
        delays.in_words([node, node._replace(kind="ghost"), node._replace(kind="ghost")]) == "1 stable node, 2 ghosts"
    )


def test_the_delay_of_match_to_sample_ends_with_the_second_cue():
    network, task = DrivenLowRank.initial(0), DelayedMatchToSample(each=1, noise=0.0)
    kappa = delays.in_delay(network, task)
    assert kappa.shape == (4, 17, 2)
    np.testing.assert_allclose(kappa, np.matvec(network.n, network.simulate(task))[:, 6:23])


def test_a_lead_is_found_on_a_common_way(monkeypatch):
    task, t = DelayedMatchToSample(each=1), np.arange(17.0)
    ahead = np.stack([t, np.sqrt(t)], axis=-1)
    behind = np.stack([t - 3, np.sqrt(np.maximum(t - 3, 0)) + 0.1], axis=-1)
    for ways in ([ahead, ahead, behind, behind], [behind, behind, ahead, ahead]):
        monkeypatch.setattr(delays, "in_delay", lambda network, task, ways=ways: np.array(ways))
        assert matching.lead(None, task) == pytest.approx((15, 0.1, np.hypot(3, np.sqrt(16) - np.sqrt(13) - 0.1)))


@pytest.mark.parametrize(("W", "moves"), [([[2.0, -2.0], [2.0, 2.0]], 1.0), ([[0.5, -2.0], [2.0, 0.5]], 0.0)])
def test_a_flow_that_repels_from_its_only_point_never_rests(W, moves):
    network = DrivenLowRank(np.eye(2), np.array(W), np.zeros(2), np.ones(2), 0.0, np.zeros((2, 1)))
    assert matching.still_moving(network, delta=0.05) == moves


def test_a_network_that_always_says_no_is_right_in_half_of_the_trials():
    network = replace(DrivenLowRank.initial(0), w_out=np.zeros(2), b_out=-9.0)
    assert matching.right(network, 16, each=2) == 0.5


def test_a_training_of_match_to_sample_is_told_by_its_epochs():
    courses = replace(experiments.MATCH_TO_SAMPLE, seeds=2, epochs=100, shown=(0, 60)).run()
    found = courses.courses[0]
    assert courses.networks == 2 and courses.learners_number == 0 and courses.learned.startswith("0 of 2")
    assert found.match_seen[0] == "1 stable node" and found.match_slowest[0] == "stable node 20"
    assert found.match_moving[0] == 0 and found.match_trials == 20
    np.testing.assert_array_equal(found.epoch, [0, 60, 100])
    assert found.match_loss == {0: found.loss[0], 60: found.loss[1]}
    assert found.match_share == found.match_right[16] and set(found.match_right) == {16, 24, 160}


def test_what_the_networks_that_match_have_in_common_is_counted():
    def course(right, kinds, lead, longer):
        points = [[SimpleNamespace(kind=kind) for kind in kinds]]
        return SimpleNamespace(match_share=right, points=points, match_lead=lead, match_right={24: longer})

    found = matching.MatchCourses(
        (
            course(1.0, ["unstable focus", "ghost"], 25, 0.25),
            course(0.95, ["stable focus"], 40, 0.5),
            course(0.9, ["stable node", "stable node", "saddle"], 30, 0.3),
            course(0.5, ["stable node", "stable node"], 90, 0.9),
        )
    )
    assert found.learned.startswith("3 of 4") and found.learners_number == 3 and found.networks == 4
    assert (found.none_stable, found.several_stable, found.with_ghost) == (1, 1, 1)
    assert found.lead == {"least": 25, "most": 40} and found.longer == {"least": 0.25, "most": 0.5}


def test_a_network_of_full_rank_is_searched_where_its_trials_go():
    loss, accuracy, stable, fixed, ghosts = full_rank.full_rank_course(0, 1e-2, 40, 0.0, 0, 40)
    task = DelayedCueDiscrimination(1, **full_rank.START)
    history = train(DrivenFullRank.initial(0), task, 1e-2, 40)
    np.testing.assert_array_equal(loss, history.loss)
    np.testing.assert_array_equal(accuracy, history.accuracy)
    states = history.networks.simulate(task).reshape(-1, 100)[:: full_rank.EVERY]
    found = []
    for start in states:
        solved = root(lambda r: np.tanh(history.networks.W @ r + history.networks.b) - r, start)
        if solved.success and not any(np.allclose(solved.x, known, atol=1e-4) for known in found):
            found.append(solved.x)
    assert fixed[1] >= len(found) >= 1 and stable.shape == ghosts.shape == (2,) and (stable <= fixed).all()


def test_what_is_found_at_full_rank_is_counted():
    loss = np.full((2, 3002), 0.4)
    loss[0, 100:] = 0.01
    settings = experiments.FULL_RANK_CUES
    found = full_rank.FullRankCues(
        settings, loss, loss, np.array([[1, 2, 2, 1], [1] * 4]), np.ones((2, 4)), np.array([[0, 0, 1, 2], [0, 0, 0, 1]])
    )
    assert (found.networks, found.learned, found.ghost_epochs) == (2, 1, 2)
    assert found.several == {10: 0, 200: 1, 1000: 1, 3000: 0} and found.with_ghost == {10: 0, 200: 0, 1000: 1, 3000: 2}
    assert found.loss_at[200] == pytest.approx(0.205)
