"""The book's look for matplotlib: colours by meaning, live text, few lines."""

import io

import matplotlib as mpl
from matplotlib.figure import Figure

from ghostlib.page import palette
from ghostlib.page.palette import COLOURS
from ghostlib.plots.data import table


INK, MUTED, GRID, PAGE, OPTIMUM, GHOST, DEAD, CLAIM, LOSS, GRADIENT = (
    COLOURS[name].light
    for name in ("ink", "muted", "grid", "page", "optimum", "ghost", "dead", "claim", "loss", "gradient")
)
CONFIDENCE, RANKS = (
    tuple(colour.light for colour in COLOURS.values() if colour.meaning == meaning)
    for meaning in (palette.CONFIDENCE, palette.RANK)
)  # low to high
WIDTH = 5.0  # inches: of 15 px, the letters keep 11 when a phone shrinks the picture to 352 px
# The book's look for matplotlib's settings: SVG with live text, few lines, no box.
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ghost",
    "pdf.fonttype": 42,  # TrueType: journals refuse matplotlib's own, Type 3
    "figure.figsize": (WIDTH, 3.0),
    "figure.constrained_layout.use": True,
    "figure.facecolor": PAGE,  # a notebook may be dark; the book's page puts its own ground in the place of this
    "axes.facecolor": "none",
    "font.family": "sans-serif",
    "font.size": 11.25,
    "axes.titlesize": 11.25,
    "axes.labelsize": 11.25,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "lines.linewidth": 1.8,
    "lines.color": INK,
    "hatch.color": COLOURS["dead"].light,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
}


def use_book_style():
    """Set matplotlib's defaults to the book's look, `STYLE`; a notebook's figures then carry their numbers: `drawn`."""
    mpl.rcParams.update(STYLE)
    if "inline" in mpl.get_backend():
        from IPython.core.interactiveshell import InteractiveShell
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg")
        InteractiveShell.instance().display_formatter.formatters["image/svg+xml"].for_type(Figure, drawn)


def drawn(figure):
    """A figure as SVG, with its `table` as the description in its metadata.

    As wide as it was drawn: a picture cut to its ink would not line up with the next.
    """
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches=None, metadata={"Description": table(figure)})
    return text.getvalue()
