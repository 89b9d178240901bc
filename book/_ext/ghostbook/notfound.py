"""The page that is shown for an address which the book does not have: 404.html, as many hosts look for it."""

import os
from html import escape

from . import summary


BODY = """\
<h1>There is no such page</h1>
<p>What you looked for is not here, perhaps not any more.
The <a href="{home}">first page</a> leads to every chapter, and the <a href="search.html">search</a> finds words.</p>
"""


def _add(app):
    if app.builder.format != "html":
        return
    # It is shown at any depth, where relative addresses would lead astray: they start from where the book is published.
    base = summary.address(os.environ)
    tags = f'<base href="{escape(base)}" />' if base else ""
    body = BODY.format(home=app.builder.get_target_uri(app.config.root_doc))
    yield "404", {"title": "No such page", "body": body, "metatags": tags}, "page.html"


def setup(app):
    app.connect("html-collect-pages", _add)
