"""Many networks over many cores: the only place where epochs are counted."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import perf_counter

import joblib
import numpy as np
from tqdm.auto import tqdm

from ghostlib import _checks
from ghostlib._futures import as_completed
from ghostlib.networks.driven import Driven, DrivenFullRank, DrivenLowRank, fits
from ghostlib.networks.history import History, chosen_epochs
from ghostlib.networks.records import FullRank, LowRank, RankOne, confidence, per_network
from ghostlib.networks.task import checked_target
from ghostlib.training.kernels.advance import DIVERGED_AT, FROZEN_AT, advance
from ghostlib.training.kernels.driven import DrivenWorkspace
from ghostlib.training.kernels.full_rank import FullRankWorkspace
from ghostlib.training.kernels.low_rank import LowRankWorkspace
from ghostlib.training.kernels.rank_one import RankOneWorkspace
from ghostlib.training.kernels.trial import DrivenTrial, Trial
from ghostlib.training.layout import TRIALS, driven_rows, pack, padded, unpack
from ghostlib.training.rules import PLAIN, checked


# A training is done in slices of 10 to 20 ms, so that an interrupt is heard: the first is of so many parameters × steps
# × epochs, and each is twice as long as the one before that took less.
FIRST_SLICE, SHORT = 10_000_000, 0.01
WORKSPACE = {
    RankOne: RankOneWorkspace,
    LowRank: LowRankWorkspace,
    FullRank: FullRankWorkspace,
    DrivenLowRank: DrivenWorkspace,
    DrivenFullRank: DrivenWorkspace,
}


def train(
    networks,
    task,
    alpha,
    epochs,
    c=None,
    *,
    rule=PLAIN,
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
    networks : RankOne, LowRank, FullRank, DrivenLowRank or DrivenFullRank
        With any leading axes B.
    task : DelayedActivation; or Trials, for networks that hear inputs, with the loss that it defines
        What it draws begins anew with its seed: to go on with other draws, give it another.
    alpha : float or array
        Learning rate, one or one per network (broadcast against B).
    epochs : int
        Updates, ≥ 0.
    c : float or array, optional
        Confidence of rank-one networks, one or one per network; 10 by default, as in the paper. Other networks have
        none: their read-out is trained.
    rule : GradientDescent, Clipped or Adam, default GradientDescent()
        How a step follows from the gradient.
    learn_c : bool, default False
        Whether c is a parameter too (the paper's "another network, in which c was trainable"); it is in `History.c`.
        Nothing keeps a trained c from crossing zero, and one that did may be trained on: `c` may then be negative.
    record : "all", int or sequence of int, default "all"
        Epochs to record: all from 0 (before any update) to `epochs`, every k-th, or a list in any order.
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
        If an argument is out of its range, or shapes do not fit.

    Notes
    -----
    A network whose update has become exactly zero is finished at once (`History.frozen_at`), except under a rule with a
    memory, such as Adam, where a later update may differ. So is one that overflows (`History.diverged_at`), or that is
    not finite in this precision to begin with: it has diverged at epoch 0, and the others are trained.
    Go on, at another confidence say, with ``train(history.networks, …)``.
    """
    if type(networks) not in WORKSPACE:
        kinds = ", ".join(kind.__name__ for kind in WORKSPACE)
        raise ValueError(f"networks must be one of {kinds}, got {type(networks).__name__}")
    is_driven = isinstance(networks, Driven)
    if is_driven:
        fits(networks, task)
    target, rule = task.targets if is_driven else checked_target(task), checked(rule)
    epochs = _checks.count("epochs", epochs, 0)
    epoch, record_place = _sorted(chosen_epochs("record", record, epochs))
    snapshot_epoch, snapshot_place = _sorted(chosen_epochs("snapshots", snapshots, epochs))
    learn_c, progress = _checks.boolean("learn_c", learn_c), _checks.boolean("progress", progress)
    if learn_c and not isinstance(networks, RankOne):
        raise ValueError(f"learn_c is for RankOne networks, got {type(networks).__name__}")
    if not isinstance(dtype, str | type | np.dtype) or dtype not in (np.float32, np.float64, "float32", "float64"):
        raise ValueError(f"dtype must be float32 or float64, got {dtype!r}")
    threads = joblib.cpu_count() if threads is None else _checks.count("threads", threads, 1)
    alpha = per_network("alpha", alpha, networks, dtype=dtype)
    c = confidence(networks, c, dtype=dtype, check=_checks.finite if learn_c else _checks.positive)
    with np.errstate(over="ignore", under="ignore"):
        theta = pack(networks, c, dtype)
    theta[~np.isfinite(theta).all(axis=(1, 2))] = np.nan

    records = np.empty((len(theta), 4 if learn_c else 3, epoch.size), dtype)
    snapshot = np.empty((len(theta), snapshot_epoch.size, *theta.shape[1:]), dtype)
    state = np.tile(np.array([0, 0, 0, -1, -1]), (len(theta), 1))
    if is_driven:
        trial, heard = _driven_trial(networks, task, epochs)
    else:
        trial = Trial(target, networks.N, task.delta, task.x0, task.kappa_star, learn_c, epochs)

    def start(i):
        more = (driven_rows(networks)[0], networks.N, heard, task.generator()) if is_driven else (target.size,)
        workspace = WORKSPACE[type(networks)].like(theta[i], *more)
        moments = np.zeros((rule.moments, *theta.shape[1:]))
        fixed = theta[i], float(alpha.flat[i]), rule, moments, trial, workspace, state[i]
        return lambda until: advance(*fixed, until, epoch, records[i], snapshot_epoch, snapshot[i])

    _run(start, len(theta), epochs, 1 + FIRST_SLICE // (theta[:1].size * target.size + 1), threads, progress)

    def in_order(rows):
        return rows[..., record_place].reshape(*networks.shape, record_place.size)

    loss, gradient_norm, accuracy = (in_order(records[:, row]) for row in range(3))
    snapshots = None
    if snapshot_place.size:
        kept = np.moveaxis(snapshot[:, snapshot_place], 1, 0)
        snapshots = unpack(kept.reshape(len(kept), *networks.shape, *theta.shape[1:]), networks)
    return History(
        epoch=epoch[record_place],
        loss=loss,
        gradient_norm=gradient_norm,
        accuracy=accuracy,
        c=in_order(records[:, 3]) if learn_c else np.broadcast_to(c[..., None], loss.shape),
        networks=unpack(theta.reshape(*networks.shape, *theta.shape[1:]), networks),
        snapshots=snapshots,
        frozen_at=state[:, FROZEN_AT].reshape(networks.shape),
        diverged_at=state[:, DIVERGED_AT].reshape(networks.shape),
    )


def _driven_trial(networks, task, epochs):
    """The task as `kernels.driven` takes it, and its inputs (D, steps, P), with padded trials that have no weight."""
    P, steps, D = task.inputs.shape

    def lanes(array, fill=0.0):
        whole = np.full((*array.shape[1:][::-1], padded(P, TRIALS)), fill)
        whole[..., :P] = array.T
        return whole

    low, high = task.sides()
    arrays = lanes(task.targets), lanes(low, np.inf), lanes(high), lanes(task.weights / P)
    is_fixed = isinstance(networks, DrivenFullRank)
    sizes = P, networks.N, networks.rank, D, networks.from_rates, is_fixed, task.output == "tanh"
    numbers = task.delta, task.x0, task.spread, task.squashed, task.noise, epochs
    return DrivenTrial(*arrays, *sizes, *numbers), lanes(task.inputs)


def _sorted(listed):
    """The epochs ascending and without repetition, and where among them each of `listed` is."""
    return np.unique(listed, return_inverse=True)


def _run(start, networks, epochs, first, threads, progress):
    """Train so many networks, `threads` at a time, in slices of which the first is of `first` epochs.

    ``start(i)`` returns a function that trains network i up to an epoch and returns whether it has finished.
    """
    stop, lock = Event(), Lock()

    @np.errstate(all="ignore")  # where Numba is switched off, NumPy speaks of every overflow
    def finish(i):
        advance, now, length, finished = start(i), 0, first, False
        while not (finished or stop.is_set()):
            until, began = min(now + length, epochs), perf_counter()
            finished = advance(until)
            length *= 2 if perf_counter() - began < SHORT else 1
            with lock:
                bar.update((epochs if finished else until) - now)
            now = until

    with (
        tqdm(total=networks * epochs, unit="epoch", unit_scale=True, disable=not progress) as bar,
        ThreadPoolExecutor(threads) as pool,
    ):
        try:
            for future in as_completed([pool.submit(finish, i) for i in range(networks)]):
                future.result()
        finally:
            stop.set()
