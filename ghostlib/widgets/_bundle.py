"""The widgets' scripts, put together from the real modules in ``js/``, for Jupyter and for static pages.

The sources stay ordinary modules that import one another: ``core`` has the mathematics, ``page`` what widgets are made
of, ``referee`` the checks of the ledger, and each widget stands beside these folders. anywidget loads a widget from a
single source text, so its imports are followed and written out, by the names of their files. A page opened from disk
may load no modules at all: it gets classic scripts, one with all that the widgets share and one for each widget.
"""

import base64
import json
import re
from functools import cache
from pathlib import Path


SOURCES = Path(__file__).parent / "js"
COMPILED = Path(__file__).parent / "wasm" / "rankone.wasm"
LOADER = "loader"
_IMPORT = re.compile(r'^import\s+\{([^;]*?)\}\s+from\s+"\.\.?/(?:\w+/)?(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|let|class)\s+(\w+))", re.MULTILINE)
_VIEW = re.compile(r"^export default ", re.MULTILINE)


@cache
def _modules():
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.js"))}


@cache
def names():
    """Names of all widgets, sorted: the modules with a default export."""
    return [name for name, text in _modules().items() if _VIEW.search(text)]


def _source(name):
    if name not in _modules():
        raise ValueError(f"name: {name!r} is not a module; allowed are {', '.join(_modules())}")
    return _modules()[name]


def _in_order(*wanted):
    """The modules `wanted` and all that they import, each after its imports."""
    found = {}

    def add(name):
        if name not in found:
            found[name] = None
            for _, imported in _IMPORT.findall(_source(name)):
                add(imported)
            found[name] = found.pop(name)  # to the end

    for name in wanted:
        add(name)
    return list(found)


def _plain(name):
    """The text of a module without its imports, its names no longer exported."""
    return _EXPORT.sub("", _IMPORT.sub("", _source(name)))


@cache
def bundle(name):
    """Source of the module `name`, everything it imports in front; a ValueError if there is no such module."""
    *imported, _ = _in_order(name)
    return "\n".join([*map(_plain, imported), _IMPORT.sub("", _source(name))])


def _scoped(name):
    """The text of a module in a scope of its own, which only its exports leave."""
    exports = ", ".join(_EXPORT.findall(_source(name)))
    return f"const {{ {exports} }} = (() => {{\n{_plain(name)}return {{ {exports} }};\n}})();"


@cache
def core():
    """A classic script: what the widgets import, and the loader, which hands it to them."""
    modules = [name for name in _in_order(*names()) if name not in names()]
    exported = [name for module in modules for name in _EXPORT.findall(_source(module))]
    parts = [*map(_scoped, modules), f"const core = {{ {', '.join(exported)} }};", _source(LOADER)]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


@cache
def part(name):
    """A classic script: the widget `name`, to be run after `core`."""
    needed = ", ".join(each.strip() for names, _ in _IMPORT.findall(_source(name)) for each in names.split(","))
    body = _VIEW.sub("return ", _plain(name))
    return f'"use strict";\nghostWidgets.define({json.dumps(name)}, ({{ {needed} }}) => {{\n{body}}});\n'


@cache
def compiled():
    """The compiled core for rank-one training, as text in base64, since a page from disk may fetch no file."""
    return base64.b64encode(COMPILED.read_bytes()).decode("ascii")


@cache
def style():
    """The widgets' style sheet, with the colours of `ghostlib.page.palette`."""
    from ghostlib.page.palette import css

    return css() + (SOURCES / "widgets.css").read_text(encoding="utf-8")
