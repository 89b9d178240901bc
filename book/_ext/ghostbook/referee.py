"""The scripts that check the ledger in the reader's browser, loaded where its table is, and the ledger as a file."""

from pathlib import Path

from ghostlib.widgets._bundle import bundle
from ghostlib.widgets._networks import pack
from ghostlib.widgets.train import SEEDS

from .widgets import FOLDER


MARK = "ghost-check"


def scripts():
    """The two scripts by file name: the page's, and the worker's, which a page from disk takes as a function."""
    worker = f'const PACKED = "{pack(range(SEEDS))}";\n{bundle("referee_worker")}'
    return {
        "referee.js": f"(() => {{\n{bundle('referee')}\n}})();\n",
        "referee_worker.js": f"function ghostReferee() {{\n{worker}\n}}\nif (!self.document) ghostReferee();\n",
    }


def _write(app):
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for name, text in scripts().items():
        (target / name).write_text(text, encoding="utf-8")


def _load(app, pagename, templatename, context, doctree):
    if MARK in context.get("body", ""):
        app.add_js_file(f"{FOLDER}/referee.js", loading_method="defer")


def setup(app):
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load)
