"""One self-contained ES module a widget, put together from the real modules in ``js/``.

anywidget loads a widget from a single source text, and so does a static page opened from disk.
The sources stay ordinary modules that import one another; here their imports are followed and written out.
"""

import re
from functools import cache
from pathlib import Path


SOURCES = Path(__file__).parent / "js"
_IMPORT = re.compile(r'^import\s[^;]*?from\s+"\./(\w+)\.js";\n', re.MULTILINE)


@cache
def names():
    """Names of all widgets, sorted: the modules with a default export."""
    return sorted(path.stem for path in SOURCES.glob("*.js") if "\nexport default" in path.read_text(encoding="utf-8"))


@cache
def bundle(name):
    """Source of the module `name`, everything it imports in front; a ValueError if there is no such module."""
    modules = sorted(path.stem for path in SOURCES.glob("*.js"))
    if name not in modules:
        raise ValueError(f"name: {name!r} is not a module; allowed are {', '.join(modules)}")
    parts, seen = [], set()

    def add(module):
        seen.add(module)
        text = (SOURCES / f"{module}.js").read_text(encoding="utf-8")
        for imported in _IMPORT.findall(text):
            if imported not in seen:
                add(imported)
        text = _IMPORT.sub("", text)
        parts.append(text if module == name else re.sub(r"^export ", "", text, flags=re.MULTILINE))

    add(name)
    return "\n".join(parts)


@cache
def style():
    """The widgets' style sheet, with the colours of `ghostlib.page.palette`."""
    from ghostlib.page.palette import css

    return css() + (SOURCES / "widgets.css").read_text(encoding="utf-8")
