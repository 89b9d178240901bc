"""The widgets' scripts, laid beside the pages and loaded only where there is a widget, before all other scripts."""

import re

from ghostlib.widgets import _bundle, _page

from .assets import FOLDER, folder


WIDGET = re.compile(r'class="ghost-widget[^>]* data-widget="([\w-]+)"')
FIRST = 50  # Sphinx's own scripts have 200, the theme's 500


def _write(app, name, text):
    """Write a file of the widgets, unless it is there."""
    target = folder(app) / name
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")


def _load(app, pagename, templatename, context, doctree):
    modules = WIDGET.findall(context.get("body", ""))
    if not modules:
        return
    _write(app, "widgets.css", (_bundle.SOURCES / "widgets.css").read_text(encoding="utf-8"))
    app.add_css_file(f"{FOLDER}/widgets.css")
    for place, (name, text) in enumerate(_page.scripts(modules).items()):
        _write(app, name, text)
        app.add_js_file(f"{FOLDER}/{name}", loading_method="defer", priority=FIRST + place)


def setup(app):
    app.connect("html-page-context", _load)
