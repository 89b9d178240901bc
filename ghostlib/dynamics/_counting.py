"""Count the zeros of f(κ) = −κ + Σ n tanh(m κ + b) with a proof of the count, compiled.

The interval is halved until Taylor's theorem settles every cell. In a cell of half-width w around κ, with B ≥ |f‴|,

    |f|  > |f′| w + |f″| w²/2 + B w³/6   there is no zero;
    |f′| > |f″| w + B w²/2               f is monotone: one zero if its ends differ in sign, else none;
    |f″| > B w                           f is strictly convex or concave: its one dip towards zero is looked at.

Every test leaves room for the rounding of f, f′ and f″, so a settled cell is a proof for the given parameters. Where f
changes by less than its rounding nothing more can be learned; then the count, of the changes of sign that are beyond
doubt, is not certified.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
from numba import njit

from ghostlib._compile import compiled


# Halvings after which a cell is as narrow as rounding lets its point be told from the next.
DEEPEST = 48
# Cells after which a network with absurdly steep units is given up, uncertified: about a second.
MOST_CELLS = 5_000_000
# Networks × units that one thread takes at a time, a few milliseconds of work.
CHUNK = 20_000
# How far a z from the origin of tanh is looked at: beyond, its eighth power would overflow.
FARTHEST = 1e37


def count(m, n, b, low, high):
    """The number of zeros of each network in its (low, high), −1 if f‴ overflows, and whether it is proved.

    m, n, b : arrays (B, N); low, high : arrays (B,). Networks are independent: results do not depend on the threads.
    """
    size = max(1, CHUNK // m.shape[1])
    chunks = [slice(first, first + size) for first in range(0, len(m), size)]
    number, certified = np.empty(len(m), np.int64), np.empty(len(m), np.bool_)

    def run(chunk):
        _count_all(*(array[chunk] for array in (m, n, b, low, high, number, certified)))

    if len(chunks) > 1:
        with ThreadPoolExecutor(joblib.cpu_count()) as pool:
            list(pool.map(run, chunks))
    else:
        for chunk in chunks:
            run(chunk)
    return number, certified


@compiled(nogil=True, error_model="numpy")
def _count_all(m, n, b, low, high, number, certified):
    for network in range(m.shape[0]):
        number[network], certified[network] = _count_one(
            m[network].astype(np.float64),
            n[network].astype(np.float64),
            b[network].astype(np.float64),
            low[network],
            high[network],
        )


@compiled(nogil=True, error_model="numpy")
def _count_one(m, n, b, low, high):
    steepness = 0.0
    for i in range(m.size):
        steepness += abs(n[i]) * (1 + abs(m[i])) ** 3 + abs(b[i])
    if not math.isfinite(steepness):
        return -1, False
    left, end = _derivatives(m, n, b, low)[0], _derivatives(m, n, b, high)[0]
    certified = abs(left) > 2 * _bounds(m, n, b, low, 0.0)[1] and abs(end) > 2 * _bounds(m, n, b, high, 0.0)[1]
    is_positive = left >= 0  # at the last place where rounding left no doubt
    zeros, level, index = 0, 0, 0
    for _ in range(MOST_CELLS):
        width = (high - low) / 2.0**level
        half = width / 2
        f, slope, curvature = _derivatives(m, n, b, low + (index + 0.5) * width)
        third, value_error, slope_error, curvature_error = _bounds(m, n, b, low + (index + 0.5) * width, half)
        margin = 2 * value_error
        # By how much at most f and f′ differ, in the cell, from what they are in its middle.
        bent = half * (abs(curvature) + curvature_error + half * third / 2)
        moved = half * (abs(slope) + slope_error + half / 2 * (abs(curvature) + curvature_error + half * third / 3))
        bend = abs(curvature) - curvature_error - half * third
        is_monotone = abs(slope) - slope_error > bent
        is_lost = moved <= margin or level == DEEPEST
        settled = True
        if abs(f) - margin > moved:
            left = f
        elif is_monotone or is_lost or bend > 0:
            right = _derivatives(m, n, b, low + (index + 1) * width)[0]
            if not is_monotone:
                settled = is_lost or min(abs(left), abs(right)) > margin
                if is_lost:
                    certified = False
                elif settled and (left >= 0) == (right >= 0) and (left >= 0) == (curvature >= 0):
                    crossings = _dip(m, n, b, low + index * width, low + (index + 1) * width, bend, margin)
                    zeros += max(crossings, 0)
                    certified = certified and crossings >= 0
            if settled:
                left = right
        else:
            settled = False
        if not settled:
            level, index = level + 1, 2 * index
            continue
        if abs(left) > margin and (left >= 0) != is_positive:
            is_positive = not is_positive
            zeros += 1
        index += 1
        while level > 0 and index % 2 == 0:
            level, index = level - 1, index // 2
        if level == 0:
            return zeros, certified
    return zeros + (is_positive != (end >= 0)), False


@compiled(nogil=True, error_model="numpy")
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


@compiled(nogil=True, fastmath=True, error_model="numpy")
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
    tanh 2y = 2pq/(p² + q²) with one division at the end. From |z| = 20 on the result is ±1 exactly.
    """
    y = min(max(z, -20.0), 20.0) / 32
    s = y * y
    p = y * (2027025.0 + s * (270270.0 + s * (6930.0 + s * 36.0)))
    q = 2027025.0 + s * (945945.0 + s * (51975.0 + s * (630.0 + s)))
    p, q = 2 * p * q, p * p + q * q
    p, q = 2 * p * q, p * p + q * q
    p, q = 2 * p * q, p * p + q * q
    p, q = 2 * p * q, p * p + q * q
    return 2 * p * q / (p * p + q * q) if abs(z) < 20 else math.copysign(1.0, z)


@compiled(nogil=True, fastmath=True, error_model="numpy")
def _bounds(m, n, b, centre, half):
    """Return the largest |f‴| in a cell, and the largest rounding errors there of the computed f, f′ and f″.

    With z the place of the cell that is nearest to the origin of a unit's tanh, its derivatives there obey
    |tanh′| ≤ d, |tanh″| ≤ 2d and |tanh‴| ≤ min(2, 4d), where d = (1 + z²/2 + z⁴/24)⁻² ≥ 1/cosh² z.
    """
    third, value, slope, curvature = 0.0, 0.0, 0.0, 0.0
    reach, unit = abs(centre) + half, np.finfo(np.float64).eps / 2
    # Products and tanh cost a few units of rounding each, a sum at most one a term, the argument of tanh its own size;
    # but 1 − tanh² is zero from |z| = 20 on, and wrong by no more than d.
    terms = m.size + 20
    for i in range(m.size):
        steep = abs(m[i])
        argument = 2 * (steep * reach + abs(b[i]))
        z = abs(m[i] * centre + b[i])
        near = min(max(z - steep * half - unit * argument, 0.0), FARTHEST)
        s = near * near / 2
        root = 1 + s + s * s / 6
        d = 1 / (root * root)
        size = abs(n[i])
        value += size * (terms * min(1.0, z + steep * half) + argument * d)
        size *= steep
        slope += size * (min(terms, d / unit) + 2 * argument * d)
        size *= steep
        curvature += 2 * size * (min(terms, d / unit) + 2 * argument * d)
        third += size * steep * min(2.0, 4 * d)
    return third, unit * (value + 2 * reach), unit * (slope + 1), unit * curvature


@compiled(nogil=True, error_model="numpy")
def bounds(m, n, b, centre, half):
    """The same of each of many cells, arrays (G,), as an array (4, G)."""
    result = np.empty((4, centre.size))
    for i in range(centre.size):
        result[0, i], result[1, i], result[2, i], result[3, i] = _bounds(m, n, b, centre[i], half[i])
    return result
