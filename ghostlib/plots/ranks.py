"""Figures of the networks of every rank (chapter 08): Fig. S2, what becomes of them, and what the extra ranks do."""

import numpy as np
from matplotlib.patches import Rectangle

from ghostlib.experiments.ranks.training import EDGES
from ghostlib.outcomes import LOW_LOSS
from ghostlib.plots.marks import HALO, hline, label, log_axes, panels
from ghostlib.plots.style import CLAIM, DEAD, GHOST, GRADIENT, GRID, INK, LOSS, MUTED, OPTIMUM, RANKS


COARSE = 4  # columns of a curve drawn as one
SHOWN = 6  # of the rates of a network, the slowest
LOWEST = 5e-5  # of the axes of the loss
LOOKS = {
    "learned": {"facecolor": OPTIMUM, "edgecolor": "none"},
    "unsettled": {"facecolor": "none", "edgecolor": "none"},
    "trapped": {"facecolor": "none", "edgecolor": DEAD, "hatch": "/////", "linewidth": 0},
    "diverged": {"facecolor": GRADIENT, "edgecolor": "none"},
}


def rank_colours(count):
    """Colours of so many ranks, low to high, at most nine."""
    return [RANKS[step] for step in np.linspace(0, len(RANKS) - 1, count).round().astype(int)]


def fig_s2(diagram, columns):
    """Fig. S2: the loss of all networks of all ranks at three learning rates, left, middle and right.

    diagram : PhaseDiagram; columns : three indices of its learning rates.
    """
    figure, all_axes = panels(3, 8.4, sharex=False)
    colours = rank_colours(len(diagram.ranks))
    for axes, name, column in zip(all_axes, ("left", "middle", "right"), columns, strict=True):
        for row, colour in enumerate(colours):
            for low, high in zip(diagram.courses.low[row, column], diagram.courses.high[row, column], strict=True):
                axes.plot(*zigzag(low, high), color=colour, linewidth=0.5, alpha=0.75)
        _loss_axes(axes, diagram.epochs[:, column].max())
        axes.set(title=f"paper’s {name} panel: α = {diagram.alpha[column]:.3g}")
    inside = {"xycoords": "axes fraction"}
    label(all_axes[0], "rank", (0.015, 0.08), (1, 0), **inside)
    for row, (rank, colour) in enumerate(zip(diagram.ranks, colours, strict=True)):
        label(all_axes[0], rank, (0.135 + 0.085 * row, 0.08), color=colour, **inside)
    return figure


def outcome_map(diagram, marked=()):
    """Rank over learning rate, each cell shared out among what became of its networks.

    diagram : PhaseDiagram; marked : indices of learning rates to point at, the paper's three panels.
    """
    figure, axes = panels(1, 4.6)
    _draw_outcomes(axes, diagram)
    top = len(diagram.ranks) - 0.45
    for letter, column in zip("LMR", marked, strict=True):
        label(axes, letter, (column, top), (0, 1), color=CLAIM)
    if marked:
        label(axes, "paper:", (-0.5, top), (1, 1), color=CLAIM)
    return figure


def ranks(diagram, row, column, seed):
    """The map of outcomes with one cell chosen, and the loss of one of its networks beside those of the other ranks.

    diagram : PhaseDiagram; row, column, seed : indices of rank, learning rate and seed.
    """
    figure, (top, bottom) = panels(2, 7.6, height_ratios=(1.25, 1), sharex=False)
    _draw_outcomes(top, diagram)
    top.add_patch(Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, fill=False, edgecolor=INK, linewidth=1.8))
    looks = [{"color": MUTED, "linewidth": 0.7, "zorder": 2} for _ in diagram.ranks]
    looks[row] = {"color": LOSS, "linewidth": 1.6, "zorder": 3}
    for low, high, look in zip(
        diagram.courses.low[:, column, seed], diagram.courses.high[:, column, seed], looks, strict=True
    ):
        bottom.plot(*zigzag(low, high, 1), **look)
    bottom.set_title(f"rank {diagram.ranks[row]} among the others, α = {diagram.alpha[column]:.3g}, seed {seed}")
    _loss_axes(bottom, diagram.epochs[:, column].max())
    return figure


def learning_time(diagram, columns):
    """Learning rate times epoch of learning against the rank, at several learning rates: one curve, if they agree.

    diagram : PhaseDiagram; columns : indices of its learning rates.
    """
    figure, axes = panels(1, 3.6)
    for strength, column in zip(np.linspace(0.3, 1, len(columns)), columns, strict=True):
        time = diagram.learning_time[:, column]
        axes.plot(diagram.ranks, time, "o-", color=INK, alpha=strength, markersize=4, linewidth=1.2)
    first, last = (diagram.alpha[column] for column in (columns[0], columns[-1]))
    words = f"{len(columns)} learning rates,\nα = {first:.3g} (faint) to {last:.3g}"
    label(axes, words, (0.03, 0.05), (1, 1), xycoords="axes fraction")
    log_axes(axes, "rank", "α × epoch of learning")
    _rank_ticks(axes, diagram.ranks)
    return figure


def rank_or_size(resized):
    """Epoch of learning against the rank, for three sizes of W before training.

    resized : what `experiments.RANK_OR_SIZE.run()` gives.
    """
    figure, axes = panels(1, 3.8)
    median = resized.median_epoch
    for line, like, colour in zip(median, resized.like, rank_colours(len(resized.like)), strict=True):
        axes.plot(resized.ranks, line, "o-", color=colour, markersize=4.5)
        label(axes, f"W as large as rank {like}’s", (resized.ranks[-1], line[-1]), (-9, -7), color=colour)
    own = [(rank, line[resized.ranks.index(rank)]) for rank, line in zip(resized.like, median, strict=True)]
    axes.plot(*zip(*own, strict=True), "s", color=INK, markerfacecolor="none", markersize=10)
    log_axes(axes, "rank", "epoch of learning")
    axes.set_ylim(0.4 * np.nanmin(median), None)
    _rank_ticks(axes, resized.ranks)
    return figure


def suddenness(ranks, share, epochs):
    """How sudden the fall is, over the rank: its part of the epochs up to learning, and its length.

    ranks (R,); share, epochs : (R, S), of every network.
    """
    figure, (top, bottom) = panels(2, 5.4)
    for axes, values, colour in ((top, share, LOSS), (bottom, epochs, INK)):
        axes.plot(np.repeat(ranks, values.shape[1]), values.ravel(), "o", color=MUTED, markersize=2)
        axes.plot(ranks, np.median(values, axis=1), "o-", color=colour, markersize=4.5, linewidth=1.4)
    top.set(ylabel="fall / epochs so far", ylim=(0, 1.03))
    label(top, "paper: rapid", (ranks[0], 0.22), (1, 1), color=CLAIM)
    label(top, "paper: gradual", (ranks[-1] * 0.8, 0.86), (-1, 0), color=CLAIM)
    bottom.set(ylabel="fall, in epochs", ylim=(0, None))
    log_axes(bottom, "rank")
    _rank_ticks(bottom, ranks)
    return figure


def spectra(before, update):
    """Singular values of W before training and of its change, one line a network.

    before, update : (S, N), largest first.
    """
    figure, axes = panels(1, 3.6)
    place = np.arange(1, before.shape[1] + 1)
    for values, colour in ((before, MUTED), (update, LOSS)):
        axes.plot(place, np.maximum(values, 1e-9).T, color=colour, linewidth=0.8)
    label(axes, "W before", (60, np.median(before[:, 25])), (0, 1), color=MUTED, bbox=HALO)
    label(axes, "change of W", (30, np.max(update[:, 19]) * 2), (1, 1), color=LOSS)
    log_axes(axes, y="its size")
    axes.set(xlabel="singular value, from the largest", xlim=(0, place[-1]))
    return figure


def slow_directions(ranks, rates, speed):
    """How slow the slowest state is and in how many directions, over the rank.

    ranks : sequence; rates : list of (S, K) arrays, real parts of eigenvalues, slowest first; speed : list of (S,).
    """
    figure, (top, bottom) = panels(2, 5.8)
    for rank, each, slow in zip(ranks, rates, speed, strict=True):
        others = each[:, 1:SHOWN]
        top.plot(np.full(others.size, rank), others.ravel(), "o", color=MUTED, markersize=2)
        top.plot(np.full(len(each), rank), each[:, 0], "o", color=GHOST, markersize=4)
        bottom.plot(np.full(len(slow), rank), slow, "o", color=MUTED, markersize=2)
    bottom.plot(ranks, [np.median(slow) for slow in speed], "o-", color=INK, markersize=4.5, linewidth=1.4)
    hline(top, 0, linewidth=0.8)
    hline(top, -1, linewidth=0.8)
    label(top, "a unit left alone", (ranks[0], -1), (1, 3), color=MUTED, bbox=HALO)
    label(top, "slowest", (ranks[0], 0), (1, 3), color=GHOST)
    top.set_ylabel("rates λτ at the slowest state")
    bottom.set(ylabel="speed / path", ylim=(0, None))
    log_axes(bottom, "rank")
    _rank_ticks(bottom, ranks)
    return figure


def zigzag(low, high, coarse=COARSE):
    """Epochs and losses of a curve that is known by its least and largest values between each two of `EDGES`.

    low, high : (columns,), NaN after the end. Returns two arrays with two points for every `coarse` columns.
    """
    used = np.count_nonzero(~np.isnan(low))
    groups = np.arange(0, used, coarse)
    low, high = np.minimum.reduceat(low[:used], groups), np.maximum.reduceat(high[:used], groups)
    points, pen = [], 2.0  # no loss is larger
    for pair in zip(low, high, strict=True):
        nearer = sorted(pair, key=lambda value: abs(value - pen))
        points += nearer
        pen = nearer[-1]
    return np.repeat(EDGES[groups], 2), np.maximum(points, LOWEST)


def _draw_outcomes(axes, diagram):
    rows, columns = len(diagram.ranks), diagram.alpha.size
    for row, column in np.ndindex(rows, columns):
        left = column - 0.45
        axes.add_patch(Rectangle((left, row - 0.42), 0.9, 0.84, fill=False, edgecolor=GRID, linewidth=0.8))
        for outcome, look in LOOKS.items():
            width = 0.9 * diagram.share(outcome)[row, column]
            if width:
                axes.add_patch(Rectangle((left, row - 0.42), width, 0.84, **look))
            left += width
    axes.set(xlim=(-0.55, columns - 0.45), ylim=(-0.55, rows - 0.45))
    axes.set(xlabel="learning rate α (log scale)", ylabel="rank")
    axes.set_xticks(range(0, columns, 3), [f"{alpha:g}" for alpha in diagram.alpha[::3]])
    axes.set_yticks(range(rows), diagram.ranks)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.legend(
        [Rectangle((0, 0), 1, 1, **{**look, "edgecolor": DEAD, "linewidth": 0.6}) for look in LOOKS.values()],
        ["no-learning zone" if outcome == "trapped" else outcome for outcome in LOOKS],
        loc="upper center",
        bbox_to_anchor=(0.46, -0.14),
        ncols=4,
        handlelength=1.2,
        handletextpad=0.4,
        columnspacing=1.0,
    )


def _loss_axes(axes, last):
    hline(axes, LOW_LOSS, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1)
    log_axes(axes, "epoch", "loss")
    axes.set(xlim=(1, last), ylim=(LOWEST, 2.5))


def _rank_ticks(axes, ranks):
    shown = [rank for rank in ranks if rank not in (4, 50)]
    axes.set_xticks(shown, shown)
    axes.minorticks_off()
