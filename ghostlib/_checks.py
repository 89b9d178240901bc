"""Refuse bad input at the door: every message names the argument, its value and what is allowed."""

import operator

import numpy as np


def detached(value):
    """`value`; of a PyTorch tensor or parameter, its numbers as an array."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def instance(name, value, *kinds):
    """Return `value`; a `ValueError` unless it is of one of these classes."""
    if not isinstance(value, kinds):
        raise ValueError(f"{name} must be {' or '.join(kind.__name__ for kind in kinds)}, got {type(value).__name__}")
    return value


def boolean(name, value):
    """Return `value` as a bool; a `ValueError` unless it is True or False."""
    return bool(instance(name, value, bool, np.bool_))


def numbers(name, value):
    """Return `value` as a float64 array; a `ValueError` unless it holds real numbers, infinities and NaN allowed."""
    return floats(name, value).astype(np.float64)


def floats(name, value):
    """The same in float32 where `value` is in that precision, and not copied where nothing has to be converted."""
    try:
        array = np.asarray(detached(value))
        texts = array.dtype.kind == "O" and any(isinstance(each, str | bytes) for each in array.flat)
        if array.dtype.kind not in "biufO" or texts:
            raise TypeError
        return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # NumPy's words and PyTorch's
        raise ValueError(f"{name} must be real numbers, got {value!r}") from None


def real(name, value):
    """Return `value` as a float64 array; a `ValueError` unless it holds real numbers, infinities allowed, NaN not."""
    array = numbers(name, value)
    _refuse(name, array, np.isnan(array), "a number")
    return array


def finite(name, value):
    """Return `value` as a float64 array; a `ValueError` unless every number in it is finite."""
    array = real(name, value)
    _refuse(name, array, np.isinf(array), "finite")
    return array


def nonnegative(name, value):
    """Return `value` as a float64 array; a `ValueError` unless every number in it is finite and ≥ 0."""
    array = finite(name, value)
    _refuse(name, array, array < 0, "≥ 0")
    return array


def positive(name, value):
    """Return `value` as a float64 array; a `ValueError` unless every number in it is finite and > 0."""
    array = finite(name, value)
    _refuse(name, array, array <= 0, "> 0")
    return array


def positive_or_infinite(name, value):
    """Return `value` as a float64 array; a `ValueError` unless every number in it is > 0, infinity allowed."""
    array = real(name, value)
    _refuse(name, array, array <= 0, "> 0")
    return array


def number(name, value, check=finite):
    """Return `value` as a float; a `ValueError` unless it is a single number that passes `check`."""
    array = check(name, value)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got shape {array.shape}")
    return float(array)


def count(name, value, minimum, below=2**63):
    """Return `value` as an int; a `ValueError` unless it is an integer ≥ `minimum` and < `below`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be an integer, got {value!r}") from None
    if not minimum <= number < below:
        allowed = f"≥ {minimum}" if number < minimum else f"< 2**{below.bit_length() - 1}"
        raise ValueError(f"{name} must be {allowed}, got {number}")
    return number


def broadcast(**arrays):
    """Return copies of the named arrays, broadcast; a `ValueError` that names their shapes where they do not fit."""
    try:
        return tuple(np.array(array) for array in np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in arrays.items())
        raise ValueError(f"shapes must broadcast against each other, got {shapes}") from None


def _refuse(name, array, bad, allowed):
    if np.any(bad):
        raise ValueError(f"{name} must be {allowed}, got {array[bad].flat[0]:g}")
