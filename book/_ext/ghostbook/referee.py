"""The scripts that check the ledger in the reader's browser, loaded where its table is."""

from ghostlib.widgets._bundle import bundle, compiled
from ghostlib.widgets._networks import packed

from .assets import FOLDER, lay


MARK = "ghost-check"


def scripts():
    """The two scripts by file name: the page's, and the worker's, which a page from disk takes as a function."""
    data = f'const PACKED = "{packed()}";\nconst COMPILED = "{compiled()}";\n'
    worker = data + bundle("referee_worker")
    return {
        "referee.js": f"(() => {{\n{bundle('referee')}\n}})();\n",
        "referee_worker.js": f"function ghostReferee() {{\n{worker}\n}}\nif (!self.document) ghostReferee();\n",
    }


def _load(app, pagename, templatename, context, doctree):
    if MARK in context.get("body", ""):
        app.add_js_file(f"{FOLDER}/referee.js", loading_method="defer")


def setup(app):
    lay(app, scripts)
    app.connect("html-page-context", _load)
