"""The scalar map of gradient descent, compiled: z ← z − rate · slope · sgn(z − centre) / z^(3/2) for z ≥ centre/4.

Both forms of the descent are this map: (z, rate, slope, centre) = (r, α, π/4, r*) and (ρ, a, 3/4, 1).
Runs are independent, so the result is the same to the last bit whatever the number of threads.
"""

import math

import numpy as np
from numba import njit, prange


# Runs that advance together: their square roots and divisions then overlap in the processor's vector unit.
BLOCK = 16


@njit(inline="always")
def _advance(z, rate, slope, centre):
    pull = slope / (z * math.sqrt(z))
    side = 1.0 * (z > centre) - 1.0 * (z < centre)
    moved = z - rate * (side * pull)
    return moved if z >= 0.25 * centre else z


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def iterate(start, rate, slope, centre, epochs, every):
    """Return the state at epochs 0, every, 2·every, … of each run, shape ``(runs, epochs // every + 1)``."""
    runs = start.size
    record = np.empty((runs, epochs // every + 1))
    for block in prange((runs + BLOCK - 1) // BLOCK):
        first = block * BLOCK
        here = min(BLOCK, runs - first)
        z, a, middle = _load(start, rate, centre, first, here)
        record[first : first + here, 0] = z[:here]
        for row in range(1, record.shape[1]):
            for _ in range(every):
                for i in range(BLOCK):
                    z[i] = _advance(z[i], a[i], slope, middle[i])
            record[first : first + here, row] = z[:here]
    return record


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def run_out(start, rate, slope, centre, epochs):
    """Return each run's last state, and the epoch at which it was first below centre/4, or −1."""
    runs = start.size
    last, caught = np.empty(runs), np.full(runs, -1)
    for block in prange((runs + BLOCK - 1) // BLOCK):
        first = block * BLOCK
        here = min(BLOCK, runs - first)
        z, a, middle = _load(start, rate, centre, first, here)
        moving = 0
        for i in range(here):
            if z[i] < 0.25 * middle[i]:
                caught[first + i] = 0
            else:
                moving += 1
        for epoch in range(1, epochs + 1):
            if moving == 0:
                break
            below = 0
            for i in range(BLOCK):
                z[i] = _advance(z[i], a[i], slope, middle[i])
                below += z[i] < 0.25 * middle[i]
            if below > BLOCK - moving:
                for i in range(here):
                    if z[i] < 0.25 * middle[i] and caught[first + i] < 0:
                        caught[first + i] = epoch
                        moving -= 1
        last[first : first + here] = z[:here]
    return last, caught


@njit(inline="always")
def _load(start, rate, centre, first, here):
    # A last, shorter block is filled up with runs that are at rest from the beginning.
    z, a, middle = np.zeros(BLOCK), np.ones(BLOCK), np.ones(BLOCK)
    z[:here] = start[first : first + here]
    a[:here] = rate[first : first + here]
    middle[:here] = centre[first : first + here]
    return z, a, middle
