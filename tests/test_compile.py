"""Compiled functions are kept on the disk where that is possible, and work where it is not."""

import os
import signal
import subprocess
import sys
import time

import pytest


MODULE = """if True:
    import sys

    import numpy as np
    from numba import vectorize

    from ghostlib._compile import compiled

    @compiled(nogil=True)
    def double(x):
        return 2 * x

    @compiled(vectorize)
    def treble(x):
        return double(x) + x

    if __name__ == "__main__":
        print(double(1.5), treble(np.array([1.5]))[0], treble(np.array([2.5]))[0])
        print(sum(double.stats.cache_hits.values()))
"""
ANSWER = ["3.0", "4.5", "7.5"]


@pytest.fixture
def module(tmp_path):
    path = tmp_path / "code" / "twice.py"
    path.parent.mkdir()
    path.write_text(MODULE)
    return path


def run(module, cache, *options, **variables):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), **variables}
    done = subprocess.run(
        [sys.executable, *options, module], env=environment, capture_output=True, text=True, check=True
    )
    *answer, hits = done.stdout.split()
    assert answer == ANSWER
    return int(hits), done.stderr


def files(cache, *endings):
    return [path for path in cache.rglob("*") if path.name.endswith(endings)]


def test_the_second_run_compiles_nothing(module, tmp_path):
    assert [run(module, tmp_path / "kept")[0] for _ in range(2)] == [0, 1]


@pytest.mark.parametrize(("folder", "also"), [("code", ""), ("elsewhere", "also=[another], ")])
def test_what_changes_in_another_module_is_noticed(module, tmp_path, folder, also):
    """A function compiled from two files: Numba itself asks only the one in which it is kept."""
    doubled = "    @compiled(nogil=True)\n    def double(x):\n        return 2 * x\n"
    halves = (
        f"    import another\n\n    @compiled({also}nogil=True)\n    def double(x):\n        return 4 * another.half(x)"
    )
    module.write_text(MODULE.replace(doubled, f"{halves}\n"))
    another = tmp_path / folder / "another.py"
    another.parent.mkdir(exist_ok=True)
    path = {"PYTHONPATH": str(another.parent)}
    another.write_text("from numba import njit\n\n@njit\ndef half(x):\n    return 1 * x / 2\n")
    assert [run(module, tmp_path / "kept", **path)[0] for _ in range(2)] == [0, 1]
    another.write_text("from numba import njit\n\n@njit\ndef half(x):\n    return 0 * x / 2\n")
    with pytest.raises(AssertionError, match="0.0"):
        run(module, tmp_path / "kept", **path)


def test_what_only_looks_like_a_module_beside_it_does_no_harm(module, tmp_path):
    """An editor marks a file that is being edited with a link to nowhere, and a folder may have any name."""
    (module.parent / ".#twice.py").symlink_to("someone@somewhere.1234")
    (module.parent / "folder.py").mkdir()
    assert [run(module, tmp_path / "kept")[0] for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("length", [0, 0.5])
def test_a_file_that_was_cut_short_is_made_anew(module, tmp_path, ending, length):
    cache = tmp_path / "kept"
    run(module, cache)
    damaged = files(cache, ending)
    assert len(damaged) >= 2
    for path in damaged:
        os.truncate(path, int(length * path.stat().st_size))
    assert run(module, cache) == (0, "")
    assert run(module, cache) == (1, "")


@pytest.mark.skipif(os.name == "nt", reason="says where the home is in the words of a POSIX system")
def test_where_nothing_can_be_written_one_warning_says_so(module):
    """A folder inside a file cannot be made, not even by root."""
    folder = module.parent / "__pycache__"
    folder.write_text("")
    hits, said = run(module, "", HOME=str(module), XDG_CACHE_HOME=str(module / "cache"))
    assert hits == 0
    assert said.count("cannot be kept on the disk") == 1 and "NUMBA_CACHE_DIR" in said


def test_a_full_disk_does_no_harm(module, tmp_path):
    full = MODULE.replace(
        "    @compiled(nogil", "    def full(*_):\n        raise OSError(28, 'full')\n\n" + "    @compiled(nogil"
    )
    full = full.replace("    import sys\n", "    import sys\n    import numba.core.caching as caching\n").replace(
        "    @compiled(nogil", "    caching.IndexDataCacheFile.save = full\n\n    @compiled(nogil"
    )
    module.write_text(full)
    hits, said = run(module, tmp_path / "kept")
    assert hits == 0 and said.count("cannot be kept on the disk") == 1


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_process_that_is_killed_leaves_nothing_that_stops_the_next(module, tmp_path):
    cache = tmp_path / "kept"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    running = subprocess.Popen([sys.executable, module], env=environment, stdout=subprocess.DEVNULL)
    while running.poll() is None and not files(cache, ".nbi", ".nbc", ".tmp"):
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.wait()
    run(module, cache)
    assert run(module, cache)[0] == 1


def test_without_numba_it_is_the_function_itself(module, tmp_path):
    module.write_text(MODULE.replace("sum(double.stats.cache_hits.values())", "double.__name__ == 'double'"))
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, module], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [*ANSWER, "True"]
