"""The paper's experiments: one frozen record a figure, its settings as data, `run()` to do it."""

from ghostlib.experiments.toy import FIG_2A, FIG_2BC, FIG_2D


__all__ = ["FIG_2A", "FIG_2BC", "FIG_2D"]
