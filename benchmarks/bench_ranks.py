"""Training networks of every rank against the torch loop, one core each: ``python benchmarks/bench_ranks.py``.

Prints Markdown and writes it to ``ranks.md`` beside this file: processor time of an epoch, the best of twenty, the rate
of arithmetic beside that of the machine's own matrix–vector product, and what Fig. S2 takes at two scales.
"""

from pathlib import Path

import torch
from bench_training import TASK, best, matrix_vector_rate, number, ours, processor, torch_low_rank_loop, verdict

from ghostlib.experiments import FIG_S2, FIG_S2_FULL
from ghostlib.networks.records import LowRank


N, REPEATS = 100, 20
TARGETS = {1: 400, 10: 150, 100: 25}  # times the torch loop's speed, at the ranks at which it is timed too


def operations(rank):
    """Additions and multiplications of an epoch: M κ, N φ, Nᵀλ, Mᵀδ and two outer products in each step.

    The read-out and tanh are not counted.
    """
    return 6 * 2 * N * rank * TASK.steps


def hours(sweep, microseconds):
    """Hours of one core that a sweep takes, given the microseconds an epoch of every rank."""
    return sum(microseconds[rank] * epochs for rank, _, _, epochs in sweep.settings()) / 3.6e9


def report():
    """The tables as Markdown."""
    mine = {rank: best(ours(LowRank.initial(0, rank)), 2000, repeats=REPEATS) for rank in FIG_S2.ranks}
    theirs = {rank: best(torch_low_rank_loop(rank), 20, repeats=REPEATS) for rank in TARGETS}
    lines = [
        f"Rank K, N = {N}, {TASK.steps} steps, float32, one core of {processor()}, torch {torch.__version__}.",
        "",
        "| K | ghostlib, µs an epoch | GFLOP/s | torch loop, µs | times faster |",
        "|--:|--:|--:|--:|--:|",
    ]
    for rank, us in mine.items():
        against = ("", "")
        if rank in theirs:
            against = (number(theirs[rank]), number(theirs[rank] / us))
        cells = (rank, number(us), number(operations(rank) / us / 1e3), *against)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += ["", "Our targets, and this run:", ""]
    lines += [
        f"* {target} times the torch loop at K = {rank}: {verdict(theirs[rank] / mine[rank], target)}"
        for rank, target in TARGETS.items()
    ]
    lines += [
        "",
        f"The machine's own product of a {N} × {N} matrix with a vector: {number(matrix_vector_rate())} GFLOP/s.",
        "",
        f"Fig. S2, {len(FIG_S2.settings())} networks:",
        f"{number(60 * hours(FIG_S2, mine))} minutes of a core at the book's scale,",
        f"{number(hours(FIG_S2_FULL, mine))} hours at the authors'; less where networks freeze or diverge.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    torch.set_num_threads(1)
    text = report()
    print(text)
    (Path(__file__).parent / "ranks.md").write_text(text, encoding="utf-8")
