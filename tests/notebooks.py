"""Chapters as tests: pytest collects the text notebooks, jupytext reads them and nbval runs their cells in a kernel.

Every code cell is a test that fails if the cell raises, or if what it records for a row of the ledger does not bear out
the row's verdict. A cell tagged ``nbval-check-output`` also has to print what
``tests/reference/<chapter>.json`` says: numbers within `TOLERANCE`, counts and everything else exactly. Pictures and
widgets are never compared. ``--update-references`` writes the references anew, if and only if the run was clean.
"""

import ast
import json
import math
import re
from collections import defaultdict

import jupytext
import pytest
from myst_nb.core.read import is_myst_markdown_notebook
from myst_nb.ext.glue import GLUE_PREFIX
from nbval.plugin import IPyNbCell, IPyNbFile, find_metadata_tags

from ghostlib.page import ledger


TOLERANCE = 1e-5
NUMBER = re.compile(r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)")
WIDGET = "application/vnd.jupyter.widget-view+json"


def pytest_addoption(parser):
    parser.getgroup("nbval").addoption(
        "--update-references",
        action="store_true",
        help="after a run without failures, write what the tagged cells printed to tests/reference/",
    )


def pytest_configure(config):
    if config.getoption("dist", "no") in {"load", "worksteal"}:  # pytest-xdist's ways to scatter single tests
        raise pytest.UsageError("The cells of a chapter share one kernel and so one worker: add --dist loadfile.")
    # The environment that runs the tests runs the chapters, whatever kernels the user has installed.
    config.option.nbval_current_env = True


def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".md" and is_myst_markdown_notebook(file_path.read_text(encoding="utf-8")):
        return Notebook.from_parent(parent, path=file_path)


def pytest_sessionfinish(session, exitstatus):
    if session.config.option.update_references and exitstatus == pytest.ExitCode.OK:
        for notebook in {item.parent for item in session.items if isinstance(item, Cell)}:
            notebook.write_references()


class Notebook(IPyNbFile):
    """One chapter: its code cells, and one item more that looks for references which no cell answers to.

    references : dict, source of a tagged cell → the text that it has to print.
    printed : the same, as this run printed it.
    tagged : set of the sources of the tagged cells.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.reference_path = self.config.rootpath / "tests" / "reference" / f"{self.path.stem}.json"
        self.references = read_references(self.reference_path)
        self.printed = {}
        self.tagged = set()

    def collect(self):
        self.nb = jupytext.read(self.path)
        for number, cell in enumerate(cell for cell in self.nb.cells if cell.cell_type == "code"):
            options = defaultdict(bool, find_metadata_tags(cell.metadata))
            cell.execution_count = number  # nbval compares nothing for a cell that was never run
            if options["check"]:
                if cell.source in self.tagged:
                    raise self.CollectError(
                        f"{self.path.name}: two cells tagged nbval-check-output have the same source; "
                        f"a reference is found by its cell's source, so tell them apart:\n{cell.source}"
                    )
                self.tagged.add(cell.source)
            yield Cell.from_parent(self, name=f"Cell {number}", cell_num=number, cell=cell, options=options)
        yield References.from_parent(self, name="references")

    def write_references(self):
        """Write what the tagged cells printed, unless some of them did not run."""
        if self.tagged != self.printed.keys():
            return
        if not self.tagged:
            self.reference_path.unlink(missing_ok=True)
            return
        rows = [{"cell": cell.splitlines(), "prints": text.splitlines()} for cell, text in self.printed.items()]
        self.reference_path.parent.mkdir(parents=True, exist_ok=True)
        self.reference_path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class Cell(IPyNbCell):
    """One code cell; nbval runs it and asks `compare_outputs` whether it printed the right thing."""

    def runtest(self):
        super().runtest()
        for output in self.test_outputs:
            kind, _, row = output.get("metadata", {}).get("scrapbook", {}).get("name", "").partition(":")
            if kind == "claim":
                recorded = json.loads(ast.literal_eval(output.data[f"{GLUE_PREFIX}text/plain"]))
                ledger.check(ledger.load()[row], recorded["value"])

    def compare_outputs(self, test, ref, skip_compare=None):
        source, printed = self.cell.source, printed_text(test)
        self.parent.printed[source] = printed
        if not printed.strip():
            problem = "the cell is tagged nbval-check-output, but prints no text that could be compared"
        elif self.config.option.update_references:
            problem = None
        elif source not in self.parent.references:
            problem = (
                f"no reference for this cell in {self.parent.reference_path.name}: it is new or was edited. "
                "Look at what it prints, then run pytest with --update-references:\n" + printed
            )
        else:
            problem = difference(printed, self.parent.references[source])
        self.comparison_traceback = [problem]
        return problem is None


class References(pytest.Item):
    """The chapter's reference file holds nothing that no tagged cell answers to."""

    def runtest(self):
        stale = self.parent.references.keys() - self.parent.tagged
        if stale and not self.config.option.update_references:
            pytest.fail(
                f"{self.parent.reference_path.name} has references for which {self.parent.path.name} has no tagged "
                "cell any more; run pytest with --update-references:\n" + "\n---\n".join(sorted(stale)),
                pytrace=False,
            )

    def reportinfo(self):
        return self.path, None, f"{self.path.name}::{self.name}"


def read_references(path):
    """The reference file as a dict from the source of a cell to its text; empty if there is no file."""
    if not path.exists():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {"\n".join(row["cell"]): "\n".join(row["prints"]) for row in rows}


def printed_text(outputs):
    """What the outputs of a cell say in words: standard output and plain text, pasted numbers included.

    Left out are pictures and widgets, and standard error, where progress bars and their times go.
    """
    texts = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            texts.append(output.text)
        elif "data" in output:
            data = {kind.removeprefix(GLUE_PREFIX): content for kind, content in output.data.items()}
            if "text/plain" in data and WIDGET not in data and not any(kind.startswith("image/") for kind in data):
                texts.append(data["text/plain"])
    return "\n".join(text.rstrip("\n") for text in texts)


def difference(printed, reference):
    """None if two texts agree, else a sentence that says where they part.

    Numbers agree within `TOLERANCE`, relative; two whole numbers only if they are equal. The text between them agrees
    exactly, except for the length of gaps, which NumPy chooses by the number of digits.
    """
    ours, theirs = pieces(printed), pieces(reference)
    both = f"\n--- the cell prints\n{printed}\n--- the reference has\n{reference}"
    if len(ours) != len(theirs):
        return f"{len(ours) // 2} numbers instead of {len(theirs) // 2}{both}"
    for our, their in zip(ours, theirs, strict=True):
        if our != their and not (is_number(our) and is_number(their) and close(our, their)):
            return f"{our!r} instead of {their!r}{both}"
    return None


def pieces(text):
    """Text and numbers in turn, with every gap shrunk to one space."""
    return NUMBER.split(re.sub(r" +", " ", text))


def is_number(piece):
    return NUMBER.fullmatch(piece) is not None


def close(one, other):
    whole = all(re.fullmatch(r"[-+]?[0-9]+", piece) for piece in (one, other))
    return int(one) == int(other) if whole else math.isclose(float(one), float(other), rel_tol=TOLERANCE)
