"""The figures of the loss: what is drawn stands where the equations say."""

from dataclasses import replace

import numpy as np
import pytest
from drawing import assert_legible
from matplotlib.colors import to_hex

from ghostlib import experiments, plots, toy
from ghostlib.page.palette import COLOURS


pytestmark = pytest.mark.usefixtures("book_style")


def zones(axes):
    """Where the axes are hatched, as pairs of x."""
    return [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches if patch.get_hatch()]


def drawn_in(axes, name):
    """The lines of one colour of the grammar."""
    return [line for line in axes.lines if to_hex(line.get_color()) == COLOURS[name].light]


@pytest.mark.parametrize("T", [1.0, 100.0])
def test_the_shaded_area_is_the_loss(T):
    rho = (2.25, 0.5, 0.16)
    figure = plots.three_regimes(T, rho)
    assert_legible(figure)
    for axes, ratio in zip(figure.axes, rho, strict=True):
        box = axes.collections[0].get_paths()[0].get_extents()
        assert box.width * box.height == pytest.approx(float(toy.loss(ratio * toy.r_star(T), T)))


def test_the_gradient_s_two_sides_are_at_plus_and_minus_one_half():
    figure = plots.kink(100)
    assert_legible(figure)
    bottom = figure.axes[1]
    sides = sorted(float(line.get_ydata()[0]) for line in bottom.lines if line.get_marker() == "o")
    assert sides == pytest.approx([-0.5, 0.5])
    claims = sorted(float(line.get_ydata()[0]) for line in drawn_in(bottom, "claim"))
    assert claims == pytest.approx(sides)
    assert min(line.get_ydata().min() for line in drawn_in(bottom, "gradient") if line.get_marker() != "o") == -4
    assert zones(bottom) == [(-0.5, 0.25)]


def test_fig_2a_draws_the_runs_over_the_analytic_loss():
    record = experiments.FIG_2A
    curves = record.run()
    figure = plots.fig_2a(curves, record.T, record.c)
    assert_legible(figure)
    (axes,) = figure.axes
    (analytic,) = drawn_in(axes, "loss")
    x, y = analytic.get_data()
    assert y.min() == pytest.approx(0, abs=1e-12)
    assert x[y.argmin()] == pytest.approx(1)
    points = [line for line in axes.lines if line.get_marker() == "o"]
    for line, losses in zip(points, curves.euler, strict=True):
        np.testing.assert_allclose(line.get_ydata(), losses / record.T)
    assert zones(axes) == [(pytest.approx(-1), 0.25)]
    (no_return,) = drawn_in(axes, "claim")
    assert set(no_return.get_xdata()) == {0.25}


def test_euler_s_minimum_lies_to_the_right_of_the_exact_one():
    errors = replace(experiments.EULER_DELAY, points=301, steps=(1.0, 0.5, 0.1)).run()
    figure = plots.euler_against_exact(errors)
    assert_legible(figure)
    near, law = figure.axes
    tips = [errors.rho[np.argmin(line.get_ydata())] for line in drawn_in(near, "confidence-3")]
    assert tips[0] < 1 < tips[1]
    np.testing.assert_allclose(law.lines[1].get_ydata(), errors.delay)


def test_the_slope_in_the_zone_is_labelled_at_each_r():
    c, rho = np.logspace(-3, 1, 81), np.array([-0.5, 0.0, 0.2])
    slopes = np.abs(toy.finite_gradient(rho[:, None] * toy.r_star(100), 100, c=c, x_star=10)) * toy.r_star(100) / 100
    figure = plots.slope_in_the_zone(c, rho, slopes, shown=(0.1, 1.0))
    assert_legible(figure)
    (axes,) = figure.axes
    labels = {text.get_text() for text in axes.texts}
    assert {"r = −0.5 r*", "r = 0", "r = 0.2 r*", "paper: c = 0.1", "paper: c = 1"} == labels
    assert [float(line.get_xdata()[0]) for line in drawn_in(axes, "claim")] == [0.1, 1.0]


@pytest.mark.parametrize(("T", "c", "x_star"), [(100.0, 1.0, 10.0), (1.0, 0.01, 0.1), (1000.0, 100.0, 100.0)])
def test_the_widget_s_picture_draws_at_all_its_bounds(T, c, x_star):
    figure = plots.landscape(T, c, x_star)
    figure.canvas.draw()
    top, bottom = figure.axes
    assert zones(top) == zones(bottom) == [(-1, 0.25)]
    (finite,) = drawn_in(top, "confidence-3")
    rho = finite.get_xdata()
    np.testing.assert_allclose(
        finite.get_ydata(), toy.finite_loss(rho * toy.r_star(T), T, c=c, x_star=x_star) / T, rtol=1e-12
    )
