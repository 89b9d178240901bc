"""The toy model in closed form, Eqs. (2) and (6)–(15), and its descent: against SymPy, quadrature, definitions."""

import math
import warnings

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from ghostlib import toy


DELAYS = st.floats(1e-3, 1e4)
R, TIME, DELAY, RATE = sp.symbols("r t T alpha", positive=True)
BEST = sp.pi**2 / (4 * DELAY**2)


def heaviside_loss(r, T):
    """Eq. (1) with the output of Eq. (6), by quadrature: nothing but the escape time goes in."""
    escape = quad(lambda x: 1 / (x * x + r), 0, np.inf)[0] if r > 0 else np.inf
    return quad(lambda t: (float(t > escape) - float(t > T)) ** 2, 0, 2 * T, points=sorted({T, min(escape, 2 * T)}))[0]


class TestFlow:
    def test_the_flow_is_a_parabola_lifted_by_r(self):
        np.testing.assert_array_equal(toy.flow([[0.0], [2.0], [-2.0]], [-1.0, 0.5]), [[-1, 0.5], [3, 4.5], [3, 4.5]])
        assert toy.flow(np.inf, -1) == np.inf

    def test_the_flow_vanishes_at_the_fixed_points_and_decreases_only_through_the_stable_one(self):
        r = -np.logspace(-6, 6, 25)
        stable, unstable = toy.fixed_points(r)
        for point, direction in ((stable, -1), (unstable, 1)):
            np.testing.assert_allclose(toy.flow(point, r) / r, 0, atol=1e-15)
            assert np.all(direction * (toy.flow(point + 1e-4, r) - toy.flow(point - 1e-4, r)) > 0)

    def test_fixed_points_meet_at_zero_and_are_nan_beyond(self):
        stable, unstable = toy.fixed_points([-4.0, 0.0, 1e-300])
        np.testing.assert_array_equal(stable, [-2, 0, np.nan])
        np.testing.assert_array_equal(unstable, [2, 0, np.nan])


class TestTrajectory:
    def test_eq_7_is_what_sympy_finds(self):
        x = sp.Function("x")
        solution = sp.dsolve(sp.Eq(x(TIME).diff(TIME), x(TIME) ** 2 + R), x(TIME), ics={x(0): 0}).rhs
        for r in (1e-4, 0.3, 7.0):
            for share in (0, 0.1, 0.5, 0.99):
                t = share * math.pi / 2 / math.sqrt(r)
                assert toy.trajectory(t, r) == pytest.approx(float(solution.subs({R: r, TIME: t})), rel=1e-12)

    def test_below_zero_the_solution_is_a_hyperbolic_tangent(self):
        x = -sp.sqrt(R) * sp.tanh(sp.sqrt(R) * TIME)
        assert sp.simplify(x.diff(TIME) - (x**2 - R)) == 0 and x.subs(TIME, 0) == 0
        for r, t in ((1e-4, 3.0), (0.3, 1.0), (7.0, 50.0)):
            assert toy.trajectory(t, -r) == pytest.approx(float(x.subs({R: r, TIME: t})), rel=1e-14)

    @pytest.mark.parametrize("r", [-2.0, -1e-3, 0.0, 1e-3, 2.0])
    def test_it_solves_the_initial_value_problem(self, r):
        times = np.linspace(0, min(0.95 * toy.escape_time(r), 60), 30)
        numeric = solve_ivp(lambda t, x: x * x + r, (0, times[-1]), [0], t_eval=times, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(toy.trajectory(times, r), numeric.y[0], rtol=1e-8, atol=1e-12)

    def test_it_goes_through_r_equal_zero_without_a_jump(self):
        np.testing.assert_array_equal(toy.trajectory([0, 1, 1e6], 0.0), 0)
        tiny = np.array([-1e-12, 1e-12])
        np.testing.assert_allclose(toy.trajectory(3.0, tiny), 3 * tiny, rtol=1e-10)

    def test_it_is_infinite_from_the_escape_on(self):
        r = np.logspace(-8, 8, 17)
        escape = toy.escape_time(r)
        assert np.all(np.isfinite(toy.trajectory(escape * (1 - 1e-9), r)))
        assert np.all(np.isinf(toy.trajectory(escape * (1 + 1e-9), r)))
        assert np.all(np.isinf(toy.trajectory(1e9, r)))

    def test_it_rests_in_the_stable_fixed_point(self):
        assert toy.trajectory(1e6, -4.0) == toy.fixed_points(-4.0).stable


class TestEscapeTime:
    def test_it_is_the_integral_of_dx_over_the_flow(self):
        x = sp.symbols("x", positive=True)
        until = sp.integrate(1 / (x**2 + R), (x, 0, TIME))
        assert sp.simplify(sp.limit(until, TIME, sp.oo) - sp.pi / (2 * sp.sqrt(R))) == 0
        for r, x_star in ((1e-4, 10.0), (0.3, 1e-3), (7.0, 1e6)):
            assert toy.escape_time(r, x_star) == pytest.approx(float(until.subs({R: r, TIME: x_star})), rel=1e-14)
            assert toy.escape_time(r) == pytest.approx(quad(lambda x, r=r: 1 / (x * x + r), 0, np.inf)[0], rel=1e-9)

    @given(st.floats(1e-6, 1e3), st.floats(1e-3, 1e3))
    def test_it_inverts_the_trajectory(self, r, x_star):
        assert toy.trajectory(toy.escape_time(r, x_star), r) == pytest.approx(x_star, rel=1e-12 * (1 + x_star / r**0.5))

    def test_nothing_escapes_at_or_below_zero(self):
        assert np.all(np.isinf(toy.escape_time([-1.0, -1e-300, 0.0], [[1.0], [np.inf]])))

    def test_the_bottleneck_costs_one_over_root_r(self):
        assert toy.escape_time(1e-6) / toy.escape_time(4e-6) == pytest.approx(2, rel=1e-15)


class TestLoss:
    def test_at_r_star_the_state_escapes_at_T_exactly(self):
        T = np.logspace(-2, 4, 13)
        np.testing.assert_allclose(toy.escape_time(toy.r_star(T)), T, rtol=1e-15)
        np.testing.assert_allclose(toy.loss(toy.r_star(T), T) / T, 0, atol=1e-15)

    def test_r_star_for_the_paper_is_2467_in_ten_million(self):
        assert toy.r_star(100) == pytest.approx(2.4674011002723397e-4, rel=1e-15)

    def test_eqs_8_to_12_follow_case_by_case(self):
        escape = sp.pi / (2 * sp.sqrt(R))
        never, always = sp.Integer(0), sp.Integer(1)

        def squares(*pieces):
            """Eq. (8): the integral of (output − target)² over pieces (from, to, output, target)."""
            return sum(sp.integrate((on - target) ** 2, (TIME, a, b)) for a, b, on, target in pieces)

        early = squares((0, escape, never, 0), (escape, DELAY, always, 0), (DELAY, 2 * DELAY, always, 1))
        late = squares((0, DELAY, never, 0), (DELAY, escape, never, 1), (escape, 2 * DELAY, always, 1))
        silent = squares((0, DELAY, never, 0), (DELAY, 2 * DELAY, never, 1))
        for T in (0.5, 100.0):
            r_star = float(BEST.subs(DELAY, T))
            for case, shares in ((early, (1, 1.5, 900)), (late, (0.2500001, 0.6, 0.9999)), (silent, (0.2499999, 0.01))):
                for share in shares:
                    value = float(case.subs({R: share * r_star, DELAY: T}))
                    assert toy.loss(share * r_star, T) == pytest.approx(value, rel=1e-13, abs=1e-14 * T)

    @given(st.floats(-3, 50), st.floats(0.1, 1000))
    def test_it_is_the_integral_of_eq_1(self, share, T):
        r = share * (math.pi / 2 / T) ** 2
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a jump close to a limit makes quad complain of its own accuracy
            expected = heaviside_loss(r, T)
        assert toy.loss(r, T) == pytest.approx(expected, rel=1e-6, abs=1e-6 * T)

    @given(st.floats(-3, 50), DELAYS, st.floats(0.01, 100))
    def test_time_has_no_scale_of_its_own(self, share, T, s):
        r = share / T**2
        if not math.isclose(share, math.pi**2 / 16, rel_tol=1e-12):
            assert toy.loss(r / s**2, s * T) == pytest.approx(s * toy.loss(r, T), rel=1e-12, abs=1e-13 * s * T)

    def test_it_is_T_in_the_no_learning_zone_and_towards_infinity(self):
        edge = math.pi**2 / 16 / 100**2
        np.testing.assert_array_equal(toy.loss([-1e9, -1.0, 0.0, 1e-300, np.nextafter(edge, 0)], 100), 100)
        assert toy.loss(edge, 100) == pytest.approx(100, rel=1e-14)
        assert toy.loss(1e12, 100) == pytest.approx(100, rel=1e-7)


class TestGradient:
    def test_eq_13_is_the_derivative_of_each_case(self):
        late, early = sp.pi / (2 * sp.sqrt(R)) - DELAY, DELAY - sp.pi / (2 * sp.sqrt(R))
        T = 100.0
        for case, shares in ((late, (0.2500001, 0.5, 0.9999)), (early, (1.0001, 3, 1e4))):
            for share in shares:
                r = share * math.pi**2 / 4 / T**2
                assert toy.gradient(r, T) == pytest.approx(float(case.diff(R).subs({R: r, DELAY: T})), rel=1e-14)

    @given(st.floats(-3, 50), DELAYS)
    def test_it_is_the_slope_of_the_loss(self, share, T):
        r_star = (math.pi / 2 / T) ** 2
        step = 1e-6 * r_star
        if min(abs(share - 1), abs(share - 0.25)) > 1e-5:
            slope = (toy.loss(share * r_star + step, T) - toy.loss(share * r_star - step, T)) / (2 * step)
            assert toy.gradient(share * r_star, T) == pytest.approx(slope, rel=1e-6, abs=1e-6 * T / r_star)

    def test_gradient_jumps_by_4T3_over_pi2_at_the_minimum(self):
        T = 100.0
        late, early = sp.pi / (2 * sp.sqrt(R)) - DELAY, DELAY - sp.pi / (2 * sp.sqrt(R))
        left, right = (sp.simplify(case.diff(R).subs(R, BEST)) for case in (late, early))
        assert sp.simplify(right - left - 4 * DELAY**3 / sp.pi**2) == 0
        sides = toy.gradient_at_minimum(T)
        assert sides.left == pytest.approx(float(left.subs(DELAY, T)), rel=1e-15)
        assert sides.right == pytest.approx(float(right.subs(DELAY, T)), rel=1e-15)

    def test_its_limits_at_the_minimum_are_what_it_is_close_by(self):
        T = np.logspace(-2, 4, 13)
        left, right = toy.gradient_at_minimum(T)
        np.testing.assert_allclose(toy.gradient(toy.r_star(T) * (1 - 1e-12), T), left, rtol=1e-11)
        np.testing.assert_allclose(toy.gradient(toy.r_star(T) * (1 + 1e-12), T), right, rtol=1e-11)

    def test_its_limits_are_the_slope_of_the_escape_time(self):
        # t* ∝ r^(−1/2) and t* = T at the minimum, so that dt*/dr = −T / 2r*.
        left, right = toy.gradient_at_minimum(100)
        assert -left == right == pytest.approx(100 / (2 * 2.4674011002723397e-4), rel=1e-14)

    def test_at_the_two_kinks_it_is_zero_and_the_value_from_the_right(self):
        T = np.logspace(-2, 4, 13)
        np.testing.assert_array_equal(toy.gradient(toy.r_star(T), T), 0)
        edge = toy.r_star(T) / 4
        np.testing.assert_allclose(toy.gradient(edge, T), -16 * T**3 / math.pi**2, rtol=1e-14)
        np.testing.assert_array_equal(toy.gradient(np.nextafter(edge, 0), T), 0)

    def test_it_is_exactly_zero_in_the_no_learning_zone(self):
        np.testing.assert_array_equal(toy.gradient([-1e9, -1e-300, 0.0, 1e-300, 6e-5], 100), 0)


class TestCriticalRate:
    def test_eq_15_solves_for_a_step_from_the_minimum_to_the_point_of_no_return(self):
        slope = (DELAY - sp.pi / (2 * sp.sqrt(R))).diff(R).subs(R, BEST)
        (critical,) = sp.solve(sp.Eq(RATE * slope, sp.Rational(3, 4) * BEST), RATE)
        for T in (0.5, 20.0, 100.0):
            assert toy.alpha_star(T) == pytest.approx(float(critical.subs(DELAY, T)), rel=1e-14)

    def test_a_step_at_alpha_star_goes_from_just_above_r_star_to_r_star_over_4(self):
        T = np.logspace(-2, 4, 13)
        landed = toy.step(toy.r_star(T) * (1 + 1e-13), toy.alpha_star(T), T)
        np.testing.assert_allclose(landed, toy.r_star(T) / 4, rtol=1e-11)

    def test_for_the_paper_it_is_roughly_9e_minus_10(self):
        assert toy.alpha_star(100) == pytest.approx(9.132102284437727e-10, rel=1e-14)
        assert toy.alpha_star(100) == pytest.approx(9e-10, rel=0.02)


class TestDescent:
    @given(st.floats(-2, 20), st.floats(0.01, 3), DELAYS)
    def test_T_drops_out(self, rho, a, T):
        if min(abs(rho - 1), abs(rho - 0.25)) > 1e-9:
            moved = toy.step(rho * toy.r_star(T), a * toy.alpha_star(T), T) / toy.r_star(T)
            assert moved == pytest.approx(toy.rescaled_step(rho, a), rel=1e-12, abs=1e-12 * max(1, a))

    @given(st.floats(-2, 20), st.floats(1e-12, 1e-8), st.floats(50, 200))
    def test_a_step_is_alpha_times_the_gradient_down(self, rho, alpha, T):
        r = rho * toy.r_star(T)
        assert toy.step(r, alpha, T) == r - alpha * toy.gradient(r, T)

    def test_compiled_it_is_the_numpy_line_to_the_last_bit(self):
        random = np.random.default_rng(1)
        T = random.uniform(1, 200, (40, 1))
        r = toy.r_star(T) * random.uniform(-0.5, 12, (40, 1))
        alpha = toy.alpha_star(T) * np.array([0.01, 0.3, 0.9, 1.0, 1.01, 1.5, 30.0])
        run = toy.descend(r, alpha, T, 400)
        for epoch in range(401):
            np.testing.assert_array_equal(run.r[..., epoch], np.broadcast_to(r, alpha.shape))
            r = toy.step(r, alpha, T)
        np.testing.assert_array_equal(run.loss, toy.loss(run.r, T[..., None]))

    def test_every_thins_the_record_and_the_last_partial_stretch_is_not_recorded(self):
        full = toy.descend(2.5e-3, [1e-10, 1e-9], 100, 1000)
        assert full.r.shape == full.loss.shape == (2, 1001)
        for every in (1, 7, 1000):
            thin = toy.descend(2.5e-3, [1e-10, 1e-9], 100, 1000, every=every)
            np.testing.assert_array_equal(thin.r, full.r[:, ::every])
            np.testing.assert_array_equal(thin.loss, full.loss[:, ::every])
        assert toy.descend(2.5e-3, 1e-10, 100, 5, every=10).r.tolist() == [2.5e-3]
        assert toy.descend(2.5e-3, 1e-10, 100, 0).r.tolist() == [2.5e-3]

    def test_r0_alpha_and_T_broadcast(self):
        run = toy.descend(np.full((4, 1, 1), 1e-3), np.full((3, 1), 1e-10), [50, 100], 10)
        assert run.r.shape == run.loss.shape == (4, 3, 2, 11)
        assert toy.descend(np.empty((0, 3)), 1e-10, 100, 10).r.shape == (0, 3, 11)

    def test_what_is_below_the_point_of_no_return_stays_for_ever(self):
        starts = np.array([-5.0, 0.0, 1e-300, np.nextafter(toy.r_star(100) / 4, 0)])
        run = toy.descend(starts, 1e-3, 100, 50)
        np.testing.assert_array_equal(run.r, np.repeat(starts[:, None], 51, axis=1))
        np.testing.assert_array_equal(run.loss, 100)

    def test_a_run_at_the_minimum_rests_and_one_at_the_point_of_no_return_leaves(self):
        best = toy.r_star(100)
        run = toy.descend([best, best / 4], 1e-10, 100, 50)
        assert np.all(run.r[0] == best) and np.all(run.r[1, 1:] > best / 4)

    def test_learning_takes_the_time_that_the_continuous_descent_needs(self):
        # dr/dn = −α π/4 r^(−3/2) from 10 r* to r*: n = (10^(5/2) − 1) r*^(5/2) · 8/(5π α), 1535 for α = 1e-10.
        best, alpha = math.pi**2 / 4 / 100**2, 1e-10
        expected = (10**2.5 - 1) * best**2.5 * 8 / (5 * math.pi * alpha)
        run = toy.descend(10 * best, alpha, 100, 3000)
        learned = np.argmax(run.r < best)
        assert learned == pytest.approx(expected, rel=2e-3)
        assert learned == pytest.approx(1500, rel=0.03)  # the paper: around epoch 1500
        assert np.all(run.r > 0)  # no bifurcation on the way
        assert np.all(run.loss[learned:] < 5) and run.loss[learned - 300] > 30

    def test_above_alpha_star_the_paper_s_run_is_caught(self):
        run = toy.descend(10 * toy.r_star(100), 1e-9, 100, 3000)
        assert run.r[-1] < toy.r_star(100) / 4 and run.loss[-1] == 100


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: toy.r_star(0), "T must be > 0, got 0"),
        (lambda: toy.r_star([1, -2.5]), "T must be > 0, got -2.5"),
        (lambda: toy.alpha_star(np.nan), "T must be a number, got nan"),
        (lambda: toy.alpha_star(np.inf), "T must be finite, got inf"),
        (lambda: toy.gradient_at_minimum(-1), "T must be > 0, got -1"),
        (lambda: toy.flow(np.nan, 1), "x must be a number, got nan"),
        (lambda: toy.flow(1, np.inf), "r must be finite, got inf"),
        (lambda: toy.r_star(1e-70), r"T must be between 1e-60 and 1e\+60, got 1e-70"),
        (lambda: toy.alpha_star([1, 1e61]), r"T must be between 1e-60 and 1e\+60, got 1e\+61"),
        (lambda: toy.r_star("5"), "T must be real numbers, got '5'"),
        (lambda: toy.r_star(10**400), "T must be real numbers, got 1000"),
        (lambda: toy.fixed_points("a"), "r must be real numbers, got 'a'"),
        (lambda: toy.fixed_points(1j), "r must be real numbers, got 1j"),
        (lambda: toy.trajectory(-1, 1), "t must be ≥ 0, got -1"),
        (lambda: toy.trajectory([1, 2], [1, 2, 3]), r"shapes must broadcast .*, got t \(2,\), r \(3,\)"),
        (lambda: toy.escape_time(1, 0), "x_star must be > 0, got 0"),
        (lambda: toy.escape_time(np.nan), "r must be a number, got nan"),
        (lambda: toy.loss(np.nan, 1), "r must be a number, got nan"),
        (lambda: toy.loss(1, 0), "T must be > 0, got 0"),
        (lambda: toy.gradient(np.inf, 1), "r must be finite, got inf"),
        (lambda: toy.step(1, 0, 1), "alpha must be > 0, got 0"),
        (lambda: toy.descend(np.nan, 1, 1, 1), "r0 must be a number, got nan"),
        (lambda: toy.descend(1, np.inf, 1, 1), "alpha must be finite, got inf"),
        (lambda: toy.descend(1, 1, -1, 1), "T must be > 0, got -1"),
        (lambda: toy.descend(1, 1, 1, -1), "epochs must be ≥ 0, got -1"),
        (lambda: toy.descend(1, 1, 1, 1.5), "epochs must be an integer, got 1.5"),
        (lambda: toy.descend(1, 1, 1, [1, 2]), r"epochs must be an integer, got \[1, 2\]"),
        (lambda: toy.descend(1, 1, 1, 1, every=0), "every must be ≥ 1, got 0"),
        (lambda: toy.descend([1, 2], [1, 2, 3], 1, 1), r"got r0 \(2,\), alpha \(3,\), T \(\)"),
    ],
)
def test_bad_input_is_refused_by_name_value_and_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
