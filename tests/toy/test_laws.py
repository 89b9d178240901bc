"""The laws of the descent, held against the runs that they describe, and what chapter 04 says about the cycle."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ghostlib import toy
from ghostlib.toy import laws


@pytest.fixture(scope="module")
def arrivals():
    """Starts, learning rates, and the epoch at which each run is first at or below ρ = 1."""
    rho0, a = np.linspace(1.5, 20, 30)[:, None], np.geomspace(0.02, 1, 20)
    reached = toy.descend_rescaled(rho0, a, 50_000) <= 1
    assert reached[..., -1].any() and reached.any(axis=-1).all()
    return rho0, a, reached.argmax(axis=-1)


class TestPlateau:
    @pytest.mark.parametrize("rho0, a", [(10, 0.1095), (2.5, 0.7), (30, 3.0)])
    def test_it_is_the_time_that_the_differential_equation_takes(self, rho0, a):
        def arrived(n, rho):
            return rho[0] - 1

        arrived.terminal = True
        end = 2 * float(laws.plateau_duration(rho0, a))
        found = solve_ivp(lambda n, rho: -0.75 * a * rho**-1.5, (0, end), [rho0], events=arrived, rtol=1e-9, atol=1e-12)
        assert found.t_events[0][0] == pytest.approx(float(laws.plateau_duration(rho0, a)), rel=1e-7)

    def test_no_run_arrives_before_it(self, arrivals):
        rho0, a, epoch = arrivals
        assert np.all(epoch >= laws.plateau_duration(rho0, a))

    def test_with_the_logarithm_it_is_the_epoch_of_arrival_rounded_up(self, arrivals):
        rho0, a, epoch = arrivals
        late = epoch - laws.plateau_duration_in_steps(rho0, a)
        assert -0.15 < late.min() and late.max() < 1
        assert np.mean(epoch == np.ceil(laws.plateau_duration_in_steps(rho0, a))) > 0.95

    def test_the_glide_solves_the_differential_equation_and_arrives_on_time(self):
        n, h = np.linspace(1, 1500, 50), 1e-2
        rho = laws.rho_on_plateau(n, 10, 0.1095)
        slope = (laws.rho_on_plateau(n + h, 10, 0.1095) - laws.rho_on_plateau(n - h, 10, 0.1095)) / (2 * h)
        np.testing.assert_allclose(slope, -0.75 * 0.1095 * rho**-1.5, rtol=1e-6)
        end = laws.plateau_duration(10, 0.1095)
        assert laws.rho_on_plateau(end * (1 - 1e-12), 10, 0.1095) == pytest.approx(1, rel=1e-6)
        assert np.isnan(laws.rho_on_plateau(end + 1, 10, 0.1095))

    def test_the_glide_is_the_run_to_first_order_in_a(self):
        apart = []
        for a in (0.2, 0.1, 0.05):
            half = int(laws.plateau_duration(5, a) / 2)
            apart.append(abs(toy.descend_rescaled(5, a, half)[-1] - laws.rho_on_plateau(half, 5, a)))
        assert apart[0] / apart[1] == pytest.approx(2, rel=0.05) and apart[1] / apart[2] == pytest.approx(2, rel=0.05)


class TestFloor:
    @pytest.mark.parametrize("a, tolerance", [(0.01, 0.001), (0.05, 0.005), (0.1, 0.01), (0.2, 0.03)])
    def test_it_is_the_mean_loss_of_a_run_that_has_arrived(self, a, tolerance):
        rho = toy.descend_rescaled(1.3, a, 60_000)[10_000:]
        assert np.mean(toy.loss(rho * toy.r_star(1), 1)) == pytest.approx(float(laws.mean_loss(a)), rel=tolerance)

    def test_in_units_of_time_it_is_2_alpha_T6_over_pi4(self):
        T, alpha = 70.0, 3e-11
        assert laws.mean_loss(alpha / toy.alpha_star(T)) * T == pytest.approx(2 * alpha * T**6 / np.pi**4, rel=1e-12)

    def test_floor_times_plateau_does_not_depend_on_the_learning_rate(self):
        a = np.geomspace(0.01, 0.3, 7)
        np.testing.assert_allclose(laws.mean_loss(a) * laws.plateau_duration(10, a), (10**2.5 - 1) / 10, rtol=1e-12)


class TestOscillation:
    @pytest.mark.parametrize("a", [0.03, 0.11, 0.37, 0.8, 1.0])
    def test_a_run_is_below_the_minimum_for_one_epoch_at_a_time(self, a):
        rho = toy.descend_rescaled(np.linspace(1.1, 5, 40), a, 20_000)
        below = rho < 1
        assert below.any() and not np.any(below[:, 1:] & below[:, :-1])

    def test_from_slip_to_slip_it_takes_16_over_9a_epochs(self):
        for a in (0.02, 0.05, 0.11):
            above = toy.descend_rescaled(1.3, a, 40_000)[5000:] > 1
            slips = np.flatnonzero(above[1:] & above[:-1])
            assert np.mean(np.diff(slips)) == pytest.approx(float(laws.slip_interval(a)), rel=0.5 * a)
        assert laws.slip_interval(0.5) == pytest.approx(16 / (9 * 0.5), rel=1e-15)


class TestBeyondTheCycle:
    def test_the_hole_is_six_seventeenths_of_a_minus_1_wide(self):
        for excess in (1e-3, 1e-5):
            edge = 1 + excess * np.array([0.99, 1.01]) * 6 / 17
            assert np.array_equal(toy.rescaled_step(edge, 1 + excess) < 0.25, [True, False])

    def test_no_cycle_attracts_beyond_1_029_as_the_stretch_that_contracts_grows_within_five_epochs(self):
        """Bounds, not samples: the map is monotonic on either side, and its slope is smallest at an end."""
        for a in np.linspace(toy.cycle_limit() * (1 + 1e-9), 16 / 9, 2000)[:-1]:
            low, high = (9 * a / 16) ** 0.4, 1.0
            growth = 1.0
            for _ in range(5):
                sign = 1 if low >= 1 else -1
                assert low >= 1 or high <= 1, f"torn by the kink at a = {a}"
                growth *= np.min(np.abs(1 + sign * 1.125 * a * np.array([low, high]) ** -2.5))
                low, high = sorted(np.array([low, high]) - sign * 0.75 * a * np.array([low, high]) ** -1.5)
                low = max(low, 0.25)  # what is below is trapped
                if growth > 1:
                    break
            assert growth > 1

    def test_beyond_sixteen_ninths_the_map_grows_everywhere(self):
        below = np.linspace(0.25, 1, 1000)
        assert np.all(np.abs(1 - 1.125 * (16 / 9) * below**-2.5) >= 1)

    def test_a_cycle_of_period_4_is_there_beyond_it_and_repels(self):
        assert not toy.cycle(1.5, period=4).attracting

    def test_every_short_interval_of_starts_holds_some_that_are_trapped(self):
        starts = np.linspace(1.1, 12, 50)[:, None] + np.linspace(0, 1e-6, 400)
        assert np.all(toy.final_state(starts, 1.04, 5000).trapped.any(axis=1))

    def test_two_rhythms_attract_just_inside_the_left_edge_of_the_window(self):
        a = 0.412
        end = toy.final_state(np.linspace(0.3, 12, 200), a, 20_000).rho
        on_three = np.abs(end[:, None] - toy.cycle(a).orbit).min(axis=1) < 1e-9
        eight = toy.descend_rescaled(end[~on_three], a, 8)
        assert on_three.any() and not on_three.all()
        np.testing.assert_allclose(eight[:, 8], eight[:, 0], rtol=1e-9)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: laws.plateau_duration(0.9, 1), "rho0 must be ≥ 1, on the long tail, got 0.9"),
        (lambda: laws.plateau_duration(2, 0), "a must be > 0, got 0"),
        (lambda: laws.plateau_duration_in_steps(np.inf, 1), "rho0 must be finite, got inf"),
        (lambda: laws.rho_on_plateau(-1, 2, 1), "epoch must be ≥ 0, got -1"),
        (lambda: laws.rho_on_plateau([1, 2], [2, 3, 4], 1), r"got epoch \(2,\), rho0 \(3,\)"),
        (lambda: laws.slip_interval(0), "a must be > 0, got 0"),
        (lambda: laws.mean_loss(np.nan), "a must be a number, got nan"),
    ],
)
def test_bad_input_is_refused_by_name_value_and_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
