"""Figures of trained rank-one networks and their latent flow (chapter 06): Figs. 3A, 3B, S1 and what is behind them."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import MultipleLocator

from ghostlib import toy
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.plots.network import draw_latent_flow
from ghostlib.plots.style import (
    CLAIM,
    GHOST,
    GRADIENT,
    GRID,
    HALO,
    INK,
    LOSS,
    MUTED,
    OPTIMUM,
    WIDTH,
    label,
    label_powers,
    shade_zone,
)


SOME = 5  # copies drawn
COLUMNS = 600  # of a curve with many more epochs than pixels


def fig_3a_course(course, stages):
    """Fig. 3A, left: loss and gradient norm against the epoch, with the stages at which the flow is shown.

    course : FixedPointCourse of `experiments.FIG_3A`; `stages` its three epochs.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.0), sharex=True)
    for axes, values, colour in ((top, course.loss, LOSS), (bottom, course.gradient_norm, GRADIENT)):
        axes.plot(*outline(values), color=colour, linewidth=1.2)
        axes.set_yscale("log")
        label_powers(axes.yaxis)
        for stage in stages:
            axes.axvline(stage, color=CLAIM, linestyle="--", linewidth=1.2)
    for name, stage in zip(("(i)", "(ii)", "(iii)"), stages, strict=True):
        last = stage > 0.8 * course.loss.size
        label(top, name, (stage, 2), (-4 if last else 4, 0), color=CLAIM, ha="right" if last else "left", va="bottom")
    top.set(ylabel="loss (log scale)", ylim=(4e-5, 4))
    bottom.set(ylabel="gradient norm (log scale)", xlabel="epoch", xlim=(0, course.loss.size - 1))
    thousands(bottom)
    return figure


def fig_3a_flows(networks, stages, task):
    """Fig. 3A, right: the latent flow at the three stages, with κ(0) in red.

    networks : RankOne (3,), at the epochs `stages`.
    """
    figure, panels = plt.subplots(3, 1, figsize=(WIDTH, 7.4), sharex=True)
    for axes, name, stage, network in zip(panels, ("(i)", "(ii)", "(iii)"), stages, networks, strict=True):
        draw_latent_flow(axes, network, task, reach=8.0)
        axes.set(title=f"{name} epoch {stage:,}", xlabel="")
    for axes in panels[1:]:
        axes.set_ylim(-1.6, 4.2)
    panels[0].set_ylim(-4.2, 4.2)
    label(panels[0], "κ(0)", (float(networks[0].kappa0(task)), 0), (-4, -16), color=GRADIENT, ha="right")
    panels[-1].set_xlabel("latent variable κ")
    return figure


def jump(epoch, loss, resting, rise, kappa_star, events):
    """The jump under the magnifying glass: loss, where the state comes to rest, and how steeply the flow rises.

    epoch : array (E,); loss, resting, rise : arrays (E,), the loss, the stable fixed point, and the largest f′.
    events : the epochs of the jump, the birth of the ghost, and the first rise of the loss.
    """
    figure, panels = plt.subplots(3, 1, figsize=(WIDTH, 6.8), sharex=True)
    crossing, birth, onset = events
    for axes in panels:
        axes.axvline(crossing, color=INK, linewidth=1)
        axes.axvline(birth, color=GHOST, linewidth=1.2)
        axes.axvline(onset, color=GRADIENT, linewidth=1)
    top, middle, bottom = panels
    top.plot(epoch, loss, color=LOSS)
    top.set(ylim=(0, 1.22), ylabel="loss", yticks=(0, 0.5, 1))
    names = (("the jump", crossing, INK), ("a ghost\nis born", birth, GHOST), ("oscil-\nlations", onset, GRADIENT))
    for name, at, colour in names:
        left, side = (4, "left") if at == onset else (-4, "right")
        label(top, name, (at, 1.2), (left, 0), color=colour, ha=side, va="top")
    middle.plot(epoch, resting, color=INK)
    middle.axhline(kappa_star, color=MUTED, linestyle="--", linewidth=1.2)
    right = {"color": MUTED, "ha": "right", "bbox": HALO}
    middle.text(epoch[-1], kappa_star - 0.08, "κ*: above it the output is 1", va="top", **right)
    middle.set(ylabel="fixed point κ", ylim=(0, None))
    bottom.plot(epoch, rise, color=INK)
    bottom.axhline(0, color=MUTED, linewidth=0.8)
    bottom.text(epoch[-1], -0.72, "below 0: f falls everywhere,\nand there is no ghost", **right)
    bottom.set(ylabel="largest slope f′", xlabel="epoch", xlim=(epoch[0], epoch[-1]), ylim=(-1, 0.25))
    bottom.xaxis.set_major_locator(MultipleLocator(200))
    bottom.xaxis.set_major_formatter("{x:,.0f}")
    return figure


def waiting(networks, names, waits, task):
    """How two networks wait: κ over the trial, the stretch around the ghost where f is below twice its slowest.

    networks : RankOne (2,); names : their labels; waits : their `Wait` records.
    """
    figure, panels = plt.subplots(2, 1, figsize=(WIDTH, 5.4), sharex=True)
    for axes, network, name, wait in zip(panels, networks, names, waits, strict=True):
        time = task.dt * np.arange(task.steps + 1)
        low, high = (wait.ghost.position + side * wait.width for side in (-1, 1))
        start, end = float(network.kappa0(task)), 6.9
        axes.axhspan(max(low, start - 0.6), high, color=GHOST, alpha=0.12, linewidth=0)
        axes.axhline(wait.ghost.position, color=GHOST, linewidth=1.2)
        axes.text(2 * task.T * task.dt, wait.ghost.position + 0.1, "ghost", color=GHOST, ha="right", va="bottom")
        axes.axhline(task.kappa_star, color=MUTED, linestyle="--", linewidth=1.2)
        axes.text(0, task.kappa_star + 0.12, "κ*: the output turns on", color=MUTED, va="bottom")
        axes.axvline(task.T * task.dt, color=OPTIMUM, linewidth=1.2)
        axes.plot(time, network.latent(task), "-", color=GRID, linewidth=1)
        axes.plot(time, network.latent(task), "o", color=INK, markersize=3.2)
        axes.set(title=name, ylabel="κ", ylim=(start - 0.6, end), xlim=(0, 2 * task.T * task.dt))
    label(panels[0], "T", (task.T * task.dt, 6.9), (4, -2), color=OPTIMUM, va="top")
    panels[-1].set_xlabel("time (ms)")
    return figure


def escape(epoch, ghost, bend, uncertain, sharpness, alpha, dt):
    """The way out of the oscillations: how sharply the flow bends, how long the output is unsure, how steep the valley.

    epoch, and over it: ghost, f″ at the ghost; bend, the largest f″ between κ(0) and κ*; uncertain, ms; sharpness, the
    Hessian's largest eigenvalue halfway between successive epochs.
    alpha : the learning rate; dt : the time step, ms.
    """
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(WIDTH, 7.2), sharex=True)
    top.plot(epoch, bend, color=INK)
    top.plot(epoch, ghost, color=GHOST)
    at = int(0.45 * len(epoch))
    top.text(epoch[at], bend[at] + 0.05, "largest on the way to κ*", ha="right", va="bottom")
    top.text(epoch[at], 0.6 * ghost[at], "at the ghost", color=GHOST, va="top")
    top.set(ylabel="curvature f″", ylim=(0, None))
    middle.plot(epoch, uncertain, color=INK)
    middle.axhline(dt, color=MUTED, linestyle="--", linewidth=1.2)
    middle.text(epoch[0], 0.92 * dt, "one time step", color=MUTED, va="top")
    middle.set(ylabel="unsure for (ms)", ylim=(0, None))
    bottom.axhline(2 / alpha, color=MUTED, linestyle="--", linewidth=1.2)
    bottom.text(0.01 * epoch[-1], 2 / alpha - 5, "2/α", color=MUTED, va="top")
    bottom.plot(epoch, sharpness, color=GRADIENT, linewidth=1.4)
    bottom.set(ylabel="sharpness", xlabel="epoch", xlim=(0, None), ylim=(500, 760))
    thousands(bottom)
    return figure


def fig_3b_course(course, birth, fall):
    """Fig. 3B, left: loss, gradient norm and number of fixed points against the epoch.

    course : FixedPointCourse.
    birth, fall : the epochs at which the ghost appears, and from which on the output is silent.
    """
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(WIDTH, 6.6), sharex=True)
    start, end = course.jump - 60, fall + 60
    epoch = np.arange(start, end)
    top.plot(epoch, course.loss[start:end], color=LOSS, linewidth=1.2)
    top.set(ylabel="loss", ylim=(0, 1.1), yticks=(0, 0.5, 1))
    middle.semilogy(epoch, course.gradient_norm[start:end], color=GRADIENT, linewidth=1.2)
    middle.set(ylabel="gradient norm (log scale)", ylim=(course.gradient_norm[fall] / 20, 200))
    label_powers(middle.yaxis)
    bottom.step(epoch, course.number_everywhere[start:end], where="post", color=INK)
    bottom.axvline(birth, color=GHOST, linewidth=1.2)
    label(bottom, "a ghost", (birth, 2.6), (-4, 0), color=GHOST, ha="right")
    bottom.set(ylabel="fixed points", yticks=(1, 2, 3), ylim=(0.5, 3.6), xlabel="epoch", xlim=(start, end - 1))
    for axes in (top, middle, bottom):
        shade_zone(axes, fall, end)
    text = {"color": MUTED, "ha": "center", "bbox": HALO}
    top.text((fall + end) / 2, 0.3, "no-learning\nzone", va="center", **text)
    return figure


def fig_3b_flows(before, fold, after, epoch, task):
    """Fig. 3B, right: the flow before the last update, at the saddle-node on the way, and after it.

    before, after : single networks, one update apart; fold : SaddleNode between them; epoch : that of `after`.
    """
    figure, panels = plt.subplots(3, 1, figsize=(WIDTH, 7.4), sharex=True, sharey=True)
    titles = (
        f"epoch {epoch - 1:,}: a ghost",
        f"{fold.share:.0%} of one update: saddle-node",
        f"epoch {epoch:,}: caught",
    )
    for axes, network, title in zip(panels, (before, fold.network, after), titles, strict=True):
        draw_latent_flow(axes, network, task, reach=6.5)
        axes.set(title=title, xlabel="", ylim=(-0.75, 1.5))
    kappa0 = float(before.kappa0(task))
    label(panels[0], "κ(0)", (kappa0, 0), (4, -16), color=GRADIENT)
    below = {"xytext": (0, -16), "textcoords": "offset points", "ha": "center"}
    for point in slow_points(after):
        if point.position < task.kappa_star:
            panels[-1].annotate(point.kind, (point.position, 0), **below)
    panels[-1].set_xlabel("latent variable κ")
    return figure


def rounding(history, jump, shown):
    """Copies of one network that differ by rounding: their losses, and how far apart they are.

    history : History of the copies, every epoch; jump : the epoch of the jump; shown : the first and the last epoch.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.4), sharex=True)
    first, last = shown
    epoch = np.arange(first, last + 1)
    for losses in history.loss[:SOME]:
        top.plot(epoch, losses[first : last + 1], color=LOSS, linewidth=0.8, alpha=0.7)
    top.set(ylabel="loss", ylim=(0, 1.12), yticks=(0, 0.5, 1))
    apart = np.ptp(history.loss, axis=0) / history.loss.mean(axis=0)
    bottom.semilogy(epoch, np.maximum(apart[first : last + 1], 1e-8), color=INK, linewidth=1.4)
    bottom.set(ylabel="spread (relative, log scale)", xlabel="epoch", xlim=shown, ylim=(3e-8, 30))
    label_powers(bottom.yaxis)
    for axes in (top, bottom):
        axes.axvline(jump, color=INK, linewidth=1)
    label(bottom, "the jump", (jump, 8e-8), (4, 0))
    top.text(last, 1.03, "trapped", color=MUTED, ha="right", va="bottom")
    return figure


def fig_s1(sweep, model, T):
    """Fig. S1 above Fig. 2D: mean loss ± s.e.m. over the learning rate after several numbers of epochs.

    sweep : NetworkLosses of `experiments.FIG_S1`, its loss in units of T.
    model : Sweep of `experiments.FIG_2D`, its loss in time units; T : its delay.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 8.0))
    _draw_sweep(top, sweep, 1.0)
    _draw_sweep(bottom, model, T)
    top.set(title="one hundred units, rank one (Fig. S1)", ylim=(2e-3, 1.6))
    top.text(sweep.alpha[0] * 1.1, 0.06, "epochs:", color=LOSS, va="center")
    for axes in (top, bottom):
        axes.text(0.985, 0.9, "trapped", transform=axes.transAxes, ha="right", va="top", color=MUTED)
    bottom.set(title="toy model (Fig. 2D)", ylim=(1.5e-3, 1.6))
    bottom.axvline(float(toy.alpha_star(T)), color=CLAIM, linestyle="--", linewidth=1.2)
    label(bottom, "paper: α*", (float(toy.alpha_star(T)), 2.2e-3), (4, 0), color=CLAIM)
    for axes in (top, bottom):
        axes.set(xlabel="learning rate α (log scale)", ylabel="loss / T (log scale)")
        label_powers(axes.xaxis, axes.yaxis)
    return figure


def _draw_sweep(axes, sweep, unit):
    mean, error = sweep.mean() / unit, sweep.sem() / unit
    axes.set(xscale="log", yscale="log", xlim=(sweep.alpha[0], sweep.alpha[-1]))
    for column, epochs in enumerate(sweep.epochs):
        # The earlier the fainter: the same quantity at several moments.
        strength = 0.3 + 0.7 * column / (len(sweep.epochs) - 1)
        style = {"color": LOSS, "alpha": strength, "linewidth": 1.3, "elinewidth": 0.8}
        axes.errorbar(sweep.alpha, mean[:, column], yerr=error[:, column], **style)
        falls = sweep.alpha[np.argmax(mean[:, column] < 0.5)]
        name = f"{epochs // 1000}k" if epochs >= 1000 else str(epochs)
        axes.text(falls, 0.06, name, rotation=90, color=LOSS, ha="center", va="center", bbox=HALO, zorder=4)


def outline(values, columns=COLUMNS):
    """Epochs and values of a curve that looks the same on paper: the least and the largest of each of many columns.

    Parameters
    ----------
    values : array (E,)
        One per epoch, from 0 on.
    columns : int, default 600

    Returns
    -------
    epoch, value : arrays of at most 2·columns
    """
    values = np.asarray(values)
    edges = np.unique(np.linspace(0, values.size, columns + 1).astype(int))
    places = []
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        part = values[start:stop]
        places += sorted({start + int(np.argmin(part)), start + int(np.argmax(part))})
    return np.array(places), values[places]


def thousands(axes):
    """Write epochs on the horizontal axis as 100k, 200k, …"""
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:g}k" if value else "0")
