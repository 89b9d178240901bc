"""Figures of the toy model's loss (chapter 03): the kink, the no-learning zone, finite confidence."""

import numpy as np

from ghostlib import toy
from ghostlib.plots.marks import HALO, dot, label, log_axes, panels, shade_zone, vline
from ghostlib.plots.style import CLAIM, CONFIDENCE, GRADIENT, INK, LOSS, MUTED, OPTIMUM


def landscape(T, c, x_star):
    """Loss and size of its gradient over r/r*, in the limit and at finite `c` and `x_star` (Eqs. 1, 12, 13)."""
    figure, (top, bottom) = panels(2, 5.4)
    rho = np.linspace(-1, 2, 601)
    r, unit, high = rho * toy.r_star(T), toy.r_star(T) / T, CONFIDENCE[-1]
    limit, finite = toy.loss(r, T) / T, toy.finite_loss(r, T, c=c, x_star=x_star) / T
    slope = np.abs(toy.gradient(r, T)) * unit
    log_axes(bottom, y="|dL/dr| in T/r*")
    shade_zone(top, -1, 0.25, (-0.375, 0.1))
    shade_zone(bottom, -1, 0.25)
    vline(top, 1, OPTIMUM, linewidth=1.8)
    vline(bottom, 1, OPTIMUM, "r*", at=0.06, linewidth=1.8)
    top.plot(rho, limit, color=LOSS)
    top.plot(rho, finite, color=high)
    label(top, "c, x* → ∞", (2, limit[-1]), (-1, 4), color=LOSS)
    label(top, f"c = {c:g}", (-1, finite[0]), (3, 3), color=high)
    dot(top, 0.25, 1, markersize=4)
    top.set(ylim=(0, 1.2), ylabel="loss / T")
    bottom.plot(rho, np.where(slope > 0, slope, np.nan), color=GRADIENT)
    bottom.plot(rho, np.abs(toy.finite_gradient(r, T, c=c, x_star=x_star)) * unit, color=high)
    label(bottom, "analytic: exactly 0", (-1, 2e-8), (3, 1), color=GRADIENT, bbox=HALO)
    bottom.set(ylim=(1e-8, 30), xlim=(-1, 2), xlabel="r / r*")
    return figure


def three_regimes(T, rho=(2.25, 0.5, 0.16)):
    """The task and the step output for three r = ρ r*, one a regime: the shaded area between them is the loss."""
    figure, all_axes = panels(3, 5.4)
    for axes, ratio, title in zip(all_axes, rho, ("too early", "too late", "not at all"), strict=True):
        r = ratio * toy.r_star(T)
        on = min(float(toy.escape_time(r)), 2 * T)
        axes.fill_between(sorted((on, T)), 0, 1, color=LOSS, alpha=0.3, linewidth=0)
        axes.plot([0, T, T, 2 * T], [0, 0, 1, 1], color=MUTED, linestyle="--", zorder=3)
        axes.plot([0, on, on, 2 * T], [0, 0, float(on < 2 * T), float(on < 2 * T)], color=INK)
        label(axes, f"{float(toy.loss(r, T)):.3g}", ((T + on) / 2, 0.5), color=LOSS)
        axes.set(title=f"r = {ratio:g} r*: {title}", ylim=(-0.08, 1.12), yticks=(0, 1), ylabel="output")
    label(all_axes[0], "target", (T, 0.88), (6, -1), color=MUTED)
    label(all_axes[0], "output", (0.6 * T, 0.88), (-1, -1))
    all_axes[2].set(xlabel="time t", xlim=(0, 2 * T))
    return figure


def kink(T):
    """The analytic loss and its gradient over r/r*, with the gradient's one-sided values at r* (Eqs. 12–14)."""
    figure, (top, bottom) = panels(2, 5.2)
    best = float(toy.r_star(T))
    flat, cliff, tail = np.array([-0.5, 0.25]), np.linspace(0.25, 1, 200), np.linspace(1, 4, 300)
    shade_zone(top, *flat)
    shade_zone(bottom, *flat)
    vline(top, 1, OPTIMUM, "r*")
    vline(bottom, 1, OPTIMUM)
    rho = np.concatenate([flat, cliff, tail])
    top.plot(rho, toy.loss(rho * best, T) / T, color=LOSS)
    for side, sign, away in zip(toy.gradient_at_minimum(T), "−+", (-1, 1), strict=True):
        height = float(side) * best / T
        bottom.plot([1, 4], [height, height], color=CLAIM, linestyle="--", linewidth=1.2)
        label(bottom, f"paper: {sign}2T³/π²", (4, height), (-1, 3 * away), color=CLAIM)
        dot(bottom, 1, height, GRADIENT, hollow=True)
    bottom.plot(flat, [0, 0], color=GRADIENT)
    for part in (cliff[:-1], tail[1:]):
        bottom.plot(part, toy.gradient(part * best, T) * best / T, color=GRADIENT)
    label(top, "flat", (-0.125, 0.13), color=MUTED, bbox=HALO)
    label(top, "cliff", (0.55, 0.58), (6, 0))
    label(top, "long tail", (2.7, 0.3))
    top.set(ylim=(0, 1.18), ylabel="loss / T")
    bottom.set(xlim=(-0.5, 4), xticks=range(5), ylim=(-4.4, 1.4), xlabel="r / r*", ylabel="gradient dL/dr in T/r*")
    return figure


def fig_2a(curves, T, c):
    """Fig. 2A: the analytic loss, and the paper's Euler scheme at each confidence `c`, over r/r*.

    curves : Landscapes, from `experiments.FIG_2A`; `c` has one value for each of its rows, the lowest first.
    """
    figure, axes = panels(1, 4.0)
    rho = curves.r / toy.r_star(T)
    fine = np.linspace(rho[0], rho[-1], 601)
    shade_zone(axes, rho[0], 0.25, (-0.55, 0.1))
    axes.plot([1, 1], [0, 0.92], color=OPTIMUM, linewidth=1.2)
    label(axes, "r*", (1, 0.88), (4, 0), color=OPTIMUM)
    vline(axes, 0.25, CLAIM, "paper: r*/4,\npoint of no return", at=0.9)
    axes.plot(fine, toy.loss(fine * toy.r_star(T), T) / T, color=LOSS)
    label(axes, "c, x* → ∞", (0.42, 0.72), (1, 0), color=LOSS)
    for losses, confidence, colour in zip(curves.euler, c, (CONFIDENCE[0], CONFIDENCE[-1]), strict=True):
        axes.plot(rho, losses / T, "o", color=colour, markersize=3)
        label(axes, f"c = {confidence:g}", (-0.55, losses[0] / T), (0, -7), color=colour, bbox=HALO)
    axes.set(xlim=(rho[0], rho[-1]), ylim=(0, 1.5), xlabel="r / r*", ylabel="loss / T")
    return figure


def euler_against_exact(errors):
    """What the time step does to the loss: near the minimum, and as a delay that shrinks with Δt.

    errors : EulerErrors, from `experiments.EULER_DELAY`.
    """
    rho, T, dt, high = errors.rho, errors.settings.T, errors.dt, CONFIDENCE[-1]
    figure, (near, law) = panels(2, 6.4, sharex=False)
    vline(near, 1, OPTIMUM, "r*")
    near.plot(rho, toy.loss(rho * toy.r_star(T), T) / T, color=LOSS)
    near.plot(rho, errors.exact / T, color=high, linestyle=(0, (5, 2)))
    near.plot(rho, errors.euler / T, color=high)
    label(near, "exact", (0.9905, 0.0015), (1, -1), color=high)
    label(near, "Euler", (1.0198, 0.0028), (-1, -1), color=high)
    label(near, "c, x* → ∞", (1.0198, 0.0067), (-1, -1), color=LOSS)
    near.set(xlim=(0.99, 1.02), ylim=(0, 0.0125), xlabel="r / r*", ylabel="loss / T")
    law.plot(dt, errors.predicted, color=MUTED)
    law.plot(dt, errors.delay, "o", color=high)
    label(law, "½ Δt (ln ẋ(x*)/ẋ(0) − 1)", (dt[1], errors.predicted[1]), (-6, 1), color=MUTED)
    log_axes(law, "time step Δt", "delay that Euler adds")
    return figure


def slope_in_the_zone(c, rho, slopes, shown):
    """How steep the loss is inside the no-learning zone, over the confidence `c`.

    slopes : array (len(rho), len(c)), |dL/dr| in T/r* at r = ρ r*; shown : the confidences of Fig. 2A, low and high.
    """
    figure, axes = panels(1, 3.8)
    draw_slopes(axes, c, rho, slopes)
    for value, aside in zip(shown, (-4, 4), strict=True):
        vline(axes, value, CLAIM, f"paper: c = {value:g}", away=(aside, 0))
    axes.set(ylim=(1e-8, 0.1))
    return figure


def draw_slopes(axes, c, rho, slopes):
    """|dL/dr| in T/r* at r = ρ r*, one row of `slopes` each, over the confidence `c`."""
    for at, row in zip(rho, slopes, strict=True):
        axes.plot(c, row, color=GRADIENT)
        name = f"r = {at:g} r*".replace("-", "−") if at else "r = 0"
        label(axes, name, (c[0], row[0]), (-5, 0), color=GRADIENT)
    log_axes(axes, "confidence c", "|dL/dr| in T/r*")
    axes.set_xlim(c[0] / 30, c[-1])
