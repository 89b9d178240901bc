"""Results on the disk: found again, thrown away with the source they depend on, whole or not there."""

import sys

import numpy as np
import pytest

from ghostlib.experiments import store


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of three modules, the first of which imports the second, and a place to keep results."""
    package = tmp_path / "spare"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "above.py").write_text(
        "import numpy as np\nfrom spare import below\n\nCALLS = []\n\n\n"
        "def squares(count, *more):\n    CALLS.append(count)\n    return below.POWER * np.arange(count), more\n"
    )
    (package / "below.py").write_text("POWER = 2\n")
    (package / "aside.py").write_text("from spare import above\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(store, "LIBRARY", "spare")
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path / "kept"))
    store.fingerprint.cache_clear()
    import spare.above

    yield spare.above
    store.fingerprint.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "spare"]:
        del sys.modules[name]


def test_a_result_is_computed_once_for_each_setting(library):
    for _ in range(2):
        for count in (3, 4):
            values, more = store.kept(library.squares, count, (0.5, "ρ"))
            np.testing.assert_array_equal(values, 2 * np.arange(count))
            assert more == ((0.5, "ρ"),)
    assert library.CALLS == [3, 4]


def test_a_change_in_what_is_imported_throws_the_result_away_and_a_change_elsewhere_does_not(library, tmp_path):
    store.kept(library.squares, 3)
    (tmp_path / "spare" / "aside.py").write_text("from spare import above  # a remark\n")
    store.fingerprint.cache_clear()
    store.kept(library.squares, 3)
    assert library.CALLS == [3]
    (tmp_path / "spare" / "below.py").write_text("POWER = 2  # a remark\n")
    store.fingerprint.cache_clear()
    store.kept(library.squares, 3)
    assert library.CALLS == [3, 3]


def test_what_is_broken_off_leaves_nothing_behind(library):
    with pytest.raises(TypeError):
        store.kept(library.squares, "three")
    library.CALLS.clear()
    store.kept(library.squares, 3)
    assert library.CALLS == [3]


def test_the_sweep_of_fig_s1_depends_on_the_trainer_and_not_on_the_figures():
    needed = set(store.sources("ghostlib.experiments.sweep"))
    assert {"ghostlib.rnn", "ghostlib.task", "ghostlib.training.kernels", "ghostlib.experiments.sweep"} <= needed
    assert not any(name.startswith(("ghostlib.plots", "ghostlib.widgets", "ghostlib.toy")) for name in needed)


def test_results_are_kept_beside_the_library_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("GHOSTLIB_CACHE", raising=False)
    assert store.directory().name == ".cache"
    assert (store.directory().parent / "pyproject.toml").exists()
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))
    assert store.directory() == tmp_path
