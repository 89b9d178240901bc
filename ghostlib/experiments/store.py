"""Results of long experiments on disk: what is finished is never lost, and never stale.

A result is kept under a key made of the settings and of the source of every module of this library that computing it
imports, so that a change anywhere below throws it away. joblib writes a file whole or not at all.
"""

import ast
import hashlib
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import joblib


LIBRARY = "ghostlib"


def directory():
    """Where results are kept: the environment variable GHOSTLIB_CACHE, or ``.cache`` beside the library.

    Returns
    -------
    pathlib.Path
    """
    return Path(os.environ.get("GHOSTLIB_CACHE") or Path(__file__).parents[2] / ".cache")


def kept(compute, *settings):
    """``compute(*settings)``, read from the disk if the same library has computed it before.

    Parameters
    ----------
    compute : function
        At the top level of a module of this library.
    settings : tuple
        What joblib can hash: numbers, strings, arrays, frozen records.

    Returns
    -------
    What `compute` returns.
    """
    memory = joblib.Memory(directory(), verbose=0)
    name = f"{compute.__module__}.{compute.__qualname__}"
    return memory.cache(_call, ignore=["compute"])(name, fingerprint(compute.__module__), compute, settings)


@cache
def fingerprint(module):
    """A digest of the source of a module and of all modules of this library that it imports, however indirectly.

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
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
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


def _spec(name):
    """Where the module is, or None if it is not one of this library's."""
    if name.split(".")[0] != LIBRARY:
        return None
    try:
        return find_spec(name)
    except ModuleNotFoundError:  # a function or class: the name before the dot is no package
        return None


def _call(name, source, compute, settings):
    return compute(*settings)
