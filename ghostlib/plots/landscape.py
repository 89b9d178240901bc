"""Figures of the toy model's loss (chapter 03): the kink, the no-learning zone, finite confidence."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import toy
from ghostlib.plots.style import CONFIDENCE, DEAD, GRADIENT, INK, LOSS, OPTIMUM, PAGE, WIDTH, shade_zone


def landscape(T, c, x_star):
    """Loss and size of its gradient over r/r*, in the limit and at finite `c` and `x_star` (Eqs. 1, 12, 13)."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.4), sharex=True)
    rho = np.linspace(-1, 2, 601)
    r, unit = rho * toy.r_star(T), toy.r_star(T) / T
    top.plot(rho, toy.loss(r, T) / T, color=LOSS)
    top.plot(rho, toy.finite_loss(r, T, c=c, x_star=x_star) / T, color=CONFIDENCE[-1])
    top.text(2, float(toy.loss(r[-1], T)) / T + 0.04, "c, x* → ∞", color=LOSS, ha="right")
    top.text(-0.97, float(toy.finite_loss(r[0], T, c=c, x_star=x_star)) / T + 0.03, f"c = {c:g}", color=CONFIDENCE[-1])
    top.set(ylim=(0, 1.2), ylabel="loss / T")
    slope = np.abs(toy.gradient(r, T)) * unit
    bottom.semilogy(rho, np.where(slope > 0, slope, np.nan), color=GRADIENT)
    bottom.semilogy(rho, np.abs(toy.finite_gradient(r, T, c=c, x_star=x_star)) * unit, color=CONFIDENCE[-1])
    bottom.text(-0.97, 2e-8, "analytic: exactly 0", color=GRADIENT)
    bottom.set(ylim=(1e-8, 30), xlim=(-1, 2), xlabel="r / r*", ylabel="|dL/dr| in T/r* (log scale)")
    for axes in (top, bottom):
        shade_zone(axes, -1, 0.25)
        axes.axvline(1, color=OPTIMUM)
    bottom.text(1.03, 2e-8, "r*", color=OPTIMUM)
    top.text(-0.375, 0.06, "no-learning zone", color=DEAD, ha="center", bbox={"color": PAGE, "pad": 1})
    top.plot([0.25], [1], "o", color=INK, markersize=4)
    return figure
