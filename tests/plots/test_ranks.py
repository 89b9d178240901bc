"""Figures of the networks of every rank: what is drawn is where it should be, and every label inside the picture."""

import numpy as np
import pytest
from drawing import assert_legible
from matplotlib.patches import Rectangle

from ghostlib import plots
from ghostlib.experiments.ranks.diagram import PhaseDiagram
from ghostlib.experiments.ranks.scale import Resized
from ghostlib.experiments.ranks.training import EDGES, Course, envelope
from ghostlib.plots.ranks import rank_colours, zigzag


pytestmark = pytest.mark.usefixtures("book_style")


RANKS = (1, 2, 3, 4, 5, 10, 30, 50, 100)
RATES, SEEDS, EPOCHS = 10, 3, 2000


@pytest.fixture(scope="module")
def diagram():
    """Curves that fall where they like, and outcomes by the learning rate: learned, then trapped, then diverged."""
    random = np.random.default_rng(0)
    shape = (len(RANKS), RATES, SEEDS)
    epoch = np.arange(EPOCHS + 1)
    learned = np.broadcast_to((3000 / np.arange(2, 11) ** 2)[:, None, None].astype(int), shape)
    loss = np.where(epoch < learned[..., None], 0.5, 0.02 * np.exp(0.5 * random.standard_normal((*shape, epoch.size))))
    bounds = np.array([envelope(each) for each in loss.reshape(-1, epoch.size)]).reshape(*shape, 2, -1)
    column = np.broadcast_to(np.arange(RATES)[:, None], shape)
    courses = Course(
        **{
            **dict.fromkeys(Course._fields),
            "low": bounds[..., 0, :],
            "high": bounds[..., 1, :],
            "learned_at": learned,
            "outcome": np.array([*["learned"] * 6, "unsettled", "trapped", "trapped", "diverged"])[column],
        }
    )
    return PhaseDiagram(RANKS, np.logspace(-3, 0, RATES), range(SEEDS), np.full(shape[:2], EPOCHS), courses, [])


def test_every_network_of_fig_s2_has_its_curve_in_the_colour_of_its_rank(diagram):
    figure = plots.fig_s2(diagram, (2, 6, 7))
    assert_legible(figure)
    for axes, column in zip(figure.axes, (2, 6, 7), strict=True):
        assert f"{diagram.alpha[column]:.3g}" in axes.get_title("left")
        drawn = [line.get_color() for line in axes.lines if len(line.get_xdata()) > 2]
        assert drawn == [colour for colour in rank_colours(len(RANKS)) for _ in range(SEEDS)]


def test_cells_of_the_map_are_shared_out_among_the_outcomes(diagram):
    figure = plots.outcome_map(diagram, (2, 6, 7))
    assert_legible(figure)
    (axes,) = figure.axes
    filled = [patch for patch in axes.patches if isinstance(patch, Rectangle) and patch.get_facecolor()[3]]
    columns_of = {round(patch.get_x() + 0.45) for patch in filled}
    assert columns_of == {0, 1, 2, 3, 4, 5, 9}  # green and red; the others are hatched or empty
    hatched = {round(patch.get_x() + 0.45) for patch in axes.patches if patch.get_hatch()}
    assert hatched == {7, 8}
    letters = {text.get_text(): round(text.xy[0]) for text in axes.texts if len(text.get_text()) == 1}
    assert letters == {"L": 2, "M": 6, "R": 7}


def test_the_chosen_network_is_marked_on_the_map_and_drawn_above_the_others(diagram):
    figure = plots.ranks(diagram, 5, 2, 1)
    assert_legible(figure)
    top, bottom = figure.axes
    frame = top.patches[-1]
    assert (round(frame.get_x() + 0.48), round(frame.get_y() + 0.46)) == (2, 5)
    curves = [line for line in bottom.lines if len(line.get_xdata()) > 2]
    assert len(curves) == len(RANKS)
    above = max(curves, key=lambda line: line.get_zorder())
    np.testing.assert_array_equal(
        above.get_ydata(), zigzag(diagram.courses.low[5, 2, 1], diagram.courses.high[5, 2, 1], 1)[1]
    )


def test_learning_time_is_the_rate_times_the_epoch(diagram):
    figure = plots.learning_time(diagram, range(6))
    assert_legible(figure)
    for column, line in enumerate(figure.axes[0].lines):
        np.testing.assert_allclose(line.get_ydata(), diagram.alpha[column] * diagram.courses.learned_at[:, column, 0])


def test_a_zigzag_passes_through_the_least_and_the_largest_of_every_group():
    loss = np.random.default_rng(1).random(3000) + 0.1
    x, y = zigzag(*envelope(loss), 3)
    edges = EDGES[:-1][EDGES[:-1] < loss.size][::3]
    np.testing.assert_array_equal(x, np.repeat(edges, 2))
    for k, (start, stop) in enumerate(zip(edges, [*edges[1:], loss.size], strict=True)):
        part = loss[start:stop].astype(np.float32)
        assert sorted(y[2 * k : 2 * k + 2]) == [part.min(), part.max()]


def test_a_curve_without_a_loss_has_no_points():
    x, y = zigzag(*envelope(np.full(1000, np.nan)))
    assert x.size == y.size == 0


def test_medians_of_falls_are_joined():
    random = np.random.default_rng(0)
    share, epochs = random.random((9, 10)), 400 * random.random((9, 10))
    figure = plots.suddenness(RANKS, share, epochs)
    assert_legible(figure)
    for axes, values in zip(figure.axes, (share, epochs), strict=True):
        np.testing.assert_array_equal(axes.lines[-1].get_ydata(), np.median(values, axis=1))


def test_the_squares_are_where_rank_and_size_agree():
    epochs = 100 * np.arange(1, 16).reshape(3, 5, 1)[::-1]
    courses = Course(**{**dict.fromkeys(Course._fields), "learned_at": epochs})
    figure = plots.rank_or_size(Resized((1, 3, 10, 30, 100), (1, 10, 100), courses))
    assert_legible(figure)
    squares = figure.axes[0].lines[-1]
    assert [*zip(*squares.get_data(), strict=True)] == [(1, 1100), (10, 800), (100, 500)]


def test_spectra_and_slow_directions_are_legible():
    falling = np.exp(-np.arange(100) / 10)[None]
    assert_legible(plots.spectra(2 * falling**0.1, falling))
    random = np.random.default_rng(0)
    rates = [-np.sort(random.random((4, rank)) ** 2, axis=1) for rank in RANKS]
    figure = plots.slow_directions(RANKS, rates, [random.random(4) for _ in RANKS])
    assert_legible(figure)
    violet = [line.get_ydata() for line in figure.axes[0].lines if line.get_markersize() == 4]
    np.testing.assert_array_equal(violet[-1], rates[-1][:, 0])
