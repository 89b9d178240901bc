"""Learned, trapped, recovered, solved, diverged: what the words mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ghostlib import outcomes
from ghostlib.networks.history import History
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()
SILENCE, HALFWAY, GOOD = 0.5, 0.7, 1.0
levels = hnp.arrays(float, st.tuples(st.integers(0, 3), st.integers(1, 8)), elements=st.sampled_from([0.3, 0.5, 0.7]))


def course(*parts):
    """An accuracy after every epoch: (epochs, value), …"""
    return np.concatenate([np.full(epochs, value) for epochs, value in parts])


def test_a_network_that_never_gets_it_has_neither_learned_nor_been_trapped():
    silent = course((200, SILENCE))
    assert outcomes.silent(silent)
    assert not outcomes.learned(silent)
    assert not outcomes.trapped(silent)
    assert not outcomes.recovered(silent)


def test_trapped_is_silent_for_fifty_epochs_after_having_learned():
    assert outcomes.trapped(course((30, SILENCE), (1, HALFWAY), (50, SILENCE)))
    assert outcomes.trapped(course((5, GOOD), (50, 0.4)))
    assert not outcomes.trapped(course((30, SILENCE), (1, HALFWAY), (49, SILENCE)))
    assert not outcomes.trapped(course((5, GOOD), (60, SILENCE), (1, HALFWAY)))


def test_recovered_is_above_one_half_for_fifty_epochs():
    assert outcomes.recovered(course((30, SILENCE), (50, HALFWAY)))
    assert not outcomes.recovered(course((30, SILENCE), (49, HALFWAY)))


def test_solved_asks_for_accuracy_and_for_a_low_loss_at_the_original_confidence():
    good = course((30, SILENCE), (50, 0.95))
    assert outcomes.solved(good, 0.1)
    assert not outcomes.solved(good, 0.11)
    assert not outcomes.solved(course((30, SILENCE), (50, 0.925)), 0.0)
    assert not outcomes.solved(good, np.nan)


def test_both_bounds_of_solved_are_two_wrong_steps_of_the_papers_forty():
    output = TASK.target()
    output[[3, 25]] = 1 - output[[3, 25]]
    assert TASK.loss(output) == outcomes.LOW_LOSS
    assert TASK.accuracy(output) == outcomes.HIGH_ACCURACY


def test_no_network_is_two_of_trapped_recovered_diverged_and_never_learned():
    rng = np.random.default_rng(3)
    accuracy = rng.choice([SILENCE, HALFWAY, GOOD], (300, 2)).repeat([60, 60], axis=1)
    accuracy[rng.random(300) < 0.3, 80:] = np.nan
    lost = outcomes.diverged(accuracy)
    words = (outcomes.trapped(accuracy), outcomes.recovered(accuracy), lost, ~(outcomes.learned(accuracy) | lost))
    assert np.all(np.sum(words, axis=0) == 1)


def test_networks_that_diverged_are_nothing_else_at_the_end():
    lost = course((3, GOOD), (80, np.nan))
    assert outcomes.diverged(lost) and outcomes.learned(lost)
    assert not (outcomes.silent(lost) or outcomes.trapped(lost) or outcomes.recovered(lost))
    assert not outcomes.solved(lost, 0.0)
    assert not outcomes.diverged(course((3, GOOD)))


def test_output_that_is_not_a_number_is_not_taken_for_silence():
    """Accuracy of an evaluation, not of a training's record: NaN > ½ is false at every step."""
    networks = RankOne(*np.full((3, 1, 5), np.nan))
    accuracy = np.repeat(TASK.accuracy(networks.output(TASK))[:, None], 50, axis=1)
    assert outcomes.diverged(accuracy).all() and not outcomes.silent(accuracy).any()


@pytest.mark.parametrize(
    "word", [outcomes.silent, outcomes.trapped, outcomes.recovered, lambda a: outcomes.solved(a, np.zeros(2))]
)
def test_fewer_than_fifty_epochs_are_refused(word):
    with pytest.raises(ValueError, match="at least 50 epochs.* got shape \\(2, 49\\)"):
        word(np.ones((2, 49)))


@pytest.mark.parametrize(
    "function", [outcomes.learned, outcomes.diverged, outcomes.jump, outcomes.silent_from, outcomes.settled_loss]
)
@pytest.mark.parametrize("values", [0.3, np.ones((2, 0))])
def test_values_without_epochs_are_refused(function, values):
    with pytest.raises(ValueError, match="must have at least 1 epochs"):
        function(values)


@given(levels)
def test_silent_from_is_the_first_epoch_of_the_silence_at_the_end(accuracy):
    for values, found in zip(accuracy, outcomes.silent_from(accuracy), strict=True):
        starts = [epoch for epoch in range(values.size) if all(values[epoch:] <= 0.5)]
        assert found == (starts[0] if starts else -1)


def test_a_network_that_diverged_is_not_silent_from_anywhere_on():
    assert outcomes.silent_from([0.7, 0.5, np.nan]) == -1


@given(levels)
def test_first_epoch_is_where_a_condition_holds_for_the_first_time(values):
    for row, found in zip(values > 0.5, outcomes.first_epoch(values > 0.5), strict=True):
        assert found == next((epoch for epoch, holds in enumerate(row) if holds), -1)


def test_the_jump_is_the_first_loss_below_half_of_a_silent_networks():
    loss = [[1.0, 0.5, 0.49, 1.0, 0.1], [1.0, 1.0, 0.5, 0.7, np.nan]]
    np.testing.assert_array_equal(outcomes.jump(loss), [2, -1])


def test_the_settled_loss_is_the_median_of_the_last_tenth():
    loss = np.arange(101.0)  # after 100 epochs
    assert outcomes.settled_loss(loss) == np.median(loss[-10:])
    assert outcomes.settled_loss([5.0, 1.0, 3.0]) == 2
    np.testing.assert_array_equal(outcomes.settled_loss([[1.0, np.nan, np.nan], [1, 2, 4]]), [np.nan, 3])


@pytest.mark.parametrize(
    ("loss", "accuracy", "gradient_norm", "word"),
    [
        (0.09, 1.0, 1.0, "learned"),
        (0.1, 1.0, 1.0, "unsettled"),
        (1.0, 0.5, 0.9e-3, "trapped"),
        (1.0, 0.5, 1e-3, "unsettled"),
        (1.0, 0.525, 0.0, "unsettled"),
        (0.05, 0.5, 0.0, "trapped"),
        (0.0, np.nan, np.nan, "diverged"),
        (np.nan, np.nan, np.nan, "diverged"),
    ],
)
def test_outcomes_of_fig_s2(loss, accuracy, gradient_norm, word):
    rows = {"loss": loss, "accuracy": accuracy, "gradient_norm": gradient_norm}
    others = dict.fromkeys(set(History._fields) - set(rows))
    history = History(**{name: np.full(60, value) for name, value in rows.items()}, **others)
    assert outcomes.outcome(history) == word


def test_final_loss_is_that_of_the_original_confidence_and_nan_of_a_network_that_diverged():
    networks = RankOne.initial([1, 2, 3])
    networks.b[1, 4] = np.nan
    found = outcomes.final_loss(networks, TASK, 4.0)
    assert np.isnan(found[1])
    for i in (0, 2):
        expected = train(networks[i], TASK, 0.02, 0, 4.0, dtype=np.float64).loss[0]
        np.testing.assert_allclose(found[i], expected, rtol=1e-13)
    assert outcomes.final_loss(networks[:0], TASK).shape == (0,)


def test_final_loss_of_networks_with_a_trained_read_out_knows_no_confidence():
    network = LowRank.initial(3, rank=2)
    assert outcomes.final_loss(network, TASK) == TASK.loss(network.output(TASK))
    with pytest.raises(ValueError, match="c is for RankOne"):
        outcomes.final_loss(network, TASK, 10.0)


def test_every_word_has_an_answer_for_no_networks_at_all():
    nobody = np.empty((0, 60))
    for word in (outcomes.learned, outcomes.silent, outcomes.trapped, outcomes.recovered, outcomes.diverged):
        assert word(nobody).shape == (0,)
    for word in (outcomes.jump, outcomes.silent_from, outcomes.settled_loss):
        assert word(nobody).shape == (0,)
    assert outcomes.solved(nobody, np.empty(0)).shape == (0,)


def test_a_network_has_diverged_if_its_last_epoch_is_no_number():
    assert outcomes.diverged([[0.5, 0.5, np.nan], [0.5, 0.5, 0.5]]).tolist() == [True, False]
