"""The experiments of the loss: their settings, and that their numbers are what they are called."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from ghostlib import experiments, toy
from ghostlib.experiments.toy.landscape import EulerDelay, SlopeByConfidence


@pytest.fixture(scope="module")
def curves():
    return experiments.FIG_2A.run()


@pytest.fixture(scope="module")
def errors():
    return experiments.EULER_DELAY.run()


@pytest.fixture(scope="module")
def slopes():
    return experiments.SLOPE_BY_CONFIDENCE.run()


class TestFig2A:
    def test_three_curves_over_the_paper_s_hundred_values_of_r(self, curves):
        assert curves.r.shape == curves.analytic.shape == (100,)
        assert curves.euler.shape == curves.exact.shape == (2, 100)
        assert curves.r[0] == -toy.r_star(100) and curves.r[-1] == pytest.approx(2 * toy.r_star(100))

    def test_the_distance_is_that_of_the_confident_output_whatever_the_order(self, curves):
        assert curves.distance == max(abs(curves.euler[1] - curves.analytic)) / 100
        turned = replace(experiments.FIG_2A, c=(1.0, 0.1)).run()
        assert (turned.distance, turned.rest_low, turned.rest_high) == (
            curves.distance,
            curves.rest_low,
            curves.rest_high,
        )

    def test_who_waits_for_ever_or_exactly_T_pays_what_the_output_at_rest_says(self, curves):
        assert curves.rest_low == pytest.approx(1 / (1 + np.e), rel=1e-14)
        assert curves.rest_high == pytest.approx(1 / (1 + np.exp(10)), rel=1e-14)
        assert curves.silent_low == pytest.approx(toy.finite_loss(0, 100, c=0.1, x_star=10) / 100, rel=1e-12)
        assert curves.floor_low == pytest.approx(curves.exact[0].min() / 100, rel=0.05)


class TestEulerDelay:
    def test_the_best_r_is_the_least_of_each_curve(self, errors):
        step = errors.rho[1] - errors.rho[0]
        assert errors.exact_best == pytest.approx(errors.rho[errors.exact.argmin()], abs=step)
        assert errors.euler.min() == errors.euler[errors.rho == errors.euler_best].item()

    def test_the_predicted_best_is_at_the_threshold_at_T(self, errors):
        on_time = brentq(lambda rho: toy.escape_time(rho * toy.r_star(100), 10) - 100, 0.9, 1.1, xtol=1e-14)
        assert errors.exact_predicted == pytest.approx(on_time, rel=1e-7)

    def test_the_delay_is_how_much_later_euler_crosses_the_threshold(self, errors):
        """Euler's crossing, counted step by step, less the half step by which the sum reads ahead."""
        late = []
        for r in np.linspace(0.45, 0.55, 21) * toy.r_star(100):
            x, steps = 0.0, 0
            while x < 10:
                x, steps = x + 0.1 * (x * x + r), steps + 1
            late.append(0.1 * (steps - 1) - toy.escape_time(r, 10))
        assert errors.euler_delay == pytest.approx(np.mean(late), abs=0.05)
        assert errors.euler_delay == errors.delay[3] and errors.euler_delay_predicted == errors.predicted[3]

    def test_the_prediction_is_eq_b8_and_the_delay_comes_to_it(self, errors):
        r = np.linspace(0.45, 0.55, 101) * toy.r_star(100)
        np.testing.assert_allclose(errors.predicted / errors.dt, (np.mean(np.log((100 + r) / r)) - 1) / 2, rtol=1e-12)
        assert errors.delay[-1] == pytest.approx(errors.predicted[-1], rel=0.05)

    def test_the_order_is_the_power_of_the_time_step(self, errors):
        assert replace(errors, delay=3 * errors.dt**1.7).euler_order == pytest.approx(1.7)

    def test_a_switch_is_all_stairs_and_a_soft_output_has_none(self, errors):
        def stairs(c):
            return replace(errors, settings=replace(errors.settings, c_of_stairs=c)).stairs

        assert stairs(0.1) < 0.02  # flat at its minimum alone
        assert stairs(1e9) == pytest.approx(1, abs=0.1)
        assert 0.5 < errors.stairs < 0.9

    @pytest.mark.parametrize("slope, share", [(0.0049, 1), (-0.0049, 1), (0.0051, 0)])
    def test_flat_is_less_than_a_hundredth_of_the_slope_of_a_switch(self, errors, slope, share):
        class Ramp(EulerDelay):
            def losses(self, rho, c, dt):
                return self.T * slope * rho, None

        assert replace(errors, settings=Ramp()).stairs == share

    def test_the_factor_is_the_ratio_of_the_curves_at_r_star(self, errors):
        at = np.argmin(np.abs(errors.rho - 1))
        assert errors.euler_factor == pytest.approx(errors.euler[at] / errors.exact[at], rel=1e-6)


class TestSlopeByConfidence:
    @staticmethod
    def by_hand(c):
        """Eq. (B9) at r = 0, without its factor T²."""
        s = 1 / (1 + np.exp(10 * c))
        return c * s * (1 - s) * (3 - 4 * s)

    def test_the_sizes_are_the_gradients_in_units_of_T_over_r_star(self, slopes):
        assert slopes.size.shape == (3, 161) and (slopes.c[0], slopes.c[-1]) == pytest.approx((1e-3, 10))
        np.testing.assert_allclose(slopes.size[1], self.by_hand(slopes.c) * 100 * toy.r_star(100), rtol=1e-11)

    def test_the_best_product_and_the_gain_are_those_of_the_slope_by_hand(self, slopes):
        c = np.linspace(0.01, 1, 100_001)
        assert slopes.best_product == pytest.approx(10 * c[np.argmax(self.by_hand(c))], abs=1e-3)
        assert slopes.gain == pytest.approx(self.by_hand(0.1) / self.by_hand(1.0), rel=1e-12)

    def test_descent_in_steps_ten_times_smaller_leaves_the_zone_in_ten_times_as_many_epochs(self, slopes):
        r, epochs = 0.0, 0
        while r < toy.r_star(100) / 4:
            r, epochs = r - 1e-11 * toy.finite_gradient(r, 100, c=0.1, x_star=10), epochs + 1
        assert slopes.leave_low == pytest.approx(epochs / 10, rel=1e-3)
        r = np.linspace(0, toy.r_star(100) / 4, 2001)
        pace = -1e10 / toy.finite_gradient(r, 100, c=1.0, x_star=10)
        assert slopes.leave_high == pytest.approx(np.trapezoid(pace, r), rel=1e-4)

    def test_the_lower_confidence_is_the_steeper_one_and_not_the_other_way_round(self, slopes):
        assert slopes.steeper_everywhere is True
        turned = replace(slopes, settings=replace(slopes.settings, compared=(1.0, 0.1)))
        assert turned.steeper_everywhere is False

        class WrongWay(SlopeByConfidence):
            def slope(self, r, c):
                return np.full_like(r, 1 / c)

        assert replace(slopes, settings=WrongWay()).steeper_everywhere is False
        assert turned.leave_low == slopes.leave_high and turned.gain == pytest.approx(1 / slopes.gain)
