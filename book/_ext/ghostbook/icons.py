"""The theme's icons as inline SVG, drawn at build time: what its script of 1.5 MB does in every reader's browser."""

import re
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from . import pages


STYLES = {"fa-solid": "fas", "fas": "fas", "fa-regular": "far", "far": "far", "fa-brands": "fab", "fab": "fab"}
_SET_ENDS = re.compile(r'\("(fa[brs])",\w+\),\w+\("fa-')
_ICON = re.compile(r'"?([\w-]+)"?:\[(\d+),(\d+),\[([^\]]*)\],"[0-9a-f]+","([^"]+)"\]')
_PLACE = re.compile(r'<(i|span)\s+class="([^"]*\bfa-[^"]*)"((?:\s+[\w-]+="[^"]*")*)\s*></\1>')
_TITLE = re.compile(r'\s+title="[^"]*"')


class Icon(NamedTuple):
    """A filled path in a box of `width` by `height` units."""

    width: int
    height: int
    path: str


def read(script):
    """The icons inside Font Awesome's script, by set ("fas", "far", "fab") and name, aliases included.

    Parameters
    ----------
    script : str
        Source of ``fontawesome.js``.

    Returns
    -------
    dict of (str, str) to Icon
    """
    icons, start = {}, 0
    for end in _SET_ENDS.finditer(script):
        for name, width, height, aliases, path in _ICON.findall(script[start : end.start()]):
            for known_as in (name, *re.findall(r'"([^"]+)"', aliases)):
                icons[end[1], known_as] = Icon(int(width), int(height), path)
        start = end.end()
    return icons


def draw(html, icons):
    """The page with each empty ``<i class="fa-solid fa-…">`` replaced by its drawing.

    Parameters
    ----------
    html : str
        A rendered page.
    icons : dict
        As `read` returns it.

    Raises
    ------
    ValueError
        If the page asks for an icon that is not among `icons`.
    """

    def svg(match):
        _, classes, attributes = match.groups()
        classes = classes.split()
        sets = [STYLES[name] for name in classes if name in STYLES]
        wanted = [(style, name.removeprefix("fa-")) for style in sets for name in classes if name not in STYLES]
        icon = next((icons[key] for key in wanted if key in icons), None)
        if icon is None:
            raise ValueError(f"icon: {' '.join(classes)!r} is not in the theme's script")
        kept = escape(" ".join(["ghost-icon", *(name for name in classes if name not in STYLES)]))
        return (
            f'<svg class="{kept}"{_TITLE.sub("", attributes)} viewBox="0 0 {icon.width} {icon.height}" '
            f'aria-hidden="true" focusable="false"><path fill="currentColor" d="{icon.path}"/></svg>'
        )

    return _PLACE.sub(svg, html)


@cache
def of_the_theme():
    """The icons that the theme ships."""
    theme = Path(str(files("pydata_sphinx_theme"))) / "theme" / "pydata_sphinx_theme"
    return read((theme / "static" / "scripts" / "fontawesome.js").read_text(encoding="utf-8"))


def setup(app):
    pages.rewrite_with(app, lambda html, name: draw(html, of_the_theme()))
