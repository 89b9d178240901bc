"""The book's colours, as a style sheet written from the one table; its logo, drawn in them; light and dark."""

from pathlib import Path

from ghostlib.page import palette

from . import assets, pages


LOGO = Path(__file__).parents[2] / "_static" / "logo.svg"
# The theme decides between light and dark only when the whole page is there; until then it would have no colours.
DECIDE = """\
if (document.documentElement.dataset.theme === "auto")
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
"""


def without_scripts(html, name):
    """The page with no theme chosen in its source: the theme's style sheet reads that as light."""
    return html.replace(' data-theme="auto"', "", 1)


def _prepare(app, config):
    config.templates_path.insert(0, str(Path(__file__).parent / "templates"))
    config.html_context |= {"ghost_logo": LOGO.read_text(encoding="utf-8"), "default_mode": "auto"}


def setup(app):
    app.connect("config-inited", _prepare)
    assets.lay(app, lambda: {"look.css": palette.css()})
    app.add_css_file(f"{assets.FOLDER}/look.css", priority=400)
    app.add_js_file(None, body=DECIDE, priority=100)
    pages.rewrite_with(app, without_scripts)
