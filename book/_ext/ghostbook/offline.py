"""Pages ask nothing of any other host, and fetch no more than they use."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

from . import pages


# MathJax's own parts, without its menu: a third of the usual bundle, and a tab stop at every symbol.
PARTS = ("input/tex", "output/chtml", "a11y/assistive-mml")
FILES = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions",
    "output/chtml.js",
    "output/chtml/fonts",
    "a11y/assistive-mml.js",
)
SEARCH = ("searchtools", "language_data", "searchindex")  # for results as one types; ours wait for the search page
_SCRIPT = re.compile(r'\s*<script\b[^>]*\bsrc="(?:[^"]*/)?(\w+)\.js[^"]*"[^>]*></script>')


def lighten(html, name):
    """The page without scripts that it would load and never use.

    Parameters
    ----------
    html : str
        A finished page.
    name : str
        Its file name; ``search.html`` keeps the search index.
    """
    unused = {"fontawesome", *(SEARCH if name != "search.html" else ())}  # for Font Awesome see `icons`
    return _SCRIPT.sub(lambda script: "" if script[1] in unused else script[0], html)


def drop_widget_state(scripts):
    """A page's scripts, name → (file, attributes), without Jupyter's widget state.

    Our widgets carry their state beside their picture; MyST-NB would add it a second time, in Jupyter's format.
    """
    return {name: script for name, script in scripts.items() if not name.startswith("ipywidgets")}


def _use_local_mathjax(app, config):
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = {"loader": {"load": list(PARTS)}}


def _copy_mathjax(app):
    if app.builder.format != "html":
        return
    source = Path(str(files("mathjax"))) / "static" / "mathjax" / "es5"
    target = Path(app.outdir) / "_static" / "mathjax"
    for name in FILES:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            shutil.copy2(source / name, target / name)


def _drop_widget_states(app, env):
    for data in getattr(env, "nb_metadata", {}).values():
        if "js_files" in data:
            data["js_files"] = drop_widget_state(data["js_files"])


def setup(app):
    app.connect("config-inited", _use_local_mathjax)
    app.connect("builder-inited", _copy_mathjax)
    app.connect("env-updated", _drop_widget_states)
    pages.rewrite_with(app, lighten)
