"""Where results are kept, and what source they depend on."""

import sys

import pytest

from ghostlib.experiments import cache


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of three modules, the first of which imports the second."""
    package = tmp_path / "spare"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "above.py").write_text("import numpy as np\nfrom spare.below import power\n")
    (package / "below.py").write_text("def power():\n    return 2\n")
    (package / "aside.py").write_text("from spare import above\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cache, "LIBRARY", "spare")
    yield package
    cache.fingerprint.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "spare"]:
        del sys.modules[name]


def fingerprint(module):
    cache.fingerprint.cache_clear()
    return cache.fingerprint(module)


def test_what_a_module_imports_is_found_however_it_is_imported(library):
    assert set(cache.sources("spare.above")) == {"spare.above", "spare.below"}
    assert set(cache.sources("spare.aside")) == {"spare", "spare.aside", "spare.above", "spare.below"}


def test_a_change_in_what_is_imported_changes_the_fingerprint_and_a_change_elsewhere_does_not(library):
    before = fingerprint("spare.above")
    (library / "aside.py").write_text("from spare import above  # a remark\n")
    assert fingerprint("spare.above") == before
    (library / "below.py").write_text("def power():\n    return 3\n")
    assert fingerprint("spare.above") != before


def test_words_and_layout_are_no_part_of_the_fingerprint(library):
    before = fingerprint("spare.above")
    (library / "below.py").write_text('"""What it is."""\n\n\ndef power():  # a remark\n    """Two."""\n    return 2\n')
    assert fingerprint("spare.above") == before
    (library / "below.py").write_text("def power():\n    'Two.'\n    return '2'\n")
    assert fingerprint("spare.above") != before


def test_the_sweep_of_fig_s1_depends_on_the_trainer_and_not_on_the_figures():
    needed = set(cache.sources("ghostlib.experiments.sweep"))
    assert {
        "ghostlib.networks.records",
        "ghostlib.networks.task",
        "ghostlib.training.kernels",
        "ghostlib.experiments.sweep",
    } <= needed
    assert not any(name.startswith(("ghostlib.plots", "ghostlib.widgets", "ghostlib.toy")) for name in needed)


def test_results_are_kept_beside_the_library_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("GHOSTLIB_CACHE", raising=False)
    assert cache.directory().name == ".cache"
    assert (cache.directory().parent / "pyproject.toml").exists()
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))
    assert cache.directory() == tmp_path
