"""From the runs to the page: numbers for the prose and for the ledger of claims, pasted by the build, never typed.

What would not read well is refused with a `ValueError`: a name that is empty or holds a colon, which MyST-NB reads as
the beginning of a format, an id that no row has, and a value that is not one finite number (or a string, to paste).
"""

import json

import numpy as np
from myst_nb import glue

from ghostlib.page.ledger import LEDGER, load
from ghostlib.page.numbers import minus, quotes, shown


def publish(result, prefix=""):
    """Paste every quoted number of a result, and record those that decide a row of the ledger.

    Parameters
    ----------
    result : object
        Its class marks properties as `ghostlib.page.numbers.quoted`. The property ``mean_loss`` is pasted as
        ``mean-loss``; of a dict, ``{5: …, 10: …}``, each value with its key behind: ``plateau-5``, ``plateau-10``.
    prefix : str, optional
        Put before every name, where a page quotes two results of one kind.
    """
    for name, value, how in quotes(result):
        for key, number in value.items() if isinstance(value, dict) else [(None, value)]:
            paste(prefix + name.replace("_", "-") + ("" if key is None else f"-{key}"), number, how.text)
        if how.claim:
            claim(how.claim, value, how.shown and minus(how.shown.format(value, self=result)))


def paste(name, value, text="{}"):
    """Keep a number of this run for the prose, where ``{glue:text}`name``` shows it.

    The cell itself shows nothing.

    Parameters
    ----------
    name : str
        Unique on the page.
    value : int, float or str
        The number, finite, or words made of one, such as those of `scientific`.
    text : str or function, default "{}"
        Format string, ``"{:,}"`` for 1,502, ``"{:.1%}"`` for 53.0%, or a function of the value, such as `scientific`.
    """
    if not name or ":" in name:
        raise ValueError(f"name: {name!r}; expected a name without a colon")
    value = _scalar(value)
    written = text(value) if callable(text) else text.format(value)
    glue(name, written if isinstance(value, str) else minus(written), display=False)


def answer(name, value):
    """Keep an exercise's answer: as it reads, for ``{glue:text}`name```, and in full, for ``{check}`name, 1%```.

    name : str; value : int or float.
    """
    paste(name, value, shown)
    paste(f"{name}-exact", value, "{!r}")


def claim(id, value, text=None, *, ledger=LEDGER):
    """Record what this run gave for a row of the ledger, which the build then holds against the paper's value.

    The cell itself shows nothing.

    Parameters
    ----------
    id : str
        Id of a row of claims.yml.
    value : bool, int or float
        What is compared by the row's rule.
    text : str, optional
        How the ledger shows it, with its unit or spread ("53 ± 3 of 100"); by default the value in a few digits.
    ledger : path-like
        The ledger.
    """
    rows = load(ledger)
    if id not in rows:
        raise ValueError(f"id: {id!r}; expected an id of {ledger}: {', '.join(rows)}")
    value = _scalar(value)
    if isinstance(value, str):
        raise ValueError(f"value: {value!r}; expected a number or a truth value")
    glue(f"claim:{id}", json.dumps({"value": value, "text": text or shown(value)}), display=False)


def _scalar(value):
    """`value` as a Python scalar or string, whatever NumPy or torch type it came in."""
    scalar = np.asarray(value)
    if scalar.ndim or scalar.dtype.kind not in "biufU":
        raise ValueError(f"value: {value!r}; expected one number, truth value or string")
    if scalar.dtype.kind == "f" and not np.isfinite(scalar):
        raise ValueError(f"value: {value!r}; expected a finite number")
    return scalar.item()
