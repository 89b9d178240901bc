"""The trainings of chapter 09: networks of rank two that hear cues, and the slow points that they have on the way.

A module of its own: what its functions return is kept on the disk as long as this source and what it imports stay the
same. Every function raises ValueError where `train` does.
"""

from dataclasses import fields
from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.driven import DrivenLowRank
from ghostlib.networks.trials import DelayedCueDiscrimination, DelayedMatchToSample
from ghostlib.training import train
from ghostlib.training.rules import PLAIN, Adam


FIELDS = tuple(field.name for field in fields(DrivenLowRank))
TASKS = {"cue": (DelayedCueDiscrimination, PLAIN), "match": (DelayedMatchToSample, Adam())}  # theirs
EVERY = 10  # epochs between two looks at a training: at its loss, and at its slow points before the drop
WINDOW = 1000  # epochs before the drop of which this holds
SELDOM = 200  # epochs between two looks at its slow points at any other time


class CueCourse(NamedTuple):
    """What becomes of one network.

    loss : float array (E + 1,), every `EVERY` epochs.
    accuracy : float array (), at the end.
    echo : float array (2,), before training and at its end: `echo`.
    looked : int array (L,), the epochs at which the plane was searched.
    fixed, stable, ghosts : int arrays (L,), how many fixed points, stable ones among them, and ghosts were there.
    certified : bool array (), whether every search is proved.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    echo: np.ndarray
    looked: np.ndarray
    fixed: np.ndarray
    stable: np.ndarray
    ghosts: np.ndarray
    certified: np.ndarray

    @property
    def epoch(self):
        """The epochs of `loss`."""
        return EVERY * np.arange(len(self.loss))

    @property
    def drop(self):
        """The first of them with a loss below half of a silent network's, or −1."""
        place = int(outcomes.first_epoch(self.loss < silent_loss() / 2))
        return EVERY * place if place >= 0 else -1


def silent_loss():
    """The loss of a network that says nothing: the share of the steps at which it should speak."""
    task = DelayedCueDiscrimination(each=1)
    return float(task.loss(np.zeros(task.targets.shape)))


def echo(network):
    """Half the difference between what a network says after either cue, from r(0) = 0, mean of the response; (...)."""
    task = DelayedCueDiscrimination(each=1, spread=0.0)
    return (network.output(task) * task.targets).sum(axis=(-1, -2)) / np.abs(task.targets).sum()


def training_of_seed(kind, seed, each, alpha, record, kept):
    """One training up to the last epoch of `record`: its loss and accuracy at these, and its parameters at `kept`.

    kind : "cue" or "match", of `TASKS`.

    Returns
    -------
    loss, accuracy : float arrays (E,)
    m, n, b, w_out, b_out, w_in : arrays (S, …), the fields of `DrivenLowRank`
    """
    (make, rule), network = TASKS[kind], DrivenLowRank.initial(seed)
    history = train(network, make(each), alpha, max(record), rule=rule, record=record, snapshots=kept, threads=1)
    return history.loss, history.accuracy, *(getattr(history.snapshots, name) for name in FIELDS)


def cue_course(seed, each, alpha, epochs):
    """The `CueCourse` of one training."""
    network, task = DrivenLowRank.initial(seed), DelayedCueDiscrimination(each=each)
    history = train(network, task, alpha, epochs, record=EVERY, snapshots=EVERY, threads=1)
    drop = int(outcomes.first_epoch(history.loss < silent_loss() / 2))
    near = np.arange(max(drop - WINDOW // EVERY, 0), drop + 1)
    looked = np.union1d(near, np.arange(0, len(history.epoch), SELDOM // EVERY))
    points = [slow_points(each) for each in history.snapshots[looked]]
    ghosts, stable = (
        np.array([sum(point.kind.startswith(kind) for point in each) for each in points])
        for kind in ("ghost", "stable")
    )
    fixed = np.array([len(each) for each in points]) - ghosts
    certified = np.array(all(point.certified for each in points for point in each))
    return CueCourse(
        history.loss,
        history.accuracy[-1],
        np.array([echo(network), echo(history.networks)]),
        history.epoch[looked],
        fixed,
        stable,
        ghosts,
        certified,
    )
