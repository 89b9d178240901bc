"""Count the zeros of f(κ) = −κ + Σ n tanh(m κ + b) with a proof of the count, compiled.

The interval is halved until Taylor's theorem settles every cell. In a cell of half-width w around κ, with B ≥ |f‴|,

    |f|  > |f′| w + |f″| w²/2 + B w³/6   there is no zero;
    |f′| > |f″| w + B w²/2               f is monotone: one zero if its ends differ in sign, else none;
    |f″| > B w                           f is strictly convex or concave: its one dip towards zero is looked at.

Every test leaves room for the rounding of f, f′ and f″, so a settled cell is a proof for the given parameters.
Only a fold that touches zero within rounding (about 1e-12) is left open; then the count is not certified.
"""

import numpy as np
from numba import njit, prange


# The largest |tanh|, |tanh′|, |tanh″|, |tanh‴|.
TANH_BOUNDS = np.array([1.0, 1.0, 4 / (3 * np.sqrt(3)), 2.0])
# Halvings after which a cell is as narrow as rounding lets its point be told from the next.
DEEPEST = 48
# Cells after which a network with absurdly steep units is given up, uncertified: about a second.
MOST_CELLS = 5_000_000


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def count(m, n, b, low, high, number, certified):
    """Write the number of zeros of each network in (low, high), arrays (B,), and whether it is proved."""
    for network in prange(m.shape[0]):
        number[network], certified[network] = _count_one(
            m[network].astype(np.float64),
            n[network].astype(np.float64),
            b[network].astype(np.float64),
            low[network],
            high[network],
        )


@njit(cache=True, nogil=True, error_model="numpy")
def _count_one(m, n, b, low, high):
    bounds, errors = _bounds(m, n, b, max(abs(low), abs(high)))
    third = bounds[3]
    margin = 2 * errors[0]
    left = _derivatives(m, n, b, low)[0]
    certified = abs(left) > margin and abs(_derivatives(m, n, b, high)[0]) > margin
    zeros, level, index = 0, 0, 0
    for _ in range(MOST_CELLS):
        width = (high - low) / 2.0**level
        half = width / 2
        f, slope, curvature = _derivatives(m, n, b, low + (index + 0.5) * width)
        # By how much at most f and f′ differ, in the cell, from what they are in its middle.
        bent = half * (abs(curvature) + errors[2] + half * third / 2)
        moved = half * (abs(slope) + errors[1] + half / 2 * (abs(curvature) + errors[2] + half * third / 3))
        settled = True
        if abs(f) - margin > moved:
            left = f
        elif abs(slope) - errors[1] > bent:
            right = _derivatives(m, n, b, low + (index + 1) * width)[0]
            zeros += (left >= 0) != (right >= 0)
            left = right
        elif level == DEEPEST:
            right = _derivatives(m, n, b, low + (index + 1) * width)[0]
            zeros += (left >= 0) != (right >= 0)
            left = right
            certified = False
        else:
            bend = abs(curvature) - errors[2] - half * third
            right = _derivatives(m, n, b, low + (index + 1) * width)[0] if bend > 0 else 0.0
            settled = bend > 0 and abs(left) > margin and abs(right) > margin
            if settled:
                if (left >= 0) != (right >= 0):
                    zeros += 1
                elif (left >= 0) == (curvature >= 0):
                    crossings = _dip(m, n, b, low + index * width, low + (index + 1) * width, bend, margin)
                    zeros += max(crossings, 0)
                    certified = certified and crossings >= 0
                left = right
        if not settled:
            level, index = level + 1, 2 * index
            continue
        index += 1
        while level > 0 and index % 2 == 0:
            level, index = level - 1, index // 2
        if level == 0:
            return zeros, certified
    return zeros, False


@njit(cache=True, nogil=True, error_model="numpy")
def _dip(m, n, b, low, high, bend, margin):
    """Return how often f crosses zero on its dip: 2, 0, or −1 where it touches zero within rounding.

    |f″| ≥ bend on (low, high) and both ends are on the same side of zero, from which the dip points to the other.
    """
    kappa = (low + high) / 2
    for _ in range(100):
        f, slope, curvature = _derivatives(m, n, b, kappa)
        side = 1.0 if curvature >= 0 else -1.0
        height, tilt = side * f, side * slope
        if height < -margin:
            return 2
        # The parabola of curvature `bend` through this point lies below the dip: how low does it go in the cell?
        step = min(max(-tilt / bend, low - kappa), high - kappa)
        if height + step * (tilt + step * bend / 2) > margin:
            return 0
        # f′ is monotone here: its sign brackets the dip, Newton's step is taken while it stays inside.
        if tilt > 0:
            high = kappa
        else:
            low = kappa
        newton = kappa - slope / curvature
        kappa = newton if low < newton < high else (low + high) / 2
    return -1


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _derivatives(m, n, b, kappa):
    """Return f, f′ and f″ at κ."""
    f, slope, curvature = -kappa, -1.0, 0.0
    for i in range(m.size):
        phi = _tanh(m[i] * kappa + b[i])
        pull = n[i] * m[i] * (1 - phi * phi)
        f += n[i] * phi
        slope += pull
        curvature -= 2 * m[i] * phi * pull
    return f, slope, curvature


@njit(fastmath=True, error_model="numpy", inline="always")
def _tanh(z):
    """Return tanh(z) to 4 units of rounding, without branches, so that it fills the vector unit.

    The eighth convergent p/q of Lambert's continued fraction at z/32, exact to 6e-18 there, then doubled five times by
    tanh 2y = 2pq/(p² + q²) with one division at the end. Beyond |z| = 20 the result is 1 to rounding.
    """
    y = min(max(z, -20.0), 20.0) / 32
    s = y * y
    p = y * (2027025.0 + s * (270270.0 + s * (6930.0 + s * 36.0)))
    q = 2027025.0 + s * (945945.0 + s * (51975.0 + s * (630.0 + s)))
    p, q = 2 * p * q, p * p + q * q
    p, q = 2 * p * q, p * p + q * q
    p, q = 2 * p * q, p * p + q * q
    p, q = 2 * p * q, p * p + q * q
    return 2 * p * q / (p * p + q * q)


@njit(cache=True, nogil=True, error_model="numpy")
def _bounds(m, n, b, reach):
    """Return, for f and its first three derivatives on |κ| ≤ `reach`, the largest size and the largest rounding."""
    bounds = np.zeros(4)
    argument = 0.0
    for i in range(m.size):
        size = abs(n[i])
        for order in range(4):
            bounds[order] += TANH_BOUNDS[order] * size
            size *= abs(m[i])
        argument = max(argument, abs(m[i]) * reach + abs(b[i]))
    # Products and tanh cost a few units each, the sum at most one a term, the argument of tanh its own size.
    unit = np.finfo(np.float64).eps * (m.size + 16 + 2 * argument)
    errors = unit * (bounds + np.array([reach, 1.0, 0.0, 0.0]))
    return bounds, errors
