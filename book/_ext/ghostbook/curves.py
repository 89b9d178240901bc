"""``{curve}`the loss <loss>```: a word that lights up what has its colour in the nearest live figure. See curves.js."""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import ReferenceRole

from ghostlib.page.palette import COLOURS

from . import assets


FILES = ("curves.js", "curves.css")


class Curve(ReferenceRole):
    """The word, marked with a colour of the book's grammar; its own name is one if no other follows in angles."""

    def run(self):
        if self.target not in COLOURS:
            problem = f"curve: {self.target!r} is no colour of the grammar; allowed are {', '.join(COLOURS)}"
            return [], [self.inliner.reporter.error(problem, line=self.lineno)]
        return [nodes.inline(self.title, self.title, classes=["ghost-curve", f"ghost-curve-{self.target}"])], []


def setup(app):
    app.add_role("curve", Curve())
    assets.serve(app, *(Path(__file__).with_name(name) for name in FILES))
