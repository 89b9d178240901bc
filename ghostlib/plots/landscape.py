"""Figures of the toy model's loss (chapter 03): the kink, the no-learning zone, finite confidence."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import toy
from ghostlib.plots.style import (
    CLAIM,
    CONFIDENCE,
    GRADIENT,
    HALO,
    INK,
    LOSS,
    MUTED,
    OPTIMUM,
    PAGE,
    WIDTH,
    label,
    label_powers,
    shade_zone,
)


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
    bottom.text(-0.97, 2e-8, "analytic: exactly 0", color=GRADIENT, bbox=HALO)
    bottom.set(ylim=(1e-8, 30), xlim=(-1, 2), xlabel="r / r*", ylabel="|dL/dr| in T/r* (log scale)")
    label_powers(bottom.yaxis)
    for axes in (top, bottom):
        shade_zone(axes, -1, 0.25)
        axes.axvline(1, color=OPTIMUM)
    bottom.text(1.03, 2e-8, "r*", color=OPTIMUM)
    top.text(-0.375, 0.06, "no-learning zone", color=MUTED, ha="center", bbox=HALO)
    top.plot([0.25], [1], "o", color=INK, markersize=4)
    return figure


def three_regimes(T, rho=(2.25, 0.5, 0.16)):
    """The task and the step output for three r = ρ r*, one a regime: the shaded area between them is the loss."""
    figure, panels = plt.subplots(3, 1, figsize=(WIDTH, 5.4), sharex=True)
    titles = ("too early", "too late", "not at all")
    for axes, ratio, title in zip(panels, rho, titles, strict=True):
        r = ratio * toy.r_star(T)
        on = min(float(toy.escape_time(r)), 2 * T)
        axes.fill_between(sorted((on, T)), 0, 1, color=LOSS, alpha=0.3, linewidth=0)
        axes.plot([0, T, T, 2 * T], [0, 0, 1, 1], color=MUTED, linestyle="--", zorder=3)
        axes.plot([0, on, on, 2 * T], [0, 0, float(on < 2 * T), float(on < 2 * T)], color=INK)
        axes.text((T + on) / 2, 0.5, f"{float(toy.loss(r, T)):.3g}", color=LOSS, ha="center", va="center")
        axes.set(title=f"r = {ratio:g} r*: {title}", ylim=(-0.08, 1.12), yticks=(0, 1), ylabel="output")
    panels[0].text(1.03 * T, 0.88, "target", color=MUTED, va="top")
    panels[0].text(0.6 * T, 0.88, "output", ha="right", va="top")
    panels[2].set(xlabel="time t", xlim=(0, 2 * T))
    return figure


def kink(T):
    """The analytic loss and its gradient over r/r*, with the gradient's one-sided values at r* (Eqs. 12–14)."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.2), sharex=True)
    best = float(toy.r_star(T))
    flat, cliff, tail = np.array([-0.5, 0.25]), np.linspace(0.25, 1, 200), np.linspace(1, 4, 300)
    for axes in (top, bottom):
        shade_zone(axes, flat[0], flat[1])
        axes.axvline(1, color=OPTIMUM, linewidth=1.2)
    rho = np.concatenate([flat, cliff, tail])
    top.plot(rho, toy.loss(rho * best, T) / T, color=LOSS)
    for side, sign, away in zip(toy.gradient_at_minimum(T), "−+", (-1, 1), strict=True):
        height = float(side) * best / T
        bottom.plot([1, 4], [height, height], color=CLAIM, linestyle="--", linewidth=1.2)
        label(
            bottom,
            f"paper: {sign}2T³/π²",
            (4, height),
            (0, 4 * away),
            color=CLAIM,
            ha="right",
            va="bottom" if away > 0 else "top",
        )
        bottom.plot([1], [height], "o", color=GRADIENT, markerfacecolor=PAGE, zorder=3)
    bottom.plot(flat, [0, 0], color=GRADIENT)
    for part in (cliff[:-1], tail[1:]):
        bottom.plot(part, toy.gradient(part * best, T) * best / T, color=GRADIENT)
    label(top, "r*", (1, 1.08), (4, 0), color=OPTIMUM)
    top.text(-0.125, 0.1, "flat", color=MUTED, ha="center", bbox=HALO)
    top.text(0.62, 0.55, "cliff")
    top.text(2.7, 0.27, "long tail", ha="center")
    top.set(ylim=(0, 1.18), ylabel="loss / T")
    bottom.set(xlim=(-0.5, 4), xticks=range(5), ylim=(-4.4, 1.4), xlabel="r / r*", ylabel="gradient dL/dr in T/r*")
    return figure


def fig_2a(curves, T, c):
    """Fig. 2A: the analytic loss, and the paper's Euler scheme at each confidence `c`, over r/r*.

    curves : Landscapes, from `experiments.FIG_2A`; `c` has one value for each of its rows, the lowest first.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.0))
    rho = curves.r / toy.r_star(T)
    fine = np.linspace(rho[0], rho[-1], 601)
    shade_zone(axes, rho[0], 0.25)
    axes.plot([1, 1], [0, 0.92], color=OPTIMUM, linewidth=1.2)
    axes.plot([0.25, 0.25], [0, 1.45], color=CLAIM, linestyle="--", linewidth=1.2)
    axes.plot(fine, toy.loss(fine * toy.r_star(T), T) / T, color=LOSS)
    for losses, confidence, colour in zip(curves.euler, c, (CONFIDENCE[0], CONFIDENCE[-1]), strict=True):
        axes.plot(rho, losses / T, "o", color=colour, markersize=3)
        axes.text(-0.55, losses[0] / T - 0.05, f"c = {confidence:g}", color=colour, va="top", ha="center", bbox=HALO)
    label(axes, "paper: r*/4,\npoint of no return", (0.25, 1.26), (5, 0), color=CLAIM)
    label(axes, "r*", (1, 0.86), (4, 0), color=OPTIMUM)
    axes.text(0.42, 0.7, "c, x* → ∞", color=LOSS)
    axes.text(-0.55, 0.06, "no-learning zone", color=MUTED, ha="center", bbox=HALO)
    axes.set(xlim=(rho[0], rho[-1]), ylim=(0, 1.5), xlabel="r / r*", ylabel="loss / T")
    return figure


def euler_against_exact(errors):
    """What the time step does to the loss: near the minimum, and as a delay that shrinks with Δt.

    errors : EulerErrors, from `experiments.EULER_DELAY`.
    """
    rho, euler, exact, T = errors.rho, errors.euler, errors.exact, errors.settings.T
    dt, delay, predicted = errors.dt, errors.delay, errors.predicted
    figure, (near, law) = plt.subplots(2, 1, figsize=(WIDTH, 6.4))
    high = CONFIDENCE[-1]
    near.axvline(1, color=OPTIMUM, linewidth=1.2)
    near.plot(rho, toy.loss(rho * toy.r_star(T), T) / T, color=LOSS)
    near.plot(rho, exact / T, color=high, linestyle=(0, (5, 2)))
    near.plot(rho, euler / T, color=high)
    label(near, "r*", (1, 0.0118), (5, 0), color=OPTIMUM, va="top")
    near.text(0.9905, 0.0015, "exact", color=high, va="top")
    near.text(1.0198, 0.0028, "Euler", color=high, ha="right", va="top")
    near.text(1.0198, 0.0067, "c, x* → ∞", color=LOSS, ha="right", va="top")
    near.set(xlim=(0.99, 1.02), ylim=(0, 0.0125), xlabel="r / r*", ylabel="loss / T")
    law.loglog(dt, predicted, color=MUTED)
    law.loglog(dt, delay, "o", color=high)
    law.text(0.9 * dt[1], predicted[1], "½ Δt (ln ẋ(x*)/ẋ(0) − 1)", ha="right", va="bottom", color=MUTED)
    law.set(xlabel="time step Δt (log scale)", ylabel="delay that Euler adds (log scale)")
    label_powers(law.xaxis, law.yaxis)
    return figure


def slope_in_the_zone(c, rho, slopes, shown):
    """How steep the loss is inside the no-learning zone, over the confidence `c`.

    slopes : array (len(rho), len(c)), |dL/dr| in T/r* at r = ρ r*; shown : the confidences of Fig. 2A, low and high.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    for at, row in zip(rho, slopes, strict=True):
        axes.loglog(c, row, color=GRADIENT)
        name = f"r = {at:g} r*".replace("-", "−") if at else "r = 0"
        label(axes, name, (c[0], row[0]), (-5, 0), ha="right", va="center", color=GRADIENT)
    for value, aside in zip(shown, (-4, 4), strict=True):
        axes.axvline(value, color=CLAIM, linestyle="--", linewidth=1.2)
        label(
            axes, f"paper: c = {value:g}", (value, 0.03), (aside, 0), color=CLAIM, ha="right" if aside < 0 else "left"
        )
    axes.set(ylim=(1e-8, 0.1), xlim=(c[0] / 30, c[-1]))
    axes.set(xlabel="confidence c (log scale)", ylabel="|dL/dr| in T/r* (log scale)")
    label_powers(axes.xaxis, axes.yaxis)
    return figure
