from dataclasses import dataclass

import numpy as np
import pytest

from ghostlib.networks import adjoint, oracle
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


def test_defaults_are_the_papers_100_ms_in_steps_of_5_ms():
    task = DelayedActivation()
    assert task.T * task.dt == 100
    assert task.delta == 0.5
    assert task.steps == 40
    assert task.time[0] == 5 and task.time[-1] == 200


@pytest.mark.parametrize("T", [1, 3, 20])
def test_target_is_zero_for_T_steps_and_one_for_as_many(T):
    target = DelayedActivation(T=T).target()
    assert target.shape == (2 * T,)
    assert not target[:T].any() and target[T:].all()


@pytest.mark.parametrize("T", [1, 20, 100])
def test_silence_costs_one_and_so_does_shouting_whatever_the_delay(T):
    task = DelayedActivation(T=T)
    assert task.loss(np.zeros(2 * T)) == 1
    assert task.loss(np.ones(2 * T)) == 1
    assert task.loss(task.target()) == 0


def test_loss_of_an_ensemble_keeps_its_leading_axes_and_is_the_sum_of_squares_over_T():
    task = DelayedActivation(T=2)
    output = np.random.default_rng(0).random((3, 5, 4))
    by_hand = (output[..., 0] ** 2 + output[..., 1] ** 2 + (output[..., 2] - 1) ** 2 + (output[..., 3] - 1) ** 2) / 2
    np.testing.assert_allclose(task.loss(output), by_hand, rtol=1e-15)


def test_accuracy_is_the_share_of_steps_on_the_right_side_of_one_half():
    task = DelayedActivation(T=2)
    assert task.accuracy([0.1, 0.6, 0.4, 0.9]) == 0.5
    assert task.accuracy(task.target()) == 1
    assert task.accuracy([0, 0, 0, 0]) == 0.5
    assert task.accuracy([1, 1, 0, 0]) == 0


def test_one_half_itself_counts_as_zero():
    assert DelayedActivation(T=1).accuracy([0.5, 0.5]) == 0.5


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("T", 0),
        ("T", -3),
        ("T", 2.5),
        ("dt", 0),
        ("dt", -5),
        ("dt", np.nan),
        ("dt", 21.0),
        ("tau", 0),
        ("tau", np.inf),
        ("x0", np.nan),
        ("x0", [0.1, 0.2]),
        ("kappa_star", np.inf),
        ("kappa_star", "one"),
        ("dt", "5"),
        ("tau", [10.0, 20.0]),
        ("x0", None),
    ],
)
def test_impossible_settings_are_refused_by_name(argument, value):
    with pytest.raises(ValueError, match=rf"^{argument} must"):
        DelayedActivation(**{argument: value})


def test_what_is_not_a_number_is_on_neither_side_of_one_half():
    output = np.zeros((2, 40))
    output[1, 3] = np.nan
    np.testing.assert_array_equal(DelayedActivation().accuracy(output), [0.5, np.nan])
    assert np.isnan(DelayedActivation().loss(output[1]))


@dataclass(frozen=True)
class Odd(DelayedActivation):
    """A task of one's own that gives a target as one likes."""

    given: object = ()

    def target(self):
        return self.given


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.zeros(41), r"must have 2T = 40 steps, got shape \(41,\)"),
        (np.zeros(39), "must have 2T = 40 steps"),
        (np.zeros((2, 40)), "must have 2T = 40 steps"),
        (0.0, "must have 2T = 40 steps"),
        (np.full(40, np.nan), "must be a number"),
        (["one"] * 40, "must be real numbers"),
    ],
)
def test_a_target_that_is_no_trial_is_refused_wherever_it_is_used(target, message):
    task, networks = Odd(given=target), RankOne.initial([1], N=3)
    for use in (
        lambda: task.loss(np.zeros(40)),
        lambda: task.accuracy(np.zeros(40)),
        lambda: adjoint.loss_and_gradient(networks, task),
        lambda: oracle.loss_and_gradient(networks, task),
        lambda: train(networks, task, 0.1, 3),
    ):
        with pytest.raises(ValueError, match=message):
            use()


@pytest.mark.parametrize("output", [0.5, np.zeros(3), np.zeros((40, 3))])
def test_output_of_another_length_is_refused(output):
    with pytest.raises(ValueError, match="output must have 40 steps"):
        DelayedActivation().loss(output)
    with pytest.raises(ValueError, match="output must have 40 steps"):
        DelayedActivation().accuracy(output)
