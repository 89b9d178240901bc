r"""The slope in the no-learning zone, by hand: what a lower confidence opens, and how low is best.

In the toy model the state obeys x(t) = √r tan(√r t), so that ∫₀ᵗ x ds = −ln cos(√r t), and its derivative with respect
to r is X(t) = t tan(√r t) / 2√r. For r < r*/4 the state has not escaped by 2T, and the gradient of the loss has two
limits. Let c x(2T) be small, so that the output hardly changes while it waits:

    undecided, c x* ≪ 1    dL/dr ≈ −(c/4) (X(2T) − 2X(T))         ô ≈ ½
    decided,   c x* ≫ 1    dL/dr ≈ −2c e^(−c x*) (X(2T) − X(T))   ô ≈ e^(−c x*)

`toy.finite_gradient` is exact in between.
"""

import numpy as np
from scipy.optimize import brentq

from ghostlib import _checks


# Where c ô(1 − ô) with ô = σ(−c d) is largest, in terms of c d: the root of z tanh(z/2) = 1.
BEST_PRODUCT = brentq(lambda z: z * np.tanh(z / 2) - 1, 1, 2)


def sensitivity(r, t):
    """X(t) = ∫₀ᵗ ∂x/∂r ds = t tan(√r t) / 2√r, with tanh and √−r for r < 0, and t²/2 at r = 0.

    Parameters
    ----------
    r, t : array_like
        With √r t < π/2: before the escape.

    Returns
    -------
    ndarray
        In units of time²; shapes broadcast.

    Raises
    ------
    ValueError
        If a number is not finite, `t` is not positive, or the state has escaped by then.

    Source: Eq. (7), integrated and differentiated.
    """
    r, t = _checks.broadcast(r=_checks.finite("r", r), t=_checks.positive("t", t))
    z = np.sqrt(np.abs(r)) * t
    late = (r > 0) & (z >= np.pi / 2)
    if np.any(late):
        raise ValueError(f"r must leave the state finite until t: r < (π/2t)², got {r[late].flat[0]:g}")
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(r > 0, np.tan(z), np.tanh(z)) / z
    return t**2 / 2 * np.where(z > 0, ratio, 1.0)


def gradient_low_confidence(r, T, *, c):
    """dL/dr ≈ −(c/4) (X(2T) − 2X(T)), for an output near ½ throughout; arguments as `gradient_high_confidence`."""
    c = _checks.positive("c", c)
    return -c / 4 * (sensitivity(r, 2 * np.asarray(T)) - 2 * sensitivity(r, T))


def gradient_high_confidence(r, T, *, c, x_star):
    """dL/dr ≈ −2c e^(−c x*) (X(2T) − X(T)), for an output near 0 throughout.

    Parameters
    ----------
    r, T : array_like
        Bifurcation parameter below r*/4, and delay.
    c, x_star : array_like
        Confidence and threshold, positive.

    Returns
    -------
    ndarray
        In units of time³, as `toy.finite_gradient`; shapes broadcast.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    c, x_star = _checks.positive("c", c), _checks.positive("x_star", x_star)
    return -2 * c * np.exp(-c * x_star) * (sensitivity(r, 2 * np.asarray(T)) - sensitivity(r, T))


def best_confidence(distance):
    """The confidence at which a network `distance` below its threshold learns most, 1.543 / distance.

    Parameters
    ----------
    distance : array_like
        κ* − κ, positive.

    Returns
    -------
    ndarray
        Where c ô(1 − ô) is largest.

    Raises
    ------
    ValueError
        If `distance` is not positive.
    """
    return BEST_PRODUCT / _checks.positive("distance", distance)
