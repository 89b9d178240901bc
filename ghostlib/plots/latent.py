"""Figures of trained rank-one networks and their latent flow (chapter 06): Figs. 3A, 3B, S1 and what is behind them."""

import numpy as np
from matplotlib.ticker import MultipleLocator

from ghostlib import toy
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.plots.descent import draw_sweep
from ghostlib.plots.marks import HALO, epoch_axis, hline, label, log_axes, panels, shade_zone, vline
from ghostlib.plots.network import draw_latent_flow
from ghostlib.plots.style import CLAIM, GHOST, GRADIENT, GRID, INK, LOSS, MUTED, OPTIMUM


SOME = 5  # copies drawn
STAGES = "(i)", "(ii)", "(iii)"
COLUMNS = 600  # of a curve with many more epochs than pixels


def fig_3a_course(course, stages):
    """Fig. 3A, left: loss and gradient norm against the epoch, with the stages at which the flow is shown.

    course : FixedPointCourse of `experiments.FIG_3A`; `stages` its three epochs.
    """
    figure, (top, bottom) = panels(2, 5.0)
    top.plot(*outline(course.loss), color=LOSS, linewidth=1.2)
    bottom.plot(*outline(course.gradient_norm), color=GRADIENT, linewidth=1.2)
    for name, stage in zip(STAGES, stages, strict=True):
        vline(top, stage, CLAIM, name, away=(-4 if stage > 0.8 * course.loss.size else 4, 0))
        vline(bottom, stage, CLAIM)
    log_axes(top, y="loss")
    log_axes(bottom, y="gradient norm")
    top.set_ylim(4e-5, 4)
    bottom.set(xlabel="epoch", xlim=(0, course.loss.size - 1))
    thousands(bottom)
    return figure


def fig_3a_flows(networks, stages, task):
    """Fig. 3A, right: the latent flow at the three stages, with κ(0) in red.

    networks : RankOne (3,), at the epochs `stages`.
    """
    figure, all_axes = panels(3, 7.4)
    for axes, name, stage, network in zip(all_axes, STAGES, stages, networks, strict=True):
        draw_latent_flow(axes, network, task, reach=8.0)
        axes.set(title=f"{name} epoch {stage:,}", xlabel="", ylim=(-1.6, 4.2))
    all_axes[0].set_ylim(-4.2, 4.2)
    label(all_axes[0], "κ(0)", (float(networks[0].kappa0(task)), 0), (-4, -5), color=GRADIENT)
    all_axes[-1].set_xlabel("latent variable κ")
    return figure


def jump(epoch, loss, resting, rise, kappa_star, events):
    """The jump under the magnifying glass: loss, where the state comes to rest, and how steeply the flow rises.

    epoch : array (E,); loss, resting, rise : arrays (E,), the loss, the stable fixed point, and the largest f′.
    events : the epochs of the jump, the birth of the ghost, and the first rise of the loss.
    """
    figure, (top, middle, bottom) = panels(3, 6.8)
    names = ("the jump", -4, INK), ("a ghost\nis born", -4, GHOST), ("oscil-\nlations", 4, GRADIENT)
    for (name, aside, colour), at in zip(names, events, strict=True):
        vline(top, at, colour)
        label(top, name, (at, 1.2), (aside, -1), color=colour)
        vline(middle, at, colour)
        vline(bottom, at, colour)
    top.plot(epoch, loss, color=LOSS)
    top.set(ylim=(0, 1.22), ylabel="loss", yticks=(0, 0.5, 1))
    middle.plot(epoch, resting, color=INK)
    hline(middle, kappa_star, linestyle="--")
    beside = {"color": MUTED, "bbox": HALO}
    label(middle, "κ*: above it the output is 1", (epoch[-1], kappa_star), (-1, -4), **beside)
    middle.set(ylabel="fixed point κ", ylim=(0, None))
    bottom.plot(epoch, rise, color=INK)
    hline(bottom, 0, linewidth=0.8)
    label(bottom, "below 0: f falls everywhere,\nand there is no ghost", (epoch[-1], -0.72), (-1, 1), **beside)
    bottom.set(ylabel="largest slope f′", ylim=(-1, 0.25))
    epoch_axis(bottom, epoch[0], epoch[-1])
    bottom.xaxis.set_major_locator(MultipleLocator(200))
    return figure


def order_of_events(low, high):
    """The first ghost, sharp valley and rise of the loss of each network, in epochs since its jump; earliest first.

    low, high : `EventOrder` at the lower and at the higher learning rate.
    """
    figure, all_axes = panels(2, 8.0, height_ratios=(3, 2), sharex=False)
    marks = (
        ("sharp", "valley sharper than 2/α", {"marker": "|", "color": INK}),
        ("ghost", "first ghost", {"marker": "o", "color": GHOST, "s": 10}),
        ("rise", "first rise of the loss", {"marker": "x", "color": GRADIENT, "s": 12, "linewidth": 1.2}),
    )
    for axes, order in zip(all_axes, (low, high), strict=True):
        place = np.argsort(np.argsort(order.events.jump))
        for name, text, style in marks:
            epoch = getattr(order.events, name)
            found = epoch >= 0
            axes.scatter((epoch - order.events.jump)[found], place[found], label=text, **style)
        axes.set(title=f"α = {order.alpha:g}", ylabel="network, by epoch of its jump", yticks=())
        vline(axes, 0, linewidth=1)
    all_axes[-1].set_xlabel("epochs since the jump")
    figure.legend(*all_axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=1)
    return figure


def waiting(networks, names, waits, task):
    """How two networks wait: κ over the trial, the stretch around the ghost where f is below twice its slowest.

    networks : RankOne (2,); names : their labels; waits : their `Wait` records.
    """
    figure, all_axes = panels(2, 5.4)
    time = task.dt * np.arange(task.steps + 1)
    for axes, network, name, wait in zip(all_axes, networks, names, waits, strict=True):
        ghost, floor = wait.ghost.position, float(network.kappa0(task)) - 0.6
        axes.axhspan(max(ghost - wait.width, floor), ghost + wait.width, color=GHOST, alpha=0.12, linewidth=0)
        hline(axes, ghost, GHOST, "ghost", away=(-1, 2))
        hline(axes, task.kappa_star, MUTED, "κ*: the output turns on", at=0, away=(2, 2), linestyle="--")
        axes.plot(time, network.latent(task), "-", color=GRID, linewidth=1)
        axes.plot(time, network.latent(task), "o", color=INK, markersize=3.2)
        axes.set(title=name, ylabel="κ", ylim=(floor, 6.9), xlim=(0, time[-1]))
    vline(all_axes[0], task.T * task.dt, OPTIMUM, "T")
    vline(all_axes[1], task.T * task.dt, OPTIMUM)
    all_axes[-1].set_xlabel("time (ms)")
    return figure


def escape(epoch, ghost, bend, rise_time, sharpness, alpha, dt):
    """The way out of the oscillations: how sharply the flow bends, how long the output is unsure, how steep the valley.

    epoch, and over it: ghost, f″ at the ghost; bend, the largest f″ between κ(0) and κ*; rise_time, ms; sharpness, the
    Hessian's largest eigenvalue halfway between successive epochs.
    alpha : the learning rate; dt : the time step, ms.
    """
    figure, (top, middle, bottom) = panels(3, 7.2)
    at = int(0.45 * len(epoch))
    top.plot(epoch, bend, color=INK)
    top.plot(epoch, ghost, color=GHOST)
    label(top, "largest on the way to κ*", (epoch[at], bend[at]), (-1, 5))
    label(top, "at the ghost", (epoch[at], 0.6 * ghost[at]), (1, -1), color=GHOST)
    top.set(ylabel="curvature f″", ylim=(0, None))
    middle.plot(epoch, rise_time, color=INK)
    hline(middle, dt, MUTED, "one time step", at=0.02, away=(4, -4), linestyle="--")
    middle.set(ylabel="unsure for (ms)", ylim=(0, None))
    hline(bottom, 2 / alpha, MUTED, "2/α", at=0, away=(4, -3), linestyle="--")
    bottom.plot(epoch, sharpness, color=GRADIENT, linewidth=1.4)
    bottom.set(ylabel="sharpness", xlabel="epoch", xlim=(0, None), ylim=(500, 760))
    thousands(bottom)
    return figure


def fig_3b_course(course, birth, fall):
    """Fig. 3B, left: loss, gradient norm and number of fixed points against the epoch.

    course : FixedPointCourse.
    birth, fall : the epochs at which the ghost appears, and from which on the output is silent.
    """
    figure, (top, middle, bottom) = panels(3, 6.6)
    start, end = course.jump - 60, fall + 60
    epoch = np.arange(start, end)
    top.plot(epoch, course.loss[start:end], color=LOSS, linewidth=1.2)
    top.set(ylabel="loss", ylim=(0, 1.1), yticks=(0, 0.5, 1))
    middle.plot(epoch, course.gradient_norm[start:end], color=GRADIENT, linewidth=1.2)
    log_axes(middle, y="gradient norm")
    middle.set_ylim(course.gradient_norm[fall] / 20, 200)
    bottom.step(epoch, course.number_everywhere[start:end], where="post", color=INK)
    vline(bottom, birth, GHOST, "a ghost", at=0.7, away=(-4, 0))
    bottom.set(ylabel="fixed points", yticks=(1, 2, 3), ylim=(0.5, 3.6), xlabel="epoch", xlim=(start, end - 1))
    for axes in (top, middle, bottom):
        shade_zone(axes, fall, end)
    label(top, "no-\nlearning\nzone", ((fall + end) / 2, 0.3), color=MUTED, bbox=HALO)
    return figure


def fig_3b_flows(before, fold, after, epoch, task):
    """Fig. 3B, right: the flow before the last update, at the saddle-node on the way, and after it.

    before, after : single networks, one update apart; fold : SaddleNode between them; epoch : that of `after`.
    """
    figure, all_axes = panels(3, 7.4, sharey=True)
    titles = (
        f"epoch {epoch - 1:,}: a ghost",
        f"{fold.share:.0%} of one update: saddle-node",
        f"epoch {epoch:,}: caught",
    )
    for axes, network, title in zip(all_axes, (before, fold.network, after), titles, strict=True):
        draw_latent_flow(axes, network, task, reach=6.5)
        axes.set(title=title, xlabel="", ylim=(-0.75, 1.5))
    label(all_axes[0], "κ(0)", (float(before.kappa0(task)), 0), (4, -5), color=GRADIENT)
    for point in slow_points(after):
        if point.position < task.kappa_star:
            label(all_axes[-1], point.kind, (point.position, 0), (-4 if point.kind == "stable" else 4, -6))
    all_axes[-1].set_xlabel("latent variable κ")
    return figure


def rounding(history, jump, shown):
    """Copies of one network that differ by rounding: their losses, and how far apart they are.

    history : History of the copies, every epoch; jump : the epoch of the jump; shown : the first and the last epoch.
    """
    figure, (top, bottom) = panels(2, 5.4)
    first, last = shown
    epoch = np.arange(first, last + 1)
    for losses in history.loss[:SOME]:
        top.plot(epoch, losses[first : last + 1], color=LOSS, linewidth=0.8, alpha=0.7)
    top.set(ylabel="loss", ylim=(0, 1.12), yticks=(0, 0.5, 1))
    label(top, "trapped", (last, 1), (-1, 3), color=MUTED)
    apart = np.ptp(history.loss, axis=0) / history.loss.mean(axis=0)
    bottom.plot(epoch, np.maximum(apart[first : last + 1], 1e-8), color=INK, linewidth=1.4)
    log_axes(bottom, y="relative spread")
    bottom.set(xlabel="epoch", xlim=shown, ylim=(3e-8, 30))
    vline(top, jump, INK)
    vline(bottom, jump, INK, "the jump", at=0.06)
    return figure


def fig_s1(sweep, model, T):
    """Fig. S1 above Fig. 2D: mean loss ± s.e.m. over the learning rate after several numbers of epochs.

    sweep : NetworkLosses of `experiments.FIG_S1`, its loss in units of T.
    model : Sweep of `experiments.FIG_2D`, its loss in time units; T : its delay.
    """
    figure, (top, bottom) = panels(2, 8.0, sharex=False)
    for axes, each, unit in ((top, sweep, 1.0), (bottom, model, T)):
        draw_sweep(axes, each, unit)
        axes.set_xlim(each.alpha[0], each.alpha[-1])
        for epochs, mean in zip(each.epochs, each.mean().T / unit, strict=True):
            falls = each.alpha[np.argmax(mean < 0.5)]
            name = f"{epochs // 1000}k" if epochs >= 1000 else str(epochs)
            label(axes, name, (falls, 0.06), rotation=90, color=LOSS, bbox=HALO, zorder=4)
        label(axes, "trapped", (0.985, 0.9), (-1, -1), xycoords="axes fraction", color=MUTED)
    label(top, "epochs:", (sweep.alpha[0], 0.06), (6, 0), color=LOSS)
    top.set(title="one hundred units, rank one (Fig. S1)", ylim=(2e-3, 1.6))
    bottom.set(title="toy model (Fig. 2D)", ylim=(1.5e-3, 1.6))
    vline(bottom, float(toy.alpha_star(T)), CLAIM, "paper: α*", at=0.06)
    return figure


def outline(values, columns=COLUMNS):
    """Epochs and values of a curve that looks the same on paper: the least and the largest of each of many columns.

    values : array (E,), one per epoch, from 0 on. Returns two arrays of at most 2 · `columns`.
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
