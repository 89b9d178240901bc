"""The widgets' scripts, laid beside the pages and loaded only where there is a widget."""

import json

from ghostlib.widgets import _bundle

from .assets import FOLDER, lay


MARK = 'class="ghost-widget'


def assets():
    """Text of every file that a page with widgets may ask for, by name.

    A widget's module comes as text inside a classic script, since a page opened from disk may not import modules.
    """
    files = {name: (_bundle.SOURCES / name).read_text(encoding="utf-8") for name in ("loader.js", "widgets.css")}
    for name in _bundle.names():
        files[f"{name}.js"] = f"ghostWidgets.define({json.dumps(name)}, {json.dumps(_bundle.bundle(name))});\n"
    return files


def _load_assets(app, pagename, templatename, context, doctree):
    if MARK in context.get("body", ""):
        app.add_css_file(f"{FOLDER}/widgets.css")
        app.add_js_file(f"{FOLDER}/loader.js", loading_method="defer")


def setup(app):
    lay(app, assets)
    app.connect("html-page-context", _load_assets)
