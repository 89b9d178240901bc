"""What this book asks of Sphinx beyond its extensions: one small module an idea."""

from . import api, claims, equations, figures, grammar, icons, launch, offline, theme, widgets


def setup(app):
    for part in (api, claims, equations, figures, grammar, icons, launch, offline, theme, widgets):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
