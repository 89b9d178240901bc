"""The figures of chapter 10: what is drawn stands where the numbers say, and can be read."""

import numpy as np
import pytest
from drawing import assert_legible

from ghostlib import plots
from ghostlib.experiments.laws.critical import LateOutcomes, NetworkRates
from ghostlib.experiments.laws.critical_kinds import RatesByKind
from ghostlib.experiments.laws.forms import FormRates, PlateauAreas
from ghostlib.experiments.laws.valleys import ValleyLines, Valleys
from ghostlib.plots.style import CLAIM, GRADIENT, LOSS, OPTIMUM
from ghostlib.toy.forms import Power


pytestmark = pytest.mark.usefixtures("book_style")


def lines(axes, colour):
    return [line for line in axes.lines if line.get_color() == colour]


def test_critical_rates_stand_beside_the_paper_s_equation_and_powers_beside_its_power():
    T = 5, 7, 10, 14, 20, 28, 40
    middle = 0.15 * (np.array(T) / 5.0) ** np.linspace(-1.2, -1.75, 7)
    rate = middle[:, None] * np.random.default_rng(0).lognormal(0, 0.15, (7, 31))
    found = NetworkRates(T, rate, rate)
    figure = plots.critical_rates(found)
    assert_legible(figure)
    top, bottom = figure.axes
    np.testing.assert_allclose(lines(top, CLAIM)[0].get_ydata(), found.eq_15)
    assert set(lines(bottom, CLAIM)[0].get_ydata()) == {-4}
    (bars,) = bottom.containers
    np.testing.assert_allclose(bars[0].get_ydata(), found.power)
    ends = np.array([segment[:, 1] for segment in bars[2][0].get_segments()])
    np.testing.assert_allclose(ends, found.power_interval)


def test_critical_rates_of_every_kind_have_a_panel_on_one_scale():
    values = {"N": (25, 100, 400), "c": (3.0, 10.0), "Δ": (0.125, 0.5, 1.0)}
    draw = np.random.default_rng(0)
    rates = {name: 0.02 * draw.lognormal(0, 0.2, (len(values[name]), 31)) for name in values}
    found = RatesByKind(values, rates)
    figure = plots.critical_kinds(found)
    assert_legible(figure)
    assert [axes.get_xlabel().partition(" ")[0] for axes in figure.axes] == ["N", "c", "Δ"]
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    for axes, name, paper in zip(figure.axes, values, (100, 10, 0.5), strict=True):
        np.testing.assert_allclose(
            axes.containers[0][0].get_xydata(), np.column_stack([values[name], found.median[name]])
        )
        assert set(lines(axes, CLAIM)[0].get_xdata()) == {paper}


def test_valleys_begin_at_the_zone_and_their_rates_stand_beside_the_measured():
    T = 10, 14, 20, 28, 40, 80
    scatter = np.random.default_rng(0).lognormal(0, 0.1, (6, 16))
    rates = NetworkRates(T, np.array(T)[:, None] ** -2.0 * 8 * scatter, scatter)
    u = np.linspace(-6, 4, 101)
    loss = np.tile(np.minimum((u / 2) ** 2, 1), (6, 16, 1))
    zone = -2.0 / np.array(T)[:, None] * np.ones(16)
    speeds = np.ones((6, 16, 2))
    found = Valleys(
        ValleyLines(points=101), rates, loss, 2 * rates.rate, *[zone] * 3, speeds, *[rates.rate] * 2, zone > 0, zone,
        0.7 * rates.rate,
    )  # fmt: skip
    figure = plots.valleys(found)
    assert_legible(figure)
    top, bottom = figure.axes
    for line in top.lines[:6]:
        assert np.interp(0, *line.get_data()) == pytest.approx(1)
    calm, young = lines(bottom, LOSS)
    np.testing.assert_allclose(calm.get_ydata(), found.median)
    np.testing.assert_allclose(young.get_ydata(), np.median(found.young, axis=1))
    np.testing.assert_allclose(bottom.containers[0][0].get_ydata(), rates.median)
    np.testing.assert_allclose(lines(bottom, CLAIM)[0].get_ydata(), rates.eq_15)


def test_late_falls_end_at_a_cross_and_others_at_a_dot():
    at = np.array([[10.0, 40, 80], [20, 100, 250]])
    found = LateOutcomes(
        np.array([5.0, 15]), np.array([85.0, np.inf]), at, np.array([[0.2, 0.9, 1.0], [0.2, 0.8, 0.7]])
    )
    figure = plots.late_falls(found)
    assert_legible(figure)
    (axes,) = figure.axes
    assert [line.get_marker() for line in lines(axes, GRADIENT)] == ["None", "x"]
    assert [line.get_marker() for line in lines(axes, OPTIMUM)] == ["None", "o"]
    assert lines(axes, GRADIENT)[1].get_xydata().tolist() == [[75, 1.0]]


def test_plateaus_are_drawn_over_the_law_by_what_differs():
    kinds = (20, 100, 1.0), (5, 100, 1.0), (20, 25, 1.0), (20, 100, 2.0)
    law = np.array([[100.0, 120], [100, 120], [90, 140], [25, 30]])
    area = 0.9 * law
    area[3, 1] = np.inf
    figure = plots.plateau_law(PlateauAreas(kinds, area, law))
    assert_legible(figure)
    marks = [line.get_xydata() for line in figure.axes[0].lines[1::2]]
    np.testing.assert_allclose(marks[0], np.column_stack([law[1], area[1]]))
    np.testing.assert_allclose(marks[1], np.column_stack([law[2], area[2]]))
    np.testing.assert_allclose(marks[2], [[25, 22.5], [30, np.nan]])


def test_forms_are_drawn_as_dots_on_their_laws():
    T = np.array([10.0, 30, 100, 300])
    p = 1.5, 2.0, 3.0, 4.0, 8.0
    law = np.array([*(Power(each).alpha_star(T) for each in p), T])
    names = (*(f"|x|^{each:g}" for each in p), "saddle")
    figure = plots.form_rates(FormRates(names, np.tile(T, (6, 1)), 1.01 * law, law))
    assert_legible(figure)
    (axes,) = figure.axes
    assert len(axes.lines) == 10
    np.testing.assert_allclose(axes.lines[1].get_ydata(), 1.01 * axes.lines[0].get_ydata())
    assert [line.get_linestyle() for line in lines(axes, CLAIM)] == ["--", "None"]
