"""Finite confidence and threshold: the quadrature against mpmath, closed forms and limits; Euler against it."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghostlib import toy


BEST = np.pi**2 / 4 / 100**2  # r* for T = 100

# (r/r*, T, c, x*): both signs of r, each regime, soft and hard outputs, escapes close to T and 2T.
CASES = [
    (-4.0, 100.0, 0.1, 10.0),
    (-0.3, 1.0, 3.0, 0.5),
    (-300.0, 20.0, 0.5, 1.0),
    (1e-5, 100.0, 1.0, 10.0),
    (0.2, 100.0, 0.01, 10.0),
    (0.2501, 100.0, 1.0, 10.0),
    (0.6, 100.0, 0.1, 10.0),
    (0.6, 3.0, 50.0, 2.0),
    (1.0, 100.0, 1.0, 10.0),
    (1.002, 100.0, 10.0, 10.0),
    (1.5, 0.7, 0.002, 0.1),
    (40.0, 1000.0, 1.0, 3.0),
]


def reference(r, T, c, x_star):
    """Loss and gradient by mpmath: Eq. (1) in time, with cuts around the crossing of x* and around both ends."""
    with mp.workdps(20):
        r, T, c, x_star = (mp.mpf(float(v)) for v in (r, T, c, x_star))
        root = mp.sqrt(abs(r))
        escape = mp.pi / 2 / root if r > 0 else mp.inf

        def when(x):
            return mp.atan(x / root) / root if r > 0 else mp.inf

        def state(t):
            angle = root * t
            if r > 0:
                return root * mp.tan(angle), mp.tan(angle) / (2 * root) + t / 2 / mp.cos(angle) ** 2
            return -root * mp.tanh(angle), mp.tanh(angle) / (2 * root) + t / 2 / mp.cosh(angle) ** 2

        def integrand(t, target):
            x, sensitivity = state(t)
            on, off = 1 / (1 + mp.exp(-c * (x - x_star))), 1 / (1 + mp.exp(c * (x - x_star)))
            error = on if target == 0 else -off
            return error**2, 2 * c * error * on * off * sensitivity

        def complex_pair(loss, gradient, size):
            return mp.mpc(loss, gradient / size)

        cuts = {mp.mpf(0), T, 2 * T, escape}
        cuts |= {when(x_star + s * mp.mpf(2) ** k / c) for k in range(-1, 8) for s in (-1, 0, 1)}
        cuts |= {when(root * mp.mpf(2) ** k) for k in range(14)}
        cuts |= {end - T * mp.mpf(2) ** -k for end in (T, 2 * T) for k in range(9)} | {T + T / 2**k for k in range(9)}
        cuts = sorted(cut for cut in cuts if 0 <= cut <= 2 * T)
        loss = gradient = mp.mpf(0)
        for a, b in zip(cuts, cuts[1:], strict=False):
            target = int((a + b) / 2 > T)
            if a >= escape:
                loss += (b - a) * (1 - target)
            else:
                # The gradient may be as small as exp(−c x*), so it is measured against its own size on the stretch.
                size = max(abs(integrand(t, target)[1]) for t in (a, (a + b) / 2, (a + 9 * b) / 10)) or mp.mpf(1)
                both = mp.quad(lambda t, target=target, size=size: complex_pair(*integrand(t, target), size), [a, b])
                loss += both.real
                gradient += size * both.imag
        return float(loss), float(gradient)


@pytest.mark.parametrize("share, T, c, x_star", CASES)
def test_loss_and_gradient_are_what_mpmath_finds(share, T, c, x_star):
    r = share * np.pi**2 / 4 / T**2
    loss, gradient = reference(r, T, c, x_star)
    # Near the minimum the loss is a small difference of times, which are rounded to T ε.
    assert toy.finite_loss(r, T, c=c, x_star=x_star) == pytest.approx(loss, rel=1e-13, abs=2e-15 * T)
    assert toy.finite_gradient(r, T, c=c, x_star=x_star) == pytest.approx(gradient, rel=1e-12)


class TestClosedForms:
    @given(st.floats(0.1, 1000), st.floats(1e-3, 30), st.floats(0.01, 20))
    def test_at_r_zero_the_state_stays_and_both_are_elementary(self, T, c, x_star):
        on, off = 1 / (1 + np.exp(c * x_star)), 1 / (1 + np.exp(-c * x_star))
        assert toy.finite_loss(0, T, c=c, x_star=x_star) == pytest.approx(T * (on**2 + off**2), rel=1e-13)
        slope = c * on * off * T**2 * (on - 3 * off)
        assert toy.finite_gradient(0, T, c=c, x_star=x_star) == pytest.approx(slope, rel=1e-12)

    @pytest.mark.parametrize("share", [-2.0, 0.0, 0.1, 0.3, 0.9, 1.2, 5.0])
    def test_without_confidence_the_output_is_one_half_until_the_escape(self, share):
        r, T = share * BEST, 100.0
        escape = toy.escape_time(r)
        half = min(escape, 2 * T) / 4 + max(T - escape, 0)
        assert toy.finite_loss(r, T, c=1e-12, x_star=10) == pytest.approx(half, rel=1e-9)

    @pytest.mark.parametrize("share", [-2.0, 0.0, 0.1, 0.3, 0.9, 1.2, 5.0])
    def test_with_full_confidence_it_is_the_time_between_T_and_the_crossing_of_x_star(self, share):
        r, T, x_star = share * BEST, 100.0, 10.0
        crossing = toy.escape_time(r, x_star)
        expected = T if crossing > 2 * T else abs(T - crossing)
        assert toy.finite_loss(r, T, c=1e12, x_star=x_star) == pytest.approx(expected, rel=1e-12)

    def test_with_full_confidence_and_threshold_it_is_the_analytic_loss(self):
        r = BEST * np.array([-3, -1e-3, 0, 1e-3, 0.24, 0.26, 0.5, 0.99, 1.01, 3, 100])
        limit = {"c": 1e6, "x_star": 1e9}
        np.testing.assert_allclose(toy.finite_loss(r, 100, **limit), toy.loss(r, 100), rtol=1e-7)
        np.testing.assert_allclose(toy.finite_gradient(r, 100, **limit), toy.gradient(r, 100), rtol=1e-7)


class TestShape:
    @given(st.floats(-5, 30), st.floats(1e-2, 30), st.floats(0.1, 30))
    def test_the_gradient_is_the_slope_of_the_loss(self, share, c, x_star):
        r, step = share * BEST, 1e-5 * BEST
        # Richardson: two central differences, their leading errors cancelled.
        sides = toy.finite_loss(r + step * np.array([-2, -1, 1, 2]), 100, c=c, x_star=x_star)
        slope = (sides[0] - 8 * sides[1] + 8 * sides[2] - sides[3]) / (12 * step)
        bend = np.ptp(toy.finite_gradient(r + step * np.array([-3, 0, 3]), 100, c=c, x_star=x_star))
        assert toy.finite_gradient(r, 100, c=c, x_star=x_star) == pytest.approx(
            slope, rel=1e-7, abs=0.1 * bend + 1e-9 * 100 / BEST
        )

    @given(st.floats(-5, 30), st.floats(0.1, 100), st.floats(1e-2, 30), st.floats(0.1, 30), st.floats(0.01, 100))
    def test_time_has_no_scale_of_its_own(self, share, T, c, x_star, s):
        r = share * np.pi**2 / 4 / T**2
        here = toy.finite_loss(r, T, c=c, x_star=x_star)
        there = toy.finite_loss(r / s**2, s * T, c=c * s, x_star=x_star / s)
        floor = 1e-14 * (T + abs(r * toy.finite_gradient(r, T, c=c, x_star=x_star)))
        assert there / s == pytest.approx(here, rel=1e-12, abs=floor)

    @given(st.sampled_from([-1, 1]), st.floats(-12, 8), st.floats(-3, 5), st.floats(-9, 12), st.floats(-6, 12))
    def test_it_is_between_nothing_and_twice_T_and_never_nan(self, sign, log_share, log_T, log_c, log_x):
        T = 10**log_T
        r, limit = sign * 10**log_share / T**2, {"c": 10**log_c, "x_star": 10**log_x}
        assert 0 <= toy.finite_loss(r, T, **limit) <= 2 * T
        assert np.isfinite(toy.finite_gradient(r, T, **limit))

    @pytest.mark.parametrize("c", [0.01, 1.0, 100.0])
    def test_there_is_no_jump_at_r_equal_zero(self, c):
        r = np.array([-1e-18, -1e-300, 0.0, 1e-300, 1e-18])
        np.testing.assert_allclose(toy.finite_loss(r, 100, c=c, x_star=0.1), toy.finite_loss(0, 100, c=c, x_star=0.1))
        slope = toy.finite_gradient(r, 100, c=c, x_star=0.1)
        np.testing.assert_allclose(slope, slope[2], rtol=1e-9)

    def test_low_confidence_opens_a_slope_in_the_no_learning_zone(self):
        r = BEST * np.array([-1, 0, 0.1, 0.2])
        hard, soft = (-toy.finite_gradient(r, 100, c=c, x_star=10) for c in (10.0, 0.1))
        assert np.all(toy.gradient(r, 100) == 0) and np.all(hard * BEST < 1e-30) and np.all(soft * BEST > 0.01)

    def test_arguments_broadcast(self):
        shape = toy.finite_loss(np.zeros((4, 1, 1)), np.ones((3, 1)), c=[1, 2], x_star=1).shape
        assert shape == (4, 3, 2) == toy.finite_gradient(np.zeros((4, 1, 1)), np.ones((3, 1)), c=[1, 2], x_star=1).shape


class TestEuler:
    def test_it_is_the_sum_of_the_paper_s_scheme(self):
        for r in (-2 * BEST, 0.0, 0.7 * BEST, 1.3 * BEST):
            x, total = 0.0, 0.0
            for k in range(1, 2001):
                x = min(x + 0.1 * (x * x + r), 1e6)
                total += 0.1 * (toy.output(x, c=1, x_star=10) - (k > 1000)) ** 2
            assert toy.euler_loss(r, 100, c=1, x_star=10) == pytest.approx(total, rel=1e-12)

    def test_it_goes_to_the_quadrature_in_proportion_to_the_time_step(self):
        r = BEST * np.array([-1, 0.5, 0.8, 1.5, 2.0])
        exact = toy.finite_loss(r, 100, c=0.1, x_star=10)
        errors = [np.abs(toy.euler_loss(r, 100, c=0.1, x_star=10, dt=dt) - exact) for dt in (0.02, 0.01, 0.005)]
        for coarse, fine in zip(errors, errors[1:], strict=False):
            np.testing.assert_allclose(coarse[1:] / fine[1:], 2, rtol=0.05)
        assert np.all(errors[-1] < 0.1)

    def test_its_escape_is_late_so_its_minimum_lies_at_a_larger_r(self):
        r = np.linspace(0.9, 1.1, 2001) * BEST
        exact, euler = (f(r, 100, c=1, x_star=10) for f in (toy.finite_loss, toy.euler_loss))
        # Late: worse than exact where the exact one is too late already, better where it is too early.
        assert r[euler.argmin()] > 1.005 * r[exact.argmin()]
        assert np.all((euler - exact)[r < 0.99 * BEST] > 0) and np.all((euler - exact)[r > 1.02 * BEST] < 0)

    def test_the_clip_keeps_the_escaped_state_finite(self):
        r = np.array([-1e300, -1e10, 1e3, 1e300])
        assert np.all(np.isfinite(toy.euler_loss(r, 10, c=1, x_star=10)))

    def test_T_must_be_a_whole_number_of_steps(self):
        toy.euler_loss(0.1, 0.3, c=1, x_star=1, dt=0.1)
        for T, dt in ((0.25, 0.1), (0.05, 0.1), (100.05, 0.1), (1, 1e-310)):
            with pytest.raises(ValueError, match=f"T must be a whole number of steps dt, got T = {T} and dt = {dt}"):
                toy.euler_loss(0.1, [1, T], c=1, x_star=1, dt=dt)


def test_the_output_is_a_sigmoid_about_the_threshold():
    x = np.linspace(-40, 60, 11)
    np.testing.assert_allclose(toy.output(x, c=0.7, x_star=10), 1 / (1 + np.exp(-0.7 * (x - 10))), rtol=1e-14)
    np.testing.assert_array_equal(toy.output([-np.inf, 10, np.inf], c=0.7, x_star=10), [0, 0.5, 1])


@pytest.mark.parametrize("function", [toy.finite_loss, toy.finite_gradient, toy.euler_loss])
@pytest.mark.parametrize(
    "change, message",
    [
        ({"r": np.nan}, "r must be a number, got nan"),
        ({"T": 0}, "T must be > 0, got 0"),
        ({"T": -3}, "T must be > 0, got -3"),
        ({"c": 0}, "c must be > 0, got 0"),
        ({"c": np.inf}, "c must be finite, got inf"),
        ({"x_star": -1}, "x_star must be > 0, got -1"),
        ({"r": [1, 2], "c": [1, 2, 3]}, r"got r \(2,\), T \(\), c \(3,\), x_star \(\)"),
    ],
)
def test_bad_input_is_refused_by_name_value_and_what_is_allowed(function, change, message):
    arguments = {"r": 1.0, "T": 1.0, "c": 1.0, "x_star": 1.0, **change}
    with pytest.raises(ValueError, match=message):
        function(arguments.pop("r"), arguments.pop("T"), **arguments)


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: toy.finite_loss(1e120, 1, c=1, x_star=1),
            r"r T² must be of a size between 0 and 1e\+100, got 1e\+120",
        ),
        (lambda: toy.finite_loss(1, 1, c=1e-150, x_star=1), r"c/T must be of a size .* got 1e-150"),
        (lambda: toy.finite_gradient(1, 1, c=1, x_star=1e150), r"x_star T must be of a size .* got 1e\+150"),
        (lambda: toy.euler_loss(1, 1, c=1, x_star=1, dt=0), "dt must be > 0, got 0"),
        (lambda: toy.euler_loss(1, 1, c=1, x_star=1, clip=-1), "clip must be > 0, got -1"),
        (lambda: toy.output(np.nan, c=1, x_star=1), "x must be a number, got nan"),
        (lambda: toy.output(1, c=0, x_star=1), "c must be > 0, got 0"),
    ],
)
def test_what_cannot_be_computed_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
