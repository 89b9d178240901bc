"""The paper's experiments: one frozen record a figure, its settings as data, `run()` to do it."""

from ghostlib.experiments.toy import CRITICAL_RATE, FIG_2A, FIG_2BC, FIG_2D, OSCILLATIONS, TRAPPED_FRACTION


__all__ = ["CRITICAL_RATE", "FIG_2A", "FIG_2BC", "FIG_2D", "OSCILLATIONS", "TRAPPED_FRACTION"]
