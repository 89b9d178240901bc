"""Figures of the latent circuit (chapter 05): one number inside a hundred units, and its gradient factor by factor."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import toy
from ghostlib.plots.style import (
    CLAIM,
    CONFIDENCE,
    DEAD,
    GRADIENT,
    INK,
    LOSS,
    MUTED,
    OPTIMUM,
    WIDTH,
    arrow,
    label,
    label_powers,
)


FAINTEST = 1e-30  # where the log axes of the factors end
BEFORE = {"color": OPTIMUM, "linewidth": 1.8}
AFTER = {"color": DEAD, "linewidth": 1.8, "linestyle": (0, (4, 2))}


def one_number(task, rates, kappa):
    """The rates of all units of one network over a trial, and the one number κ that they all follow.

    rates : array (2T + 1, N), from `RankOne.simulate`.
    kappa : array (2T + 1,), from `RankOne.latent`.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.0), sharex=True)
    time = task.dt * np.arange(task.steps + 1)
    top.plot(time, rates, color=INK, linewidth=0.6, alpha=0.35)
    top.set(ylim=(-1.05, 1.05), yticks=(-1, 0, 1), ylabel="rates x of all units")
    bottom.axhline(task.kappa_star, color=MUTED, linestyle="--", linewidth=1)
    end = task.steps * task.dt
    label(bottom, "κ*: the output turns on", (end, task.kappa_star), (0, -3), color=MUTED, ha="right", va="top")
    bottom.plot(time, kappa, color=INK)
    bottom.plot(0, kappa[0], "o", color=GRADIENT)
    label(bottom, "κ(0)", (0, kappa[0]), (7, -4), color=GRADIENT, va="top")
    low, high = min(kappa.min(), 0), max(kappa.max(), task.kappa_star)
    bottom.set(
        xlim=(-0.01 * end, end),
        ylim=(low - 0.2 * (high - low), high + 0.1 * (high - low)),
        xlabel="time (ms)",
        ylabel="κ = n · x",
    )
    for axes in (top, bottom):
        axes.axvline(task.T * task.dt, color=OPTIMUM, linewidth=1)
    label(bottom, "T", (task.T * task.dt, low), (4, 0), color=OPTIMUM)
    return figure


def reverse_pass():
    """The chain of latent states with what hangs on each, and the way the reverse pass goes through it."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.3))
    axes.set(xlim=(-0.65, 3.25), ylim=(-1.5, 1.65))
    axes.axis("off")
    forward = {"color": INK, "linewidth": 1.4, "shrinkA": 15, "shrinkB": 15}
    back = {"color": GRADIENT, "linewidth": 1.4, "shrinkA": 14, "shrinkB": 14}
    wide = {"shrinkA": 22, "shrinkB": 22}
    names = ("κ[t−1]", "κ[t]", "κ[t+1]")
    for i, name in enumerate(names):
        x = 1.3 * i
        axes.text(x, 0, name, ha="center", va="center")
        axes.text(x, 1.25, f"ô{name[1:]}", ha="center", va="center", color=LOSS)
        arrow(axes, (x - 0.08, 0), (x - 0.08, 1.25), **forward)
        arrow(axes, (x + 0.08, 1.25), (x + 0.08, 0), **back)
        axes.text(x, -1.3, "m, n, b", ha="center", va="center", color=MUTED)
        arrow(axes, (x - 0.08, -1.3), (x - 0.08, 0), **forward)
        arrow(axes, (x + 0.08, 0), (x + 0.08, -1.3), **back)
    for start in (-1.3, 0, 1.3, 2.6):
        arrow(axes, (start, 0.1), (start + 1.3, 0.1), **forward | wide)
        arrow(axes, (start + 1.3, -0.1), (start, -0.1), **back | wide)
    axes.text(1.95, 0.22, "step", ha="center", va="bottom")
    axes.text(1.95, -0.24, "× g[t]", ha="center", va="top", color=GRADIENT)
    axes.text(1.48, 0.68, "+ s[t]", va="center", color=GRADIENT)
    axes.text(1.48, -0.68, "λ[t]", va="center", color=GRADIENT)
    return figure


def flow_from_afar(network, reach):
    """f(κ) over −`reach` … `reach`, between the lines that bound it, with the asymptotes of Eq. (16)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 4.0))
    kappa = np.linspace(-reach, reach, 801)
    bound, saturation = float(np.abs(network.n).sum()), float((network.n * np.sign(network.m)).sum())
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.fill_between(kappa, -kappa - bound, -kappa + bound, color=INK, alpha=0.07, linewidth=0)
    axes.plot(kappa, network.flow(kappa), color=INK)
    for side in (1, -1):
        far = side * np.array([0.25, 1.0]) * reach
        axes.plot(far, -far + side * saturation, color=CLAIM, linestyle="--", linewidth=1.4)
        axes.plot([side * bound], [0], "|", color=INK, markersize=12)
        label(
            axes,
            f"{'−' if side < 0 else ''}Σ|n|",
            (side * bound, 0),
            (0, 9 * side),
            ha="center",
            va="bottom" if side > 0 else "top",
        )
    axes.text(0.6 * reach, 0.62 * reach, "paper: −κ + O(1)", color=CLAIM, ha="center")
    axes.text(-0.62 * reach, -0.75 * reach, "never outside\nthis band", color=MUTED, ha="center", va="center")
    axes.set(xlim=(-reach, reach), ylim=(-1.3 * reach, 1.3 * reach), xlabel="latent variable κ", ylabel="flow f(κ)")
    return figure


def gradient_factors(task, kappa, fed, passed):
    """What makes dL/dκ(0), over the trial, before and after a fall into the no-learning zone: Eq. (B34).

    kappa, fed, passed : arrays (2, 2T), before and after: κ[t], what each output feeds in, and ∂κ[t]/∂κ[0].
    """
    figure, (state, *factors) = plt.subplots(4, 1, figsize=(WIDTH, 8.2), sharex=True)
    titles = ("what the output feeds in, |s[t]|", "what the way back makes of it, |∂κ[t]/∂κ[0]|", "their product")
    for i, look in enumerate((BEFORE, AFTER)):
        state.plot(task.time, kappa[i], **look)
        for axes, values in zip(factors, (fed[i], passed[i], fed[i] * passed[i]), strict=True):
            axes.semilogy(task.time, np.maximum(np.abs(values), FAINTEST), **look)
    for axes, title in zip(factors, titles, strict=True):
        axes.set(title=title, ylim=(FAINTEST, 1e4), yticks=10.0 ** np.arange(-30, 1, 10), ylabel="log scale")
        label_powers(axes.yaxis)
    last, low = task.time[-1], min(kappa.min(), task.kappa_star)
    state.axhline(task.kappa_star, color=MUTED, linestyle="--", linewidth=1)
    label(state, "κ*", (0, task.kappa_star), (2, 3), color=MUTED)
    turn = task.steps // 2
    label(state, "before", (task.time[turn], kappa[0, turn]), (-6, 4), color=OPTIMUM, ha="right")
    label(state, "after", (last, kappa[1, -1]), (0, 7), color=MUTED, ha="right")
    state.set(title="the latent state", ylabel="κ[t]", ylim=(low - 0.5, kappa.max() + 0.8))
    factors[-1].set(xlim=(0, last), xlabel="time t (ms)")
    return figure


def read_out(confidences=(0.1, 1.0, 10.0), kappa_star=1.0):
    """What an output that should be 1 feeds back over κ, c ô (1 − ô)², at three confidences (Eq. B34 without 2/T)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
    kappa = np.linspace(-4, 2, 301)
    axes.axvline(kappa_star, color=MUTED, linestyle="--", linewidth=1)
    label(axes, "κ*", (kappa_star, 1e-22), (4, 0), color=MUTED)
    for c, colour, away in zip(confidences, CONFIDENCE, (-15, 6, 6), strict=True):
        output = toy.output(kappa, c=c, x_star=kappa_star)
        fed = c * output * (1 - output) ** 2
        axes.semilogy(kappa, fed, color=colour)
        label(axes, f"c = {c:g}", (kappa[75], fed[75]), (-6, away), color=colour, ha="right")
    axes.set(xlim=(-4, 2), ylim=(1e-24, 10), xlabel="κ when the target is 1", ylabel="fed back (log scale)")
    label_powers(axes.yaxis)
    return figure
