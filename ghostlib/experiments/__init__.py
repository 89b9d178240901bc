"""The paper's experiments: one frozen record a figure, its settings as data, `run()` to do it."""

from ghostlib.experiments.bottleneck import BOTTLENECK
from ghostlib.experiments.confidence import FIG_4, FIG_4_REPEATS, REMEDIES, RESTORED, TRAINABLE_C
from ghostlib.experiments.descent import FIG_2BC, FIG_2D, PLATEAUS
from ghostlib.experiments.landscape import EULER_DELAY, FIG_2A, SLOPE_BY_CONFIDENCE
from ghostlib.experiments.oscillation import CRITICAL_RATE, OSCILLATIONS, TRAPPED_FRACTION
from ghostlib.experiments.rank_one import FIG_3A, FIG_3A_COPIES, FIG_3B, FIG_S1, MANY_NETWORKS
from ghostlib.experiments.scale import RANK_OR_SIZE, RANK_OR_SIZE_HIGH_RATE
from ghostlib.experiments.sloppy import FIG_S2, FIG_S2_EDGE, FIG_S2_FULL


__all__ = [
    "BOTTLENECK",
    "CRITICAL_RATE",
    "EULER_DELAY",
    "MANY_NETWORKS",
    "FIG_2A",
    "FIG_2BC",
    "FIG_2D",
    "FIG_3A",
    "FIG_3A_COPIES",
    "FIG_3B",
    "FIG_4",
    "FIG_4_REPEATS",
    "FIG_S1",
    "FIG_S2",
    "FIG_S2_EDGE",
    "FIG_S2_FULL",
    "OSCILLATIONS",
    "PLATEAUS",
    "RANK_OR_SIZE",
    "RANK_OR_SIZE_HIGH_RATE",
    "REMEDIES",
    "RESTORED",
    "SLOPE_BY_CONFIDENCE",
    "TRAINABLE_C",
    "TRAPPED_FRACTION",
]
