"""The picture by which the book is shown where its address is shared: 1200 × 630, drawn by the build."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ghostlib.page.palette import COLOURS

from . import assets


NAME = "preview.png"


def draw(path, title, words):
    """Draw the parabola over its ghost, and beside it what the book is called."""
    colours = {name: colour.light for name, colour in COLOURS.items()}
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=colours["page"])
    FigureCanvasAgg(figure)
    figure.text(0.06, 0.86, title, size=50, weight="bold", color=colours["ink"], va="top", linespacing=1.2)
    figure.text(0.06, 0.28, words, size=22, color=colours["muted"], va="top", linespacing=1.5)
    axes = figure.add_axes((0.58, 0.12, 0.36, 0.76))
    x = np.linspace(-1, 1, 200)
    axes.plot(x, x**2 + 0.12, color=colours["ink"], linewidth=6, solid_capstyle="round")
    axes.axhline(0, color=colours["muted"], linewidth=3)
    axes.plot([0], [0.12], "o", color=colours["ghost"], markersize=26)
    axes.set_axis_off()
    figure.savefig(path, metadata={"Software": None})  # the same bytes whatever drew them


def _leave(app):
    if app.builder.format == "html":
        words = "Why learning can be abrupt:\na paper to play with"
        draw(assets.folder(app) / NAME, "A ghost\nmechanism,\nhands on", words)


def setup(app):
    app.connect("builder-inited", _leave)
