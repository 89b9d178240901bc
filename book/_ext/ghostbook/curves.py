"""``{curve}`the loss <loss>```, ``{curve}`$r^*$ <optimum>```: words and symbols that light up what has their colour in
the nearest live figure. See curves.js.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import ReferenceRole

from ghostlib.page.palette import COLOURS

from . import assets


FILES = ("curves.js", "curves.css")


class Curve(ReferenceRole):
    """The words, marked with a colour of the book's grammar; their own name is one if no other follows in angles.

    What stands between dollars is a formula.
    """

    def run(self):
        if self.target not in COLOURS:
            problem = f"curve: {self.target!r} is no colour of the grammar; allowed are {', '.join(COLOURS)}"
            return [], [self.inliner.reporter.error(problem, line=self.lineno)]
        parts = enumerate(self.title.split("$"))
        marked = [nodes.math(part, part) if i % 2 else nodes.Text(part) for i, part in parts if part]
        return [nodes.inline(self.title, "", *marked, classes=["ghost-curve", f"ghost-curve-{self.target}"])], []


def setup(app):
    app.add_role("curve", Curve())
    assets.serve(app, *(Path(__file__).with_name(name) for name in FILES))
