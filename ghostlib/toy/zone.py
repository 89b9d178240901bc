r"""The slope in the no-learning zone, by hand: what a lower confidence opens, and how low is best.

In the toy model the state obeys x(t) = √r tan(√r t), so that ∫₀ᵗ x ds = −ln cos(√r t), and its derivative with respect
to r is X(t) = t tan(√r t) / 2√r. For r < r*/4 the state has not escaped by 2T, and the gradient of the loss has two
limits. Let c x(2T) be small, so that the output hardly changes while it waits:

    low confidence,  c x* ≪ 1    dL/dr ≈ −(c/4) (X(2T) − 2X(T))         ô ≈ ½
    high confidence, c x* ≫ 1    dL/dr ≈ −2c e^(−c x*) (X(2T) − X(T))   ô ≈ e^(−c x*)

`toy.finite_gradient` is exact in between.

Every function broadcasts its arguments. It raises `ValueError` where r is not finite, a time, a confidence, a threshold
or a distance is not positive and finite, or the state escapes before the time in question.
"""

import numpy as np
from scipy.optimize import brentq

from ghostlib import _checks


# Where c ô(1 − ô) with ô = σ(−c d) is largest, in terms of c d: the root of z tanh(z/2) = 1.
BEST_PRODUCT = brentq(lambda z: z * np.tanh(z / 2) - 1, 1, 2)


@np.errstate(invalid="ignore", divide="ignore")
def sensitivity(r, t):
    """X(t) = ∫₀ᵗ ∂x/∂r ds = t tan(√r t) / 2√r, with tanh and √−r for r < 0, and t²/2 at r = 0; in units of time².

    Source: Eq. (7), integrated and differentiated.
    """
    r, t = _checks.broadcast(r=_checks.finite("r", r), t=_checks.positive("t", t))
    z = np.sqrt(np.abs(r)) * t
    late = (r > 0) & (z >= np.pi / 2)
    if np.any(late):
        raise ValueError(f"r must leave the state finite until t: r < (π/2t)², got {r[late].flat[0]:g}")
    ratio = np.where(r > 0, np.tan(z), np.tanh(z)) / z
    return t**2 / 2 * np.where(z > 0, ratio, 1.0)


@np.errstate(over="ignore")
def gradient_low_confidence(r, T, *, c):
    """dL/dr ≈ −(c/4) (X(2T) − 2X(T)), for an output near ½ throughout and r < r*/4; in units of time³."""
    T, c = _checks.positive("T", T), _checks.positive("c", c)
    return -c / 4 * (sensitivity(r, 2 * T) - 2 * sensitivity(r, T))


@np.errstate(over="ignore")
def gradient_high_confidence(r, T, *, c, x_star):
    """dL/dr ≈ −2c e^(−c x*) (X(2T) − X(T)), for an output near 0 throughout and r < r*/4; in units of time³."""
    T, c, x_star = _checks.positive("T", T), _checks.positive("c", c), _checks.positive("x_star", x_star)
    return -2 * (c * np.exp(-c * x_star)) * (sensitivity(r, 2 * T) - sensitivity(r, T))


@np.errstate(over="ignore")
def best_confidence(distance):
    """The confidence at which a network `distance` = κ* − κ below its threshold learns most, 1.543 / distance.

    There c ô(1 − ô) is largest.
    """
    return BEST_PRODUCT / _checks.positive("distance", distance)
