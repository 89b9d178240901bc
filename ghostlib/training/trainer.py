"""Many networks over many cores."""

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event, Lock

import joblib
import numpy as np
from tqdm.auto import tqdm

from ghostlib import _checks
from ghostlib.networks.history import History, chosen_epochs
from ghostlib.networks.records import LowRank, RankOne, confidence, per_network
from ghostlib.training import kernels
from ghostlib.training.layout import pack, rank, unpack


# Parameters × steps × epochs between two looks at whether the user has interrupted: some 20 ms.
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
        Whether c is a parameter too (the paper's "another network, in which c was trainable"); it is in `History.c`.
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
    if learn_c and not isinstance(networks, RankOne):
        raise ValueError(f"learn_c is for RankOne networks, got {type(networks).__name__}")
    dtype = np.dtype(dtype)
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64, got {dtype}")
    threads = joblib.cpu_count() if threads is None else _checks.count("threads", threads, 1)
    alpha, c = per_network("alpha", alpha, networks), confidence(networks, c)
    with np.errstate(over="ignore", under="ignore"):
        rates, theta = alpha.astype(dtype).ravel(), pack(networks, c, dtype)
    _checks.positive(f"alpha (in {dtype})", rates)
    _checks.finite(f"networks and c (in {dtype})", theta)

    size, K = len(theta), rank(networks)
    records = np.empty((size, 4 if learn_c else 3, epoch.size), dtype)
    snapshot = np.empty((size, snapshot_epoch.size, *theta.shape[1:]), dtype)
    state = np.tile(np.array([0, 0, 0, -1, -1]), (size, 1))
    trial = kernels.Trial(task.target(), networks.N, task.delta, task.x0, task.kappa_star, bool(learn_c), epochs)

    def advance(i, until):
        workspace = kernels.Workspace.like(theta[i], task.steps)
        kept = epoch, records[i], snapshot_epoch, snapshot[i]
        return kernels.advance(theta[i], K, rates[i], trial, workspace, state[i], until, *kept)

    _run(advance, state[:, kernels.EPOCH], epochs, 1 + SLICE // (theta[:1].size * task.steps + 1), threads, progress)

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


def _run(advance, now, epochs, piece, threads, progress):
    """Advance every network to its end, `threads` at a time, `piece` epochs by `piece` so that interrupts are heard.

    ``advance(i, until)`` trains network i, which is at epoch ``now[i]``, and returns whether it has finished.
    """
    stop, lock = Event(), Lock()

    def finish(i):
        finished = False
        while not (finished or stop.is_set()):
            before = int(now[i])
            finished = advance(i, min(before + piece, epochs))
            with lock:
                bar.update((epochs if finished else int(now[i])) - before)

    with (
        tqdm(total=len(now) * epochs, unit="epoch", unit_scale=True, disable=not progress) as bar,
        ThreadPoolExecutor(threads) as pool,
    ):
        try:
            futures = [pool.submit(finish, i) for i in range(len(now))]
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    for future in futures:
        future.result()
