"""Figures of the trained networks: the latent flow, the output, the course of a training."""

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.plots.marks import dot, epoch_axis, hline, label, log_axes, panels, shade_zone
from ghostlib.plots.style import GHOST, GRADIENT, INK, LOSS, MUTED, OPTIMUM
from ghostlib.training import train


TOUCHING = 1e-9  # speed below which an extremum is drawn as a saddle-node


def draw_latent_flow(axes, network, task, *, reach=6.0):
    """f(κ) of one network (Eq. 4) with its fixed points, its ghosts and, in red, κ(0), as in Fig. 3."""
    kappa = np.linspace(-reach, reach, 600)
    hline(axes, 0, linewidth=0.8)
    axes.plot(kappa, network.flow(kappa), color=INK)
    for point in slow_points(network, interval=(-reach, reach), tolerance=TOUCHING):
        if point.kind in ("ghost", "saddle-node"):
            at = point.position, point.speed
            dot(axes, *at, GHOST, hollow=True)
            label(axes, point.kind, at, (0, 6 if point.curvature > 0 else -6), color=GHOST)
        else:
            dot(axes, point.position, 0, hollow=point.kind == "unstable")
    dot(axes, network.kappa0(task), 0, GRADIENT)
    axes.set(xlim=(-reach, reach), xlabel="latent variable κ", ylabel="flow f(κ)")


def draw_output(axes, network, task, *, c):
    """The output of one network over the trial, against its target."""
    edges = np.repeat([0, task.T, 2 * task.T], 2)[1:-1] * task.dt
    axes.plot(edges, [0, 0, 1, 1], color=OPTIMUM, linewidth=1.2)
    axes.text(edges[-1], 1.03, "target", color=OPTIMUM, ha="right", va="bottom")
    axes.plot(task.time, network.output(task, c), color=INK)
    axes.set(xlim=(0, edges[-1]), ylim=(-0.05, 1.2), xlabel="time (ms)", ylabel="output")


def draw_story(axes, history, until=None):
    """The loss of a single training on a log axis, and its course up to an epoch in words: plateau, jump, fall."""
    epoch, loss = history.epoch, history.loss[0]
    axes.plot(epoch, loss, color=LOSS, linewidth=1)
    log_axes(axes, y="loss")
    axes.set(ylim=(min(0.1, loss.min()), 3))
    epoch_axis(axes, 0, epoch[-1])
    end = epoch[-1] if until is None else until
    accuracy = history.accuracy[0, : end + 1]
    heard = outcomes.has_task(accuracy)
    jump = int(outcomes.first_epoch(heard))
    if jump < 0:
        return
    label(axes, "plateau", (jump / 2, 1), (0, -7), ha="center", va="top", color=LOSS)
    label(axes, "jump", (jump, 0.35), (-5, 0), ha="right", color=LOSS)
    if outcomes.trapped(accuracy):
        fall = np.flatnonzero(heard)[-1] + 1
        shade_zone(axes, fall, end)
        # Beside its zone where it would not fit in.
        away, ha = ((-5, 6), "right") if end - fall < 0.3 * end else ((5, 6), "left")
        label(axes, "no-learning zone", (fall, axes.get_ylim()[0]), away, ha=ha, color=MUTED)


def training(seed, alpha, c, *, epochs=6000):
    """One of the authors' networks, trained: its loss with the story in words, and its latent flow (as in Fig. 3)."""
    task = DelayedActivation()
    history = train(RankOne.initial([seed]), task, alpha, epochs, c)
    figure, (losses, flow) = panels(2, 5.0, sharex=False)
    draw_story(losses, history)
    draw_latent_flow(flow, history.networks[0], task)
    return figure
