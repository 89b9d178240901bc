"""Your own network in the page: dropped, chosen or pasted, read and searched there, with nothing leaving it."""

from functools import cache

import numpy as np
import traitlets

from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.widgets._base import Explorable, Parameter


STEPS = 40  # of the trial that is drawn, the paper's
FIGURES = 6  # digits of a weight in the example


class Own(Explorable):
    """The flow, the fixed points, the ghosts and the waits of a network of rank one or two that the reader brings.

    kappa_1, kappa_2 : where the trial starts; the second is for networks of rank two.

    It opens with the paper's network of Fig. 3A after 40,000 epochs. Python's way in is `networks.reader.read_network`.
    """

    module = "own"
    alt = (
        "Two panels for the network of Fig. 3A after learning. The flow against κ, positive up to the one stable fixed "
        "point beyond κ = 1, with a ghost, a positive minimum, near κ = −1.5. The latent variable of a trial against "
        "the step: it rises slowly past the ghost, then quickly to the fixed point."
    )
    caption = (
        "<strong>A network's slow points.</strong> Here those of the paper's network of Fig. 3A, after it has learned. "
        "Filled: stable; open: unstable; violet: a ghost. The red dot is the start of a trial, which takes 40 steps."
    )
    hint = "Choose a file of your own, drop it here, or paste its text; it stays in this page."

    kappa_1 = Parameter(-1.6, low=-20.0, high=20.0, label="start at κ₁", scale="sqrt")
    kappa_2 = Parameter(0.0, low=-20.0, high=20.0, label="start at κ₂", scale="sqrt")

    _examples = traitlets.List().tag(sync=True)

    def __init__(self, **values):
        super().__init__(**values)
        self._examples = examples()

    def page_state(self):
        return {**super().page_state(), "_examples": self._examples}

    def picture(self):
        from ghostlib import plots

        return plots.own_network(learned(), self.kappa_1, STEPS)


@cache
def learned():
    """The network of Fig. 3A after 40,000 epochs, which has a ghost."""
    return train(RankOne.initial(40), DelayedActivation(), 0.003, 40_000, record=[0]).networks


@cache
def examples():
    """What a reader may begin with: a network of rank one and one of rank two, as the JSON that is read here."""
    one, two = learned(), drawn()
    return [
        {"m": _short(one.m), "n": _short(one.n), "b": _short(one.b)},
        {"M": _short(two["M"]), "N": _short(two["N"]), "b": _short(two["b"])},
    ]


def drawn(N=40):
    """A drawn network of rank two with one stable node and one ghost: arrays M (N, 2), N (2, N) and b (N,), a dict."""
    rng = np.random.default_rng(1)
    M = rng.standard_normal((N, 2))
    return {"M": M, "N": 1.6 * M.T / N + 0.01 * rng.standard_normal((2, N)), "b": 0.3 * rng.standard_normal(N)}


def _short(values):
    return [_short(each) for each in values] if np.ndim(values) > 1 else [float(f"{x:.{FIGURES}g}") for x in values]
