r"""What has become of a network: learned, trapped, recovered or solved.

The words of Fig. 4, in one place. Each is said of the accuracy of a network after every epoch of a training:

learned
    above ½ at some epoch
trapped
    learned, and at most ½ in all of the last 50 epochs (the paper's rule)
recovered
    above ½ in all of the last 50 epochs (our word for the paper's "recover")
solved
    at least 0.95 in all of the last 50 epochs, and at the end a loss of at most 0.1 at the confidence that the network
    was meant to have (ours)
"""

import numpy as np


LAST = 50  # epochs at the end of a training that tell what has become of a network
SILENT = 0.5  # accuracy of an output that is 0 throughout, or 1
RIGHT = 0.95  # accuracy of a network that waits and then acts, a step early or late
LOW = 0.1  # loss of such a network at a high confidence


def learned(accuracy):
    """Whether a network ever got the task: accuracy above ½ at some epoch.

    Parameters
    ----------
    accuracy : array_like (..., E)

    Returns
    -------
    bool array (...)
    """
    return np.any(np.asarray(accuracy) > SILENT, axis=-1)


def trapped(accuracy):
    """Whether a network got the task and is now silent: accuracy at most ½ in all of the last 50 epochs.

    Parameters
    ----------
    accuracy : array_like (..., E)

    Returns
    -------
    bool array (...)

    Raises
    ------
    ValueError
        If there are fewer than 50 epochs.

    Source: caption of Fig. 4; that it must have learned before is the authors' code.
    """
    return np.all(_last(accuracy) <= SILENT, axis=-1) & learned(accuracy)


def recovered(accuracy):
    """Whether a network is on its way again: accuracy above ½ in all of the last 50 epochs.

    Parameters
    ----------
    accuracy : array_like (..., E)

    Returns
    -------
    bool array (...)

    Raises
    ------
    ValueError
        If there are fewer than 50 epochs.
    """
    return np.all(_last(accuracy) > SILENT, axis=-1)


def solved(accuracy, loss):
    """Whether a network does the task for good: accuracy ≥ 0.95 in all of the last 50 epochs, and a final loss ≤ 0.1.

    Parameters
    ----------
    accuracy : array_like (..., E)
    loss : array_like (...)
        Of the network at the end, at the confidence it was meant to have: `final_loss`.

    Returns
    -------
    bool array (...)

    Raises
    ------
    ValueError
        If there are fewer than 50 epochs.
    """
    return np.all(_last(accuracy) >= RIGHT, axis=-1) & (np.asarray(loss) <= LOW)


def final_loss(networks, task, c=10.0):
    """Loss of trained networks at the confidence `c`, whatever they were trained at; NaN where they overflowed."""
    return task.loss(networks.output(task, c))


def _last(accuracy):
    accuracy = np.asarray(accuracy)
    if accuracy.ndim == 0 or accuracy.shape[-1] < LAST:
        raise ValueError(f"accuracy must have at least {LAST} epochs on its last axis, got shape {accuracy.shape}")
    return accuracy[..., -LAST:]
