"""How a step follows from the gradient g = ∂L/∂θ: the `rule` of `ghostlib.training.train`.

``moments`` is how many arrays like the parameters a rule remembers from one step to the next. Without any, a step that
changes no parameter is followed by the same one, so that the training is over. `kernels` has the steps themselves.
"""

from typing import NamedTuple

from ghostlib import _checks


class GradientDescent(NamedTuple):
    r"""Gradient descent, θ ← θ − α g; the paper's."""

    moments = 0


class Clipped(NamedTuple):
    r"""Gradient clipping, θ ← θ − α g min(1, limit/|g|): no step is longer than α · limit.

    limit : positive.
    """

    limit: float = 1.0
    moments = 0


class Adam(NamedTuple):
    r"""θ ← θ − α û/(√v̂ + ε), where u ← β₁u + (1 − β₁)g and v ← β₂v + (1 − β₂)g², û = u/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).

    beta_1, beta_2 : from 0 to below 1.
    epsilon : positive. The defaults are PyTorch's.

    u = v = 0 at the beginning of every training.
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    moments = 2


PLAIN = GradientDescent()


def checked(rule):
    """The rule with its fields as floats; a `ValueError` unless it is one of the above and they are in their range."""
    _checks.instance("rule", rule, GradientDescent, Clipped, Adam)
    check = {"beta_1": _checks.nonnegative, "beta_2": _checks.nonnegative}
    values = {
        name: _checks.number(f"rule.{name}", value, check.get(name, _checks.positive))
        for name, value in rule._asdict().items()
    }
    for name in check.keys() & values.keys():
        if values[name] >= 1:
            raise ValueError(f"rule.{name} must be < 1, got {values[name]:g}")
    return type(rule)(**values)
