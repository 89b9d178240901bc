"""One step of each rule of `ghostlib.training.rules`."""

import numpy as np
from numba import njit
from numba.extending import overload

from ghostlib.training.kernels.arithmetic import STRICT
from ghostlib.training.rules import Adam, Clipped, GradientDescent


@njit(**STRICT)
def descend(theta, gradient, rate):
    """θ ← θ − rate · ∂L/∂θ. Returns how many parameters changed and how many are not finite."""
    changed, overflown = 0, 0
    parameters, slopes = theta.ravel(), gradient.ravel()
    for i in range(parameters.size):
        old = parameters[i]
        new = old - rate * slopes[i]
        changed += new != old
        overflown += not (abs(new) < np.inf)
        parameters[i] = new
    return changed, overflown


@njit(**STRICT)
def plain_step(theta, gradient, gradient_norm, alpha, rule, moments, t):
    return descend(theta, gradient, theta.dtype.type(alpha))


@njit(**STRICT)
def clipped_step(theta, gradient, gradient_norm, alpha, rule, moments, t):
    factor = min(1.0, rule.limit / gradient_norm) if gradient_norm > 0 else 0.0
    return descend(theta, gradient, theta.dtype.type(alpha * factor))


@njit(**STRICT)
def adam_step(theta, gradient, gradient_norm, alpha, rule, moments, t):
    changed, overflown = 0, 0
    first, second = 1 - rule.beta_1**t, 1 - rule.beta_2**t
    u, v = moments[0], moments[1]
    for r in range(theta.shape[0]):
        for i in range(theta.shape[1]):
            slope = np.float64(gradient[r, i])
            u[r, i] = rule.beta_1 * u[r, i] + (1 - rule.beta_1) * slope
            v[r, i] = rule.beta_2 * v[r, i] + (1 - rule.beta_2) * slope * slope
            step = alpha * (u[r, i] / first) / (np.sqrt(v[r, i] / second) + rule.epsilon)
            old = theta[r, i]
            new = old - theta.dtype.type(step)
            changed += new != old
            overflown += not (abs(new) < np.inf)
            theta[r, i] = new
    return changed, overflown


STEP = {GradientDescent: plain_step, Clipped: clipped_step, Adam: adam_step}


def update(theta, gradient, gradient_norm, alpha, rule, moments, t):
    """Update number t, from 1 on, by the rule. Returns how many parameters changed and how many are not finite."""
    return STEP[type(rule)](theta, gradient, gradient_norm, alpha, rule, moments, t)


@overload(update, jit_options=STRICT)
def _update(theta, gradient, gradient_norm, alpha, rule, moments, t):
    return STEP[rule.instance_class].py_func
