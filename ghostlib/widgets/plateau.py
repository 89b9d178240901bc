"""The plateau of a network in training, and a guess when it ends."""

from types import MappingProxyType

import traitlets

from ghostlib.widgets._base import Explorable, Parameter
from ghostlib.widgets._networks import SEEDS, packed


END = 10_000.0


class Plateau(Explorable):
    """A loss that has not moved yet, the reader's guess when it will, and the forecast of Eq. (B26) beside it.

    seed, alpha : as in `Train`.
    stand : the epoch up to which the network is trained, and at which the forecast is made.
    guess : the epoch at which the reader expects the jump; none yet where it is 10,000, the end of the axis.
    """

    module = "plateau"
    alt = (
        "The loss against the epoch on plain axes, flat at 1 up to epoch 4,000, where a dot stands, and on to a sudden "
        "drop about a thousand epochs later. A dashed line at the drop is the forecast that was made at the dot."
    )
    caption = (
        "<strong>How long would you wait?</strong> The paper’s network with seed 40, on its plateau. The law asks how "
        "far the loss has come from 1, and divides by its pace, the learning rate α times the square of the "
        "gradient’s norm."
    )

    seed = Parameter(40.0, low=0.0, high=SEEDS - 1.0, label="seed", whole=True)
    alpha = Parameter(0.02, low=0.01, high=0.1, label="learning rate α", scale="log")
    stand = Parameter(4000.0, low=0.0, high=END, label="stand at epoch", whole=True)
    guess = Parameter(END, low=0.0, high=END, label="guess: epoch", whole=True)

    _networks = traitlets.Unicode().tag(sync=True)
    shared = MappingProxyType({"_networks": packed})

    def __init__(self, **values):
        super().__init__(**values)
        self._networks = packed()

    def picture(self):
        from ghostlib import plots

        return plots.standing(int(self.seed), self.alpha, int(self.stand), int(END))
