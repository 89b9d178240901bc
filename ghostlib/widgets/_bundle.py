"""One self-contained ES module a widget, put together from the real modules in ``js/``.

anywidget loads a widget from a single source text, and so does a static page opened from disk.
The sources stay ordinary modules that import one another; here their imports are followed and written out.
"""

import re
from functools import cache
from pathlib import Path


SOURCES = Path(__file__).parent / "js"
SHARED = {"toy", "rankone", "session", "trainview", "ui", "loader"}  # everything else in js/ is a widget
_IMPORT = re.compile(r'^import\s[^;]*?from\s+"\./(\w+)\.js";\n', re.MULTILINE)


def names():
    """Names of all widgets, sorted."""
    return sorted(path.stem for path in SOURCES.glob("*.js") if path.stem not in SHARED)


@cache
def bundle(name):
    """Source of the widget `name` with everything it imports in front, each module once.

    Raises
    ------
    ValueError
        If there is no such widget.
    """
    if name not in names():
        raise ValueError(f"name: {name!r} is not a widget; allowed are {', '.join(names())}")
    parts, seen = [], set()

    def add(module, *, shared):
        if module in seen:
            return
        seen.add(module)
        text = (SOURCES / f"{module}.js").read_text(encoding="utf-8")
        for imported in _IMPORT.findall(text):
            add(imported, shared=True)
        text = _IMPORT.sub("", text)
        parts.append(re.sub(r"^export (?!default)", "", text, flags=re.MULTILINE) if shared else text)

    add(name, shared=False)
    return "\n".join(parts)


@cache
def style():
    """The widgets' style sheet, with the colours of `ghostlib.page.palette`."""
    from ghostlib.page.palette import css

    return css() + (SOURCES / "widgets.css").read_text(encoding="utf-8")
