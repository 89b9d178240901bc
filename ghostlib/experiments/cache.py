"""Long sweeps as independent pieces: each is kept on the disk as soon as it is done, whoever did it.

A piece is one call of a function that returns arrays. Its file begins with a line that says what it is, which source
computed it and what its bytes must add up to; what follows are plain arrays, no code. A file that is damaged, cut short
or about something else is computed anew and never believed. Files appear whole or not at all.
"""

import ast
import hashlib
import io
import json
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import joblib
import numpy as np
from tqdm.auto import tqdm


LIBRARY = "ghostlib"
UNFINISHED = ".part"
STALE = 3600  # seconds after which a file that is not finished has nobody left who writes it


def map_cached(compute, settings, *, executor=None, progress=False):
    """``compute(*each)`` for each of `settings`, in any order, except where the disk has the result already.

    An interrupt is heard at once and loses no finished piece: the next call goes on where this one stopped.

    Parameters
    ----------
    compute : function
        At the top level of a module, returning a tuple of arrays. Its results are kept for as long as the source of
        this module, and of what it imports from this library, stays the same.
    settings : sequence of tuples
        Numbers and strings, what JSON can write.
    executor : concurrent.futures.Executor, optional
        Who does the pieces; by default as many threads as there are cores, which suits functions that release the
        interpreter's lock. A cluster's is ``distributed.Client(address).get_executor()``: a piece whose worker dies is
        given to another one.
    progress : bool, default False
        Whether to show a progress bar.

    Returns
    -------
    list of tuples of arrays
        In the order of `settings`.

    Raises
    ------
    ValueError
        If an item of `settings` holds what JSON cannot write, or `compute` belongs to no module.
    """
    folder = str(directory() / "pieces")
    clear(folder)
    results = [read(*place(folder, compute, each)) for each in settings]
    missing = [i for i, result in enumerate(results) if result is None]
    # Not a `with` block, which would wait for the pieces that are being done.
    pool = ThreadPoolExecutor(joblib.cpu_count()) if executor is None else executor
    futures = {pool.submit(compute_or_load, folder, compute, settings[i]): i for i in missing}
    try:
        done = as_completed(futures)
        for future in tqdm(
            done, total=len(settings), initial=len(settings) - len(missing), unit="piece", disable=not progress
        ):
            i = futures[future]
            results[i] = future.result()
            path, label = place(folder, compute, settings[i])
            if not path.exists():  # done on a machine with a disk of its own
                write(path, label, results[i])
    finally:
        for future in futures:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=False)
    return results


def compute_or_load(folder, compute, each):
    """One piece, from the disk or done now and kept there; what a worker runs.

    Parameters
    ----------
    folder : str
    compute : function
    each : tuple

    Returns
    -------
    tuple of arrays
    """
    path, label = place(folder, compute, each)
    result = read(path, label)
    if result is None:
        result = tuple(np.asarray(array) for array in compute(*each))
        write(path, label, result)
    return result


def place(folder, compute, each):
    """The file of a piece and the label that it must bear.

    Parameters
    ----------
    folder : path-like
    compute : function
    each : tuple

    Returns
    -------
    path : pathlib.Path
    label : dict

    Raises
    ------
    ValueError
        If `each` holds what JSON cannot write, or `compute` belongs to no module.
    """
    if compute.__module__ == "__main__":
        raise ValueError(f"compute must be in a module that others can import, got {compute.__qualname__} of a script")
    try:
        written = json.dumps(list(each), allow_nan=False)
    except (TypeError, ValueError):
        raise ValueError(f"settings must hold finite numbers and strings, got {each!r}") from None
    label = {
        "piece": f"{compute.__module__}.{compute.__qualname__}",
        "settings": written,
        "source": fingerprint(compute.__module__),
    }
    name = hashlib.sha256(json.dumps(label).encode()).hexdigest()[:32]
    return Path(folder) / f"{name}.piece", label


def write(path, label, arrays):
    """Keep `arrays` at `path`, whole or not at all, also if the process is killed or the machine loses its power."""
    body = io.BytesIO()
    np.savez(body, *arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=UNFINISHED, delete=False) as unfinished:
        try:
            unfinished.write(seal(label, body.getvalue()) + body.getvalue())
            unfinished.flush()
            os.fsync(unfinished.fileno())
            os.replace(unfinished.name, path)
        except BaseException:
            os.unlink(unfinished.name)
            raise


def read(path, label):
    """The arrays at `path`, or None if there is no file, or not exactly what `write` made for this label."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    head, newline, body = content.partition(b"\n")
    if head + newline != seal(label, body):
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return tuple(arrays.values())


def seal(label, body):
    """The first line of a piece's file: its label and the digest of the rest."""
    return json.dumps({**label, "digest": hashlib.sha256(body).hexdigest()}).encode() + b"\n"


def clear(folder):
    """Remove what a process that was killed has begun to write."""
    for unfinished in Path(folder).glob(f"*{UNFINISHED}"):
        try:
            if time.time() - unfinished.stat().st_mtime > STALE:
                unfinished.unlink()
        except FileNotFoundError:  # another process was faster
            continue


def directory():
    """Where results are kept: the environment variable GHOSTLIB_CACHE, or ``.cache`` beside the library.

    Returns
    -------
    pathlib.Path
    """
    return Path(os.environ.get("GHOSTLIB_CACHE") or Path(__file__).parents[2] / ".cache")


@cache
def fingerprint(module):
    """A digest of the code of a module and of all modules of this library that it imports, however indirectly.

    Parameters
    ----------
    module : str
        Its full name.

    Returns
    -------
    str
    """
    digest = hashlib.sha256()
    for name, path in sorted(sources(module).items()):
        digest.update(f"{name}\0{_code(path)}\0".encode())
    return digest.hexdigest()


def sources(module):
    """The modules of this library that a module needs, itself included, with their files.

    Parameters
    ----------
    module : str
        Its full name.

    Returns
    -------
    dict of str to pathlib.Path
    """
    found, left = {}, [module]
    while left:
        name = left.pop()
        spec = _spec(name)
        if name in found or spec is None:
            continue
        found[name] = Path(spec.origin)
        for node in ast.walk(ast.parse(found[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                left += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                left += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def _code(path):
    """The syntax tree of a file, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


def _spec(name):
    """Where the module is, or None if it is not one of this library's."""
    if name.split(".")[0] != LIBRARY:
        return None
    try:
        return find_spec(name)
    except ModuleNotFoundError:  # a function or class: the name before the dot is no package
        return None
