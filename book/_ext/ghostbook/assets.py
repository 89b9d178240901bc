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
