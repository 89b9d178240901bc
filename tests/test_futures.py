"""Futures as they finish, and interrupts that the system hands to a thread that is not the main one."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from interrupting import interrupt_elsewhere

from ghostlib._futures import as_completed


def test_futures_come_as_they_finish_also_those_that_have_finished_or_failed_before():
    first, second = threading.Event(), threading.Event()
    with ThreadPoolExecutor(3) as pool:
        early, late, failed = pool.submit(first.wait), pool.submit(second.wait), pool.submit(int, "x")
        found = as_completed([early, late, failed])
        assert next(found) is failed and isinstance(failed.exception(), ValueError)
        second.set()
        assert next(found) is late
        first.set()
        assert list(found) == [early]


def test_none_is_soon_done():
    assert list(as_completed({})) == []


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_an_interrupt_that_another_thread_was_handed_is_heard():
    never = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(never.wait, 60)
        interrupt_elsewhere()
        with pytest.raises(KeyboardInterrupt):
            list(as_completed([future]))
        assert not future.done()
        never.set()
