r"""Loss, gradient and update of one network, fused and compiled.

The parameters of a network are the rows of one matrix, as `ghostlib.training.layout` lays them out.
Vectors are in the precision of that matrix, sums over the steps of a trial in float64. The mathematics is that of
`ghostlib.adjoint`, with one rearrangement: the factor by which the adjoint shrinks in a step back,
(1 − Δ) + Δ Σ nm(1 − φ²), is already known on the way forward, so that for rank one all adjoints are scalars and the
gradient is a weighted sum of the stored φ, four steps at a time.

One file on purpose: Numba's cache notices a change only in the file of the function it has compiled.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import overload


# Sums may be reordered and products fused, so that loops vectorise. NaN and infinity keep their meaning: without them
# divergence could not be seen. Numba's own error model would put a branch for division by zero into every loop.
FAST = {"fastmath": {"reassoc", "nsz", "arcp", "contract"}, "error_model": "numpy"}
# Comparing an old parameter with the new one must not be reasoned away.
STRICT = {"error_model": "numpy"}

# tanh x = 2pq/(p² + q²) where p/q ≈ tanh(x/2), p = x(P₀ + P₁s + P₂s²), q = 1 + Q₁s + Q₂s² + Q₃s³, s = x². The minimax
# fit on |x| ≤ 9, where tanh rounds to ±1, is within 7.1e-9 (relative); evaluated in float32 within 1.8e-7 and never
# beyond ±1. No branch, one division.
LIMIT = np.float32(9)
P = tuple(np.float32(x) for x in (0.5, 1.4885141514241695e-2, 5.709336983272806e-5))
Q = tuple(np.float32(x) for x in (1.0, 1.1310356855392456e-1, 1.206193002872169e-3, 1.2278176200197777e-6))

EPOCH, ROW, SNAPSHOT, FROZEN_AT, DIVERGED_AT = range(5)  # places in the state of a training


class Room(NamedTuple):
    """Working memory of a kernel: the gradient, φ[t], its input's adjoint, and what has a number per rank or step."""

    gradient: np.ndarray
    phi: np.ndarray
    through: np.ndarray
    z: np.ndarray
    into: np.ndarray
    small: np.ndarray

    @classmethod
    def like(cls, theta, steps, rank):
        """Room for the parameters' matrix `theta` and a trial of so many steps; `rank` is None for `RankOne`."""
        padded, width = theta.shape[1], (rank or 0) + 1
        shapes = ((steps, padded), (steps, padded), (width, steps + 1), (width, steps + 1), (4, max(width, steps + 1)))
        return cls(np.zeros_like(theta), *(np.zeros(shape, theta.dtype) for shape in shapes))


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
    return like.dtype.type(x if abs(x) >= np.finfo(like.dtype).tiny else 0.0)


@njit(**FAST)
def rank_one(theta, trial, room):
    """Loss and accuracy of a rank-one network; writes its gradient into `room`."""
    kind = theta.dtype.type
    m, n, b = theta[0], theta[1], theta[2]
    gradient = room.gradient
    dm, dn, db = gradient[0], gradient[1], gradient[2]
    c = np.float64(theta[3, 0])
    phi, kappa, back, weight, weight_kappa = room.phi, room.z[0], room.into[0], room.small[0], room.small[1]
    steps, padded = phi.shape
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
        now, row = kappa[t], phi[t]
        drive, lost = kind(0), kind(0)
        for i in range(padded):
            value = tanh(m[i] * now + b[i])
            row[i] = value
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
    for t in range(0, steps - 3, 4):
        phi0, phi1, phi2, phi3 = phi[t], phi[t + 1], phi[t + 2], phi[t + 3]
        w0, w1, w2, w3 = weight[t], weight[t + 1], weight[t + 2], weight[t + 3]
        k0, k1, k2, k3 = weight_kappa[t], weight_kappa[t + 1], weight_kappa[t + 2], weight_kappa[t + 3]
        for i in range(padded):
            f0, f1, f2, f3 = phi0[i], phi1[i], phi2[i], phi3[i]
            dn[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            f0, f1, f2, f3 = one - f0 * f0, one - f1 * f1, one - f2 * f2, one - f3 * f3
            db[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            dm[i] += k0 * f0 + k1 * f1 + k2 * f2 + k3 * f3
    for t in range(steps - steps % 4, steps):
        row, w, k = phi[t], weight[t], weight_kappa[t]
        for i in range(padded):
            slope = one - row[i] * row[i]
            dn[i] += w * row[i]
            db[i] += w * slope
            dm[i] += k * slope
    start = narrow(trial.x0 * adjoint, theta)
    for i in range(padded):
        db[i] *= n[i]
        dm[i] *= n[i]
    for i in range(trial.units):
        dn[i] += start
    gradient[3, 0] = narrow(dc, theta) if trial.learn_c else kind(0)
    return loss / (steps // 2), right / steps


@njit(**FAST)
def add_rows(weights, rows, total):
    """total += Σₖ weights[k] rows[k], four rows at a time."""
    count, size = rows.shape
    for k in range(0, count - 3, 4):
        w0, w1, w2, w3 = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
        row0, row1, row2, row3 = rows[k], rows[k + 1], rows[k + 2], rows[k + 3]
        for i in range(size):
            total[i] += w0 * row0[i] + w1 * row1[i] + w2 * row2[i] + w3 * row3[i]
    for k in range(count - count % 4, count):
        w, row = weights[k], rows[k]
        for i in range(size):
            total[i] += w * row[i]


@njit(**FAST)
def project(rows, vector, out):
    """out[k] = rows[k]·vector, four rows at a time."""
    count, size = rows.shape
    zero = rows.dtype.type(0)
    for k in range(0, count - 3, 4):
        s0, s1, s2, s3 = zero, zero, zero, zero
        row0, row1, row2, row3 = rows[k], rows[k + 1], rows[k + 2], rows[k + 3]
        for i in range(size):
            s0 += row0[i] * vector[i]
            s1 += row1[i] * vector[i]
            s2 += row2[i] * vector[i]
            s3 += row3[i] * vector[i]
        out[k], out[k + 1], out[k + 2], out[k + 3] = s0, s1, s2, s3
    for k in range(count - count % 4, count):
        s, row = zero, rows[k]
        for i in range(size):
            s += row[i] * vector[i]
        out[k] = s


@njit(**FAST)
def low_rank(theta, K, trial, room):
    """Loss and accuracy of a rank-K network; writes its gradient into `room`.

    The read-out u = w_out·x obeys the same recursion as κ = N x, so that (κ, u) is one vector z of K + 1 numbers.
    """
    kind = theta.dtype.type
    columns, outward, b, b_out = theta[:K], theta[K : 2 * K + 1], theta[2 * K + 1], np.float64(theta[2 * K + 2, 0])
    gradient, phi, through, z, into = room.gradient, room.phi, room.through, room.z, room.into
    now, drive, weights, adjoint = room.small[0], room.small[1], room.small[2], room.small[3]
    steps, padded = phi.shape
    delta = kind(trial.delta)
    keep = kind(1) - delta

    # Forward.
    for k in range(K + 1):
        total, row = kind(0), outward[k]
        for i in range(padded):
            total += row[i]
        now[k] = kind(trial.x0) * total
        z[k, 0] = now[k]
    for t in range(steps):
        row = phi[t]
        for i in range(padded):
            row[i] = b[i] + now[0] * columns[0, i]
        add_rows(now[1:], columns[1:], row)
        for i in range(padded):
            row[i] = tanh(row[i])
        project(outward, row, drive)
        for k in range(K + 1):
            now[k] = keep * now[k] + delta * drive[k]
            z[k, t + 1] = now[k]

    # Backward: the adjoint of z, from the last step to the first; `through` is what reaches the units' input.
    loss, right, db_out = 0.0, 0, 0.0
    adjoint.fill(kind(0))
    gradient.fill(kind(0))
    db = gradient[2 * K + 1]
    for t in range(steps - 1, -1, -1):
        output = sigmoid(z[K, t + 1] + b_out)
        error = output - trial.target[t]
        fed = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        db_out += fed
        adjoint[K] += narrow(fed, theta)
        for k in range(K + 1):
            weights[k] = narrow(delta * adjoint[k], theta)
            into[k, t] = weights[k]
        row, f = through[t], phi[t]
        for i in range(padded):
            row[i] = weights[K] * outward[K, i]
        add_rows(weights[:K], outward[:K], row)
        for i in range(padded):
            row[i] *= kind(1) - f[i] * f[i]
            db[i] += row[i]
        project(columns, row, drive)
        for k in range(K):
            adjoint[k] = keep * adjoint[k] + drive[k]
        adjoint[K] *= keep

    # The gradient as weighted sums over the steps.
    for k in range(K):
        add_rows(z[k], through, gradient[k])
    for k in range(K + 1):
        row = gradient[K + k]
        add_rows(into[k], phi, row)
        start = kind(trial.x0) * adjoint[k]
        for i in range(trial.units):
            row[i] += start
    gradient[2 * K + 2, 0] = narrow(db_out, theta)
    return loss / (steps // 2), right / steps


@njit(**FAST)
def norm(gradient):
    """L2 norm, its sum in float64: no overflow where the gradient itself has none."""
    total = 0.0
    for r in range(gradient.shape[0]):
        row = gradient[r]
        for i in range(row.size):
            total += np.float64(row[i]) * np.float64(row[i])
    return math.sqrt(total)


@njit(**STRICT)
def descend(theta, gradient, alpha):
    """θ ← θ − α ∂L/∂θ. Returns how many parameters changed and how many are not finite."""
    moved, lost = 0, 0
    for r in range(theta.shape[0]):
        old, slope = theta[r], gradient[r]
        for i in range(old.size):
            new = old[i] - alpha * slope[i]
            moved += new != old[i]
            lost += not (abs(new) < np.inf)
            old[i] = new
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
def advance(theta, rank, alpha, trial, room, state, until, epoch, record, snapshot_epoch, snapshots):
    """Train one network from the epoch in `state` to the epoch `until`; returns whether it has finished.

    theta : the parameters' matrix, changed in place.
    rank : K, or None for the rank-one networks with output σ(c(κ − κ*)); Numba compiles each kind when it is needed.
    alpha : learning rate, in the precision of `theta`.
    room : working memory; nothing in it needs to be kept between two calls.
    state : int64 array of five, changed in place: the current epoch, the next places in `record` and `snapshots`, and
        the epochs of freezing and divergence or −1.
    until : where to stop, at most the last epoch; that one, `trial.epochs`, is evaluated and not updated.
    epoch, record : the epochs to record, and rows for loss, gradient norm, accuracy and, if there is a fourth, c.
    snapshot_epoch, snapshots : the epochs at which to keep the parameters, and room for them.

    A training that has frozen or diverged has finished: what is left of its rows is filled.
    """
    while True:
        now = state[EPOCH]
        if rank is None:
            loss, accuracy = rank_one(theta, trial, room)
        else:
            loss, accuracy = low_rank(theta, rank, trial, room)
        size, c = norm(room.gradient), theta[theta.shape[0] - 1, 0]
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
        moved, lost = descend(theta, room.gradient, alpha)
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
