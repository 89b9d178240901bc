"""Figures of the toy model's flow (chapter 02): the parabola, the ghost, the wait."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import toy
from ghostlib.plots.style import CLAIM, GHOST, GRADIENT, INK, MUTED, PAGE, WIDTH


def flow_and_wait(r, x_star):
    """The toy model at `r`: its flow, the trajectory from x(0) = 0 to `x_star`, and the r^(−1/2) law (Fig. 1, Eq. 7)."""
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
        path.text(0.99 * wait, 0, f"t = {wait:.3g}", color=GHOST, ha="right", va="bottom")
    path.set(xlim=(0, end), ylim=(-0.1 * x_star, 1.1 * x_star), xlabel="time t", ylabel="state x(t)")
    rs = np.logspace(-5, 0, 200)
    law.loglog(rs, toy.escape_time(rs), color=CLAIM, linestyle="--")
    law.text(1e-3, 1.3 * float(toy.escape_time(1e-3)), "π/(2√r), x* → ∞", color=CLAIM)
    law.loglog(rs, toy.escape_time(rs, x_star), color=INK)
    if r > 0:
        law.plot([r], [wait], "o", color=GHOST)
    law.set(xlabel="r (log scale)", ylabel="escape time (log scale)")
    return figure


def draw_flow(axes, r):
    """ẋ = x² + r over x, with its fixed points or its ghost, and the start x(0) = 0 as the red dot of Fig. 1."""
    span = max(0.4, 2 * np.sqrt(abs(r)))
    x = np.linspace(-span, span, 400)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.plot(x, toy.flow(x, r), color=INK)
    if r > 0:
        axes.plot([0], [r], "o", color=GHOST, markerfacecolor=PAGE)
        axes.annotate("ghost", (0, r), (0, 9), textcoords="offset points", ha="center", color=GHOST)
    if r < 0:
        root = np.sqrt(-r)
        axes.plot([-root], [0], "o", color=INK)
        axes.plot([root], [0], "o", color=INK, markerfacecolor=PAGE)
    axes.plot([0], [0], "o", color=GRADIENT)
    axes.annotate("start", (0, 0), (0, -15), textcoords="offset points", ha="center", color=GRADIENT)
    axes.set(xlabel="x", ylabel="ẋ", ylim=(min(-0.25 * span**2, 1.6 * r), span**2 + max(r, 0)))
