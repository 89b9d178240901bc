"""Figures of the latent circuit (chapter 05): one number inside a hundred units, and its gradient factor by factor."""

import numpy as np

from ghostlib import toy
from ghostlib.plots.marks import arrow, dot, hline, label, log_axes, panels, vline
from ghostlib.plots.style import CLAIM, CONFIDENCE, DEAD, GRADIENT, INK, LOSS, MUTED, OPTIMUM


FAINTEST = 1e-30  # where the log axes of the factors end
BEFORE = {"color": OPTIMUM, "linewidth": 1.8}
AFTER = {"color": DEAD, "linewidth": 1.8, "linestyle": (0, (4, 2))}


def one_number(task, rates, kappa):
    """The rates of all units of one network over a trial, and the one number κ that they all follow.

    rates : array (2T + 1, N), from `RankOne.simulate`.
    kappa : array (2T + 1,), from `RankOne.latent`.
    """
    figure, (top, bottom) = panels(2, 5.0)
    time = task.dt * np.arange(task.steps + 1)
    top.plot(time, rates, color=INK, linewidth=0.6, alpha=0.35)
    top.set(ylim=(-1.05, 1.05), yticks=(-1, 0, 1), ylabel="rates x of all units")
    hline(bottom, task.kappa_star, MUTED, "κ*: the output turns on", away=(-1, -3), linestyle="--")
    bottom.plot(time, kappa, color=INK)
    dot(bottom, 0, kappa[0], GRADIENT)
    label(bottom, "κ(0)", (0, kappa[0]), (7, -4), color=GRADIENT)
    low, high = min(kappa.min(), 0), max(kappa.max(), task.kappa_star)
    bottom.set(xlim=(-0.01 * time[-1], time[-1]), ylim=(1.2 * low - 0.2 * high, 1.1 * high - 0.1 * low))
    bottom.set(xlabel="time (ms)", ylabel="κ = n · x")
    vline(top, task.T * task.dt, OPTIMUM)
    vline(bottom, task.T * task.dt, OPTIMUM, "T", at=0.18)
    return figure


def reverse_pass():
    """The chain of latent states with what hangs on each, and the way the reverse pass goes through it."""
    figure, axes = panels(1, 3.3)
    axes.set(xlim=(-0.65, 3.25), ylim=(-1.5, 1.65))
    axes.axis("off")
    forward = {"color": INK, "linewidth": 1.4, "shrinkA": 15, "shrinkB": 15}
    back = {"color": GRADIENT, "linewidth": 1.4, "shrinkA": 14, "shrinkB": 14}
    wide = {"shrinkA": 22, "shrinkB": 22}
    for i, name in enumerate(("κ[t−1]", "κ[t]", "κ[t+1]")):
        x = 1.3 * i
        label(axes, name, (x, 0))
        label(axes, f"ô{name[1:]}", (x, 1.25), color=LOSS)
        label(axes, "m, n, b", (x, -1.3), color=MUTED)
        arrow(axes, (x - 0.08, 0), (x - 0.08, 1.25), **forward)
        arrow(axes, (x + 0.08, 1.25), (x + 0.08, 0), **back)
        arrow(axes, (x - 0.08, -1.3), (x - 0.08, 0), **forward)
        arrow(axes, (x + 0.08, 0), (x + 0.08, -1.3), **back)
    for start in (-1.3, 0, 1.3, 2.6):
        arrow(axes, (start, 0.1), (start + 1.3, 0.1), **forward | wide)
        arrow(axes, (start + 1.3, -0.1), (start, -0.1), **back | wide)
    label(axes, "step", (1.95, 0.1), (0, 6))
    label(axes, "× g[t]", (1.95, -0.1), (0, -7), color=GRADIENT)
    label(axes, "+ s[t]", (1.38, 0.68), (5, 0), color=GRADIENT)
    label(axes, "λ[t]", (1.38, -0.68), (5, 0), color=GRADIENT)
    return figure


def flow_from_afar(network, reach):
    """f(κ) over −`reach` … `reach`, between the lines that bound it, with the asymptotes of Eq. (16)."""
    figure, axes = panels(1, 4.0)
    kappa = np.linspace(-reach, reach, 801)
    bound, saturation = float(np.abs(network.n).sum()), float((network.n * np.sign(network.m)).sum())
    hline(axes, 0, linewidth=0.8)
    axes.fill_between(kappa, -kappa - bound, -kappa + bound, color=INK, alpha=0.07, linewidth=0)
    axes.plot(kappa, network.flow(kappa), color=INK)
    for side, name in ((1, "Σ|n|"), (-1, "−Σ|n|")):
        far = side * np.array([0.25, 1.0]) * reach
        axes.plot(far, -far + side * saturation, color=CLAIM, linestyle="--", linewidth=1.4)
        axes.plot([side * bound], [0], "|", color=INK, markersize=12)
        label(axes, name, (side * bound, 0), (0, 9 * side))
    label(axes, "paper: −κ + O(1)", (0.6 * reach, 0.62 * reach), (0, 1), color=CLAIM)
    label(axes, "never outside\nthis band", (-0.62 * reach, -0.75 * reach), color=MUTED)
    axes.set(xlim=(-reach, reach), ylim=(-1.3 * reach, 1.3 * reach), xlabel="latent variable κ", ylabel="flow f(κ)")
    return figure


def gradient_factors(task, kappa, fed, passed):
    """What makes dL/dκ(0), over the trial, before and after a fall into the no-learning zone: Eq. (B34).

    kappa, fed, passed : arrays (2, 2T), before and after: κ[t], what each output feeds in, and ∂κ[t]/∂κ[0].
    """
    figure, (state, *factors) = panels(4, 8.2)
    titles = ("what the output feeds in, |s[t]|", "what the way back makes of it, |∂κ[t]/∂κ[0]|", "their product")
    for i, look in enumerate((BEFORE, AFTER)):
        state.plot(task.time, kappa[i], **look)
        for axes, values in zip(factors, (fed[i], passed[i], fed[i] * passed[i]), strict=True):
            axes.plot(task.time, np.maximum(np.abs(values), FAINTEST), **look)
    for axes, title in zip(factors, titles, strict=True):
        log_axes(axes, y="size")
        axes.set(title=title, ylim=(FAINTEST, 1e4), yticks=10.0 ** np.arange(-30, 1, 10))
    last, turn = task.time[-1], task.steps // 2
    hline(state, task.kappa_star, MUTED, "κ*", at=0, away=(2, 2), linestyle="--")
    label(state, "before", (task.time[turn], kappa[0, turn]), (-6, 4), color=OPTIMUM)
    label(state, "after", (last, kappa[1, -1]), (-1, 6), color=MUTED)
    state.set(ylim=(min(kappa.min(), task.kappa_star) - 0.5, kappa.max() + 0.8))
    state.set(title="the latent state", ylabel="κ[t]")
    factors[-1].set(xlim=(0, last), xlabel="time t (ms)")
    return figure


def read_out(confidences=(0.1, 1.0, 10.0), kappa_star=1.0):
    """What an output that should be 1 feeds back over κ, c ô (1 − ô)², at three confidences (Eq. B34 without 2/T)."""
    figure, axes = panels(1, 3.2)
    kappa = np.linspace(-4, 2, 301)
    vline(axes, kappa_star, MUTED, "κ*", at=0.08, linestyle="--")
    for c, colour, away in zip(confidences, CONFIDENCE, (-6, 6, 6), strict=True):
        output = toy.output(kappa, c=c, x_star=kappa_star)
        fed = c * output * (1 - output) ** 2
        axes.plot(kappa, fed, color=colour)
        label(axes, f"c = {c:g}", (kappa[75], fed[75]), (-6, away), color=colour)
    log_axes(axes, y="fed back")
    axes.set(xlim=(-4, 2), ylim=(1e-24, 10), xlabel="κ when the target is 1")
    return figure
