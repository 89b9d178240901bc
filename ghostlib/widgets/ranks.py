"""Fig. S2 as a map to choose from: rank, learning rate and seed."""

import base64
from functools import cache

import numpy as np
import traitlets

from ghostlib.experiments.ranks.fig_s2 import FIG_S2
from ghostlib.experiments.ranks.training import EDGES
from ghostlib.outcomes import LOW_LOSS, OUTCOMES
from ghostlib.widgets._base import Explorable, Parameter


RANKS = FIG_S2.ranks
RATES = tuple(float(f"{alpha:.3g}") for alpha in FIG_S2.alpha)
# Losses as bytes: levels 0 … 254 are evenly spaced in the logarithm between these two, 255 is no loss at all.
LOWEST, HIGHEST, NOTHING = 1e-4, 2.0, 255


class Choice(Parameter):
    """One of a few positive numbers; others between the least and the largest become the nearest, by their ratio.

    Parameters
    ----------
    default : float
        One of `choices`.
    choices : sequence of float
        Ascending.
    label : str
        As in `Parameter`.
    """

    def __init__(self, default, choices, *, label, whole=False):
        low, high = choices[0], choices[-1]
        super().__init__(default, low=low, high=high, label=label, scale="log", whole=whole, choices=list(choices))

    def validate(self, obj, value):
        choices, wanted = np.asarray(self.metadata["choices"], dtype=float), super().validate(obj, value)
        return float(choices[np.argmin(np.abs(np.log(choices / wanted)))])


class Ranks(Explorable):
    """Nine hundred trained networks: who learns, how fast, and who is lost, over rank and learning rate (Fig. S2).

    rank : number of trainable ranks, one of `FIG_S2.ranks`; others become the nearest of them.
    alpha : learning rate, one of ten, likewise.
    seed : which of the ten initial networks.

    The networks are trained when the first of these objects is made, which takes minutes, and kept on the disk.
    """

    module = "ranks"
    alt = (
        "Two panels. A map of rank, from 1 to 100, against learning rate, from 0.001 to 1, with ten marks in every "
        "cell, one a network: at low learning rates all have learned, at high ones most lie in the no-learning zone, "
        "and the border lies further right for high ranks. Below it the loss against the epoch for one seed at one "
        "learning rate and all ranks: the higher the rank, the earlier the fall."
    )
    caption = (
        "<strong>Sloppy ranks.</strong> Every mark is one network, trained while this book was built. The loss of one "
        "of them is drawn among those of the other ranks at the same learning rate."
    )
    hint = "Choose one, on the map or with the sliders. On the map the arrow keys lead from mark to mark."

    rank = Choice(10.0, RANKS, label="rank", whole=True)
    alpha = Choice(0.00464, RATES, label="learning rate α")
    seed = Parameter(5.0, low=0.0, high=FIG_S2.seeds - 1.0, label="seed", whole=True)

    _sweep = traitlets.Dict().tag(sync=True)

    def __init__(self, **values):
        super().__init__(**values)
        self._sweep = sweep()

    def page_state(self):
        return {**super().page_state(), "_sweep": self._sweep}

    def picture(self):
        from ghostlib import plots

        return plots.ranks(diagram(), RANKS.index(self.rank), RATES.index(self.alpha), int(self.seed))


@cache
def diagram():
    """The sweep's results, trained or from the disk."""
    return FIG_S2.run()


@cache
def sweep():
    """All that the front end shows, ready for JSON; arrays in the order of ranks, learning rates and seeds.

    ranks, rates, exact_rates, seeds, outcomes : the axes, and their names.
    epochs : of each rank and rate.
    edges : the epochs at which the columns of the curves begin.
    outcome, learned, silent : of each network; epochs, or −1.
    learned_below : the loss that counts as learned.
    lowest, highest : the losses between which the levels lie.
    losses : base64 of uint8, two rows of columns for each network, its least and its largest losses; see `quantised`.
    """
    found = diagram()
    courses = found.courses
    used = int(np.count_nonzero(EDGES[:-1] <= found.epochs.max()))
    bounds = np.stack([courses.low[..., :used], courses.high[..., :used]], axis=-2)
    return {
        "ranks": list(RANKS),
        "rates": list(RATES),
        "exact_rates": found.alpha.tolist(),
        "seeds": FIG_S2.seeds,
        "outcomes": list(OUTCOMES),
        "epochs": found.epochs.tolist(),
        "edges": EDGES[: used + 1].tolist(),
        "outcome": np.argmax([found.is_(outcome) for outcome in OUTCOMES], axis=0).ravel().tolist(),
        "learned": courses.learned_at.ravel().tolist(),
        "silent": courses.silent_from.ravel().tolist(),
        "learned_below": LOW_LOSS,
        "lowest": LOWEST,
        "highest": HIGHEST,
        "losses": base64.b64encode(quantised(bounds).tobytes()).decode("ascii"),
    }


def quantised(loss):
    """Losses as uint8, evenly spaced in their logarithm: within 2% between 10⁻⁴ and 2; 255 where there is none."""
    loss = np.asarray(loss, dtype=float)
    place = 254 * np.log(np.clip(loss, LOWEST, HIGHEST) / LOWEST) / np.log(HIGHEST / LOWEST)
    return np.where(np.isnan(loss), NOTHING, np.rint(place)).astype(np.uint8)
