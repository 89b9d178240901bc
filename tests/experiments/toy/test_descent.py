"""The experiments of Fig. 2B–D: their settings, and that their numbers are what they are called."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from scipy.optimize import brentq

from ghostlib import experiments, toy
from ghostlib.experiments.toy.descent import Arrivals, Descents, Sweep
from ghostlib.toy import laws


@pytest.fixture(scope="module")
def descents():
    return experiments.FIG_2BC.run()


@pytest.fixture(scope="module")
def sweep():
    return experiments.FIG_2D.run()


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        experiments.FIG_2D.T = 50


class TestFig2BC:
    def test_the_slow_run_jumps_around_epoch_1500_and_the_fast_one_is_trapped(self, descents):
        assert descents.r.shape == descents.loss.shape == (2, 3001)
        assert 1450 < descents.half_at < descents.arrival < 1550
        assert descents.no_bifurcation is True and descents.fast_is_trapped is True
        assert descents.loss[1, -1] == 100 and descents.loss[0, -1] < 5
        assert descents.loss[1, descents.trapped_at] == 100 > descents.loss[1, descents.trapped_at - 1]

    def test_its_numbers_are_read_off_the_runs(self):
        slow = [9.0, 4.0, 1.2, 0.9, 1.1, 0.95, 1.15, 1.05, 0.9, 1.1, 0.95, 1.2, 1.1, 1.05, 0.9]
        fast = [9.0, 1.0, 0.2] + [0.2] * 12
        r = np.array([slow, fast]) * toy.r_star(100)
        found = Descents(r=r, loss=toy.loss(r, 100), settings=experiments.FIG_2BC)
        assert (found.half_at, found.arrival, found.fall) == (2, 3, 1)  # losses 2/3, 1/2, 0.09, …
        assert found.share_of_the_fall == pytest.approx(1 / 3)
        assert found.switches == pytest.approx(8 / 11)
        assert found.slip == pytest.approx((5 + 1) / 2)  # two steps down from epochs 6, 11 and 12
        assert (found.trapped_at, found.end_fast) == (2, pytest.approx(0.2))
        assert found.mean_loss == pytest.approx(np.mean([abs(1 - rho**-0.5) for rho in slow]))
        below = Descents(r=-r, loss=found.loss, settings=found.settings)
        assert below.no_bifurcation is False
        free = Descents(r=r[::-1], loss=found.loss, settings=found.settings)
        assert free.fast_is_trapped is False

    def test_the_mean_loss_is_that_of_the_last_thousand_epochs(self, descents):
        assert descents.mean_loss == pytest.approx(sum(descents.loss[0].tolist()[2001:]) / 1000 / 100, rel=1e-12)

    def test_the_share_by_law_is_the_way_that_is_left_when_half_of_the_loss_is_gone(self, descents):
        half = brentq(lambda rho: toy.loss(rho * toy.r_star(1), 1) - toy.loss(10 * toy.r_star(1), 1) / 2, 1.01, 10)
        assert descents.share_by_law == pytest.approx((half**2.5 - 1) / (10**2.5 - 1), rel=1e-9)

    def test_the_laws_take_the_slow_run_s_rate(self, descents):
        a = 1e-10 * 32 * 100**5 / (3 * np.pi**4)
        assert descents.a_slow == pytest.approx(a) and descents.a_fast == pytest.approx(10 * a)
        assert descents.smooth_arrival == pytest.approx(8 * (10**2.5 - 1) / (15 * a))
        assert descents.log_correction == pytest.approx(0.75 * np.log(10))
        assert np.ceil(descents.steps_arrival) == descents.arrival
        assert descents.slip == pytest.approx(descents.slip_by_law, rel=0.01)
        assert descents.mean_loss == pytest.approx(descents.mean_loss_by_law, rel=0.01)


class TestPlateaus:
    def test_each_arrival_is_the_first_epoch_at_or_below_r_star(self):
        found = experiments.PLATEAUS.run()
        assert found.epoch.shape == found.predicted.shape == (38, 25) and found.late_runs == 950
        rho, a, epoch = 1.5, 0.02, 0
        while rho > 1:
            rho, epoch = toy.rescaled_step(rho, a), epoch + 1
        assert found.epoch[0, 0] == epoch
        assert found.predicted[0, 0] == pytest.approx(laws.plateau_duration_in_steps(1.5, 0.02))
        assert np.all(found.epoch > 0)

    def test_lateness_is_the_epoch_less_the_law(self):
        found = Arrivals(epoch=np.array([[10, 20]]), predicted=np.array([[9.5, 20.25]]))
        assert (found.late_low, found.late_high, found.late_runs) == (-0.25, 0.5, 2)


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
        small = (sweep.a > 0.02) & (sweep.a < 0.2)
        np.testing.assert_allclose(sweep.late[small] / 100, laws.mean_loss(sweep.a[small]), rtol=0.03)
        assert np.all(sweep.late[sweep.a > toy.cycle_limit()] == 100)
        assert np.all(sweep.loss[sweep.a <= 1] < 100)

    def test_its_numbers_are_read_off_the_losses(self):
        """Two readings of two runs at six rates: on the plateau, three that learn, one that does not, and beyond α*."""
        a = np.array([0.1, 0.2, 0.25, 0.5, 0.7, 1.01])
        loss = np.array(
            [
                [[70, 60], [70, 60]],
                [[55, 4], [55, 3]],
                [[45, 4], [45, 6]],
                [[20, 5], [10, 3]],
                [[20, 30], [20, 3]],
                [[30, 100], [30, 20]],
            ]
        )
        floor = 100 * 3 * a / 16
        late = floor * np.array([9, 1.02, 0.95, 3, 9, 9])
        found = Sweep(
            alpha=a * toy.alpha_star(100),
            epochs=np.array([400, 800]),
            loss=loss.astype(float),
            late=late,
            settings=experiments.FIG_2D,
        )
        assert found.free.tolist() == [2, 2, 2, 2, 2, 1]
        assert found.learned.tolist() == [False, True, True, True, False, False]
        assert (found.last_a, found.last_free) == (pytest.approx(1.01), 1)
        assert found.last_rate == found.alpha[5]
        assert found.rank_correlation == pytest.approx(0.5)  # mean last losses 3.5, 5, 4
        assert found.rank_correlation_late == pytest.approx(1)
        assert found.least_a == pytest.approx(0.25)
        assert found.least_a_by_law == pytest.approx(8 / 15 * (10**2.5 - 1) / 400)
        assert found.distance_from_law == pytest.approx(0.05)
        assert found.after == 600
