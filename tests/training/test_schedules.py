"""The words of Fig. 4, training at changing confidence, and the schedule that needs no hand."""

import numpy as np
import pytest

from ghostlib import outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.networks import adjoint
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.training.schedules import Schedule, anneal, ramp, train_at, train_stages


TASK = DelayedActivation()
SILENCE, HALFWAY, GOOD = 0.5, 0.7, 1.0


def course(*parts):
    """An accuracy after every epoch: (epochs, value), …"""
    return np.concatenate([np.full(epochs, value) for epochs, value in parts])


@pytest.fixture(scope="module")
def fallen():
    """Networks at a learning rate that is too high for nearly all of them: they got the task and lost it."""
    history = train(RankOne.initial(np.arange(30)), TASK, 0.03, 6000)
    caught = outcomes.trapped(history.accuracy)
    assert caught.sum() >= 25
    return history.networks[caught]


class TestWords:
    def test_a_network_that_never_gets_it_has_neither_learned_nor_been_trapped(self):
        silent = course((200, SILENCE))
        assert not outcomes.learned(silent)
        assert not outcomes.trapped(silent)
        assert not outcomes.recovered(silent)

    def test_trapped_is_silent_for_fifty_epochs_after_having_learned(self):
        assert outcomes.trapped(course((30, SILENCE), (1, HALFWAY), (50, SILENCE)))
        assert outcomes.trapped(course((5, GOOD), (50, 0.4)))
        assert not outcomes.trapped(course((30, SILENCE), (1, HALFWAY), (49, SILENCE)))
        assert not outcomes.trapped(course((5, GOOD), (60, SILENCE), (1, HALFWAY)))

    def test_recovered_is_above_one_half_for_fifty_epochs(self):
        assert outcomes.recovered(course((30, SILENCE), (50, HALFWAY)))
        assert not outcomes.recovered(course((30, SILENCE), (49, HALFWAY)))

    def test_solved_asks_for_accuracy_and_for_a_low_loss_at_the_original_confidence(self):
        good = course((30, SILENCE), (50, 0.95))
        assert outcomes.solved(good, 0.1)
        assert not outcomes.solved(good, 0.11)
        assert not outcomes.solved(course((30, SILENCE), (50, 0.925)), 0.0)
        assert not outcomes.solved(good, np.nan)

    def test_no_network_is_two_of_trapped_recovered_and_never_learned(self):
        rng = np.random.default_rng(3)
        accuracy = rng.choice([SILENCE, HALFWAY, GOOD], (300, 2)).repeat([60, 60], axis=1)
        words = (outcomes.trapped(accuracy), outcomes.recovered(accuracy), ~outcomes.learned(accuracy))
        assert np.all(np.sum(words, axis=0) == 1)

    def test_networks_that_overflowed_are_nothing_of_all_this(self):
        lost = course((3, GOOD), (80, np.nan))
        assert outcomes.learned(lost)
        assert not (outcomes.trapped(lost) or outcomes.recovered(lost) or outcomes.solved(lost, 0.0))

    @pytest.mark.parametrize("word", [outcomes.trapped, outcomes.recovered, lambda a: outcomes.solved(a, 0.0)])
    def test_fewer_than_fifty_epochs_are_refused(self, word):
        with pytest.raises(ValueError, match="at least 50 epochs.* got shape \\(2, 49\\)"):
            word(np.ones((2, 49)))


class TestPatience:
    def test_is_the_first_epoch_s_forecast(self):
        networks = RankOne.initial(np.arange(4))
        loss, gradient = adjoint.loss_and_gradient(networks, TASK, 3.0)
        expected = (1 - loss) / (0.02 * gradient.norm() ** 2)
        np.testing.assert_allclose(plateau_duration(networks, TASK, 0.02, 3.0), expected, rtol=1e-9)

    def test_says_when_a_trapped_network_finds_its_voice(self, fallen):
        alpha, c = 0.02, 2.0
        expected = plateau_duration(fallen, TASK, alpha, c)
        soon = expected < 1000
        assert soon.any()
        loss = train(fallen[soon], TASK, alpha, 20_000, c, dtype=np.float64).loss  # float32 may freeze before
        heard = np.argmax(loss < 0.9, axis=1)
        assert (expected[soon] > 100).any()
        few = 5  # epochs, which is long where nearly nothing is expected
        assert np.all((heard > 0.5 * expected[soon] - few) & (heard < 1.1 * expected[soon] + few))

    def test_grows_with_the_confidence_as_the_exponential_of_the_distance(self, fallen):
        """At high c: ln(epochs · c²) rises by the distance from κ* to where κ comes closest to it."""
        epochs = np.array([plateau_duration(fallen, TASK, 0.02, c) * c**2 for c in (29.0, 30.0)])
        expressible = np.isfinite(epochs).all(axis=0)
        assert expressible.any()
        rise = np.diff(np.log(epochs[:, expressible]), axis=0)[0]
        kappa = fallen.latent(TASK)[expressible, TASK.T + 1 :].max(axis=1)
        np.testing.assert_allclose(rise, TASK.kappa_star - kappa, rtol=0.05)

    def test_is_infinite_where_the_output_that_is_left_comes_too_early(self):
        sinking = RankOne(np.zeros(3), np.full(3, -2.0), np.full(3, 5.0))  # from κ(0) = 1.8 down to −6
        assert sinking.latent(TASK)[0] == pytest.approx(1.8)
        assert plateau_duration(sinking, TASK, 0.02, 10.0) == np.inf

    def test_is_infinite_where_nothing_is_left_of_the_output(self):
        silent = RankOne(np.zeros(3), np.ones(3), np.full(3, -5.0))
        assert plateau_duration(silent, TASK, 0.02, 1000.0) == np.inf


class TestLegs:
    def test_one_confidence_in_two_legs_is_one_training(self):
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

    def test_no_legs_are_refused(self):
        with pytest.raises(ValueError, match="at least one leg"):
            train_stages(RankOne.initial([3]), TASK, 0.05, [])

    def test_a_ramp_ends_one_rise_below_its_end(self):
        plan = ramp(0.3, 10.0, rise=1.1, every=50)
        c = np.array([c for _, c in plan])
        assert {epochs for epochs, _ in plan} == {50}
        assert c[0] == 0.3
        np.testing.assert_allclose(c[1:] / c[:-1], 1.1)
        assert c[-1] < 10 <= c[-1] * 1.1
        assert ramp(10.0, 10.0) == []

    @pytest.mark.parametrize("bad", [{"low": 0}, {"high": -1}, {"rise": 1.0}, {"every": 0}])
    def test_impossible_ramps_are_refused(self, bad):
        arguments = {"low": 0.3, "high": 10.0, **bad}
        with pytest.raises(ValueError, match=next(iter(bad))):
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
        accuracy = np.stack([course((50, SILENCE)), course((49, SILENCE), (1, HALFWAY)), course((50, GOOD))])
        np.testing.assert_allclose(Schedule().next(np.full(3, 4.0), accuracy, 10.0), [2, 4.4, 4.4])

    def test_stays_between_its_floor_and_the_confidence_that_is_wanted(self):
        accuracy = np.stack([course((50, SILENCE)), course((50, GOOD))])
        np.testing.assert_allclose(Schedule().next(np.array([0.12, 9.9]), accuracy, 10.0), [0.1, 10.0])

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
        "bad", [{"every": 0}, {"fall": 1.0}, {"fall": 0.0}, {"rise": 1.0}, {"least": 0.0}, {"every": 70}]
    )
    def test_an_impossible_schedule_is_refused(self, bad):
        with pytest.raises(ValueError, match=f"schedule.*{next(iter(bad))}"):
            anneal(RankOne.initial([1]), TASK, 0.02, 100, schedule=Schedule(**bad))


def test_final_loss_is_that_of_the_original_confidence():
    networks = RankOne.initial([1, 2])
    np.testing.assert_allclose(
        outcomes.final_loss(networks, TASK, 4.0), train(networks, TASK, 0.02, 0, 4.0, dtype=np.float64).loss[:, 0]
    )
