"""Fig. 3A at a small scale: settings, bookkeeping, and the same numbers from slower ways."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments
from ghostlib.dynamics.passage import ghost_of, wait
from ghostlib.dynamics.sharpness import hessian, sharpness
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments.rank_one import courses
from ghostlib.experiments.rank_one.copies import perturbed
from ghostlib.experiments.rank_one.courses import FixedPointCourse, networks_at, train_counting_fixed_points
from ghostlib.experiments.rank_one.escape import CopiesThatEscape, Escape, largest_curvature
from ghostlib.experiments.rank_one.fig_3a import LowRateTraining, ghost_visit, passed
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.training import train


# Twice the learning rate of Fig. 3A: half the epochs to the jump and to the birth of a ghost.
SMALL = replace(experiments.FIG_3A, alpha=0.006, epochs=17_400, stages=(1, 17_200, 17_390))


@pytest.fixture(scope="module")
def training():
    network = RankOne.initial(SMALL.seed)
    return LowRateTraining(SMALL, train_counting_fixed_points(network, SMALL.alpha, SMALL.epochs, SMALL.interval))


@pytest.fixture(scope="module")
def events(training):
    return experiments.AROUND_THE_JUMP.run(training)


def course_of(loss):
    """A course of which only the loss is known."""
    return FixedPointCourse(np.array(loss, np.float32), *[None] * 7)


def test_the_settings_are_the_papers():
    figure = experiments.FIG_3A
    assert (figure.seed, figure.alpha, figure.epochs) == (40, 0.003, 500_000)
    assert (figure.stages, figure.interval) == ((1, 200_001, 499_001), (-15, 15))
    assert (TASK.T, TASK.delta, TASK.x0, TASK.kappa_star) == (20, 0.5, -0.3, 1)


def test_a_training_counted_in_chunks_is_the_training_in_one_go(monkeypatch):
    monkeypatch.setattr(courses, "CHUNK", 7)
    for epochs in (0, 6, 7, 8, 30):
        course = train_counting_fixed_points(RankOne.initial(40), 0.003, epochs, (-15, 15))
        history = train(RankOne.initial(40), TASK, 0.003, epochs)
        np.testing.assert_array_equal(course.loss, history.loss)
        np.testing.assert_array_equal(course.gradient_norm, history.gradient_norm)
        np.testing.assert_array_equal(course.accuracy, history.accuracy)
        assert all(array.shape == (epochs + 1,) for array in course)


def test_a_run_is_the_course_of_its_seed_and_is_read_from_the_disk_the_second_time(tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))
    small = replace(experiments.FIG_3A, epochs=20)
    run, course = small.run(), train_counting_fixed_points(RankOne.initial(40), 0.003, 20, (-15, 15))
    for name, array in course._asdict().items():
        np.testing.assert_array_equal(getattr(run.course, name), array)
    assert run.jump == -1
    monkeypatch.setattr(courses, "train", None)
    np.testing.assert_array_equal(small.run().course.loss, course.loss)


def test_the_first_epochs_are_those_of_descent_by_the_adjoint(training):
    network, losses = RankOne.initial(40), []
    for _ in range(31):
        loss, gradient = loss_and_gradient(network, TASK)
        losses.append(loss)
        last, network = network, RankOne(*(getattr(network, k) - 0.006 * getattr(gradient, k) for k in "mnb"))
    np.testing.assert_allclose(training.course.loss[:31], losses, rtol=1e-6)
    np.testing.assert_allclose(SMALL.networks_at([30])[0].m, last.m, rtol=1e-5)


def test_fixed_points_after_every_epoch_are_those_of_a_dense_scan(training):
    course = training.course
    assert np.all(course.certified) and np.all(course.certified_everywhere) and training.number == 1
    np.testing.assert_array_equal(course.number_everywhere, course.number)
    epochs = np.arange(0, SMALL.epochs + 1, 290)
    flow = SMALL.networks_at(epochs).flow(np.linspace(-20, 20, 4000))
    np.testing.assert_array_equal((np.diff(np.sign(flow), axis=-1) != 0).sum(axis=-1), course.number[epochs])


def test_a_count_that_is_not_proved_is_no_count(training):
    doubt = training.course.certified_everywhere.copy()
    doubt[5] = False
    assert replace(training, course=training.course._replace(certified_everywhere=doubt)).number == 0


def test_where_the_bound_is_negative_the_flow_falls_and_has_no_ghost(training):
    falling = np.flatnonzero(training.course.slope_bound < 0)
    assert 0 in falling and training.jump in falling and training.falling_until in falling
    assert training.falling_until + 1 not in falling
    for network in SMALL.networks_at(falling[:: falling.size // 20]):
        assert np.all(np.diff(network.flow(np.linspace(-10, 10, 2001))) < 0)
        assert [point.kind for point in slow_points(network)] == ["stable"]


def test_networks_come_in_the_order_of_the_epochs_and_have_the_recorded_loss(training):
    epochs = [5100, 0, 16_000, 1, 5100]
    networks = SMALL.networks_at(epochs)
    np.testing.assert_allclose(TASK.loss(networks.output(TASK)), training.course.loss[epochs], rtol=1e-3)
    np.testing.assert_array_equal(networks.m[0], networks.m[4])
    np.testing.assert_array_equal(networks.m[1], RankOne.initial(40).m)


@pytest.mark.parametrize("epochs", [[], [3, -1], [2.0], 7], ids=str)
def test_epochs_that_are_no_list_of_epochs_are_refused(epochs):
    with pytest.raises(
        ValueError, match=r"epochs must be (a list of integers ≥ 0|an integer)|snapshots must lie between 0"
    ):
        networks_at(RankOne.initial(40), 0.02, epochs)


def test_the_plateau_and_the_jump_are_read_off_the_loss():
    loss = [1.0] * 1200 + [0.95, 0.7, 0.45, 0.3, 0.05, 0.02, 0.06, 0.04, 0.05, 0.07, 0.03, 0.0005]
    settings = replace(experiments.FIG_3A, alpha=0.1, stages=(1, 1208, 1211))
    training = LowRateTraining(settings, course_of(loss))
    assert (training.jump, training.fall, training.onset, training.escape) == (1202, 1, 1206, 1211)
    assert training.rate_times_jump == pytest.approx(120.2)
    # From the onset to stage (ii) there are two losses, in which no turn can be seen; from (ii) on: up, down, down.
    assert training.swings == 0
    assert training.orderly_until == 1209


def test_a_ghost_is_passed_where_the_trial_begins_before_it_and_ends_behind(training, events):
    networks = SMALL.networks_at([events.first_ghost, int(events.epoch[-1])])
    for name, network in zip(("birth", "last"), networks, strict=True):
        kappa = network.latent(TASK)
        dip = np.linspace(kappa[0] - 3, TASK.kappa_star, 100_001)
        flow = network.flow(dip)
        (place,) = 1 + np.flatnonzero((flow[1:-1] < flow[:-2]) & (flow[1:-1] < flow[2:]))
        assert events.ghost_at[name] == pytest.approx(dip[place], abs=1e-4)
        assert events.start_at[name] == pytest.approx(kappa[0])
        assert events.ghost_is[name] == ("passed" if kappa[0] < dip[place] < kappa.max() else "not passed")
    assert events.ghost_is["birth"] == "passed" and events.last == events.epoch[-1]
    (behind,) = experiments.FIG_3A.networks_at([34_100])
    visit = ghost_visit(behind)
    assert visit.point.position < behind.kappa0(TASK) == behind.latent(TASK).min()
    assert visit.nearest == pytest.approx(behind.kappa0(TASK) - visit.point.position)
    assert passed(visit) == "not passed"


def test_the_stay_at_a_ghost_is_the_time_within_its_width(training):
    for stage, network in zip(("ii", "iii"), training.stages[1:], strict=True):
        each = wait(network, TASK)
        way = np.linspace(0, 2 * TASK.T, 400_001)
        kappa = np.interp(way, np.arange(2 * TASK.T + 1), network.latent(TASK))
        near = np.mean(np.abs(kappa - each.ghost.position) <= each.width) * 2 * TASK.T * TASK.dt
        assert training.ghost_stay[stage] == pytest.approx(near, abs=0.01)
        assert training.ghost_is[stage] in ("passed", "not passed")


def test_a_loss_turns_where_it_goes_up_and_down_in_turn():
    loss = [0.5, 0.4, 0.6, 0.5, 0.7, 0.8, 0.6, 0.9]
    settings = replace(experiments.FIG_3A, stages=(1, 7, 7))
    training = LowRateTraining(settings, course_of([1.0, 0.45, *loss]))
    assert training.jump == 1 and training.onset == 2
    assert (training.swings, training.not_alternating) == (3, 0)
    longer = LowRateTraining(replace(settings, stages=(1, 10, 10)), training.course)
    assert (longer.swings, longer.not_alternating) == (6, 1)


def test_the_ghost_that_is_found_is_the_first_since_the_jump(training, events):
    assert events.epochs == (training.jump, events.birth, training.onset)
    assert training.jump < events.birth
    networks = SMALL.networks_at(range(training.jump, events.birth + 20))
    have = [ghost_of(network) is not None for network in networks]
    assert have.index(True) == events.birth_after
    assert False in have[events.birth_after :], "here it comes and goes, and could not be found by halving"
    assert events.birth_after == events.birth - training.jump


def test_around_the_jump_the_fixed_point_is_a_zero_and_the_slope_the_largest(training, events):
    networks = SMALL.networks_at(events.epoch)
    np.testing.assert_allclose(networks.flow(events.resting[:, None]), 0, atol=1e-9)
    rise = np.diff(networks.flow(np.linspace(-10, 10, 4001))).max(axis=-1) / 0.005
    np.testing.assert_allclose(events.largest_slope, rise, atol=2e-3)
    assert events.epoch[0] == training.jump - 140
    assert events.resting_before == events.resting[25] < TASK.kappa_star


def test_waits_are_those_of_the_networks_at_the_last_two_stages(training):
    second, third = (wait(network, TASK) for network in SMALL.networks_at(SMALL.stages[1:]))
    assert training.waits.euler_time == {"ii": second.euler_time, "iii": third.euler_time}
    assert training.waits.ghost_speed == {"ii": second.ghost.speed, "iii": third.ghost.speed}


def test_the_largest_curvature_is_that_of_second_differences(training):
    (network,) = SMALL.networks_at([SMALL.epochs])
    kappa = np.linspace(float(network.kappa0(TASK)), TASK.kappa_star, 2001)
    step = kappa[1] - kappa[0]
    bend = np.diff(network.flow(np.linspace(kappa[0] - step, kappa[-1] + step, 2003)), 2) / step**2
    assert largest_curvature(network) == pytest.approx(bend.max(), rel=1e-4)


def test_along_the_escape_every_network_is_looked_at_by_itself(training):
    escape = replace(experiments.ALONG_THE_ESCAPE, start=17_300, every=50).run(training)
    assert escape.epoch.tolist() == [17_300, 17_350]
    for i, network in enumerate(SMALL.networks_at([17_300, 17_350])):
        assert escape.ghost_curvature[i] == ghost_of(network).curvature
        assert escape.largest_curvature[i] == pytest.approx(largest_curvature(network))
        assert escape.rise_time[i] == wait(network, TASK).rise_time
    assert escape.limit == pytest.approx(2 / 0.006)


def test_the_escape_is_dated_by_the_limit_and_by_the_time_step(training):
    epoch, rise_time = np.arange(5), np.array([9, 4.9, 5.1, 4, 3])
    sharpness, curvature = np.array([400.0, 330, 340, 300, 200]), np.array([0.1, 0.4, 0.5, 0.2, 0.1])
    escape = Escape(training, epoch, curvature, curvature, rise_time, sharpness)
    assert (escape.below_limit_from, escape.one_step_from) == (1, 3)
    assert escape.ghost_curvature_grows == pytest.approx(5)
    assert escape.sharp == {"first": 400, "last": 200}


def test_copies_differ_from_the_first_by_rounding_in_m_alone():
    network = RankOne.initial(40)
    copies = perturbed(network, 8, 1e-6)
    assert copies.shape == (8,)
    np.testing.assert_array_equal(copies.m[0], network.m)
    np.testing.assert_array_equal(copies.n, np.tile(network.n, (8, 1)))
    assert 0.8e-6 < (copies.m[1:] / network.m - 1).std() < 1.2e-6


def test_copies_are_trained_as_one_ensemble_would_be(training, tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))
    copies = replace(experiments.FIG_3A_COPIES, copies=3, record=200).run(training)
    history = train(perturbed(RankOne.initial(40), 3, 1e-6), TASK, SMALL.alpha, SMALL.epochs, record=200)
    np.testing.assert_array_equal(copies.loss, history.loss)
    np.testing.assert_array_equal(copies.networks.m, history.networks.m)
    assert copies.epoch.tolist() == list(range(0, SMALL.epochs + 1, 200))


def test_copies_are_compared_with_the_network_at_its_stages(training):
    """Its own stages (iii), (ii) as the copies: every ratio is that of the two stages, or 1."""
    loss = np.array([[1, 0.5, 2e-4], [1, 0.5, 0.1], [1, 9e-4, 1e-4]], np.float32)
    networks = training.stages[[2, 1, 2]]
    copies = CopiesThatEscape(training, np.array([0, 100, 200]), loss, networks)
    assert (copies.repeats, copies.escaped, copies.out) == (3, 2, {"first": 100, "last": 200})
    assert copies.bend_least == pytest.approx(min(1, copies.bend_ratio))
    waits = training.waits
    assert copies.ghost_ratio == pytest.approx(waits.ghost_curvature["iii"] / waits.ghost_curvature["ii"])
    assert copies.ghost_ratio_most == pytest.approx(max(1, copies.ghost_ratio))
    assert copies.slowness_median == pytest.approx(copies.slowness_at["iii"])
    way = TASK.kappa_star - float(networks[1].kappa0(TASK))
    mean = way * TASK.tau / waits.exact["ii"]
    assert copies.slowness_at["ii"] == pytest.approx(waits.ghost_speed["ii"] / mean)


def test_the_stiffest_of_all_directions_is_the_sharpness_and_few_come_near_it(training):
    copies = CopiesThatEscape(training, np.arange(1), np.ones((1, 1)), training.stages[[2]])
    network = training.stages[2]
    whole = hessian(network, TASK)
    assert np.abs(np.linalg.eigvalsh(whole)).max() == pytest.approx(abs(sharpness(network, TASK)), rel=1e-3)
    size = np.abs(np.linalg.eigvalsh(whole))
    assert 0 < copies.stiff == np.sum(size > size.max() / 100) < 300
