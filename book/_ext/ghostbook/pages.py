"""The last word on finished pages, where neither Sphinx nor the theme offers a hook."""

from pathlib import Path


def rewrite_with(app, change):
    """Have every finished page replaced by ``change(html, name)``, `name` being its file name.

    Changes run in the order in which they were asked for.
    """

    def rewrite(app, error):
        if error is not None or app.builder.format != "html":
            return
        for page in Path(app.outdir).rglob("*.html"):
            page.write_text(change(page.read_text(encoding="utf-8"), page.name), encoding="utf-8")

    app.connect("build-finished", rewrite)
