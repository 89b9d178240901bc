"""Waiting for threads, in a way that an interrupt ends."""

from queue import Empty, SimpleQueue


# The system may hand an interrupt to any thread, and only the main one acts on it. So that one never sleeps for longer.
HEARD = 0.02  # seconds


def as_completed(futures):
    """Yield futures as they finish, as `concurrent.futures.as_completed` does, which may sleep through an interrupt."""
    finished = SimpleQueue()
    for future in futures:
        future.add_done_callback(finished.put)
    for _ in futures:
        yield _next(finished)


def _next(queue):
    while True:
        try:
            return queue.get(timeout=HEARD)
        except Empty:
            pass
