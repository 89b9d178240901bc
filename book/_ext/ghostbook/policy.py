"""No script stands in a page: each is a file, so that a server may forbid all others (``script-src 'self'``).

All of them run in their order when the page is there, but for those that choose between light and dark, and those that
are marked to run where they stand.
"""

import re
from hashlib import sha256
from html import unescape
from pathlib import Path

from . import pages


FOLDER = "_static/inline"
NOW = "data-now"  # the mark
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_HANDLER = re.compile(r'(<\w[^<>]*\s)on(\w+)="([^"]*)"')
_ROOT = re.compile(r'<html\b[^>]*\bdata-content_root="([^"]*)"')
_LISTEN = """\
for (const element of document.querySelectorAll("[data-on{event}='{name}']"))
  element.addEventListener("{event}", function (event) {{ {action} }});
"""
_THEME = "document.documentElement.dataset.theme"


def _name(text):
    return sha256(text.encode()).hexdigest()[:12]


def in_files(html):
    """The page with its scripts and its elements' handlers in files, and these files, name → text.

    Parameters
    ----------
    html : str
        A finished page. Scripts with a type are data and stay.
    """
    files, listeners = {}, {}
    root = (_ROOT.search(html) or ["", "./"])[1]

    def hear(match):
        start, event, action = match.groups()
        name = _name(event + action)
        listeners[name] = _LISTEN.format(event=event, name=name, action=unescape(action))
        return f'{start}data-on{event}="{name}"'

    def move(match):
        attributes, text = match.groups()
        if "type=" in attributes:
            return match[0]
        waits = "" if "defer" in attributes or NOW in attributes or _THEME in text else " defer"
        if "src=" not in attributes:
            files[f"{_name(text)}.js"] = text
            attributes += f' src="{root}{FOLDER}/{_name(text)}.js"'
        return f"<script{waits}{attributes}></script>"

    html = _HANDLER.sub(hear, html)
    heard = "".join(f"<script>{text}</script>" for text in listeners.values())
    return _SCRIPT.sub(move, html.replace("</body>", f"{heard}</body>")), files


def setup(app):
    def rewrite(html, name):
        html, files = in_files(html)
        folder = Path(app.outdir) / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        return html

    pages.rewrite_with(app, rewrite)
