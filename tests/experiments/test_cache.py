"""Sweeps as pieces: what is finished is never lost, and what is on the disk is never believed unseen."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sweeping import ended, notes, square, sweep

from ghostlib.experiments import cache


COUNT = 8


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """Where pieces are kept, empty."""
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "pieces"


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


def whole(disk, journal):
    """Whether every piece on the disk is one that this test made, whole."""
    labels = dict(
        cache.place(disk, square, (str(journal), number, seconds)) for number in range(COUNT) for seconds in (0, 0.2)
    )
    return all(cache.read(path, labels[path]) is not None for path in disk.glob("*.piece"))


def test_results_come_in_the_order_of_the_settings(disk, journal):
    assert [int(result[0]) for result in sweep(journal, COUNT, 0)] == [n**2 for n in range(COUNT)]


def test_the_second_time_nothing_is_computed_and_the_bits_are_the_same(disk, journal):
    first = sweep(journal, COUNT, 0)
    assert same(first, sweep(journal, COUNT, 0))
    assert sorted(ended(journal)) == list(range(COUNT))


def test_a_longer_sweep_computes_only_what_is_new(disk, journal):
    sweep(journal, 3, 0)
    sweep(journal, COUNT, 0)
    assert sorted(ended(journal)) == list(range(COUNT))


def test_another_source_of_the_library_computes_anew(disk, journal, monkeypatch):
    first = sweep(journal, 2, 0)
    monkeypatch.setattr(cache, "fingerprint", lambda module: "another")
    assert not same(first, sweep(journal, 2, 0))
    assert sorted(ended(journal)) == [0, 0, 1, 1]


@pytest.mark.parametrize("damage", ["cut", "empty", "bit", "words", "pickle", "other"])
def test_a_damaged_or_foreign_file_is_computed_anew_and_never_believed(disk, journal, damage):
    sweep(journal, 2, 0)
    path, other = (cache.place(disk, square, (str(journal), number, 0))[0] for number in (0, 1))
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[:-1],
            "empty": b"",
            "bit": content[:-500] + bytes([content[-500] ^ 1]) + content[-499:],
            "words": b"not a piece at all\n",
            "pickle": b"\x80\x04cos\nsystem\n(S'false'\ntR.",
            "other": other.read_bytes(),
        }[damage]
    )
    results = sweep(journal, 2, 0)
    assert [int(result[0]) for result in results] == [0, 1]
    assert sorted(ended(journal)) == [0, 0, 1]
    assert whole(disk, journal)


def test_no_pickled_object_is_ever_kept(disk, tmp_path):
    path, label = tmp_path / "x.piece", {"piece": "x"}
    cache.write(path, label, [np.array([{}], dtype=object)])
    with pytest.raises(ValueError, match="allow_pickle"):
        cache.read(path, label)


def test_settings_that_json_cannot_write_are_refused(disk):
    for wrong in ((object(),), (float("nan"),)):
        with pytest.raises(ValueError, match="settings must hold finite numbers and strings"):
            cache.map_cached(square, [wrong])


def test_a_function_that_nobody_can_import_is_refused(disk, monkeypatch):
    monkeypatch.setattr(square, "__module__", "__main__")
    with pytest.raises(ValueError, match="compute must be in a module"):
        cache.map_cached(square, [("", 1, 0)])


def test_a_failing_piece_is_told_and_the_finished_ones_stay(disk, journal):
    settings = [(str(journal), 1, 0), (str(journal), 2, "long")]
    with pytest.raises(TypeError):
        cache.map_cached(square, settings)
    wait_for(lambda: ended(journal) == [1])
    wait_for(lambda: len(list(disk.glob("*.piece"))) == 1)


def test_a_write_that_fails_leaves_no_file(disk, monkeypatch, tmp_path):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        cache.write(tmp_path / "x.piece", {}, [np.zeros(3)])
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_had_begun_to_write_is_removed_later_and_not_before(disk, journal):
    disk.mkdir(parents=True)
    old, young = disk / "old.part", disk / "young.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * cache.STALE,) * 2)
    sweep(journal, 1, 0)
    assert not old.exists() and young.exists()


def start(journal, seconds):
    code = f"import sweeping; sweeping.sweep({str(journal)!r}, {COUNT}, {seconds})"
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[1], stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_a_process_stopped_in_the_middle_loses_no_finished_piece(disk, journal, how):
    process = start(journal, 0.2)
    wait_for(lambda: len(ended(journal)) >= 3)
    kept = {path: path.read_bytes() for path in disk.glob("*.piece")}
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode == -how or "KeyboardInterrupt" in said
    assert len(kept) >= 1
    assert whole(disk, journal)
    before = len(list(disk.glob("*.piece")))
    assert before < COUNT, "it was stopped too late to mean anything"
    sweep(journal, COUNT, 0.2)
    assert all(path.read_bytes() == content for path, content in kept.items())
    # Computed twice: only what was not kept when the process ended, at most one piece a thread.
    assert len(ended(journal)) - COUNT <= os.cpu_count()


def test_ctrl_c_is_heard_while_long_pieces_run(disk, journal):
    """The sweep is left before any of them ends; what its threads have begun they end, and that is kept too."""

    def interrupt():
        wait_for(lambda: notes(journal))
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        sweep(journal, COUNT, 3)
    assert ended(journal) == []
    wait_for(lambda: len(ended(journal)) == len(notes(journal)) / 2 > 0)
    wait_for(lambda: len(list(disk.glob("*.piece"))) == len(ended(journal)))


class Here(Executor):
    """The smallest executor there is."""

    def submit(self, function, /, *args):
        future = Future()
        future.set_result(function(*args))
        return future


def test_any_executor_will_do(disk, journal):
    first = sweep(journal, 3, 0, executor=Here())
    with ProcessPoolExecutor(2, mp_context=spawned()) as pool:
        second = sweep(journal, COUNT, 0, executor=pool)
    assert same(first, second[:3])
    assert sorted(ended(journal)) == list(range(COUNT))


def spawned():
    return multiprocessing.get_context("spawn")


class Elsewhere(Here):
    """An executor whose workers keep their pieces on another disk."""

    def submit(self, function, /, folder, *args):
        return super().submit(function, folder + "-elsewhere", *args)


def test_pieces_done_on_another_disk_are_kept_here_too(disk, journal):
    sweep(journal, COUNT, 0, executor=Elsewhere())
    sweep(journal, COUNT, 0)
    assert sorted(ended(journal)) == list(range(COUNT))


@pytest.mark.slow
def test_on_a_dask_cluster_a_killed_worker_loses_only_its_own_piece(disk, journal):
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
    assert whole(disk, journal)
    begun = [number for what, number, _ in notes(journal) if what == "begin"]
    assert len(begun) == COUNT + 1, "the killed worker's piece, and no other, is done again"
    assert same(results, sweep(journal, COUNT, 0.2))
