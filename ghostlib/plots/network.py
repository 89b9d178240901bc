"""Figures of the trained networks: the latent flow, the output, the course of a training."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.plots.marks import dot, hline, label
from ghostlib.plots.style import GHOST, GRADIENT, INK, LOSS, OPTIMUM, WIDTH
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
