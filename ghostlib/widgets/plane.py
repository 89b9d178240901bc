"""A network of rank two that learns to keep a cue: its plane at any epoch of the training, and a trial in it."""

import base64
from functools import cache

import numpy as np
import traitlets

from ghostlib.experiments.plane.two_dimensions import TWO_DIMENSIONS
from ghostlib.widgets._base import Explorable, Parameter


SPAN = 6.5  # of κ on either side of the origin: every fixed point of the training is in the picture
LEVELS = 32_767  # of a weight between zero and the largest of its kind
ROWS = "m1", "m2", "n1", "n2", "b", "w_in"  # as they are packed


class Plane(Explorable):
    """Delayed cue discrimination in the plane: flow, fixed points and ghosts at an epoch of the training, and a trial.

    epoch : of the training; the nearest of those that were kept is shown.
    cue : u for the first two steps of the trial, −1, 0 or 1.
    kappa_1, kappa_2 : where the trial starts.

    The network is trained when the first of these objects is made, and kept on the disk.
    """

    module = "plane"
    alt = (
        "Three panels. The plane of κ at epoch 8,000, with arrows, the two nullclines, three fixed points and two "
        "ghosts: a trial starts in the middle, is pushed right by the cue, turns near a ghost and runs down to a "
        "stable node. The loss against the epoch, with two falls. The output of the trial, near zero and then up to 1."
    )
    caption = (
        "<strong>A plane that learns.</strong> One network, trained while this book was built, at an epoch of its "
        "training. Filled: stable; open: saddle or unstable; violet squares: ghosts. The build has proved that there "
        "are no others. The red dot is the start of a trial; the cue pushes for two steps, one dot each, and then the "
        "plane alone leads on."
    )
    hint = "Click into the plane to start elsewhere, and into the loss to choose an epoch."

    epoch = Parameter(8000.0, low=0.0, high=float(TWO_DIMENSIONS.epochs), label="epoch", scale="sqrt", whole=True)
    cue = Parameter(1.0, low=-1.0, high=1.0, label="input u", whole=True)
    kappa_1 = Parameter(0.0, low=-SPAN, high=SPAN, label="start at κ₁")
    kappa_2 = Parameter(0.0, low=-SPAN, high=SPAN, label="start at κ₂")

    _training = traitlets.Dict().tag(sync=True)

    def __init__(self, **values):
        super().__init__(**values)
        self._training = packed()

    def page_state(self):
        return {**super().page_state(), "_training": self._training}

    def picture(self):
        from ghostlib import plots

        found = training()
        place = int(np.abs(found.epochs - self.epoch).argmin())
        way, output = trial(found, place, (self.kappa_1, self.kappa_2), self.cue)
        return plots.plane_at(found, place, way, output, SPAN)


@cache
def training():
    """The training's results, computed or from the disk."""
    return TWO_DIMENSIONS.run()


def trial(found, place, start, cue):
    """A trial of the network kept in `place`, from a `start` in the plane on: κ (steps, 2) and output (steps,)."""
    network, task = found.snapshots[place], found.task
    pushed = np.abs(task.inputs[0, :, 0])
    way = [np.asarray(start, float)]
    for t in range(task.steps - 1):
        way.append(way[-1] + task.delta * network.at([cue * pushed[t]]).flow(way[-1]))
    way = np.array(way)
    return way, np.tanh(way @ network.w_out + network.b_out)


@cache
def packed():
    """All that the front end shows, ready for JSON.

    epochs, points : of what was kept, and its slow points within `SPAN`, each [κ₁, κ₂, kind, speed].
    weights : base64 of int16, rows `ROWS` of each snapshot, in units of `scales` (snapshots, rows).
    readout : w_out and b_out of each snapshot.
    recorded, loss, silent : the curve, and the loss of a silent network.
    delta, pushed, target : of the task; the share of the cue that is heard at each step, and what a cue of 1 asks for.
    span : of the picture.
    """
    found = training()
    nets, task = found.snapshots, found.task
    rows = np.stack([*np.moveaxis(nets.m, -1, 0), *np.moveaxis(nets.n, -2, 0), nets.b, nets.w_in[..., 0]], axis=1)
    scales = np.abs(rows).max(axis=-1) / LEVELS
    return {
        "epochs": found.epochs.tolist(),
        "points": [
            [[*map(float, point.position), point.kind, float(point.speed)] for point in points if inside(point)]
            for points in found.points
        ],
        "weights": base64.b64encode(np.rint(rows / scales[..., None]).astype("<i2").tobytes()).decode("ascii"),
        "scales": scales.tolist(),
        "readout": np.column_stack([nets.w_out, nets.b_out]).tolist(),
        "recorded": found.epoch.tolist(),
        "loss": np.round(found.loss, 4).tolist(),
        "silent": float(found.silent),
        "delta": task.delta,
        "pushed": np.abs(task.inputs[0, :, 0]).tolist(),
        "target": task.targets[0].tolist(),
        "span": SPAN,
    }


def inside(point):
    """Whether a slow point lies in the picture."""
    return bool(np.all(np.abs(point.position) <= SPAN))
