"""One network of Fig. S2: how its training is summed up, and in which words."""

import numpy as np
import pytest

from ghostlib import DelayedActivation, History, LowRank, outcomes, train
from ghostlib.experiments.ranks.training import EDGES, Course, envelope, resized, summarise, train_network


TASK = DelayedActivation()


def invented(loss, accuracy=1.0, gradient_norm=1.0):
    """The history of a training of one network with these losses; NaN from the first loss that is NaN."""
    loss = np.asarray(loss, float)
    rows = [np.where(np.isnan(loss), np.nan, np.broadcast_to(row, loss.shape)) for row in (accuracy, gradient_norm)]
    gone = np.flatnonzero(np.isnan(loss))
    diverged_at = gone[0] if gone.size else -1
    return History(np.arange(loss.size), loss, rows[1], rows[0], None, None, None, np.array(-1), np.array(diverged_at))


def trained(rank, alpha, seed, epochs, **options):
    return Course(*train_network(rank, alpha, seed, epochs, **options)[: len(Course._fields)])


class TestOutcome:
    """In the words of Fig. S2."""

    @pytest.mark.parametrize(
        ("row", "outcome"),
        [
            ({"loss": np.full(100, 0.09)}, "learned"),
            ({"loss": np.full(100, 0.11)}, "unsettled"),
            ({"loss": np.full(100, 1.0), "accuracy": 0.5, "gradient_norm": 0.0009}, "trapped"),
            ({"loss": np.full(100, 1.0), "accuracy": 0.5, "gradient_norm": 0.0011}, "unsettled"),
            ({"loss": np.full(100, 1.0), "accuracy": 0.525, "gradient_norm": 1e-9}, "unsettled"),
            ({"loss": [*np.full(60, 0.05), *np.full(40, np.nan)]}, "diverged"),
        ],
    )
    def test_each_has_its_rule(self, row, outcome):
        assert outcomes.outcome(invented(**row)) == outcome

    @pytest.mark.parametrize("last", [{"accuracy": 0.525}, {"gradient_norm": 0.01}])
    def test_a_network_is_trapped_after_fifty_epochs_of_silence_without_a_gradient_and_not_before(self, last):
        (name, disturbed), usual = *last.items(), {"accuracy": 0.5, "gradient_norm": 1e-6}
        for ago, outcome in ((50, "unsettled"), (51, "trapped")):
            row = np.full(200, usual[name])
            row[-ago] = disturbed
            assert outcomes.outcome(invented(np.ones(200), **{**usual, name: row})) == outcome

    def test_what_a_network_settles_at_is_the_median_of_the_last_tenth(self):
        loss = [*np.full(901, 1.0), *np.full(49, 0.5), *np.full(51, 0.05)]
        assert outcomes.outcome(invented(loss)) == "learned"
        assert outcomes.outcome(invented([*loss[:-2], 0.5, 0.5])) == "unsettled"

    def test_of_an_ensemble_each_has_its_own(self):
        rows = [np.full(60, 0.05), np.full(60, 1.0), np.full(60, np.nan)]
        history = invented(rows, accuracy=[[1.0], [0.5], [1.0]], gradient_norm=1e-6)
        assert outcomes.outcome(history).tolist() == ["learned", "trapped", "diverged"]
        none = history._replace(**{row: np.empty((0, 60)) for row in ("loss", "accuracy", "gradient_norm")})
        assert outcomes.outcome(none).shape == (0,)


class TestCourse:
    def test_it_is_the_training_itself_summed_up(self):
        history = train(LowRank.initial(1, 30), TASK, 0.0464, 400)
        loss = history.loss.astype(float)
        *course, m, n, b, w_out, b_out = train_network(30, 0.0464, 1, 400)
        course = Course(*course)
        assert course.outcome == outcomes.outcome(history)
        assert course.learned_at == np.flatnonzero(loss < 0.1)[0]
        assert course.plateau_end == np.flatnonzero(loss[: course.learned_at] >= 0.9 * loss[0])[-1]
        assert course.largest_rise == np.diff(loss[course.learned_at :]).max() > 0
        assert course.settled_loss == np.median(loss[-40:])
        assert course.gradient_norm == history.gradient_norm[-50:].max()
        for name, found in {"m": m, "n": n, "b": b, "w_out": w_out, "b_out": b_out}.items():
            np.testing.assert_array_equal(found, getattr(history.networks, name))
            assert found.dtype == np.float32

    def test_a_plateau_ends_with_its_last_epoch_before_learning_and_the_rise_comes_after_it(self):
        loss = [0.5, 0.6, 0.4, 0.46, 0.2, 0.09, 0.3, 0.05, *np.full(60, 0.04), 0.7]
        course = summarise(invented(loss))
        assert (course.learned_at, course.plateau_end) == (5, 3)
        assert course.largest_rise == pytest.approx(0.66)

    def test_a_network_that_has_learned_from_the_first_has_no_plateau(self):
        course = summarise(invented(np.full(60, 0.05)))
        assert (course.learned_at, course.plateau_end) == (0, 0)

    def test_a_network_that_never_learns_has_no_epoch_of_learning_and_no_rise(self):
        course = summarise(invented([0.5, 0.6, *np.full(60, 0.4), 0.46, 0.3]))
        assert (course.learned_at, course.plateau_end, course.largest_rise) == (-1, 62, 0)

    @pytest.mark.parametrize("end", [0, 1, 30])
    def test_a_training_that_diverges_at_any_epoch_is_told_as_such(self, end):
        course = summarise(invented([*np.full(end, 0.5), *np.full(100 - end, np.nan)]))
        assert course.outcome == "diverged"
        assert (course.learned_at, course.plateau_end, course.silent_from) == (-1, end - 1, -1)
        assert np.isnan(course.settled_loss) and np.isnan(course.gradient_norm)
        assert np.isnan(course.low[max(end - 1, 0) :]).all() and np.isnan(course.high[max(end - 1, 0) :]).all()

    def test_so_is_a_real_one(self):
        rows = (trained(5, 100.0, seed, 100) for seed in range(200))
        course = next(row for row in rows if row.outcome == "diverged")
        assert np.isnan(course.settled_loss) and np.isfinite(course.low[0])

    def test_silent_from_is_the_epoch_after_the_last_good_one(self):
        accuracy = np.full(100, 0.5)
        assert summarise(invented(np.ones(100), accuracy)).silent_from == 0
        accuracy[70] = 0.6
        assert summarise(invented(np.ones(100), accuracy)).silent_from == 71
        accuracy[-1] = 0.6
        assert summarise(invented(np.ones(100), accuracy)).silent_from == -1

    @pytest.mark.parametrize("epochs", [0, 1, 7, 1000])
    def test_the_envelope_holds_the_least_and_the_largest_loss_of_its_epochs(self, epochs):
        loss = np.random.default_rng(epochs).random(epochs + 1)
        low, high = envelope(loss)
        for k, (start, stop) in enumerate(zip(EDGES[:-1], EDGES[1:], strict=True)):
            part = loss[start:stop].astype(np.float32)
            if part.size:
                assert (low[k], high[k]) == (part.min(), part.max())
            else:
                assert np.isnan(low[k]) and np.isnan(high[k])


class TestResized:
    def test_weights_are_as_large_as_those_of_the_other_rank(self):
        low, high = (LowRank.initial(range(20), rank) for rank in (5, 80))
        size = np.mean(resized(low, 80).full_rank().W ** 2)
        assert size == pytest.approx(80 / 100**2, rel=0.1)
        assert size == pytest.approx(np.mean(high.full_rank().W ** 2), rel=0.1)

    def test_as_large_as_its_own_rank_is_as_it_comes(self):
        np.testing.assert_array_equal(resized(LowRank.initial(3, 10), 10).m, LowRank.initial(3, 10).m)

    def test_the_course_is_that_of_the_resized_network(self):
        loss = train(resized(LowRank.initial(2, 10), 100), TASK, 0.01, 400).loss
        assert trained(10, 0.01, 2, 400, like=100).learned_at == np.flatnonzero(loss < 0.1)[0]
        assert trained(10, 0.01, 2, 400).learned_at == -1


def test_a_low_loss_is_that_of_two_wrong_steps():
    assert outcomes.LOW_LOSS == 2 / TASK.T
