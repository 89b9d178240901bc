"""The figures of chapter 06: what is drawn stands where the run says, and every label can be read."""

from dataclasses import replace

import numpy as np
import pytest
from drawing import assert_legible

from ghostlib import experiments, plots, toy
from ghostlib.dynamics import bifurcations
from ghostlib.dynamics.passage import wait
from ghostlib.experiments.rank_one.fig_s1 import NetworkLosses
from ghostlib.networks.task import TASK
from ghostlib.plots.latent import outline


pytestmark = pytest.mark.usefixtures("book_style")


@pytest.fixture(scope="module")
def fall():
    return experiments.FIG_3B.run()


def verticals(axes):
    """Where vertical lines stand."""
    return {float(line.get_xdata()[0]) for line in axes.lines if len(set(np.ravel(line.get_xdata()))) == 1}


def dots(axes):
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in axes.lines
        if line.get_marker() == "o" and len(line.get_xdata()) == 1
    ]


def test_an_outline_touches_the_least_and_the_largest_of_every_column():
    values = np.random.default_rng(0).standard_normal(10_000)
    epoch, value = outline(values, 50)
    assert epoch.size <= 100 and np.all(np.diff(epoch) > 0)
    np.testing.assert_array_equal(value, values[epoch])
    for part in np.split(np.arange(10_000), 50):
        assert {values[part].min(), values[part].max()} <= set(value[np.isin(epoch, part)])
    short = np.array([3.0, 1.0, 2.0])
    np.testing.assert_array_equal(outline(short)[1], short)


def test_the_stages_of_fig_3a_stand_in_both_panels(fall):
    stages = (1, 2000, 5900)
    figure = plots.fig_3a_course(fall.course, stages)
    assert_legible(figure)
    for axes in figure.axes:
        assert verticals(axes) == set(stages)
        assert axes.get_yscale() == "log"


def test_red_dots_are_at_kappa_0_and_ghosts_on_the_curve(fall):
    networks = experiments.FIG_3B.networks_at(fall.copy, [1, fall.fall - 2, fall.fall - 1])
    figure = plots.fig_3a_flows(networks, (1, 2, 3), TASK)
    assert_legible(figure)
    for axes, network in zip(figure.axes, networks, strict=True):
        assert dots(axes)[-1] == (pytest.approx(float(network.kappa0(TASK))), 0)
        for position, speed in dots(axes)[:-1]:
            assert network.flow(position) == pytest.approx(speed, abs=1e-9)


def test_the_events_around_the_jump_stand_in_every_panel():
    epoch = np.arange(33_500, 34_200, 10)
    ramp = np.linspace(0, 1, epoch.size)
    figure = plots.jump(epoch, 1 - ramp, 4 * ramp, ramp - 0.8, 1.0, (33_641, 33_996, 34_109))
    assert_legible(figure)
    for axes in figure.axes:
        assert {33_641, 33_996, 34_109} <= verticals(axes)


def test_the_wait_is_drawn_as_the_network_runs_it(fall):
    network = fall.before
    waits = wait(network, TASK)
    figure = plots.waiting([network, network], ("one", "other"), (waits, waits), TASK)
    assert_legible(figure)
    for axes in figure.axes:
        (states,) = (line for line in axes.lines if line.get_marker() == "o")
        np.testing.assert_array_equal(states.get_ydata(), network.latent(TASK))
        assert TASK.T * TASK.dt in verticals(axes)


def test_the_limit_of_descent_is_drawn_at_2_over_alpha_and_the_step_at_dt():
    epoch = np.arange(40_000, 500_000, 4000)
    ramp = np.linspace(0, 1, epoch.size)
    figure = plots.escape(epoch, 0.1 + 0.2 * ramp, 0.1 + 0.7 * ramp, 13 - 10 * ramp, 700 - 160 * ramp, 0.003, 5.0)
    assert_legible(figure)
    _, middle, bottom = figure.axes
    assert 5.0 in {line.get_ydata()[0] for line in middle.lines if len(line.get_ydata()) == 2}
    assert pytest.approx(2 / 0.003) in [line.get_ydata()[0] for line in bottom.lines]


def test_the_no_learning_zone_of_fig_3b_begins_at_the_fall(fall):
    figure = plots.fig_3b_course(fall.course, fall.fall - 4, fall.fall)
    assert_legible(figure)
    for axes in figure.axes:
        assert axes.patches[0].get_extents().transformed(axes.transData.inverted()).x0 == pytest.approx(fall.fall)
    assert fall.fall - 4 in verticals(figure.axes[-1])


def test_the_saddle_node_is_drawn_on_the_axis(fall):
    fold = bifurcations.saddle_node_between(fall.before, fall.after)
    figure = plots.fig_3b_flows(fall.before, fold, fall.after, fall.fall, TASK)
    assert_legible(figure)
    middle = figure.axes[1]
    assert any(abs(x - fold.position) < 1e-5 and abs(y) < 1e-9 for x, y in dots(middle))
    assert "saddle-node" in [text.get_text() for text in middle.texts]


def test_the_spread_of_copies_is_relative_to_their_mean(fall):
    figure = plots.rounding(fall.history, 5051, (4900, 5300))
    assert_legible(figure)
    spread = figure.axes[1].lines[0].get_ydata()
    losses = fall.history.loss[:, 5300]
    assert spread[-1] == pytest.approx((losses.max() - losses.min()) / losses.mean(), rel=1e-5)


def test_fig_s1_stands_above_fig_2d_with_the_toy_models_critical_rate():
    alpha = np.logspace(-4, -1, 30)
    loss = np.where((alpha > 1e-3)[:, None, None] & (alpha < 0.02)[:, None, None], 0.01, 1.0) * np.ones((30, 4, 6))
    loss = loss * (1 + 0.1 * np.arange(4))[:, None]
    epochs = np.array([10_000, 20_000, 30_000, 50_000, 100_000, 200_000])
    model = replace(experiments.FIG_2D, rates=20).run()
    figure = plots.fig_s1(NetworkLosses(alpha, epochs, loss), model, 100.0)
    top, bottom = figure.axes
    np.testing.assert_allclose(top.lines[0].get_ydata(), loss.mean(axis=1)[:, 0])
    assert pytest.approx(float(toy.alpha_star(100.0))) in list(verticals(bottom))
