"""The figures of the rescue: what is drawn stands where the runs say."""

from dataclasses import replace

import numpy as np
import pytest
from drawing import assert_legible

from ghostlib import experiments, plots
from ghostlib.experiments.confidence.comparison import MethodOutcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.toy import zone
from ghostlib.training.schedules import anneal, train_stages


pytestmark = pytest.mark.usefixtures("book_style")


TASK = DelayedActivation()
SMALL = replace(experiments.FIG_4, seeds=6, alpha=0.03)


@pytest.fixture(scope="module")
def lowered():
    return SMALL.run()


def test_fig_4_is_silent_before_and_has_one_curve_a_confidence(lowered):
    figure = plots.fig_4(lowered, SMALL.shown)
    assert_legible(figure)
    accuracy, norm = figure.axes
    assert len(accuracy.lines) == len(norm.lines) == 5  # four curves, and the epoch at which c is lowered
    for line in accuracy.lines[:4]:
        epoch, mean = line.get_data()
        assert (epoch[0], epoch[-1]) == SMALL.shown
    assert np.all(accuracy.lines[3].get_ydata()[200:] == 0.5)  # c = 10
    assert accuracy.lines[1].get_ydata()[-1] > 0.6
    assert accuracy.lines[4].get_xdata()[0] == 6000
    assert norm.lines[1].get_ydata()[200] > 1e3 * norm.lines[3].get_ydata()[200]


def test_both_counts_stand_beside_the_paper_s():
    figure = plots.trapped_counts(np.array([50, 53, 53, 56]), 54, np.array([74, 74, 74, 74]), 74)
    assert_legible(figure)
    (axes,) = figure.axes
    assert [line.get_xdata()[0] for line in axes.lines] == [54, 74]
    bars = {bar.get_x() + bar.get_width() / 2: bar.get_height() for bar in axes.patches}
    assert bars == {50: 1, 53: 2, 56: 1, 74: 4}


def test_the_window_shows_shares_and_where_the_signal_is_largest(lowered):
    expected = np.linspace(1, 0, lowered.confidences.size)
    figure = plots.recovery_window(lowered, expected, (0.3, 0.5))
    assert_legible(figure)
    share, accuracy = figure.axes
    np.testing.assert_array_equal(share.lines[1].get_ydata(), lowered.recovered)
    np.testing.assert_array_equal(accuracy.lines[0].get_ydata(), lowered.accuracy)
    shaded = share.patches[0].get_extents().transformed(share.transData.inverted())
    np.testing.assert_allclose([shaded.x0, shaded.x1], [0.3, 0.5])


def test_the_dots_mark_the_best_confidence():
    distances = [1.0, 4.4, 9.1]
    figure = plots.signal(np.logspace(-3, 2, 2000), distances)
    assert_legible(figure)
    (axes,) = figure.axes
    marked = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(marked, zone.best_confidence(distances), rtol=5e-3)


def test_the_slope_lies_between_its_limits():
    c, rho = np.logspace(-3, 1, 41), np.array([-0.5, 0.0, 0.2])
    slopes = np.outer([1, 3, 9], c * np.exp(-10 * c)) * 1e-2
    figure = plots.slope_and_its_limits(c, rho, slopes, slopes * 2, slopes / 2)
    assert_legible(figure)
    (axes,) = figure.axes
    assert [line.get_linestyle() for line in axes.lines] == [":"] * 6 + ["-"] * 3
    np.testing.assert_array_equal(axes.lines[6].get_ydata(), slopes[0])


def test_the_ways_back_end_at_the_paper_s_confidence(lowered):
    restored = replace(experiments.RESTORED, copies=1, epochs=2500).run(lowered.fallen)
    figure = plots.way_back(restored.ways, ["at once", "fast", "slowly"], 10.0)
    assert_legible(figure)
    share, confidence = figure.axes
    assert [line.get_ydata()[-1] for line in confidence.lines] == [10] * 4
    assert [line.get_ydata()[0] for line in confidence.lines[:3]] == [0.3] * 3
    assert all(0 <= value <= 1 for line in share.lines for value in line.get_ydata()[[0, -1]])


def test_trained_confidences_are_told_apart_by_fate():
    history = train_stages(RankOne.initial([1, 2, 3]), TASK, 0.05, [(30, 3.0)])
    figure = plots.trained_confidence(history, np.array([True, False, True]))
    assert_legible(figure)
    (axes,) = figure.axes
    assert len(axes.lines) == 4
    assert len({line.get_color() for line in axes.lines[:3]}) == 2


def test_the_schedule_is_drawn_as_stairs_below_the_paper_s_confidence():
    history = anneal(RankOne.initial([1]), TASK, 0.02, 600)
    figure = plots.annealed(history, np.full(601, 0.5), 10.0)
    assert_legible(figure)
    _, confidence = figure.axes
    stairs, dashed = confidence.lines
    np.testing.assert_array_equal(stairs.get_ydata(), history.c[0])
    assert dashed.get_ydata()[0] == 10


def test_bars_are_counts_and_the_trapped_stand_on_the_solved():
    solved = np.zeros((2, 3, 10), bool)
    trapped = np.zeros((2, 3, 10), bool)
    solved[0, 1, :4], trapped[0, 1, 4:9] = True, True
    figure = plots.remedies(
        MethodOutcomes(
            ("plain", "Adam"), np.array([0.01, 0.02, 0.1]), solved, solved, trapped, ~solved & ~trapped, solved * 1.0
        ),
        0.02,
    )
    assert_legible(figure)
    plain = figure.axes[0]
    assert plain.get_title(loc="left") == "plain"
    assert [bar.get_height() for bar in plain.patches] == [0, 4, 0, 0, 5, 0]
    assert plain.patches[4].get_y() == 4
    assert plain.lines[0].get_xdata()[0] == 1


def test_the_still_picture_of_the_widget_is_legible():
    network = RankOne.initial([1])
    history = train_stages(network, TASK, 0.05, [(60, 3.0), (20, 1.0)])
    figure = plots.rescued(history, network[0], TASK, 60)
    assert_legible(figure)
    assert figure.axes[0].lines[1].get_xdata()[0] == 60
