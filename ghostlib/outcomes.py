r"""What becomes of a network in training: learned, trapped, recovered, solved, diverged.

These words have one meaning throughout, and it is here. Those of Fig. 4 are said of the accuracy after every epoch of a
training, on the last axis:

learned
    above ½ at some epoch
silent
    at most ½ in all of the last 50 epochs
trapped
    learned, and silent (caption of Fig. 4; that it must have learned before is the authors' code)
recovered
    above ½ in all of the last 50 epochs (our word for the paper's "recover")
solved
    at least 0.95 in all of the last 50 epochs, and at the end a loss of at most 0.1 at the confidence that the network
    was meant to have (ours)
diverged
    not a number at the end: a parameter or the loss overflowed. Then it is none of silent, trapped, recovered and
    solved; it may have learned before.

The networks of Fig. S2 train their read-out and begin with an output near ½, so that an accuracy above ½ tells little.
What becomes of them is read from the end of a training: `outcome`.

Every function raises ValueError where an array lacks the axis of the epochs, or where that has fewer epochs than the
word needs.
"""

import numpy as np

from ghostlib import _checks
from ghostlib.networks.records import Ensemble


LAST = 50  # epochs at the end of a training that tell what has become of a network; the paper's for Fig. 4
SILENT = 0.5  # accuracy of an output that is 0 throughout, or 1
HIGH_ACCURACY = 0.95  # two of the forty steps are wrong
HIGH_LOSS = 0.9  # the plateau is over below it, and the fall is timed from there
LOW_LOSS = 0.1  # two wrong steps' worth at a high confidence, 2/T at the paper's T = 20
JUMP = 0.5  # half the loss of a silent network
NEGLIGIBLE = 1e-3  # a gradient norm, ours: silent networks of Fig. S2 above it get out in as many epochs again
OUTCOMES = ("learned", "unsettled", "trapped", "diverged")


def has_task(accuracy):
    """Whether a network has the task at each epoch: accuracy above ½; (..., E) → bool array (..., E)."""
    return _epochs("accuracy", accuracy) > SILENT


def learned(accuracy):
    """Whether a network ever got the task, also if it lost it again; (..., E) → bool array (...)."""
    return np.any(has_task(accuracy), axis=-1)


def silent(accuracy):
    """Whether the output is right in at most half of the steps in all of the last 50 epochs; (..., E) → (...)."""
    return np.all(_last(accuracy) <= SILENT, axis=-1)


def trapped(accuracy):
    """Whether a network got the task and is now silent; (..., E) → bool array (...). Source: caption of Fig. 4."""
    return silent(accuracy) & learned(accuracy)


def recovered(accuracy):
    """Whether the output is right in more than half of the steps in all of the last 50 epochs; (..., E) → (...)."""
    return np.all(has_task(_last(accuracy)), axis=-1)


def solved(accuracy, loss):
    """Whether a network does the task for good.

    Parameters
    ----------
    accuracy : array_like (..., E)
    loss : array_like (...)
        Of the network at the end, at the confidence it was meant to have: `final_loss`.

    Returns
    -------
    bool array (...)
    """
    return np.all(_last(accuracy) >= HIGH_ACCURACY, axis=-1) & (_checks.numbers("loss", loss) <= LOW_LOSS)


def diverged(accuracy):
    """Whether a parameter or the loss overflowed; (..., E) → bool array (...)."""
    return np.isnan(_epochs("accuracy", accuracy)[..., -1])


def final_loss(networks, task, c=None):
    """Loss of trained networks at the confidence `c`, 10 by default, whatever it was in training; NaN if diverged."""
    output = _checks.instance("networks", networks, Ensemble).output(task, c)
    return task.loss(output)


def first_epoch(condition):
    """The first epoch at which a condition holds, −1 where it never does; bool (..., E) → int array (...)."""
    condition = _epochs("condition", condition) != 0
    return np.where(condition.any(axis=-1), condition.argmax(axis=-1), -1)


def jump(loss):
    """The first epoch with a loss below ½, half of a silent network's, or −1; (..., E) → int array (...)."""
    return first_epoch(_epochs("loss", loss) < JUMP)


def silent_from(accuracy):
    """The epoch from which on the accuracy is at most ½ to the end, −1 where there is none; (..., E) → int (...)."""
    heard = ~(_epochs("accuracy", accuracy) <= SILENT)
    since = heard.shape[-1] - first_epoch(heard[..., ::-1])
    return np.where(heard.any(axis=-1), np.where(heard[..., -1], -1, since), 0)


def settled_loss(loss):
    """The median loss of the last tenth of the epochs, of two at least; (..., E) → float array (...)."""
    loss = _epochs("loss", loss)
    return np.median(loss[..., -max((loss.shape[-1] - 1) // 10, 2) :].astype(np.float64), axis=-1)


def outcome(history):
    """What has become of the networks of a training in the words of Fig. S2: str array (...), of `OUTCOMES`.

    diverged
        a parameter or the loss overflowed
    trapped
        in the no-learning zone: silent (the paper's rule for Fig. 4), and in all of the last 50 epochs at a negligible
        gradient (the caption of Fig. S2)
    learned
        the settled loss is below two wrong steps' worth
    unsettled
        none of these

    Parameters
    ----------
    history : History
        With every epoch recorded.
    """
    trapped = silent(history.accuracy) & np.all(_last(history.gradient_norm) < NEGLIGIBLE, axis=-1)
    rules = [diverged(history.accuracy), trapped, settled_loss(history.loss) < LOW_LOSS]
    return np.select(rules, ["diverged", "trapped", "learned"], "unsettled")


def _epochs(name, values, least=1):
    values = _checks.floats(name, values)
    if values.ndim == 0 or values.shape[-1] < least:
        raise ValueError(f"{name} must have at least {least} epochs on its last axis, got shape {values.shape}")
    return values


def _last(accuracy):
    return _epochs("accuracy", accuracy, LAST)[..., -LAST:]
