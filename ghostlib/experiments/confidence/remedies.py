"""The trainings of chapter 07 that take their time, as pieces for `ghostlib.experiments.cache`.

In a module of their own: what they gave is kept on the disk as long as this file and what it imports stay the same.
Pieces of which there are many run side by side, so that each takes one thread.
"""

from functools import partial

import numpy as np

from ghostlib import outcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.training import train
from ghostlib.training.rules import Adam, Clipped
from ghostlib.training.schedules import anneal, train_at


def at_confidence(networks, task, alpha, epochs, c, *, low, **options):
    """`train` at a confidence `low` throughout, whatever the networks are meant to have."""
    return train(networks, task, alpha, epochs, low, **options)


CONSTANT = {f"c = {low:g}": partial(at_confidence, low=low) for low in (5.0, 3.0, 1.0, 0.3)}
# Everything that is compared takes the same steps of the same size for as many epochs; only this differs.
METHODS = {
    "plain": train,
    "clipped at 1": partial(train, rule=Clipped(1.0)),
    "clipped at 0.1": partial(train, rule=Clipped(0.1)),
    "Adam": partial(train, rule=Adam()),
    "schedule": anneal,
} | CONSTANT


def remedy(method, alpha, seeds, epochs, c):
    """Train the networks 0 … seeds − 1, which are meant to have the confidence `c`, by one of `METHODS`.

    Returns
    -------
    learned, solved, trapped, diverged : bool arrays (seeds,), as in `outcomes`; solved at `c`
    loss : float array (seeds,), at the end and at `c`; NaN where a network has diverged
    """
    history = METHODS[method](RankOne.initial(np.arange(seeds)), TASK, alpha, epochs, c, threads=1)
    accuracy, loss = history.accuracy, outcomes.final_loss(history.networks, TASK, c)
    learned, solved = outcomes.learned(accuracy), outcomes.solved(accuracy, loss)
    return learned, solved, outcomes.trapped(accuracy), outcomes.diverged(accuracy), loss


def lowered(seeds, alpha, epochs, c, after, confidences):
    """Train the networks 0 … seeds − 1 for so many epochs at `c`, then `after` more at each of several confidences.

    Returns
    -------
    learned, trapped : bool arrays (seeds,), after the first part, as in `outcomes`
    accuracy : float array (confidences, seeds), after the second; NaN where a network has diverged
    """
    first = train(RankOne.initial(np.arange(seeds)), TASK, alpha, epochs, c)
    second = train_at(first.networks, TASK, alpha, after, confidences, record=[after])
    return outcomes.learned(first.accuracy), outcomes.trapped(first.accuracy), second.accuracy[..., -1]
