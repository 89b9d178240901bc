"""The experiments on runs that have arrived: that what they measure is what they say."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments, toy
from ghostlib.experiments.toy.oscillation import CriticalRates, OrbitDiagram, TrappedRuns


@pytest.fixture(scope="module")
def found():
    return replace(experiments.TRAPPED_FRACTION, rates=11, starts=1500).run()


class TestCriticalRate:
    def test_runs_that_do_not_know_the_law_find_it_at_every_delay(self):
        measured = experiments.CRITICAL_RATE.run()
        assert np.all(measured.a > 1) and np.all(measured.a < 1.001)
        assert measured.power == pytest.approx(-5, abs=1e-3)

    def test_the_power_and_the_ratio_are_those_of_the_rates(self):
        T = np.array([1.0, 10.0, 100.0])
        measured = CriticalRates(T=T, alpha=3 * np.pi**4 / 16 * T**-4.5)
        assert measured.power == pytest.approx(-4.5)
        np.testing.assert_allclose(measured.a, 2 * T**0.5)


class TestTrappedFraction:
    def test_every_run_is_decided(self, found):
        np.testing.assert_array_equal(found.trapped + found.cycling, found.runs)
        assert found.undecided == 0

    def test_none_at_alpha_star_more_and_more_above_it_and_all_beyond_the_cycle(self, found):
        assert found.fraction[0] == 0
        short = found.a < toy.cycle_limit()
        assert np.all(np.diff(found.fraction[short]) > 0)
        assert np.all(found.fraction[~short] == 1)

    def test_looking_every_250_epochs_changes_nothing(self, found):
        settings = replace(experiments.TRAPPED_FRACTION, rates=11, starts=1500)
        rho0 = np.random.default_rng(settings.seed).normal(10, 0.1, (11, 1500))
        end = toy.final_state(rho0[3], found.a[3], 10_000)
        assert end.trapped.sum() == found.trapped[3]

    def test_its_error_is_the_spread_of_repeated_draws(self):
        draws = replace(experiments.TRAPPED_FRACTION, a=(1.01, 1.01), rates=300, starts=200).run()
        assert np.std(draws.fraction) == pytest.approx(np.mean(draws.error), rel=0.15)

    def test_its_numbers_are_read_off_the_counts(self):
        counts = TrappedRuns(
            a=np.array([1.0, 1.0101, 1.0202, 1.0303, 1.04]),
            trapped=np.array([1, 3, 5, 10, 9]),
            cycling=np.array([8, 7, 5, 0, 0]),
            runs=10,
        )
        assert (counts.all_runs, counts.undecided) == (50, 2)
        assert counts.fraction.min() == 0.1
        assert counts.trapped_share == {1: 0.3, 2: 0.5}
        assert counts.largest_error == pytest.approx((0.5 * 0.5 / 10) ** 0.5)
        assert (counts.runs_above, counts.free_above) == (20, 1)
        assert counts.first_full == 1.0303
        assert counts.spacing == pytest.approx(0.0101)


class TestOscillations:
    def test_the_period_is_the_least_after_which_the_run_repeats_itself(self):
        orbits = experiments.OSCILLATIONS.run()
        for rho, period in zip(orbits.rho, orbits.period, strict=True):
            for shift in range(1, period or 41):
                assert (np.max(np.abs(rho[shift:] - rho[:-shift])) < 1e-6) == (shift == period)

    def test_windows_of_3_5_7_and_9_come_in_order_where_16_over_9a_says(self):
        orbits = experiments.OSCILLATIONS.run()
        for period in (3, 5, 7, 9):
            window = orbits.a[orbits.period == period]
            assert window.min() < 16 / (9 * period) < window.max()

    def test_its_numbers_are_read_off_the_periods(self):
        orbits = OrbitDiagram(
            a=np.array([0.1, 0.29, 0.31, 0.4, 0.41, 0.42, 1.0]),
            rho=np.array([[0.9, 1.05]] * 7),
            period=np.array([0, 8, 8, 5, 8, 3, 8]),
        )
        assert (orbits.runs_in_window, orbits.runs_of_period_3, orbits.runs_of_period_8) == (2, 1, 2)
        assert (orbits.smallest_a, orbits.swing) == (0.1, pytest.approx(1.0))
