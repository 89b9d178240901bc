"""Functions compiled by Numba and kept on the disk from one run to the next, wherever that is possible.

Numba's own cache makes a function impossible to compile where it finds no folder that it may write to, and for as long
as one of its files is damaged; and it looks for changes only in the file of the function, not in those of the functions
that are compiled into it. Such functions stand in the same folder.
"""

import hashlib
import warnings
from functools import cache
from pathlib import Path

import numpy as np
from numba import config, njit, vectorize
from numba.core.caching import FunctionCache, IndexDataCacheFile


def compiled(decorator=njit, *, also=(), **options):
    """``numba.njit(cache=True, **options)`` with a cache that never fails; `decorator` may be `numba.vectorize` too.

    also : modules of other folders of which the function takes records.

    Where Numba is switched off (NUMBA_DISABLE_JIT=1, for a debugger or coverage), the function itself.
    """

    def decorate(function):
        if config.DISABLE_JIT:
            return np.vectorize(function, otypes=[float]) if decorator is vectorize else function
        dispatcher = decorator(**options)(function)
        try:
            kept = _Cache(function, also)
        except RuntimeError:  # no folder to write to
            _warn_not_kept()
        else:
            if decorator is vectorize:
                dispatcher._dispatcher.cache = kept
            else:
                dispatcher._cache = kept
        return dispatcher

    return decorate


class _Cache(FunctionCache):
    """Numba's cache, except that all files of a folder count, a damaged one as none, and a full disk does no harm."""

    def __init__(self, function, also):
        super().__init__(function)
        beside = filter(Path.is_file, sorted(Path(function.__code__.co_filename).parent.glob("*.py")))
        stamp = self._impl.locator.get_source_stamp(), _content(*beside, *(module.__file__ for module in also))
        self._cache_file = IndexDataCacheFile(self.cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig, target_context):
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # unpickling a file that was cut short may raise anything
            self.flush()
            return None

    def save_overload(self, sig, data):
        try:
            super().save_overload(sig, data)
        except OSError:
            _warn_not_kept()


@cache
def _content(*files):
    """A digest of the names of files and of what they hold."""
    return hashlib.sha256(b"".join(Path(file).name.encode() + Path(file).read_bytes() for file in files)).hexdigest()


@cache
def _warn_not_kept():
    warnings.warn(
        "compiled functions cannot be kept on the disk and are compiled anew in every run;"
        " set NUMBA_CACHE_DIR to a folder that can be written to",
        stacklevel=2,
    )
