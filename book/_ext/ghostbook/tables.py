"""Beside each figure, a link to what it shows as a table.

Its drawing carries that as a description in its metadata: see ghostlib.plots.data.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import assets


FOLDER = "data"
_DESCRIPTION = re.compile(r"<dc:description>(.*?)</dc:description>", re.DOTALL)


def carried(svg):
    """The table that a drawing carries; empty where it has none, or one without rows, as a diagram has."""
    found = _DESCRIPTION.search(svg)
    table = html.unescape(found[1]) if found else ""
    return table if table.count("\n") > 1 else ""


class LayTables(SphinxPostTransform):
    """Lay the table of every named figure beside the pages."""

    default_priority = 8  # before the pictures are put into the page
    formats = ("html",)

    def run(self):
        for figure in self.document.findall(nodes.figure):
            for image in figure.findall(nodes.image):
                if figure["ids"] and image["uri"].endswith(".svg"):
                    self._lay(figure, Path(self.env.srcdir) / image["uri"].lstrip("/"))

    def _lay(self, figure, drawing):
        if table := carried(drawing.read_text(encoding="utf-8")):
            folder = assets.folder(self.app) / FOLDER
            folder.mkdir(exist_ok=True)
            name = f"{figure['ids'][0]}.csv"
            (folder / name).write_text(table, encoding="utf-8")
            figure["ghost_table"] = f"_static/{assets.FOLDER}/{FOLDER}/{name}"


def _link(app, doctree, docname):
    for figure in doctree.findall(nodes.figure):
        caption = figure.next_node(nodes.caption)
        if caption is not None and (table := figure.get("ghost_table")):
            # All pages lie in one folder.
            link = nodes.reference("", "data", internal=True, refuri=table, classes=["ghost-source"])
            caption += [nodes.Text(" "), link]


def setup(app):
    app.add_post_transform(LayTables)
    app.connect("doctree-resolved", _link, priority=960)  # after the link to the source
