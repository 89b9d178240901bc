"""From which value on something is so, in many places at a time."""

import numpy as np


def bisect(is_so, low, high, halvings):
    """The intervals low … high, arrays, halved so many times around where `is_so`, of such an array, begins to hold."""
    for _ in range(halvings):
        middle = (low + high) / 2
        found = is_so(middle)
        low, high = np.where(found, low, middle), np.where(found, middle, high)
    return low, high
