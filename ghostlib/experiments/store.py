"""Where results of long experiments are kept, and the source that they depend on.

A result is good for as long as every module of this library that computing it imports says the same: a fingerprint of
their code is part of its key, so that a change anywhere below throws it away. Comments, docstrings and layout are no
part of it.
"""

import ast
import hashlib
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path


LIBRARY = "ghostlib"


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
