"""Other normal forms: their escape times by quadrature, Eq. (15) from them, and the descent that is to obey it."""

import numpy as np
import pytest
from scipy.integrate import quad

from ghostlib import toy
from ghostlib.toy.forms import Power, Saddle


FORMS = [Power(1.5), Power(2), Power(3), Power(8), Saddle()]


@pytest.mark.parametrize("p", [1.5, 2.0, 3.7, 8.0])
@pytest.mark.parametrize("r", [1e-3, 1.0, 20.0])
def test_a_bottleneck_of_any_order_takes_the_time_of_its_integral(p, r):
    scale = r ** (1 / p)
    near = quad(lambda x: 1 / (x**p + r), 0, scale)[0]
    far = quad(lambda y: y ** (p - 2) / (1 + r * y**p), 0, 1 / scale)[0]  # y = 1/x
    assert Power(p).escape_time(r) == pytest.approx(near + far, rel=1e-7)


@pytest.mark.parametrize("u", [1e-6, 0.3, 1.0, 1.7])
def test_a_saddle_takes_the_time_of_its_integral(u):
    by_quadrature = quad(lambda y: 1 / (1 + (u - 1) * y), 0, 1)[0]  # y = 1/x
    assert Saddle().escape_time(u) == pytest.approx(by_quadrature, rel=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_slope_and_inverse_are_those_of_the_escape_time(form):
    u = np.array([1e-4, 0.1, 0.9])
    rise = form.escape_time(u * (1 + 1e-6)) - form.escape_time(u * (1 - 1e-6))
    np.testing.assert_allclose(form.slope(u), rise / (2e-6 * u), rtol=1e-6)
    T = np.array([1.5, 4.0, 12.0])
    np.testing.assert_allclose(form.escape_time(form.parameter(T)), T, rtol=1e-9)


def test_the_saddle_has_a_limit_where_the_other_fixed_point_is_at_0():
    near = Saddle().escape_time([1 - 1e-6, 1, 1 + 1e-6]), Saddle().slope([1 - 1e-4, 1, 1 + 1e-4])
    np.testing.assert_allclose(near[0], 1, atol=1e-6)
    np.testing.assert_allclose(near[1], -0.5, atol=1e-3)


def test_the_parabola_is_the_toy():
    T = np.array([1.0, 20.0, 100.0])
    np.testing.assert_allclose(Power(2).parameter(T), toy.r_star(T), rtol=1e-12)
    np.testing.assert_allclose(Power(2).alpha_star(T), toy.alpha_star(T), rtol=1e-12)


@pytest.mark.parametrize("p", [1.5, 3.0, 8.0])
def test_the_power_of_the_delay_is_twice_q_and_one(p):
    law = Power(p).alpha_star(np.array([10.0, 100.0]))
    q = p / (p - 1)
    assert np.log10(law[1] / law[0]) == pytest.approx(-2 * q - 1, rel=1e-12)
    assert law[0] == pytest.approx(q * (1 - 2**-q) * Power(p).factor ** (2 * q) * 10 ** (-2 * q - 1), rel=1e-12)


def test_the_saddle_s_rate_falls_as_an_exponential():
    T = np.array([10.0, 12.0, 14.0])
    np.testing.assert_allclose(Saddle().alpha_star(T) * np.exp(2 * T), 1, rtol=2e-3)


@pytest.mark.parametrize("form", FORMS)
def test_a_step_from_just_above_the_best_is_trapped_from_alpha_star_on(form):
    T = 4.0
    start = form.parameter(T) * (1 + 1e-9)
    assert form.trapped(start, 1.001 * form.alpha_star(T), T, 1)
    assert not form.trapped(start * np.linspace(1, 5, 50), 0.999 * form.alpha_star(T), T, 300).any()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="p must be finite and above 1, got 1"):
        Power(1)
    with pytest.raises(ValueError, match="T must be > 1, the escape time without a saddle, got 0.9"):
        Saddle().parameter([2.0, 0.9])
