"""The experiments of Fig. 2 and of chapter 04: their settings, and that what they measure is what they say."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from ghostlib import experiments, toy
from ghostlib.toy import laws


@pytest.fixture(scope="module")
def sweep():
    return experiments.FIG_2D.run()


@pytest.fixture(scope="module")
def caught():
    return replace(experiments.TRAPPED_FRACTION, rates=11, starts=1500).run()


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        experiments.FIG_2D.T = 50


class TestFig2A:
    def test_three_curves_over_the_paper_s_hundred_values_of_r(self):
        curves = experiments.FIG_2A.run()
        assert curves.r.shape == curves.analytic.shape == (100,)
        assert curves.euler.shape == curves.exact.shape == (2, 100)
        assert curves.r[0] == -toy.r_star(100) and curves.r[-1] == pytest.approx(2 * toy.r_star(100))


class TestFig2BC:
    def test_the_slow_run_jumps_around_epoch_1500_and_the_fast_one_is_trapped(self):
        run = experiments.FIG_2BC.run()
        assert run.r.shape == run.loss.shape == (2, 3001)
        half = np.argmax(run.loss[0] < run.loss[0, 0] / 2)
        assert 1450 < half < 1550
        assert np.all(run.r > 0)
        assert run.loss[1, -1] == 100 and run.loss[0, -1] < 5


class TestFig2D:
    def test_every_run_is_read_where_its_descent_is(self, sweep):
        settings = experiments.FIG_2D
        assert sweep.loss.shape == (100, 10, 5) and sweep.late.shape == (100,)
        draw = np.random.default_rng(settings.seed).standard_normal((100, 10))
        for rate, start in ((0, 3), (40, 0), (99, 9)):
            r0 = (10 + 0.1 * draw[rate, start]) * toy.r_star(100)
            alone = toy.descend(r0, sweep.alpha[rate], 100, 10_600).loss
            np.testing.assert_array_equal(sweep.loss[rate, start], alone[list(settings.epochs)])

    def test_mean_and_error_are_over_the_ten_runs(self, sweep):
        np.testing.assert_allclose(sweep.mean()[40], [np.mean(column) for column in sweep.loss[40].T])
        np.testing.assert_allclose(sweep.sem()[40], [np.std(column, ddof=1) / 10**0.5 for column in sweep.loss[40].T])

    def test_the_averaged_loss_keeps_to_the_floor_at_small_rates_and_is_T_beyond_the_cycle(self, sweep):
        a = sweep.alpha / toy.alpha_star(100)
        small = (a > 0.02) & (a < 0.2)
        np.testing.assert_allclose(sweep.late[small] / 100, laws.mean_loss(a[small]), rtol=0.03)
        assert np.all(sweep.late[a > toy.cycle_limit()] == 100)
        assert np.all(sweep.loss[a <= 1] < 100)


class TestCriticalRate:
    def test_runs_that_do_not_know_the_law_find_it_at_every_delay(self):
        found = experiments.CRITICAL_RATE.run()
        ratio = found.alpha / toy.alpha_star(found.T)
        assert np.all(ratio > 1) and np.all(ratio < 1.001)
        assert np.polyfit(np.log(found.T), np.log(found.alpha), 1)[0] == pytest.approx(-5, abs=1e-3)


class TestTrappedFraction:
    def test_every_run_is_decided(self, caught):
        np.testing.assert_array_equal(caught.trapped + caught.cycling, caught.runs)

    def test_none_at_alpha_star_more_and_more_above_it_and_all_beyond_the_cycle(self, caught):
        assert caught.fraction[0] == 0
        short = caught.a < toy.cycle_limit()
        assert np.all(np.diff(caught.fraction[short]) > 0)
        assert np.all(caught.fraction[~short] == 1)

    def test_looking_every_250_epochs_changes_nothing(self, caught):
        settings = replace(experiments.TRAPPED_FRACTION, rates=11, starts=1500)
        rho0 = np.random.default_rng(settings.seed).normal(10, 0.1, (11, 1500))
        end = toy.final_state(rho0[3], caught.a[3], 10_000)
        assert end.trapped.sum() == caught.trapped[3]

    def test_its_error_is_the_spread_of_repeated_draws(self):
        draws = replace(experiments.TRAPPED_FRACTION, a=(1.01, 1.01), rates=300, starts=200).run()
        assert np.std(draws.fraction) == pytest.approx(np.mean(draws.error), rel=0.15)


class TestOscillations:
    def test_the_period_is_the_least_after_which_the_run_repeats_itself(self):
        found = experiments.OSCILLATIONS.run()
        for rho, period in zip(found.rho, found.period, strict=True):
            for shift in range(1, period or 41):
                assert (np.max(np.abs(rho[shift:] - rho[:-shift])) < 1e-6) == (shift == period)

    def test_windows_of_3_5_7_and_9_come_in_order_where_16_over_9a_says(self):
        found = experiments.OSCILLATIONS.run()
        for period in (3, 5, 7, 9):
            window = found.a[found.period == period]
            assert window.min() < 16 / (9 * period) < window.max()
