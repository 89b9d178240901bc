"""Numbers as a reader writes them, and results that say which of theirs the prose quotes."""

import math
import re
from functools import cached_property

import numpy as np
from scipy.stats import binomtest


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Quoted(cached_property):
    """A number of a result that `ghostlib.page.paste.publish` writes into the page.

    Its class is a frozen dataclass, in which the value is computed once.

    Parameters
    ----------
    function : function of the result
        Gives the number.
    text : str or function, default "{}"
        How the prose shows it: a format string, ``"{:.1%}"``, or a function of the value, such as `scientific`.
    claim : str, optional
        Id of the ledger's row that it decides.
    shown : str, optional
        How the ledger shows it, a format string that may use other properties too:
        ``"{:.1f} ± {self.spread:.1f} of 100"``; by default the value in a few digits.
    """

    def __init__(self, function, text="{}", *, claim=None, shown=None):
        super().__init__(function)
        self.text, self.claim, self.shown = text, claim, shown


def quoted(text="{}", **options):
    """Make a method a `Quoted` number, where one line is too short for it."""
    return lambda function: Quoted(function, text, **options)


def quotes(result):
    """Yield name, value and `Quoted` of every number that the prose quotes, in the order of the class."""
    for name, how in vars(type(result)).items():
        if isinstance(how, Quoted):
            yield name, getattr(result, name), how


def scientific(value, digits=2):
    """A finite number as a reader writes it by hand, `digits` after the point, with no-break spaces: 9.13 × 10⁻¹⁰."""
    if not math.isfinite(value):
        raise ValueError(f"value: {value}; expected a finite number")
    if digits < 0:
        raise ValueError(f"digits: {digits}; expected 0 or more")
    mantissa, exponent = f"{value:.{digits}e}".replace("e+", "e").split("e")
    mantissa = mantissa.replace("-", "−")
    if not int(exponent):
        return mantissa
    return f"{mantissa}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def one_digit(value):
    """The same with one digit in all: 9 × 10⁻¹⁰."""
    return scientific(value, 0)


def counted(count, total):
    """A count with the exact 95% interval of its share (Clopper and Pearson): "30 of 40 (59% to 87%)"."""
    low, high = binomtest(int(count), int(total)).proportion_ci()
    return f"{count} of {total} ({low:.0%} to {high:.0%})"


def ends(values):
    """The least and the largest of them, by name."""
    return {"least": np.min(values), "most": np.max(values)}


def minus(text):
    """`text` with a minus sign for the hyphen before a number, and for no other: "−0.5", "no-learning zone"."""
    return re.sub(r"(?<!\w)-(?=[\d.])", "−", text)


def shown(value):
    """A value in a few digits: "holds" or "does not hold", 1,502, 0.0235, 9.13 × 10⁻¹⁰."""
    if isinstance(value, bool):
        return "holds" if value else "does not hold"
    if isinstance(value, int):
        return minus(f"{value:,}")
    if value == 0 or 1e-3 <= abs(value) < 999.5:
        return minus(f"{value:.3g}")
    return minus(f"{value:,.0f}") if 1 < abs(value) < 1e6 else scientific(value)
