"""Networks that hear inputs against the torch loop, one thread each: ``python benchmarks/bench_trials.py``.

Prints Markdown and writes it to ``trials.md`` beside this file: processor time of an epoch, the best of several.
"""

from pathlib import Path

import torch
from bench_training import best, number, processor, verdict

from ghostlib.networks import oracle
from ghostlib.networks.driven import DrivenFullRank, DrivenLowRank
from ghostlib.networks.trials import DelayedCueDiscrimination
from ghostlib.training import train


ALPHA, TARGET = 1e-3, 20  # times the torch loop's speed, at 40 trials and rank two
CASES = [(20, 2), (20, 10), (20, "full"), (500, 2)]  # trials of either cue, and rank


def untrained(rank):
    """One network of a rank, or of full rank."""
    return DrivenFullRank.initial(0) if rank == "full" else DrivenLowRank.initial(0, rank)


def ours(each, rank):
    """Our training of one network."""
    network, task = untrained(rank), DelayedCueDiscrimination(each)
    return lambda epochs: train(network, task, ALPHA, epochs, record=[], threads=1)


def torch_loop(each, rank):
    """What one writes first: all trials in one batch, a loop over steps, autograd, SGD."""
    task, theta = DelayedCueDiscrimination(each), oracle.parameters(untrained(rank), torch.float32)
    inputs, targets = (torch.tensor(x, dtype=torch.float32) for x in (task.inputs, task.targets))
    optimizer = torch.optim.SGD(theta.values(), lr=ALPHA)
    b, w_in = theta["b"], theta["w_in"]

    def run(epochs):
        for _ in range(epochs):
            optimizer.zero_grad()
            r, outputs = torch.tanh(task.spread * torch.randn(len(targets), 100)), []
            for t in range(task.steps):
                seen = r if rank == "full" else r @ theta["n"].T
                outputs.append(torch.tanh(seen @ theta["w_out"] + theta["b_out"]))
                heard = seen @ theta["W" if rank == "full" else "m"].T + inputs[:, t] @ w_in.T + b
                r = (1 - task.delta) * r + task.delta * torch.tanh(heard)
            torch.nn.functional.mse_loss(torch.stack(outputs, dim=1), targets).backward()
            optimizer.step()

    return run


def report():
    """The table as Markdown."""
    lines = [
        f"Cue discrimination, N = 100, 22 steps, float32, one core of {processor()}, torch {torch.__version__}.",
        "",
        "| trials | K | ghostlib, µs an epoch | torch loop, µs | times faster |",
        "|--:|--:|--:|--:|--:|",
    ]
    for each, rank in CASES:
        mine = best(ours(each, rank), 20_000 // each, repeats=10)
        theirs = best(torch_loop(each, rank), 2000 // each, repeats=10)
        lines.append(f"| {2 * each} | {rank} | {number(mine)} | {number(theirs)} | {number(theirs / mine)} |")
        if (each, rank) == CASES[0]:
            reached = verdict(theirs / mine, TARGET)
    lines += ["", f"Our target, {TARGET} times the torch loop at 40 trials and K = 2: {reached}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    torch.set_num_threads(1)
    text = report()
    print(text)
    (Path(__file__).parent / "trials.md").write_text(text, encoding="utf-8")
