"""What a figure shows, as a table: found in its axes, so that no plot has to write anything down."""

import csv
import io
from functools import singledispatch

import numpy as np
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgba_array
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ghostlib.page.palette import COLOURS


COLUMNS = ("panel", "x_label", "y_label", "kind", "series", "x", "y")
# Points of a series, and of a figure; of more, every so many are kept, and the name says so.
MOST, MOST_IN_ALL = 1000, 10_000
NONE = np.empty((0, 2))  # points
_NAMES = {colour.light: name for name, colour in COLOURS.items()}


def table(figure):
    """All that is drawn at a place of the data in a matplotlib figure, as the text of a CSV file.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    str
        A row for each point, columns as in `COLUMNS`: the panel's number from the top, what its axes are called, what
        is drawn (line, dots, bars, error bars, or the outline of a band), the series, which without a label is the
        meaning of its colour, and the point. Guides that cross the whole axes, hatching and words are left out.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    artists = [(*axes.lines, *axes.collections, *axes.patches) for axes in figure.axes]
    most = min(MOST, max(1, MOST_IN_ALL // max(1, sum(map(len, artists)))))
    for panel, (axes, drawn) in enumerate(zip(figure.axes, artists, strict=True), start=1):
        labels = [_label(axes), axes.get_ylabel()]
        for artist in drawn:
            kind, points, place, colour = _drawn(artist)
            if place is not axes.transData:
                continue  # a guide across the axes: only one of its coordinates is the data's
            points = np.ma.filled(np.ma.asarray(points, float), np.nan).reshape(-1, 2)
            stride = -(-len(points) // most) or 1
            series = f"{_name(artist, colour)} {f'(one point in {stride})' * (stride > 1)}".strip()
            kept = points[::stride]
            for x, y in kept[np.isfinite(kept).all(axis=1)]:
                rows.writerow([panel, *labels, kind, series, f"{x:.7g}", f"{y:.7g}"])
    return text.getvalue()


@singledispatch
def _drawn(artist):
    """What kind of thing an artist is, its points, in whose coordinates they are, and its colour."""
    return "", (), None, ()


@_drawn.register
def _(line: Line2D):
    kind = "dots" if line.get_linestyle() == "None" else "line"
    return kind, line.get_xydata(), line.get_transform(), line.get_color()


@_drawn.register
def _(dots: PathCollection):
    return "dots", dots.get_offsets(), dots.get_offset_transform(), dots.get_edgecolor()


@_drawn.register
def _(bars: LineCollection):
    return "error bars", np.concatenate([NONE, *bars.get_segments()]), bars.get_transform(), bars.get_edgecolor()


@_drawn.register
def _(band: PolyCollection):
    outlines = [path.vertices for path in band.get_paths()]
    return "band", np.concatenate([NONE, *outlines]), band.get_transform(), band.get_facecolor()


@_drawn.register
def _(bar: Rectangle):
    top = [bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height()]
    return "bars", top, bar.get_data_transform(), bar.get_facecolor()


def _name(artist, colour):
    """What a series is called: its label, or what its colour means in every figure."""
    label = str(artist.get_label())
    if not label.startswith("_"):
        return label
    colours = to_rgba_array(colour)
    return _NAMES.get(to_hex(colours[0]), "") if len(colours) else ""


def _label(axes):
    """What the x axis is called, there or on a panel that shares it."""
    shared = axes.get_shared_x_axes().get_siblings(axes)
    return next(filter(None, (each.get_xlabel() for each in (axes, *shared))), "")
