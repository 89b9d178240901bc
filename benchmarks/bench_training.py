"""Training speed against the alternatives, on this machine, in one run: ``python benchmarks/bench_training.py``.

Prints Markdown tables and writes them to ``results.md`` beside this file. Every number is the best of several repeats:
processor time where one core is used, so that other work on the machine matters little, and elapsed time where all are.
JAX and a C compiler are used where there are any.
"""

import ctypes
import importlib.util
import math
import os
import platform
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import torch

from ghostlib.networks import adjoint, oracle
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.training.layout import pack


HERE = Path(__file__).parent
TASK, ALPHA, C, NETWORKS = DelayedActivation(), 0.003, 10.0, 100
WALL = time.perf_counter


class Row(NamedTuple):
    """One line of a table: what was timed, and its microseconds per epoch and network (NaN: not available here)."""

    name: str
    microseconds: float


def best(run, epochs, networks=1, repeats=5, clock=time.process_time):
    """Microseconds per epoch and network of ``run(epochs)``, the best of `repeats` after one call to warm up."""
    run(epochs)
    seconds = math.inf
    for _ in range(repeats):
        start = clock()
        run(epochs)
        seconds = min(seconds, clock() - start)
    return seconds / epochs / networks * 1e6


def torch_loop(epochs):
    """What one writes first: one rank-one network, a loop over steps, autograd, SGD."""
    network = RankOne.initial(40)
    m, n, b = (torch.tensor(a, dtype=torch.float32, requires_grad=True) for a in (network.m, network.n, network.b))
    optimizer = torch.optim.SGD([m, n, b], lr=ALPHA)
    target = torch.tensor(TASK.target(), dtype=torch.float32)
    for _ in range(epochs):
        optimizer.zero_grad()
        x, outputs = torch.full((100,), TASK.x0), []
        for _ in range(TASK.steps):
            x = (1 - TASK.delta) * x + TASK.delta * torch.tanh(m * (n @ x) + b)
            outputs.append(torch.sigmoid(C * (n @ x - TASK.kappa_star)))
        loss = ((torch.stack(outputs) - target) ** 2).sum() / TASK.T
        loss.backward()
        optimizer.step()


def torch_low_rank_loop(rank):
    """The same for one network of rank K with a trained read-out."""

    def run(epochs):
        theta = oracle.parameters(LowRank.initial(0, rank), torch.float32)
        optimizer = torch.optim.SGD(theta.values(), lr=ALPHA)
        target = torch.tensor(TASK.target(), dtype=torch.float32)
        for _ in range(epochs):
            optimizer.zero_grad()
            x, outputs = torch.full((100,), TASK.x0), []
            for _ in range(TASK.steps):
                x = (1 - TASK.delta) * x + TASK.delta * torch.tanh(theta["m"] @ (theta["n"] @ x) + theta["b"])
                outputs.append(torch.sigmoid(theta["w_out"] @ x + theta["b_out"]))
            loss = ((torch.stack(outputs) - target) ** 2).sum() / TASK.T
            loss.backward()
            optimizer.step()

    return run


def torch_batch(epochs):
    """All networks in one batch."""
    theta = oracle.parameters(RankOne.initial(range(NETWORKS)), torch.float32)
    optimizer = torch.optim.SGD(theta.values(), lr=ALPHA)
    target = torch.tensor(TASK.target(), dtype=torch.float32)
    for _ in range(epochs):
        optimizer.zero_grad()
        ((oracle.output(RankOne, theta, TASK, C) - target).square().sum() / TASK.T).backward()
        optimizer.step()


def torch_vmap():
    """All networks by `torch.func`: vmap of the gradient of one."""
    networks = RankOne.initial(range(NETWORKS))
    target, c = torch.tensor(TASK.target(), dtype=torch.float32), torch.tensor(C)

    def loss(theta):
        return (oracle.output(RankOne, theta, TASK, c) - target).square().sum() / TASK.T

    gradient = torch.func.vmap(torch.func.grad_and_value(loss))

    def run(epochs):
        theta = {name: tensor.detach() for name, tensor in oracle.parameters(networks, torch.float32).items()}
        for _ in range(epochs):
            slope, _ = gradient(theta)
            theta = {name: value - ALPHA * slope[name] for name, value in theta.items()}

    return run


def numpy_adjoint(networks):
    """Our adjoint in NumPy, with the update."""

    def run(epochs):
        now = networks
        for _ in range(epochs):
            _, slope = adjoint.loss_and_gradient(now, TASK, C)
            now = RankOne(now.m - ALPHA * slope.m, now.n - ALPHA * slope.n, now.b - ALPHA * slope.b)

    return run


def jax_batch():
    """All networks by JAX: jit of a scan over epochs of vmap(value_and_grad), itself a scan over steps."""
    import jax
    import jax.numpy as jnp

    target = jnp.asarray(TASK.target(), jnp.float32)
    networks = RankOne.initial(range(NETWORKS))
    start = tuple(jnp.asarray(a, jnp.float32) for a in (networks.m, networks.n, networks.b))

    def loss(theta):
        m, n, b = theta

        def step(x, o):
            x = (1 - TASK.delta) * x + TASK.delta * jnp.tanh(m * (n @ x) + b)
            return x, (jax.nn.sigmoid(C * (n @ x - TASK.kappa_star)) - o) ** 2

        return jax.lax.scan(step, jnp.full(m.shape, TASK.x0), target)[1].sum() / TASK.T

    def epoch(theta, _):
        value, slope = jax.vmap(jax.value_and_grad(loss))(theta)
        return jax.tree.map(lambda a, g: a - ALPHA * g, theta, slope), value

    trained = jax.jit(lambda theta, epochs: jax.lax.scan(epoch, theta, length=epochs), static_argnums=1)

    def run(epochs):
        jax.block_until_ready(trained(start, epochs))

    return run


def c_bound():
    """The same loop in C, compiled for this processor."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "bound.so")
        flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run(["gcc", *flags, HERE / "bound.c", "-o", library, "-lm"], check=True)
        function = ctypes.CDLL(str(library)).bound
    function.restype = ctypes.c_double
    network = RankOne.initial(40)
    start = pack(network, C, np.float32)[0, :3]  # padded as ours

    def run(epochs):
        theta, norms = start.copy(), np.empty(epochs)
        numbers = (ctypes.c_float(x) for x in (ALPHA, C, TASK.delta, TASK.x0, TASK.kappa_star))
        pointer = theta.ctypes.data_as(ctypes.c_void_p)
        return function(
            pointer,
            start.shape[1],
            network.N,
            TASK.T,
            ctypes.c_long(epochs),
            *numbers,
            norms.ctypes.data_as(ctypes.c_void_p),
        )

    return run


def ours(networks, threads=1):
    """`ghostlib.training.train`, float32, loss, gradient norm and accuracy of every epoch recorded."""
    return lambda epochs: train(networks, TASK, ALPHA, epochs, threads=threads)


def against_the_alternatives():
    """Rank one, N = 100, 2T = 40 steps."""
    one, all_, cores = RankOne.initial(40), RankOne.initial(range(NETWORKS)), joblib.cpu_count()
    jax = importlib.util.find_spec("jax") is not None
    gcc = shutil.which("gcc") is not None
    return [
        Row("torch loop, one network, one thread", best(torch_loop, 30)),
        Row(f"torch, {NETWORKS} networks in a batch, one thread", best(torch_batch, 30, NETWORKS)),
        Row(f"torch.func vmap, {NETWORKS} networks, one thread", best(torch_vmap(), 20, NETWORKS)),
        Row("NumPy adjoint, one network", best(numpy_adjoint(one), 50)),
        Row(f"NumPy adjoint, {NETWORKS} networks", best(numpy_adjoint(all_), 5, NETWORKS)),
        Row(f"JAX, {NETWORKS} networks, processor time", best(jax_batch(), 50, NETWORKS) if jax else math.nan),
        Row(
            f"JAX, {NETWORKS} networks, {cores} cores", best(jax_batch(), 50, NETWORKS, clock=WALL) if jax else math.nan
        ),
        Row("ghostlib, one network, one core", best(ours(one), 20_000)),
        Row(f"ghostlib, {NETWORKS} networks, one core", best(ours(all_), 500, NETWORKS)),
        Row(f"ghostlib, {NETWORKS} networks, {cores} cores", best(ours(all_, cores), 1000, NETWORKS, clock=WALL)),
        Row("C, one network, one core: the bound", best(c_bound(), 20_000) if gcc else math.nan),
    ]


def scaling():
    """Ours on one core, where the cost should be linear: rows in pairs that differ by a factor of four in one thing."""

    def row(name, N=100, networks=1, epochs=5000):
        seeds = range(networks)
        return Row(name, best(ours(RankOne.initial(seeds, N)), epochs, networks) * epochs * networks)

    return [
        row("N = 100", N=100),
        row("N = 400", N=400),
        row("10 networks", networks=10, epochs=500),
        row("40 networks", networks=40, epochs=500),
        row("5 000 epochs", epochs=5000),
        row("20 000 epochs", epochs=20_000),
    ]


def matrix_vector_rate():
    """GFLOP/s of the machine's own float32 product of a 100 × 100 matrix with a vector (BLAS, one thread)."""
    matrix, vector, out = np.ones((100, 100), np.float32), np.ones(100, np.float32), np.empty(100, np.float32)

    def run(times):
        for _ in range(times):
            np.dot(matrix, vector, out)

    return 2 * matrix.size / best(run, 20_000) / 1e3


def report():
    """All tables as Markdown."""
    rank_one, linear = against_the_alternatives(), scaling()
    slowest, bound = rank_one[0].microseconds, rank_one[-1].microseconds
    lines = [
        f"Measured on {os.cpu_count()} × {processor()}, Python {platform.python_version()}, torch {torch.__version__}:",
        "processor time on one core, elapsed time on all, the best of five.",
        "",
        "Rank one, N = 100, 40 steps, float32:",
        "",
        "| | µs per epoch and network | times faster than the torch loop | times the C bound |",
        "|:--|--:|--:|--:|",
    ]
    for name, us in rank_one:
        lines.append(f"| {name} | {number(us)} | {number(slowest / us)} | {number(us / bound)} |")
    lines += ["", *targets({row.name: row.microseconds for row in rank_one})]
    lines += [
        "",
        "Cost of four times as much, rank one, one core:",
        "",
        "| | ms | | ms | ratio |",
        "|:--|--:|:--|--:|--:|",
    ]
    for (name, a), (more, b) in zip(linear[::2], linear[1::2], strict=True):
        lines.append(f"| {name} | {number(a / 1e3)} | {more} | {number(b / 1e3)} | {b / a:.2f} |")
    return "\n".join(lines) + "\n"


def targets(us):
    """What we set out to reach, and whether this run did: lines of Markdown."""
    mine, cores = us["ghostlib, one network, one core"], os.cpu_count()
    jax = us[f"JAX, 100 networks, {cores} cores"] / us[f"ghostlib, 100 networks, {cores} cores"]
    bound = us["C, one network, one core: the bound"]
    reached = [
        ("1,000 times the torch loop on one core", us["torch loop, one network, one thread"] / mine, 1000),
        ("4 times JAX's batch on the same cores", jax, 4),
        ("within 1.5 times the C bound", 1.5 * bound / mine, 1),
    ]
    words = [f"* {what}: {verdict(value, target)}" for what, value, target in reached]
    return ["Our targets, and this run:", "", *words]


def verdict(value, target):
    """Whether a value reaches its target, and how far it is from it."""
    if math.isnan(value):
        return "not measured here"
    return f"reached, with {value / target:.2f} of it" if value >= target else f"missed, at {value / target:.2f} of it"


def number(x):
    """Three digits, or a dash for what is not available."""
    if math.isnan(x):
        return "–"
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def processor():
    """The processor's name where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    torch.set_num_threads(1)
    text = report()
    print(text)
    (HERE / "results.md").write_text(text, encoding="utf-8")
