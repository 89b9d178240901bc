"""Figures of the trained networks: the latent flow, the output, the course of a training."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.plots.style import GHOST, GRADIENT, INK, LOSS, MUTED, OPTIMUM, PAGE, WIDTH, label
from ghostlib.training import train


TOUCHING = 1e-9  # speed below which an extremum is drawn as a saddle-node


def draw_latent_flow(axes, network, task, *, reach=6.0):
    """f(κ) of one network (Eq. 4) with its fixed points, its ghosts and, in red, κ(0), as in Fig. 3."""
    kappa = np.linspace(-reach, reach, 600)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.plot(kappa, network.flow(kappa), color=INK)
    for point in slow_points(network, interval=(-reach, reach), tolerance=TOUCHING):
        if point.kind in ("ghost", "saddle-node"):
            axes.plot(point.position, point.speed, "o", color=GHOST, markerfacecolor=PAGE, zorder=3)
            label(
                axes,
                point.kind,
                (point.position, point.speed),
                (0, 8 if point.curvature > 0 else -15),
                ha="center",
                color=GHOST,
            )
        else:
            axes.plot(
                point.position, 0, "o", color=INK, markerfacecolor=INK if point.kind == "stable" else PAGE, zorder=3
            )
    axes.plot(network.kappa0(task), 0, "o", color=GRADIENT, zorder=3)
    axes.set(xlim=(-reach, reach), xlabel="latent variable κ", ylabel="flow f(κ)")


def draw_output(axes, network, task, *, c):
    """The output of one network over the trial, against its target."""
    edges = np.repeat([0, task.T, 2 * task.T], 2)[1:-1] * task.dt
    axes.plot(edges, [0, 0, 1, 1], color=OPTIMUM, linewidth=1.2)
    axes.text(edges[-1], 1.03, "target", color=OPTIMUM, ha="right", va="bottom")
    axes.plot(task.time, network.output(task, c), color=INK)
    axes.set(xlim=(0, edges[-1]), ylim=(-0.05, 1.2), xlabel="time (ms)", ylabel="output")


def training(seed, alpha, c, *, epochs=6000):
    """One of the authors' networks, trained: loss, gradient norm, output and latent flow (as in Fig. 3)."""
    task = DelayedActivation()
    history = train(RankOne.initial([seed]), task, alpha, epochs, c)
    figure, (losses, norms, output, flow) = plt.subplots(4, 1, figsize=(WIDTH, 8.4))
    losses.semilogy(history.epoch, history.loss[0], color=LOSS, linewidth=1)
    losses.set(xlim=(0, epochs), xlabel="epoch", ylabel="loss (log scale)")
    norms.semilogy(history.epoch, np.maximum(history.gradient_norm[0], 1e-12), color=GRADIENT, linewidth=1)
    norms.set(xlim=(0, epochs), xlabel="epoch", ylabel="gradient norm (log scale)")
    network = history.networks[0]
    draw_output(output, network, task, c=c)
    draw_latent_flow(flow, network, task)
    return figure
