"""Training at a confidence that changes, and the schedule that needs no hand."""

import numpy as np
import pytest

from ghostlib import outcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.training.schedules import Schedule, anneal, ramp, train_at, train_stages


TASK = DelayedActivation()


class TestStages:
    def test_one_confidence_in_two_stages_is_one_training(self):
        networks = RankOne.initial([3, 4])
        whole, cut = train(networks, TASK, 0.05, 50, 3.0), train_stages(networks, TASK, 0.05, [(20, 3.0), (30, 3.0)])
        for name in ("epoch", "loss", "gradient_norm", "accuracy", "c"):
            np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))
        np.testing.assert_array_equal(cut.networks.m, whole.networks.m)

    def test_the_record_says_with_which_confidence_each_step_was_made(self):
        history = train_stages(RankOne.initial([3]), TASK, 0.05, [(2, 3.0), (3, 1.0)])
        np.testing.assert_array_equal(history.c[0], [3, 3, 1, 1, 1, 1])
        at_two = train(RankOne.initial([3]), TASK, 0.05, 2, 3.0).networks
        assert history.loss[0, 2] == train(at_two, TASK, 0.05, 0, 1.0).loss[0, 0]

    def test_networks_that_overflow_are_left_behind(self):
        sound = RankOne.initial([3, 4])
        broken = RankOne(sound.m, np.where([[True], [False]], np.nan, sound.n), sound.b)
        history = train_stages(broken, TASK, 0.05, [(2, 3.0), (2, 1.0)])
        assert history.diverged_at.tolist() == [0, -1]
        assert np.isnan(history.loss[0]).all()
        alone = train_stages(sound[1:], TASK, 0.05, [(2, 3.0), (2, 1.0)])
        np.testing.assert_array_equal(history.loss[1:], alone.loss)

    @pytest.mark.parametrize("plan", [[], [3], [(2, 3.0, 1)], (2, 3.0)])
    def test_what_is_no_plan_is_refused(self, plan):
        with pytest.raises(ValueError, match="plan must have at least one stage, and each be"):
            train_stages(RankOne.initial([3]), TASK, 0.05, plan)

    def test_an_overflow_in_a_later_stage_has_its_epoch_from_the_beginning(self):
        """At rest at the threshold and c = 10⁴ the first gradient is larger than one, and a step of the largest α ends
        it; at c = 10⁻⁴⁰ there is none."""
        networks, task = RankOne.initial([1, 2], N=8), DelayedActivation(x0=0, kappa_star=0)
        alpha = [float(np.finfo(np.float32).max), 1e-3]
        alone = train(networks, task, alpha, 7, 1e4)
        assert alone.diverged_at[0] > 0 > alone.diverged_at[1]
        history = train_stages(networks, task, alpha, [(3, 1e-37), (4, 1e-37), (7, 1e4), (2, 1.0)])
        np.testing.assert_array_equal(history.diverged_at, [7 + alone.diverged_at[0], -1])
        first = history.diverged_at[0]
        assert np.isfinite(history.loss[0, :first]).all() and np.isnan(history.loss[0, first:]).all()
        assert history.loss.shape == (2, 17) and np.isfinite(history.loss[1]).all()

    def test_what_froze_in_the_last_stage_has_frozen_for_good(self):
        silent = RankOne(*(np.full((1, 10), value) for value in (0.001, 1.0, -0.7)))
        assert train_stages(silent, TASK, 0.02, [(3, 10.0), (4, 10.0)]).frozen_at == 3
        assert train_stages(silent, TASK, 0.02, [(3, 10.0), (4, 0.1)]).frozen_at == -1

    def test_a_ramp_ends_one_rise_below_its_end(self):
        plan = ramp(0.3, 10.0, rise=1.1, every=50)
        c = np.array([c for _, c in plan])
        assert {epochs for epochs, _ in plan} == {50}
        assert c[0] == 0.3
        np.testing.assert_allclose(c[1:] / c[:-1], 1.1)
        assert c[-1] < 10 <= c[-1] * 1.1
        assert ramp(10.0, 10.0) == []

    @pytest.mark.parametrize(
        "bad",
        [{"low": 0}, {"low": [1, 2]}, {"high": -1}, {"high": "10"}, {"rise": 1.0}, {"rise": [2, 3]}, {"every": 0}],
    )
    def test_impossible_ramps_are_refused(self, bad):
        arguments = {"low": 0.3, "high": 10.0, **bad}
        with pytest.raises(ValueError, match=f"^{next(iter(bad))} must be"):
            ramp(arguments.pop("low"), arguments.pop("high"), **arguments)

    def test_several_confidences_at_once_are_as_one_after_the_other(self):
        networks = RankOne.initial([3, 4])
        together = train_at(networks, TASK, 0.05, 30, [0.5, 5.0])
        assert together.loss.shape == (2, 2, 31)
        for row, c in enumerate((0.5, 5.0)):
            np.testing.assert_array_equal(together.loss[row], train(networks, TASK, 0.05, 30, c).loss)

    def test_confidences_in_another_shape_are_refused(self):
        with pytest.raises(ValueError, match="confidences must be one-dimensional"):
            train_at(RankOne.initial([3]), TASK, 0.05, 3, 2.0)


class TestSchedule:
    def test_halves_the_confidence_of_who_has_stalled_and_raises_the_others(self):
        accuracy = np.full((3, 50), 0.5)
        accuracy[1, -1], accuracy[2] = 0.7, 1.0
        np.testing.assert_allclose(Schedule().next(np.full(3, 4.0), accuracy, 10.0), [2, 4.4, 4.4])

    def test_stays_between_its_least_and_the_confidence_that_is_wanted(self):
        accuracy = np.stack([np.full(50, 0.5), np.ones(50)])
        np.testing.assert_allclose(Schedule().next(np.array([0.12, 9.9]), accuracy, 10.0), [0.1, 10.0])
        np.testing.assert_allclose(Schedule().next(np.array([0.05, 0.05]), accuracy, 0.05), 0.05)

    def test_never_raises_the_confidence_above_what_was_asked(self):
        history = anneal(RankOne.initial(np.arange(3)), TASK, 0.02, 100, 0.05)
        np.testing.assert_array_equal(history.c, 0.05)

    def test_each_network_may_be_meant_to_have_its_own_confidence(self):
        networks = RankOne.initial(np.arange(2))
        both = anneal(networks, TASK, 0.02, 100, [10.0, 3.0])
        for i, c in enumerate((10.0, 3.0)):
            np.testing.assert_array_equal(both.c[i], anneal(networks[i : i + 1], TASK, 0.02, 100, c).c[0])

    def test_looks_at_the_epochs_after_the_last_look_and_at_all_of_them(self):
        """The accuracy before the first update of a stage is the last one of the stage before."""
        every, alpha = 20, 0.03
        course = train(RankOne.initial(7), TASK, alpha, 6000, snapshots="all")
        heard = course.accuracy > outcomes.SILENT
        lost = next(e for e in range(6000 - every) if heard[e] and not heard[e + 1 : e + 1 + every].any())
        found = next(e for e in range(6000 - every) if heard[e + every] and not heard[e : e + every].any())
        for epoch, expected in ((lost, 5.0), (found, 10.0)):
            history = anneal(course.snapshots[epoch], TASK, alpha, 2 * every, schedule=Schedule(every=every))
            np.testing.assert_array_equal(history.c[every:], expected)

    def test_each_network_has_its_own_confidence(self):
        history = anneal(RankOne.initial(np.arange(4)), TASK, 0.02, 600)
        np.testing.assert_array_equal(history.c[:, 0], 10)
        assert history.c.min() >= 0.1
        assert history.c.max() <= 10
        assert len(np.unique(history.c[:, -1])) > 1

    def test_is_the_same_as_its_legs_by_hand(self):
        networks = RankOne.initial([7])
        history = anneal(networks, TASK, 0.02, 200)
        plan = [(50, history.c[0, start]) for start in range(0, 200, 50)]
        np.testing.assert_array_equal(history.loss, train_stages(networks, TASK, 0.02, plan).loss)

    def test_solves_what_plain_descent_loses(self):
        """At small scale, α = 0.03: plain descent traps nearly all of eight networks, the schedule solves them."""
        networks = RankOne.initial(np.arange(8))
        plain, annealed = train(networks, TASK, 0.03, 6000), anneal(networks, TASK, 0.03, 6000)
        assert outcomes.trapped(plain.accuracy).sum() >= 6
        assert outcomes.solved(plain.accuracy, outcomes.final_loss(plain.networks, TASK)).sum() <= 1
        assert outcomes.solved(annealed.accuracy, outcomes.final_loss(annealed.networks, TASK)).sum() >= 7

    def test_frees_networks_that_are_trapped_already(self, fallen):
        history = anneal(fallen, TASK, 0.02, 6000)
        assert outcomes.solved(history.accuracy, outcomes.final_loss(history.networks, TASK)).mean() > 0.75

    @pytest.mark.parametrize(
        "bad",
        [
            {"every": 0},
            {"every": 2.5},
            {"fall": 1.0},
            {"fall": 0.0},
            {"fall": [0.5, 0.6]},
            {"rise": 1.0},
            {"rise": "1.1"},
            {"least": 0.0},
            {"every": 70},
        ],
    )
    def test_an_impossible_schedule_is_refused(self, bad):
        with pytest.raises(ValueError, match=f"schedule.*{next(iter(bad))}"):
            anneal(RankOne.initial([1]), TASK, 0.02, 100, schedule=Schedule(**bad))
