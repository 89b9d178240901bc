"""What the theme and docutils leave undone for readers who hear a page instead of seeing it."""

import re

from . import pages


_SEARCH_FIELD = re.compile(r'(<button class="btn search-button-field[^>]*?) aria-label="Search"')


def mend(html, name):
    """The page with roles that are in use, and buttons whose name is what stands on them."""
    html = html.replace(' role="doc-biblioentry"', ' role="listitem"')  # deprecated, and no child of a list
    html = html.replace('<summary aria-label="Toggle hidden content">', "<summary>")  # it reads: Show the code
    return _SEARCH_FIELD.sub(r"\1", html)


def setup(app):
    pages.rewrite_with(app, mend)
