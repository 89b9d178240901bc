"""The figures of the descent: what is drawn stands where the model says, and can be read."""

from dataclasses import replace

import numpy as np
import pytest
from drawing import assert_legible

from ghostlib import experiments, plots, toy
from ghostlib.plots.style import CLAIM, GRADIENT, OPTIMUM
from ghostlib.toy import laws


pytestmark = pytest.mark.usefixtures("book_style")


@pytest.fixture(scope="module")
def slow():
    """ρ of the paper's slow run, and its a."""
    settings = experiments.FIG_2BC
    a = settings.alpha[0] / float(toy.alpha_star(settings.T))
    return toy.descend_rescaled(10, a, 3000), a


def lines(axes, colour):
    return [line for line in axes.lines if line.get_color() == colour]


def constant(values):
    """The one value of an array that has only one."""
    (value,) = set(np.asarray(values, float).tolist())
    return value


def test_the_widget_s_picture_shows_the_run(slow):
    rho, a = slow
    figure = plots.descent(a, 10, 3000)
    assert_legible(figure)
    top, bottom = figure.axes
    np.testing.assert_allclose(top.lines[0].get_ydata(), toy.loss(rho * toy.r_star(1), 1))
    np.testing.assert_allclose(bottom.lines[-1].get_ydata(), rho)


@pytest.mark.parametrize("a, rho_0, epochs", [(1.2, 4.0, 60), (0.02, 0.1, 10), (5.0, 20.0, 20000)])
def test_the_widget_s_picture_can_be_drawn_anywhere(a, rho_0, epochs):
    assert_legible(plots.descent(a, rho_0, epochs))


def test_fig_2bc_carries_the_paper_s_claims():
    settings = experiments.FIG_2BC
    figure = plots.fig_2bc(settings.run(), settings.T, settings.alpha)
    assert_legible(figure)
    top, bottom = figure.axes
    assert constant(lines(top, CLAIM)[0].get_xdata()) == 1500
    assert constant(lines(bottom, CLAIM)[0].get_ydata()) == 0.25
    assert constant(lines(bottom, OPTIMUM)[0].get_ydata()) == 1
    assert any("trapped at epoch 198" in text.get_text() for text in top.texts)


def test_the_critical_step_ends_at_a_quarter():
    figure = plots.critical_step()
    assert_legible(figure)
    (axes,) = figure.axes
    ends = sorted(float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o")
    assert ends == pytest.approx([1 - 0.75 * 1.2, 0.25, 1 - 0.75 * 0.5])


def test_the_plateau_is_a_straight_line_that_ends_at_the_law(slow):
    rho, a = slow
    figure = plots.plateau(rho, a)
    assert_legible(figure)
    line, run = figure.axes[0].lines[1:3]
    n, u = line.get_data()
    np.testing.assert_allclose(u, 10**2.5 - 15 / 8 * a * n, atol=1e-9)
    np.testing.assert_allclose(run.get_ydata(), laws.rho_on_plateau(run.get_xdata(), 10, a) ** 2.5, atol=1)


def test_the_oscillation_stays_between_its_two_lines(slow):
    rho, a = slow
    first = int(np.argmax(rho < 1))
    figure = plots.oscillation(rho, a, first)
    assert_legible(figure)
    (axes,) = figure.axes
    low, high = sorted(constant(line.get_ydata()) for line in axes.lines[1:3])
    assert (low, high) == pytest.approx((1 - 0.75 * a, 1 + 0.75 * a))
    shown = axes.lines[-1].get_ydata()[4:]
    assert low < shown.min() and shown.max() < high


def test_fig_2d_has_the_paper_s_limit_and_the_law_of_the_floor():
    settings = experiments.FIG_2D
    figure = plots.fig_2d(settings.run(), settings.T, settings.r0_over_r_star)
    assert_legible(figure)
    (axes,) = figure.axes
    assert constant(lines(axes, CLAIM)[0].get_xdata()) == 9e-10
    alpha, floor = axes.lines[1].get_data()
    np.testing.assert_allclose(floor, 2 * alpha * 100**5 / np.pi**4)


def test_the_trapped_fraction_is_drawn_with_the_claim_and_the_end_of_the_cycle():
    caught = replace(experiments.TRAPPED_FRACTION, rates=6, starts=100).run()
    figure = plots.trapped_fraction(caught)
    assert_legible(figure)
    (axes,) = figure.axes
    claim, limit, share = axes.lines
    np.testing.assert_array_equal(claim.get_ydata(), [0, 1, 1])
    assert constant(limit.get_xdata()) == toy.cycle_limit()
    np.testing.assert_array_equal(share.get_ydata(), caught.fraction)


def test_the_staircase_closes_on_the_map():
    figure = plots.return_map(1.01)
    assert_legible(figure)
    (axes,) = figure.axes
    stairs, orbit = (line for line in axes.lines if line.get_color() == GRADIENT)
    assert stairs.get_xydata()[0] == pytest.approx(stairs.get_xydata()[-1])
    np.testing.assert_allclose(orbit.get_ydata(), toy.rescaled_step(orbit.get_xdata(), 1.01), rtol=1e-9)


def test_the_orbits_lie_on_the_computed_cycle_where_it_exists():
    found = replace(experiments.OSCILLATIONS, rates=91).run()
    figure = plots.orbit_diagram(found)
    assert_legible(figure)
    (axes,) = figure.axes
    for curve in axes.lines[2:5]:
        a, rho = curve.get_data()
        np.testing.assert_allclose(rho / rho[0], (a / a[0]) ** 0.4, rtol=1e-9)
    three = found.period == 3
    np.testing.assert_allclose(np.sort(found.rho[three, :3])[:, ::-1], toy.cycle(found.a[three]).orbit, atol=1e-6)
