"""Chapter 10: rates and plateaus of made-up numbers, and small runs held against the training that they are about."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments, outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.dynamics.sharpness import sharpness
from ghostlib.experiments.laws import kinds, noise
from ghostlib.experiments.laws.critical import LateOutcomes, NetworkRates
from ghostlib.experiments.laws.critical_kinds import RatesByKind
from ghostlib.experiments.laws.kinds import Kind
from ghostlib.experiments.laws.noise import Freed, NoiseSettings
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK, DelayedActivation
from ghostlib.training import train


@pytest.fixture
def rates():
    """Rates T^−2 times a factor of each network, the same at every delay."""
    factor = np.geomspace(0.5, 2, 21)
    T = 10, 20, 40
    rate = np.array(T)[:, None] ** -2.0 * factor
    fall = np.where(np.arange(21) < 11, np.arange(21) / 2, np.inf)
    return NetworkRates(T, rate, np.tile(fall, (3, 1)))


def test_a_power_law_is_found_with_its_intervals(rates):
    np.testing.assert_allclose(rates.median, [1e-2, 2.5e-3, 6.25e-4])
    np.testing.assert_allclose(rates.power, -2)
    np.testing.assert_allclose(rates.power_interval, -2)
    assert rates.power_of == pytest.approx({"10-20": -2, "20-40": -2}) and rates.overall_power == pytest.approx(-2)
    assert rates.power_low == pytest.approx(rates.power_high)
    assert rates.long_power == pytest.approx({"low": -2, "fit": -2, "high": -2})
    assert rates.fall_from == pytest.approx({"10-20": 4, "20-40": 4})
    assert rates.spread == pytest.approx({"least": 2, "most": 2})
    # The median of 21 lies between the 6th and the 16th with a probability of 97%, between the 7th and 15th of 92%.
    np.testing.assert_allclose(rates.interval[0], rates.rate[0, [5, 15]])
    assert rates.check[10] == "11 of 21 (30% to 74%)" and rates.half_fallen[10] == 2.5 and rates.outside == 0
    assert rates.over_toy[20] == pytest.approx(2.5e-3 / (3 * np.pi**4 / 32 * 10**-4.0))


def test_rates_that_were_not_found_are_counted_and_leave_the_median_alone(rates):
    rate = rates.rate.copy()
    rate[0, -1], rate[1, 0] = np.inf, 0
    found = replace(rates, rate=rate)
    assert (found.outside, found.outside_shortest) == (2, 1)
    np.testing.assert_allclose(found.median, rates.median)


def test_where_many_rates_were_not_found_the_rest_is_said(rates):
    """At T = 5 more than a quarter of the networks may be beyond the highest rate; which, depends on the processor."""
    rate = np.repeat(rates.rate, 2, axis=1)
    rate[0, -13:] = np.inf
    found = NetworkRates(rates.T, rate, np.repeat(rates.fall, 2, axis=1))
    assert found.spread == pytest.approx({"least": 2, "most": 2})
    assert found.powers.shape == (2, 3) and np.isfinite(found.powers).all()
    np.testing.assert_allclose(found.powers[1], -2)


def test_networks_are_taken_where_their_plateau_ends():
    task = DelayedActivation(T=5)
    start = kinds.after_plateau(Kind(5), range(3))
    loss = train(start, task, kinds.RATE, kinds.EVERY).loss
    assert np.all(loss[:, 0] >= outcomes.HIGH_LOSS) and np.all(loss[:, -1] < outcomes.HIGH_LOSS)
    doubtful = Kind(10, N=30, c=5.0, dt=10.0)
    start = kinds.after_plateau(doubtful, range(3))
    assert start.N == 30 and doubtful.task.delta == 1
    assert np.all(doubtful.task.loss(start.output(doubtful.task, 5.0)) >= outcomes.HIGH_LOSS)


def test_a_critical_rate_lies_between_one_that_traps_and_one_that_does_not():
    # Which rates trap a network is chaotic, and not the same on every processor: each end is asked again here.
    low, high, epochs, halvings = 0.02, 0.12, 400, 5
    (rate,) = kinds.critical_rates(*Kind(10), 0, 6, low, high, epochs, halvings)
    start = kinds.after_plateau(Kind(10), range(6))

    def trapped(alpha):
        return outcomes.trapped(train(start, DelayedActivation(T=10), alpha, epochs).accuracy)

    np.testing.assert_array_equal(rate == 0, trapped(low))
    np.testing.assert_array_equal(np.isinf(rate), ~trapped(low) & ~trapped(high))
    found = np.isfinite(rate) & (rate > 0)
    assert found.sum() >= 3 and np.all((low < rate[found]) & (rate[found] < high))
    width = np.exp(np.log(high / low) / 2 ** (halvings + 1))
    rate = np.where(found, rate, low)
    assert not trapped(rate / width)[found].any() and trapped(rate * width)[found].all()
    middle = float(np.median(rate))
    (fall,) = kinds.falls_at(10, 0, 6, middle, epochs)
    np.testing.assert_array_equal(np.isfinite(fall), trapped(middle))
    accuracy = train(start, DelayedActivation(T=10), middle, epochs).accuracy
    for row, area in zip(accuracy, fall, strict=True):
        epoch = round(area / middle) if np.isfinite(area) else 0
        assert not epoch or (row[epoch - 1] > 0.5 and np.all(row[epoch:] <= 0.5))


def test_rates_outside_the_interval_are_zero_or_infinite():
    assert kinds.critical_rates(*Kind(10), 0, 2, 0.1, 0.12, 400, 1)[0].tolist() == [0, 0]
    assert kinds.critical_rates(*Kind(10), 0, 2, 0.01, 0.012, 400, 1)[0].tolist() == [np.inf, np.inf]


def test_a_power_of_every_kind_is_found_with_its_interval():
    factor = np.geomspace(0.5, 2, 21)
    values = {"N": (25, 100), "c": (3.0, 6.0, 12.0), "Δ": [0.25, 0.5]}
    powers = {"N": 0.1, "c": -0.8, "Δ": 0.0}
    rates = {name: np.array(values[name])[:, None] ** powers[name] * factor for name in values}
    rates["Δ"] = rates["Δ"] * np.geomspace(0.5, 2, 2)[:, None] ** np.linspace(-1, 1, 21)  # scattered differently
    rates["Δ"][0, 0], rates["Δ"][1, -1] = 0, np.inf
    found = RatesByKind(values, rates)
    assert found.kind_power == pytest.approx({"N": 0.1, "c": -0.8, "delta": 0}, abs=1e-12)
    assert found.kind_networks == 21
    assert found.kind_ratio == pytest.approx({"N": 4**0.1, "c": 4**0.8, "delta": 1})
    for name in ("N", "c", "delta"):
        assert found.kind_power_low[name] < found.kind_power[name] < found.kind_power_high[name]
    np.testing.assert_allclose(found.interval["c"][1], rates["c"][1, [5, 15]])


def test_kinds_are_those_of_the_sweeps_and_the_paper_s_is_trained_once(monkeypatch):
    asked = []

    def made_up(compute, settings):
        asked.extend(settings)
        return [(np.full(stop - first, N * c * dt),) for T, N, c, dt, first, stop, *_ in settings]

    monkeypatch.setattr("ghostlib.experiments.cache.map_cached", made_up)
    settings = replace(
        experiments.CRITICAL_KINDS, N=(50, 100), c=(5.0, 10.0), highest=(0.1, 0.06), dt=(2.5, 5.0), seeds=3
    )
    found = settings.run()
    assert found.values == {"N": (50, 100), "c": (5.0, 10.0), "Δ": [0.25, 0.5]}
    assert {each[:4] for each in asked} == {(20, 50, 10, 5), (20, 100, 10, 5), (20, 100, 5, 5), (40, 100, 10, 2.5)}
    assert len(asked) == 4
    np.testing.assert_array_equal(found.rates["Δ"], [[2500] * 3, [5000] * 3])


def test_noise_frees_some_of_the_trapped_and_next_to_none_leaves_them_where_they_are():
    settings = 0, 8, 0.02, 6000, 100, (1e-12, 0.3), (1e-12, 1.0), (8,), 0
    in_weights, in_state = noise.freed_by_noise(*settings)
    history = train(RankOne.initial(range(8)), DelayedActivation(), 0.02, 6000)
    trapped = outcomes.trapped(history.accuracy).sum()
    assert trapped and in_weights.shape == (2, 2, trapped) and in_state.shape == (2, 1, 2, trapped)
    assert not in_weights[:, 0].any() and not in_state[:, :, 0].any()
    assert in_state[0, 0, 1].any()
    for one, other in zip((in_weights, in_state), noise.freed_by_noise(*settings), strict=True):
        np.testing.assert_array_equal(one, other)


def test_each_number_of_trials_and_each_network_has_its_place():
    given = 0.02, 6000, 100, (0.1,), (0.3, 1.0)
    found = NoiseSettings(8, 2, *given).run()
    parts = [[noise.freed_by_noise(*ends, *given, (count,), 0) for ends in ((0, 4), (4, 8))] for count in (1, 8)]
    assert found.in_state.shape[-1] and found.in_state.any() and not found.in_state.all()
    np.testing.assert_array_equal(
        found.in_state, np.concatenate([np.concatenate([p[1] for p in each], axis=-1) for each in parts], axis=1)
    )
    np.testing.assert_array_equal(found.in_weights, np.concatenate([p[0] for p in parts[0]], axis=-1))


def test_without_noise_the_trials_are_the_task():
    networks = RankOne.initial(range(3))
    task, heard = noise.noisy_trials(2, 0.0, 0), noise.in_trials(networks)
    np.testing.assert_allclose(task.loss(heard.output(task)), TASK.loss(networks.output(TASK, noise.C)))
    trained = noise.with_state_noise(networks, 0.05, np.zeros(20), 2, 0)
    plain = train(networks, TASK, 0.05, 20, dtype=np.float64).networks
    for name in ("m", "n", "b"):
        np.testing.assert_allclose(getattr(trained, name), getattr(plain, name), rtol=1e-4, atol=1e-6)


def test_the_best_noise_is_that_after_which_most_recover():
    weights = np.zeros((2, 3, 3), bool)
    weights[0, 0, 0] = weights[0, 1, :2] = weights[1, 0, 0] = True
    state = np.zeros((2, 2, 2, 3), bool)
    state[0, 0, 1, 0] = state[0, 1, 0] = state[1, 1, 1, :2] = True
    found = Freed(NoiseSettings(weight_noise=(0.001, 0.01, 0.1), state_noise=(0.5, 2.0)), weights, state)
    assert found.weights_best == 0.01 and found.weights_recovered.startswith("2 of 3")
    assert found.weights_relearned.startswith("1 of 3") and found.noise_networks == 3
    assert found.state_best == {1: 2.0, 8: 0.5}
    assert [found.state_recovered[k].split(" (")[0] for k in (1, 8)] == ["1 of 3", "3 of 3"]
    assert [found.state_relearned[k].split(" (")[0] for k in (1, 8)] == ["0 of 3", "2 of 3"]


def test_late_outcomes_are_those_of_the_training():
    seeds = 12  # so many that some are trapped on every processor
    jump, fall, at, sharp = kinds.late_outcomes(10, seeds, 0.06, 200, 1, 4)
    task, seen = DelayedActivation(T=10), round(float(at[0, 2] / 0.06))
    history = train(RankOne.initial(range(seeds)), task, 0.06, round(200 / 0.06), snapshots=[seen])
    trapped = outcomes.trapped(history.accuracy)
    assert trapped.any() and np.array_equal(np.isfinite(fall), trapped)
    np.testing.assert_allclose(jump, outcomes.jump(history.loss) * 0.06)
    assert at.shape == sharp.shape == (seeds, 4) and np.all(np.diff(at, axis=1) >= 0)
    assert np.all(at[trapped, -1] < fall[trapped])
    assert sharp[0, 2] == pytest.approx(sharpness(history.snapshots[0, :1], task)[0] * 0.03, rel=1e-3)


def test_late_falls_are_counted():
    found = LateOutcomes(
        np.array([10.0, 20, 30]),
        np.array([15.0, np.inf, 50]),
        np.zeros((3, 2)),
        np.array([[0.2, 0.99], [0.3, 0.7], [0.1, 1.02]]),
    )
    assert found.late_fall == {"first": 5, "median": 12.5, "last": 20} and found.late_trapped.startswith("2 of 3")
    assert (found.late_sharp, found.late_calm, found.late_calm_median) == (0.99, 0.7, 0.7)


def test_the_law_of_the_plateau_is_the_forecast_of_a_silent_network():
    area, law = kinds.plateau_areas(20, 50, 0.7, 4)
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
