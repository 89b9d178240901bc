"""The map of ranks without the nine hundred trainings behind it."""

import numpy as np
import pytest

from ghostlib.experiments.ranks.diagram import PhaseDiagram
from ghostlib.experiments.ranks.fig_s2 import FIG_S2
from ghostlib.experiments.ranks.training import EDGES, Course
from ghostlib.outcomes import OUTCOMES
from ghostlib.widgets import ranks


def invented_diagram():
    """A phase diagram of the size of Fig. S2's with random losses, and every outcome in it."""
    rng = np.random.default_rng(0)
    shape = (len(FIG_S2.ranks), FIG_S2.rates, FIG_S2.seeds)
    epochs = np.broadcast_to(rng.integers(5000, 50_000, FIG_S2.rates), shape[:2])
    low = 10 ** rng.uniform(-5, 0, (*shape, EDGES.size - 1)).astype(np.float32)
    low[..., EDGES[:-1] > epochs.max()] = np.nan
    courses = Course(
        **{name: np.zeros(shape) for name in Course._fields}
        | {
            "low": low,
            "high": 2 * low,
            "learned_at": rng.integers(-1, 5000, shape),
            "silent_from": rng.integers(-1, 5000, shape),
            "outcome": rng.choice(OUTCOMES, shape),
        }
    )
    return PhaseDiagram(FIG_S2.ranks, FIG_S2.alpha, range(FIG_S2.seeds), epochs, courses, networks=[])


@pytest.fixture(scope="module")
def untrained():
    """`ghostlib.widgets.Ranks` shows an invented diagram."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranks, "diagram", invented_diagram)
        ranks.sweep.cache_clear()
        yield
        ranks.sweep.cache_clear()
