"""Style sheets and scripts of this extension, laid beside the pages and loaded by all of them."""

import shutil
from pathlib import Path


FOLDER = "ghost"  # below _static


def folder(app):
    """Where the built book keeps what is this extension's own."""
    path = Path(app.outdir) / "_static" / FOLDER
    path.mkdir(parents=True, exist_ok=True)
    return path


def serve(app, *paths):
    """Have every page load these files; scripts run when the page has been read."""

    def copy(app):
        if app.builder.format != "html":
            return
        for path in paths:
            shutil.copy(path, folder(app))
            if path.suffix == ".css":
                app.add_css_file(f"{FOLDER}/{path.name}")
            else:
                app.add_js_file(f"{FOLDER}/{path.name}", loading_method="defer")

    app.connect("builder-inited", copy)
