"""The law of the wait: measured by a solver, and read off its results."""

import numpy as np
import pytest

from ghostlib import experiments, toy
from ghostlib.experiments.toy.bottleneck import WaitingTimes


def test_the_solver_finds_the_formula_at_every_r():
    found = experiments.BOTTLENECK.run()
    assert found.r.shape == found.time.shape == (19,) and (found.r[0], found.r[-1]) == pytest.approx((1e-6, 1e3))
    np.testing.assert_allclose(found.time, np.arctan(10 / np.sqrt(found.r)) / np.sqrt(found.r), rtol=1e-7)
    assert found.law_error < 1e-7


def test_the_slope_is_that_of_the_dots_up_to_r_equal_0_01():
    r = np.logspace(-6, 2, 9)
    time = np.where(r <= 1e-2, 7 * r**-0.25, 1.0)
    assert WaitingTimes(r=r, time=time, x_star=10).law_slope == pytest.approx(-0.25, rel=1e-12)


def test_the_error_is_the_largest_relative_one_on_either_side():
    r = np.array([1e-4, 1e-2, 1.0])
    off = np.array([1.01, 0.97, 1.0])
    found = WaitingTimes(r=r, time=off * toy.escape_time(r, 5), x_star=5)
    assert found.law_error == pytest.approx(0.03)
