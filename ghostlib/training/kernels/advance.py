"""Epoch after epoch of one network, of any kind and by any rule."""

import math

import numpy as np
from numba import njit
from numba.extending import overload

from ghostlib._compile import compiled
from ghostlib.training import rules
from ghostlib.training.kernels.arithmetic import FAST, STRICT
from ghostlib.training.kernels.driven import DrivenWorkspace, driven
from ghostlib.training.kernels.full_rank import FullRankWorkspace, full_rank
from ghostlib.training.kernels.low_rank import LowRankWorkspace, low_rank
from ghostlib.training.kernels.rank_one import RankOneWorkspace, rank_one
from ghostlib.training.kernels.steps import update


EPOCH, ROW, SNAPSHOT, FROZEN_AT, DIVERGED_AT = range(5)  # places in the state of a training
KERNEL = {
    RankOneWorkspace: rank_one,
    LowRankWorkspace: low_rank,
    FullRankWorkspace: full_rank,
    DrivenWorkspace: driven,
}


def loss_and_gradient(theta, trial, workspace):
    """Loss and accuracy of a network of the kind that the workspace is for; its gradient is in the workspace."""
    return KERNEL[type(workspace)](theta, trial, workspace)


@overload(loss_and_gradient, jit_options=FAST)
def _loss_and_gradient(theta, trial, workspace):
    return KERNEL[workspace.instance_class].py_func  # itself: a function around it would be compiled for itself too


@njit(**FAST)
def norm(gradient):
    """L2 norm, its sum in float64: no overflow where the gradient itself has none."""
    total, slopes = 0.0, gradient.ravel()
    for i in range(slopes.size):
        total += np.float64(slopes[i]) * np.float64(slopes[i])
    return math.sqrt(total)


@njit(**STRICT)
def record_values(record, start, stop, loss, gradient_norm, accuracy, c):
    """Fill the rows of `record` from place `start` to `stop`; c has a row where it is trained."""
    for place in range(start, stop):
        record[0, place] = loss
        record[1, place] = gradient_norm
        record[2, place] = accuracy
        if record.shape[0] > 3:
            record[3, place] = c


@njit(**STRICT)
def copy_parameters(snapshots, start, stop, theta):
    """Copy the parameters to the places from `start` to `stop`."""
    for place in range(start, stop):
        for r in range(theta.shape[0]):
            for i in range(theta.shape[1]):
                snapshots[place, r, i] = theta[r, i]


@compiled(nogil=True, also=[rules], **STRICT)
def advance(theta, alpha, rule, moments, trial, workspace, state, until, epoch, record, snapshot_epoch, snapshots):
    """Train one network from the epoch in `state` to the epoch `until`; returns whether it has finished.

    theta : the parameters' matrix, changed in place.
    alpha : learning rate, float64.
    rule : one of `ghostlib.training.rules`; Numba compiles each, for each kind of network, when it is needed.
    moments : float64 array (rule.moments, *theta.shape), what the rule remembers, changed in place.
    trial : Trial.
    workspace : working memory, its type tells the kind of network; nothing in it needs to be kept between two calls.
    state : int64 array of five, changed in place: the current epoch, the next places in `record` and `snapshots`, and
        the epochs of freezing and divergence or −1.
    until : where to stop, at most the last epoch; that one, `trial.epochs`, is evaluated and not updated.
    epoch, record : the epochs to record, and rows for loss, gradient norm, accuracy and, if there is a fourth, c.
    snapshot_epoch, snapshots : the epochs at which to keep the parameters, and room for them.

    A training that has frozen or diverged has finished: what is left of its rows is filled.
    """
    while True:
        now = state[EPOCH]
        if now == until and now < trial.epochs:  # before what is drawn for this epoch
            return False
        loss, accuracy = loss_and_gradient(theta, trial, workspace)
        gradient_norm, c = norm(workspace.gradient), theta[theta.shape[0] - 1, 0]
        if not (loss + gradient_norm < np.inf):
            state[DIVERGED_AT] = now
            break
        if state[ROW] < epoch.size and epoch[state[ROW]] == now:
            record_values(record, state[ROW], state[ROW] + 1, loss, gradient_norm, accuracy, c)
            state[ROW] += 1
        if state[SNAPSHOT] < snapshot_epoch.size and snapshot_epoch[state[SNAPSHOT]] == now:
            copy_parameters(snapshots, state[SNAPSHOT], state[SNAPSHOT] + 1, theta)
            state[SNAPSHOT] += 1
        if now == trial.epochs:
            return True
        changed, overflown = update(theta, workspace.gradient, gradient_norm, alpha, rule, moments, now + 1)
        if overflown > 0:
            state[DIVERGED_AT] = now + 1
            break
        if changed == 0 and moments.size == 0:  # what a rule remembers may yet move a parameter
            state[FROZEN_AT] = now
            break
        state[EPOCH] += 1
    if state[DIVERGED_AT] >= 0:
        loss, gradient_norm, accuracy, c = np.nan, np.nan, np.nan, theta.dtype.type(np.nan)
        theta.fill(np.nan)
    record_values(record, state[ROW], epoch.size, loss, gradient_norm, accuracy, c)
    copy_parameters(snapshots, state[SNAPSHOT], snapshot_epoch.size, theta)
    return True
