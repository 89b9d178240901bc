"""Figures of the rescue (chapter 07): Fig. 4, the slope that a lower confidence opens, and what comes afterwards."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import NullFormatter

from ghostlib.outcomes import has_task
from ghostlib.plots.network import draw_latent_flow, draw_story
from ghostlib.plots.style import (
    CLAIM,
    CONFIDENCE,
    DEAD,
    GRADIENT,
    INK,
    MUTED,
    OPTIMUM,
    WIDTH,
    label,
    label_powers,
)


FAINTEST = 1e-18  # of a gradient norm that is drawn; what is smaller lies below the picture


def apart(heights, least):
    """Heights for labels: those given, in the same order of size, but `least` apart."""
    order, moved = np.argsort(heights), np.array(heights, dtype=float)
    for below, above in zip(order[:-1], order[1:], strict=True):
        moved[above] = max(moved[above], moved[below] + least)
    return moved


def fig_4(lowered, shown, wanted=(0.001, 0.05, 2.0, 10.0)):
    """Fig. 4: accuracy and gradient norm around the epoch at which the confidence is lowered, mean ± s.e.m.

    lowered : Lowered of `experiments.FIG_4`; `shown` its first and last epoch; `wanted` the confidences drawn.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 6.4), sharex=True)
    start = lowered.before.epoch[-1]
    rows, ends = [lowered.nearest(c) for c in wanted], []
    for row, colour in zip(rows, (*CONFIDENCE, INK), strict=True):
        for axes, name in ((top, "accuracy"), (bottom, "gradient_norm")):
            epoch, values = lowered.around(row, start - shown[0], name)
            if name == "gradient_norm":
                values = np.log10(np.maximum(values, FAINTEST))
            mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))
            low, high = mean - error, mean + error
            if name == "gradient_norm":
                mean, low, high = 10**mean, 10**low, 10**high
            axes.fill_between(epoch, low, high, color=colour, alpha=0.25, linewidth=0)
            axes.plot(epoch, mean, color=colour, linewidth=1.4)
            if axes is top:
                ends.append((mean[-1], f"c = {float(f'{lowered.confidences[row]:.1g}'):g}", colour))
    for (_, name, colour), height in zip(ends, apart([end for end, _, _ in ends], 0.045), strict=True):
        label(top, name, (shown[1], height), (5, 0), color=colour, va="center", annotation_clip=False)
    for axes in (top, bottom):
        axes.axvline(start, color=MUTED, linewidth=0.8)
    label(top, "c lowered", (start, 1.0), (-5, 0), color=MUTED, ha="right", va="top")
    top.set(xlim=shown, ylim=(0.45, 1.02), ylabel="accuracy, trapped networks")
    bottom.set(yscale="log", ylabel="gradient norm (log scale)", xlabel="epoch")
    bottom.xaxis.set_major_formatter("{x:,.0f}")
    label_powers(bottom.yaxis)
    return figure


def trapped_counts(trapped, paper, learned, paper_learned):
    """How many networks are trapped, over repeats that differ by rounding, and the paper's one count.

    trapped, learned : int arrays (repeats,).
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.3))
    for counts, claim, colour, words in (
        (trapped, paper, INK, "trapped"),
        (learned, paper_learned, OPTIMUM, "learned"),
    ):
        values, heights = np.unique(counts, return_counts=True)
        axes.bar(values, heights, width=0.8, color=colour)
        axes.axvline(claim, color=CLAIM, linestyle="--", linewidth=1.4)
        top = 1.04 * trapped.size
        label(axes, f"paper: {claim}", (claim, top), (4, 0), color=CLAIM, va="top")
        label(axes, words, (np.median(counts), heights.max()), (-16, 5), color=colour, ha="right")
    axes.set(xlim=(min(trapped.min(), paper) - 6, paper_learned + 8), ylim=(0, 1.06 * trapped.size))
    axes.set(xlabel="networks, of 100", ylabel="repeats")
    return figure


def recovery_window(lowered, expected, best):
    """Who recovers within the epochs of Fig. 4, and with what accuracy, over the confidence.

    expected : array (C,), share of the networks whose forecast is shorter than that: the upper edge.
    best : (low, high), the confidences at which the most signal reaches the middle half of the networks.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 6.0), sharex=True)
    c = lowered.confidences
    for axes in (top, bottom):
        axes.axvspan(*best, color=CONFIDENCE[1], alpha=0.15, linewidth=0)
        axes.set_xscale("log")
    late = c >= 0.7
    top.plot(c[late], expected[late], color=MUTED, linewidth=1.2)
    label(top, "by forecast", (c[late][4], expected[late][4]), (8, 4), color=MUTED)
    top.plot(c, lowered.recovered, "o-", color=CONFIDENCE[-1], markersize=4, linewidth=1)
    label(top, "most signal", (np.sqrt(np.prod(best)), 0.05), color=CONFIDENCE[1], ha="center")
    top.set(ylim=(0, 1.05), ylabel="share recovered")
    bottom.plot(c, lowered.accuracy, "o-", color=CONFIDENCE[-1], markersize=4, linewidth=1)
    bottom.set(ylim=(0.45, 1.0), xlim=(c[0], c[-1]), ylabel="mean accuracy", xlabel="confidence c (log scale)")
    label_powers(bottom.xaxis)
    return figure


def signal(c, distances):
    """The factor c ô(1 − ô) that reaches the latent variable, over the confidence, at three distances below κ*."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.9))
    # Where each curve has room for its name: a height, and the side of the curve.
    rooms = ((1e-9, 4, "left"), (1e-3, 4, "left"), (1e-8, -4, "right"))
    for distance, (height, aside, side) in zip(distances, rooms, strict=True):
        output = 1 / (1 + np.exp(np.minimum(c * distance, 700)))
        factor = c * output * (1 - output)
        peak = int(np.argmax(factor))
        falling = np.log(np.maximum(factor[peak:], 1e-300))
        at = peak + int(np.argmin(np.abs(falling - np.log(height))))
        axes.loglog(c, factor, color=GRADIENT)
        axes.plot(c[peak], factor[peak], "o", color=GRADIENT, markersize=4)
        label(axes, f"d = {distance:.2g}", (c[at], factor[at]), (aside, 0), color=GRADIENT, ha=side)
    axes.axvline(10, color=CLAIM, linestyle="--", linewidth=1.2)
    label(axes, "paper: c = 10", (10, 3), (-4, 0), color=CLAIM, ha="right", va="top")
    axes.set(xlim=(c[0], c[-1]), ylim=(1e-12, 4), xlabel="confidence c (log scale)", ylabel="c ô(1 − ô) (log scale)")
    label_powers(axes.xaxis, axes.yaxis)
    return figure


def slope_and_its_limits(c, rho, slopes, undecided, decided):
    """The toy model's gradient in the no-learning zone over the confidence, with its two asymptotes.

    slopes, undecided, decided : arrays (len(rho), len(c)), |dL/dr| in T/r* by quadrature, for small and for large c.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.2))
    for at, exact, low, high in zip(rho, slopes, undecided, decided, strict=True):
        axes.loglog(c, low, color=MUTED, linewidth=1, linestyle=":")
        axes.loglog(c, high, color=MUTED, linewidth=1, linestyle=":")
        axes.loglog(c, exact, color=GRADIENT)
        name = f"r = {at:g} r*".replace("-", "−") if at else "r = 0"
        label(axes, name, (c[0], exact[0]), (-5, 0), ha="right", va="center", color=GRADIENT)
    axes.set(ylim=(1e-12, 0.3), xlim=(c[0] / 30, c[-1]))
    axes.set(xlabel="confidence c (log scale)", ylabel="|dL/dr| in T/r* (log scale)")
    label_powers(axes.xaxis, axes.yaxis)
    return figure


def way_back(returned, names, c):
    """After the rescue: the share of the networks that still have the task, and the confidence, over the epoch.

    returned : dict of str to Returned; names : how each is called; c : the original confidence.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.6), sharex=True)
    for way, name, colour in zip(returned.values(), names, (INK, CONFIDENCE[0], CONFIDENCE[-1]), strict=True):
        accuracy = way.history.accuracy.reshape(-1, way.history.epoch.size)
        share = has_task(accuracy).mean(axis=0)
        smooth = np.convolve(share, np.ones(50) / 50, mode="valid")
        top.plot(way.history.epoch[49:], smooth, color=colour, linewidth=1.6)
        bottom.plot(way.history.epoch, way.history.c[0, 0], color=colour, linewidth=1.6)
        below = colour == CONFIDENCE[0]
        label(
            top,
            name,
            (way.history.epoch[-1], smooth[-1]),
            (-4, -6 if below else 5),
            color=colour,
            ha="right",
            va="top" if below else "bottom",
        )
    bottom.axhline(c, color=CLAIM, linestyle="--", linewidth=1.2)
    top.set(ylim=(0, 1.15), ylabel="share with the task")
    bottom.set(yscale="log", xlim=(0, next(iter(returned.values())).history.epoch[-1]), xlabel="epochs after the fall")
    bottom.set_ylabel("confidence c (log scale)")
    label_powers(bottom.yaxis)
    bottom.xaxis.set_major_formatter("{x:,.0f}")
    return figure


def trained_confidence(history, trapped):
    """The confidence as a parameter: its course in every network, those that end up trapped and the others."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.6))
    step = slice(None, None, 10)
    for rows, colour, order in ((~trapped, OPTIMUM, 2), (trapped, MUTED, 1)):
        axes.plot(history.epoch[step], history.c[rows, step].T, color=colour, linewidth=0.6, alpha=0.6, zorder=order)
    axes.axhline(history.c[0, 0], color=CLAIM, linestyle="--", linewidth=1)
    corner = {"xycoords": "axes fraction", "textcoords": "offset points"}
    axes.annotate("still has the task", (0, 0), (8, 26), color=OPTIMUM, **corner)
    axes.annotate("trapped", (0, 0), (8, 10), color=MUTED, **corner)
    axes.set(xlim=(0, history.epoch[-1]), xlabel="epoch", ylabel="confidence c, trained")
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    return figure


def annealed(history, plain, c):
    """One network with the schedule and without: its accuracy, and its confidence.

    history : History of `anneal` for one network; plain : its accuracy (E,) at the fixed confidence `c`.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.0), sharex=True)
    top.plot(plain, color=MUTED, linewidth=0.9)
    top.plot(history.epoch, history.accuracy[0], color=OPTIMUM, linewidth=0.9)
    label(top, "with the schedule", (0.78 * history.epoch[-1], 0.96), color=OPTIMUM, ha="center", va="top")
    label(top, "left at c = 10", (0.3 * history.epoch[-1], 0.51), color=MUTED, ha="center", va="bottom")
    top.set(ylim=(0.44, 1.03), ylabel="accuracy")
    bottom.step(history.epoch, history.c[0], where="post", color=CONFIDENCE[-1], linewidth=1.5)
    bottom.axhline(c, color=CLAIM, linestyle="--", linewidth=1.2)
    bottom.set(yscale="log", xlim=(0, history.epoch[-1]), ylabel="confidence c (log scale)", xlabel="epoch")
    label(bottom, f"paper: c = {c:g}", (history.epoch[-1], c), (0, -5), color=CLAIM, ha="right", va="top")
    bottom.set_ylim(0.7 * history.c[0].min(), 1.4 * c)
    bottom.set_yticks([tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10) if tick >= 0.7 * history.c[0].min()])
    bottom.yaxis.set_major_formatter("{x:g}")
    bottom.yaxis.set_minor_formatter(NullFormatter())
    bottom.xaxis.set_major_formatter("{x:,.0f}")
    return figure


def remedies(outcomes, usual):
    """How many networks each method solves and how many end up trapped, over the learning rate; `usual`: the paper's.

    outcomes : MethodOutcomes of `experiments.REMEDIES`.
    """
    figure, panels = plt.subplots(len(outcomes.methods), 1, figsize=(WIDTH, 7.4), sharex=True, sharey=True)
    places = np.arange(outcomes.alpha.size)
    for axes, method, solved, trapped in zip(
        panels, outcomes.methods, outcomes.solved.sum(axis=-1), outcomes.trapped.sum(axis=-1), strict=True
    ):
        axes.bar(places, solved, width=0.8, color=OPTIMUM)
        axes.bar(places, trapped, width=0.8, bottom=solved, facecolor="none", edgecolor=DEAD, hatch="////", linewidth=0)
        axes.axvline(int(np.argmin(np.abs(outcomes.alpha - usual))), color=CLAIM, linestyle="--", linewidth=1.2)
        axes.set(title=method, ylim=(0, outcomes.solved.shape[-1]), yticks=(0, outcomes.solved.shape[-1]))
    panels[-1].set_xticks(places, [f"{rate:g}" for rate in outcomes.alpha])
    panels[-1].set(xlabel="learning rate α", xlim=(-0.6, places[-1] + 0.6))
    panels[len(panels) // 2].set_ylabel("networks: solved (green), trapped (hatched)")
    return figure


def rescued(history, network, task, lowered_at):
    """A network that falls, and comes back after its confidence is lowered: the still picture of the widget.

    history : History of `train_stages` for one network; network : that network when it was trapped; lowered_at : epoch.
    """
    figure, (losses, norms, flow) = plt.subplots(3, 1, figsize=(WIDTH, 7.6))
    draw_story(losses, history, lowered_at)
    norms.semilogy(history.epoch, np.maximum(history.gradient_norm[0], FAINTEST), color=GRADIENT, linewidth=1)
    norms.set(xlim=(0, history.epoch[-1]), xlabel="epoch", ylabel="gradient norm (log scale)")
    norms.xaxis.set_major_formatter("{x:,.0f}")
    label_powers(norms.yaxis)
    for axes in (losses, norms):
        axes.axvline(lowered_at, color=CONFIDENCE[-1], linewidth=1)
    label(losses, "c lowered", (lowered_at, 1), (-4, 6), ha="right", color=CONFIDENCE[-1])
    draw_latent_flow(flow, network, task)
    return figure
