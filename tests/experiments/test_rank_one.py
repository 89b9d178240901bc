"""Figs. 3A, 3B and S1 at a small scale: settings, bookkeeping, and the same numbers from slower ways."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments
from ghostlib.dynamics.slow_points import count_fixed_points, slow_points
from ghostlib.experiments import rank_one
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.training import train


TASK = rank_one.TASK


def descend(network, alpha, epochs):
    """Gradient descent in NumPy float64: the network after so many updates, and its losses."""
    losses = []
    for _ in range(epochs + 1):
        loss, gradient = loss_and_gradient(network, TASK)
        losses.append(loss)
        last, network = network, RankOne(*(getattr(network, k) - alpha * getattr(gradient, k) for k in "mnb"))
    return last, np.array(losses)


@pytest.fixture(scope="module")
def learnt():
    """Seed 40 at the learning rate of Fig. 3B until it has found the task, looked at after every epoch."""
    return replace(experiments.FIG_3A, alpha=0.02, epochs=5130, stages=(1, 5000, 5100))


@pytest.fixture(scope="module")
def course(learnt):
    return learnt.run()


@pytest.fixture(scope="module")
def fall():
    return experiments.FIG_3B.run()


def test_the_settings_are_the_papers():
    figures = experiments.FIG_3A, experiments.FIG_3B, experiments.FIG_S1
    assert [(f.seed, f.alpha, f.epochs) for f in figures[:2]] == [(40, 0.003, 500_000), (40, 0.02, 6000)]
    assert experiments.FIG_3A.stages == (1, 200_001, 499_001)
    assert experiments.FIG_3A.interval == experiments.FIG_3B.interval == (-15, 15)
    assert (figures[2].rates, figures[2].seeds, figures[2].alpha_exponents) == (30, 10, (-4, -1))
    assert figures[2].epochs == (10_000, 20_000, 30_000, 50_000, 100_000, 200_000)
    assert (experiments.MANY_NETWORKS.seeds, experiments.MANY_NETWORKS.alpha, experiments.MANY_NETWORKS.epochs) == (
        100,
        0.02,
        6000,
    )
    assert (TASK.T, TASK.delta, TASK.x0, TASK.kappa_star) == (20, 0.5, -0.3, 1)


def test_a_training_watched_in_chunks_is_the_training_in_one_go(monkeypatch):
    monkeypatch.setattr(rank_one, "CHUNK", 7)
    for epochs in (0, 6, 7, 8, 30):
        course = replace(experiments.FIG_3A, epochs=epochs).run()
        history = train(RankOne.initial(40), TASK, 0.003, epochs)
        np.testing.assert_array_equal(course.loss, history.loss)
        np.testing.assert_array_equal(course.gradient_norm, history.gradient_norm)
        np.testing.assert_array_equal(course.accuracy, history.accuracy)
        assert all(array.shape == (epochs + 1,) for array in (course.rise, *course.fixed_points, *course.everywhere))


def test_the_first_epochs_are_those_of_descent_by_the_adjoint(learnt):
    network, losses = descend(RankOne.initial(40), 0.02, 30)
    course = replace(learnt, epochs=30).run()
    np.testing.assert_allclose(course.loss, losses, rtol=1e-6)
    np.testing.assert_allclose(learnt.networks([30])[0].m, network.m, rtol=1e-5)


def test_fixed_points_after_every_epoch_are_those_of_a_dense_scan(learnt, course):
    assert np.all(course.everywhere.certified) and np.all(course.fixed_points.certified)
    np.testing.assert_array_equal(course.everywhere.number, course.fixed_points.number)
    epochs = np.arange(0, learnt.epochs + 1, 90)
    flow = learnt.networks(epochs).flow(np.linspace(-20, 20, 4000))
    np.testing.assert_array_equal((np.diff(np.sign(flow), axis=-1) != 0).sum(axis=-1), course.everywhere.number[epochs])


def test_where_the_bound_is_negative_the_flow_falls_and_has_no_ghost(learnt, course):
    falling = np.flatnonzero(course.rise < 0)
    assert 0 in falling and course.jump in falling
    for network in learnt.networks(falling[:: max(1, falling.size // 20)]):
        assert np.all(np.diff(network.flow(np.linspace(-10, 10, 2001))) < 0)
        assert [point.kind for point in slow_points(network)] == ["stable"]


def test_the_jump_is_the_first_epoch_with_half_of_a_silent_networks_loss(course):
    assert course.loss[course.jump] < 0.5
    assert np.all(course.loss[: course.jump] >= 0.5)
    assert replace(experiments.FIG_3A, epochs=3).run().jump is None


def test_replayed_networks_have_the_recorded_loss(learnt, course):
    networks = learnt.networks([0, 1, 4000, 5100])
    losses = TASK.loss(networks.output(TASK))
    np.testing.assert_allclose(losses, course.loss[[0, 1, 4000, 5100]], rtol=1e-3)
    for epochs in ([], [3, 3], [5, 4]):
        with pytest.raises(ValueError, match="epochs must be ascending"):
            learnt.networks(epochs)


def test_copies_differ_from_the_first_by_rounding_in_m_alone():
    copies, network = experiments.FIG_3A_COPIES.initial(), RankOne.initial(40)
    assert copies.shape == (8,)
    np.testing.assert_array_equal(copies.m[0], network.m)
    np.testing.assert_array_equal(copies.n, np.tile(network.n, (8, 1)))
    relative = copies.m[1:] / network.m - 1
    assert 0.8e-6 < relative.std() < 1.2e-6
    history = replace(experiments.FIG_3A_COPIES, epochs=20, copies=3, record=10).run()
    assert history.loss.shape == (3, 3)


def test_the_run_of_fig_3b_falls_at_its_epoch_and_is_silent_for_good(fall):
    assert fall.trapped[fall.copy]
    for earlier in np.flatnonzero(fall.trapped[: fall.copy]):
        last = int(np.flatnonzero(fall.history.accuracy[earlier] > 0.5)[-1])
        around = experiments.FIG_3B.networks(earlier, [last, last + 1])
        assert count_fixed_points(around).number.tolist() != [1, 3]
    assert count_fixed_points(fall.before).number == 1 and count_fixed_points(fall.after).number == 3
    np.testing.assert_array_equal(fall.course.loss, fall.history.loss[fall.copy])
    assert fall.course.accuracy[fall.epoch - 1] > 0.5
    assert np.all(fall.course.accuracy[fall.epoch :] <= 0.5)
    for network, epoch in ((fall.before, fall.epoch - 1), (fall.after, fall.epoch)):
        assert TASK.loss(network.output(TASK)) == pytest.approx(fall.course.loss[epoch], rel=1e-3)
    again = experiments.FIG_3B.networks(fall.copy, [fall.epoch])
    np.testing.assert_array_equal(again.m[0], fall.after.m)


def test_a_fall_that_does_not_happen_is_said_so():
    with pytest.raises(ValueError, match="none of 2 is trapped by a saddle-node within 60 epochs"):
        replace(experiments.FIG_3B, copies=2, epochs=60).run()


def test_what_becomes_of_networks_is_read_at_their_jump_and_at_the_end():
    fates = replace(experiments.MANY_NETWORKS, seeds=4, epochs=3600, copies=2, longer=0).run()
    copies = rank_one.perturbed(RankOne.initial(np.arange(4)), 2, 1e-6)
    history = train(copies, TASK, 0.02, 3600)
    for seed in range(4):
        below = np.flatnonzero(history.loss[0, seed] < 0.5)
        assert fates.jump[seed] == (below[0] if below.size else -1)
        if below.size:
            network = train(RankOne.initial(seed), TASK, 0.02, int(below[0]), record=[0]).networks
            assert fates.rise[seed] == pytest.approx(-1 + np.maximum(network.m.astype(float) * network.n, 0).sum())
        else:
            assert np.isnan(fates.rise[seed])
    assert fates.learned.any() and not fates.learned.all()
    np.testing.assert_array_equal(fates.learned, (history.accuracy > 0.5).any(axis=-1))
    np.testing.assert_array_equal(fates.fixed_points.number, count_fixed_points(history.networks).number)
    assert not fates.returned.any()


def test_those_that_return_had_been_trapped_and_are_found_by_training_on():
    settings = replace(experiments.MANY_NETWORKS, seeds=8, alpha=0.03, copies=2, longer=3000)
    fates = settings.run()
    history = train(rank_one.perturbed(RankOne.initial(np.arange(8)), 2, 1e-6), TASK, 0.03, settings.epochs)
    again = train(history.networks, TASK, 0.03, 3000, record=10).accuracy
    assert fates.trapped.sum() > 10
    np.testing.assert_array_equal(fates.returned, fates.trapped & (again > 0.5).any(axis=-1))


def test_networks_that_never_jump_have_no_slope_at_a_jump():
    fates = replace(experiments.MANY_NETWORKS, seeds=2, epochs=60).run()
    assert np.all(fates.jump == -1) and np.all(np.isnan(fates.rise)) and not fates.learned.any()


def test_the_sweep_is_descent_at_each_learning_rate_and_is_read_from_the_disk_the_second_time(tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))
    small = replace(experiments.FIG_S1, rates=2, seeds=2, epochs=(3, 20))
    sweep = small.run()
    assert sweep.loss.shape == (2, 2, 2)
    for rate, alpha in enumerate(sweep.alpha):
        for seed in range(2):
            expected = descend(RankOne.initial(seed), alpha, 20)[1][[3, 20]]
            np.testing.assert_allclose(sweep.loss[rate, seed], expected, rtol=1e-5)
    np.testing.assert_allclose(sweep.mean(), sweep.loss.mean(axis=1))
    np.testing.assert_allclose(sweep.sem(), np.abs(sweep.loss[:, 0] - sweep.loss[:, 1]) / 2)
    monkeypatch.setattr("ghostlib.experiments.sweep.train", None)
    np.testing.assert_array_equal(small.run(progress=False).loss, sweep.loss)
