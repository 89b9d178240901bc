"""Fig. S2 from the command line: ``python -m ghostlib.experiments``, with ``--full`` at the authors' scale."""

import argparse
import os

import joblib

from ghostlib.experiments.ranks.fig_s2 import FIG_S2, FIG_S2_FULL, seconds


def main(arguments=None):
    """Train the networks of Fig. S2 at every rank and learning rate. What is done stays done; Ctrl-C ends it at once,
    and the same command goes on from there."""
    parser = argparse.ArgumentParser(prog="python -m ghostlib.experiments", description=main.__doc__)
    parser.add_argument("--full", action="store_true", help="the authors' scale: 500,000 epochs each")
    parser.add_argument("--estimate", action="store_true", help="say how long it takes, and do nothing")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster; by default one thread a core")
    chosen = parser.parse_args(arguments)
    sweep = FIG_S2_FULL if chosen.full else FIG_S2
    hours, cores = seconds(sweep) / 3600, joblib.cpu_count()
    here = f"{hours / cores:.1f} on the {cores} here"
    print(f"{len(sweep.settings())} networks: at most {hours:.1f} hours of one core, {here}")
    if chosen.estimate:
        return
    try:
        diagram = sweep.run(executor=_executor(chosen.scheduler), progress=True)
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from here.", flush=True)
        os._exit(130)  # without waiting for what has begun
    print(table(diagram))


def table(diagram):
    """How many seeds have learned, are trapped and have diverged, over ranks and learning rates, as text."""
    lines = []
    for outcome in ("learned", "trapped", "diverged"):
        counts = diagram.is_(outcome).sum(axis=-1)
        lines += ["", outcome, _row("rank", (f"{alpha:.2g}" for alpha in diagram.alpha))]
        lines += [_row(rank, row) for rank, row in zip(diagram.ranks, counts, strict=True)]
    return "\n".join(lines)


def _row(first, rest):
    return "".join(f"{cell!s:>8}" for cell in (first, *rest))


def _executor(address):
    if address is None:
        return None
    try:
        from distributed import Client
    except ImportError:
        raise SystemExit("--scheduler needs Dask: pip install ghostlib[cluster]") from None
    return Client(address).get_executor()


if __name__ == "__main__":
    main()
