r"""Loss, gradient and update of one network, fused and compiled.

The parameters of a network are the rows of one matrix, as `ghostlib.training.layout` lays them out.
Vectors are in the precision of that matrix, sums over the steps of a trial in float64. The mathematics is that of
`ghostlib.networks.adjoint`, with one rearrangement for rank one: the factor by which the adjoint shrinks in a step
back, (1 − Δ) + Δ Σ nm(1 − φ²), is already known on the way forward, so that all adjoints are scalars and the gradient
is a weighted sum of the stored φ, four steps at a time.

One file on purpose: Numba's cache notices a change only in the file of the function it has compiled.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import overload

from ghostlib.training.layout import zeros


# Sums may be reordered and products fused, so that loops vectorise. NaN and infinity keep their meaning: without them
# divergence could not be seen. Numba's own error model would put a branch for division by zero into every loop.
# Always inlined: a function that is compiled for itself and again within its caller may be rounded differently in the
# two, and which of them runs would depend on whether the caller was compiled just now or comes from Numba's cache.
FAST = {"fastmath": {"reassoc", "nsz", "arcp", "contract"}, "error_model": "numpy", "forceinline": True}
# Comparing an old parameter with the new one must not be reasoned away. Not saying so would mean: as in the caller that
# is compiled first.
STRICT = {"fastmath": False, "error_model": "numpy"}

# tanh x = 2pq/(p² + q²) where p/q ≈ tanh(x/2), p = x(P₀ + P₁s + P₂s²), q = 1 + Q₁s + Q₂s² + Q₃s³, s = x². The minimax
# fit on |x| ≤ 9, where tanh rounds to ±1, is within 7.1e-9 (relative); evaluated in float32 within 1.8e-7 and never
# beyond ±1. No branch, one division.
LIMIT = np.float32(9)
P = tuple(np.float32(x) for x in (0.5, 1.4885141514241695e-2, 5.709336983272806e-5))
Q = tuple(np.float32(x) for x in (1.0, 1.1310356855392456e-1, 1.206193002872169e-3, 1.2278176200197777e-6))

EPOCH, ROW, SNAPSHOT, FROZEN_AT, DIVERGED_AT = range(5)  # places in the state of a training


class Workspace(NamedTuple):
    """Working memory of a kernel, the steps padded to a multiple of four with rows of zeros.

    gradient : like the parameters.
    phi, through : φ[t], and what comes back through it to the input of the units.
    latent, into, drive : for `low_rank`, the latent variables before each step, Δ times their adjoint, and what a step
        adds to one of them.
    series : what has a number a step.
    backward : the steps from the last to the first.
    """

    gradient: np.ndarray
    phi: np.ndarray
    through: np.ndarray
    latent: np.ndarray
    into: np.ndarray
    drive: np.ndarray
    series: np.ndarray
    backward: np.ndarray

    @classmethod
    def like(cls, theta, steps):
        """Workspace for the parameters' matrix `theta` and a trial of so many steps."""
        rows, units = theta.shape
        padded = -(-steps // 4) * 4
        by_unit, by_rank = ((padded, units),) * 2, ((padded + 1, rows // 2),) * 2
        shapes = (rows, units), *by_unit, *by_rank, (rows // 2,), (4, padded + 1)
        return cls(*(zeros(shape, theta.dtype) for shape in shapes), np.arange(steps)[::-1].copy())


class Trial(NamedTuple):
    """What a kernel needs to know beside the parameters.

    target : float64 array (2T,).
    units : N without padding.
    delta, x0, kappa_star : as in `DelayedActivation`.
    learn_c : whether c is trained too.
    epochs : the last epoch.
    """

    target: np.ndarray
    units: int
    delta: float
    x0: float
    kappa_star: float
    learn_c: bool
    epochs: int


def tanh(x):
    """tanh in the precision of `x`: the rational function above in float32, the C library's in float64."""


@overload(tanh, jit_options=FAST)
def _tanh(x):
    if x != types.float32:
        return lambda x: math.tanh(x)

    def rational(x):
        x = min(max(x, -LIMIT), LIMIT)
        s = x * x
        p = x * (P[0] + s * (P[1] + s * P[2]))
        q = Q[0] + s * (Q[1] + s * (Q[2] + s * Q[3]))
        pq = p * q
        return (pq + pq) / (p * p + q * q)

    return rational


@njit(**FAST)
def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


@njit(**FAST)
def narrow(x, like):
    """`x` in the precision of the array `like`; zero where that would be denormal, which is slow on many processors."""
    return like.dtype.type(0.0 if abs(x) < np.finfo(like.dtype).tiny else x)


@njit(**STRICT)
def share(part, whole):
    """part / whole, correctly rounded: an accuracy of exactly one half has a meaning."""
    return part / whole


@njit(**FAST)
def rank_one(theta, trial, workspace):
    """Loss and accuracy of a rank-one network; writes its gradient into `workspace`."""
    kind = theta.dtype.type
    m, n, b = theta[0], theta[1], theta[2]
    gradient = workspace.gradient
    dm, dn, db = gradient[0], gradient[1], gradient[2]
    c = np.float64(theta[3, 0])
    phi, kappa, back, weight, weight_kappa = (
        workspace.phi,
        workspace.series[0],
        workspace.series[1],
        workspace.series[2],
        workspace.series[3],
    )
    steps, padded = trial.target.size, theta.shape[1]
    delta = kind(trial.delta)
    keep = kind(1) - delta

    # Forward: κ[t], φ[t], and the factor of the step back.
    total, feedback = kind(0), kind(0)
    nm = dm
    for i in range(padded):
        nm[i] = n[i] * m[i]
        total += n[i]
        feedback += nm[i]
    kappa[0] = kind(trial.x0) * total
    for t in range(steps):
        now, drive, lost = kappa[t], kind(0), kind(0)
        for i in range(padded):
            value = tanh(m[i] * now + b[i])
            phi[t, i] = value
            drive += n[i] * value
            lost += nm[i] * (value * value)
        kappa[t + 1] = keep * now + delta * drive
        back[t] = keep + delta * (feedback - lost)

    # Backward: the adjoint λ of κ, from the last step to the first.
    loss, right, adjoint, dc = 0.0, 0, 0.0, 0.0
    for t in range(steps - 1, -1, -1):
        distance = np.float64(kappa[t + 1]) - trial.kappa_star
        output = sigmoid(c * distance)
        error = output - trial.target[t]
        fed = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        dc += fed * distance
        adjoint += fed * c
        weight[t] = narrow(trial.delta * adjoint, theta)
        weight_kappa[t] = narrow(trial.delta * adjoint * kappa[t], theta)
        adjoint *= back[t]

    # The gradient as weighted sums over the steps.
    for i in range(padded):
        dm[i], dn[i], db[i] = kind(0), kind(0), kind(0)
    one = kind(1)
    for t in range(0, phi.shape[0], 4):
        w0, w1, w2, w3 = weight[t], weight[t + 1], weight[t + 2], weight[t + 3]
        k0, k1, k2, k3 = weight_kappa[t], weight_kappa[t + 1], weight_kappa[t + 2], weight_kappa[t + 3]
        for i in range(padded):
            f0, f1, f2, f3 = phi[t, i], phi[t + 1, i], phi[t + 2, i], phi[t + 3, i]
            dn[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            f0, f1, f2, f3 = one - f0 * f0, one - f1 * f1, one - f2 * f2, one - f3 * f3
            db[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            dm[i] += k0 * f0 + k1 * f1 + k2 * f2 + k3 * f3
    start = narrow(trial.x0 * adjoint, theta)
    for i in range(padded):
        db[i] *= n[i]
        dm[i] *= n[i]
    for i in range(trial.units):
        dn[i] += start
    gradient[3, 0] = narrow(dc, theta) if trial.learn_c else kind(0)
    return loss / (steps // 2), share(right, steps)


@njit(**FAST)
def combine_four(weights, t, rows, k, total, s):
    """total[s] += Σ weights[t, j] rows[j] over the four j from k, where k = 4 begins a new total."""
    w0, w1, w2, w3 = weights[t, k], weights[t, k + 1], weights[t, k + 2], weights[t, k + 3]
    for i in range(rows.shape[1]):
        before = total[s, i] if k > 4 else rows.dtype.type(0)
        total[s, i] = before + w0 * rows[k, i] + w1 * rows[k + 1, i] + w2 * rows[k + 2, i] + w3 * rows[k + 3, i]


@njit(**FAST)
def project_four(rows, k, vectors, t, out):
    """out[j] = rows[j]·vectors[t] for the four j from k."""
    zero = rows.dtype.type(0)
    s0, s1, s2, s3 = zero, zero, zero, zero
    for i in range(rows.shape[1]):
        value = vectors[t, i]
        s0 += rows[k, i] * value
        s1 += rows[k + 1, i] * value
        s2 += rows[k + 2, i] * value
        s3 += rows[k + 3, i] * value
    out[k], out[k + 1], out[k + 2], out[k + 3] = s0, s1, s2, s3


@njit(**FAST)
def leak(state, before, after, drive, delta):
    """state[after] = (1 − Δ) state[before] + Δ drive; zero where that would be denormal, NaN where it is."""
    keep = state.dtype.type(1) - delta
    for k in range(drive.size):
        value = keep * state[before, k] + delta * drive[k]
        state[after, k] = state.dtype.type(0) if abs(value) < np.finfo(state.dtype).tiny else value


@njit(**FAST)
def outer(weights, rows, total):
    """total[k] = Σₜ weights[t, k] rows[t], four of k by four of t."""
    total.fill(rows.dtype.type(0))
    for k in range(0, total.shape[0], 4):
        for t in range(0, rows.shape[0], 4):
            a0, a1, a2, a3 = weights[t, k], weights[t, k + 1], weights[t, k + 2], weights[t, k + 3]
            b0, b1, b2, b3 = weights[t + 1, k], weights[t + 1, k + 1], weights[t + 1, k + 2], weights[t + 1, k + 3]
            c0, c1, c2, c3 = weights[t + 2, k], weights[t + 2, k + 1], weights[t + 2, k + 2], weights[t + 2, k + 3]
            d0, d1, d2, d3 = weights[t + 3, k], weights[t + 3, k + 1], weights[t + 3, k + 2], weights[t + 3, k + 3]
            for i in range(rows.shape[1]):
                a, b, c, d = rows[t, i], rows[t + 1, i], rows[t + 2, i], rows[t + 3, i]
                total[k, i] += a0 * a + b0 * b + c0 * c + d0 * d
                total[k + 1, i] += a1 * a + b1 * b + c1 * c + d1 * d
                total[k + 2, i] += a2 * a + b2 * b + c2 * c + d2 * d
                total[k + 3, i] += a3 * a + b3 * b + c3 * c + d3 * d


@njit(**FAST)
def low_rank(theta, trial, workspace):
    """Loss and accuracy of a network of low rank; writes its gradient into `workspace`.

    The read-out u = w_out·x obeys the same recursion as κ = N x, and b enters as if it were a column of M whose latent
    variable is 1. So there are two matrices of as many rows, `columns` (b, then those of M) and `outward` (w_out, then
    the rows of N). Rows are taken four at a time, the first four in one loop with φ.

    LLVM asks once, before a loop over steps, whether any arrays of its inner loops overlap, and where the steps count
    down it does not find out that they do not: nothing would be vectorised. Therefore `workspace.backward`, an array.
    """
    kind = theta.dtype.type
    half = theta.shape[0] // 2
    columns, outward, b_out = theta[:half], theta[half : 2 * half], np.float64(theta[2 * half, 0])
    gradient, phi, through, latent, into = (
        workspace.gradient,
        workspace.phi,
        workspace.through,
        workspace.latent,
        workspace.into,
    )
    drive, fed = workspace.drive, workspace.series[0]
    steps, padded = trial.target.size, theta.shape[1]
    delta = kind(trial.delta)
    zero, one = kind(0), kind(1)

    # Forward: latent[t] = (u, κ) before step t.
    for k in range(half):
        total = zero
        for i in range(padded):
            total += outward[k, i]
        latent[0, k] = kind(trial.x0) * total
    for t in range(steps):
        for k in range(4, half, 4):
            combine_four(latent, t, columns, k, phi, t)
        k1, k2, k3 = latent[t, 1], latent[t, 2], latent[t, 3]
        s0, s1, s2, s3 = zero, zero, zero, zero
        for i in range(padded):
            total = phi[t, i] if half > 4 else zero
            total += columns[0, i] + k1 * columns[1, i] + k2 * columns[2, i] + k3 * columns[3, i]
            value = tanh(total)
            phi[t, i] = value
            s0 += outward[0, i] * value
            s1 += outward[1, i] * value
            s2 += outward[2, i] * value
            s3 += outward[3, i] * value
        drive[0], drive[1], drive[2], drive[3] = s0, s1, s2, s3
        for k in range(4, half, 4):
            project_four(outward, k, phi, t, drive)
        leak(latent, t, t + 1, drive, delta)

    # fed[t] = dL/du[t], and 1 in the place of u.
    loss, right, db_out = 0.0, 0, 0.0
    for t in range(steps):
        output = sigmoid(latent[t + 1, 0] + b_out)
        error = output - trial.target[t]
        slope = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        db_out += slope
        fed[t + 1] = narrow(slope, theta)
    for t in range(steps):
        latent[t, 0] = one

    # Backward: into[t] is Δ times the adjoint of (u, κ) before step t.
    for k in range(half):
        into[steps, k] = zero
    into[steps, 0] = delta * fed[steps]
    for t in workspace.backward:
        for k in range(4, half, 4):
            combine_four(into, t + 1, outward, k, through, t)
        w0, w1, w2, w3 = into[t + 1, 0], into[t + 1, 1], into[t + 1, 2], into[t + 1, 3]
        s1, s2, s3 = zero, zero, zero
        for i in range(padded):
            back = through[t, i] if half > 4 else zero
            back += w0 * outward[0, i] + w1 * outward[1, i] + w2 * outward[2, i] + w3 * outward[3, i]
            back *= one - phi[t, i] * phi[t, i]
            through[t, i] = back
            s1 += columns[1, i] * back
            s2 += columns[2, i] * back
            s3 += columns[3, i] * back
        drive[0], drive[1], drive[2], drive[3] = fed[t], s1, s2, s3
        for k in range(4, half, 4):
            project_four(columns, k, through, t, drive)
        leak(into, t + 1, t, drive, delta)

    # The gradient as weighted sums over the steps.
    outer(latent, through, gradient[:half])
    outer(into[1:], phi, gradient[half : 2 * half])
    for k in range(half):
        start = narrow(trial.x0 / trial.delta * into[0, k], theta)
        for i in range(trial.units):
            gradient[half + k, i] += start
    gradient[2 * half, 0] = narrow(db_out, theta)
    return loss / (steps // 2), share(right, steps)


@njit(**FAST)
def norm(gradient):
    """L2 norm, its sum in float64: no overflow where the gradient itself has none."""
    total, slopes = 0.0, gradient.ravel()
    for i in range(slopes.size):
        total += np.float64(slopes[i]) * np.float64(slopes[i])
    return math.sqrt(total)


@njit(**STRICT)
def descend(theta, gradient, alpha):
    """θ ← θ − α ∂L/∂θ. Returns how many parameters changed and how many are not finite."""
    moved, lost = 0, 0
    parameters, slopes = theta.ravel(), gradient.ravel()
    for i in range(parameters.size):
        old = parameters[i]
        new = old - alpha * slopes[i]
        moved += new != old
        lost += not (abs(new) < np.inf)
        parameters[i] = new
    return moved, lost


@njit(**STRICT)
def write(record, start, stop, loss, size, accuracy, c):
    """Write the rows of `record` from place `start` to `stop`; c has a row where it is trained."""
    for place in range(start, stop):
        record[0, place] = loss
        record[1, place] = size
        record[2, place] = accuracy
        if record.shape[0] > 3:
            record[3, place] = c


@njit(**STRICT)
def keep(snapshots, start, stop, theta):
    """Copy the parameters to the places from `start` to `stop`."""
    for place in range(start, stop):
        for r in range(theta.shape[0]):
            for i in range(theta.shape[1]):
                snapshots[place, r, i] = theta[r, i]


@njit(cache=True, nogil=True, **STRICT)
def advance(theta, rank, alpha, trial, workspace, state, until, epoch, record, snapshot_epoch, snapshots):
    """Train one network from the epoch in `state` to the epoch `until`; returns whether it has finished.

    theta : the parameters' matrix, changed in place.
    rank : K, or None for the rank-one networks with output σ(c(κ − κ*)); Numba compiles each kind when it is needed.
    alpha : learning rate, in the precision of `theta`.
    workspace : working memory; nothing in it needs to be kept between two calls.
    state : int64 array of five, changed in place: the current epoch, the next places in `record` and `snapshots`, and
        the epochs of freezing and divergence or −1.
    until : where to stop, at most the last epoch; that one, `trial.epochs`, is evaluated and not updated.
    epoch, record : the epochs to record, and rows for loss, gradient norm, accuracy and, if there is a fourth, c.
    snapshot_epoch, snapshots : the epochs at which to keep the parameters, and workspace for them.

    A training that has frozen or diverged has finished: what is left of its rows is filled.
    """
    while True:
        now = state[EPOCH]
        if rank is None:
            loss, accuracy = rank_one(theta, trial, workspace)
        else:
            loss, accuracy = low_rank(theta, trial, workspace)
        size, c = norm(workspace.gradient), theta[theta.shape[0] - 1, 0]
        if not (loss + size < np.inf):
            state[DIVERGED_AT] = now
            break
        if state[ROW] < epoch.size and epoch[state[ROW]] == now:
            write(record, state[ROW], state[ROW] + 1, loss, size, accuracy, c)
            state[ROW] += 1
        if state[SNAPSHOT] < snapshot_epoch.size and snapshot_epoch[state[SNAPSHOT]] == now:
            keep(snapshots, state[SNAPSHOT], state[SNAPSHOT] + 1, theta)
            state[SNAPSHOT] += 1
        if now == trial.epochs:
            return True
        if now == until:
            return False
        moved, lost = descend(theta, workspace.gradient, alpha)
        if lost > 0:
            state[DIVERGED_AT] = now + 1
            break
        if moved == 0:
            state[FROZEN_AT] = now
            break
        state[EPOCH] += 1
    if state[DIVERGED_AT] >= 0:
        loss, size, accuracy, c = np.nan, np.nan, np.nan, theta.dtype.type(np.nan)
        theta.fill(np.nan)
    write(record, state[ROW], epoch.size, loss, size, accuracy, c)
    keep(snapshots, state[SNAPSHOT], snapshot_epoch.size, theta)
    return True
