"""Networks of low rank that hear inputs, over many trials."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ghostlib.training.kernels.arithmetic import FAST, divide, rounded, sigmoid, tanh
from ghostlib.training.kernels.sums import euler_step, four_dot_products
from ghostlib.training.layout import padded, zeros


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
