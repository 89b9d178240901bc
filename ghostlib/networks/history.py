"""What a training leaves behind."""

from typing import NamedTuple

import numpy as np

from ghostlib import _checks
from ghostlib.networks.records import Ensemble


class History(NamedTuple):
    r"""The course of a training. The value at epoch e is that of the parameters after e updates.

    epoch : int array (E,), the recorded epochs, in the order in which they were asked for.
    loss : float array (B, E), Σₜ (ô − o)² / T, or as `Trials` define it.
    gradient_norm : float array (B, E), L2 norm of ∂L/∂θ over all trained parameters.
    accuracy : float array (B, E), share of the steps on the right side of 1/2, or of the thresholds.
    c : float array (B, E), the confidence; constant unless it was trained; 1 for networks with a trained read-out.
    networks : the trained networks, leading axes (B,). Pass them to `train` to go on.
    snapshots : the networks at the epochs asked for, leading axes (S, B): ``snapshots[2]`` is the ensemble at the third
        of these epochs, ``snapshots[:, 0]`` the first network at all of them. None where none were asked for.
    frozen_at : int array (B,), the first epoch whose update was exactly zero, after which nothing can change; or −1.
    diverged_at : int array (B,), the first epoch at which a parameter or the loss was not finite; or −1. From there on
        the network's rows and parameters are NaN.

    B stands for the leading axes of the networks that were trained, whatever they are.
    """

    epoch: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    accuracy: np.ndarray
    c: np.ndarray
    networks: Ensemble
    snapshots: Ensemble | None
    frozen_at: np.ndarray
    diverged_at: np.ndarray

    @staticmethod
    def join(histories):
        """One training after the other, each from where the one before it ended and with all of its epochs recorded.

        At the epoch where two meet stands what the later one recorded, so that ``c[e]`` is the confidence of the update
        from epoch e on. Snapshots are left out.
        """
        starts = np.cumsum([0, *(history.epoch[-1] for history in histories)])
        last, diverged_at = histories[-1], np.full(histories[0].diverged_at.shape, -1)
        for start, history in zip(starts, histories, strict=False):
            diverged_at = np.where(diverged_at < 0, _shifted(history.diverged_at, start), diverged_at)
        rows = {
            name: np.concatenate([*(getattr(h, name)[..., :-1] for h in histories[:-1]), getattr(last, name)], axis=-1)
            for name in ("loss", "gradient_norm", "accuracy", "c")
        }
        return last._replace(
            epoch=np.arange(starts[-1] + 1),
            **rows,
            snapshots=None,
            frozen_at=_shifted(last.frozen_at, starts[-2]),
            diverged_at=diverged_at,
        )


def chosen_epochs(name, chosen, epochs):
    """The epochs that an argument `name` asks for out of 0 … `epochs`: "all", every k-th from 0 on, or a list.

    Parameters
    ----------
    name : str
        For the error message.
    chosen : "all", int or sequence of int
    epochs : int
        The last epoch there is.

    Returns
    -------
    int array
        A list in its own order.
    """
    if isinstance(chosen, str):
        if chosen != "all":
            raise ValueError(f'{name} must be "all", an integer or a list of epochs, got {chosen!r}')
        return np.arange(epochs + 1)
    if not _checks.numbers(name, chosen).ndim:
        return np.arange(0, epochs + 1, _checks.count(name, chosen, 1))
    listed = np.asarray(_checks.detached(chosen))
    if listed.size == 0:
        return np.empty(0, dtype=np.int64)
    if listed.ndim != 1 or not np.issubdtype(listed.dtype, np.integer):
        raise ValueError(f"{name} must be a list of integers, got {chosen!r}")
    unknown = listed[(listed < 0) | (listed > epochs)]
    if unknown.size:
        raise ValueError(f"{name} must lie between 0 and epochs = {epochs}, got {unknown[0]}")
    return listed.astype(np.int64)


def _shifted(epoch, start):
    return np.where(epoch >= 0, start + epoch, -1)
