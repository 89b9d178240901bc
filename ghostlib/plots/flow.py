"""Figures of the toy model's flow (chapter 02): the parabola, the ghost, the wait."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import toy
from ghostlib.plots.style import (
    CLAIM,
    GHOST,
    GRADIENT,
    INK,
    MUTED,
    OPTIMUM,
    PAGE,
    WIDTH,
    arrow,
    label,
    label_powers,
    shade_zone,
)


def flow_and_wait(r, x_star):
    """The toy model at `r`: its flow, the way from x(0) = 0 to `x_star`, and the r^(−1/2) law (Fig. 1, Eq. 7)."""
    figure, (portrait, path, law) = plt.subplots(3, 1, figsize=(WIDTH, 6.6))
    draw_flow(portrait, r)
    wait = float(toy.escape_time(r, x_star))
    end = 1.15 * wait if np.isfinite(wait) else 10.0
    t = np.linspace(0, min(wait, end), 400)
    path.plot(t, np.minimum(toy.trajectory(t, r), x_star), color=INK)
    path.axhline(x_star, color=MUTED, linestyle="--", linewidth=1.2)
    path.text(0, 0.97 * x_star, "x*: the output turns on", color=MUTED, va="top")
    if np.isfinite(wait):
        path.axvline(wait, color=GHOST)
        path.text(0.98 * wait, 0.5 * x_star, f"t = {wait:.3g}", color=GHOST, ha="right", va="center")
    path.set(xlim=(0, end), ylim=(-0.1 * x_star, 1.1 * x_star), xlabel="time t", ylabel="state x(t)")
    rs = np.logspace(-5, 0, 200)
    law.plot(rs, toy.escape_time(rs, x_star), color=INK)
    draw_law(law, rs)
    if r > 0:
        law.plot([r], [wait], "o", color=GHOST)
    law.set(xlim=(rs[0], rs[-1]))
    return figure


def draw_flow(axes, r, span=None):
    """ẋ = x² + r over x, with its fixed points or its ghost, and the start x(0) = 0 as the red dot of Fig. 1."""
    span = span or max(0.4, 2 * np.sqrt(abs(r)))
    x = np.linspace(-span, span, 401)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.plot(x, toy.flow(x, r), color=INK)
    if r > 0:
        axes.plot([0], [r], "o", color=GHOST, markerfacecolor=PAGE)
        label(axes, "ghost", (0, r), (0, 9), ha="center", color=GHOST)
    if r < 0:
        fixed = toy.fixed_points(r)
        axes.plot([fixed.stable], [0], "o", color=INK)
        axes.plot([fixed.unstable], [0], "o", color=INK, markerfacecolor=PAGE)
    axes.plot([0], [0], "o", color=GRADIENT)
    below = -15 if r >= 0 else 9
    label(axes, "start", (0, 0), (0, below), ha="center", color=GRADIENT)
    axes.set(xlabel="state x", ylabel="velocity ẋ", ylim=(min(-0.25 * span**2, 1.6 * r), span**2 + max(r, 0)))


def draw_law(axes, r):
    """The paper's escape time π/(2√r) over `r`, on log axes."""
    axes.loglog(r, toy.escape_time(r), color=CLAIM, linestyle="--")
    at = np.sqrt(r[0] * r[-1])
    label(axes, "paper: π/(2√r)", (at, float(toy.escape_time(at))), (4, 4), color=CLAIM)
    axes.set(xlabel="r (log scale)", ylabel="escape time (log scale)")
    label_powers(axes.xaxis, axes.yaxis)


def fig_1(r=0.25, x_star=1.1, span=1.3):
    """Fig. 1: the flow for `r` above and −`r` below its bifurcation, where the start goes, and the threshold."""
    figure, panels = plt.subplots(2, 1, figsize=(WIDTH, 5.6), sharex=True, sharey=True)
    for axes, sign in zip(panels, (1, -1), strict=True):
        draw_flow(axes, sign * r, span)
        axes.axvline(x_star, color=MUTED, linestyle="--", linewidth=1.2)
        axes.text(x_star - 0.05, 1.68, "x*", color=MUTED, ha="right", va="top")
        axes.text(x_star - 0.05, -0.48, "output 0", color=MUTED, ha="right")
        axes.text(x_star + 0.05, -0.48, "output 1", color=MUTED)
    above, below = panels
    arrow(above, (0.1, 0), (0.75, 0), color=GRADIENT, linewidth=2)
    fixed = toy.fixed_points(-r)
    arrow(below, (-0.07, 0), (float(fixed.stable) + 0.07, 0), color=GRADIENT, linewidth=2)
    label(below, "stable", (fixed.stable, 0), (-6, -14), ha="right")
    label(below, "unstable", (fixed.unstable, 0), (6, -14))
    above.set(title="r > 0: nothing stops the state", xlabel="", ylim=(-0.55, 1.7), yticks=(0, 0.5, 1, 1.5))
    below.set(title="r < 0: a fixed point catches it", xlim=(-span, span + 0.25), xticks=(-1, -0.5, 0, 0.5, 1))
    return figure


def time_spent(r):
    """Where the wait is spent: the time per unit of x, 1/ẋ, whose area is the escape time; half of it lies below √r."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    edge = float(np.sqrt(r))
    x = np.linspace(0, 6 * edge, 601)
    pace = 1 / toy.flow(x, r)
    axes.fill_between(x, pace, where=x <= edge, color=GHOST, alpha=0.45, linewidth=0)
    axes.fill_between(x, pace, where=x >= edge, color=GHOST, alpha=0.15, linewidth=0)
    axes.plot(x, pace, color=GHOST)
    axes.plot([edge, edge], [0, 0.5 / r], color=GHOST, linewidth=1)
    axes.text(0.5 * edge, 0.2 / r, "half of\nthe wait", ha="center", va="center")
    axes.annotate(
        "the other half:\nall the way from √r to ∞",
        (1.6 * edge, 0.14 / r),
        (2.0 * edge, 0.55 / r),
        arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 1},
        va="center",
    )
    label(axes, "√r", (edge, 0.5 / r), (5, 1), color=GHOST)
    axes.set(
        xlim=(0, x[-1]), ylim=(0, 1.08 / r), xlabel="state x", ylabel="time per unit of x, 1/ẋ", yticks=_ticks(1 / r)
    )
    return figure


def _ticks(top):
    step = 10 ** np.floor(np.log10(top))
    return np.arange(0, top * 1.0001, step)


def bottleneck_law(r, measured, x_star, T):
    """Escape times found by integrating the flow, over `r`, against π/(2√r), and how a delay `T` picks its r*.

    r, measured : arrays of the same shape; `measured` is the time at which x reached `x_star`.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    draw_law(axes, np.asarray(r))
    axes.plot(r, measured, "o", color=INK, markersize=5)
    best = float(toy.r_star(T))
    low, left = 10 ** np.floor(np.log10(np.min(measured))), float(np.min(r)) / 2
    axes.plot([left, best, best], [T, T, low], color=OPTIMUM, linewidth=1.2)
    label(axes, f"T = {T:g}", (left, T), (4, -13), color=OPTIMUM)
    label(axes, "r*", (best, low), (4, 4), color=OPTIMUM)
    label(axes, f"measured,\nx* = {x_star:g}", (r[-3], measured[-3]), (-12, -8), ha="right", va="center")
    axes.set(xlim=(left, 2 * float(np.max(r))), ylim=(low, None))
    return figure


def bifurcation(low=-9.0, high=12.0, start=10.0):
    """The saddle-node in units of r*: both branches, the ghost they leave behind, and where learning goes (Fig. 2C)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    shade_zone(axes, low, 0.25)
    rho = -(np.linspace(0, np.sqrt(-low), 200) ** 2)
    fixed = toy.fixed_points(rho)
    axes.plot(rho, fixed.stable, color=INK)
    axes.plot(rho, fixed.unstable, color=INK, linestyle=(0, (4, 3)))
    axes.plot([0, high], [0, 0], color=GHOST)
    axes.text(0.62 * high, 0.15, "ghost", color=GHOST, ha="center", va="bottom")
    halo = {"color": PAGE, "pad": 1}
    axes.text(0.62 * low, 2.62, "unstable", ha="right", bbox=halo)
    axes.text(0.62 * low, -2.78, "stable", ha="right", va="top", bbox=halo)
    axes.text(0.97 * low, 0, "no-learning zone", color=MUTED, va="center", bbox=halo)
    axes.axvline(1, color=OPTIMUM)
    label(axes, "r*", (1, 3.2), (4, 0), color=OPTIMUM)
    arrow(axes, (start, -1.5), (1.1, -1.5), color=INK, shrinkA=0)
    axes.plot([start], [-1.5], "o", color=INK, markersize=4)
    axes.text(0.5 * (1 + start), -1.75, "learning", ha="center", va="top")
    axes.set(xlim=(low, high), ylim=(-3.6, 3.6), xlabel="r / r*", ylabel="fixed points x / √r*")
    axes.set_xticks([-8, -4, 0, 4, 8, 12])
    return figure
