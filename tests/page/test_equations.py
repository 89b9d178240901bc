"""The book's own equations (B4)–(B9) against integration, against the compiled losses, and against limits."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from ghostlib import toy


@pytest.mark.parametrize("r", [1e-8, 1e-4, 1.0, 1e4])
@pytest.mark.parametrize("x_star", [0.1, 10.0, 1000.0])
def test_a_threshold_saves_less_than_its_inverse(r, x_star):
    saved = toy.escape_time(r) - toy.escape_time(r, x_star)
    # The difference of two long times carries their rounding.
    assert saved == pytest.approx(np.arctan(np.sqrt(r) / x_star) / np.sqrt(r), abs=1e-15 * toy.escape_time(r))
    assert 0 < saved < 1 / x_star


@pytest.mark.parametrize("T", [1.0, 100.0, 1e4])
def test_every_delay_has_its_own_r_star(T):
    assert brentq(lambda r: toy.escape_time(r) - T, 1e-12, 1e3, xtol=1e-25, rtol=1e-14) == pytest.approx(toy.r_star(T))


@pytest.mark.parametrize("push", [1e-2, 1e-4, 1e-6])
def test_a_ghost_on_a_ring_is_passed_in_the_time_of_its_parabola(push):
    # Half a turn, in which the slow point is an end of the range: there adaptive quadrature finds it.
    around = 2 * quad(lambda x: 1 / (push + 2 * np.sin(x / 2) ** 2), 0, np.pi, points=[np.sqrt(push)], limit=200)[0]
    predicted = np.pi / np.sqrt(push / 2)
    assert around / predicted == pytest.approx(1 / np.sqrt(1 + push / 2), rel=1e-8)
    assert around == pytest.approx(predicted, rel=push)


@pytest.mark.parametrize("T", [1.0, 100.0, 1e5])
def test_every_delay_has_the_same_landscape(T):
    rho = np.array([-3.0, 0.0, 0.2, 0.25, 0.5, 1.0, 2.0, 100.0])
    learns = rho >= 0.25
    shape = np.where(learns, np.abs(1 - 1 / np.sqrt(np.where(learns, rho, 1))), 1)
    np.testing.assert_allclose(toy.loss(rho * toy.r_star(T), T) / T, shape, atol=1e-12)


def test_euler_is_late_by_half_a_step_times_the_logarithm_of_the_speeds():
    r = np.linspace(0.45, 0.55, 41) * toy.r_star(100)
    predicted = (np.log(toy.flow(10.0, r) / toy.flow(0.0, r)).mean() - 1) / 2
    exact = toy.finite_loss(r, 100, c=10, x_star=10)
    late = [np.mean(toy.euler_loss(r, 100, c=10, x_star=10, dt=dt) - exact) / dt for dt in (0.02, 0.002)]
    assert late[1] == pytest.approx(predicted, rel=0.01)
    assert abs(late[1] - predicted) < abs(late[0] - predicted)


@pytest.mark.parametrize("T", [1.0, 100.0])
@pytest.mark.parametrize("c", [0.01, 0.1, 1.0, 5.0])
def test_the_slope_at_the_bifurcation_is_known_and_leads_out_of_the_zone(T, c):
    s = 1 / (1 + np.exp(10 * c))
    by_hand = -c * s * (1 - s) * (3 - 4 * s) * T**2
    assert by_hand < 0
    assert toy.finite_gradient(0.0, T, c=c, x_star=10) == pytest.approx(by_hand, rel=1e-12)
