"""Figures of networks in the plane (chapter 09): a training and its slow points, the flow, many networks."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib.experiments.plane.cues import EVERY
from ghostlib.experiments.plane.delays import in_delay
from ghostlib.networks.trials import DelayedCueDiscrimination, DelayedMatchToSample
from ghostlib.plots.marks import dot, hline, label, log_axes, panels, vline
from ghostlib.plots.style import CLAIM, GHOST, GRADIENT, INK, LOSS, MUTED, WIDTH


SPAN, WIDE = 5.0, 7.5  # of κ on either side of the origin, the authors'
ARROWS, FINE = 11, 81  # places along each axis, of the arrows and of the nullclines
TRIALS = 4  # of either cue
CUES = {
    1: {"color": INK, "linewidth": 1.4},
    -1: {"color": INK, "linewidth": 1.4, "linestyle": (0, (1.5, 1))},
}
NULLCLINES = (0, (4, 2)), "-"  # where F₁ is zero, where F₂ is


def cue_course(found):
    """The loss of a training over its epochs, and how many fixed points and ghosts there are on the way.

    found : PlaneCourse, from `experiments.TWO_DIMENSIONS`.
    """
    figure, (top, bottom) = panels(2, 5.0, height_ratios=(3, 2))
    hline(top, found.silent, MUTED, "silent", at=0.01, away=(1, 3), linestyle=(0, (2, 3)))
    some = found.epoch > 0
    top.plot(found.epoch[some], found.loss[some], color=LOSS, linewidth=1.2)
    log_axes(top, y="loss")
    top.set_ylim(0.01, 0.7)
    kinds = [[point.kind for point in points] for points in found.points]
    ghosts = np.array([each.count("ghost") for each in kinds])
    fixed = np.array([len(each) for each in kinds]) - ghosts
    some = found.epochs > 0
    for count, colour, marker in ((fixed, INK, "o"), (ghosts, GHOST, "s")):
        bottom.plot(found.epochs[some], count[some], marker, color=colour, markersize=4, drawstyle="steps-post",
                    linestyle="-", linewidth=1)  # fmt: skip
    label(bottom, "fixed points", (12, 1), (0, 5), ha="left")
    label(bottom, "ghosts", (12, 0), (0, 5), color=GHOST, ha="left")
    for epoch in found.settings.shown[1:]:
        vline(top, epoch, CLAIM, linewidth=0.8)
        vline(bottom, epoch, CLAIM, linewidth=0.8)
    _log_epochs(bottom, EVERY, found.epoch[-1])
    bottom.set(ylim=(-0.4, None), ylabel="in the plane")
    bottom.yaxis.get_major_locator().set_params(integer=True)
    return figure


def plane_flows(found):
    """The plane at the epochs shown: flow, nullclines, fixed points, ghosts, and trials from their cue to their answer.

    found : PlaneCourse, from `experiments.TWO_DIMENSIONS`.
    """
    figure, axes = plt.subplots(3, 2, figsize=(WIDTH, 7.4), sharex=True, sharey=True)
    for place, epoch in zip(axes.flat, found.settings.shown, strict=False):
        i = int(np.searchsorted(found.epochs, epoch))
        draw_plane(place, found.snapshots[i], found.points[i], DelayedCueDiscrimination(each=TRIALS))
        place.set_title(f"epoch {epoch:,}")
    axes[1, 1].tick_params(labelbottom=True)
    axes[1, 0].set_ylabel("κ₂")
    axes[2, 0].set_xlabel("κ₁")
    key = axes.flat[-1]
    key.set_axis_off()
    dot(key, -4.5, 4, INK)
    dot(key, -4.5, 3, INK, hollow=True)
    dot(key, -4.5, 2, GHOST, hollow=True, marker="s")
    for y, cue in ((1, 1), (0, -1)):
        key.plot([-4.9, -4.1], [y, y], **CUES[cue])
    for y, style in zip((-1, -2), NULLCLINES, strict=True):
        key.plot([-4.9, -4.1], [y, y], color=MUTED, linestyle=style, linewidth=0.8)
    names = ("stable", "saddle, or unstable", "ghost", "trials, cue +1", "trials, cue −1", "F₁ = 0", "F₂ = 0")
    for y, name in zip((4, 3, 2, 1, 0, -1, -2), names, strict=True):
        label(key, name, (-3.7, y), (1, 0))
    return figure


def match_plane(found, shown):
    """The plane of match to sample at some of the epochs shown, with trials from the first cue to the second.

    found : MatchCourse, from `experiments.MATCH_TO_SAMPLE`; shown : two of its epochs.
    """
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH, 3.0), sharey=True)
    for place, epoch in zip(axes, shown, strict=True):
        i = found.settings.shown.index(epoch)
        task = DelayedMatchToSample(each=TRIALS // 2)
        draw_plane(place, found.snapshots[i], found.points[i], task, WIDE)
        ends, first = in_delay(found.snapshots[i], task)[:, -1], task.inputs[:, 0, 0]
        for cue, name, up in ((1, "cue +1", -6), (-1, "cue −1", 6)):
            label(place, name, ends[first == cue].mean(axis=0), (10, up))
        place.set(title=f"epoch {epoch:,}", xlabel="κ₁")
    axes[0].set_ylabel("κ₂")
    return figure


def draw_plane(axes, network, points, task=None, span=SPAN):
    """One network's plane while it hears nothing, and its trials in the delay, by the first cue.

    network : DrivenLowRank of rank two, a single one; points : its slow points; task : of few trials, if any.
    """
    grid = np.linspace(-span, span, ARROWS)
    kappa = np.stack(np.meshgrid(grid, grid), axis=-1)
    flow = network.flow(kappa)
    flow = flow / np.maximum(np.linalg.norm(flow, axis=-1, keepdims=True), 1e-12)
    axes.quiver(
        kappa[..., 0], kappa[..., 1], flow[..., 0], flow[..., 1], color=MUTED, alpha=0.45, scale=28, width=0.004
    )
    grid = np.linspace(-span, span, FINE)
    F = network.flow(np.stack(np.meshgrid(grid, grid), axis=-1))
    for k, style in enumerate(NULLCLINES):
        axes.contour(grid, grid, F[..., k], levels=[0], colors=MUTED, linewidths=0.8, linestyles=[style])
    trials = () if task is None else zip(task.inputs[:, 0, 0], in_delay(network, task), strict=True)
    for trial, way in trials:
        axes.plot(*way.T, **CUES[int(trial)])
    for point in points:
        marker = {"marker": "s"} if point.kind == "ghost" else {}
        dot(axes, *point.position, GHOST if marker else INK, hollow=not point.kind.startswith("stable"), **marker)
    axes.set(xlim=(-span, span), ylim=(-span, span), xticks=(-4, 0, 4), yticks=(-4, 0, 4), aspect="equal")


def who_learns(found):
    """Every network that learns, one row each: its ghosts, its fixed points and its drop over the epochs.

    found : CueCourses, from `experiments.MANY_CUES`.
    """
    figure, axes = panels(1, 4.4)
    rows = sorted(found.learners, key=lambda each: each.drop)
    for row, course in enumerate(rows):
        stops = np.append(course.looked[1:], course.epoch[-1])
        for has, colour, height in ((course.fixed > 1, INK, row - 0.12), (course.ghosts > 0, GHOST, row + 0.12)):
            change = np.diff(has.astype(int), prepend=0, append=0)
            ways = np.maximum(course.looked[change[:-1] > 0], EVERY), stops[change[1:] < 0]
            axes.hlines(np.full(ways[0].shape, height), *ways, color=colour, linewidth=5)
        axes.plot([course.drop] * 2, [row - 0.35, row + 0.35], color=LOSS, linewidth=2)
    top = len(rows) - 0.3
    for text, colour, x in (("ghosts", GHOST, 0.0), ("several fixed points", INK, 0.17), ("drop", LOSS, 0.56)):
        label(axes, text, (x, top), (2, 1), color=colour, xycoords=axes.get_yaxis_transform())
    _log_epochs(axes, EVERY, rows[0].epoch[-1])
    axes.set(ylim=(-0.6, top + 0.7), yticks=(), ylabel="network, by epoch of its drop")
    return figure


def _log_epochs(axes, first, last):
    axes.set(xscale="log", xlim=(first, last), xlabel="epoch (log scale)")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def plane_at(found, place, way, output, span=SPAN):
    """The plane at one of the epochs kept, with a trial; and the loss, and what that trial says.

    found : PlaneCourse, from `experiments.TWO_DIMENSIONS`; place : which of its `epochs`.
    way, output : arrays (steps, 2) and (steps,).
    """
    figure = plt.figure(figsize=(WIDTH, 6.6))
    plane, loss, said = figure.subplot_mosaic([["plane", "plane"], ["loss", "output"]], height_ratios=(2, 1)).values()
    draw_plane(plane, found.snapshots[place], found.points[place], span=span)
    plane.plot(*way.T, color=INK, linewidth=2)
    dot(plane, *way[0], GRADIENT)
    plane.set(title=f"epoch {found.epochs[place]:,}", xlabel="κ₁", ylabel="κ₂")
    loss.plot(found.epoch[1:], found.loss[1:], color=LOSS, linewidth=1.2)
    dot(loss, max(found.epochs[place], EVERY), found.loss[np.searchsorted(found.epoch, found.epochs[place])], GRADIENT)
    log_axes(loss, "epoch", "loss")
    said.plot(output, color=INK)
    said.set(ylim=(-1.1, 1.1), xlabel="step of the trial", ylabel="output")
    return figure
