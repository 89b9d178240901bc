"""Every equation of the book has a test, found by its label; here are the table, and proofs that SymPy does alone."""

import re
from itertools import combinations

import pytest
import sympy as sp

from ghostlib.page import ledger


ROOT = ledger.LEDGER.parents[1]
LABEL = re.compile(r"^\$\$ \((eq-\w+)\)$", re.MULTILINE)

ANALYTIC = "tests/toy/test_analytic.py::"
RESCALED = "tests/toy/test_rescaled.py::"
LAWS = "tests/toy/test_laws.py::"
ZONE = "tests/toy/test_zone.py::"
EQUATIONS = "tests/page/test_equations.py::"
RECORDS = "tests/networks/test_records.py::"
ADJOINT = "tests/networks/test_adjoint.py::"
CIRCUIT = "tests/plots/test_circuit.py::"
DIRECTIONS = "tests/dynamics/test_directions.py::TestWhatARankGives::"
PASSAGE = "tests/dynamics/test_passage.py::"
PLANE = "tests/experiments/plane/test_two_dimensions.py::"
OPEN = "tests/experiments/laws/test_laws.py::"
HERE = "tests/page/test_proofs.py::"
CASES = f"{ANALYTIC}TestLoss::test_eqs_8_to_12_follow_case_by_case"
# The tests of the equations, by label.
TESTS = {
    "eq-1": f"{HERE}test_eq_1_is_the_length_of_time_in_which_the_output_is_wrong",
    "eq-2": CASES,
    "eq-3": f"{CIRCUIT}test_eq_4_is_n_times_eq_3_for_any_rates",
    "eq-4": f"{CIRCUIT}test_eq_4_is_n_times_eq_3_for_any_rates",
    "eq-5": f"{HERE}test_eq_5_hears_of_the_rates_through_kappa_alone",
    "eq-6": f"{HERE}test_eq_6_is_the_limit_of_a_confident_output",
    "eq-7": f"{ANALYTIC}TestTrajectory::test_eq_7_is_what_sympy_finds",
    **dict.fromkeys(("eq-8", "eq-9", "eq-10", "eq-11", "eq-12"), CASES),
    "eq-13": f"{ANALYTIC}TestGradient::test_eq_13_is_the_derivative_of_each_case",
    "eq-14": f"{ANALYTIC}TestGradient::test_gradient_jumps_by_4T3_over_pi2_at_the_minimum",
    "eq-15": f"{ANALYTIC}TestCriticalRate::test_eq_15_solves_for_a_step_from_the_minimum_to_the_point_of_no_return",
    "eq-16": f"{HERE}test_eq_16_is_the_flow_far_out",
    "eq-17": f"{HERE}test_eq_17_is_a_step_of_euler_along_eq_3",
    "eq-18": f"{HERE}test_eq_18_is_linear_and_inside_a_sigmoid_it_is_eq_5",
    "eq-19": f"{HERE}test_eq_19_has_no_minor_larger_than_its_rank",
    "eq-B1": f"{HERE}test_eq_b1_has_two_fixed_points_below_zero_and_none_above",
    "eq-B2": f"{ANALYTIC}TestEscapeTime::test_it_is_the_integral_of_dx_over_the_flow",
    "eq-B3": f"{HERE}test_eq_b3_has_no_parameter_left",
    "eq-B4": f"{EQUATIONS}test_a_threshold_saves_less_than_its_inverse",
    "eq-B5": f"{EQUATIONS}test_every_delay_has_its_own_r_star",
    "eq-B6": f"{EQUATIONS}test_a_ghost_on_a_ring_is_passed_in_the_time_of_its_parabola",
    "eq-B7": f"{EQUATIONS}test_every_delay_has_the_same_landscape",
    "eq-B8": f"{EQUATIONS}test_euler_is_late_by_half_a_step_times_the_logarithm_of_the_speeds",
    "eq-B9": f"{EQUATIONS}test_the_slope_at_the_bifurcation_is_known_and_leads_out_of_the_zone",
    "eq-B10": f"{ANALYTIC}TestDescent::test_a_step_is_alpha_times_the_gradient_down",
    "eq-B11": f"{ANALYTIC}TestDescent::test_T_drops_out",
    "eq-B12": f"{RESCALED}TestStep::"
    "test_a_step_is_three_quarters_of_a_at_the_minimum_and_eight_times_that_at_the_point_of_no_return",
    "eq-B13": f"{LAWS}TestPlateau::test_the_glide_solves_the_differential_equation_and_arrives_on_time",
    "eq-B14": f"{LAWS}TestPlateau::test_it_is_the_time_that_the_differential_equation_takes",
    "eq-B15": f"{HERE}test_eq_b15_is_what_is_left_of_the_plateau_when_half_of_the_loss_is_gone",
    "eq-B16": f"{LAWS}TestPlateau::test_with_the_logarithm_it_is_the_epoch_of_arrival_rounded_up",
    "eq-B17": f"{LAWS}TestFloor::test_it_is_the_mean_loss_of_a_run_that_has_arrived",
    "eq-B18": f"{LAWS}TestFloor::test_floor_times_plateau_does_not_depend_on_the_learning_rate",
    "eq-B19": f"{RESCALED}TestCycle::test_it_is_the_root_that_mpmath_finds",
    "eq-B20": f"{RESCALED}TestCycle::test_its_size_grows_as_a_to_the_two_fifths",
    "eq-B21": f"{RESCALED}TestCycle::test_the_multiplier_is_the_slope_of_the_map_applied_once_round",
    "eq-B22": f"{LAWS}TestOscillation::test_from_slip_to_slip_it_takes_16_over_9a_epochs",
    "eq-B23": "tests/networks/test_task.py::"
    "test_loss_of_an_ensemble_keeps_its_leading_axes_and_is_the_sum_of_squares_over_T",
    **dict.fromkeys(("eq-B24", "eq-B25", "eq-B26"), f"{HERE}test_eqs_b24_to_b26_are_one_law"),
    "eq-B27": "tests/experiments/rank_one/test_plateau.py::"
    "test_the_typical_plateau_is_that_of_a_network_that_obeys_its_assumptions",
    "eq-B28": f"{RECORDS}test_n_dimensional_simulation_and_scalar_recursion_are_the_same",
    "eq-B29": f"{HERE}test_eq_b29_is_eq_17_again_and_again",
    "eq-B30": f"{RECORDS}test_slope_and_curvature_are_the_derivatives_of_the_flow",
    "eq-B31": f"{RECORDS}test_slope_and_curvature_are_the_derivatives_of_the_flow",
    "eq-B32": f"{CIRCUIT}test_the_flow_stays_in_its_band_and_meets_the_paper_s_asymptotes",
    "eq-B33": f"{CIRCUIT}test_gradient_of_a_two_step_trial_is_that_of_sympy",
    "eq-B34": f"{HERE}test_eq_b34_is_the_derivative_of_a_step_s_loss",
    "eq-B35": f"{CIRCUIT}test_gradient_of_a_two_step_trial_is_that_of_sympy",
    "eq-B36": f"{ADJOINT}test_loss_and_gradient_are_those_of_autograd_through_all_units",
    "eq-B37": f"{CIRCUIT}test_the_factors_multiply_to_the_derivative_with_respect_to_the_first_state",
    "eq-B38": f"{HERE}test_eq_b38_is_the_output_far_below_its_threshold",
    "eq-B39": f"{CIRCUIT}test_a_push_grows_as_the_speed_does_when_steps_are_short",
    "eq-B40": "tests/dynamics/test_bifurcations.py::test_no_flow_rises_more_steeply_than_the_bound",
    "eq-B41": f"{PASSAGE}test_the_parabola_is_integrated_from_start_to_threshold_and_without_ends",
    "eq-B42": "tests/dynamics/test_sharpness.py::"
    "test_a_step_of_descent_stretches_the_steepest_direction_by_1_minus_alpha_lambda",
    "eq-B43": f"{HERE}test_eq_b43_is_the_way_between_a_tenth_and_nine_tenths_at_one_speed",
    "eq-B44": f"{ZONE}test_the_sensitivity_is_the_derivative_of_the_state_s_integral",
    "eq-B45": f"{ZONE}test_an_undecided_output_has_the_quadrature_s_slope",
    "eq-B46": f"{ZONE}test_a_decided_output_has_the_quadrature_s_slope",
    "eq-B47": f"{ZONE}test_most_signal_comes_through_at_the_best_confidence",
    "eq-B48": "tests/training/test_rules.py::test_a_trained_confidence_follows_pytorchs",
    "eq-B49": f"{HERE}test_eq_18_is_linear_and_inside_a_sigmoid_it_is_eq_5",
    "eq-B50": f"{RECORDS}test_flow_of_low_rank_networks_is_that_of_their_latent_variables",
    "eq-B51": f"{DIRECTIONS}test_at_low_rates_the_epoch_of_learning_is_inverse_to_the_rate",
    "eq-B52": f"{DIRECTIONS}test_a_step_on_the_factors_moves_w_by_eq_b52",
    "eq-B53": f"{DIRECTIONS}test_before_training_w_learns_2k_over_n_times_as_fast",
    "eq-B54": f"{DIRECTIONS}test_eigenvalues_at_full_rank_fill_a_disc_of_radius_one",
    "eq-B60": f"{PLANE}test_the_flow_of_the_plane_is_what_a_small_step_does_to_all_rates",
    "eq-B61": f"{PLANE}test_at_a_ghost_the_flow_is_at_a_right_angle_to_all_that_the_jacobian_reaches",
    "eq-B70": f"{OPEN}test_the_law_of_the_plateau_is_the_forecast_of_a_silent_network",
    **dict.fromkeys(
        ("eq-B71", "eq-B72", "eq-B73", "eq-B74"), f"{OPEN}test_descent_finds_the_critical_rates_of_the_forms"
    ),
    "eq-B75": "tests/experiments/laws/test_valleys.py::test_on_a_walker_s_line_it_is_eq_b75",
}


def unproved(texts, tests):
    """The labels of equations in `texts` without a test, and those of `tests` that label nothing."""
    labels = {label for text in texts for label in LABEL.findall(text)}
    return sorted(labels - tests.keys()), sorted(tests.keys() - labels)


def test_every_labelled_equation_has_a_test_that_exists():
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "book").glob("*.md"))]
    assert sum(text.count("(eq-") for text in texts) == len(TESTS)
    assert unproved(texts, TESTS) == ([], [])
    assert [label for label, test in TESTS.items() if not ledger.exists(test, ROOT)] == []


def test_an_equation_without_a_test_is_found():
    text = "$$\nx\n$$ (eq-7)\n\n$$\ny\n$$ (eq-B99)\n"
    assert unproved([text], {"eq-7": "a", "eq-8": "b"}) == (["eq-B99"], ["eq-8"])


x, y, z, t, r, c, alpha, T = sp.symbols("x y z t r c alpha T", positive=True)
gap, rest = sp.symbols("d e", positive=True)
sigma = sp.Lambda(z, 1 / (1 + sp.exp(-z)))


@pytest.mark.parametrize(
    ("delay", "escape", "loss"),
    [(rest + gap, rest, gap), (rest + gap, rest + 2 * gap, gap), (T, 2 * T + gap, T)],
    ids=["early", "late", "silent"],
)
def test_eq_1_is_the_length_of_time_in_which_the_output_is_wrong(delay, escape, loss):
    output, target = (sp.Piecewise((0, t < on), (1, True)) for on in (escape, delay))
    assert sp.simplify(sp.integrate((output - target) ** 2, (t, 0, 2 * delay)) - loss) == 0


def test_eq_b1_has_two_fixed_points_below_zero_and_none_above():
    state = sp.Symbol("state", real=True)
    assert sp.solveset(state**2 - r, state, sp.Reals) == sp.FiniteSet(-sp.sqrt(r), sp.sqrt(r))
    assert [sp.sign(sp.diff(state**2 - r, state).subs(state, s * sp.sqrt(r))) for s in (-1, 1)] == [-1, 1]
    assert sp.solveset(state**2 + r, state, sp.Reals) == sp.EmptySet


def test_eq_b3_has_no_parameter_left():
    u = sp.Function("u")
    velocity = sp.diff(sp.sqrt(r) * u(sp.sqrt(r) * t), t).doit().subs(sp.sqrt(r) * t, z)
    assert sp.simplify(velocity.doit() / r - u(z).diff(z)).doit() == 0
    assert sp.integrate(1 / (x**2 + 1), (x, 0, sp.oo)) == sp.pi / 2


def test_eq_6_is_the_limit_of_a_confident_output():
    assert [sp.limit(sigma(c * side), c, sp.oo) for side in (-gap, gap)] == [0, 1]


def test_eq_12_is_zero_at_r_star_and_larger_everywhere_else():
    wait, best = sp.pi / (2 * sp.sqrt(r)), sp.pi**2 / (4 * T**2)
    assert sp.solve(wait - T, r) == [best]  # one zero in both of its cases, the same
    assert sp.simplify(sp.diff(wait, r)).is_negative  # so that |T − wait| grows on either side, up to T at r*/4
    assert sp.simplify((wait - T).subs(r, best / 4) - T) == 0
    assert sp.limit(T - wait, r, sp.oo) == T


def test_eq_b15_is_what_is_left_of_the_plateau_when_half_of_the_loss_is_gone():
    rho, start, a = sp.symbols("rho rho_0 a", positive=True)
    half = 4 / (1 + 1 / sp.sqrt(start)) ** 2
    loss = 1 - 1 / sp.sqrt(rho)
    assert sp.simplify(loss.subs(rho, half) - loss.subs(rho, start) / 2) == 0
    epochs = sp.integrate(rho ** sp.Rational(3, 2) * 4 / (3 * a), rho)  # dn = −dρ ρ^(3/2) / (¾ a)
    left, whole = (epochs.subs(rho, far) - epochs.subs(rho, 1) for far in (half, start))
    law = (half ** sp.Rational(5, 2) - 1) / (start ** sp.Rational(5, 2) - 1)
    assert sp.simplify(left / whole - law) == 0


def test_eqs_b24_to_b26_are_one_law():
    e, k, first = sp.symbols("epoch k delta_0", positive=True)
    end = 1 / (alpha * c**2 * k**2 * first)
    gain = first / (1 - e / end)
    slope = c * k * gain
    assert sp.simplify(sp.diff(gain, e) - alpha * slope**2) == 0
    assert gain.subs(e, 0) == first
    assert sp.simplify(gain / (alpha * slope**2) - (end - e)) == 0  # Eq. (B26), from any epoch on


def test_eq_17_is_a_step_of_euler_along_eq_3():
    rates, b = (sp.Matrix(sp.symbols(f"{name}1:3", real=True)) for name in "xb")
    W, (tau, step, delta) = sp.Matrix(2, 2, sp.symbols("w:4")), sp.symbols("tau Dt Delta", positive=True)
    driven = (W * rates + b).applyfunc(sp.tanh)
    euler = (rates + step * (driven - rates) / tau).subs(step, delta * tau)
    assert (euler - (1 - delta) * rates - delta * driven).expand().is_zero_matrix


def test_eq_b29_is_eq_17_again_and_again():
    delta, start = sp.symbols("Delta x_0")
    driven = sp.symbols("phi:5")
    rate = start
    for steps, now in enumerate(driven, start=1):
        rate = (1 - delta) * rate + delta * now
        echo = sum((1 - delta) ** (steps - 1 - s) * driven[s] for s in range(steps))
        assert sp.expand(rate - (1 - delta) ** steps * start - delta * echo) == 0


def test_eq_5_hears_of_the_rates_through_kappa_alone():
    rates, n = (sp.symbols(f"{name}1:4", real=True) for name in "xn")
    output = sigma(c * (sum(a * b for a, b in zip(n, rates, strict=True)) - y))
    for rate, weight in zip(rates, n, strict=True):
        assert sp.simplify(sp.diff(output, rate) - c * output * (1 - output) * weight) == 0
    assert sigma(c * (x - y)).subs(x, y) == sp.Rational(1, 2)


def test_eq_16_is_the_flow_far_out():
    kappa, b = sp.symbols("kappa b", real=True)
    up, down, *n = sp.symbols("m_1 m_2 n_1 n_2", positive=True)
    fed = n[0] * sp.tanh(up * kappa + b) + n[1] * sp.tanh(-down * kappa + b)
    for side, sign in ((sp.oo, 1), (-sp.oo, -1)):
        assert sp.simplify(sp.limit(fed.rewrite(sp.exp), kappa, side) - sign * (n[0] - n[1])) == 0


def test_eq_18_is_linear_and_inside_a_sigmoid_it_is_eq_5():
    rates, w, n = (sp.Matrix(sp.symbols(f"{name}1:4", real=True)) for name in "xwn")
    output = (w.T * rates)[0] + sp.Symbol("b_out")
    assert sp.Matrix([output]).jacobian(rates) == w.T
    assert sp.hessian(output, list(rates)).is_zero_matrix
    kappa = (n.T * rates)[0]
    same = output.subs({**dict(zip(w, c * n, strict=True)), sp.Symbol("b_out"): -c * y})
    assert sp.simplify(sigma(same) - sigma(c * (kappa - y))) == 0


@pytest.mark.parametrize("rank", [1, 2])
def test_eq_19_has_no_minor_larger_than_its_rank(rank):
    W = sp.Matrix(3, rank, sp.symbols("m:9")[: 3 * rank]) * sp.Matrix(rank, 3, sp.symbols("n:9")[: 3 * rank])
    lines = [list(chosen) for chosen in combinations(range(3), rank + 1)]
    minors = [W.extract(i, j).det() for i in lines for j in lines]
    assert len(minors) == (9 if rank == 1 else 1) and all(sp.expand(minor) == 0 for minor in minors)


def test_eq_b34_is_the_derivative_of_a_step_s_loss():
    kappa, target = sp.symbols("kappa target", real=True)
    output = sigma(c * (kappa - y))
    by_hand = 2 / T * (output - target) * c * output * (1 - output)
    assert sp.simplify(sp.diff((output - target) ** 2 / T, kappa) - by_hand) == 0


def test_eq_b38_is_the_output_far_below_its_threshold():
    assert sp.limit(sigma(-z) / sp.exp(-z), z, sp.oo) == 1


def test_eq_b43_is_the_way_between_a_tenth_and_nine_tenths_at_one_speed():
    speed, tau = sp.symbols("f tau", positive=True)
    place = sp.Symbol("place", real=True)
    edges = [sp.solve(sigma(c * place) - sp.Rational(share, 10), place)[0] for share in (1, 9)]
    assert sp.simplify((edges[1] - edges[0]) * tau / speed - 2 * sp.log(9) / (c * speed) * tau) == 0
