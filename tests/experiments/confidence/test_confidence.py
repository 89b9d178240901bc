"""Fig. 4 and what stands beside it, at small scale; the chapter runs it at the paper's."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ghostlib import experiments, outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.experiments.confidence import remedies
from ghostlib.experiments.confidence.comparison import LowOutcomes, MethodOutcomes
from ghostlib.experiments.confidence.forecast import RecoveryForecast
from ghostlib.experiments.confidence.repeats import RepeatedOutcomes
from ghostlib.experiments.confidence.restored import Restored, Returned, crossing
from ghostlib.experiments.confidence.trainable import Trained
from ghostlib.experiments.rank_one.copies import outcomes_of_copy
from ghostlib.experiments.toy.zone_slopes import SlopeLimits
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import Clipped, train, trainer
from ghostlib.training.schedules import train_stages


TASK = DelayedActivation()
# At α = 0.03 nearly every network is trapped, so that a few are enough.
SMALL = replace(experiments.FIG_4, seeds=6, alpha=0.03, confidences=4)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def lowered():
    return SMALL.run()


@pytest.fixture(scope="module")
def forecast(lowered):
    return RecoveryForecast(lowered)


class TestLowered:
    def test_the_settings_are_those_of_the_caption_and_the_authors_code(self):
        figure = experiments.FIG_4
        assert (figure.seeds, figure.alpha, figure.c, figure.epochs) == (100, 0.02, 10.0, 6000)
        assert (figure.exponents, figure.confidences, figure.after) == ((-3.0, 1.0), 30, 100)
        assert figure.shown == (5800, 6100)

    def test_only_the_trapped_networks_are_trained_on(self, lowered):
        assert lowered.trapped_count == lowered.trapped.sum() >= 4
        assert lowered.after.accuracy.shape == (4, lowered.trapped_count, 101)
        np.testing.assert_array_equal(lowered.fallen.m, lowered.before.networks.m[lowered.trapped])

    def test_nothing_happens_at_the_old_confidence_and_something_at_a_lower_one(self, lowered):
        assert lowered.confidences[-1] == pytest.approx(10)
        assert lowered.recovered[-1] == 0
        assert lowered.accuracy[-1] == 0.5
        assert lowered.recovered_at_best > 0.5
        assert lowered.norm_at_best > 1e3 * lowered.norm_at_highest

    def test_the_curve_around_the_fall_joins_the_two_trainings(self, lowered):
        epoch, accuracy = lowered.around(1, before=200)
        np.testing.assert_array_equal(epoch, np.arange(5800, 6101))
        np.testing.assert_array_equal(accuracy[:, :200], lowered.before.accuracy[lowered.trapped, 5800:6000])
        np.testing.assert_array_equal(accuracy[:, 200:], lowered.after.accuracy[1])

    def test_counts_are_those_of_each_network_by_itself(self, lowered):
        assert lowered.learned_count == sum(row.max() > 0.5 for row in lowered.before.accuracy)
        assert lowered.frozen_count == sum(
            history.frozen_at >= 0
            for history in (train(RankOne.initial(seed), TASK, 0.03, 6000) for seed in np.flatnonzero(lowered.trapped))
        )

    def test_the_window_and_its_best_places_are_read_off_the_two_curves(self, lowered):
        # Ten networks at five confidences: 3, 9, 10, 9 and 0 of them are right in all of the last 50 epochs.
        right = np.arange(10) < np.array([3, 9, 10, 9, 0])[:, None]
        accuracy = np.where(right, np.array([[0.6], [0.6], [0.7], [0.8], [0.9]]), 0.5)[..., None].repeat(60, axis=-1)
        norm = np.arange(5 * 10 * 60.0).reshape(5, 10, 60)
        confidences = np.array([0.02, 0.12, 0.3, 4.0, 10.0])
        after = lowered.after._replace(accuracy=accuracy, gradient_norm=norm)
        drawn = replace(lowered, confidences=confidences, after=after)
        assert drawn.window == {"low": 0.12, "high": 4.0}
        assert (drawn.best_confidence, drawn.recovered_at_best) == (0.3, 1.0)
        assert drawn.recovered_at == {5: 9, 0.5: 10, 0.05: 9}
        assert (drawn.most_accurate_confidence, drawn.best_accuracy) == (4.0, pytest.approx(0.77))
        assert drawn.relearned == 0
        learnt = accuracy.copy()
        learnt[3, :7, -1] = 0.95
        assert replace(drawn, after=after._replace(accuracy=learnt)).relearned == pytest.approx(0.7)
        assert drawn.dip == pytest.approx(0.59)
        assert (drawn.norm_at_best, drawn.norm_at_highest) == (np.median(norm[2, :, 0]), np.median(norm[4, :, 0]))

    def test_the_widget_s_accuracies_are_those_of_the_figure(self, lowered):
        learned, trapped, accuracy = remedies.lowered(6, 0.03, 6000, 10.0, 100, lowered.confidences.tolist())
        np.testing.assert_array_equal(learned, lowered.learned)
        np.testing.assert_array_equal(trapped, lowered.trapped)
        np.testing.assert_array_equal(accuracy[:, trapped], lowered.after.accuracy[..., -1])

    def test_a_diverged_network_has_no_accuracy_at_a_lower_confidence(self):
        learned, trapped, accuracy = remedies.lowered(2, 1e38, 60, 10.0, 3, [0.1, 1.0])
        assert np.isnan(accuracy).all()
        assert not trapped.any()

    def test_nobody_is_trapped_in_a_short_training_and_nobody_is_trained_on(self):
        assert replace(SMALL, epochs=60).run().after.accuracy.shape == (4, 0, 101)


class TestForecast:
    def test_the_distance_is_how_far_the_best_of_the_late_steps_stays_below_the_threshold(self, lowered, forecast):
        one = lowered.fallen[0].simulate(TASK) @ lowered.fallen[0].n
        assert forecast.distances[0] == pytest.approx(1 - one[21:].max())
        assert forecast.distance == {"median": np.median(forecast.distances), "most": forecast.distances.max()}

    def test_the_best_confidences_are_where_most_signal_gets_through(self, forecast):
        c = np.logspace(-2, 1, 100_001)
        output = 1 / (1 + np.exp(c * forecast.distances[:, None]))
        best = c[(c * output * (1 - output)).argmax(axis=1)]
        assert forecast.best["low"] == pytest.approx(np.quantile(best, 0.25), rel=1e-3)
        assert forecast.best["high"] == pytest.approx(np.quantile(best, 0.75), rel=1e-3)
        d = forecast.distance["median"]
        assert forecast.signal == pytest.approx(10 / (4 * np.cosh(5 * d) ** 2), rel=1e-4, abs=0)

    def test_epochs_are_the_plateau_s_at_every_confidence(self, lowered, forecast):
        assert forecast.epochs.shape == (4, lowered.trapped_count)
        expected = plateau_duration(lowered.fallen[1], TASK, 0.03, lowered.confidences[2])
        assert forecast.epochs[2, 1] == pytest.approx(float(expected))

    def test_the_truth_is_the_first_epoch_with_the_task_where_that_is_late(self, lowered, forecast):
        accuracy = np.full((3, 4, 60), 0.5)
        accuracy[0, :, 40:] = 0.9  # c = 0.5 does not count
        accuracy[1, 0, 20:] = accuracy[1, 1, 10:] = accuracy[2, 3, 50:] = 0.9
        accuracy[1, 2, 9:] = 0.9  # too early to count
        drawn = replace(lowered, confidences=np.array([0.5, 2.0, 5.0]), after=lowered.after._replace(accuracy=accuracy))
        told = RecoveryForecast(drawn)
        told.__dict__["epochs"] = np.array([[1.0, 1, 1, 1], [30, 20, 1, 1], [1, 1, 1, 50]])
        assert told.over_truth == 1.5  # the median of 30/20, 20/10 and 50/50

    def test_infinite_forecasts_are_counted_apart_and_never_in_time(self, lowered):
        told = RecoveryForecast(lowered)
        told.__dict__["epochs"] = np.array([[100.0, 99, 101, 500], [np.inf, 40, 10, 20]])
        assert told.forecast == {"least": 10, "median": 20, "most": 40}
        assert told.infinite_count == 1
        np.testing.assert_array_equal(told.in_time, [0.25, 0.75])


class TestRepeats:
    def test_repeats_differ_in_who_is_trapped_and_agree_in_who_learns(self):
        repeated = replace(experiments.FIG_4_REPEATS, seeds=4, alpha=0.05, epochs=3000, repeats=3).run()
        assert repeated.learned.shape == repeated.trapped.shape == repeated.since.shape == (3, 4)
        assert repeated.learned.all()
        assert np.all(repeated.since[repeated.trapped] > 0)
        assert np.all(repeated.since[~repeated.trapped] == -1)
        assert len({tuple(row) for row in repeated.since}) > 1

    def test_a_network_is_silent_from_the_epoch_that_is_said(self):
        learned, trapped, since, *_ = outcomes_of_copy(0, 4, 1e-6, 0.05, 3000)
        accuracy = train(RankOne.initial(np.arange(4)), TASK, 0.05, 3000).accuracy
        assert learned.all() and trapped.any()
        for row, epoch in zip(accuracy[trapped], since[trapped], strict=True):
            assert row[epoch - 1] > 0.5
            assert np.all(row[epoch:] <= 0.5)

    def test_each_copy_has_its_own_random_numbers(self):
        _, _, first, *_ = outcomes_of_copy(1, 4, 1e-6, 0.05, 3000)
        _, _, other, *_ = outcomes_of_copy(2, 4, 1e-6, 0.05, 3000)
        assert np.any(first != other)

    def test_what_one_figure_has_trained_the_other_takes_from_the_disk(self, monkeypatch):
        many = replace(experiments.MANY_NETWORKS, seeds=3, alpha=0.05, epochs=500, copies=2, longer=0).run()
        monkeypatch.setattr("ghostlib.experiments.rank_one.copies.train", None)
        small = {"seeds": 3, "alpha": 0.05, "epochs": 500, "repeats": 2}
        repeated = replace(experiments.FIG_4_REPEATS, **small).run()
        np.testing.assert_array_equal(repeated.learned, many.learned)

    def test_counts_are_over_networks_and_their_spread_is_over_repeats(self):
        # Five networks, four repeats: one never learns, one is always trapped, one never, one half of the time.
        learned = np.array([[False, True, True, True, True]] * 3 + [[False, True, True, True, False]])
        trapped = np.array([[0, 1, 0, 1, 0], [0, 1, 0, 0, 0], [0, 1, 0, 1, 0], [0, 1, 0, 0, 0]], dtype=bool)
        repeated = RepeatedOutcomes(learned, trapped, np.where(trapped, 9, -1))
        assert repeated.learned_range == "3 to 4"
        assert replace(repeated, learned=learned[:3]).learned_range == "4"
        assert (repeated.repeats, repeated.trapped_mean) == (4, 1.5)
        assert repeated.trapped_spread == pytest.approx(np.sqrt(4 * 0.25 / 3))
        assert repeated.trapped_range == {"least": 1, "most": 2}
        assert (repeated.always_trapped, repeated.never_trapped) == (1, 1)

    def test_repeats_are_counted_up_to_the_paper_s_54_and_including_it(self):
        trapped = np.arange(60) < np.array([53, 54, 55, 60])[:, None]
        assert RepeatedOutcomes(trapped, trapped, trapped).up_to_paper == 0.5


class TestRestored:
    def test_every_way_back_takes_as_long_and_ends_at_the_original_confidence(self):
        settings = experiments.RESTORED
        plans = settings.plans()
        assert list(plans) == ["once", "fast", "slow"]
        for plan in plans.values():
            assert sum(epochs for epochs, _ in plan) == settings.rescue + settings.epochs
            assert plan[0] == (100, 0.3)
            assert plan[-1][1] == 10
            c = [c for _, c in plan]
            assert c == sorted(c)
        assert plans["fast"][1] == (50, pytest.approx(0.45))
        assert plans["slow"][1] == (50, pytest.approx(0.33))

    def test_the_slow_way_back_loses_none(self, lowered):
        restored = replace(experiments.RESTORED, alpha=0.02, copies=1, epochs=3000).run(lowered.fallen)
        once, _, slow = restored.ways.values()
        assert slow.history.accuracy.shape == (1, lowered.trapped_count, 3101)
        assert slow.solved_count >= slow.tries - 1 == lowered.trapped_count - 1
        assert slow.solved_count >= once.solved_count
        assert not np.any(slow.solved & slow.silent)

    def test_networks_are_looked_at_after_the_rescue_and_after_the_slow_rise(self, lowered):
        settings = replace(experiments.RESTORED, copies=1, epochs=2000)
        restored, plan = settings.run(lowered.fallen[:2]), settings.plans()["slow"]
        for networks, stages in ((restored.rescued, plan[:1]), (restored.raised, plan[:-1])):
            expected = train_stages(lowered.fallen[:2], TASK, 0.02, stages).networks
            np.testing.assert_array_equal(networks.m, expected.m)

    def test_copies_differ_by_rounding_and_only_by_rounding(self, lowered):
        restored = replace(experiments.RESTORED, copies=2, epochs=1900).run(lowered.fallen[:2])
        one, other = restored.ways["once"].history.loss
        np.testing.assert_allclose(one[:, 0], other[:, 0], rtol=1e-3)
        assert np.all(np.any(one != other, axis=1))

    def test_the_loss_is_at_the_original_confidence(self):
        networks = RankOne.initial([[3, 4]])
        way = Returned([(100, 0.3), (200, 2.0)], SimpleNamespace(networks=networks, accuracy=np.ones((1, 2, 60))))
        np.testing.assert_allclose(way.loss, TASK.loss(networks.output(TASK, 2.0)))
        assert way.median_loss == pytest.approx(way.loss.mean())
        assert (way.tries, way.solved_count, way.solved_share) == (2, 0, 0)

    def test_the_edge_is_what_95_percent_of_the_falls_at_once_exceed(self):
        ways = {name: SimpleNamespace(fall_norm=norms) for name, norms in (("once", np.arange(101.0)), ("slow", []))}
        assert Restored(ways, None, None).edge == pytest.approx(5)

    def test_a_fall_is_steepest_early_and_begins_at_the_last_epoch_with_the_task(self):
        plan = [(10, 0.3), (20, 2.0), (20, 4.0), (60, 10.0)]
        accuracy, norm = np.full((1, 3, 111), 0.9), np.ones((1, 3, 111))
        accuracy[0, 0, 55:] = 0.5  # falls
        accuracy[0, 1] = 0.5  # never comes back at all
        norm[0, :, 49], norm[0, :, 50], norm[0, :, 59], norm[0, :, 60], norm[0, 0, 54] = 9, 2, 3, 8, 7
        way = Returned(plan, SimpleNamespace(accuracy=accuracy, gradient_norm=norm))
        assert way.rise_epochs == 40
        np.testing.assert_array_equal(way.silent, [[True, True, False]])
        assert way.trapped_share == pytest.approx(2 / 3)
        np.testing.assert_array_equal(way.arrival_norm, [[7, 3, 3]])
        assert way.steepest == {"median": 3, "tenth": pytest.approx(6.2)}
        np.testing.assert_array_equal(way.fall_norm, [7])

    def test_the_crossing_is_the_first_step_above_the_threshold(self):
        assert len(crossing(RankOne.initial([3, 4]))) == 0  # untrained networks are silent
        driven = RankOne(np.zeros((1, 2)), np.array([[1.0, 1.0]]), np.array([[2.0, 2.0]]))
        # κ[t] = k + (κ[0] − k)/2ᵗ with k = 2 tanh 2 and κ[0] = −0.6
        k = 2 * np.tanh(2)
        step = next(t for t in range(1, 40) if k + (-0.6 - k) / 2**t > 1)
        np.testing.assert_array_equal(crossing(driven), [step])

    def test_crossings_are_told_by_their_deciles(self):
        # Without m, κ[t] = k − (k + 0.6)/2ᵗ with k = 2 tanh b: the nearer k is to 1, the later it crosses.
        k = 1 + 0.8 ** np.arange(1, 12)
        b = np.arctanh(k / 2)[:, None].repeat(2, axis=1)
        driven = RankOne(np.zeros_like(b), np.ones_like(b), b)
        steps = np.sort(np.ceil(np.log2((k + 0.6) / (k - 1))))
        told = Restored({}, driven[:6], driven).raised_crossing
        assert told == {"first": steps[1], "middle": steps[5], "last": steps[9]}


class TestTrainedConfidence:
    def test_the_settings_are_those_of_the_authors_code(self):
        settings = experiments.TRAINABLE_C
        assert (settings.seed, settings.alpha, settings.c, settings.epochs) == (40, 0.02, 10.0, 10_000)
        assert (settings.then_c, settings.then_epochs) == (1.0, 10_000)

    def test_trained_confidence_moves_and_its_own_gradient_vanishes_in_the_zone(self):
        trained = replace(experiments.TRAINABLE_C, alpha=0.03, epochs=5000, copies=4, then_epochs=1000, seeds=4).run()
        caught = outcomes.trapped(trained.one.accuracy)
        assert caught.any()
        assert np.ptp(trained.one.c, axis=1).min() > 0
        np.testing.assert_array_equal(trained.one.c[caught, -50:], trained.one.c[caught, -1:].repeat(50, axis=1))
        assert len(trained.then.loss) == caught.sum() == trained.copies_trapped
        assert np.all(trained.then.c[:, 0] == 1)
        assert np.ptp(trained.fixed.c) == 0
        assert (trained.copies, trained.share_trapped) == (4, caught.mean())
        assert trained.c_range["least"] < 10 <= trained.c_range["most"]

    def test_every_count_is_of_its_own_training(self):
        def history(kept, lost, c):
            accuracy = np.full((kept + lost, 60), 0.5)
            accuracy[:, 0] = accuracy[:kept] = 0.9
            return SimpleNamespace(accuracy=accuracy, loss=accuracy, c=np.array(c), networks=RankOne.initial([1, 2, 3]))

        one, hundred = history(1, 3, [[10.0, 9.8]]), history(5, 2, [[10.0, 10.1]])
        then = history(2, 1, [[1.0, 2.0], [1.0, 4.0], [1.0, 3.0]])
        trained = Trained(40, one, then, hundred, history(2, 5, [[10.0, 10.0]]))
        assert (trained.copies, trained.copies_trapped, trained.share_trapped) == (4, 3, 0.75)
        assert (trained.trained_trapped, trained.fixed_trapped) == (2, 5)
        assert trained.c_range == {"least": 9.8, "most": 10.1}
        assert (trained.then_recovered, trained.then_solved, trained.then_c) == (2, 0, 3.0)


class TestComparison:
    def test_it_has_a_hundred_seeds_at_every_setting(self):
        comparison = experiments.REMEDIES
        assert comparison.seeds == 100
        assert 0.02 in comparison.alpha and max(comparison.alpha) >= 50 * 0.02
        assert {"plain", "schedule", "Adam"} < set(comparison.methods)

    def test_the_schedule_solves_what_plain_descent_loses(self):
        compared = replace(experiments.REMEDIES, methods=("plain", "schedule"), alpha=(0.03,), seeds=6).run()
        assert compared.solved.shape == (2, 1, 6)
        assert compared.solved_by["plain-0.03"] <= 1
        assert compared.trapped_by["plain-0.03"] >= 4
        assert compared.solved_by["schedule-0.03"] >= 5
        assert np.all(compared.loss[compared.solved] <= 0.1)

    def test_the_limits_of_clipping_are_those_of_the_names(self):
        for limit in (1, 0.1):
            assert remedies.METHODS[f"clipped at {limit}"].keywords == {"rule": Clipped(limit)}

    @pytest.mark.parametrize("method", remedies.METHODS)
    def test_every_method_trains(self, method):
        learned, solved, trapped, diverged, loss = remedies.remedy(method, 0.01, 2, 100, 3.0)
        assert learned.shape == solved.shape == trapped.shape == loss.shape == (2,)
        assert not diverged.any()
        assert np.all(loss < outcomes.final_loss(RankOne.initial([0, 1]), TASK, 3.0))

    def test_a_network_that_overflows_is_counted_as_diverged_and_as_nothing_else(self):
        learned, solved, trapped, diverged, loss = remedies.remedy("plain", 1e30, 4, 60, 10.0)
        assert diverged.any()
        assert not np.any(diverged & (solved | trapped)) and learned.shape == (4,)
        np.testing.assert_array_equal(np.isnan(loss), diverged)

    def test_pieces_side_by_side_take_one_thread_each(self, monkeypatch):
        threads = []

        class Pool(trainer.ThreadPoolExecutor):
            def __init__(self, max_workers):
                threads.append(max_workers)
                super().__init__(max_workers)

        monkeypatch.setattr(trainer, "ThreadPoolExecutor", Pool)
        monkeypatch.setattr("joblib.cpu_count", lambda: 3)
        replace(experiments.REMEDIES, alpha=(0.01, 0.02), seeds=2, epochs=100).run()
        replace(experiments.FIG_4_REPEATS, seeds=2, epochs=100, repeats=2).run()
        assert set(threads) == {1}

    def test_counts_are_by_method_and_rate_and_limits_are_where_nine_in_ten_are_solved(self):
        methods = ("clipped at 1", "clipped at 0.1", "schedule")
        counts = np.array([[9, 8, 0, 0], [0, 9, 10, 3], [10, 2, 4, 3]])
        solved = np.arange(10) < counts[..., None]
        compared = MethodOutcomes(
            methods, np.array([0.01, 0.03, 0.05, 0.3]), solved, solved, ~solved, solved & False, solved * 1.0
        )
        assert compared.solved_by["clipped-at-0.1-0.05"] == 10
        assert compared.trapped_by["schedule-0.03"] == 8
        assert (compared.clipped_from, compared.clipped_to) == (0.03, 0.05)
        assert compared.longest_step == {0.1: pytest.approx(0.005), 1: pytest.approx(0.01)}
        assert compared.solved_in_haste == 4
        assert compared.solved_by_clipping == 1.0

    def test_a_low_confidence_from_the_start_keeps_out_of_the_zone_and_is_read_at_the_one_that_is_wanted(self):
        methods = ("plain", "c = 3", "c = 0.3")
        low = LowOutcomes(replace(experiments.LOW_CONFIDENCE, methods=methods, alpha=(0.02,), seeds=6).run())
        assert (low.trapped_at["3"], low.trapped_share) == (0, 0) and low.solved_at["3"] == 6 > low.solved_at["0.3"]
        history = train(RankOne.initial(range(6)), TASK, 0.02, 6000, 3.0)
        loss = outcomes.final_loss(history.networks, TASK, 10.0)
        assert low.solved_at["3"] == outcomes.solved(history.accuracy, loss).sum()
        assert low.learned_at["3"] == 6 >= low.learned_at["10"]
        assert low.good_to == 0.02
        assert low.in_words == f"0 trapped at c = 3, {low.trapped_at['10']} at c = 10"


class TestSlopesOfTheZone:
    def test_errors_and_the_steepest_place_are_those_of_the_formulas(self):
        slopes = replace(experiments.SLOPE_BY_CONFIDENCE, points=17).run()
        limits = SlopeLimits(slopes)
        assert slopes.size.shape == limits.low.shape == limits.high.shape == (3, 17)
        unit = np.pi**2 / 4 / 100**2
        np.testing.assert_allclose(limits.low[1], slopes.c / 4 * 100**2 * unit / 100, rtol=1e-12)
        assert limits.error_low == max(abs(limits.low[row, 0] / slopes.size[row, 0] - 1) for row in range(3))
        late = slopes.c > 1
        assert limits.error_high == np.abs(limits.high[1, late] / slopes.size[1, late] - 1).max()

    def test_the_steepest_slope_at_zero_is_where_the_closed_form_says(self):
        # (B9): c s(1 − s)(3 − 4s) with s = σ(−c x*) is largest at the root of its derivative, c x* = 1.86…
        z = np.linspace(0.1, 5, 100_001)
        s = 1 / (1 + np.exp(z))
        expected = z[(z * s * (1 - s) * (3 - 4 * s)).argmax()]
        assert SlopeLimits(experiments.SLOPE_BY_CONFIDENCE.run()).steepest_product == pytest.approx(expected, rel=1e-4)
