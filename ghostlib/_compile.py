"""Functions compiled by Numba and kept on the disk from one run to the next, wherever that is possible.

Numba's own cache makes a function impossible to compile where it finds no folder that it may write to, and for as long
as one of its files is damaged.
"""

import warnings
from functools import cache

import numpy as np
from numba import config, njit, vectorize
from numba.core.caching import FunctionCache


def compiled(decorator=njit, **options):
    """``numba.njit(cache=True, **options)`` with a cache that never fails; `decorator` may be `numba.vectorize` too.

    Where Numba is switched off (NUMBA_DISABLE_JIT=1, for a debugger or coverage), the function itself.
    """

    def decorate(function):
        if config.DISABLE_JIT:
            return np.vectorize(function, otypes=[float]) if decorator is vectorize else function
        dispatcher = decorator(**options)(function)
        try:
            kept = _Cache(function)
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
    """Numba's cache, except that a damaged file counts as none and a full disk does no harm."""

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
def _warn_not_kept():
    warnings.warn(
        "compiled functions cannot be kept on the disk and are compiled anew in every run;"
        " set NUMBA_CACHE_DIR to a folder that can be written to",
        stacklevel=2,
    )
