"""Questions that take a number: a guess before the answer is shown, and an exercise that is checked in the page.

The answers are numbers that the page's runs have pasted, never typed: `ghostlib.page.paste.paste` for a guess,
`ghostlib.page.paste.answer` for an exercise.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from myst_nb.core.variables import RetrievalError, format_plain_text
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from ghostlib.widgets import _bundle

from .assets import FOLDER, lay


LOGGER = logging.getLogger(__name__)
MARK = 'class="ghost-ask"'
FILE = "ask.js"


def element(kind, name, within, answer):
    """The place of a question in the page, which ``ask.js`` brings to life.

    Parameters
    ----------
    kind : str
        "guess", whose answer is shown as it was pasted, or "check", whose answer has to be a number.
    name : str
        Under which the answer was pasted; a guess is kept by it.
    within : str
        The relative difference that is allowed to a checked answer, as "1%".
    answer : str
        As it was pasted.
    """
    said = {"name": name, "answer": answer}
    if kind == "check":
        said |= {"answer": float(answer.replace("−", "-")), "within": float(within.removesuffix("%")) / 100}
    data = "".join(f' data-{key}="{html.escape(str(value))}"' for key, value in said.items())
    return f"<span {MARK}{data}></span>"


class AskRole(SphinxRole):
    """``{guess}`name```, or ``{check}`name, 1%``` with the difference that is allowed, of what was pasted."""

    def run(self):
        name, _, within = (part.strip() for part in self.text.partition(","))
        try:
            key = f"{name}-exact" if self.name == "check" else name
            pasted = retrieve_glue_data(self.inliner.document, key).data["text/plain"]
            place = element(self.name, name, within, format_plain_text(pasted, "s"))
        except (RetrievalError, ValueError) as error:
            LOGGER.warning("%s: %s", self.name, error, location=self.get_location(), type="ghost", subtype="ask")
            return [], []
        return [nodes.raw("", place, format="html")], []


def script():
    """What makes questions of `element`: a classic script, the widgets' way to read numbers and then ``ask.js``."""
    numbers = re.sub("^export ", "", _bundle.bundle("numbers"), flags=re.MULTILINE)
    own = (Path(__file__).parent / "ask.js").read_text(encoding="utf-8")
    return f"(() => {{\n{numbers}\n{own}}})();\n"


def _load_script(app, pagename, templatename, context, doctree):
    if MARK in context.get("body", ""):
        app.add_js_file(f"{FOLDER}/{FILE}", loading_method="defer")


def setup(app):
    app.add_role("guess", AskRole())
    app.add_role("check", AskRole())
    lay(app, lambda: {FILE: script()})
    app.connect("html-page-context", _load_script)
