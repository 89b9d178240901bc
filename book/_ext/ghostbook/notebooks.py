"""Every chapter to download as an ordinary notebook too, for those whose tools do not read text notebooks."""

from pathlib import Path

import jupytext


def convert(text):
    """A text notebook as the JSON of an .ipynb file without outputs; the same text gives the same bytes.

    Parameters
    ----------
    text : str
        MyST Markdown with a header of jupytext's.

    Returns
    -------
    str
    """
    notebook = jupytext.reads(text, fmt="md:myst")
    notebook.nbformat_minor = 4  # a later one asks for ids, which jupytext draws at random
    for cell in notebook.cells:
        cell.pop("id", None)
    return jupytext.writes(notebook, fmt="ipynb")


def _offer(app, pagename, templatename, context, doctree):
    if "kernelspec" not in app.env.metadata.get(pagename, ()) or not context["sourcename"].endswith(".md"):
        return
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    source = Path(app.env.doc2path(pagename)).read_text(encoding="utf-8")
    target.write_text(convert(source), encoding="utf-8")
    context["ipynb_source"] = target.name  # the theme makes a button of it


def setup(app):
    app.connect("html-page-context", _offer, priority=400)  # before the theme makes its buttons
