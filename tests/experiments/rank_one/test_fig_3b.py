"""Fig. 3B, and what becomes of many networks at a small scale, from slower ways."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments
from ghostlib.dynamics.bifurcations import interpolate
from ghostlib.dynamics.passage import ghost_of
from ghostlib.dynamics.slow_points import count_fixed_points
from ghostlib.experiments.rank_one.copies import perturbed
from ghostlib.experiments.rank_one.fig_3b import NetworkOutcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.training import train


@pytest.fixture(scope="module")
def fall():
    return experiments.FIG_3B.run()


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))


def test_the_settings_are_the_papers():
    figure, many = experiments.FIG_3B, experiments.MANY_NETWORKS
    assert (figure.seed, figure.alpha, figure.epochs, figure.interval) == (40, 0.02, 6000, (-15, 15))
    assert (many.seeds, many.alpha, many.epochs) == (100, 0.02, 6000)


def test_the_run_falls_at_its_epoch_and_is_silent_for_good(fall):
    assert fall.trapped[fall.copy]
    for earlier in np.flatnonzero(fall.trapped[: fall.copy]):
        last = int(np.flatnonzero(fall.history.accuracy[earlier] > 0.5)[-1])
        around = experiments.FIG_3B.networks_at(earlier, [last, last + 1])
        assert count_fixed_points(around).number.tolist() != [1, 3]
    assert count_fixed_points(fall.before).number == 1 and count_fixed_points(fall.after).number == 3
    np.testing.assert_array_equal(fall.course.loss, fall.history.loss[fall.copy])
    assert fall.course.accuracy[fall.last_good] > 0.5
    assert np.all(fall.course.accuracy[fall.fall :] <= 0.5)
    for network, epoch in ((fall.before, fall.last_good), (fall.after, fall.fall)):
        assert TASK.loss(network.output(TASK)) == pytest.approx(fall.course.loss[epoch], rel=1e-3)


def test_the_ghost_appears_after_the_jump(fall):
    networks = experiments.FIG_3B.networks_at(fall.copy, range(fall.jump, fall.ghost_appears + 1))
    assert [ghost_of(network) is not None for network in networks].index(True) == len(networks) - 1


def test_the_trap_shuts_where_the_unstable_fixed_point_passes_the_start(fall):
    network = interpolate(fall.before, fall.after, fall.trap_share)
    assert network.flow(network.kappa0(TASK)) == pytest.approx(0, abs=1e-9)
    assert fall.saddle_node_share < fall.trap_share < 1
    later = interpolate(fall.before, fall.after, (1 + fall.trap_share) / 2)
    assert later.flow(later.kappa0(TASK)) < 0


def test_copies_jump_together_and_fall_apart(fall):
    losses, accuracy = fall.history.loss, fall.history.accuracy[fall.trapped]
    jumps = [int(np.flatnonzero(row < 0.5)[0]) for row in losses]
    assert fall.jumps == (f"epoch {jumps[0]:,}" if len(set(jumps)) == 1 else f"epochs {min(jumps):,} to {max(jumps):,}")
    silent = [int(np.flatnonzero(row > 0.5)[-1]) + 1 for row in accuracy]
    assert fall.falls == {"first": min(silent), "last": max(silent)}
    before = losses[:, min(jumps) - 50]
    assert fall.spread[50] == pytest.approx((before.max() - before.min()) / before.mean(), rel=1e-5)
    assert fall.copies_trapped == len(silent) and fall.copies == 20


def test_a_fall_that_does_not_happen_is_said_so():
    with pytest.raises(ValueError, match="none of 2 is trapped by a saddle-node within 60 epochs"):
        replace(experiments.FIG_3B, copies=2, epochs=60).run()


def test_what_becomes_of_networks_is_read_at_the_end():
    many = replace(experiments.MANY_NETWORKS, seeds=4, epochs=3600, copies=2, longer=0).run()
    history = train(perturbed(RankOne.initial(range(4)), 2, 1e-6), TASK, 0.02, 3600)
    assert many.learned.any() and not many.learned.all()
    np.testing.assert_array_equal(many.learned, (history.accuracy > 0.5).any(axis=-1))
    np.testing.assert_array_equal(many.fixed_points, count_fixed_points(history.networks).number)
    assert not many.returned.any()


def test_those_that_return_had_been_trapped_and_are_found_by_training_on():
    settings = replace(experiments.MANY_NETWORKS, seeds=8, alpha=0.03, copies=2, longer=3000)
    many = settings.run()
    history = train(perturbed(RankOne.initial(range(8)), 2, 1e-6), TASK, 0.03, settings.epochs)
    again = train(history.networks, TASK, 0.03, 3000, record=10).accuracy
    assert many.trapped.sum() > 10
    np.testing.assert_array_equal(many.returned, many.trapped & (again > 0.5).any(axis=-1))


def test_many_networks_are_counted_by_what_they_were_and_what_they_became():
    many = NetworkOutcomes(
        settings=experiments.MANY_NETWORKS,
        learned=np.ones((2, 4), bool),
        trapped=np.array([[1, 1, 0, 0], [1, 1, 1, 0]], bool),
        returned=np.array([[1, 1, 0, 0], [0, 0, 0, 0]], bool),
        fixed_points=np.array([[3, 1, 3, 1], [3, 3, 3, 1]]),
    )
    assert (many.trapped_once, many.trapped_all, many.trapped_three, many.trapped_one) == (2, 5, 4, 1)
    assert (many.others, many.others_three, many.one_return, many.copies) == (3, 1, 1, 2)
    assert (many.three_return, many.share_three) == (0.25, 0.8)


def test_a_bifurcation_shuts_the_trap_only_where_the_start_is_behind_its_double_point():
    updates = replace(experiments.LAST_UPDATES, seeds=8, alpha=0.03).run()
    assert 0 < updates.at_once == len(updates.folds) <= updates.fallen <= 8
    for fold in updates.folds:
        start = float(fold.network.kappa0(TASK))
        caught = start <= fold.position
        way = np.append(np.linspace(start, TASK.kappa_star, 200), np.clip(fold.position, start, TASK.kappa_star))
        slowest = fold.network.flow(way).min()
        assert caught == (slowest < 1e-6), "where it is open, the whole way to the threshold leads on"
    assert updates.shut_share == pytest.approx(1 - updates.open_count / updates.at_once)
