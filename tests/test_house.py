"""The house stays as it is planned: what imports what, how long a chapter's cells are, how large the library is."""

import ast
import io
import re
import tokenize
from pathlib import Path

import jupytext
import pytest


ROOT = Path(__file__).parent.parent
LIBRARY = ROOT / "ghostlib"
# From the ground up: each imports only from those before it.
ORDER = [
    "_checks",
    "_compile",
    "_futures",
    "toy",
    "networks",
    "outcomes",
    "training",
    "dynamics",
    "page",
    "experiments",
    "plots",
    "widgets",
]
# In the folder of experiments the same: a chapter imports only from those before it, and only the front door from all.
CHAPTERS = [
    "bisection",
    "cache",
    "settings",
    "toy",
    "rank_one",
    "confidence",
    "ranks",
    "plane",
    "laws",
    "__main__",
    "__init__",
]
# And in that of the scripts, where the widgets come last: each is a module beside these folders.
SCRIPTS = {"core": {"core"}, "page": {"core", "page"}, "referee": {"core", "page", "referee"}, "js": {"core", "page"}}
LONGEST_CELL = 10
# Not a target but a lid: who needs more room takes something out, or says why.
# Of these: networks that hear inputs 750 and 470, chapter 10 1,230 and 710, chapter 9 840 and 510, its views 250, 150.
MOST_LINES, MOST_CODE = 16_450, 9_645
LAYOUT = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def rooms(library):
    """The modules and folders of a package, by name."""
    modules = {path.stem for path in library.glob("*.py")} - {"__init__"}
    return modules | {path.name for path in library.iterdir() if any(path.rglob("*.py"))}


def imported(library, path, package):
    """The rooms from which a file imports, inside functions too; "" where it imports the package itself."""
    here = [*package.split("."), *path.relative_to(library).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = here[: len(here) + 1 - node.level] if node.level else []
            module = ".".join([*start, node.module or ""]).strip(".")
            names = [f"{module}.{alias.name}" for alias in node.names]
        for name in names:
            if f"{name}.".startswith(f"{package}."):
                yield name[len(package) + 1 :].partition(".")[0]


def upward(library, order, package):
    """ "file imports room" wherever a room is imported that does not come before the file's own."""
    for path in sorted(library.rglob("*.py")):
        own = path.relative_to(library).with_suffix("").parts[0]
        allowed = [] if own == "__init__" and own not in order else order[: order.index(own) + 1]
        for room in imported(library, path, package):
            if room not in allowed:
                yield f"{path.relative_to(library).as_posix()} imports {room or package}"


def code_lines(source):
    """The numbers of the lines that hold code, and not only a comment or a part of a docstring."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {line for t in tokens if t.type not in LAYOUT for line in range(t.start[0], t.end[0] + 1)}
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            code -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return code


def long_cells(text):
    """The length and the first line of a text notebook's cells that are too long; blank lines and comments are free."""
    for cell in jupytext.reads(text, fmt="md:myst").cells:
        if cell.cell_type == "code":
            lines = [line for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
            if len(lines) > LONGEST_CELL:
                yield f"{len(lines)} lines: {lines[0]}"


def test_every_module_and_folder_has_its_place_in_the_order():
    assert rooms(LIBRARY) == set(ORDER)
    assert rooms(LIBRARY / "experiments") == set(CHAPTERS) - {"__init__"}


def test_a_folder_imports_only_from_those_before_it():
    assert list(upward(LIBRARY, ORDER, "ghostlib")) == []
    assert list(upward(LIBRARY / "experiments", CHAPTERS, "ghostlib.experiments")) == []


def test_so_do_the_scripts():
    scripts = sorted((LIBRARY / "widgets" / "js").rglob("*.js"))
    assert {path.parent.name for path in scripts} == SCRIPTS.keys()
    assert len({path.name for path in scripts}) == len(scripts), "a bundle knows a module by its name"
    for path in scripts:
        for name in re.findall(r'^import [^;]*? from "(.+)";$', path.read_text(encoding="utf-8"), re.MULTILINE):
            imported = (path.parent / name).resolve(strict=True)
            assert imported.parent.name in SCRIPTS[path.parent.name], f"{path.name} imports {name}"


def test_the_library_is_small():
    sources = [path.read_text(encoding="utf-8") for path in LIBRARY.rglob("*.py")]
    assert sum(len(source.splitlines()) for source in sources) <= MOST_LINES
    assert sum(len(code_lines(source)) for source in sources) <= MOST_CODE


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.md")), ids=lambda path: path.stem)
def test_a_cell_has_at_most_ten_lines_of_code(path):
    assert list(long_cells(path.read_text(encoding="utf-8"))) == []


class TestTheseRules:
    """What the tests above would find, on a library and a chapter made up for it."""

    FILES = {
        "__init__.py": "from importlib import import_module\n",
        "_checks.py": "import numpy\n",
        "toy/__init__.py": "from small.toy.analytic import flow\nfrom small import _checks, toy\n",
        "toy/analytic.py": "def flow():\n    from small.training.trainer import train\n",
        "training/__init__.py": "from .trainer import train\nfrom .. import toy\n",
        "training/trainer.py": "import small.toy\nfrom ..widgets import Flow\nfrom small import train\nimport small\n",
        "attic/old.py": "",
    }

    @pytest.fixture
    def library(self, tmp_path):
        for name, text in self.FILES.items():
            path = tmp_path / "small" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (tmp_path / "small" / "py.typed").touch()
        return tmp_path / "small"

    def test_an_import_from_below_or_from_the_front_door_is_found(self, library):
        assert list(upward(library, ["_checks", "toy", "training", "widgets", "attic"], "small")) == [
            "toy/analytic.py imports training",
            "training/trainer.py imports widgets",
            "training/trainer.py imports train",
            "training/trainer.py imports small",
        ]

    def test_so_it_is_in_a_folder_of_a_library(self, library):
        order = ["toy", "training", "_checks", "attic", "widgets", "__init__"]
        (library / "toy" / "analytic.py").write_text("from other.small import attic\nfrom other.large import room\n")
        assert list(upward(library, order, "other.small")) == [
            "toy/analytic.py imports attic",
            "training/trainer.py imports widgets",
        ]

    def test_a_folder_outside_the_order_is_found(self, library):
        assert rooms(library) == {"_checks", "toy", "training", "attic"}
        with pytest.raises(ValueError, match="attic"):
            list(upward(library, ["_checks", "toy", "training", "widgets"], "small"))

    def test_only_code_is_counted(self):
        text = '"""Doc\n\nmore."""\n\nx = """two\nlines"""  # why\n\n\n'
        function = 'def f():\n    """Doc."""\n    # why\n    return (\n        x\n    )\n'
        assert code_lines(text + function) == {5, 6, 9, 12, 13, 14}

    @pytest.mark.parametrize(("lines", "found"), [(10, []), (11, ["11 lines: x = 1"])])
    def test_options_blank_lines_and_comments_of_a_cell_do_not_count(self, lines, found):
        cell = "---\ntags: [hide-input]\n---\n# why\n\n" + "x = 1\n" * lines
        assert list(long_cells(f"# Title\n\n```{{code-cell}} ipython3\n{cell}```\n")) == found
