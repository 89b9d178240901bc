"""Many networks over many cores."""

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event, Lock

import joblib
import numpy as np
from tqdm.auto import tqdm

from ghostlib import _checks
from ghostlib.rnn import LowRank, RankOne, confidence, per_network
from ghostlib.training import kernels
from ghostlib.training.history import History, chosen_epochs
from ghostlib.training.layout import pack, rank, unpack


# Multiplications between two looks at whether the reader has interrupted: some 50 ms.
SLICE = 100_000_000


def train(
    networks,
    task,
    alpha,
    epochs,
    c=None,
    *,
    learn_c=False,
    record="all",
    snapshots=(),
    dtype=np.float32,
    threads=None,
    progress=False,
):
    r"""Train every network of an ensemble by gradient descent, θ ← θ − α ∂L/∂θ with L = Σₜ (ô − o)² / T.

    Parameters
    ----------
    networks : RankOne or LowRank
        With any leading axes B.
    task : DelayedActivation
    alpha : float or array
        Learning rate, one or one per network (broadcast against B).
    epochs : int
        Updates, ≥ 0.
    c : float or array, optional
        Confidence of rank-one networks, one or one per network; 10 by default, as in the paper. `LowRank` networks have
        none: their read-out is trained.
    learn_c : bool, default False
        Whether c is a parameter too (the paper's "another network, in which c was trainable").
    record : "all", int or sequence of int, default "all"
        Epochs to record: all from 0 (before any update) to `epochs`, every k-th, or a list.
    snapshots : int or sequence of int, optional
        Epochs at which to keep the parameters, likewise.
    dtype : float32 or float64
        Precision; float32 as in the paper, with a tanh that is right within 1.8e-7.
    threads : int, optional
        Networks trained at a time, by default one a core. Results do not depend on it to the last bit.
    progress : bool, default False
        Whether to show a progress bar.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes of `alpha` or `c` do not fit, or a parameter is not finite.

    Notes
    -----
    A network whose update has become exactly zero is finished at once (`History.frozen_at`), and so is one that
    overflows (`History.diverged_at`). Go on, at another confidence say, with ``train(history.networks, …)``.
    """
    if not isinstance(networks, RankOne | LowRank):
        raise ValueError(f"networks must be RankOne or LowRank, got {type(networks).__name__}")
    epochs = _checks.count("epochs", epochs, 0)
    epoch, snapshot_epoch = chosen_epochs("record", record, epochs), chosen_epochs("snapshots", snapshots, epochs)
    alpha, c = per_network("alpha", alpha, networks), confidence(networks, c)
    if learn_c and not isinstance(networks, RankOne):
        raise ValueError(f"learn_c is for RankOne networks, got {type(networks).__name__}")
    dtype = np.dtype(dtype)
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64, got {dtype}")
    threads = joblib.cpu_count() if threads is None else _checks.count("threads", threads, 1)
    theta = pack(networks, c, dtype)
    if not np.isfinite(theta).all():
        raise ValueError(f"networks must have finite parameters (in {dtype}), got NaN or infinity")

    records = np.empty((len(theta), 4 if learn_c else 3, epoch.size), dtype)
    snapshot = np.empty((len(theta), snapshot_epoch.size, *theta.shape[1:]), dtype)
    state = np.tile(np.array([0, 0, 0, -1, -1]), (len(theta), 1))
    trial = kernels.Trial(
        task.target(),
        networks.N,
        task.delta,
        task.x0,
        task.kappa_star,
        bool(learn_c),
        epochs,
    )
    jobs = [
        (
            theta[i],
            rank(networks),
            alpha.flat[i].astype(dtype),
            trial,
            state[i],
            epoch,
            records[i],
            snapshot_epoch,
            snapshot[i],
        )
        for i in range(len(theta))
    ]
    _run(jobs, epochs, max(1, SLICE // (theta[0].size * task.steps)) if jobs else 1, threads, progress)

    loss, gradient_norm, accuracy = (records[:, row].reshape(*networks.shape, epoch.size) for row in range(3))
    return History(
        epoch=epoch,
        loss=loss,
        gradient_norm=gradient_norm,
        accuracy=accuracy,
        c=records[:, 3].reshape(loss.shape) if learn_c else np.broadcast_to(c[..., None], loss.shape),
        networks=unpack(theta.reshape(*networks.shape, *theta.shape[1:]), networks),
        snapshots=_snapshots(snapshot, networks) if snapshot_epoch.size else None,
        frozen_at=state[:, kernels.FROZEN_AT].reshape(networks.shape),
        diverged_at=state[:, kernels.DIVERGED_AT].reshape(networks.shape),
    )


def _snapshots(theta, networks):
    theta = np.moveaxis(theta, 1, 0)
    return unpack(theta.reshape(len(theta), *networks.shape, *theta.shape[2:]), networks)


def _run(jobs, epochs, slice_, threads, progress):
    """Advance every job to its end, `threads` at a time and in slices, so that an interrupt is heard between two."""
    stop, lock = Event(), Lock()

    def finish(job):
        theta, K, alpha, trial, state, *rest = job
        room = kernels.Room.like(theta, trial.target.size, K)
        finished = False
        while not (finished or stop.is_set()):
            before = state[kernels.EPOCH]
            finished = kernels.advance(theta, K, alpha, trial, room, state, min(before + slice_, epochs), *rest)
            with lock:
                bar.update((epochs if finished else int(state[kernels.EPOCH])) - int(before))

    with (
        tqdm(total=len(jobs) * epochs, unit="epoch", unit_scale=True, disable=not progress) as bar,
        ThreadPoolExecutor(threads) as pool,
    ):
        try:
            futures = [pool.submit(finish, job) for job in jobs]
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    for future in futures:
        future.result()
