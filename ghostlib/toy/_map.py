"""Gradient descent on the toy's loss, compiled: z ← z − rate · slope · sgn(z − centre) / z^(3/2) where z ≥ centre/4.

Both forms of the descent are this map: (z, rate, slope, centre) = (r, α, π/4, r*) and (ρ, a, 3/4, 1).
"""

import numpy as np

from ghostlib._compile import compiled


@compiled(nogil=True, error_model="numpy")
def advance(z, moves, rate, slope, centre, epochs):
    """Take so many steps with every run of z, in place, and count in `moves` those that were not in the zone."""
    for _ in range(epochs):
        for i in range(z.size):  # runs inside: the compiler takes several at once
            if z[i] >= 0.25 * centre[i]:
                z[i] -= rate[i] * (np.sign(z[i] - centre[i]) * (slope / (z[i] * np.sqrt(z[i]))))
                moves[i] += 1


@compiled(nogil=True)
def _fill(states, rate, slope, centre, every):
    moves = np.zeros(rate.size, dtype=np.int64)
    for row in range(1, len(states)):
        states[row] = states[row - 1]
        advance(states[row], moves, rate, slope, centre, every)


def record(start, rate, slope, centre, epochs, every):
    """The state at epochs 0, every, 2·every, … of runs of any shape, as a last axis."""
    states = np.empty((epochs // every + 1, start.size))
    states[0] = start.ravel()
    _fill(states, rate.ravel(), slope, centre.ravel(), every)
    return np.ascontiguousarray(states.T).reshape(*start.shape, len(states))
