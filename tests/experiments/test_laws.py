"""Chapter 10: rates and plateaus of made-up numbers, and small runs held against the training that they are about."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments, outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.dynamics.sharpness import sharpness
from ghostlib.experiments import fates
from ghostlib.experiments.critical import LateFates, NetworkRates
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


@pytest.fixture
def rates():
    """Rates T^−2 times a factor of each network, the same at every delay."""
    factor = np.geomspace(0.5, 2, 21)
    T = 10, 20, 40
    rate = np.array(T)[:, None] ** -2.0 * factor
    return NetworkRates(T, rate, np.tile(np.arange(21) < 11, (3, 1)))


def test_a_power_law_is_found_with_its_intervals(rates):
    np.testing.assert_allclose(rates.median, [1e-2, 2.5e-3, 6.25e-4])
    np.testing.assert_allclose(rates.power, -2)
    np.testing.assert_allclose(rates.power_interval, -2)
    assert rates.power_of == pytest.approx({"10-20": -2, "20-40": -2}) and rates.overall_power == pytest.approx(-2)
    assert rates.power_low == pytest.approx(rates.power_high)
    assert rates.fall_from == pytest.approx({"10-20": 4, "20-40": 4})
    assert rates.spread == pytest.approx({"least": 2, "most": 2})
    # The median of 21 lies between the 6th and the 16th with a probability of 97 %, between the 7th and 15th of 92 %.
    np.testing.assert_allclose(rates.interval[0], rates.rate[0, [5, 15]])
    assert rates.check[10] == "11 of 21 (30% to 74%)" and rates.outside == 0
    assert rates.over_toy[20] == pytest.approx(2.5e-3 / (3 * np.pi**4 / 32 * 10**-4.0))


def test_rates_that_were_not_found_are_counted_and_leave_the_median_alone(rates):
    rate = rates.rate.copy()
    rate[0, -1], rate[1, 0] = np.inf, 0
    found = replace(rates, rate=rate)
    assert found.outside == 2
    np.testing.assert_allclose(found.median, rates.median)


def test_networks_are_taken_where_their_plateau_ends():
    task = DelayedActivation(T=5)
    start = fates.off_the_plateau(5, range(3))
    loss = train(start, task, fates.RATE, fates.EVERY).loss
    assert np.all(loss[:, 0] >= fates.BEGUN) and np.all(loss[:, -1] < fates.BEGUN)


def test_a_critical_rate_lies_between_one_that_traps_and_one_that_does_not():
    low, high, halvings = 0.02, 0.12, 5
    (rate,) = fates.critical_rates(10, 0, 4, low, high, 400, halvings)
    assert np.all((low < rate) & (rate < high))
    width, start = np.exp(np.log(high / low) / 2 ** (halvings + 1)), fates.off_the_plateau(10, range(4))
    ends = [train(start, DelayedActivation(T=10), end, 400).accuracy for end in (rate / width, rate * width)]
    assert [outcomes.trapped(accuracy).tolist() for accuracy in ends] == [[False] * 4, [True] * 4]
    (trapped,) = fates.trapped_at(10, 0, 4, float(np.median(rate)), 400)
    assert trapped.dtype == bool and trapped.shape == (4,)


def test_rates_outside_the_interval_are_zero_or_infinite():
    assert fates.critical_rates(10, 0, 2, 0.1, 0.12, 400, 1)[0].tolist() == [0, 0]
    assert fates.critical_rates(10, 0, 2, 0.01, 0.012, 400, 1)[0].tolist() == [np.inf, np.inf]


def test_late_fates_are_those_of_the_training():
    jump, fall, at, sharp = fates.late_fates(10, 3, 0.06, 200, 1, 4)
    task, seen = DelayedActivation(T=10), round(float(at[0, 2] / 0.06))
    history = train(RankOne.initial(range(3)), task, 0.06, round(200 / 0.06), snapshots=[seen])
    trapped = outcomes.trapped(history.accuracy)
    assert trapped.any() and np.array_equal(np.isfinite(fall), trapped)
    np.testing.assert_allclose(jump, outcomes.jump(history.loss) * 0.06)
    assert at.shape == sharp.shape == (3, 4) and np.all(np.diff(at, axis=1) >= 0)
    assert np.all(at[trapped, -1] < fall[trapped])
    assert sharp[0, 2] == pytest.approx(sharpness(history.snapshots[0, :1], task)[0] * 0.03, rel=1e-3)


def test_late_falls_are_counted():
    found = LateFates(
        np.array([10.0, 20, 30]),
        np.array([15.0, np.inf, 50]),
        np.zeros((3, 2)),
        np.array([[0.2, 0.99], [0.3, 0.7], [0.1, 1.02]]),
    )
    assert found.late_fall == {"first": 5, "median": 12.5, "last": 20} and found.late_trapped.startswith("2 of 3")
    assert (found.late_sharp, found.late_calm, found.late_calm_median) == (0.99, 0.7, 0.7)


def test_the_law_of_the_plateau_is_the_forecast_of_a_silent_network():
    area, law = fates.plateau(20, 50, 0.7, 4)
    drawn = RankOne.initial(range(4), 50)
    forecast = plateau_duration(RankOne(0.7 * drawn.m, 0.7 * drawn.n, drawn.b), DelayedActivation(), 1.0, 10.0)
    np.testing.assert_allclose(law, forecast, rtol=0.02)
    assert np.all((0.8 * law < area) & (area < law))


def test_plateaus_depend_on_the_weights_and_not_on_the_delay():
    found = replace(experiments.PLATEAU_KINDS, T=(10, 20), N=(50,), size=(1.0, 1.4), seeds=3).run()
    assert found.kinds == ((10, 100, 1.0), (20, 100, 1.0), (20, 50, 1.0), (20, 100, 1.4))
    assert found.area_of["10-100-1"] == pytest.approx(found.area_of["20-100-1"], rel=0.02)
    assert all(0.9 < ratio < 1 for ratio in found.ratio.values())
    assert sum(found.never.values()) == 0 and found.plateaus_of_each == 3


def test_descent_finds_the_critical_rates_of_the_forms():
    found = replace(experiments.FORMS, p=(2.0, 4.0), T=(10.0, 100.0), T_saddle=(3.0, 6.0), starts=60, epochs=200).run()
    assert found.form_error < 0.05
    np.testing.assert_allclose(found.powers[:2], [-5, -11 / 3], rtol=0.01)
    assert found.decay == pytest.approx(-2, abs=0.15)
