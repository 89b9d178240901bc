"""What figures are drawn with beside matplotlib's own verbs: panels, labels, guides, axes that say what they are."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import NullFormatter

from ghostlib.page.numbers import SUPERSCRIPTS
from ghostlib.plots.style import CLAIM, DEAD, INK, MUTED, PAGE, WIDTH


HALO = {"color": PAGE, "pad": 1}  # behind a label that lies on lines or hatching


def panels(rows, height, **options):
    """A figure as wide as the page's column, with `rows` axes one above the other; `options` as for `plt.subplots`."""
    return plt.subplots(rows, 1, figsize=(WIDTH, height), **{"sharex": True, **options})


def label(axes, text, at, away=(0, 0), **style):
    """Write `text` beside the point `at` of the data, `away` from it by so many points (1/72 inch) and on that side."""
    across, up = np.sign(away)
    sides = {"ha": ("center", "left", "right")[across], "va": ("center", "bottom", "top")[up]}
    return axes.annotate(text, at, away, textcoords="offset points", **{**sides, **style})


def vline(axes, x, color=MUTED, text="", at=0.95, away=(4, 0), **line):
    """A guide at `x`, dashed for the paper's value; `text` stands beside it, `at` so much of the height of the axes."""
    axes.axvline(x, color=color, **_guide(color, line))
    if text:
        label(axes, text, (x, at), away, color=color, xycoords=axes.get_xaxis_transform())


def hline(axes, y, color=MUTED, text="", at=1.0, away=(-1, 3), **line):
    """A guide at `y`, as `vline`; `text` stands `at` so much of the width of the axes."""
    axes.axhline(y, color=color, **_guide(color, line))
    if text:
        label(axes, text, (at, y), away, color=color, xycoords=axes.get_yaxis_transform())


def dot(axes, x, y, color=INK, *, hollow=False, **style):
    """A dot above all lines; hollow for what is passed or repels."""
    face = {"markerfacecolor": PAGE} if hollow else {}
    axes.plot([x], [y], **{"marker": "o", "linestyle": "none", "color": color, "zorder": 3, **face, **style})


def arrow(axes, start, stop, **style):
    """Draw an arrow between two points of the data."""
    axes.annotate("", stop, start, arrowprops={"arrowstyle": "-|>", "linewidth": 1.6, **style})


def shade_zone(axes, start, stop, named=None, *, across=False, **style):
    """Hatch the no-learning zone between two values of x, or of y if `across`: hatching means it, in every figure.

    named : the point of the data at which its name is written, if anywhere.
    """
    span = axes.axhspan if across else axes.axvspan
    span(start, stop, facecolor="none", edgecolor=DEAD, hatch="///", linewidth=0)
    if named:
        label(axes, "no-learning zone", named, **{"color": MUTED, "bbox": HALO, **style})


def log_axes(axes, x=None, y=None):
    """Make axes logarithmic, where they have a name: they say so, and their ticks are 0.1, 1, 10, …, 10⁻⁴."""
    for side, name, axis in (("x", x, axes.xaxis), ("y", y, axes.yaxis)):
        if name:
            axes.set(**{f"{side}scale": "log", f"{side}label": f"{name} (log scale)"})
            # Plain text, which takes the page's font.
            axis.set_major_formatter(lambda value, _: power_of_ten(value))
            axis.set_minor_formatter(NullFormatter())


def epoch_axis(axes, first, last, name="epoch"):
    """Let x be the epoch, written 6,000."""
    axes.set(xlim=(first, last), xlabel=name)
    axes.xaxis.set_major_formatter("{x:,.0f}")


def power_of_ten(value):
    """0.1, 1, 10, 100, 1000, and beyond these 10⁻⁴."""
    exponent = round(np.log10(value))
    return f"{10.0**exponent:g}" if -2 < exponent <= 3 else "10" + str(exponent).translate(SUPERSCRIPTS)


def apart(heights, least):
    """Heights for labels: those given, in the same order of size, but `least` apart."""
    order, moved = np.argsort(heights), np.array(heights, dtype=float)
    for below, above in zip(order[:-1], order[1:], strict=True):
        moved[above] = max(moved[above], moved[below] + least)
    return moved


def _guide(color, line):
    return {"linewidth": 1.2, "linestyle": "--" if color == CLAIM else "-", **line}
