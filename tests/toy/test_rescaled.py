"""The map without units: that it is the descent, who is trapped, and the cycle that catches the others."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghostlib import toy


LIMIT = 1.0290434694296493  # (lowest point of the cycle in y)^(−5/2), by mpmath below


@pytest.fixture(scope="module")
def closed():
    """The orbit y₁ > y₂ > y₃ of y ← y − ¾ sgn y^(−3/2), down, down, up, in 30 digits: closing it is one equation."""
    with mp.workdps(30):

        def orbit(y):
            first = y + mp.mpf(3) / 4 / y ** mp.mpf(1.5)
            second = first - mp.mpf(3) / 4 / first ** mp.mpf(1.5)
            return first, second, second - mp.mpf(3) / 4 / second ** mp.mpf(1.5)

        lowest = mp.findroot(lambda y: orbit(y)[2] - y, (0.9, 1.0), solver="anderson", tol=1e-25)
        return orbit(lowest)


class TestStep:
    def test_a_step_is_three_quarters_of_a_at_the_minimum_and_eight_times_that_at_the_point_of_no_return(self):
        assert toy.rescaled_step(1 + 1e-15, 0.4) == pytest.approx(1 - 0.3, rel=1e-14)
        assert toy.rescaled_step(1 - 1e-15, 0.4) == pytest.approx(1 + 0.3, rel=1e-14)
        assert toy.rescaled_step(0.25, 0.4) == pytest.approx(0.25 + 8 * 0.3, rel=1e-15)

    def test_nothing_moves_at_the_minimum_or_in_the_no_learning_zone(self):
        still = np.array([-1e9, -1.0, 0.0, 1e-300, np.nextafter(0.25, 0), 1.0])
        np.testing.assert_array_equal(toy.rescaled_step(still, 7.0), still)

    @given(st.floats(0.25, 100), st.floats(0.01, 10))
    def test_the_step_goes_towards_the_minimum(self, rho, a):
        assert (toy.rescaled_step(rho, a) - rho) * (1 - rho) >= 0

    @given(st.floats(0.25, 1e3), st.floats(1e-3, 1 - 1e-12))
    def test_below_alpha_star_no_step_reaches_the_no_learning_zone(self, rho, a):
        assert toy.rescaled_step(rho, a) >= 0.25

    @given(st.floats(1 + 1e-6, 10))
    def test_above_alpha_star_some_step_does(self, a):
        assert toy.rescaled_step(np.nextafter(1, 2), a) < 0.25


class TestDescent:
    def test_compiled_it_is_the_numpy_line_to_the_last_bit(self):
        rho = np.random.default_rng(2).uniform(-1, 12, (50, 1))
        a = np.array([0.1, 0.9, 1.01, 1.5])
        run = toy.descend_rescaled(rho, a, 300)
        assert run.shape == (50, 4, 301)
        for epoch in range(301):
            np.testing.assert_array_equal(run[..., epoch], np.broadcast_to(rho, (50, 4)))
            rho = toy.rescaled_step(rho, a)

    def test_every_thins_the_record(self):
        full = toy.descend_rescaled(9.5, 0.9, 1000)
        np.testing.assert_array_equal(toy.descend_rescaled(9.5, 0.9, 1000, every=9), full[::9])
        assert toy.descend_rescaled(np.empty(0), 1.0, 5).shape == (0, 6)


class TestFate:
    def test_it_is_the_end_of_the_recorded_descent(self):
        rho0 = np.random.default_rng(3).uniform(-0.5, 10, (333, 1))
        a = np.array([0.5, 1.02, 1.3])
        run = toy.descend_rescaled(rho0, a, 1500)
        end = toy.final_state(rho0, a, 1500)
        np.testing.assert_array_equal(end.rho, run[..., -1])
        caught = run < 0.25
        np.testing.assert_array_equal(end.epoch, np.where(caught.any(-1), caught.argmax(-1), -1))
        np.testing.assert_array_equal(end.trapped, caught[..., -1])
        assert 0 < end.trapped[:, 1].mean() < 1

    def test_a_run_that_starts_in_the_zone_is_trapped_from_epoch_zero(self):
        end = toy.final_state(0.2, 0.5, 100)
        assert (end.rho, end.epoch, end.trapped) == (0.2, 0, True)

    def test_no_epochs_change_nothing(self):
        assert toy.final_state(9.0, 1.5, 0) == (9.0, -1)
        assert not toy.final_state(0.25, 1.5, 0).trapped and toy.final_state(np.nextafter(0.25, 0), 1.5, 0).trapped


class TestCycle:
    @pytest.mark.parametrize("period", [3, 4, 5, 9])
    @pytest.mark.parametrize("a", [0.85, 1.0, 1.02])
    def test_the_map_carries_the_orbit_round(self, period, a):
        orbit = toy.cycle(a, period).orbit
        assert orbit.shape == (period,) and np.all(np.diff(orbit) < 0)
        np.testing.assert_allclose(toy.rescaled_step(orbit, a), np.roll(orbit, -1), rtol=1e-12)
        assert np.sum(orbit < 1) == 1 and orbit[-1] > 0.25

    def test_it_is_the_root_that_mpmath_finds(self, closed):
        np.testing.assert_allclose(toy.cycle(1.0).orbit, [float(y) for y in closed], rtol=1e-14)
        assert toy.cycle_limit() == pytest.approx(float(closed[2] ** mp.mpf(-2.5)), rel=1e-14)
        assert toy.cycle_limit() == pytest.approx(LIMIT, rel=1e-14)

    def test_its_size_grows_as_a_to_the_two_fifths(self):
        a = np.linspace(0.42, 1.02, 20)
        orbit = toy.cycle(a).orbit
        np.testing.assert_allclose(toy.rescaled_step(orbit, a[:, None]), np.roll(orbit, -1, axis=1), rtol=1e-12)
        np.testing.assert_allclose(np.log(orbit / orbit[0]), np.outer(np.log(a / a[0]), [0.4] * 3), atol=1e-13)

    @pytest.mark.parametrize("period", [3, 4, 7])
    @pytest.mark.parametrize("a", [0.8, 1.01])
    def test_the_multiplier_is_the_slope_of_the_map_applied_once_round(self, period, a):
        found = toy.cycle(a, period)
        ends = found.orbit[0] + 1e-7 * np.array([-1, 1])
        for _ in range(period):
            ends = toy.rescaled_step(ends, a)
        assert found.multiplier == pytest.approx(np.diff(ends)[0] / 2e-7, rel=1e-5)

    def test_a_long_cycle_begins_where_its_lowest_point_comes_in_reach_of_the_gradient(self):
        for period in (4, 7):
            orbit = toy.cycle(toy.cycle_begin(period) * (1 + 1e-9), period).orbit
            assert orbit[-1] == pytest.approx(0.25, rel=1e-8) or orbit[-2] == pytest.approx(1, rel=1e-8)

    def test_period_3_attracts_at_the_rate_exp_minus_0_4077_an_epoch_and_longer_cycles_repel(self):
        assert toy.cycle(1.01).attracting
        assert toy.cycle(1.01).multiplier == pytest.approx(-np.exp(-3 * 0.4077), rel=1e-4)
        assert not any(toy.cycle(1.01, period).attracting for period in range(4, 40))

    def test_nearby_runs_settle_on_it(self):
        orbit = toy.cycle(1.01).orbit
        end = toy.descend_rescaled(orbit[:, None] + [-1e-3, 1e-3], 1.01, 90)[..., -1]
        np.testing.assert_allclose(end, np.broadcast_to(orbit[:, None], (3, 2)), rtol=1e-14)

    @pytest.mark.parametrize("a", [0.42, 0.7, 0.999])
    def test_below_alpha_star_every_sampled_run_ends_on_it_rather_than_at_the_minimum(self, a):
        end = toy.final_state(np.random.default_rng(4).uniform(5, 15, 500), a, 30_000).rho
        distance = np.abs(end[:, None] - toy.cycle(a).orbit).min(axis=1)
        assert distance.max() < 1e-9

    def test_just_above_alpha_star_a_run_is_trapped_or_ends_on_it(self):
        end = toy.final_state(np.random.default_rng(5).uniform(5, 15, 2000), 1.01, 30_000)
        distance = np.abs(end.rho[:, None] - toy.cycle(1.01).orbit).min(axis=1)
        assert np.all(end.trapped | (distance < 1e-9))
        assert 0.2 < end.trapped.mean() < 0.4

    def test_it_ends_where_its_lowest_point_meets_the_minimum(self):
        limit = toy.cycle_limit()
        assert toy.cycle(limit * (1 - 1e-9)).orbit[-1] == pytest.approx(1, rel=1e-9)
        with pytest.raises(ValueError, match=r"a must lie between 0.410313 and 1.02904 .* period 3, got 1.02905"):
            toy.cycle([1.0, 1.02905])
        # Just past it, the point that should go up from below ρ = 1 has come above and goes down, into the zone.
        beyond = limit * (1 + 1e-6)
        assert toy.final_state(beyond**0.4 * toy.cycle(1.0).orbit, beyond, 3).trapped.all()

    def test_beyond_it_every_sampled_run_is_trapped_and_short_of_it_some_are_not(self):
        rho0 = np.random.default_rng(6).uniform(5, 15, 4000)
        assert toy.final_state(rho0, LIMIT + 1e-4, 30_000).trapped.all()
        assert not toy.final_state(rho0, LIMIT - 1e-3, 30_000).trapped.all()

    def test_it_begins_where_its_second_point_meets_the_minimum(self):
        begin = toy.cycle_begin()
        assert begin == pytest.approx(0.4103129, rel=1e-6)
        assert toy.cycle(begin * (1 + 1e-9)).orbit[1] == pytest.approx(1, rel=1e-9)
        with pytest.raises(ValueError, match="got 0.41"):
            toy.cycle(0.41)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: toy.rescaled_step(np.nan, 1), "rho must be a number, got nan"),
        (lambda: toy.rescaled_step(1, 0), "a must be > 0, got 0"),
        (lambda: toy.descend_rescaled(np.inf, 1, 1), "rho0 must be finite, got inf"),
        (lambda: toy.descend_rescaled(1, -1, 1), "a must be > 0, got -1"),
        (lambda: toy.descend_rescaled(1, 1, "1"), "epochs must be an integer, got '1'"),
        (lambda: toy.descend_rescaled(1, 1, 1, every=0), "every must be ≥ 1, got 0"),
        (lambda: toy.final_state([1, 2], [1, 2, 3], 1), r"got rho0 \(2,\), a \(3,\)"),
        (lambda: toy.final_state(1, 1, -1), "epochs must be ≥ 0, got -1"),
        (lambda: toy.cycle(np.nan), "a must be a number, got nan"),
        (lambda: toy.cycle(1, 2), "period must be ≥ 3, got 2"),
        (lambda: toy.cycle(1, [3, 4]), r"period must be an integer, got \[3, 4\]"),
        (lambda: toy.cycle_begin(2), "period must be ≥ 3, got 2"),
        (lambda: toy.cycle_limit(2.5), "period must be an integer, got 2.5"),
    ],
)
def test_bad_input_is_refused_by_name_value_and_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
