"""``{figure-tiles}``: the paper's figures at a glance, each a small picture that leads to its place.

A figure is one of the paper's if the first words of its caption say so: "The paper's Fig. 2A."
"""

import re
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from ghostlib.page.palette import COLOURS

from . import assets


LOG = logging.getLogger(__name__)
FOLDER = "figures"
THEMES = ("light", "dark")
_CLAIMED = re.compile(r"paper[’']s (Figs?\. (\w+)(?: and (\w+))?(?:, the [^.)]*)?)")
_NUMBER = re.compile(r"-?\d+\.\d+")
SVG = "{http://www.w3.org/2000/svg}"
UNUSED = {f"{SVG}{name}" for name in ("metadata", "style", "text")}
ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
# However much it is shrunk, a line stays as wide as it was drawn.
STYLE = "path { stroke-linejoin: round; vector-effect: non-scaling-stroke }"


class Figure(NamedTuple):
    """One of the paper's figures: ``title`` "Fig. 3A, the training", ``numbers`` ("Fig. 3A",), and its place."""

    title: str
    numbers: tuple
    docname: str
    anchor: str


def figures(env):
    """The paper's figures in this book, a list of `Figure`, in the paper's order."""
    found = []
    for docname, anchor, caption in env.get_domain("std").labels.values():
        if claimed := _CLAIMED.search(caption.partition("\n")[0]):
            title, *numbers = claimed.groups()
            found.append(Figure(title, tuple(f"Fig. {number}" for number in numbers if number), docname, anchor))
    return sorted(found, key=lambda figure: figure.numbers)


def miniature(svg, theme):
    """A matplotlib SVG for the size of a stamp: without letters, in whole points, in the colours of the theme.

    Parameters
    ----------
    svg : str
        What ``savefig(format="svg")`` wrote.
    theme : {"light", "dark"}

    Returns
    -------
    str
        An SVG file.
    """
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for part in list(parent):
            if part.tag in UNUSED or part.get("id", "").startswith("text_"):
                parent.remove(part)
    seen = set()
    for parent in list(root.iter()):
        for part in list(parent):
            for name in ("d", "x", "y"):
                if value := part.get(name):
                    part.set(name, _coarse(value))
            here = tuple(sorted(part.attrib.items()))
            if part.tag == f"{SVG}use" and here in seen:
                parent.remove(part)  # a dot upon another one
            seen.add(here)
    ElementTree.SubElement(root, f"{SVG}style").text = STYLE
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    text = ElementTree.tostring(root, encoding="unicode")
    for colour in COLOURS.values():
        text = re.sub(re.escape(colour.light), getattr(colour, theme), text, flags=re.IGNORECASE)
    return text.replace("<svg ", f'<svg fill="{getattr(COLOURS["ink"], theme)}" ', 1)


def _coarse(path):
    """The path with whole numbers, and without points that fall on the one before."""
    steps = re.split(r"\s*\n\s*|\s+(?=[MLCQz])", _NUMBER.sub(lambda number: f"{float(number[0]):.0f}", path.strip()))
    kept = []
    for step in steps:
        if not kept or step[:1] != "L" or step[1:] != kept[-1][1:]:
            kept.append(step)
    return " ".join(kept)


def pictures(anchor, alt=""):
    """The two pictures of a figure, of which a page shows the one of its theme; all pages lie in one folder."""
    return "".join(
        f'<img class="only-{theme}" src="_static/{assets.FOLDER}/{FOLDER}/{anchor}-{theme}.svg" '
        f'alt="{escape(alt)}" loading="lazy" />'
        for theme in THEMES
    )


class DrawMiniatures(SphinxPostTransform):
    """Leave a miniature of each of the paper's figures beside the pages."""

    default_priority = 8  # before the pictures are put into the page
    formats = ("html",)

    def run(self):
        for figure in figures(self.env):
            if figure.docname == self.env.docname:
                for image in self.document.ids[figure.anchor].findall(nodes.image):
                    self._draw(image["uri"], figure.anchor)

    def _draw(self, uri, name):
        if not uri.endswith(".svg"):
            return
        folder = assets.folder(self.app) / FOLDER
        folder.mkdir(exist_ok=True)
        svg = (Path(self.env.srcdir) / uri.lstrip("/")).read_text(encoding="utf-8")
        for theme in THEMES:
            (folder / f"{name}-{theme}.svg").write_text(miniature(svg, theme), encoding="utf-8")


class Tiles(nodes.General, nodes.Element):
    """Stands for the tiles until all figures are known."""


class FigureTiles(SphinxDirective):
    def run(self):
        self.env.note_reread()
        return [Tiles()]


def _lay(app, doctree, docname):
    for node in list(doctree.findall(Tiles)):
        tiles = []
        for figure in figures(app.env):
            address = f"{app.builder.get_relative_uri(docname, figure.docname)}#{figure.anchor}"
            words = f'<span aria-hidden="true">{escape(figure.title)}</span>'
            tiles.append(f'<a href="{escape(address)}">{pictures(figure.anchor, figure.title)}{words}</a>')
        if not tiles:
            LOG.warning("figure-tiles: no caption begins with “The paper’s Fig. …”", location=docname)
        markup = f'<nav class="ghost-tiles" aria-label="The paper’s figures">{"".join(tiles)}</nav>'
        node.replace_self(nodes.raw("", markup, format="html"))


def setup(app):
    app.add_directive("figure-tiles", FigureTiles)
    app.add_post_transform(DrawMiniatures)
    app.connect("doctree-resolved", _lay)
