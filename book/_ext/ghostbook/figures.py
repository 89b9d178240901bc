"""Pictures stand in the page itself, where they can follow its theme, and none goes without words."""

import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from ghostlib.page.palette import inline_svg


LOG = logging.getLogger(__name__)
FILE_NAME = re.compile(r"\.(svg|png|jpe?g|gif|webp)$", re.IGNORECASE)


def _warn(message, *details, node):
    LOG.warning(message, *details, location=node, type="ghostbook", subtype="picture")


class InlineFigures(SphinxPostTransform):
    """Put every SVG into the page; ask for alt text; refuse pictures of another host."""

    default_priority = 9  # MyST-NB has picked one output of each cell by 5; the writer collects files at 10 or later
    formats = ("html",)

    def run(self):
        for number, node in enumerate(list(self.document.findall(nodes.image)), start=1):
            uri, alt = node["uri"], node.get("alt", "").strip()
            if "://" in uri:
                _warn("picture %s: asks another host; keep a copy in the book", uri, node=node)
            elif not alt or FILE_NAME.search(alt):
                _warn("picture %s: no alt text that says what it shows", uri, node=node)
            elif uri.endswith(".svg"):
                self._inline(node, uri, alt, f"figure-{number}")

    def _inline(self, node, uri, alt, prefix):
        text = (Path(self.env.srcdir) / uri.lstrip("/")).read_text(encoding="utf-8")
        try:
            svg = inline_svg(text, alt=alt, prefix=prefix)
        except ValueError as error:
            _warn("picture %s: %s", uri, error, node=node)
        else:
            node.replace_self(nodes.raw("", svg, format="html"))


def setup(app):
    app.add_post_transform(InlineFigures)
