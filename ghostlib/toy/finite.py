"""The toy model with a finite threshold x* and a finite confidence c: exact quadrature, and the paper's Euler scheme.

The quadrature never integrates the flow numerically: x(t) is known (Eq. 7), so only the loss integral is left. It is
done in units of T, in which r T², c/T and x* T are the only parameters, panel by panel with Gauss-Legendre nodes. A
panel is short enough that neither the flow nor the output changes much on it, so that the rule is exact to rounding.

The confidence c has the unit 1/x, the threshold x* that of x; r has any sign; losses are times, not divided by T. Every
function broadcasts its arguments. It raises `ValueError` where a number is not finite (a state may be infinite), one
other than r and x is not positive, r T², c/T or x* T is too large or too small to compute with (1e±100), T is not a
whole number of steps dt, or the shapes do not fit.
"""

import math

import numpy as np
from scipy.special import expit

from ghostlib import _checks
from ghostlib._compile import compiled


NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
NODES, WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2

# Values of c(x − x*), as float64 sees it: above SATURATED the output is 1, below SILENT it is 0, and further than REACH
# below the peak of the learning signal it does not count.
SATURATED = 40.0
SILENT = -750.0
REACH = 64.0

# Beyond this, or below its inverse, intermediate results would overflow.
LARGEST = 1e100


def output(x, *, c, x_star):
    """Output of the model, ô(x) = σ(c (x − x*)) with σ(z) = 1/(1 + e⁻ᶻ), for a state x. Source: below Fig. 1."""
    x, c, x_star = _checks.broadcast(
        x=_checks.real("x", x), c=_checks.positive("c", c), x_star=_checks.positive("x_star", x_star)
    )
    return expit(c * (x - x_star))


def finite_loss(r, T, *, c, x_star):
    """Loss at finite confidence and threshold, L(r) = ∫₀ᵀ ô² dt + ∫ᵀ²ᵀ (ô − 1)² dt with ô = σ(c (x(t) − x*)).

    Exact but for rounding: quadrature of the exact solution. As c → ∞ and then x* → ∞ it goes to `toy.loss`.
    Not to be confused with `euler_loss`, which is what the paper's Fig. 2A shows.

    Source: Eq. (1) with the output defined below Fig. 1.
    """
    T, loss, _ = _integrals(r, T, c, x_star)
    return T * loss


def finite_gradient(r, T, *, c, x_star):
    """Gradient dL/dr of `finite_loss`: 2c ∫ (ô − o) ô (1 − ô) ∂x/∂r dt over 0 ≤ t ≤ 2T, by the same quadrature.

    In units of time³. The solution of ẋ = x² + r obeys ∂x/∂r = (x + t (x² + r)) / 2r, and ∂x/∂r = t at r = 0.

    Source: Eq. (1), differentiated.
    """
    T, _, gradient = _integrals(r, T, c, x_star)
    return T * T * T * gradient


def euler_loss(r, T, *, c, x_star, dt=0.1, clip=1e6):
    """Loss by the paper's scheme: Euler steps x ← min(x + Δt (x² + r), clip) from x = 0, and L = Δt Σ (ô − o)².

    The sum takes the state after each update; the target is 0 for the first T/Δt steps and 1 for as many more. Euler's
    state lags behind the flow near the escape, so that the minimum lies at a larger r than that of `finite_loss`; the
    difference shrinks in proportion to Δt.

    Parameters
    ----------
    r, T, c, x_star : array_like
        As for `finite_loss`.
    dt : array_like, default 0.1
        Time step Δt; `T` is a whole number of steps.
    clip : array_like, default 1e6
        Largest state: it stands for the infinity after the escape.

    Returns
    -------
    ndarray
        In units of time (Fig. 2A shows it divided by T).

    Source: Eq. (1), caption of Fig. 2; the clipping is the authors' code.
    """
    r, T, c, x_star, dt, clip = _checks.broadcast(
        **_checked(r, T, c, x_star), dt=_checks.positive("dt", dt), clip=_checks.positive("clip", clip)
    )
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.rint(T / dt)
        fits = (steps >= 1) & (np.abs(T / dt - steps) <= 1e-9 * steps)
    if not np.all(fits):
        T, dt = T[~fits].flat[0], dt[~fits].flat[0]
        raise ValueError(f"T must be a whole number of steps dt, got T = {T:g} and dt = {dt:g}")
    return _each(_euler, 1, r, steps, c, x_star, dt, clip)[()]


def _integrals(r, T, c, x_star):
    """T, and loss and gradient in units of T and T³."""
    r, T, c, x_star = _checks.broadcast(**_checked(r, T, c, x_star))
    with np.errstate(over="ignore", under="ignore"):
        scaled = {"r T²": (r * T * T, 0), "c/T": (c / T, 1 / LARGEST), "x_star T": (x_star * T, 1 / LARGEST)}
    for name, (value, least) in scaled.items():
        bad = (np.abs(value) < least) | (np.abs(value) > LARGEST)
        if np.any(bad):
            raise ValueError(f"{name} must be of a size between {least:g} and {LARGEST:g}, got {value[bad].flat[0]:g}")
    return T, *_each(_unit, 2, *(value for value, _ in scaled.values()))


def _checked(r, T, c, x_star):
    return {
        "r": _checks.finite("r", r),
        "T": _checks.positive("T", T),
        "c": _checks.positive("c", c),
        "x_star": _checks.positive("x_star", x_star),
    }


@np.errstate(all="ignore")
def _each(kernel, results, *arrays):
    # Compiled code evaluates both sides of a choice and keeps one, and a square may overflow before it is clipped: what
    # the processor complains of there means nothing.
    return np.vectorize(kernel, otypes=[float] * results)(*arrays)


@compiled(nogil=True, error_model="numpy")
def _rise(r, x, delta):
    # How much x grows in a duration delta: Eq. (7) and the addition theorem of the tangent, free of cancellation.
    if r > 0:
        tau = math.tan(math.sqrt(r) * delta) / math.sqrt(r)
    elif r < 0:
        tau = math.tanh(math.sqrt(-r) * delta) / math.sqrt(-r)
    else:
        tau = delta
    return tau * (r + x * x) / (1 - x * tau)


@compiled(nogil=True, error_model="numpy")
def _duration(r, x, rise):
    # The inverse of _rise; infinite where x never gets that far, which happens only on the way down to −√−r.
    product = r + x * (x + rise)
    if product == 0:
        return math.inf
    tau = rise / product
    if r > 0:
        return math.atan(math.sqrt(r) * tau) / math.sqrt(r)
    tau *= math.sqrt(-r)
    return math.atanh(tau) / math.sqrt(-r) if 0 < tau < 1 else math.inf


@compiled(nogil=True, error_model="numpy")
def _panel(t, x, xi, delta, r, c, second):
    # Loss and gradient over [t, t + delta], in the first or second half of the task.
    loss = gradient = 0.0
    for i in range(NODES.size):
        rise = _rise(r, x, delta * NODES[i])
        x_i, xi_i, t_i = x + rise, xi + c * rise, t + delta * NODES[i]
        small = math.exp(-abs(xi_i))
        if xi_i > 0:
            on, off = 1 / (1 + small), small / (1 + small)
        else:
            on, off = small / (1 + small), 1 / (1 + small)
        sensitivity = (x_i + t_i * (x_i * x_i + r)) / (2 * r) if r != 0 else t_i
        error = -off if second else on
        loss += WEIGHTS[i] * error * error
        gradient += WEIGHTS[i] * 2 * c * error * on * off * sensitivity
    return delta * loss, delta * gradient


@compiled(nogil=True, error_model="numpy")
def _unit(r, c, x_star):
    """Loss and gradient for T = 1."""
    root = math.sqrt(abs(r))
    loss = gradient = 0.0
    t, x, xi = 0.0, 0.0, -c * x_star  # xi is c(x − x*), kept apart because x − x* would lose digits
    for half in range(2):
        end = half + 1.0
        # Where in this half the output is nearest to one half: at its end if the state rises, else at its start.
        peak = xi
        if r > 0:
            peak = 0.0
            if root * end < math.pi / 2:
                peak = min(0.0, c * (_rise(r, 0.0, end) - x_star))
        while t < end:
            if xi >= SATURATED:
                loss += (1 - half) * (end - t)
                t = end
                break
            # As far as the output changes little; where it does not count, to where it does.
            floor = max(peak - REACH, SILENT)
            blank = xi < floor
            rise = max(1.0, abs(xi - peak) / 2) / c
            if r > 0:
                rise = (floor - xi) / c if blank else min(rise, max(root, x))
                delta = _duration(r, x, rise)
            elif blank or r == 0:
                delta = end - t
            else:
                delta = min(_duration(r, x, -rise), max(1 / root, t))
            last = delta >= end - t
            if last or r <= 0:
                delta = min(delta, end - t)
                rise = _rise(r, x, delta)
            if blank:
                loss += half * delta
            else:
                more_loss, more_gradient = _panel(t, x, xi, delta, r, c, half == 1)
                loss += more_loss
                gradient += more_gradient
            t = end if last else t + delta
            x += rise
            xi = floor if blank and not last else xi + c * rise  # exact, however far away it was
    return loss, gradient


@compiled(nogil=True, error_model="numpy")
def _euler(r, steps, c, x_star, dt, clip):
    total = x = 0.0
    for k in range(int(2 * steps)):
        x = min(x + dt * (x * x + r), clip)
        small = math.exp(-abs(c * (x - x_star)))
        on = 1 / (1 + small) if x > x_star else small / (1 + small)
        error = on if k < steps else on - 1
        total += error * error
    return dt * total
