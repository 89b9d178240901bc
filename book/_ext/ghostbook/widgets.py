"""The widgets' scripts, laid beside the pages and loaded only where there is a widget: as soon as it has been read.

They wait neither for the rest of the page nor for any other script, so that it is alive when the page is first painted.
A large widget that is alive reaches into the margin of a wide screen, and the list of sections gives way while it does.
"""

import re
from hashlib import sha256

from ghostlib.widgets import _bundle, _page, small

from .assets import FOLDER, folder
from .policy import NOW


WIDGET = re.compile(r'class="ghost-widget[^>]* data-widget="([\w-]+)"')
LIVE = re.compile(r'(data-widget="([\w-]+)">.*?<div class="ghost-live)(?=")', re.DOTALL)
END = "</figure>"


def _write(app, name, text):
    """Write a file of the widgets, unless it is there."""
    target = folder(app) / name
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")


def _in_the_margin(match):
    """The theme's class for what stands there too; it is the theme that folds the list of sections."""
    live, module = match.groups()
    return live if _page.kinds()[module].__module__ == small.__name__ else f"{live} popout"


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
    body = LIVE.sub(_in_the_margin, body)
    end = body.index(END, WIDGET.search(body).start()) + len(END)
    context["body"] = body[:end] + loading + body[end:]


def setup(app):
    app.connect("html-page-context", _load)
