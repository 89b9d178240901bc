"""The plateau and its jump: forecasts on losses whose end is known, counts on losses made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.experiments.rank_one.plateau import Plateau, PlateauDurations, Plateaus, typical_plateau_duration
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.history import History
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK


def history(loss, norm, accuracy):
    epoch = np.arange(len(loss))
    return History(epoch, np.array(loss), np.array(norm), np.array(accuracy), None, None, None, -1, -1)


@pytest.fixture
def plateau():
    """The exact gain δ(e) = δ₀/(1 − e/e*) with α c²k² = `rate`, then a fall to 0.4 and 0.05."""
    alpha, k, end = 0.02, 1.5, 400.0
    rate = alpha * (10 * k) ** 2
    gain = 1 / (rate * (end - np.arange(390.0)))
    assert gain[-1] < 0.1
    loss = [*(1 - gain), 0.8, 0.7, 0.4, 0.05, 0.3]
    norm = [*(10 * k * gain), 5, 5, 5, 5, 5]
    accuracy = [0.5] * 390 + [0.5, 0.5, 0.6, 0.9, 0.7]
    return Plateau(history(loss, norm, accuracy), alpha, stand=100)


def test_the_law_counts_the_epochs_to_the_end_of_an_exact_plateau(plateau):
    epoch = np.arange(390)
    np.testing.assert_allclose(plateau.by_law[:390], 400 - epoch)
    gain = 1 - plateau.history.loss[:390]
    np.testing.assert_allclose(plateau.by_ruler[:390], (0.5 - gain) / gain * (400 - epoch))
    assert plateau.law_at_start == pytest.approx(400)
    assert plateau.k == pytest.approx({"start": 1.5, "stand": 1.5})


def test_a_training_is_read_at_its_jump_at_the_best_epoch_and_at_the_stand(plateau):
    assert (plateau.jump, plateau.fall, plateau.best, plateau.from_jump_to_best) == (392, 2, 393, 1)
    assert (plateau.plateau_accuracy, plateau.best_accuracy, plateau.to_go) == (0.5, 0.9, 292)
    assert plateau.law_error == pytest.approx(400 / 392 - 1)
    assert plateau.ruler_factor * 292 == pytest.approx(plateau.ruler_in_millions * 1e6)


def test_the_typical_plateau_is_that_of_a_network_that_obeys_its_assumptions():
    """m = b = 0, |n| = 1 and Σn = 0: κ rests at 0 and ∂κ/∂b = n, up to the first few steps."""
    n = np.array([1.0, -1.0, 1.0, -1.0]) / 2
    network = RankOne(np.zeros(4), n, np.zeros(4))
    assert plateau_duration(network, TASK, 0.02, 10.0) == pytest.approx(typical_plateau_duration(0.02, 10.0), rel=1e-3)
    assert typical_plateau_duration(0.5, 2.0, kappa_star=0.5) == pytest.approx(np.e / 4)


def test_many_plateaus_are_counted_and_those_without_a_jump_left_out():
    loss = np.ones((4, 12))
    loss[0, 4:] = 0.4, 0.3, 0.05, 0.05, 1, 1, 1, 1
    loss[1, 6:] = 0.8, 0.6, 0.4, 0.4, 0.4, 0.05
    loss[2, 11:] = 0.3
    many = Plateaus(forecast=np.array([5.0, 8.8, 22, 50]), first_norm=np.array([4.0, 3, 2, 9]), loss=loss, stop=10)
    assert many.jump.tolist() == [4, 8, 11, -1]
    assert (many.jumped, many.in_time, many.stopped, many.got_low) == (3, 2, 1, 2)
    assert many.error == pytest.approx({"least": 0.1, "most": 1.0})
    assert many.epoch == {"first": 4, "last": 11} and many.seed == {"first": 0, "last": 2}
    assert many.fall == {"median": 0, "most": 2}
    assert many.share == pytest.approx(np.mean([2 / 6, 5 / 11]))
    assert many.rank_correlation == pytest.approx(-1)


def test_forecasts_are_made_before_the_first_step_and_hold():
    many = replace(experiments.HUNDRED_PLATEAUS, seeds=4).run()
    loss, gradient = loss_and_gradient(RankOne.initial(range(4)), TASK)
    np.testing.assert_allclose(many.forecast, (1 - loss) / (0.02 * gradient.norm() ** 2))
    np.testing.assert_allclose(many.first_norm, gradient.norm(), rtol=1e-5)
    assert np.all((many.jump < many.forecast) & (many.forecast < 1.125 * many.jump))


def test_plateaus_are_those_of_descent_by_the_adjoint():
    knobs = replace(
        experiments.TWO_KNOBS, rates=2, alpha_exponents=(-1.5, -1.2), confidences=(3.0, 4.0), epochs=200
    ).run()
    for c, plateau in zip(knobs.c, knobs.by_c, strict=True):
        network, losses = RankOne.initial(40), []
        while not losses or losses[-1] >= losses[0] / 2:
            loss, gradient = loss_and_gradient(network, TASK, c)
            losses.append(loss)
            network = RankOne(*(getattr(network, k) - knobs.alpha_c * getattr(gradient, k) for k in "mnb"))
        assert plateau == len(losses) - 1
    np.testing.assert_allclose(knobs.alpha, [10**-1.5, 10**-1.2])
    np.testing.assert_allclose(knobs.alpha * knobs.by_alpha, 101, rtol=0.02)


def test_areas_and_ratios_of_plateaus_made_by_the_law():
    alpha, c = np.array([0.01, 0.02, 0.1]), np.array([5.0, 8.0, 10.0])
    law = typical_plateau_duration(0.02, c)
    durations = PlateauDurations(alpha, np.array([10_000, 5100, 1]), c, law * [0.9, 1.0, 1.1], 0.02)
    assert durations.area == pytest.approx(101) and durations.area_spread == pytest.approx(2 / 101)
    assert durations.law_ratio == pytest.approx({"least": 0.9, "most": 1.1})
    assert durations.plateau == pytest.approx({5: 0.9 * law[0], 10: 1.1 * law[2]})
