"""The collector of chapters (tests/notebooks.py): what it lets pass and what it does not."""

import contextlib
import gc
import io
import json
import re
import warnings
from pathlib import Path
from types import SimpleNamespace

import notebooks
import pytest
from myst_nb.core.read import is_myst_markdown_notebook
from notebooks import difference, read_references


HERE = Path(__file__).parent
HEADER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---

"""
# name of the case: (source of the cell, is it tagged, text of its reference or None)
CELLS = {
    "same": ("print('epoch', 1502, 'loss', 0.25)", True, "epoch 1502 loss 0.25"),
    "noise": ("print('loss', 0.25 * (1 + 1e-7))", True, "loss 0.25"),
    "number": ("print('loss', 0.25 * (1 + 1e-4))", True, "loss 0.25"),
    "count": ("print('epoch', 100001)", True, "epoch 100000"),
    "word": ("print('trapped')", True, "learned"),
    "pasted": ("from myst_nb import glue\nglue('jump', '1,502', display=False)", True, "'1,503'"),
    "edited": ("print(1 + 1 )", True, None),
    "silent": ("silence = 1", True, ""),
    "untagged": ("import random\nrandom.random()", False, None),
    "picture": (
        "from IPython.display import display\n"
        "display({'image/svg+xml': '<svg/>', 'text/plain': str(random.random())}, raw=True)\nprint('drawn')",
        True,
        "drawn",
    ),
    "stderr": ("import sys\nprint(random.random(), file=sys.stderr)\nprint('trained')", True, "trained"),
    "claim": ("from ghostlib.page.paste import claim\nclaim('fig-2b-jump', 1502)", False, None),
    "claim not borne out": ("claim('fig-2b-jump', 900)", False, None),
    "exception": ("raise ValueError('T: -1; expected a positive number')", False, None),
}
STALE = "print(1 + 1)"


def notebook(cells):
    """The text of a notebook whose cells are (source, is it tagged)."""
    tag = "---\ntags: [nbval-check-output]\n---\n"
    blocks = (f"```{{code-cell}} ipython3\n{tag if tagged else ''}{source}\n```\n" for source, tagged in cells)
    return HEADER + "\n".join(blocks)


def references(texts):
    """The text of a reference file with the items of `texts`."""
    return json.dumps([{"cell": cell.splitlines(), "prints": text.splitlines()} for cell, text in texts.items()])


class Project:
    """A directory with chapters in book/ and references in tests/reference/, on which pytest is run as on ours."""

    def __init__(self, root):
        self.root = root
        self.book = root / "book"
        self.reference = root / "tests" / "reference"
        self.book.mkdir()
        self.reference.mkdir(parents=True)
        (root / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")

    def run(self, *options):
        """Run pytest, within this process, for which everything is loaded already.

        Returns
        -------
        outcomes : dict, "file::name" → "PASSED" or "FAILED"
        text : str, everything that pytest printed
        """
        command = ["-rA", "-p", "no:cacheprovider", "--color=no", f"--rootdir={self.root}", *options]
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as printed:
            patch.chdir(self.root)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)  # nbval leaves its kernels' standard error open
                pytest.main(command, plugins=[notebooks])
                gc.collect()
        outcomes = re.findall(
            r"^(PASSED|FAILED|ERROR) (?:book/)?(\S+::(?:Cell \d+|references))", printed.getvalue(), re.MULTILINE
        )
        return {name: outcome for outcome, name in outcomes}, printed.getvalue()


@pytest.fixture(scope="module")
def many_cells(tmp_path_factory):
    """Outcome and report of one run over `CELLS`, a plain page and a stale reference."""
    project = Project(tmp_path_factory.mktemp("many"))
    (project.book / "many.md").write_text(notebook((source, tagged) for source, tagged, _ in CELLS.values()))
    (project.book / "plain.md").write_text("---\ntitle: Notation\n---\n\n```python\nraise ValueError\n```\n")
    texts = {source: text for source, _, text in CELLS.values() if text is not None}
    (project.reference / "many.json").write_text(references(texts | {STALE: "2"}))
    outcomes, text = project.run()
    cells = {case: outcomes.get(f"many.md::Cell {number}") for number, case in enumerate(CELLS)}
    return {
        "cells": cells,
        "references": outcomes["many.md::references"],
        "files": {name.split("::")[0] for name in outcomes},
        "text": text,
    }


@pytest.mark.parametrize("case", ["same", "noise", "untagged", "picture", "stderr", "claim"])
def test_collector_lets_pass(many_cells, case):
    assert many_cells["cells"][case] == "PASSED"


@pytest.mark.parametrize(
    "case", ["number", "count", "word", "pasted", "edited", "silent", "claim not borne out", "exception"]
)
def test_collector_fails(many_cells, case):
    assert many_cells["cells"][case] == "FAILED"


def test_reference_without_its_cell_fails(many_cells):
    assert many_cells["references"] == "FAILED"
    assert STALE in many_cells["text"]


def test_report_shows_what_was_printed_and_what_was_expected(many_cells):
    assert "no reference for this cell in many.json" in many_cells["text"]
    assert "'0.250025' instead of '0.25'" in many_cells["text"]
    assert "ours, 900, breaks the rule 'relative 0.05'" in many_cells["text"]
    assert "ValueError" in many_cells["text"]


def test_pages_without_a_notebook_header_are_not_collected(many_cells):
    assert many_cells["files"] == {"many.md"}


def test_failing_run_does_not_rewrite_references(tmp_path):
    project = Project(tmp_path)
    (project.book / "toy.md").write_text(notebook([("print(1)", True), ("1 / 0", False)]))
    outcomes, _ = project.run("--update-references")
    assert outcomes["toy.md::Cell 0"] == "PASSED" and outcomes["toy.md::Cell 1"] == "FAILED"
    assert not (project.reference / "toy.json").exists()


def test_clean_run_writes_references_that_then_catch_a_changed_library(tmp_path):
    project = Project(tmp_path)
    library = project.book / "library.py"
    library.write_text("CONSTANT = 4\n")
    chapter = notebook([("from library import CONSTANT", False), ("print(9.8696 / CONSTANT)", True)])
    (project.book / "toy.md").write_text(chapter)

    outcomes, _ = project.run("--update-references")
    assert set(outcomes.values()) == {"PASSED"}
    assert read_references(project.reference / "toy.json") == {"print(9.8696 / CONSTANT)": "2.4674"}
    library.write_text("CONSTANT = 5\n")
    outcomes, _ = project.run()
    assert outcomes["toy.md::Cell 0"] == "PASSED" and outcomes["toy.md::Cell 1"] == "FAILED"


def test_partial_run_does_not_write_references(tmp_path):
    project = Project(tmp_path)
    (project.book / "toy.md").write_text(notebook([("print(1)", True), ("print(2)", True)]))
    outcomes, _ = project.run("--update-references", "book/toy.md::Cell 0")
    assert outcomes == {"toy.md::Cell 0": "PASSED"}
    assert not (project.reference / "toy.json").exists()


def test_tagged_cells_with_the_same_source_are_refused(tmp_path):
    project = Project(tmp_path)
    (project.book / "toy.md").write_text(notebook([("print(1)", True), ("print(1)", True)]))
    _, text = project.run()
    assert "two cells tagged nbval-check-output have the same source" in text


def test_workers_that_would_share_the_cells_of_a_chapter_are_refused():
    # pytest-xdist has the option `dist`; `-n 2` alone sets it to "load".
    for mode in ("load", "worksteal"):
        with pytest.raises(pytest.UsageError, match="add --dist loadfile"):
            notebooks.pytest_configure(SimpleNamespace(getoption=lambda name, default, mode=mode: mode))
    config = SimpleNamespace(getoption=lambda name, default: {"dist": "loadfile"}[name], option=SimpleNamespace())
    notebooks.pytest_configure(config)
    assert config.option.nbval_current_env


@pytest.mark.parametrize(
    ("printed", "reference"),
    [
        ("loss 0.1 after 3 epochs", "loss 0.1000001 after 3 epochs"),
        ("[1.         0.99999999]", "[1. 1.]"),
        ("α* = 9.132102e-10", "α* = 9.132103e-10"),
        ("r = -2.5", "r = -2.500001"),
    ],
)
def test_numbers_agree_within_the_tolerance(printed, reference):
    assert difference(printed, reference) is None


@pytest.mark.parametrize(
    ("printed", "reference"),
    [
        ("9.132e-10", "9.132e-11"),
        ("54", "55"),
        ("100000", "100001"),
        ("r = 2.5", "r = -2.5"),
        ("1 2", "1 2 3"),
        ("nan", "1.0"),
        ("1e-17", "0.0"),
        ("trapped 3", "learned 3"),
    ],
)
def test_other_differences_are_told(printed, reference):
    assert difference(printed, reference) is not None


def test_every_reference_file_belongs_to_a_chapter():
    chapters = (HERE.parent / "book").glob("*.md")
    notebooks = {page.stem for page in chapters if is_myst_markdown_notebook(page.read_text(encoding="utf-8"))}
    assert {path.stem for path in (HERE / "reference").glob("*.json")} <= notebooks
