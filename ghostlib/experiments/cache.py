"""Results of long computations, kept on the disk: one file for each call of a function that returns arrays.

The first line of a file says which function it was, with which arguments, source and versions, and what the rest adds
up to; the rest are plain arrays, no code. A file that is damaged or says anything else is never used. Files appear
whole or not at all; where none can be written, the results are handed over all the same, with a warning.

Every function raises ValueError where `compute` is no function at the top level of a module with a source file (its
changes would go unnoticed), its arguments are not what JSON can write, or it returns anything but a tuple of arrays.
"""

import ast
import hashlib
import io
import json
import os
import re
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib import metadata
from importlib.util import find_spec, resolve_name
from itertools import accumulate
from pathlib import Path
from threading import Lock

import joblib
import numpy as np
import platformdirs
from tqdm.auto import tqdm

from ghostlib._futures import as_completed


LIBRARY = "ghostlib"
UNFINISHED = ".part"
ABANDONED = 3600  # seconds after which nobody is left to finish such a file
INSTALLED = {"site-packages", "dist-packages"}
# Python 3.11 confuses two syntax trees that are built at once, where a garbage collection in between runs Python code.
# Numba builds some too, while it compiles in a worker: what a worker asks for has been parsed before it began.
PARSER = Lock()


def map_cached(compute, settings, *, executor=None, progress=False):
    """``compute(*arguments)`` for each tuple of `settings`, in any order, except where the disk has the result already.

    An interrupt is heard at once and loses no finished result: the next call goes on where this one stopped.

    Parameters
    ----------
    compute : function
        At the top level of a module, returning a tuple of arrays. Its results are kept for as long as the source of
        that module and of what it imports stays the same, and the versions of NumPy and Numba. The source is read when
        the call begins: reload a module that you have edited.
    settings : sequence of tuples
        Finite numbers and strings.
    executor : concurrent.futures.Executor, optional
        By default one thread more than there are cores, since each waits for the disk now and then; this suits
        functions that release the interpreter's lock. A cluster's is ``distributed.Client(address).get_executor()``.
    progress : bool, default False
        Whether to show a progress bar.

    Returns
    -------
    list of tuples of arrays
        In the order of `settings`.
    """
    folder, source = directory() / "results", source_digest(compute)
    _remove_abandoned(folder)
    settings = list(settings)
    keys = [key_of(compute, arguments, source) for arguments in settings]
    results = [read(folder, each) for each in keys]
    missing = [i for i, result in enumerate(results) if result is None]
    # Not a `with` block, which would wait for the calls that have begun.
    pool = ThreadPoolExecutor(joblib.cpu_count() + 1) if executor is None else executor
    futures = {pool.submit(compute_or_load, folder, keys[i], compute, settings[i]): i for i in missing}
    bar = tqdm(total=len(settings), initial=len(settings) - len(missing), unit="result", disable=not progress)
    writable = True
    try:
        for future in as_completed(futures):
            i = futures[future]
            results[i] = future.result()
            try:
                if writable and not _path(folder, keys[i]).exists():  # its worker has another disk, or could not write
                    write(folder, keys[i], results[i])
            except OSError as error:
                writable = False
                warnings.warn(f"results cannot be kept in {folder}: {error}", stacklevel=2)
            bar.update()
    finally:
        bar.close()
        for future in futures:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=False)
    return results


def compute_or_load(folder, key, compute, arguments):
    """One result, from the disk or computed now and kept there; what a worker runs."""
    result = read(folder, key)
    if result is None:
        result = compute(*arguments)
        if not isinstance(result, tuple) or any(np.asarray(array).dtype.hasobject for array in result):
            raise ValueError(f"compute must return a tuple of arrays, got {type(result).__name__}")
        result = tuple(map(np.asarray, result))
        with suppress(OSError):  # `map_cached` tries again, and warns
            write(folder, key, result)
    return result


def key_of(compute, arguments, source):
    """What tells one result from all others, one line of JSON; `source` is the function's `source_digest`."""
    versions = {name: metadata.version(name) for name in ("numpy", "numba")}
    named = {"function": f"{compute.__module__}.{compute.__qualname__}", "source": source, **versions}
    try:
        return json.dumps({**named, "arguments": list(arguments)}, allow_nan=False, default=np.generic.item)
    except (TypeError, ValueError):
        raise ValueError(f"settings must hold tuples of finite numbers and strings, got {arguments!r}") from None


def write(folder, key, arrays):
    """Keep `arrays` under `key`, whole or not at all, even if the process is killed or the machine loses its power."""
    body = io.BytesIO()
    np.savez(body, *arrays)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = tempfile.NamedTemporaryFile(dir=folder, suffix=UNFINISHED, delete=False)
    try:
        with unfinished:
            unfinished.write(_header(key, body.getvalue()) + body.getvalue())
            unfinished.flush()
            os.fsync(unfinished.fileno())
        os.replace(unfinished.name, _path(folder, key))  # closed by now: Windows renames no open file
    except BaseException:
        os.unlink(unfinished.name)
        raise


def read(folder, key):
    """The arrays under `key`, or None if there is no file, or not exactly what `write` made."""
    try:
        content = _path(folder, key).read_bytes()
    except OSError:
        return None
    first, newline, body = content.partition(b"\n")
    if first + newline != _header(key, body):
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return tuple(arrays.values())


def directory():
    """Where results are kept: the environment variable GHOSTLIB_CACHE; else ``.cache`` in a checkout of this library;
    else the user's cache folder.
    """
    if chosen := os.environ.get("GHOSTLIB_CACHE"):
        return Path(chosen)
    root = Path(__file__).parents[2]
    project = root / "pyproject.toml"
    if project.is_file() and f'name = "{LIBRARY}"' in project.read_text(encoding="utf-8"):
        return root / ".cache"
    return platformdirs.user_cache_path(LIBRARY, appauthor=False)


def source_digest(compute):
    """A digest of the code that `compute` runs, without docstrings, remarks and layout: that of `sources`."""
    module, name = getattr(compute, "__module__", None), getattr(compute, "__qualname__", "")
    can_be_imported = module != "__main__" and getattr(sys.modules.get(module), name, None) is compute
    found = sources(module) if can_be_imported else {}
    if not found:
        raise ValueError(
            "compute must be a function at the top level of a module with a source file, so that a change in it is "
            f"noticed, got {compute!r}; write it into a file of its own and import it"
        )
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def sources(module):
    """The code of a module and of all that it imports, however indirectly: name → syntax tree, written out.

    Modules of this library and of the module's own package count, and all that are not installed, such as a file beside
    it. Python's own and other installed packages do not.
    """
    packages = {LIBRARY, module.partition(".")[0]}
    found, queue = {}, [module]
    while queue:
        spec = _spec(queue.pop(), packages)
        if spec is None or spec.name in found:
            continue
        found[spec.name], imported = code_of(Path(spec.origin).read_bytes(), spec.parent)
        queue += imported
    return found


@cache
def code_of(source, package):
    """The syntax tree of a module of this package, written out, and what it imports; each source is parsed once."""
    with PARSER:
        tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree), tuple(_imported(tree, package))


def _imported(tree, package):
    """The full name of everything that a module of this package imports, modules or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:  # a.b.c binds a, through which all three are used
                yield from accumulate(alias.name.split("."), "{}.{}".format)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and re.fullmatch(rf"{LIBRARY}(\.\w+)+", str(node.value)):
            yield node.value  # what `import ghostlib` loads later, by name


def _spec(name, packages):
    """Where the source of a module is, or of the module that defines `name`; None if it does not count."""
    top, parent = name.partition(".")[0], name.rpartition(".")[0]
    if top in sys.stdlib_module_names or not (top in packages or _is_uninstalled(top)):
        return None
    with suppress(ImportError, ValueError):  # if the parent is no package, or cannot be imported
        if spec := find_spec(name):
            return spec if str(spec.origin).endswith(".py") else None
    return _spec(parent, packages) if parent else None


def _is_uninstalled(top):
    with suppress(ValueError):  # __main__
        if spec := find_spec(top):
            places = [spec.origin] if spec.origin else spec.submodule_search_locations
            return not any(INSTALLED & set(Path(place).parts) for place in places)
    return False


def _path(folder, key):
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.result"


def _header(key, body):
    return f"{key} {hashlib.sha256(body).hexdigest()}\n".encode()


def _remove_abandoned(folder):
    """Remove what a process that was killed had begun to write."""
    for unfinished in folder.glob(f"*{UNFINISHED}"):
        with suppress(OSError):  # another process was faster, or has it open
            if time.time() - unfinished.stat().st_mtime > ABANDONED:
                unfinished.unlink()
