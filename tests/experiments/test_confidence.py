"""Fig. 4 and what stands beside it, at small scale; the chapter runs it at the paper's."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments, outcomes
from ghostlib.experiments import remedies
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()
# At α = 0.03 nearly every network is trapped, so that a few are enough.
SMALL = replace(experiments.FIG_4, seeds=6, alpha=0.03, confidences=4)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def lowered():
    return SMALL.run()


def test_the_settings_are_those_of_the_caption_and_the_authors_code():
    figure = experiments.FIG_4
    assert (figure.seeds, figure.alpha, figure.c, figure.epochs) == (100, 0.02, 10.0, 6000)
    assert (figure.exponents, figure.confidences, figure.after, figure.shown) == ((-3.0, 1.0), 30, 100, (5800, 6100))
    trained = experiments.TRAINABLE_C
    assert (trained.seed, trained.alpha, trained.c, trained.epochs) == (40, 0.02, 10.0, 10_000)
    assert (trained.then_c, trained.then_epochs) == (1.0, 10_000)


def test_our_own_comparison_has_a_hundred_seeds_at_every_setting():
    comparison = experiments.REMEDIES
    assert comparison.seeds == 100
    assert 0.02 in comparison.alpha and max(comparison.alpha) >= 50 * 0.02
    assert {"plain", "schedule", "Adam"} < set(comparison.methods)


def test_only_the_trapped_networks_are_trained_on(lowered):
    assert lowered.trapped.sum() >= 4
    assert lowered.after.accuracy.shape == (4, lowered.trapped.sum(), 101)
    np.testing.assert_array_equal(lowered.fallen.m, lowered.before.networks.m[lowered.trapped])


def test_nothing_happens_at_the_old_confidence_and_something_at_a_lower_one(lowered):
    assert lowered.confidences[-1] == pytest.approx(10)
    assert lowered.recovered[-1] == 0
    assert lowered.accuracy[-1] == 0.5
    assert lowered.recovered.max() > 0.5


def test_the_curve_around_the_fall_joins_the_two_trainings(lowered):
    epoch, accuracy = lowered.around(1, before=200)
    np.testing.assert_array_equal(epoch, np.arange(5800, 6101))
    np.testing.assert_array_equal(accuracy[:, :200], lowered.before.accuracy[lowered.trapped, 5800:6000])
    np.testing.assert_array_equal(accuracy[:, 200:], lowered.after.accuracy[1])


def test_repeats_differ_in_who_is_trapped_and_agree_in_who_learns():
    fates = replace(experiments.FIG_4_REPEATS, seeds=4, alpha=0.05, epochs=3000, repeats=3).run()
    assert fates.learned.shape == fates.trapped.shape == fates.since.shape == (3, 4)
    assert fates.learned.all()
    assert np.all(fates.since[fates.trapped] > 0)
    assert np.all(fates.since[~fates.trapped] == -1)
    assert len({tuple(row) for row in fates.since}) > 1


def test_a_network_is_silent_from_the_epoch_that_is_said():
    learned, trapped, since = remedies.repeated_outcomes(0, 4, 0.05, 3000, 10.0, 0.0)
    accuracy = train(RankOne.initial(np.arange(4)), TASK, 0.05, 3000).accuracy
    assert learned.all() and trapped.any()
    for row, epoch in zip(accuracy[trapped], since[trapped], strict=True):
        assert row[epoch - 1] > 0.5
        assert np.all(row[epoch:] <= 0.5)


def test_every_way_back_takes_as_long_and_ends_at_the_original_confidence():
    ways = experiments.RESTORED
    for plan in ways.plans().values():
        assert sum(epochs for epochs, _ in plan) == ways.rescue + ways.epochs
        assert plan[0] == (100, 0.3)
        assert plan[-1][1] == 10
        c = [c for _, c in plan]
        assert c == sorted(c)


def test_the_slow_way_back_loses_none(lowered):
    returned = replace(experiments.RESTORED, alpha=0.02, copies=1, epochs=3000).run(lowered.fallen)
    assert list(returned) == ["at once", "× 1.5", "× 1.1"]
    slow = returned["× 1.1"]
    assert slow.history.accuracy.shape == (1, len(lowered.fallen), 3101)
    assert slow.solved.sum() >= len(lowered.fallen) - 1
    assert slow.solved.sum() >= returned["at once"].solved.sum()
    assert not np.any(slow.solved & slow.trapped)


def test_trained_confidence_moves_and_its_own_gradient_vanishes_in_the_zone():
    trained = replace(experiments.TRAINABLE_C, alpha=0.03, epochs=5000, copies=4, then_epochs=1000, seeds=4).run()
    caught = outcomes.trapped(trained.one.accuracy)
    assert caught.any()
    assert np.ptp(trained.one.c, axis=1).min() > 0
    np.testing.assert_array_equal(trained.one.c[caught, -50:], trained.one.c[caught, -1:].repeat(50, axis=1))
    assert len(trained.then.loss) == caught.sum()
    assert np.all(trained.then.c[:, 0] == 1)
    assert np.ptp(trained.fixed.c) == 0


def test_the_schedule_solves_what_plain_descent_loses():
    comparison = replace(experiments.REMEDIES, methods=("plain", "schedule"), alpha=(0.03,), seeds=6)
    outcomes = comparison.run()
    assert outcomes.solved.shape == (2, 1, 6)
    plain, schedule = outcomes.solved[:, 0].sum(axis=1)
    assert plain <= 1
    assert outcomes.trapped[0].sum() >= 4
    assert schedule >= 5
    assert np.all(outcomes.loss[outcomes.solved] <= 0.1)


@pytest.mark.parametrize("method", remedies.METHODS)
def test_every_method_trains(method):
    solved, trapped, loss = remedies.remedy(method, 0.01, 2, 100, 3.0)
    assert solved.shape == trapped.shape == loss.shape == (2,)
    assert np.all(loss < outcomes.final_loss(RankOne.initial([0, 1]), TASK, 3.0))


def test_the_widget_s_accuracies_are_those_of_the_figure(lowered):
    learned, trapped, accuracy = remedies.lowered(6, 0.03, 6000, 10.0, 100, lowered.confidences.tolist())
    np.testing.assert_array_equal(learned, lowered.learned)
    np.testing.assert_array_equal(trapped, lowered.trapped)
    np.testing.assert_array_equal(accuracy, lowered.after.accuracy[..., -1])
