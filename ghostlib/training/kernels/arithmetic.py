"""How the kernels reckon: what the compiler may reorder, tanh in one division."""

import math

import numpy as np
from numba import njit, types
from numba.extending import overload


# Sums may be reordered and products fused, so that loops vectorise. NaN and infinity keep their meaning: without them
# divergence could not be seen. Numba's own error model would put a branch for division by zero into every loop.
# Always inlined: a function that is compiled for itself and again within its caller may be rounded differently in the
# two, and which of them runs would depend on whether the caller was compiled just now or comes from Numba's cache.
FAST = {"fastmath": {"reassoc", "nsz", "arcp", "contract"}, "error_model": "numpy", "forceinline": True}
# Comparing an old parameter with the new one must not be reasoned away. Not saying so would mean: as in the caller that
# is compiled first.
STRICT = {"fastmath": False, "error_model": "numpy"}

# tanh x = 2pq/(p² + q²) where p/q ≈ tanh(x/2), p = x(P₀ + P₁s + P₂s²), q = 1 + Q₁s + Q₂s² + Q₃s³, s = x². The minimax
# fit on |x| ≤ 9, where tanh rounds to ±1, is within 7.1e-9 (relative); evaluated in float32 within 1.8e-7 and never
# beyond ±1. No branch, one division.
LIMIT = np.float32(9)
P = tuple(np.float32(x) for x in (0.5, 1.4885141514241695e-2, 5.709336983272806e-5))
Q = tuple(np.float32(x) for x in (1.0, 1.1310356855392456e-1, 1.206193002872169e-3, 1.2278176200197777e-6))


def tanh(x):
    """tanh in the precision of `x`: the rational function above in float32, the C library's in float64."""
    return _rational_tanh(x) if isinstance(x, np.float32) else math.tanh(x)


@overload(tanh, jit_options=FAST)
def _tanh(x):
    return _rational_tanh if x == types.float32 else lambda x: math.tanh(x)


def _rational_tanh(x):
    x = min(max(x, -LIMIT), LIMIT)
    s = x * x
    p = x * (P[0] + s * (P[1] + s * P[2]))
    q = Q[0] + s * (Q[1] + s * (Q[2] + s * Q[3]))
    pq = p * q
    return (pq + pq) / (p * p + q * q)


@njit(**FAST)
def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


@njit(**FAST)
def rounded(x, like):
    """`x` in the precision of the array `like`; zero where that would be denormal, which is slow on many processors."""
    return like.dtype.type(0.0 if abs(x) < np.finfo(like.dtype).tiny else x)


@njit(**STRICT)
def divide(part, whole):
    """part / whole, correctly rounded: an accuracy of exactly one half has a meaning."""
    return part / whole
