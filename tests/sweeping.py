"""A computation for the tests of the cache: it says when it begins and ends, and takes as long as it is told."""

import os
import time
from pathlib import Path

import numpy as np

from ghostlib.experiments import cache


def square(journal, number, seconds):
    """number², and a random array that only this call can have made; appends to the file `journal`."""
    note(journal, f"begin {number} {os.getpid()}")
    time.sleep(seconds)
    note(journal, f"end {number} {os.getpid()}")
    return np.array(number**2), np.frombuffer(os.urandom(8_000), np.uint8)


def objects(kind):
    """Not a tuple of arrays, in three ways."""
    return {"array": np.zeros(3), "objects": (np.array([{}], dtype=object),), "nothing": None}[kind]


def note(journal, line):
    """Append a line in one write, which processes do not mix up."""
    with open(journal, "ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def notes(journal):
    """The journal's lines, as lists of words."""
    path = Path(journal)
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def ended(journal):
    """The numbers of the calls that have ended, as often as they have."""
    return [int(number) for what, number, _ in notes(journal) if what == "end"]


def sweep(journal, count, seconds, **options):
    """The squares of 0 … count − 1."""
    return cache.map_cached(square, [(str(journal), number, seconds) for number in range(count)], **options)
