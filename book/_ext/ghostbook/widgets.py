"""The widgets' scripts, laid beside the pages and loaded only where there is a widget: as soon as it has been read.

They wait neither for the rest of the page nor for any other script, so that it is alive when the page is first painted.
"""

import re
from hashlib import sha256

from ghostlib.widgets import _bundle, _page

from .assets import FOLDER, folder
from .policy import NOW


WIDGET = re.compile(r'class="ghost-widget[^>]* data-widget="([\w-]+)"')
END = "</figure>"


def _write(app, name, text):
    """Write a file of the widgets, unless it is there."""
    target = folder(app) / name
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")


def _load(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    modules = WIDGET.findall(body)
    if not modules:
        return
    _write(app, "widgets.css", (_bundle.SOURCES / "widgets.css").read_text(encoding="utf-8"))
    app.add_css_file(f"{FOLDER}/widgets.css")
    loading = ""
    for name, text in _page.scripts(modules).items():
        _write(app, name, text)
        version = sha256(text.encode()).hexdigest()[:8]  # else a browser might keep the one of an earlier build
        loading += f'<script {NOW} src="{context["pathto"](f"_static/{FOLDER}/{name}", 1)}?v={version}"></script>'
    end = body.index(END, WIDGET.search(body).start()) + len(END)
    context["body"] = body[:end] + loading + body[end:]


def setup(app):
    app.connect("html-page-context", _load)
