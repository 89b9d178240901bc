"""Gradient descent on the toy model's loss, epoch by epoch."""

from ghostlib import toy
from ghostlib.widgets._base import Explorable, Parameter


class Descent(Explorable):
    """ρ ← ρ − ¾ a sgn(ρ − 1) ρ^(−3/2) with ρ = r/r*, a = α/α*: Eq. (13) with T scaled out, as in Fig. 2B–C.

    a : learning rate over the critical one, α/α*.
    rho_0 : the start, r₀/r*.
    epochs : how many steps.
    """

    module = "descent"
    alt = (
        "Two panels against the epoch. The loss, a long plateau, a sudden drop and then oscillations; and r/r*, "
        "gliding from 10 down to 1 and oscillating about it, above the hatched no-learning zone."
    )
    caption = (
        "<strong>Descent.</strong> The paper’s first run, α = 10⁻¹⁰ at T = 100. Left of r*/4, hatched, the gradient is "
        "zero: the no-learning zone."
    )

    a = Parameter(float(1e-10 / toy.alpha_star(100.0)), low=0.02, high=5.0, label="learning rate α / α*", scale="log")
    rho_0 = Parameter(10.0, low=0.1, high=20.0, label="start r₀ / r*", scale="log")
    epochs = Parameter(3000.0, low=10.0, high=20000.0, label="epochs", scale="log", whole=True)

    def picture(self):
        from ghostlib import plots

        return plots.descent(self.a, self.rho_0, int(self.epochs))
