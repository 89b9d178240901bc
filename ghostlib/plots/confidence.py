"""Figures of the rescue (chapter 07): Fig. 4, the slope that a lower confidence opens, and what comes afterwards."""

import numpy as np
from matplotlib.ticker import NullFormatter
from scipy.special import expit

from ghostlib.outcomes import has_task
from ghostlib.plots.landscape import draw_slopes
from ghostlib.plots.marks import apart, epoch_axis, hline, label, log_axes, panels, vline
from ghostlib.plots.network import draw_latent_flow, draw_story
from ghostlib.plots.style import CLAIM, CONFIDENCE, DEAD, GRADIENT, INK, MUTED, OPTIMUM


FAINTEST = 1e-18  # of a gradient norm that is drawn; what is smaller lies below the picture


def fig_4(lowered, shown, wanted=(0.001, 0.05, 2.0, 10.0)):
    """Fig. 4: accuracy and gradient norm around the epoch at which the confidence is lowered, mean ± s.e.m.

    lowered : Lowered of `experiments.FIG_4`; `shown` its first and last epoch; `wanted` the confidences drawn.
    """
    figure, (top, bottom) = panels(2, 6.4)
    start = lowered.before.epoch[-1]
    rows, ends = [lowered.nearest(c) for c in wanted], []
    for row, colour in zip(rows, (*CONFIDENCE, INK), strict=True):
        epoch, accuracy = lowered.around(row, start - shown[0], "accuracy")
        _, norm = lowered.around(row, start - shown[0], "gradient_norm")
        ends.append(_draw_mean(top, epoch, accuracy, colour, lambda x: x))
        _draw_mean(bottom, epoch, np.log10(np.maximum(norm, FAINTEST)), colour, lambda x: 10**x)
    names = [f"c = {float(f'{lowered.confidences[row]:.1g}'):g}" for row in rows]
    for name, height, colour in zip(names, apart(ends, 0.045), (*CONFIDENCE, INK), strict=True):
        label(top, name, (shown[1], height), (5, 0), color=colour, annotation_clip=False)
    vline(top, start, MUTED, "c lowered", away=(-5, 0), linewidth=0.8)
    vline(bottom, start, MUTED, linewidth=0.8)
    top.set(ylim=(0.45, 1.02), ylabel="accuracy, trapped networks")
    log_axes(bottom, y="gradient norm")
    epoch_axis(bottom, *shown)
    return figure


def _draw_mean(axes, epoch, values, colour, written):
    """Mean ± s.e.m. of the networks (B, E), drawn as ``written(…)`` of these; returns the last mean."""
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))
    axes.fill_between(epoch, written(mean - error), written(mean + error), color=colour, alpha=0.25, linewidth=0)
    axes.plot(epoch, written(mean), color=colour, linewidth=1.4)
    return mean[-1]


def trapped_counts(trapped, paper, learned, paper_learned):
    """How many networks are trapped, over repeats that differ by rounding, and the paper's one count.

    trapped, learned : int arrays (repeats,).
    """
    figure, axes = panels(1, 3.3)
    rows = (trapped, paper, INK, "trapped"), (learned, paper_learned, OPTIMUM, "learned")
    for counts, claim, colour, words in rows:
        values, heights = np.unique(counts, return_counts=True)
        axes.bar(values, heights, width=0.8, color=colour)
        vline(axes, claim, CLAIM, f"paper: {claim}")
        label(axes, words, (np.median(counts), heights.max()), (-16, 4), color=colour)
    axes.set(xlim=(min(trapped.min(), paper) - 6, paper_learned + 8), ylim=(0, 1.06 * trapped.size))
    axes.set(xlabel="networks, of 100", ylabel="repeats")
    return figure


def recovery_window(lowered, expected, best):
    """Who recovers within the epochs of Fig. 4, and with what accuracy, over the confidence.

    expected : array (C,), share of the networks whose forecast is shorter than that: the upper edge.
    best : (low, high), the confidences at which the most signal reaches the middle half of the networks.
    """
    figure, (top, bottom) = panels(2, 6.0)
    c = lowered.confidences
    for axes in (top, bottom):
        axes.axvspan(*best, color=CONFIDENCE[1], alpha=0.15, linewidth=0)
    late = c >= 0.7
    top.plot(c[late], expected[late], color=MUTED, linewidth=1.2)
    label(top, "by forecast", (c[late][4], expected[late][4]), (8, 4), color=MUTED)
    top.plot(c, lowered.recovered, "o-", color=CONFIDENCE[-1], markersize=4, linewidth=1)
    label(top, "most signal", (np.sqrt(np.prod(best)), 0.07), color=CONFIDENCE[1])
    top.set(ylim=(0, 1.05), ylabel="share recovered")
    bottom.plot(c, lowered.accuracy, "o-", color=CONFIDENCE[-1], markersize=4, linewidth=1)
    log_axes(bottom, "confidence c")
    bottom.set(ylim=(0.45, 1.0), xlim=(c[0], c[-1]), ylabel="mean accuracy")
    return figure


def signal(c, distances):
    """The factor c ô(1 − ô) that reaches the latent variable, over the confidence, at three distances below κ*."""
    figure, axes = panels(1, 3.9)
    # Where each curve has room for its name: a height on the way down, how far from there, and the way it is written.
    rooms = (1e-9, 4, 0), (1e-8, 6, 90), (1e-8, -4, 0)
    for distance, (height, aside, turned) in zip(distances, rooms, strict=True):
        factor = c * expit(-c * distance) * expit(c * distance)
        peak = int(np.argmax(factor))
        at = peak + int(np.argmin(np.abs(np.log(np.maximum(factor[peak:], 1e-300) / height))))
        axes.plot(c, factor, color=GRADIENT)
        axes.plot(c[peak], factor[peak], "o", color=GRADIENT, markersize=4)
        label(axes, f"d = {distance:.2g}", (c[at], factor[at]), (aside, 0), color=GRADIENT, rotation=turned)
    vline(axes, 10, CLAIM, "paper: c = 10", away=(-4, 0))
    log_axes(axes, "confidence c", "c ô(1 − ô)")
    axes.set(xlim=(c[0], c[-1]), ylim=(1e-12, 4))
    return figure


def slope_and_its_limits(c, rho, slopes, low, high):
    """The toy model's gradient in the no-learning zone over the confidence, with its two asymptotes.

    slopes, low, high : arrays (len(rho), len(c)), |dL/dr| in T/r* by quadrature, for small and for large c.
    """
    figure, axes = panels(1, 4.2)
    for limit in (*low, *high):
        axes.plot(c, limit, color=MUTED, linewidth=1, linestyle=":")
    draw_slopes(axes, c, rho, slopes)
    axes.set_ylim(1e-12, 0.3)
    return figure


def way_back(returned, names, c):
    """After the rescue: the share of the networks that still have the task, and the confidence, over the epoch.

    returned : dict of str to Returned; names : how each is called; c : the original confidence.
    """
    figure, (top, bottom) = panels(2, 5.6)
    looks = (INK, 5), (CONFIDENCE[0], -6), (CONFIDENCE[-1], 5)
    for way, name, (colour, side) in zip(returned.values(), names, looks, strict=True):
        epoch = way.history.epoch
        share = has_task(way.history.accuracy.reshape(-1, epoch.size)).mean(axis=0)
        smooth = np.convolve(share, np.ones(50) / 50, mode="valid")
        top.plot(epoch[49:], smooth, color=colour, linewidth=1.6)
        label(top, name, (epoch[-1], smooth[-1]), (-4, side), color=colour)
        bottom.plot(epoch, way.history.c[0, 0], color=colour, linewidth=1.6)
    hline(bottom, c, CLAIM)
    top.set(ylim=(0, 1.15), ylabel="share with the task")
    log_axes(bottom, y="confidence c")
    epoch_axis(bottom, 0, epoch[-1], "epochs after the fall")
    return figure


def trained_confidence(history, trapped):
    """The confidence as a parameter: its course in every network, those that end up trapped and the others."""
    figure, axes = panels(1, 3.6)
    step = slice(None, None, 10)
    for rows, colour, order in ((~trapped, OPTIMUM, 2), (trapped, MUTED, 1)):
        axes.plot(history.epoch[step], history.c[rows, step].T, color=colour, linewidth=0.6, alpha=0.6, zorder=order)
    hline(axes, history.c[0, 0], CLAIM)
    label(axes, "still has the task", (0, 0), (8, 26), color=OPTIMUM, xycoords="axes fraction")
    label(axes, "trapped", (0, 0), (8, 10), color=MUTED, xycoords="axes fraction")
    axes.set_ylabel("confidence c, trained")
    axes.ticklabel_format(axis="y", useOffset=False)
    epoch_axis(axes, 0, history.epoch[-1])
    return figure


def annealed(history, plain, c):
    """One network with the schedule and without: its accuracy, and its confidence.

    history : History of `anneal` for one network; plain : its accuracy (E,) at the fixed confidence `c`.
    """
    figure, (top, bottom) = panels(2, 5.0)
    last, lowest = history.epoch[-1], 0.7 * history.c[0].min()
    top.plot(plain, color=MUTED, linewidth=0.9)
    top.plot(history.epoch, history.accuracy[0], color=OPTIMUM, linewidth=0.9)
    label(top, "with the schedule", (0.78 * last, 0.96), (0, -1), color=OPTIMUM)
    label(top, f"left at c = {c:g}", (0.3 * last, 0.51), (0, 1), color=MUTED)
    top.set(ylim=(0.44, 1.03), ylabel="accuracy")
    bottom.step(history.epoch, history.c[0], where="post", color=CONFIDENCE[-1], linewidth=1.5)
    hline(bottom, c, CLAIM, f"paper: c = {c:g}", away=(-1, -4))
    log_axes(bottom, y="confidence c")
    bottom.set_ylim(lowest, 1.4 * c)
    bottom.set_yticks([tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10) if tick >= lowest])
    bottom.yaxis.set_major_formatter("{x:g}")
    bottom.yaxis.set_minor_formatter(NullFormatter())
    epoch_axis(bottom, 0, last)
    return figure


def remedies(outcomes, usual):
    """How many networks each method solves and how many end up trapped, over the learning rate; `usual`: the paper's.

    outcomes : MethodOutcomes of `experiments.REMEDIES`.
    """
    figure, all_axes = panels(len(outcomes.methods), 7.4, sharey=True)
    places, networks = np.arange(outcomes.alpha.size), outcomes.solved.shape[-1]
    counts = outcomes.solved.sum(axis=-1), outcomes.trapped.sum(axis=-1)
    for axes, method, solved, trapped in zip(all_axes, outcomes.methods, *counts, strict=True):
        axes.bar(places, solved, width=0.8, color=OPTIMUM)
        axes.bar(places, trapped, width=0.8, bottom=solved, facecolor="none", edgecolor=DEAD, hatch="////", linewidth=0)
        vline(axes, int(np.argmin(np.abs(outcomes.alpha - usual))), CLAIM)
        axes.set(title=method, ylim=(0, networks), yticks=(0, networks))
    all_axes[-1].set_xticks(places, [f"{rate:g}" for rate in outcomes.alpha], rotation=45)
    all_axes[-1].set(xlabel="learning rate α", xlim=(-0.6, places[-1] + 0.6))
    all_axes[len(all_axes) // 2].set_ylabel("networks: solved (green), trapped (hatched)")
    return figure


def rescued(history, network, task, lowered_at):
    """A network that falls, and comes back after its confidence is lowered: the still picture of the widget.

    history : History of `train_stages` for one network; network : that network when it was trapped; lowered_at : epoch.
    """
    figure, (losses, norms, flow) = panels(3, 7.6, sharex=False)
    draw_story(losses, history, lowered_at)
    norms.plot(history.epoch, np.maximum(history.gradient_norm[0], FAINTEST), color=GRADIENT, linewidth=1)
    log_axes(norms, y="gradient norm")
    epoch_axis(norms, 0, history.epoch[-1])
    for axes in (losses, norms):
        vline(axes, lowered_at, CONFIDENCE[-1])
    label(norms, "c lowered", (lowered_at, norms.get_ylim()[0]), (-4, 6), color=CONFIDENCE[-1])
    draw_latent_flow(flow, network, task)
    return figure
