"""Chapters exported by nbconvert, with the settings that `make` lays into the environment."""

import json
import logging
from pathlib import Path

import jupytext
import nbformat
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from traitlets.config import Config


ROOT = Path(__file__).parents[2]
SETTINGS = json.loads((ROOT / "tools" / "jupyter_config.json").read_text(encoding="utf-8"))
CHAPTER = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A line

```{code-cell} ipython3
---
mystnb:
  image:
    alt: 'A "line" that rises.'
---
draw()
```
"""


def test_a_picture_keeps_its_words_and_nbconvert_has_nothing_to_warn_of(caplog):
    chapter = jupytext.reads(CHAPTER, fmt="md:myst")
    drawn = {"image/svg+xml": '<svg viewBox="0 0 9 9"></svg>', "text/plain": "<Figure>"}
    chapter.cells[1].outputs = [nbformat.v4.new_output("display_data", drawn)]
    with caplog.at_level(logging.WARNING):
        page, _ = HTMLExporter(config=Config(SETTINGS)).from_notebook_node(chapter)
    (picture,) = BeautifulSoup(page, "html.parser").find_all("img")
    assert picture["alt"] == 'A "line" that rises.'
    assert picture["src"].startswith("data:image/svg+xml;base64,")
    assert caplog.messages == []
