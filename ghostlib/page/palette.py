"""The visual grammar: what each colour means, once, for figures, widgets and pages alike."""

import html
import re
from typing import NamedTuple


class Colour(NamedTuple):
    """One colour of the grammar.

    light, dark : "#rrggbb" on the light and on the dark page.
    meaning : what it stands for, everywhere in the book.
    use : "text" may write words, 4.5:1 against the page; "mark" draws shapes, 3:1; "guide" may be fainter.
    """

    light: str
    dark: str
    meaning: str
    use: str = "text"


CONFIDENCE, RANK = "confidence, from low to high", "rank, from low to high"
COLOURS = {
    "ink": Colour("#1f2430", "#e8eaee", "text, axes, the state and anything without a meaning of its own"),
    "muted": Colour("#5c6470", "#a7afbb", "secondary text, guides"),
    "grid": Colour("#dde1e7", "#3a404a", "grid lines, frames", "guide"),
    "page": Colour("#ffffff", "#14181e", "the page behind a label", "guide"),
    "optimum": Colour("#00795a", "#3fd6a4", "learned, the optimum r*"),
    "ghost": Colour("#7a3aa8", "#c79bf5", "a ghost, a slow point"),
    "dead": Colour("#8a919c", "#7d8592", "the no-learning zone, always hatched", "mark"),
    "claim": Colour("#ad5c00", "#ffb152", "the paper's own value, always dashed"),
    "loss": Colour("#1260b4", "#6db4ff", "the loss"),
    "gradient": Colour("#c0213c", "#ff8091", "the gradient; as a dot, where a state starts, as in the paper"),
    "confidence-1": Colour("#8a5a78", "#f0c4dd", CONFIDENCE),
    "confidence-2": Colour("#8f3a72", "#e08fc0", CONFIDENCE),
    "confidence-3": Colour("#7d1160", "#d05aa6", CONFIDENCE),
    # Viridis, an ordered perceptual map: its dark part on the light page, its light part on the dark one.
    "rank-1": Colour("#471365", "#1f9a8a", RANK),
    "rank-2": Colour("#482475", "#21a685", RANK),
    "rank-3": Colour("#46337f", "#2eb37c", RANK),
    "rank-4": Colour("#414287", "#42be71", RANK),
    "rank-5": Colour("#3c508b", "#5ec962", RANK),
    "rank-6": Colour("#355e8d", "#7cd250", RANK),
    "rank-7": Colour("#306a8e", "#9dd93b", RANK),
    "rank-8": Colour("#2a768e", "#c2df23", RANK),
    "rank-9": Colour("#26828e", "#e5e419", RANK),
}
# How a page says that it is dark: the book, JupyterLab, Colab, marimo, VS Code.
DARK = (
    'html[data-theme="dark"]', '[data-jp-theme-light="false"]', 'html[theme="dark"]', ".dark", ".vscode-dark",
    ".vscode-high-contrast:not(.vscode-high-contrast-light)",
)  # fmt: skip


def css():
    """A style sheet of variables ``--ghost-<name>``: light at ``:root``, dark where the theme of the page is dark.

    A page that says so in none of the ways of `DARK` is as dark as its ``color-scheme``. The first two selectors weigh
    nothing, so that the last decides.
    """

    def block(selector, value):
        body = "".join(f"  --ghost-{name}: {value(colour)};\n" for name, colour in COLOURS.items())
        return f"{selector} {{\n{body}}}\n"

    follows = block(":where(:root:not([data-theme]))", lambda colour: f"light-dark({colour.light}, {colour.dark})")
    return (
        block(":where(:root, :host)", lambda colour: colour.light)
        + f"@supports (color: light-dark(#000, #fff)) {{\n{follows}}}\n"
        + block(", ".join(DARK), lambda colour: colour.dark)
    )


def inline_svg(svg, *, alt, prefix):
    """A matplotlib SVG as an inline element that takes the page's colours and font.

    Parameters
    ----------
    svg : str
        What ``savefig(format="svg")`` wrote with ``svg.fonttype`` "none".
    alt : str
        What the picture shows, for those who do not see it.
    prefix : str
        Put before every id, so that several pictures can stand in one page.

    Returns
    -------
    str
        ``<svg class="ghost-figure" role="img" aria-label=…>`` without style element, metadata or fixed size; every
        colour of `COLOURS` is replaced by its CSS variable.
    """
    body = re.search(r'<svg\b([^>]*\bviewBox="([^"]+)"[^>]*)>(.*)</svg>', svg, re.DOTALL)
    if body is None:
        raise ValueError("svg: no <svg> element with a viewBox found; expected the text of an SVG file")
    if not alt.strip():
        raise ValueError("alt: empty; every picture needs a text that says what it shows")
    attributes, view_box, content = body.groups()
    in_points = re.search(r'\bwidth="[\d.]+pt"', attributes) is not None
    width = float(view_box.split()[2]) * (4 / 3 if in_points else 1)  # CSS pixels
    content = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", content, flags=re.DOTALL)
    content = re.sub(r"\s*\n\s*", " ", content)
    content = re.sub(r'(?<![\w-])id="([^"]+)"', rf'id="{prefix}-\1"', content)
    content = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", content)
    content = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{prefix}-\1"', content)
    content = re.sub(r"font-family:[^;\"]*;?\s*", "", content)  # the page's font, not matplotlib's
    for name, colour in COLOURS.items():
        content = re.sub(re.escape(colour.light), f"var(--ghost-{name})", content, flags=re.IGNORECASE)
    return (
        f'<svg class="ghost-figure" xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" '
        f'style="max-width: {width:.0f}px" role="img" aria-label="{html.escape(alt, quote=True)}">'
        f"{content}</svg>"
    )
