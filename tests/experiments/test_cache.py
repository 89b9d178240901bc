"""Results on the disk: what is finished is never lost, what is stale or damaged never used."""

import gc
import importlib.util
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import sweeping
from interrupting import interrupt_elsewhere
from sweeping import ended, notes, square, sweep

from ghostlib.experiments import cache
from ghostlib.experiments.rank_one.sweep import losses
from ghostlib.experiments.ranks.training import train_network


COUNT = 8


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where results are kept, empty."""
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "results"


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def same(first, second):
    return all(
        len(a) == len(b) and all(np.array_equal(x, y) and x.dtype == y.dtype for x, y in zip(a, b, strict=True))
        for a, b in zip(first, second, strict=True)
    )


def key(journal, number, seconds=0):
    return cache.key_of(square, (str(journal), number, seconds), cache.source_digest(square))


def whole(folder, journal):
    """Whether every file in the folder is one that this test made, whole."""
    readable = [cache.read(folder, key(journal, number, seconds)) for number in range(COUNT) for seconds in (0, 0.2)]
    return sum(result is not None for result in readable) == len(list(folder.iterdir()))


class TestResults:
    def test_they_come_in_the_order_of_the_settings(self, folder, journal):
        assert [int(result[0]) for result in sweep(journal, COUNT, 0)] == [n**2 for n in range(COUNT)]

    def test_no_settings_no_results(self, folder, journal):
        assert sweep(journal, 0, 0) == []

    def test_the_second_time_nothing_is_computed_and_the_bits_are_the_same(self, folder, journal):
        first = sweep(journal, COUNT, 0)
        assert same(first, sweep(journal, COUNT, 0))
        assert sorted(ended(journal)) == list(range(COUNT))

    def test_a_longer_sweep_computes_only_what_is_new(self, folder, journal):
        sweep(journal, 3, 0)
        sweep(journal, COUNT, 0)
        assert sorted(ended(journal)) == list(range(COUNT))

    def test_a_call_that_fails_is_told_and_the_finished_ones_stay(self, folder, journal):
        with pytest.raises(TypeError):
            cache.map_cached(square, [(str(journal), 1, 0), (str(journal), 2, "long")])
        wait_for(lambda: ended(journal) == [1])
        wait_for(lambda: len(list(folder.glob("*.result"))) == 1)

    @pytest.mark.parametrize("package", ["numpy", "numba"])
    def test_another_version_of_numpy_or_numba_computes_anew(self, folder, journal, monkeypatch, package):
        sweep(journal, 2, 0)
        version = importlib.metadata.version
        monkeypatch.setattr("importlib.metadata.version", lambda name: "0.1" if name == package else version(name))
        sweep(journal, 2, 0)
        assert sorted(ended(journal)) == [0, 0, 1, 1]

    def test_settings_may_hold_the_numbers_of_numpy(self, folder, journal):
        settings = [(np.str_(journal), np.int64(3), np.float64(0))]
        for _ in range(2):
            ((found, _),) = cache.map_cached(square, settings)
            assert found == 9
        assert ended(journal) == [3]

    @pytest.mark.parametrize("wrong", [(object(),), (float("nan"),), (np.float32(np.inf),), 3])
    def test_other_settings_are_refused(self, folder, wrong):
        with pytest.raises(ValueError, match="settings must hold tuples of finite numbers and strings, got "):
            cache.map_cached(square, [wrong])

    @pytest.mark.parametrize("kind", ["array", "objects", "nothing"])
    def test_what_is_no_tuple_of_arrays_is_refused(self, folder, kind):
        with pytest.raises(ValueError, match="compute must return a tuple of arrays, got "):
            cache.map_cached(sweeping.objects, [(kind,)])
        assert not folder.exists()


class TestFiles:
    @pytest.mark.parametrize("damage", ["cut", "empty", "bit", "words", "pickle", "other"])
    def test_a_damaged_or_foreign_one_is_computed_anew_and_never_used(self, folder, journal, damage):
        sweep(journal, 2, 0)
        path, other = (
            next(path for path in folder.iterdir() if path.read_bytes().startswith(key(journal, number).encode()))
            for number in (0, 1)
        )
        content = path.read_bytes()
        path.write_bytes(
            {
                "cut": content[:-1],
                "empty": b"",
                "bit": content[:-500] + bytes([content[-500] ^ 1]) + content[-499:],
                "words": b"not a result at all\n",
                "pickle": b"\x80\x04cos\nsystem\n(S'false'\ntR.",
                "other": other.read_bytes(),
            }[damage]
        )
        results = sweep(journal, 2, 0)
        assert [int(result[0]) for result in results] == [0, 1]
        assert sorted(ended(journal)) == [0, 0, 1]
        assert whole(folder, journal)

    def test_where_none_can_be_written_all_results_are_returned_with_one_warning(self, tmp_path, monkeypatch, journal):
        (tmp_path / "file").write_text("a folder cannot be made below this")
        monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path / "file" / "cache"))
        with pytest.warns(UserWarning, match="results cannot be kept in .*file.*cache") as warned:
            results = sweep(journal, COUNT, 0)
        assert len(warned) == 1
        assert [int(result[0]) for result in results] == [n**2 for n in range(COUNT)]

    def test_on_a_full_disk_all_results_are_returned_and_nothing_half_written_stays(self, folder, journal, monkeypatch):
        def full(*_):
            raise OSError("no space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.warns(UserWarning, match="no space left on device") as warned:
            results = sweep(journal, COUNT, 0)
        assert len(warned) == 1 and len(results) == COUNT
        assert list(folder.iterdir()) == []

    def test_each_is_closed_before_it_gets_its_name_as_windows_asks(self, folder, journal, monkeypatch):
        replace, open_files = os.replace, Path("/proc/self/fd")
        if not open_files.exists():
            pytest.skip("this system does not say which files are open")

        def windows_replace(source, target):
            if Path(source) in [path.readlink() for path in open_files.iterdir() if path.is_symlink()]:
                raise PermissionError(f"the file is in use: {source}")
            replace(source, target)

        monkeypatch.setattr(os, "replace", windows_replace)
        sweep(journal, 1, 0)
        assert whole(folder, journal) and len(list(folder.iterdir())) == 1

    def test_one_that_another_process_has_made_and_keeps_open_is_left_to_it(self, folder, journal, monkeypatch):
        """Windows replaces no open file; what it holds is what we have computed."""
        (theirs,) = sweep(journal, 1, 0)

        def in_use(source, target):
            shutil.copy(source, target)
            raise PermissionError(f"the file is in use: {target}")

        monkeypatch.setattr(os, "replace", in_use)
        with warnings.catch_warnings(action="error"):
            sweep(journal, 2, 0)
        assert whole(folder, journal) and len(list(folder.iterdir())) == 2

    def test_what_a_killed_process_had_begun_is_removed_later_and_not_before(self, folder, journal):
        folder.mkdir(parents=True)
        old, young = folder / "old.part", folder / "young.part"
        for path in (old, young):
            path.write_bytes(b"half")
        os.utime(old, (time.time() - 2 * cache.ABANDONED,) * 2)
        sweep(journal, 1, 0)
        assert not old.exists() and young.exists()


ABOVE = """\
import numpy as np
import spare.deep.inner
from beside import factor
from spare.below import power
from .deep.inner import offset

def compute(x):
    return (np.asarray(factor * x ** power() + offset + spare.deep.more),)
"""
PACKAGE = {
    "spare/__init__.py": "",
    "spare/above.py": ABOVE,
    "spare/below.py": "def power():\n    return 2\n",
    "spare/deep/__init__.py": "more = 0\n",
    "spare/deep/inner.py": "from .. import constants\noffset = constants.OFFSET\n",
    "spare/constants.py": "OFFSET = 0\n",
    "spare/aside.py": "from spare import above\n",
    "beside.py": "factor = 1\n",
}


@pytest.fixture
def users(tmp_path, monkeypatch, folder):
    """Somebody's own package and a module beside it: a function that writes files, and the value of compute(3)."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def forget():
        importlib.invalidate_caches()
        for name in [name for name in sys.modules if name.split(".")[0] in ("spare", "beside", "lazy")]:
            del sys.modules[name]

    def edit(**files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        forget()
        return int(cache.map_cached(importlib.import_module("spare.above").compute, [(3,)])[0][0])

    yield edit
    forget()


def digest():
    return cache.source_digest(importlib.import_module("spare.above").compute)


class TestSource:
    def test_a_change_of_the_users_own_function_computes_anew(self, users):
        assert users(**PACKAGE) == 9
        assert users(**{"spare/above.py": ABOVE.replace("+ offset", "+ 1")}) == 10

    @pytest.mark.parametrize(
        ("name", "text", "result"),
        [
            ("spare/below.py", "def power():\n    return 3\n", 27),
            ("spare/constants.py", "OFFSET = 5\n", 14),
            ("beside.py", "factor = 2\n", 18),
            ("spare/deep/__init__.py", "more = 7\n", 16),
        ],
        ids=["in its package", "by relative imports", "beside its package", "by the name of a package"],
    )
    def test_a_change_in_what_it_imports_computes_anew(self, users, name, text, result):
        assert users(**PACKAGE) == 9
        assert users(**{name: text}) == result

    def test_two_threads_may_ask_at_once(self):
        cache.code_of.cache_clear()
        gc.callbacks.append(lambda *_: time.sleep(0))  # as tools that measure do: another thread goes on
        often = gc.get_threshold()
        gc.set_threshold(50)
        try:
            with ThreadPoolExecutor(4) as pool:
                digests = list(pool.map(cache.source_digest, [train_network] * 8))
        finally:
            gc.set_threshold(*often)
            gc.callbacks.pop()
        assert len(set(digests)) == 1

    def test_a_source_is_parsed_once(self, monkeypatch):
        first = cache.source_digest(train_network)
        monkeypatch.setattr(cache.ast, "parse", None)  # so that a worker need not, while Numba does
        assert cache.source_digest(train_network) == first

    def test_a_change_elsewhere_does_not(self, users):
        users(**PACKAGE)
        before = digest()
        users(**{"spare/aside.py": "from spare import above\nprint(1)\n"})
        assert digest() == before

    def test_docstrings_remarks_and_layout_do_not(self, users):
        users(**PACKAGE)
        before = digest()
        users(**{"spare/below.py": '"""What it is."""\n\n\ndef power():  # a remark\n    """Two."""\n    return 2\n'})
        assert digest() == before
        users(**{"spare/below.py": '"""What it is."""\n\n\ndef power():\n    return 2.0\n'})
        assert digest() != before

    @pytest.mark.parametrize(
        "statement",
        ["from ghostlib import train", "import ghostlib", "import ghostlib.training", "from ghostlib import *"],
    )
    def test_what_it_uses_of_this_library_counts_however_it_is_imported(self, users, statement):
        users(**PACKAGE, **{"spare/user.py": f"{statement}\n"})
        found = cache.sources("spare.user")
        assert {"spare.user", "ghostlib.training.trainer", "ghostlib.training.kernels.advance"} <= found.keys()

    def test_other_installed_packages_do_not_count_and_are_not_loaded(self, users):
        users(**PACKAGE, **{"spare/user.py": "import json\nimport torch.nn\nfrom sphinx.util import tags\n"})
        loaded = set(sys.modules)
        assert cache.sources("spare.user").keys() == {"spare.user"}
        assert set(sys.modules) == loaded

    @pytest.mark.parametrize(
        "compute",
        [lambda: 1, len, "square", square.__get__(3), type("Made", (), {"compute": lambda self: 1})().compute],
        ids=["lambda", "built in", "name", "method", "of no module"],
    )
    def test_a_function_whose_changes_would_go_unnoticed_is_refused(self, folder, compute):
        with pytest.raises(ValueError, match="compute must be a function at the top level of a module with a source"):
            cache.map_cached(compute, [()])

    @pytest.mark.parametrize("found", [None, importlib.util.find_spec("sweeping")], ids=["notebook", "python -m"])
    def test_a_function_of_a_script_or_notebook_is_refused(self, folder, monkeypatch, found):
        script = ModuleType("__main__")
        script.__spec__ = found
        exec("def compute(): return ()", vars(script))
        monkeypatch.setitem(sys.modules, "__main__", script)
        with pytest.raises(ValueError, match="compute must be a function at the top level of a module with a source"):
            cache.map_cached(script.compute, [()])

    @pytest.mark.parametrize("compute", [train_network, losses])
    def test_our_own_sweeps_depend_on_the_trainer_and_not_on_figures_or_pages(self, compute):
        needed = cache.sources(compute.__module__).keys()
        assert {compute.__module__, "ghostlib.networks.records", "ghostlib.networks.task"} < needed
        assert {"ghostlib.training.kernels.rank_one", "ghostlib.training.trainer"} < needed
        above = ("ghostlib.plots", "ghostlib.widgets", "ghostlib.toy", "ghostlib.page", "ghostlib.experiments.cache")
        assert not any(name.startswith(above) for name in needed)


class TestDirectory:
    def test_the_environment_comes_first(self, monkeypatch, tmp_path):
        monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))
        assert cache.directory() == tmp_path

    @pytest.fixture
    def library(self, monkeypatch, tmp_path):
        """A copy of the module elsewhere, and a home for the user."""
        monkeypatch.delenv("GHOSTLIB_CACHE", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
        copy = tmp_path / "somewhere" / "ghostlib" / "experiments" / "cache.py"
        monkeypatch.setattr(cache, "__file__", str(copy))
        copy.parent.mkdir(parents=True)
        return copy.parents[2]

    def test_in_a_checkout_it_is_beside_the_library(self, library):
        root = Path(__file__).parents[2]
        shutil.copy(root / "pyproject.toml", library)
        assert cache.directory() == library / ".cache"

    def test_of_an_installed_library_it_is_the_users_own(self, library, tmp_path):
        assert library not in cache.directory().parents
        if sys.platform == "linux":
            assert cache.directory() == tmp_path / "home" / "ghostlib"

    def test_a_library_inside_another_project_is_installed(self, library):
        (library / "pyproject.toml").write_text('[project]\nname = "another"\n')
        assert library not in cache.directory().parents
        (library / "pyproject.toml").write_text("[tool.ruff]\nline-length = 120\n")
        assert library not in cache.directory().parents


class TestInterrupts:
    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
    def test_a_process_stopped_in_the_middle_loses_no_finished_result(self, folder, journal, how):
        code = f"import sweeping; sweeping.sweep({str(journal)!r}, {COUNT}, 0.2)"
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=Path(__file__).parents[1], stderr=subprocess.PIPE, text=True
        )
        wait_for(lambda: len(list(folder.glob("*.result"))) >= 2)
        kept = {path: path.read_bytes() for path in folder.glob("*.result")}
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
        assert process.returncode == -how or "KeyboardInterrupt" in said
        for unfinished in folder.glob("*.part"):
            unfinished.unlink()
        assert whole(folder, journal)
        assert len(list(folder.glob("*.result"))) < COUNT, "it was stopped too late to mean anything"
        sweep(journal, COUNT, 0.2)
        assert all(path.read_bytes() == content for path, content in kept.items())
        # Computed twice: only what was not kept when the process ended, at most one call a thread.
        assert len(ended(journal)) - COUNT <= os.cpu_count() + 1  # threads

    def test_ctrl_c_is_heard_while_long_calls_run(self, folder, journal):
        """The sweep is left before any of them ends; what its threads have begun they end, and that is kept too."""

        def interrupt():
            wait_for(lambda: notes(journal))
            interrupt_elsewhere(0)

        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            sweep(journal, COUNT, 2)
        assert ended(journal) == []
        wait_for(lambda: len(ended(journal)) == len(notes(journal)) / 2 > 0)
        wait_for(lambda: len(list(folder.glob("*.result"))) == len(ended(journal)))


class Here(Executor):
    """The smallest executor there is."""

    def submit(self, function, /, *args):
        future = Future()
        future.set_result(function(*args))
        return future


class Elsewhere(Here):
    """An executor whose workers keep their results on another disk."""

    def submit(self, function, /, folder, *args):
        return super().submit(function, folder.with_name("elsewhere"), *args)


class TestExecutors:
    def test_any_will_do(self, folder, journal):
        first = sweep(journal, 3, 0, executor=Here())
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            second = sweep(journal, COUNT, 0, executor=pool)
        assert same(first, second[:3])
        assert sorted(ended(journal)) == list(range(COUNT))

    def test_what_is_on_the_disk_already_is_not_sent_to_a_worker(self, folder, journal):
        sweep(journal, COUNT, 0)
        sweep(journal, COUNT, 0, executor=Executor())  # which takes no work

    def test_what_another_process_has_finished_meanwhile_is_not_computed_again(self, folder, journal):
        class Late(Here):
            def submit(self, function, /, *args):
                sweep(journal, 1, 0)
                return super().submit(function, *args)

        sweep(journal, 1, 0, executor=Late())
        assert ended(journal) == [0]

    def test_what_was_computed_on_another_disk_is_kept_here_too(self, folder, journal):
        sweep(journal, COUNT, 0, executor=Elsewhere())
        sweep(journal, COUNT, 0)
        assert sorted(ended(journal)) == list(range(COUNT))

    @pytest.mark.slow
    def test_on_a_dask_cluster_a_killed_worker_loses_only_its_own_call(self, folder, journal):
        from distributed import Client, LocalCluster

        options = dict(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1")
        with LocalCluster(**options, silence_logs=50) as cluster, Client(cluster) as client:
            workers = set(client.run(os.getpid).values())
            assert len(workers) == 2

            def kill_one():
                wait_for(lambda: len(ended(journal)) >= 2)
                pid = next(int(pid) for what, _, pid in reversed(notes(journal)) if what == "begin")
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

            killed = []
            killer = threading.Thread(target=kill_one)
            killer.start()
            results = sweep(journal, COUNT, 0.2, executor=client.get_executor())
            killer.join()
        assert [int(result[0]) for result in results] == [n**2 for n in range(COUNT)]
        assert killed and killed[0] in workers
        begun = [number for what, number, _ in notes(journal) if what == "begin"]
        *_, last = (note for note in notes(journal) if int(note[2]) == killed[0])
        again = [number for number in set(begun) if begun.count(number) > 1]
        # It may have been killed just after its call had ended, which then need not be made again.
        assert again == [last[1]] or (not again and last[0] == "end"), "the killed worker's call, and no other"
        assert same(results, sweep(journal, COUNT, 0.2))
