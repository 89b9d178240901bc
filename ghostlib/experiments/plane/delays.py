"""What trials do while they wait: where they are in the plane, which ghosts they pass, and where they are slowest."""

import numpy as np

from ghostlib.dynamics.visits import visits


def in_delay(network, task):
    """κ of every trial from the end of the first input up to the next one or the first answer, shape (P, steps, 2)."""
    heard = np.any(task.inputs != 0, axis=(0, 2))
    start = int(np.argmin(heard))
    busy = heard | np.any(task.targets != 0, axis=0)
    stop = start + int(np.argmax(busy[start:]))
    return np.matvec(network.n, network.simulate(task))[:, start : stop + 1]


def stays(network, points, task):
    """How long each trial is within the width of the ghosts that it passes in the delay, in the unit of τ; (P,)."""
    ghosts = [point for point in points if point.kind == "ghost"]
    found = [visits(ghosts, kappa, delta=task.dt) for kappa in in_delay(network, task)]
    return np.array([sum(visit.time for visit in each if visit.passed) for each in found])


def median_stay(times):
    """The median of the times that are not zero, in words."""
    return f"{np.median(times[times > 0]):.0f}" if np.any(times) else "–"


def slowest_at(network, points, task):
    """The kind of the slow point that is nearest to each trial where it is slowest in the delay, P strings."""
    kappa = in_delay(network, task)
    place = np.linalg.norm(network.flow(kappa), axis=-1).argmin(axis=1)
    there = kappa[np.arange(len(kappa)), place]
    distance = np.array([np.linalg.norm(there - point.position, axis=-1) for point in points])
    return [points[nearest].kind for nearest in distance.argmin(axis=0)]


def in_words(points):
    """What there is, fixed points first: "2 stable nodes, 1 saddle, 2 ghosts"."""
    kinds = [point.kind for point in points]
    order = sorted(set(kinds), key=lambda kind: (kind == "ghost", not kind.startswith("stable"), kind))
    plural = {"stable focus": "stable foci", "unstable focus": "unstable foci"}
    return ", ".join(
        f"{kinds.count(kind)} {kind if kinds.count(kind) == 1 else plural.get(kind, f'{kind}s')}" for kind in order
    )
