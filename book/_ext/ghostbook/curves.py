"""``{curve}`the loss <loss>```: a word that lights up what has its colour in the nearest live figure. See curves.js.

A symbol does so too: ``{curve}`the best $r^*$ <optimum>```.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import ReferenceRole

from ghostlib.page.palette import COLOURS

from . import assets


FILES = ("curves.js", "curves.css")
FORMULA = re.compile(r"\$([^$]+)\$")


class Curve(ReferenceRole):
    """The words and symbols, marked with a colour of the grammar; their own name is one if none follows in angles."""

    def run(self):
        if self.target not in COLOURS:
            problem = f"curve: {self.target!r} is no colour of the grammar; allowed are {', '.join(COLOURS)}"
            return [], [self.inliner.reporter.error(problem, line=self.lineno)]
        pieces = enumerate(FORMULA.split(self.title))  # every second one is a formula
        parts = [nodes.math(piece, piece) if k % 2 else nodes.Text(piece) for k, piece in pieces if piece]
        return [nodes.inline(self.title, "", *parts, classes=["ghost-curve", f"ghost-curve-{self.target}"])], []


def setup(app):
    app.add_role("curve", Curve())
    assets.serve(app, *(Path(__file__).with_name(name) for name in FILES))
