"""The book's colours, as a style sheet written from the one table; its logo, drawn in them; light and dark."""

from pathlib import Path

from ghostlib.page import palette

from . import pages


LOGO = Path(__file__).parents[2] / "_static" / "logo.svg"
# The theme decides between light and dark only when the whole page is there; until then it would have no colours.
DECIDE = """\
if (document.documentElement.dataset.theme === "auto")
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
"""


def without_scripts(html, name):
    """The page with no theme chosen in its source: the theme's style sheet reads that as light."""
    return html.replace(' data-theme="auto"', "", 1)


def _write_colours(app):
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "ghost" / "look.css"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(palette.css(), encoding="utf-8")
    app.add_css_file("ghost/look.css", priority=400)


def _prepare(app, config):
    config.templates_path.insert(0, str(Path(__file__).parent / "templates"))
    config.html_context |= {"ghost_logo": LOGO.read_text(encoding="utf-8"), "default_mode": "auto"}


def setup(app):
    app.connect("config-inited", _prepare)
    app.connect("builder-inited", _write_colours)
    app.add_js_file(None, body=DECIDE, priority=100)
    pages.rewrite_with(app, without_scripts)
