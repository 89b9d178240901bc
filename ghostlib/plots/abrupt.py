"""Figures of the phenomenon (chapter 01): the plateau, the jump, and two ways of forecasting it."""

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.plots.marks import epoch_axis, hline, label, log_axes, panels, vline
from ghostlib.plots.style import CLAIM, CONFIDENCE, GRADIENT, INK, LOSS, MUTED, OPTIMUM
from ghostlib.training import train


NEAR = 12  # epochs shown on either side of the jump


def abrupt_learning(epoch, loss, accuracy, jump):
    """A training from afar, loss and accuracy, and the loss close to the `jump`, every epoch a dot.

    epoch, loss, accuracy : arrays (E,), every epoch from 0 on.
    jump : the epoch at which the loss is first below one half.
    """
    figure, (top, middle, bottom) = panels(3, 6.6, height_ratios=(1, 0.8, 1), sharex=False)
    top.plot(epoch, loss, color=LOSS, linewidth=1.2)
    label(top, "the plateau", (0.5 * jump, 1), (0, -9))
    top.set(xlim=(0, epoch[-1]), ylim=(0, 1.12), ylabel="loss")
    middle.plot(epoch, accuracy, color=OPTIMUM, linewidth=1.2)
    label(middle, "silent: right half of the time", (0.5 * jump, 0.5), (0, 4), color=MUTED)
    middle.set(xlim=(0, epoch[-1]), ylim=(0.4, 1.05), yticks=(0.5, 1), ylabel="accuracy", xlabel="epoch")
    near = slice(max(0, jump - NEAR), jump + NEAR + 1)
    bottom.plot(epoch[near], loss[near], "o-", color=LOSS, linewidth=1, markersize=4)
    vline(bottom, jump, MUTED, f"epoch {jump:,}", linewidth=0.8)
    bottom.set(ylim=(0, 1.12), xticks=np.arange(-10, 11, 5) + jump, ylabel="loss")
    epoch_axis(bottom, jump - NEAR, jump + NEAR, "epoch, close to the jump")
    return figure


def before_and_after(task, outputs, titles):
    """The output over the trial at several moments of a training, one panel each, against its target.

    outputs : sequence of arrays (2T,).
    titles : sequence of str, as long.
    """
    figure, all_axes = panels(len(outputs), 1.45 * len(outputs) + 0.4)
    delay = task.T * task.dt
    for axes, output, title in zip(all_axes, outputs, titles, strict=True):
        axes.plot([0, delay, delay, 2 * delay], [0, 0, 1, 1], color=OPTIMUM, linewidth=1.2)
        axes.plot(task.time, output, color=INK, marker="o", markersize=2.5, linewidth=1.2)
        axes.set(title=title, ylim=(-0.1, 1.15), yticks=(0, 1), ylabel="output")
    label(all_axes[0], "target", (delay, 0.9), (5, -1), color=OPTIMUM)
    label(all_axes[0], "output", (0.35 * delay, 0.12), (0, 1))
    all_axes[-1].set(xlim=(0, 2 * delay), xlabel="time (ms)")
    return figure


def two_forecasts(epoch, by_loss, by_law, jump):
    """How many epochs are still to go until the `jump`: in truth, by a straight line through the loss, by our law.

    epoch, by_loss, by_law : arrays (E,), epochs before `jump`.
    """
    figure, axes = panels(1, 3.9)
    middle, half = epoch[-1] / 2, epoch.size // 2
    axes.plot(epoch, by_loss, color=LOSS)
    axes.plot(epoch, by_law, color=GRADIENT)
    axes.plot(epoch, jump - epoch, color=INK, linestyle=(0, (4, 2)), linewidth=1.4)
    label(axes, "a ruler laid on the loss", (middle, by_loss[half]), (-1, -8), color=LOSS)
    label(axes, "(1 − loss) / (α · norm²)", (middle, by_law[half]), (0, 5), color=GRADIENT)
    label(axes, "the truth", (middle, jump - middle), (0, -8))
    log_axes(axes, y="epochs to go")
    axes.set(xlim=(0, 1.02 * jump), ylim=(1, 1e8), xlabel="epoch")
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
    figure, axes = panels(1, 3.0)
    axes.plot(history.epoch[shown], history.loss[0, shown], color=LOSS, linewidth=1.2)
    axes.plot(stand, history.loss[0, stand], "o", color=LOSS)
    label(axes, "you stand here", (stand, 1), (-1, -9), color=LOSS)
    vline(axes, forecast, GRADIENT, linestyle="--")
    label(axes, "the law’s forecast", (forecast, 0.06), (5, 0), color=GRADIENT)
    axes.set(ylim=(0, 1.15), ylabel="loss")
    epoch_axis(axes, 0, end)
    return figure


def hundred_plateaus(forecast, jump, stop, learned):
    """When each network jumps, over the forecast made before its first epoch; and where the paper's training stops.

    forecast, jump : arrays (B,), in epochs.
    stop, learned : the paper's number of epochs, and of networks that learn within them.
    """
    figure, axes = panels(1, 4.2)
    low, high = 0.92 * min(jump.min(), forecast.min()), 1.03 * max(jump.max(), forecast.max())
    late = np.count_nonzero(jump > stop)
    axes.plot([low, high], [low, high], color=MUTED, linewidth=0.8)
    label(axes, "as forecast", (0.82 * high, 0.82 * high), (-6, 3), color=MUTED)
    axes.plot(forecast, jump, "o", color=INK, markersize=4)
    hline(axes, stop, CLAIM, f"paper: training\nstops at {stop:,}", at=0.02, away=(1, 3))
    label(axes, f"{late} later", (high, stop), (-1, 3))
    label(axes, f"{jump.size - late} before", (high, stop), (-1, -4))
    label(axes, f"paper: {learned}", (high, stop), (-1, -20), color=CLAIM)
    axes.set(ylim=(low, high), ylabel="epoch of the jump")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    epoch_axis(axes, low, high, "forecast at epoch 0")
    return figure


def plateau_knobs(alpha, by_alpha, c, by_c, law):
    """The plateau over the learning rate and over the confidence: measured, and a law that knows no network.

    alpha, by_alpha : arrays (A,), learning rates and the epochs of the jump there.
    c, by_c : the same for the confidence.
    law : function of alpha and c, in epochs; drawn at c = 10 in the upper panel and at α = 0.02 in the lower one.
    """
    figure, (top, bottom) = panels(2, 6.2, sharex=False)
    fine = np.geomspace(alpha.min() / 1.5, alpha.max() * 1.5, 50)
    top.plot(fine, law(fine, 10.0), color=MUTED, linewidth=1.2)
    top.plot(alpha, by_alpha, "o", color=INK, markersize=5)
    label(top, "∝ 1/α", (alpha[1], by_alpha[1]), (10, 6), color=MUTED)
    log_axes(top, "learning rate α", "plateau, epochs")
    top.set(xlim=(fine[0], fine[-1]))
    fine = np.linspace(c.min() - 0.5, c.max() + 0.5, 100)
    bottom.plot(fine, law(0.02, fine), color=MUTED, linewidth=1.2)
    bottom.plot(c, by_c, "o", color=CONFIDENCE[-1], markersize=5)
    label(bottom, "∝ eᶜ/c²", (c[-3], by_c[-3]), (-10, 6), color=MUTED)
    log_axes(bottom, y="plateau, epochs")
    bottom.set(xlim=(fine[0], fine[-1]), xlabel="confidence c")
    return figure
