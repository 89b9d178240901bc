"""The paper's experiments: one frozen record a figure, its settings as data, `run()` to do it."""

from ghostlib.experiments.bottleneck import BOTTLENECK
from ghostlib.experiments.circuit import FALLEN_NETWORKS, RANDOM_NETWORKS
from ghostlib.experiments.comparison import LOW_CONFIDENCE, REMEDIES
from ghostlib.experiments.critical import LATE_FALLS, RATES_BY_DELAY
from ghostlib.experiments.critical_kinds import CRITICAL_KINDS
from ghostlib.experiments.descent import FIG_2BC, FIG_2D, PLATEAUS
from ghostlib.experiments.escape import ALONG_THE_ESCAPE, FIG_3A_COPIES
from ghostlib.experiments.falls import FIG_3B, MANY_NETWORKS
from ghostlib.experiments.forms import FORMS, PLATEAU_KINDS
from ghostlib.experiments.full_rank import FULL_RANK_CUES
from ghostlib.experiments.jump import AROUND_THE_JUMP
from ghostlib.experiments.landscape import EULER_DELAY, FIG_2A, SLOPE_BY_CONFIDENCE
from ghostlib.experiments.last_updates import LAST_UPDATES
from ghostlib.experiments.learning_rates import FIG_S1
from ghostlib.experiments.linear_output import LINEAR_OUTPUT
from ghostlib.experiments.lowered import FIG_4
from ghostlib.experiments.lowered_ranks import LOWERED_RANKS
from ghostlib.experiments.matching import MATCH_TO_SAMPLE
from ghostlib.experiments.noise import NOISE
from ghostlib.experiments.order import ORDER_BY_RATE, ORDERS
from ghostlib.experiments.oscillation import CRITICAL_RATE, OSCILLATIONS, TRAPPED_FRACTION
from ghostlib.experiments.plateau import HUNDRED_PLATEAUS, TWO_KNOBS
from ghostlib.experiments.rank_one import FIG_3A
from ghostlib.experiments.repeats import FIG_4_REPEATS
from ghostlib.experiments.restored import RESTORED
from ghostlib.experiments.scale import RANK_OR_SIZE, RANK_OR_SIZE_HIGH_RATE
from ghostlib.experiments.sloppy import FIG_S2, FIG_S2_EDGE, FIG_S2_FULL
from ghostlib.experiments.time_steps import TIME_STEPS
from ghostlib.experiments.trainable import TRAINABLE_C
from ghostlib.experiments.two_dimensions import MANY_CUES, TWO_DIMENSIONS
from ghostlib.experiments.valleys import VALLEY_LINES
from ghostlib.experiments.zone_slopes import ZONE_SLOPES
