"""What holds for every figure: each label lies inside the picture, none on another, and its colour can be read."""

from itertools import combinations

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

from ghostlib import plots
from ghostlib.page.palette import COLOURS


LEGIBLE = {mpl.colors.to_rgba(colour.light) for colour in COLOURS.values() if colour.use == "text"}


@pytest.fixture
def book_style():
    """The book's style, off the screen; figures are closed afterwards."""
    mpl.use("Agg")
    with mpl.rc_context():
        plots.use_book_style()
        yield
    plt.close("all")


def assert_legible(figure, allowed=1.0):
    """Fail if a text of `figure` leaves it, covers another one by more than `allowed` pixels, or is too faint."""
    figure.canvas.draw()
    frame, undrawn = figure.bbox, {id(text) for text in _undrawn(figure)}
    texts = [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in undrawn
    ]
    for text in texts:
        assert mpl.colors.to_rgba(text.get_color(), text.get_alpha()) in LEGIBLE, f"{text.get_text()!r} is too faint"
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    for words, box in boxes:
        inside = (
            box.x0 >= frame.x0 - allowed
            and box.y0 >= frame.y0 - allowed
            and box.x1 <= frame.x1 + allowed
            and box.y1 <= frame.y1 + allowed
        )
        assert inside, f"{words!r} leaves the picture"
    for (words, box), (others, other) in combinations(boxes, 2):
        wide = min(box.x1, other.x1) - max(box.x0, other.x0)
        high = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(wide, high) <= allowed, f"{words!r} covers {others!r}"


def _undrawn(figure):
    # matplotlib keeps the labels of ticks outside the axis' limits, but does not draw them.
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not min(limits) <= tick.get_loc() <= max(limits):
                    yield from (tick.label1, tick.label2)
