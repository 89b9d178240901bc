"""The figure of someone's own network: its flow with all slow points, and a trial."""

import numpy as np

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.task import DelayedActivation
from ghostlib.plots.marks import dot, hline, label, panels
from ghostlib.plots.style import GHOST, GRADIENT, INK, MUTED


def own_network(network, start, steps):
    """The flow of a rank-one network with its fixed points and ghosts, and κ in a trial.

    network : RankOne, a single one; start : κ before the first step; steps : how many there are.
    """
    figure, (top, bottom) = panels(2, 5.2, sharex=False)
    points = slow_points(network)
    places = [start, *(point.position for point in points)]
    kappa = np.linspace(min(places) - 1, max(places) + 1, 400)
    hline(top, 0, MUTED, linewidth=0.8)
    top.plot(kappa, network.flow(kappa), color=INK)
    for point in points:
        is_ghost = point.kind == "ghost"
        dot(top, point.position, point.speed, GHOST if is_ghost else INK, hollow=point.kind != "stable")
        label(top, point.kind, (point.position, point.speed), (0, 7), color=GHOST if is_ghost else INK)
    dot(top, start, 0, GRADIENT)
    top.set(xlabel="κ", ylabel="τ dκ/dt")
    way = [start]
    for _ in range(steps):
        way.append(way[-1] + DelayedActivation().delta * float(network.flow(way[-1])))
    bottom.plot(way, "o-", color=INK, markersize=2, linewidth=1)
    dot(bottom, 0, start, GRADIENT)
    bottom.set(xlabel="step of the trial", ylabel="κ")
    return figure
