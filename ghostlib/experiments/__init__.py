"""The paper's experiments: one frozen record a figure, its settings as data, `run()` to do it."""

from ghostlib.experiments.confidence.comparison import LOW_CONFIDENCE, REMEDIES
from ghostlib.experiments.confidence.fig_4 import FIG_4
from ghostlib.experiments.confidence.repeats import FIG_4_REPEATS
from ghostlib.experiments.confidence.restored import RESTORED
from ghostlib.experiments.confidence.trainable import TRAINABLE_C
from ghostlib.experiments.laws.critical import LATE_FALLS, RATES_BY_DELAY
from ghostlib.experiments.laws.critical_kinds import CRITICAL_KINDS
from ghostlib.experiments.laws.forms import FORMS, PLATEAU_KINDS
from ghostlib.experiments.laws.noise import NOISE
from ghostlib.experiments.laws.valleys import VALLEY_LINES
from ghostlib.experiments.plane.full_rank import FULL_RANK_CUES
from ghostlib.experiments.plane.matching import MATCH_TO_SAMPLE
from ghostlib.experiments.plane.two_dimensions import MANY_CUES, TWO_DIMENSIONS
from ghostlib.experiments.rank_one.circuit import FALLEN_NETWORKS, RANDOM_NETWORKS
from ghostlib.experiments.rank_one.escape import ALONG_THE_ESCAPE, FIG_3A_COPIES
from ghostlib.experiments.rank_one.fig_3a import FIG_3A
from ghostlib.experiments.rank_one.fig_3b import FIG_3B, MANY_NETWORKS
from ghostlib.experiments.rank_one.fig_s1 import FIG_S1
from ghostlib.experiments.rank_one.jump import AROUND_THE_JUMP
from ghostlib.experiments.rank_one.last_updates import LAST_UPDATES
from ghostlib.experiments.rank_one.order import ORDER_BY_RATE, ORDERS
from ghostlib.experiments.rank_one.plateau import HUNDRED_PLATEAUS, TWO_KNOBS
from ghostlib.experiments.rank_one.time_steps import TIME_STEPS
from ghostlib.experiments.ranks.fig_s2 import FIG_S2, FIG_S2_EDGE, FIG_S2_FULL
from ghostlib.experiments.ranks.linear_output import LINEAR_OUTPUT
from ghostlib.experiments.ranks.lowered import LOWERED_RANKS
from ghostlib.experiments.ranks.scale import RANK_OR_SIZE, RANK_OR_SIZE_HIGH_RATE
from ghostlib.experiments.toy.bottleneck import BOTTLENECK
from ghostlib.experiments.toy.descent import FIG_2BC, FIG_2D, PLATEAUS
from ghostlib.experiments.toy.landscape import EULER_DELAY, FIG_2A, SLOPE_BY_CONFIDENCE
from ghostlib.experiments.toy.oscillation import CRITICAL_RATE, OSCILLATIONS, TRAPPED_FRACTION
