"""The figures of the flow: what is drawn stands where the model says."""

import numpy as np
import pytest
from drawing import assert_legible

from ghostlib import plots, toy


pytestmark = pytest.mark.usefixtures("book_style")


def dots(axes):
    """The points drawn as lone markers."""
    return {(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in axes.lines if line.get_marker() == "o"}


def test_fig_1_shows_a_ghost_above_the_bifurcation_and_two_fixed_points_below():
    figure = plots.fig_1(r=0.25)
    above, below = figure.axes
    assert_legible(figure)
    assert dots(above) == {(0, 0), (0, 0.25)}
    assert dots(below) == {(0, 0), (-0.5, 0), (0.5, 0)}


def test_half_of_the_wait_is_shaded_dark():
    r = float(toy.r_star(100))
    figure = plots.time_spent(r)
    assert_legible(figure)
    (axes,) = figure.axes
    dark, light = (collection.get_paths()[0].get_extents() for collection in axes.collections)
    assert dark.x0 == 0
    assert dark.x1 == light.x0 == pytest.approx(np.sqrt(r))
    x, pace = axes.lines[0].get_data()
    below = x <= np.sqrt(r) * (1 + 1e-9)
    assert np.trapezoid(pace[below], x[below]) == pytest.approx(toy.escape_time(r) / 2, rel=1e-4)


def test_the_law_passes_through_the_delay_and_its_r_star():
    r = np.logspace(-6, 3, 19)
    figure = plots.bottleneck_law(r, toy.escape_time(r, 10), x_star=10, T=100)
    assert_legible(figure)
    (axes,) = figure.axes
    law, points, reading = axes.lines
    assert law.get_linestyle() == "--"
    np.testing.assert_allclose(law.get_ydata(), np.pi / 2 / np.sqrt(r))
    np.testing.assert_allclose(points.get_ydata(), toy.escape_time(r, 10))
    best, wait = reading.get_xdata()[1], reading.get_ydata()[1]
    assert wait == pytest.approx(np.pi / 2 / np.sqrt(best))


def test_learning_stops_short_of_the_bifurcation():
    figure = plots.bifurcation()
    assert_legible(figure)
    (axes,) = figure.axes
    stable, unstable, ghost, best = axes.lines[:4]
    for branch in (stable, unstable):
        np.testing.assert_allclose(branch.get_ydata() ** 2, -branch.get_xdata(), atol=1e-12)
    assert ghost.get_xdata()[0] == 0
    assert np.all(np.asarray(best.get_xdata()) == 1)
    arrow = next(text for text in axes.texts if getattr(text, "arrow_patch", None) is not None)
    assert arrow.xy[0] > 1


@pytest.mark.parametrize(("r", "x_star"), [(0.01, 10.0), (1.0, 0.1), (0.0, 10.0), (-0.3, 2.0)])
def test_the_widget_s_picture_marks_the_escape_if_there_is_one(r, x_star):
    figure = plots.flow_and_wait(r, x_star)
    figure.canvas.draw()
    path = figure.axes[1]
    upright = [line for line in path.lines if len(set(line.get_xdata())) == 1]
    if r > 0:
        assert [line.get_xdata()[0] for line in upright] == [pytest.approx(float(toy.escape_time(r, x_star)))]
    else:
        assert upright == []


def test_ticks_of_powers_are_plain_text():
    r = np.logspace(-6, 0, 7)
    figure = plots.bottleneck_law(r, toy.escape_time(r), x_star=10, T=100)
    figure.canvas.draw()
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert "10⁻⁴" in labels
    assert not any("$" in label for label in labels)
