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

from ghostlib._compile import compiled
from ghostlib.training.layout import padded, zeros
from ghostlib.training.rules import Adam, Clipped, GradientDescent


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


class DrivenTrial(NamedTuple):
    """What `driven` needs to know beside the parameters; P is the number of trials with padding, K the rank.

    targets, low, high, weights : arrays (steps, P), float64: an output is right above `low` and up to `high`; weights
        are those of the loss, zero in the padding.
    trials, units : P and N without padding.
    rank, inputs : K and D.
    from_rates : whether the output is read from the rates.
    fixed : whether N is the identity, and not trained.
    bounded : whether the output is tanh, and not the sigmoid.
    delta, x0, spread, squashed, noise : as in `Trials`.
    epochs : the last epoch.
    """

    targets: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weights: np.ndarray
    trials: int
    units: int
    rank: int
    inputs: int
    from_rates: bool
    fixed: bool
    bounded: bool
    delta: float
    x0: float
    spread: float
    squashed: bool
    noise: float
    epochs: int


class RankOneWorkspace(NamedTuple):
    """Working memory of `rank_one`; steps are padded to a multiple of four with rows of zeros.

    gradient : like the parameters.
    phi : φ[t].
    kappa : κ[t].
    jacobian : ∂κ[t + 1]/∂κ[t].
    weight, weight_kappa : Δ times the adjoint of κ[t + 1], and the same times κ[t].
    """

    gradient: np.ndarray
    phi: np.ndarray
    kappa: np.ndarray
    jacobian: np.ndarray
    weight: np.ndarray
    weight_kappa: np.ndarray

    @classmethod
    def like(cls, theta, steps):
        """Workspace for the parameters' matrix `theta` and a trial of so many steps."""
        fours = padded(steps, 4)
        shapes = theta.shape, (fours, theta.shape[1]), (steps + 1,), (steps,), (fours,), (fours,)
        return cls(*(zeros(shape, theta.dtype) for shape in shapes))


class LowRankWorkspace(NamedTuple):
    """Working memory of `low_rank`; steps are padded to a multiple of four with rows of zeros.

    gradient : like the parameters.
    phi : φ[t].
    dz : dL/dz[t], z being what φ is the tanh of.
    state, adjoint : the latent variables before step t, and Δ times their adjoint.
    drive : what a step adds to one of them.
    slope : dL/du before step t, u being what the output is the sigmoid of.
    backward : the steps from the last to the first.
    """

    gradient: np.ndarray
    phi: np.ndarray
    dz: np.ndarray
    state: np.ndarray
    adjoint: np.ndarray
    drive: np.ndarray
    slope: np.ndarray
    backward: np.ndarray

    @classmethod
    def like(cls, theta, steps):
        """Workspace for the parameters' matrix `theta` and a trial of so many steps."""
        fours, (rows, units) = padded(steps, 4), theta.shape
        states = rows // 2 if cls is LowRankWorkspace else units
        by_unit, by_state = (fours, units), (fours + 1, states)
        shapes = theta.shape, by_unit, by_unit, by_state, by_state, (states,), (steps + 1,)
        return cls(*(zeros(shape, theta.dtype) for shape in shapes), np.arange(steps)[::-1].copy())


class FullRankWorkspace(LowRankWorkspace):
    """The same for `full_rank`, whose state is the rates of all units."""


class DrivenWorkspace(NamedTuple):
    """Working memory of `driven`: vectors of all P trials, for rows of latent variables or N units, at each step.

    gradient : like the parameters.
    phi : φ of step t in place t, (N, steps, P); r(0)/Δ in the last place, as if a step from zero had led there.
    dz : dL/dz of step t, z being what φ is the tanh of, likewise; zero in the last place.
    state : 1, then the inputs, which stay, then κ, before step t, (rows, steps, P).
    adjoint : Δ times the adjoint of κ, and of a read-out from the rates, to which φ in the same place leads, likewise.
    drive : what a step adds to one of them, (rows, 1, P).
    read : the read-out before step t, then the output, then dL/d(read-out), (steps, P).
    sums : of products, (rows,).
    backward : the updates from the last to the first.
    generator : of what the task draws.
    """

    gradient: np.ndarray
    phi: np.ndarray
    dz: np.ndarray
    state: np.ndarray
    adjoint: np.ndarray
    drive: np.ndarray
    read: np.ndarray
    sums: np.ndarray
    backward: np.ndarray
    generator: np.random.Generator

    @classmethod
    def like(cls, theta, rows, units, inputs, generator):
        """Workspace for the parameters' matrix `theta`, so many rows of `state`, and inputs (D, steps, P)."""
        D, steps, P = inputs.shape
        most = max(rows, theta.shape[0] - 1 - rows)
        by_unit, by_state = (padded(units, 4), steps, P), (rows, steps, P)
        shapes = theta.shape, by_unit, by_unit, by_state, (theta.shape[0] - 1 - rows, steps, P), (most, 1, P)
        arrays = [zeros(shape, theta.dtype) for shape in (*shapes, (steps, P), (most,))]
        arrays[3][0], arrays[3][1 : 1 + D] = 1, inputs
        return cls(*arrays, np.arange(steps - 1)[::-1].copy(), generator)


def tanh(x):
    """tanh in the precision of `x`: the rational function above in float32, the C library's in float64."""
    return _rational_tanh(x) if isinstance(x, np.float32) else math.tanh(x)


@overload(tanh, jit_options=FAST)
def _tanh(x):
    return _rational_tanh if x == types.float32 else lambda x: math.tanh(x)


def _rational_tanh(x):
    x = min(max(x, -LIMIT), LIMIT)
    s = x * x
    p = x * (P[0] + s * (P[1] + s * P[2]))
    q = Q[0] + s * (Q[1] + s * (Q[2] + s * Q[3]))
    pq = p * q
    return (pq + pq) / (p * p + q * q)


@njit(**FAST)
def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


@njit(**FAST)
def rounded(x, like):
    """`x` in the precision of the array `like`; zero where that would be denormal, which is slow on many processors."""
    return like.dtype.type(0.0 if abs(x) < np.finfo(like.dtype).tiny else x)


@njit(**STRICT)
def divide(part, whole):
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
    phi, kappa, jacobian = workspace.phi, workspace.kappa, workspace.jacobian
    weight, weight_kappa = workspace.weight, workspace.weight_kappa
    steps, width = trial.target.size, theta.shape[1]
    delta = kind(trial.delta)
    decay = kind(1) - delta

    # Forward: κ[t], φ[t] and ∂κ[t + 1]/∂κ[t].
    total, feedback = kind(0), kind(0)
    nm = dm
    for i in range(width):
        nm[i] = n[i] * m[i]
        total += n[i]
        feedback += nm[i]
    kappa[0] = kind(trial.x0) * total
    for t in range(steps):
        now, drive, saturated = kappa[t], kind(0), kind(0)
        for i in range(width):
            value = tanh(m[i] * now + b[i])
            phi[t, i] = value
            drive += n[i] * value
            saturated += nm[i] * (value * value)
        kappa[t + 1] = decay * now + delta * drive
        jacobian[t] = decay + delta * (feedback - saturated)

    # Backward: the adjoint λ of κ, from the last step to the first.
    loss, right, adjoint, dc = 0.0, 0, 0.0, 0.0
    for t in range(steps - 1, -1, -1):
        distance = np.float64(kappa[t + 1]) - trial.kappa_star
        output = sigmoid(c * distance)
        error = output - trial.target[t]
        slope = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        dc += slope * distance
        adjoint += slope * c
        weight[t] = rounded(trial.delta * adjoint, theta)
        weight_kappa[t] = rounded(trial.delta * adjoint * kappa[t], theta)
        adjoint *= jacobian[t]

    # The gradient as weighted sums over the steps.
    for i in range(width):
        dm[i], dn[i], db[i] = kind(0), kind(0), kind(0)
    one = kind(1)
    for t in range(0, phi.shape[0], 4):
        w0, w1, w2, w3 = weight[t], weight[t + 1], weight[t + 2], weight[t + 3]
        k0, k1, k2, k3 = weight_kappa[t], weight_kappa[t + 1], weight_kappa[t + 2], weight_kappa[t + 3]
        for i in range(width):
            f0, f1, f2, f3 = phi[t, i], phi[t + 1, i], phi[t + 2, i], phi[t + 3, i]
            dn[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            f0, f1, f2, f3 = one - f0 * f0, one - f1 * f1, one - f2 * f2, one - f3 * f3
            db[i] += w0 * f0 + w1 * f1 + w2 * f2 + w3 * f3
            dm[i] += k0 * f0 + k1 * f1 + k2 * f2 + k3 * f3
    start = rounded(trial.x0 * adjoint, theta)
    for i in range(width):
        db[i] *= n[i]
        dm[i] *= n[i]
    for i in range(trial.units):
        dn[i] += start
    gradient[3, 0] = rounded(dc, theta) if trial.learn_c else kind(0)
    return loss / (steps // 2), divide(right, steps)


@njit(**FAST)
def add_four_rows(weights, t, rows, k, first, total, s):
    """total[s] += Σ weights[t, j] rows[j] over the four j from k; k = `first` begins a new total."""
    w0, w1, w2, w3 = weights[t, k], weights[t, k + 1], weights[t, k + 2], weights[t, k + 3]
    for i in range(rows.shape[1]):
        before = total[s, i] if k > first else rows.dtype.type(0)
        total[s, i] = before + w0 * rows[k, i] + w1 * rows[k + 1, i] + w2 * rows[k + 2, i] + w3 * rows[k + 3, i]


@njit(**FAST)
def four_dot_products(rows, k, vectors, t, out):
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
def euler_step(state, before, after, drive, delta):
    """state[after] = (1 − Δ) state[before] + Δ drive; zero where that would be denormal, NaN where it is."""
    decay = state.dtype.type(1) - delta
    for k in range(drive.size):
        value = decay * state[before, k] + delta * drive[k]
        state[after, k] = state.dtype.type(0) if abs(value) < np.finfo(state.dtype).tiny else value


@njit(**FAST)
def sum_outer_products(weights, rows, total):
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
    gradient, phi, dz = workspace.gradient, workspace.phi, workspace.dz
    state, adjoint, drive, slope = workspace.state, workspace.adjoint, workspace.drive, workspace.slope
    steps, width = trial.target.size, theta.shape[1]
    delta = kind(trial.delta)
    zero, one = kind(0), kind(1)

    # Forward: state[t] = (u, κ) before step t.
    for k in range(half):
        total = zero
        for i in range(width):
            total += outward[k, i]
        state[0, k] = kind(trial.x0) * total
    for t in range(steps):
        for k in range(4, half, 4):
            add_four_rows(state, t, columns, k, 4, phi, t)
        k1, k2, k3 = state[t, 1], state[t, 2], state[t, 3]
        s0, s1, s2, s3 = zero, zero, zero, zero
        for i in range(width):
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
            four_dot_products(outward, k, phi, t, drive)
        euler_step(state, t, t + 1, drive, delta)

    # The output; then 1 takes the place of u.
    loss, right, db_out = 0.0, 0, 0.0
    for t in range(steps):
        output = sigmoid(state[t + 1, 0] + b_out)
        error = output - trial.target[t]
        du = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        db_out += du
        slope[t + 1] = rounded(du, theta)
    for t in range(steps):
        state[t, 0] = one

    # Backward: adjoint[t] is Δ times that of (u, κ) before step t.
    for k in range(half):
        adjoint[steps, k] = zero
    adjoint[steps, 0] = delta * slope[steps]
    for t in workspace.backward:
        for k in range(4, half, 4):
            add_four_rows(adjoint, t + 1, outward, k, 4, dz, t)
        w0, w1, w2, w3 = adjoint[t + 1, 0], adjoint[t + 1, 1], adjoint[t + 1, 2], adjoint[t + 1, 3]
        s1, s2, s3 = zero, zero, zero
        for i in range(width):
            back = dz[t, i] if half > 4 else zero
            back += w0 * outward[0, i] + w1 * outward[1, i] + w2 * outward[2, i] + w3 * outward[3, i]
            back *= one - phi[t, i] * phi[t, i]
            dz[t, i] = back
            s1 += columns[1, i] * back
            s2 += columns[2, i] * back
            s3 += columns[3, i] * back
        drive[0], drive[1], drive[2], drive[3] = slope[t], s1, s2, s3
        for k in range(4, half, 4):
            four_dot_products(columns, k, dz, t, drive)
        euler_step(adjoint, t + 1, t, drive, delta)

    # The gradient as weighted sums over the steps.
    sum_outer_products(state, dz, gradient[:half])
    sum_outer_products(adjoint[1:], phi, gradient[half : 2 * half])
    for k in range(half):
        start = rounded(trial.x0 / trial.delta * adjoint[0, k], theta)
        for i in range(trial.units):
            gradient[half + k, i] += start
    gradient[2 * half, 0] = rounded(db_out, theta)
    return loss / (steps // 2), divide(right, steps)


@njit(**FAST)
def full_rank(theta, trial, workspace):
    """Loss and accuracy of a network of full rank; writes its gradient into `workspace`.

    `columns` are those of W; `state` is the rates x. For the loops see `low_rank`.
    """
    kind = theta.dtype.type
    rows, width = theta.shape
    columns, b, w_out, b_out = theta[: rows - 3], theta[rows - 3], theta[rows - 2], np.float64(theta[rows - 1, 0])
    gradient, phi, dz = workspace.gradient, workspace.phi, workspace.dz
    state, adjoint, drive, slope = workspace.state, workspace.adjoint, workspace.drive, workspace.slope
    db, dw_out = gradient[rows - 3], gradient[rows - 2]
    steps = trial.target.size
    delta, zero, one = kind(trial.delta), kind(0), kind(1)

    # Forward: state[t] = x before step t.
    for i in range(trial.units):
        state[0, i] = kind(trial.x0)
    loss, right, db_out = 0.0, 0, 0.0
    for t in range(steps):
        for k in range(0, rows - 3, 4):
            add_four_rows(state, t, columns, k, 0, phi, t)
        for i in range(width):
            phi[t, i] = tanh(phi[t, i] + b[i])
        euler_step(state, t, t + 1, phi[t], delta)
        u = zero
        for i in range(width):
            u += w_out[i] * state[t + 1, i]
        output = sigmoid(u + b_out)
        error = output - trial.target[t]
        du = 2 * error * output * (1 - output) / (steps // 2)
        loss += error * error
        right += (output > 0.5) == (trial.target[t] > 0.5)
        db_out += du
        slope[t + 1] = rounded(du, theta)

    # Backward: adjoint[t] is Δ times that of x before step t.
    for i in range(width):
        adjoint[steps, i] = delta * slope[steps] * w_out[i]
    for t in workspace.backward:
        for i in range(width):
            dz[t, i] = adjoint[t + 1, i] * (one - phi[t, i] * phi[t, i])
        for k in range(0, rows - 3, 4):
            four_dot_products(columns, k, dz, t, drive)
        for i in range(width):
            drive[i] += slope[t] * w_out[i]
        euler_step(adjoint, t + 1, t, drive, delta)

    # The gradient as weighted sums over the steps.
    sum_outer_products(state, dz, gradient[: rows - 3])
    for i in range(width):
        db[i], dw_out[i] = zero, zero
    for t in range(steps):
        for i in range(width):
            db[i] += dz[t, i]
            dw_out[i] += slope[t + 1] * state[t + 1, i]
    gradient[rows - 1, 0] = rounded(db_out, theta)
    return loss / (steps // 2), divide(right, steps)


@njit(**FAST)
def add_four_vectors(weights, r, i, rows, k, t, total, s, u, begun):
    """total[s, u] += Σ weights[r + j, i] rows[k + j, t] over four j; unless it has `begun`, it is zero before."""
    w0, w1, w2, w3 = weights[r, i], weights[r + 1, i], weights[r + 2, i], weights[r + 3, i]
    for p in range(rows.shape[2]):
        before = total[s, u, p] if begun else rows.dtype.type(0)
        total[s, u, p] = (
            before + w0 * rows[k, t, p] + w1 * rows[k + 1, t, p] + w2 * rows[k + 2, t, p] + w3 * rows[k + 3, t, p]
        )


@njit(**FAST)
def draw_trials(trial, workspace):
    """r(0)/Δ and ε of every trial into `phi`, from the generator in the order of `Trials.draw`."""
    phi, generator = workspace.phi, workspace.generator
    kind = phi.dtype.type
    steps = phi.shape[1]
    for i in range(trial.units):
        for p in range(trial.trials):
            z = trial.spread * generator.standard_normal() if trial.spread > 0 else 0.0
            phi[i, steps - 1, p] = kind(trial.x0 + z)
        for p in range(phi.shape[2]):
            value = phi[i, steps - 1, p]
            phi[i, steps - 1, p] = (tanh(value) if trial.squashed else value) / kind(trial.delta)
    if trial.noise > 0:
        for i in range(trial.units):
            for t in range(steps - 1):
                for p in range(trial.trials):
                    phi[i, t, p] = kind(trial.noise * generator.standard_normal())


@njit(**FAST)
def driven(theta, trial, workspace):
    """Loss and accuracy, over all trials, of a network of low rank that hears inputs; writes its gradient.

    The bias and the inputs enter as if they were columns of M whose latent variables are known; a read-out from the
    rates obeys the recursion of κ. Vectors are those of the trials, so that no sum runs along one until the gradient,
    where it runs along all steps of all trials.
    """
    kind = theta.dtype.type
    phi, dz, state, adjoint = workspace.phi, workspace.dz, workspace.state, workspace.adjoint
    drive, read, sums, gradient = workspace.drive, workspace.read, workspace.sums, workspace.gradient
    rows, (units, steps, width) = state.shape[0], phi.shape
    first, rank, bottom = 1 + trial.inputs, trial.rank, theta.shape[0] - 1
    columns, outward, last = theta[:rows], theta[rows:bottom], theta[bottom]
    latent = rank + (1 if trial.from_rates else 0)
    delta, zero, one, noisy = kind(trial.delta), kind(0), kind(1), trial.noise > 0
    draw_trials(trial, workspace)

    # Forward: κ and the read-out after one step after the other; the first leads from zero to r(0).
    for t in range(-1, steps - 1):
        place = t if t >= 0 else steps - 1
        if t >= 0:
            for i in range(trial.units):
                for r in range(4, rows, 4):
                    add_four_vectors(columns, r, i, state, r, t, phi, i, t, noisy or r > 4)
                c0, c1, c2, c3 = columns[0, i], columns[1, i], columns[2, i], columns[3, i]
                for p in range(width):
                    total = phi[i, t, p] if noisy or rows > 4 else zero
                    total += c0 + c1 * state[1, t, p] + c2 * state[2, t, p] + c3 * state[3, t, p]
                    phi[i, t, p] = tanh(total)
        for k in range(latent):
            if trial.fixed and k < rank:
                for p in range(width):
                    drive[k, 0, p] = phi[k, place, p]
            else:
                for i in range(0, units, 4):
                    add_four_vectors(outward.T, i, k, phi, i, place, drive, k, 0, i > 0)
            before = state[first + k] if k < rank else read
            if t >= 0:
                euler_step(before, t, t + 1, drive[k, 0], delta)
            else:
                for p in range(width):
                    before[0, p] = delta * drive[k, 0, p]

    # The output, and what the loss says of it.
    b_out = last[0]
    for t in range(steps):
        if not trial.from_rates:
            for p in range(width):
                read[t, p] = zero
            for k in range(rank):
                for p in range(width):
                    read[t, p] += last[1 + k] * state[first + k, t, p]
        for p in range(width):
            seen = read[t, p] + b_out
            read[t, p] = tanh(seen) if trial.bounded else kind(sigmoid(np.float64(seen)))
    loss, right, db_out = 0.0, 0, 0.0
    for t in range(steps):
        for p in range(width):
            output = np.float64(read[t, p])
            error = output - trial.targets[t, p]
            weighted = trial.weights[t, p] * error
            loss += weighted * error
            right += (output > trial.low[t, p]) & (output <= trial.high[t, p])
            slope = 2 * weighted * (1 - output * output if trial.bounded else output * (1 - output))
            db_out += slope
            read[t, p] = rounded(slope, theta)

    # Backward: Δ times the adjoint of what each step leads to.
    for t in range(steps - 1, -1, -1):
        place = t - 1 if t > 0 else steps - 1
        for k in range(latent):
            weight = last[1 + k] if not trial.from_rates else one if k == rank else zero
            is_last = t == steps - 1
            if not is_last and k < rank:
                for i in range(0, units, 4):
                    add_four_vectors(columns.T, i, first + k, dz, i, t, drive, k, 0, i > 0)
            for p in range(width):
                before = drive[k, 0, p] if k < rank and not is_last else zero
                drive[k, 0, p] = before + weight * read[t, p]
            if is_last:
                for p in range(width):
                    adjoint[k, place, p] = delta * drive[k, 0, p]
            else:
                euler_step(adjoint[k], t, place, drive[k, 0], delta)
        if t > 0:
            for i in range(trial.units):
                if trial.fixed:
                    said = outward[rank, i] if trial.from_rates else zero
                    for p in range(width):
                        back = adjoint[i, place, p] + said * adjoint[latent - 1, place, p]
                        dz[i, place, p] = back * (one - phi[i, place, p] * phi[i, place, p])
                    continue
                for k in range(4, outward.shape[0], 4):
                    add_four_vectors(outward, k, i, adjoint, k, place, dz, i, place, k > 4)
                n0, n1, n2, n3 = outward[0, i], outward[1, i], outward[2, i], outward[3, i]
                for p in range(width):
                    back = dz[i, place, p] if outward.shape[0] > 4 else zero
                    back += n0 * adjoint[0, place, p] + n1 * adjoint[1, place, p]
                    back += n2 * adjoint[2, place, p] + n3 * adjoint[3, place, p]
                    dz[i, place, p] = back * (one - phi[i, place, p] * phi[i, place, p])

    # The gradient as sums over all steps of all trials.
    whole = steps * width
    known, back = state.reshape(rows, whole), dz.reshape(units, whole)
    ahead, rates = adjoint.reshape(outward.shape[0], whole), phi.reshape(units, whole)
    trained = rank if trial.fixed else 0
    for i in range(trial.units):
        for r in range(0, rows, 4):
            four_dot_products(known, r, back, i, sums)
        for r in range(rows):
            gradient[r, i] = sums[r]
        for k in range(trained // 4 * 4, outward.shape[0], 4):
            four_dot_products(ahead, k, rates, i, sums)
        for k in range(outward.shape[0]):
            gradient[rows + k, i] = sums[k] if k >= trained else zero
    gradient[bottom, 0] = rounded(db_out, theta)
    if not trial.from_rates:
        slopes = read.reshape(1, whole)
        for r in range(0, rows, 4):
            four_dot_products(known, r, slopes, 0, sums)
        for k in range(rank):
            gradient[bottom, 1 + k] = sums[first + k]
    return loss, divide(right, steps * trial.trials)


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
def descend(theta, gradient, rate):
    """θ ← θ − rate · ∂L/∂θ. Returns how many parameters changed and how many are not finite."""
    changed, overflown = 0, 0
    parameters, slopes = theta.ravel(), gradient.ravel()
    for i in range(parameters.size):
        old = parameters[i]
        new = old - rate * slopes[i]
        changed += new != old
        overflown += not (abs(new) < np.inf)
        parameters[i] = new
    return changed, overflown


@njit(**STRICT)
def plain_step(theta, gradient, gradient_norm, alpha, rule, moments, t):
    return descend(theta, gradient, theta.dtype.type(alpha))


@njit(**STRICT)
def clipped_step(theta, gradient, gradient_norm, alpha, rule, moments, t):
    factor = min(1.0, rule.limit / gradient_norm) if gradient_norm > 0 else 0.0
    return descend(theta, gradient, theta.dtype.type(alpha * factor))


@njit(**STRICT)
def adam_step(theta, gradient, gradient_norm, alpha, rule, moments, t):
    changed, overflown = 0, 0
    first, second = 1 - rule.beta_1**t, 1 - rule.beta_2**t
    u, v = moments[0], moments[1]
    for r in range(theta.shape[0]):
        for i in range(theta.shape[1]):
            slope = np.float64(gradient[r, i])
            u[r, i] = rule.beta_1 * u[r, i] + (1 - rule.beta_1) * slope
            v[r, i] = rule.beta_2 * v[r, i] + (1 - rule.beta_2) * slope * slope
            step = alpha * (u[r, i] / first) / (np.sqrt(v[r, i] / second) + rule.epsilon)
            old = theta[r, i]
            new = old - theta.dtype.type(step)
            changed += new != old
            overflown += not (abs(new) < np.inf)
            theta[r, i] = new
    return changed, overflown


STEP = {GradientDescent: plain_step, Clipped: clipped_step, Adam: adam_step}


def update(theta, gradient, gradient_norm, alpha, rule, moments, t):
    """Update number t, from 1 on, by the rule. Returns how many parameters changed and how many are not finite."""
    return STEP[type(rule)](theta, gradient, gradient_norm, alpha, rule, moments, t)


@overload(update, jit_options=STRICT)
def _update(theta, gradient, gradient_norm, alpha, rule, moments, t):
    return STEP[rule.instance_class].py_func


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


@compiled(nogil=True, **STRICT)
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
