"""Figures of the phenomenon (chapter 01): the plateau, the jump, and two ways of forecasting it."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.plots.style import CLAIM, CONFIDENCE, GRADIENT, INK, LOSS, MUTED, OPTIMUM, WIDTH, label, label_powers
from ghostlib.training import train


NEAR = 12  # epochs shown on either side of the jump


def abrupt_learning(epoch, loss, accuracy, jump):
    """A training from afar, loss and accuracy, and the loss close to the `jump`, every epoch a dot.

    epoch, loss, accuracy : arrays (E,), every epoch from 0 on.
    jump : the epoch at which the loss is first below one half.
    """
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(WIDTH, 6.6), height_ratios=(1, 0.8, 1))
    top.plot(epoch, loss, color=LOSS, linewidth=1.2)
    label(top, "the plateau", (0.5 * jump, 1), (0, -9), ha="center", va="top")
    top.set(xlim=(0, epoch[-1]), ylim=(0, 1.12), ylabel="loss")
    middle.plot(epoch, accuracy, color=OPTIMUM, linewidth=1.2)
    middle.text(0.5 * jump, 0.53, "silent: right half of the time", color=MUTED, ha="center", va="bottom")
    middle.set(xlim=(0, epoch[-1]), ylim=(0.4, 1.05), yticks=(0.5, 1), ylabel="accuracy", xlabel="epoch")
    near = slice(max(0, jump - NEAR), jump + NEAR + 1)
    bottom.plot(epoch[near], loss[near], "o-", color=LOSS, linewidth=1, markersize=4)
    bottom.axvline(jump, color=MUTED, linewidth=0.8)
    label(bottom, f"epoch {jump:,}", (jump, 1.1), (4, 0), color=MUTED, va="top")
    bottom.set(
        xlim=(jump - NEAR, jump + NEAR),
        ylim=(0, 1.12),
        xticks=(jump - 10, jump - 5, jump, jump + 5, jump + 10),
        xlabel="epoch, close to the jump",
        ylabel="loss",
    )
    bottom.xaxis.set_major_formatter("{x:.0f}")
    return figure


def before_and_after(task, outputs, titles):
    """The output over the trial at several moments of a training, one panel each, against its target.

    outputs : sequence of arrays (2T,).
    titles : sequence of str, as long.
    """
    figure, panels = plt.subplots(len(outputs), 1, figsize=(WIDTH, 1.45 * len(outputs) + 0.4), sharex=True)
    delay = task.T * task.dt
    for axes, output, title in zip(panels, outputs, titles, strict=True):
        axes.plot([0, delay, delay, 2 * delay], [0, 0, 1, 1], color=OPTIMUM, linewidth=1.2)
        axes.plot(task.time, output, color=INK, marker="o", markersize=2.5, linewidth=1.2)
        axes.set(title=title, ylim=(-0.1, 1.15), yticks=(0, 1), ylabel="output")
    panels[0].text(1.03 * delay, 0.9, "target", color=OPTIMUM, va="top")
    panels[0].text(0.35 * delay, 0.12, "output", ha="center")
    panels[-1].set(xlim=(0, 2 * delay), xlabel="time (ms)")
    return figure


def two_forecasts(epoch, by_loss, by_law, jump):
    """How many epochs are still to go until the `jump`: in truth, by a straight line through the loss, by our law.

    epoch, by_loss, by_law : arrays (E,), epochs before `jump`.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.9))
    axes.semilogy(epoch, by_loss, color=LOSS)
    axes.semilogy(epoch, by_law, color=GRADIENT)
    axes.semilogy(epoch, jump - epoch, color=INK, linestyle=(0, (4, 2)), linewidth=1.4)
    label(
        axes,
        "a ruler laid on the loss",
        (epoch[-1] / 2, by_loss[epoch.size // 2]),
        (0, -8),
        color=LOSS,
        ha="right",
        va="top",
    )
    label(
        axes, "(1 − loss) / (α · norm²)", (epoch[-1] / 2, by_law[epoch.size // 2]), (0, 7), color=GRADIENT, ha="center"
    )
    label(axes, "the truth", (epoch[-1] / 2, jump - epoch[-1] / 2), (0, -8), ha="center", va="top")
    axes.set(xlim=(0, 1.02 * jump), ylim=(1, 1e8), xlabel="epoch", ylabel="epochs to go (log scale)")
    label_powers(axes.yaxis)
    return figure


def standing(seed, alpha, stand, end, *, c=10.0):
    """A plateau, the forecast made at the epoch `stand` by Eq. (B26), and what came, until shortly after the jump.

    end : where the axis ends.
    """
    task, network = DelayedActivation(), RankOne.initial([seed])
    history = train(network, task, alpha, end, c)
    there = train(network, task, alpha, stand, c).networks if stand else network
    forecast = stand + plateau_duration(there, task, alpha, c)[0]
    jump = int(outcomes.jump(history.loss[0]))
    shown = slice(0, jump + 150 if jump >= 0 else end)
    figure, axes = plt.subplots(figsize=(WIDTH, 3.0))
    axes.plot(history.epoch[shown], history.loss[0, shown], color=LOSS, linewidth=1.2)
    axes.plot(stand, history.loss[0, stand], "o", color=LOSS)
    label(axes, "you stand here", (stand, 1), (5, -9), ha="right", va="top", color=LOSS)
    axes.axvline(forecast, color=GRADIENT, linestyle=(0, (4, 2)), linewidth=1.2)
    label(axes, "the law’s forecast", (forecast, 0.06), (5, 0), color=GRADIENT)
    axes.set(xlim=(0, end), ylim=(0, 1.15), xlabel="epoch", ylabel="loss")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    return figure


def hundred_plateaus(forecast, jump, stop, learned):
    """When each network jumps, over the forecast made before its first epoch; and where the paper's training stops.

    forecast, jump : arrays (B,), in epochs.
    stop, learned : the paper's number of epochs, and of networks that learn within them.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.2))
    low, high = 0.92 * min(jump.min(), forecast.min()), 1.03 * max(jump.max(), forecast.max())
    axes.plot([low, high], [low, high], color=MUTED, linewidth=0.8)
    axes.text(0.8 * high, 0.83 * high, "as forecast", color=MUTED, ha="right")
    axes.plot(forecast, jump, "o", color=INK, markersize=4)
    axes.axhline(stop, color=CLAIM, linestyle="--", linewidth=1.2)
    late = np.count_nonzero(jump > stop)
    axes.text(low * 1.03, stop + 90, f"paper: training\nstops at {stop:,}", color=CLAIM, va="bottom")
    axes.text(high, stop + 90, f"{late} later", ha="right", va="bottom")
    axes.text(high, stop - 110, f"{jump.size - late} before", ha="right", va="top")
    axes.text(high, stop - 510, f"paper: {learned}", color=CLAIM, ha="right", va="top")
    axes.set(xlim=(low, high), ylim=(low, high), xlabel="forecast at epoch 0", ylabel="epoch of the jump")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")
    return figure


def plateau_knobs(alpha, by_alpha, c, by_c, law):
    """The plateau over the learning rate and over the confidence: measured, and a law that knows no network.

    alpha, by_alpha : arrays (A,), learning rates and the epochs of the jump there.
    c, by_c : the same for the confidence.
    law : function of alpha and c, in epochs; drawn at c = 10 in the upper panel and at α = 0.02 in the lower one.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 6.2))
    fine = np.geomspace(alpha.min() / 1.5, alpha.max() * 1.5, 50)
    top.loglog(fine, law(fine, 10.0), color=MUTED, linewidth=1.2)
    top.loglog(alpha, by_alpha, "o", color=INK, markersize=5)
    top.set(xlim=(fine[0], fine[-1]), xlabel="learning rate α (log scale)", ylabel="plateau, epochs (log scale)")
    label_powers(top.xaxis)
    fine = np.linspace(c.min() - 0.5, c.max() + 0.5, 100)
    bottom.semilogy(fine, law(0.02, fine), color=MUTED, linewidth=1.2)
    bottom.semilogy(c, by_c, "o", color=CONFIDENCE[-1], markersize=5)
    bottom.set(xlim=(fine[0], fine[-1]), xlabel="confidence c", ylabel="plateau, epochs (log scale)")
    for axes, at, law_text in ((top, (alpha[1], by_alpha[1]), "∝ 1/α"), (bottom, (c[-3], by_c[-3]), "∝ eᶜ/c²")):
        away, side = (10, "left") if axes is top else (-10, "right")
        label(axes, law_text, at, (away, 6), color=MUTED, ha=side)
        label_powers(axes.yaxis)
    return figure
