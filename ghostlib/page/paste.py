"""From the runs to the page: numbers for the prose and for the ledger of claims, pasted by the build, never typed."""

import json
import math

import numpy as np
from myst_nb import glue

from ghostlib.page.ledger import LEDGER, load


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def paste(name, value, text="{}"):
    """Keep a number of this run for the prose, where ``{glue:text}`name``` shows it.

    The cell itself shows nothing.

    Parameters
    ----------
    name : str
        Unique on the page.
    value : int, float or str
        The number, finite, or words made of one, such as those of `scientific`.
    text : str, default "{}"
        Format string: ``"{:,}"`` for 1,502, ``"{:.1%}"`` for 53.0%.

    Raises
    ------
    ValueError
        If `name` is empty or holds a colon (MyST-NB would read what follows as a format), or `value` is not one
        finite number or a string.
    """
    if not name or ":" in name:
        raise ValueError(f"name: {name!r}; expected a name without a colon")
    glue(name, text.format(_scalar(value)), display=False)


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

    Raises
    ------
    ValueError
        If no row has this id, or `value` is not one finite number or truth value.
    """
    rows = load(ledger)
    if id not in rows:
        raise ValueError(f"id: {id!r}; expected an id of {ledger}: {', '.join(rows)}")
    value = _scalar(value)
    if isinstance(value, str):
        raise ValueError(f"value: {value!r}; expected a number or a truth value")
    glue(f"claim:{id}", json.dumps({"value": value, "text": text or shown(value)}), display=False)


def scientific(value, digits=2):
    """A number as a reader writes it by hand, with no-break spaces: 9.13 × 10⁻¹⁰.

    Parameters
    ----------
    value : float
    digits : int, default 2
        Digits after the point.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If `value` is not finite or `digits` is negative.
    """
    if not math.isfinite(value):
        raise ValueError(f"value: {value}; expected a finite number")
    if digits < 0:
        raise ValueError(f"digits: {digits}; expected 0 or more")
    mantissa, exponent = f"{value:.{digits}e}".replace("e+", "e").split("e")
    mantissa = mantissa.replace("-", "−")
    if not int(exponent):
        return mantissa
    return f"{mantissa}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def shown(value):
    """A value in a few digits: "holds" or "does not hold", 1,502, 0.0235, 9.13 × 10⁻¹⁰.

    Parameters
    ----------
    value : bool, int or float

    Returns
    -------
    str
    """
    if isinstance(value, bool):
        return "holds" if value else "does not hold"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if value == 0 or 1e-3 <= abs(value) < 999.5:
        return f"{value:.3g}".replace("-", "−")
    return f"{value:,.0f}".replace("-", "−") if 1 < abs(value) < 1e6 else scientific(value)


def _scalar(value):
    """`value` as a Python scalar or string, whatever NumPy or torch type it came in."""
    scalar = np.asarray(value)
    if scalar.ndim or scalar.dtype.kind not in "biufU":
        raise ValueError(f"value: {value!r}; expected one number, truth value or string")
    if scalar.dtype.kind == "f" and not np.isfinite(scalar):
        raise ValueError(f"value: {value!r}; expected a finite number")
    return scalar.item()
