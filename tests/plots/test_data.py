"""The table of a figure: what is drawn at a place of the data, and nothing else."""

import csv
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import pyplot as plt

from ghostlib.plots.data import COLUMNS, MOST, MOST_IN_ALL, table
from ghostlib.plots.style import GHOST, LOSS, drawn


pytestmark = pytest.mark.usefixtures("book_style")


def rows(figure):
    return list(csv.DictReader(io.StringIO(table(figure))))


def points(figure):
    return [(row["kind"], row["series"], float(row["x"]), float(row["y"])) for row in rows(figure)]


def test_lines_and_dots_are_named_by_their_label_or_by_what_their_colour_means():
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 1 / 3], label="slow, α = 1")
    axes.plot([1, np.nan, 5], [0, 0, 6], color=LOSS)
    axes.plot([7], [8], "o", color=GHOST)
    axes.scatter([9], [10], color="#123456")
    assert points(figure) == [
        ("line", "slow, α = 1", 1, 3), ("line", "slow, α = 1", 2, 0.3333333),
        ("line", "loss", 1, 0), ("line", "loss", 5, 6),
        ("dots", "ghost", 7, 8), ("dots", "", 9, 10),
    ]  # fmt: skip


def test_bars_their_errors_and_bands_are_in_it():
    figure, axes = plt.subplots()
    axes.bar([1, 2], [3, 4], bottom=[0, 1])
    axes.errorbar([1], [3], yerr=[0.5], fmt="none")
    axes.fill_between([0, 1], [1, 1], [2, 3], color=LOSS)
    found = points(figure)
    assert [(x, y) for kind, _, x, y in found if kind == "bars"] == [(1, 3), (2, 5)]
    assert [(x, y) for kind, _, x, y in found if kind == "error bars"] == [(1, 2.5), (1, 3.5)]
    assert {(0, 1), (1, 1), (0, 2), (1, 3)} == {(x, y) for kind, _, x, y in found if kind == "band"}
    assert {name for kind, name, *_ in found if kind == "band"} == {"loss"}


def test_guides_hatching_and_words_are_not():
    figure, axes = plt.subplots()
    axes.axvline(1)
    axes.axhline(1)
    axes.axvspan(1, 2, hatch="///")
    axes.text(1, 1, "a word")
    axes.annotate("", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"})
    assert table(figure) == ",".join(COLUMNS) + "\n"


def test_panels_are_counted_and_know_an_axis_that_they_share():
    figure, (top, bottom) = plt.subplots(2, 1, sharex=True)
    for axes, name in ((top, "loss"), (bottom, "r / r*")):
        axes.plot([0], [1])
        axes.set_ylabel(name)
    bottom.set_xlabel("epoch")
    assert [(row["panel"], row["x_label"], row["y_label"]) for row in rows(figure)] == [
        ("1", "epoch", "loss"), ("2", "epoch", "r / r*"),
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "stride"), [(MOST, 1), (MOST + 1, 2), (100 * MOST, 100)])
def test_a_long_series_is_thinned_and_says_so(count, stride):
    figure, axes = plt.subplots()
    axes.plot(np.arange(count), np.arange(count), color=LOSS)
    found = rows(figure)
    assert [float(row["x"]) for row in found] == list(range(0, count, stride))
    assert {row["series"] for row in found} == {"loss" if stride == 1 else f"loss (one point in {stride})"}


def test_many_series_share_the_room_of_a_figure():
    figure, axes = plt.subplots()
    axes.plot(np.arange(500), np.zeros((500, 100)))
    found = rows(figure)
    assert len(found) == 100 * 100 <= MOST_IN_ALL
    assert all(row["series"].endswith("(one point in 5)") for row in found)


def test_a_drawing_carries_its_table():
    figure, axes = plt.subplots()
    axes.plot([1], [2], label="a < b & c")
    descriptions = ElementTree.fromstring(drawn(figure)).iter("{http://purl.org/dc/elements/1.1/}description")
    assert [each.text for each in descriptions] == [table(figure)]
