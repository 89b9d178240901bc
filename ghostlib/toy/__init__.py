"""The toy model ẋ = x² + r: `from ghostlib import toy`, then `toy.loss(r, T)`.

* analytic: in the limit x*, c → ∞, Eqs. 1–2 and 6–15 in closed form
* finite: the same at finite threshold x* and confidence c
* rescaled: the descent without units, and its cycle of period 3
* laws: the descent in closed form, for small steps
* zone: the gradient in the no-learning zone
* forms: Eq. (15) for other normal forms
"""

from ghostlib.toy.analytic import (
    Descent,
    FixedPoints,
    OneSided,
    alpha_star,
    descend,
    escape_time,
    fixed_points,
    flow,
    gradient,
    gradient_at_minimum,
    loss,
    r_star,
    step,
    trajectory,
)
from ghostlib.toy.finite import euler_loss, finite_gradient, finite_loss, output
from ghostlib.toy.rescaled import (
    Cycle,
    FinalState,
    cycle,
    cycle_begin,
    cycle_limit,
    descend_rescaled,
    final_state,
    rescaled_step,
)
