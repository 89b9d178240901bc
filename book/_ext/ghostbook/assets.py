"""What this extension lays beside the pages: its style sheets, scripts and files, all in one folder."""

from pathlib import Path


FOLDER = "ghost"  # below _static


def folder(app):
    """Where the built book keeps what is this extension's own."""
    path = Path(app.outdir) / "_static" / FOLDER
    path.mkdir(parents=True, exist_ok=True)
    return path


def lay(app, texts):
    """Have the texts of ``texts()``, a dict by file name, written there when a build of pages begins."""

    def write(app):
        if app.builder.format == "html":
            for name, text in texts().items():
                (folder(app) / name).write_text(text, encoding="utf-8")

    app.connect("builder-inited", write)


def serve(app, *paths):
    """Lay these files there, and have every page load them; scripts run when the page has been read."""
    lay(app, lambda: {path.name: path.read_text(encoding="utf-8") for path in paths})
    for path in paths:
        if path.suffix == ".css":
            app.add_css_file(f"{FOLDER}/{path.name}")
        elif path.suffix == ".js":
            app.add_js_file(f"{FOLDER}/{path.name}", loading_method="defer")
