"""The chapters as notebooks for Colab, which opens no text notebooks: `python tools/colab.py <folder>`.

The workflow keeps them on a branch of their own, to which the pages' Colab buttons lead.
"""

import os
import sys
from pathlib import Path

import jupytext
import yaml
from myst_nb.core.read import is_myst_markdown_notebook
from nbformat.v4 import new_code_cell, new_markdown_cell


ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ghostbook import launch  # noqa: E402 (found a line above)


NOTE = """\
This is a page of [{title}]({repository}) as a notebook.
Run its first cell, and wait a minute, before any other.
References to equations, to sources and to numbers of a run are filled in only in the book."""
# Colab's own torch serves, so the extra `torch` is not asked for. Safe to run twice, as Colab may have to restart.
INSTALL = """\
# The library, beside the torch that is here. If Colab asks to restart the session, let it, and run this cell again.
![ -d {folder} ] || git clone --quiet --depth 1 {repository} {folder}
%pip install --quiet --editable "{folder}[plots,widgets,book]" sympy
%cd {folder}/book
import sys; sys.path.insert(0, "..")"""
FOLDER = "/content/ghost-book"


def notebook(path, repository, title):
    """The chapter at `path` with a note and a cell that installs the library from `repository` before its own."""
    chapter = jupytext.read(path)
    words = {"repository": repository, "title": title, "folder": FOLDER}
    chapter.cells[:0] = [new_markdown_cell(NOTE.format(**words)), new_code_cell(INSTALL.format(**words))]
    for number, cell in enumerate(chapter.cells):
        cell.id = f"cell-{number}"  # not a random one: the same text gives the same file
    return chapter


def main(target, repository):
    title = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / "book").glob("*.md")):
        if is_myst_markdown_notebook(path.read_text(encoding="utf-8")):
            text = jupytext.writes(notebook(path, repository, title), fmt="ipynb")
            (target / f"{path.stem}.ipynb").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    address = launch.repository(os.environ, launch.remote(ROOT))
    main(Path(sys.argv[1]), address or sys.exit("No public repository is known for Colab to take the library from."))
