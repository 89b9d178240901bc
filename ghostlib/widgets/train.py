"""The paper's network, training in the page."""

from types import MappingProxyType

import traitlets

from ghostlib import _checks
from ghostlib.networks.records import RankOne
from ghostlib.widgets._base import Explorable, Parameter
from ghostlib.widgets._networks import SEEDS, packed


UNITS = 100


class Units(traitlets.List):
    """A finite number for each of the hundred units; a ValueError on assignment of anything else."""

    def __init__(self):
        super().__init__(traitlets.Float(), [0.0] * UNITS)
        self.tag(sync=True)

    def validate(self, obj, value):
        given = _checks.finite(self.name, value)
        if given.shape != (UNITS,):
            raise ValueError(f"{self.name} must be {UNITS} finite numbers, got shape {given.shape}")
        return given.tolist()


class Train(Explorable):
    """A rank-one network of 100 units that learns the delayed-activation task by gradient descent (Figs. 3–4).

    seed : which of the authors' initial networks.
    alpha : learning rate.
    c : confidence of the output; may be changed in the middle of a training.
    m, n, b : the parameters, a hundred numbers each: where the training stands, and, when set, where it starts.
    epoch, loss : where the training stands.

    It opens on a finished run of the seed's own network, and on the network itself where `m`, `n` or `b` is another.
    The front end writes `m`, `n`, `b`, `epoch` and `loss` whenever it pauses; a change of `seed` sets them anew.
    """

    module = "train"
    alt = (
        "Two panels for one of the authors’ networks, trained. The loss against the epoch on a log axis: flat at 1 for "
        "thousands of epochs, the plateau; a sudden drop, the jump; and what came of it. Below, the latent flow f(κ) "
        "with its fixed points."
    )
    caption = (
        "<strong>The paper’s network, trained in this page.</strong> One hundred units, rank one, plain gradient "
        "descent. It sits on the plateau for thousands of epochs and gets the task in a few; then it may keep it or "
        "fall into the no-learning zone. α is the learning rate and c the confidence of the output; κ is the one "
        "number through which the units talk, and the output turns on where it is above κ*."
    )

    seed = Parameter(40.0, low=0.0, high=SEEDS - 1.0, label="seed", whole=True)
    alpha = Parameter(0.02, low=1e-4, high=1.0, label="learning rate α", scale="log")
    c = Parameter(10.0, low=0.01, high=100.0, label="confidence c", scale="log")

    m, n, b = Units(), Units(), Units()
    epoch = traitlets.Int(0).tag(sync=True)
    loss = traitlets.Float(1.0).tag(sync=True)

    _networks = traitlets.Unicode().tag(sync=True)
    shared = MappingProxyType({"_networks": packed})

    def __init__(self, **values):
        # After the seed's own parameters, which would replace them.
        given = {name: values.pop(name) for name in "mnb" if name in values}
        super().__init__(**values)
        self._networks = packed()
        self._take_seed()
        for name, parameters in given.items():
            setattr(self, name, parameters)

    @traitlets.observe("seed")
    def _take_seed(self, _=None):
        with self.hold_sync():
            self.m, self.n, self.b = self._own()

    def _own(self):
        """The parameters of the seed's network before training, as lists."""
        network = RankOne.initial(int(self.seed))
        return network.m.tolist(), network.n.tolist(), network.b.tolist()

    def page_state(self):
        """In a page the seeds' own parameters come in a file; others as they are."""
        given = (self.m, self.n, self.b)
        m, n, b = ([], [], []) if given == self._own() else given
        return {**super().page_state(), "m": m, "n": n, "b": b}

    def picture(self):
        from ghostlib import plots

        return plots.training(int(self.seed), self.alpha, self.c)
