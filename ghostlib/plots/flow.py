"""Figures of the toy model's flow (chapter 02): the parabola, the ghost, the wait."""

import numpy as np

from ghostlib import toy
from ghostlib.plots.marks import HALO, arrow, dot, hline, label, log_axes, panels, shade_zone, vline
from ghostlib.plots.style import CLAIM, GHOST, GRADIENT, INK, MUTED, OPTIMUM


def flow_and_wait(r, x_star):
    """The toy model at `r`: its flow, the way from x(0) = 0 to `x_star`, and the r^(−1/2) law (Fig. 1, Eq. 7)."""
    figure, (portrait, path, law) = panels(3, 6.6, sharex=False)
    draw_flow(portrait, r)
    wait = float(toy.escape_time(r, x_star))
    end = 1.15 * wait if np.isfinite(wait) else 10.0
    t = np.linspace(0, min(wait, end), 400)
    path.plot(t, np.minimum(toy.trajectory(t, r), x_star), color=INK)
    hline(path, x_star, MUTED, "x*: the output turns on", at=0, away=(4, -3), linestyle="--")
    if np.isfinite(wait):
        vline(path, wait, GHOST, f"t = {wait:.3g}", at=0.5, away=(-6, 0))
    path.set(xlim=(0, end), ylim=(-0.1 * x_star, 1.1 * x_star), xlabel="time t", ylabel="state x(t)")
    rs = np.logspace(-5, 0, 200)
    law.plot(rs, toy.escape_time(rs, x_star), color=INK)
    draw_law(law, rs)
    if r > 0:
        dot(law, r, wait, GHOST)
    law.set(xlim=(rs[0], rs[-1]))
    return figure


def draw_flow(axes, r, span=None):
    """ẋ = x² + r over x, with its fixed points or its ghost, and the start x(0) = 0 as the red dot of Fig. 1."""
    span = span or max(0.4, 2 * np.sqrt(abs(r)))
    x = np.linspace(-span, span, 401)
    hline(axes, 0, linewidth=0.8)
    axes.plot(x, toy.flow(x, r), color=INK)
    if r > 0:
        dot(axes, 0, r, GHOST, hollow=True)
        label(axes, "ghost", (0, r), (0, 7), color=GHOST)
    if r < 0:
        fixed = toy.fixed_points(r)
        dot(axes, fixed.stable, 0)
        dot(axes, fixed.unstable, 0, hollow=True)
    dot(axes, 0, 0, GRADIENT)
    label(axes, "start", (0, 0), (0, -6 if r >= 0 else 7), color=GRADIENT)
    axes.set(xlabel="state x", ylabel="velocity ẋ", ylim=(min(-0.25 * span**2, 1.6 * r), span**2 + max(r, 0)))


def draw_law(axes, r):
    """The paper's escape time π/(2√r) over `r`, on log axes."""
    axes.plot(r, toy.escape_time(r), color=CLAIM, linestyle="--")
    at = np.sqrt(r[0] * r[-1])
    label(axes, "paper: π/(2√r)", (at, float(toy.escape_time(at))), (4, 2), color=CLAIM)
    log_axes(axes, "r", "escape time")


def fig_1(r=0.25, x_star=1.1, span=1.3):
    """Fig. 1: the flow for `r` above and −`r` below its bifurcation, where the start goes, and the threshold."""
    figure, (above, below) = panels(2, 5.6, sharey=True)
    for axes, sign in ((above, 1), (below, -1)):
        draw_flow(axes, sign * r, span)
        vline(axes, x_star, MUTED, "x*", away=(-4, 0), linestyle="--")
        label(axes, "output 0", (x_star, -0.42), (-4, 0), color=MUTED)
        label(axes, "output 1", (x_star, -0.42), (4, 0), color=MUTED)
    arrow(above, (0.1, 0), (0.75, 0), color=GRADIENT, linewidth=2)
    fixed = toy.fixed_points(-r)
    arrow(below, (-0.07, 0), (float(fixed.stable) + 0.07, 0), color=GRADIENT, linewidth=2)
    label(below, "stable", (fixed.stable, 0), (-6, -3))
    label(below, "unstable", (fixed.unstable, 0), (6, -3))
    above.set(title="r > 0: nothing stops the state", xlabel="", ylim=(-0.55, 1.7), yticks=(0, 0.5, 1, 1.5))
    below.set(title="r < 0: a fixed point catches it", xlim=(-span, span + 0.25), xticks=(-1, -0.5, 0, 0.5, 1))
    return figure


def time_spent(r):
    """Where the wait is spent: the time per unit of x, 1/ẋ, whose area is the escape time; half of it lies below √r."""
    figure, axes = panels(1, 3.4)
    edge = float(np.sqrt(r))
    x = np.linspace(0, 6 * edge, 601)
    pace = 1 / toy.flow(x, r)
    axes.fill_between(x, pace, where=x <= edge, color=GHOST, alpha=0.45, linewidth=0)
    axes.fill_between(x, pace, where=x >= edge, color=GHOST, alpha=0.15, linewidth=0)
    axes.plot(x, pace, color=GHOST)
    axes.plot([edge, edge], [0, 0.5 / r], color=GHOST, linewidth=1)
    label(axes, "half of\nthe wait", (0.5 * edge, 0.2 / r))
    label(axes, "the other half:\nall the way from √r to ∞", (2.0 * edge, 0.55 / r), (1, 0))
    axes.plot([2.0 * edge, 1.6 * edge], [0.48 / r, 0.14 / r], color=MUTED, linewidth=1)
    label(axes, "√r", (edge, 0.5 / r), (4, 1), color=GHOST)
    step = 10 ** np.floor(-np.log10(r))
    axes.set(xlim=(0, x[-1]), ylim=(0, 1.08 / r), yticks=np.arange(0, 1.0001 / r, step))
    axes.set(xlabel="state x", ylabel="time per unit of x, 1/ẋ")
    return figure


def bottleneck_law(r, measured, x_star, T):
    """Escape times found by integrating the flow, over `r`, against π/(2√r), and how a delay `T` picks its r*.

    r, measured : arrays of the same shape; `measured` is the time at which x reached `x_star`.
    """
    figure, axes = panels(1, 3.8)
    draw_law(axes, np.asarray(r))
    axes.plot(r, measured, "o", color=INK, markersize=5)
    best = float(toy.r_star(T))
    low, left = 10 ** np.floor(np.log10(np.min(measured))), float(np.min(r)) / 2
    axes.plot([left, best, best], [T, T, low], color=OPTIMUM, linewidth=1.2)
    label(axes, f"T = {T:g}", (left, T), (4, -2), color=OPTIMUM)
    label(axes, "r*", (best, low), (4, 2), color=OPTIMUM)
    label(axes, f"measured,\nx* = {x_star:g}", (r[-3], measured[-3]), (-12, 0))
    axes.set(xlim=(left, 2 * float(np.max(r))), ylim=(low, None))
    return figure


def bifurcation(low=-9.0, high=12.0, start=10.0):
    """The saddle-node in units of r*: both branches, the ghost they leave behind, and where learning goes (Fig. 2C)."""
    figure, axes = panels(1, 3.8)
    shade_zone(axes, low, 0.25, (0.5 * low, 0))
    rho = -(np.linspace(0, np.sqrt(-low), 200) ** 2)
    fixed = toy.fixed_points(rho)
    axes.plot(rho, fixed.stable, color=INK)
    axes.plot(rho, fixed.unstable, color=INK, linestyle=(0, (4, 3)))
    axes.plot([0, high], [0, 0], color=GHOST)
    label(axes, "ghost", (0.62 * high, 0), (0, 4), color=GHOST)
    label(axes, "unstable", (0.62 * low, 2.62), (-1, 1), bbox=HALO)
    label(axes, "stable", (0.62 * low, -2.78), (-1, -1), bbox=HALO)
    vline(axes, 1, OPTIMUM, "r*", linewidth=1.8)
    arrow(axes, (start, -1.5), (1.1, -1.5), color=INK, shrinkA=0)
    dot(axes, start, -1.5, markersize=4)
    label(axes, "learning", (0.5 * (1 + start), -1.5), (0, -5))
    axes.set(xlim=(low, high), ylim=(-3.6, 3.6), xlabel="r / r*", ylabel="fixed points x / √r*")
    axes.set_xticks([-8, -4, 0, 4, 8, 12])
    return figure
