"""What others show of a page: a description for search engines, and a card for those who share its address."""

import os
from html import escape

from docutils import nodes

from . import assets, preview, reading


LENGTH = 200  # characters of a description; more is cut off where it is shown


def describe(doctree):
    """The beginning of a page's first paragraphs as plain text, cut at the end of a word.

    Those with formulas do not count, nor does the line under the title that says how long it takes.
    """
    text = ""
    for paragraph in doctree.findall(nodes.paragraph):
        is_prose = isinstance(paragraph.parent, nodes.section) and reading.LINE not in paragraph["classes"]
        if is_prose and not list(paragraph.findall(nodes.math)):
            text = f"{text} {' '.join(paragraph.astext().split())}".strip()
        if len(text) > LENGTH:
            return text[: LENGTH - 1].rsplit(" ", 1)[0] + " …"
    return text


def address(environment):
    """Where the book is published, or "": GHOSTBOOK_URL, or the address that a workflow's Pages have."""
    owner, _, name = environment.get("GITHUB_REPOSITORY", "").partition("/")
    published = environment.get("GHOSTBOOK_URL", f"https://{owner}.github.io/{name}" if name else "")
    return published and published.rstrip("/") + "/"


def _add_tags(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    title = app.env.titles[pagename].astext()
    if title == app.config.html_title:
        context["docstitle"] = ""  # else the front page's title says it twice
    tags = {"og:type": "article", "og:title": title, "og:site_name": app.config.html_title}
    if text := describe(doctree):
        context["metatags"] += f'<meta name="description" content="{escape(text)}" />\n'
        tags["og:description"] = text
    if base := address(os.environ):
        tags |= {"og:url": f"{base}{pagename}.html", "og:image": f"{base}_static/{assets.FOLDER}/{preview.NAME}"}
    context["metatags"] += "".join(
        f'<meta property="{name}" content="{escape(content)}" />\n' for name, content in tags.items()
    )


def setup(app):
    app.connect("html-page-context", _add_tags)
