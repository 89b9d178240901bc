"""The slope in the no-learning zone by hand, against the quadrature of the whole loss."""

import numpy as np
import pytest
import sympy as sp

from ghostlib import toy
from ghostlib.toy import zone


T, X_STAR = 100.0, 10.0
INSIDE = np.array([-2.0, -0.5, 0.0, 0.1, 0.2]) * float(toy.r_star(T))


def test_the_sensitivity_is_the_derivative_of_the_state_s_integral():
    r, t = sp.symbols("r t", positive=True)
    integral = -sp.log(sp.cos(sp.sqrt(r) * t))
    assert sp.simplify(sp.diff(integral, t) - sp.sqrt(r) * sp.tan(sp.sqrt(r) * t)) == 0  # Eq. (7)
    by_hand = sp.lambdify((r, t), sp.diff(integral, r))
    np.testing.assert_allclose(zone.sensitivity(INSIDE[3:], T), by_hand(INSIDE[3:], T), rtol=1e-12)


def test_the_sensitivity_is_smooth_through_the_bifurcation():
    np.testing.assert_allclose(zone.sensitivity([-1e-12, 0.0, 1e-12], T), T**2 / 2, rtol=1e-7)


def test_an_undecided_output_has_the_quadrature_s_slope():
    exact = toy.finite_gradient(INSIDE, T, c=1e-6, x_star=X_STAR)
    np.testing.assert_allclose(zone.gradient_low_confidence(INSIDE, T, c=1e-6), exact, rtol=2e-3)


def test_a_decided_output_has_the_quadrature_s_slope():
    for c in (2.0, 3.0):
        exact = toy.finite_gradient(INSIDE, T, c=c, x_star=X_STAR)
        np.testing.assert_allclose(zone.gradient_high_confidence(INSIDE, T, c=c, x_star=X_STAR), exact, rtol=0.15)
    at_zero = toy.finite_gradient(0.0, T, c=3.0, x_star=X_STAR)
    np.testing.assert_allclose(zone.gradient_high_confidence(0.0, T, c=3.0, x_star=X_STAR), at_zero, rtol=1e-9)


def test_the_slope_of_a_confidence_beyond_measure_is_zero():
    assert zone.gradient_high_confidence(0.0, T, c=1e308, x_star=X_STAR) == 0


def test_both_lead_out_of_the_zone():
    assert np.all(zone.gradient_low_confidence(INSIDE, T, c=0.01) < 0)
    assert np.all(zone.gradient_high_confidence(INSIDE, T, c=1.0, x_star=X_STAR) < 0)


@pytest.mark.parametrize("distance", [0.5, 1.0, 4.4])
def test_most_signal_comes_through_at_the_best_confidence(distance):
    def signal(c):
        output = 1 / (1 + np.exp(c * distance))
        return c * output * (1 - output)

    best = zone.best_confidence(distance)
    assert signal(best) > max(signal(best * 0.999), signal(best * 1.001))


def test_a_state_that_has_escaped_is_refused():
    for late in (1.001 * T, 2 * T):
        with pytest.raises(ValueError, match="r must leave the state finite"):
            zone.sensitivity(toy.r_star(T), late)
    with pytest.raises(ValueError, match="T must be real numbers, got '5'"):
        zone.gradient_low_confidence(0.0, "5", c=1)
    with pytest.raises(ValueError, match="distance must be > 0"):
        zone.best_confidence(-1.0)
