"""What the project promises around the code: its commands, its pins, its licences, and what it leaves out."""

import ast
import graphlib
import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import jupytext
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version


ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEPENDENCIES = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
TOOLS = {"lab", "dist", "wasm", "bench"}  # extras for work on the book, which the library never imports
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# Not all of sys.path: what tests import may have added packages that others carry within themselves.
HERE = sysconfig.get_path("purelib")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
# Modules that may load what takes long to load, or is not always installed.
HEAVY = {"torch", "matplotlib", "ipywidgets", "anywidget", "sympy", "IPython", "jax", "distributed"}
LIGHT = ["toy", "networks", "outcomes", "training", "dynamics"]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name):
    """Name → version of every pin in a requirements file, without comments and options."""
    rows = [line.split("#")[0].strip() for line in read(name).splitlines()]
    found = [Requirement(row) for row in rows if row and not row.startswith("-")]
    assert all(len(row.specifier) == 1 and next(iter(row.specifier)).operator == "==" for row in found), found
    return {canonicalize_name(row.name): next(iter(row.specifier)).version for row in found}


def lower_bounds(needs):
    """Name → lowest version of requirements that are lower bounds and nothing else."""
    found = [Requirement(need) for need in needs]
    assert all(len(need.specifier) == 1 and next(iter(need.specifier)).operator == ">=" for need in found), found
    return {canonicalize_name(need.name): next(iter(need.specifier)).version for need in found}


# All that the library imports.
NEEDS = lower_bounds([*DEPENDENCIES, *itertools.chain(*(EXTRAS[name] for name in EXTRAS.keys() - TOOLS))])


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so there is no telling what is tracked")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


class TestCommands:
    def test_make_alone_lists_every_target_and_installs_nothing(self):
        listed = subprocess.run(
            ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert {line.split()[1] for line in listed.splitlines()} == TARGETS

    def test_every_make_command_of_the_readme_exists(self):
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
        assert {"book", "test", "serve", "lab"} <= named <= TARGETS

    def test_the_plain_build_is_what_make_runs(self):
        (made,) = re.findall(r'/jupyter-book" (build .*)', MAKEFILE)
        plain = re.findall(r"^jupyter-book (build .*)", README, re.MULTILINE)
        assert len(plain) == 2
        for command in plain:
            assert command.replace("$PWD\\", "$PWD/") == made.replace("$(CURDIR)", "$PWD")

    def test_every_plain_command_is_there_for_powershell_too(self):
        shell, power = (
            "".join(re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)) for kind in ("sh", "powershell")
        )
        commands = re.findall(
            r"^(?:\w+=\S+ )?((?:jupyt|playwright|pip|python -m (?!venv)).*?)(?:    .*)?$", shell, re.MULTILINE
        )
        assert {"jupyter lab book/index.md", "jupytext-config set-default-viewer markdown"} <= set(commands)
        missing = [command for command in commands if command.replace("$PWD/", "$PWD\\") not in power.splitlines()]
        assert [command for command in missing if "torch==" not in command] == []  # Windows' wheel has no CUDA

    def test_the_picture_and_the_links_of_the_readme_exist(self):
        targets = [target for target in re.findall(r"\]\(([^)#:]+)\)", README) if not target.startswith("../../")]
        assert {"LICENSE", "LICENSE-text", "CITATION.cff"} <= set(targets)
        assert [target for target in targets if not (ROOT / target).exists()] == []

    def test_everything_at_the_top_has_its_line_in_the_readme(self):
        top = {path.relative_to(ROOT).parts[0] for path in tracked()} - {".gitignore", "README.md"}
        rows = " ".join(re.findall(r"^\| (`.*?) \|", README, re.MULTILINE))
        assert {name.rstrip("/") for name in re.findall(r"`([^`]+)`", rows)} >= top

    @pytest.mark.parametrize("script", [".ci/run", ".binder/postBuild"])
    def test_scripts_can_be_run_and_stop_at_the_first_error(self, script):
        assert os.access(ROOT / script, os.X_OK)
        assert "\nset -euo pipefail\n" in read(script)
        subprocess.run(["bash", "-n", script], cwd=ROOT, check=True)


class TestWorkflows:
    WORKFLOWS = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in ROOT.glob(".github/workflows/*")
    }
    JOBS = {name: job for workflow in WORKFLOWS.values() for name, job in workflow["jobs"].items()}

    def runs(self, job):
        return "\n".join(step.get("run", "") for step in self.JOBS[job]["steps"])

    def uses(self, job):
        return {step["uses"].split("@")[0]: step.get("with", {}) for step in self.JOBS[job]["steps"] if "uses" in step}

    def test_a_server_runs_what_ci_runs_and_makes_what_is_taken_away(self):
        assert "exec make test" in read(".ci/run")
        for job in ("test", "build"):
            assert ".ci/run\nmake dist" in self.runs(job)
            assert self.uses(job)["actions/upload-artifact"]["path"] == "_build/dist"
        assert self.uses("test")["actions/upload-pages-artifact"]["path"] == "_build/html"

    def test_the_library_and_the_chapters_are_tested_on_other_systems(self):
        assert self.JOBS["elsewhere"]["strategy"]["matrix"]["system"] == ["macos-latest", "windows-latest"]
        (here,), (elsewhere,) = (re.findall(r"pytest (.*)", self.runs(job)) for job in ("minimum", "elsewhere"))
        assert elsewhere == f"{here} book"

    def test_a_release_has_the_book_the_library_the_ledger_and_the_citation(self):
        assert self.WORKFLOWS["release"][True] == {"push": {"tags": ["v*"]}}  # YAML takes "on" for yes
        assert "pip wheel --no-deps --no-build-isolation --wheel-dir _build/dist ." in self.runs("build")
        assert {"_build/html/_static/ghost/ledger.json", "CITATION.cff", "CHANGELOG.md"} <= set(
            self.runs("build").split()
        )
        assert "gh release create" in self.runs("release")

    def test_a_job_may_read_and_only_those_that_publish_may_write(self):
        assert all(workflow["permissions"] == {"contents": "read"} for workflow in self.WORKFLOWS.values())
        assert {name: job["permissions"] for name, job in self.JOBS.items() if "permissions" in job} == {
            "publish": {"pages": "write", "id-token": "write"},
            "notebooks": {"contents": "write"},
            "release": {"contents": "write"},
        }

    def test_what_is_published_has_passed(self):
        assert {name: self.JOBS[name]["needs"] for name in ("publish", "notebooks", "release")} == {
            "publish": ["test", "elsewhere", "minimum"],
            "notebooks": ["test"],
            "release": "build",
        }
        for name in ("publish", "notebooks"):
            assert "github.event.repository.default_branch" in self.JOBS[name]["if"]
            assert "github.event_name != 'pull_request'" in self.JOBS[name]["if"]

    def test_actions_have_their_major_version_and_a_limit_of_time_where_they_run_ours(self):
        steps = [step for job in self.JOBS.values() for step in job["steps"]]
        used = [step["uses"] for step in steps if "uses" in step]
        assert [action for action in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", action)] == []
        assert all(self.JOBS[name]["timeout-minutes"] <= 60 for name in ("test", "elsewhere", "minimum", "build"))

    def test_notebooks_go_to_the_branch_that_the_colab_buttons_name(self):
        (branch,) = re.findall(r'^COLAB_BRANCH = "(\w+)"', read("book/_ext/ghostbook/launch.py"), re.MULTILINE)
        assert "python tools/colab.py _build/notebooks" in self.runs("notebooks")
        assert f"refs/heads/{branch}" in self.runs("notebooks")

    def test_pins_and_actions_are_kept_up_and_the_style_is_the_pinned_one(self):
        updates = yaml.safe_load(read(".github/dependabot.yml"))["updates"]
        assert [update["package-ecosystem"] for update in updates] == ["pip", "github-actions"]
        (hooks,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
        assert hooks["rev"] == f"v{pins('requirements.txt')['ruff']}"
        assert [hook["id"] for hook in hooks["hooks"]] == ["ruff-check", "ruff-format"]


def executable(path, script):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def refusal(*arguments, **environment):
    """What `make` says on standard error when it stops, without the line in which it gives itself up."""
    made = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 2
    *said, gives_up = made.stderr.splitlines()
    assert "Error 1" in gives_up
    return said


class TestMakeSaysWhatToDo:
    """`make` stops with a sentence where it cannot go on."""

    def test_when_pip_fails(self, tmp_path):
        pip = 'case "$*" in *install*) echo "The conflict is caused by: a pin"; echo "ERROR: no" >&2; exit 1;; esac'
        python = executable(tmp_path / "env/bin/python", pip)
        said = refusal(f"{tmp_path}/env/.ready", f"PYTHON={python}", f"VENV={tmp_path}/env")
        assert said[:2] == ["The conflict is caused by: a pin", "ERROR: no"]
        assert "run make again" in said[2] and f"rm -r {tmp_path}/env && make PYTHON=" in said[2]
        assert not (tmp_path / "env/.ready").exists()

    def test_and_python_keeps_its_bytecode_whatever_the_machine_wants(self, tmp_path):
        pip = 'case "$*" in *install*) echo "told: ${PYTHONDONTWRITEBYTECODE-nothing}"; exit 1;; esac'
        python = executable(tmp_path / "env/bin/python", pip)
        paths = [f"{tmp_path}/env/.ready", f"PYTHON={python}", f"VENV={tmp_path}/env"]
        assert refusal(*paths, PYTHONDONTWRITEBYTECODE="1")[0] == "told: nothing"

    def test_when_the_port_is_taken(self, tmp_path):
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/python").symlink_to(sys.executable)
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            (said,) = refusal("serve", "--assume-old=_build/.built", f"VENV={tmp_path}", f"PORT={port}")
        assert f"Port {port} cannot be had" in said and "make serve PORT=" in said

    def test_when_root_asks_for_jupyterlab(self, tmp_path):
        executable(tmp_path / "id", "echo 0")
        viewer = f"{tmp_path}/etc/jupyter/labconfig/default_setting_overrides.json"
        path = f"{tmp_path}:{os.environ['PATH']}"
        (said,) = refusal("lab", f"--assume-old={viewer}", f"VENV={tmp_path}", PATH=path)
        assert "does not start as root" in said and f'"{tmp_path}/bin/jupyter-lab" --allow-root book/index.md' in said


class TestPythonIsChecked:
    """`make` refuses an unsuitable Python with a sentence, before it makes anything."""

    def refusal(self, tmp_path, script):
        python = executable(tmp_path / "python", script)
        stamp = f"{os.path.relpath(tmp_path, ROOT)}/env/.ready"
        (said,) = refusal(stamp, f"PYTHON={python}", f"VENV={Path(stamp).parent}")
        assert not (tmp_path / "env").exists()
        return said

    def test_too_old(self, tmp_path):
        said = self.refusal(tmp_path, 'test "$1" = --version && echo Python 3.9.18 && exit; exit 1')
        assert "needs Python 3.11 or newer" in said and "is Python 3.9.18" in said and "make PYTHON=" in said

    def test_missing(self, tmp_path):
        said = self.refusal(tmp_path, "exit 127")
        assert "needs Python 3.11 or newer" in said and "missing" in said

    def test_without_venv(self, tmp_path):
        said = self.refusal(tmp_path, 'case "$2" in *ensurepip*) exit 1;; esac')
        assert "cannot make virtual environments" in said and "python3-venv" in said


class TestPins:
    REQUIRED, PULLED_IN = pins("requirements.txt"), pins("constraints.txt")

    def test_requirements_and_constraints_pin_different_packages(self):
        assert not self.REQUIRED.keys() & self.PULLED_IN.keys()
        assert "-c constraints.txt" in read("requirements.txt").splitlines()

    def test_this_environment_is_the_pinned_one(self):
        installed = {canonicalize_name(found.name): found.version for found in metadata.distributions(path=[HERE])}
        other = {
            name: (installed[name], version)
            for name, version in (self.REQUIRED | self.PULLED_IN).items()
            if name in installed and Version(installed[name]).public != version
        }
        assert other == {}
        assert self.REQUIRED.keys() <= installed.keys()

    def test_everything_that_is_pulled_in_is_pinned(self):
        linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "extra": ""}
        seen, todo = set(), [*self.REQUIRED, "jupyterlab"]
        while todo:
            name = todo.pop()
            if name in seen or name == "torch":  # pins its CUDA packages itself
                continue
            seen.add(name)
            needs = [Requirement(text) for text in metadata.requires(name) or []]
            todo += [canonicalize_name(n.name) for n in needs if n.marker is None or n.marker.evaluate(linux)]
        assert len(seen) > 100
        assert seen - {"jupyterlab"} - self.REQUIRED.keys() - self.PULLED_IN.keys() == set()

    def test_binder_and_the_readme_have_the_same_torch_for_the_cpu(self):
        binder = read(".binder/requirements.txt").splitlines()
        cpu = "https://download.pytorch.org/whl/cpu"
        assert binder == [f"--extra-index-url {cpu}", f"torch=={self.REQUIRED['torch']}+cpu", "-r ../requirements.txt"]
        assert f"pip install torch=={self.REQUIRED['torch']} --index-url {cpu}" in README

    def test_the_oldest_python_that_is_admitted_can_have_every_pin(self):
        # The first patch release, since an old distribution stays with the one that it began with.
        oldest = PROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
        asked = {
            found.name: SpecifierSet(found.metadata.get("Requires-Python", ""))
            for found in metadata.distributions(path=[HERE])
            if canonicalize_name(found.name) in self.REQUIRED | self.PULLED_IN
        }
        assert len(asked) > 100
        assert {name: str(pythons) for name, pythons in asked.items() if not pythons.contains(oldest)} == {}

    def test_the_oldest_python_is_the_same_everywhere(self):
        oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
        workflow = yaml.safe_load(read(".github/workflows/book.yml"))
        assert f"With Python {oldest} or newer" in README and f"Python {oldest} or newer" in read("book/reproducing.md")
        assert (
            f"Python {oldest} or newer" in MAKEFILE and f"sys.version_info < ({oldest.replace('.', ', ')})" in MAKEFILE
        )
        assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"][0] == oldest
        assert read(".binder/runtime.txt").strip() == f"python-{oldest}"
        assert PROJECT["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")

    def test_what_the_package_needs_is_pinned_above_its_lower_bound(self):
        pinned = self.REQUIRED | self.PULLED_IN
        bounds = lower_bounds([*DEPENDENCIES, *itertools.chain(*EXTRAS.values())])
        assert {name: bound for name, bound in bounds.items() if Version(pinned[name]) < Version(bound)} == {}

    def test_the_lower_bounds_are_tested_once(self):
        minimum = pins("tests/minimum.txt")
        assert {name: version for name, version in minimum.items() if name in NEEDS} == NEEDS
        others = minimum.keys() & self.REQUIRED.keys() - NEEDS.keys()
        assert {name: minimum[name] for name in others} == {name: self.REQUIRED[name] for name in others}
        steps = yaml.safe_load(read(".github/workflows/book.yml"))["jobs"]["minimum"]["steps"]
        runs = "\n".join(step.get("run", "") for step in steps)
        assert "-r tests/minimum.txt" in runs
        assert f'"[{",".join(name for name in EXTRAS if name not in TOOLS)}]"' in runs.replace(".[", "[")
        assert all((ROOT / path).exists() for path in re.findall(r"\btests/\S+", runs))


class TestLibrary:
    MODULES = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in (ROOT / "ghostlib").rglob("*.py")
    }

    def test_importing_the_models_loads_nothing_heavy(self):
        modules = [f"ghostlib.{name}" for name in LIGHT if f"ghostlib.{name}" in self.MODULES]
        assert "ghostlib.toy" in modules
        code = f"import sys, ghostlib, {', '.join(modules)}; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert "ghostlib.toy" in loaded.split()
        assert HEAVY & set(loaded.split()) == set()

    def test_importing_the_package_alone_loads_nothing_heavy(self):
        code = "import sys, ghostlib; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert HEAVY & set(loaded.split()) == set()

    def test_modules_import_each_other_in_one_direction(self):
        graph = {name: self.imported(tree.body) & self.MODULES.keys() - {name} for name, tree in self.MODULES.items()}
        assert graph["ghostlib.widgets.flow"]
        list(graphlib.TopologicalSorter(graph).static_order())

    def test_the_package_declares_what_its_models_import(self):
        declared = lower_bounds(DEPENDENCIES).keys()
        models = [
            tree
            for name, tree in self.MODULES.items()
            if name.partition(".")[2].split(".")[0] in LIGHT and name != "ghostlib.networks.oracle"
        ]
        names = {name.split(".")[0] for tree in models for name in self.imported(tree.body)}
        assert names - set(sys.stdlib_module_names) - {"ghostlib"} <= declared

    def test_dependencies_and_extras_are_what_the_package_imports(self):
        names = {name.split(".")[0] for tree in self.MODULES.values() for name in self.imported(ast.walk(tree))}
        packages = metadata.packages_distributions()
        found = {canonicalize_name(packages[n][0]) for n in names - set(sys.stdlib_module_names) - {"ghostlib"}}
        # Those two are imported only where they are at work; ipywidgets is what anywidget stands on.
        assert found - {"matplotlib-inline", "ipython"} == NEEDS.keys() - {"ipywidgets"}

    def test_files_beside_the_modules_are_part_of_the_package(self):
        patterns = PROJECT["tool"]["setuptools"]["package-data"]["ghostlib"]
        packed = {path for pattern in patterns for path in (ROOT / "ghostlib").glob(pattern)}
        beside = {path for path in tracked() if path.is_relative_to(ROOT / "ghostlib") and path.suffix != ".py"}
        assert ROOT / "ghostlib/widgets/js/core/toy.js" in beside
        assert beside <= packed

    def imported(self, nodes):
        """The modules that statements import: of a module's body when it is loaded, of all of it when it is used."""
        names = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= found if found <= self.MODULES.keys() else {node.module}
        return names


class TestPackage:
    """What is packed: the library whole, without its tests, which run the book too."""

    def test_the_source_distribution_and_the_wheel_made_from_it_hold_the_library_alone(self, tmp_path):
        library = {path.relative_to(ROOT).as_posix() for path in tracked() if path.is_relative_to(ROOT / "ghostlib")}
        assert {"ghostlib/py.typed", "ghostlib/widgets/js/flow.js", "ghostlib/widgets/js/core/toy.js"} <= library
        for path in tracked():
            copy = tmp_path / "checkout" / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        sdist = self.build("sdist", tmp_path / "checkout")
        subprocess.run(["tar", "-xf", sdist], cwd=tmp_path, check=True)
        unpacked = tmp_path / sdist.name.removesuffix(".tar.gz")
        with zipfile.ZipFile(self.build("wheel", unpacked)) as wheel:
            packed = wheel.namelist()
        for names in ([path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*.*")], packed):
            assert {name for name in names if name.startswith("ghostlib/")} == library
            assert [name for name in names if name.startswith(("tests/", "book/"))] == []

    def build(self, what, tree):
        code = f"import setuptools.build_meta as build; print(build.build_{what}('..'))"
        made = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=True).stdout
        return tree.parent / made.splitlines()[-1]


class TestChapters:
    @pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.md")), ids=lambda path: path.stem)
    def test_jupytext_finds_every_code_cell(self, path):
        # Without the right header it would see a page of plain text, and run nothing.
        cells = [cell for cell in jupytext.read(path).cells if cell.cell_type == "code"]
        written = re.findall(r"^`{3,}\{code-cell\}", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(cells) == len(written)


class TestTracked:
    # Put together here, so that this file does not hold what it looks for.
    MACHINES = re.compile("|".join("/" + name + r"/[\w.]" for name in ("home", "root", "Users", "work", "tmp")))
    REGISTRIES = re.compile(
        "|".join(["pypi[.]" + "org", "pythonhosted[.]" + "org", "registry[.]" + "npmjs", "anaconda[.]" + "org"])
    )

    @pytest.mark.parametrize("pattern", [MACHINES, REGISTRIES], ids=["machines", "registries"])
    def test_no_file_names_a_place_that_others_do_not_have(self, pattern):
        texts = [path for path in tracked() if path.suffix not in {".png", ".woff2", ".ico", ".wasm"}]
        assert {
            path.name: found for path in texts if (found := pattern.findall(path.read_text(encoding="utf-8")))
        } == {}

    def test_nothing_that_a_build_makes_is_kept(self):
        made = [path.name for path in tracked() if path.suffix in {".ipynb", ".html", ".pyc", ".csv", ".npz"}]
        assert [name for name in made if not name.startswith("ghost-")] == []  # ghost-*.html: templates of the theme

    def test_no_file_is_large(self):
        assert [path.name for path in tracked() if path.stat().st_size > 600_000] == []


class TestPapers:
    CITATION = yaml.safe_load(read("CITATION.cff"))

    def test_the_citation_names_this_version_and_this_title(self):
        assert self.CITATION["version"] == PROJECT["project"]["version"]
        assert self.CITATION["title"] == yaml.safe_load(read("_config.yml"))["title"]

    def test_the_citation_refers_to_the_paper_as_the_book_does(self):
        (paper,) = self.CITATION["references"]
        (entry,) = re.findall(r"@\w+\{dinc2025ghost,.*?\n\}", read("book/references.bib"), re.DOTALL)
        assert paper["url"].rsplit("/", 1)[1] in entry
        assert str(paper["year"]) in entry
        assert all(author["family-names"] in entry for author in paper["authors"])

    def test_code_is_mit_and_text_is_cc_by(self):
        assert PROJECT["project"]["license"] == "MIT"
        assert "MIT License" in read("LICENSE") and "LICENSE-text" in read("LICENSE")
        assert "CC BY 4.0" in read("LICENSE-text") and "licenses/by/4.0/legalcode" in read("LICENSE-text")
        assert self.CITATION["license"] == ["MIT", "CC-BY-4.0"]
