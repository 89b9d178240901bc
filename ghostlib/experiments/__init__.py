"""The paper's experiments: one frozen record a figure, its settings as data, `run()` to do it."""

from ghostlib.experiments.comparison import REMEDIES
from ghostlib.experiments.lowered import FIG_4
from ghostlib.experiments.rank_one import FIG_3A, FIG_3A_COPIES, FIG_3B, FIG_S1, MANY_NETWORKS
from ghostlib.experiments.repeats import FIG_4_REPEATS
from ghostlib.experiments.restored import RESTORED
from ghostlib.experiments.scale import RANK_OR_SIZE, RANK_OR_SIZE_HIGH_RATE
from ghostlib.experiments.sloppy import FIG_S2, FIG_S2_EDGE, FIG_S2_FULL
from ghostlib.experiments.toy import CRITICAL_RATE, FIG_2A, FIG_2BC, FIG_2D, OSCILLATIONS, TRAPPED_FRACTION
from ghostlib.experiments.trainable import TRAINABLE_C
from ghostlib.experiments.zone_slopes import ZONE_SLOPES


__all__ = [
    "CRITICAL_RATE",
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
    "RANK_OR_SIZE",
    "RANK_OR_SIZE_HIGH_RATE",
    "REMEDIES",
    "RESTORED",
    "TRAINABLE_C",
    "TRAPPED_FRACTION",
    "ZONE_SLOPES",
]
