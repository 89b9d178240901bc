"""A network that is trapped, a slider for its confidence, and a hundred others beside it."""

import base64
from functools import cache

import numpy as np
import traitlets

from ghostlib.widgets._base import Parameter
from ghostlib.widgets._networks import SEEDS
from ghostlib.widgets.train import Train


NOTHING = 255  # the byte for no accuracy
EPOCHS, AFTER, LOW = 6000, 300, 0.3  # of the static picture: at the widget's c, and then at a low one


class Rescue(Train):
    """A network that is likely to be trapped (Fig. 3B), trained on at any confidence, beside the hundred of Fig. 4.

    seed, alpha, c : as in `Train`; the seed is one that is trapped nearly always.
    m, n, b, epoch, loss : as in `Train`.
    """

    module = "rescue"
    alt = (
        "Three panels for the network with seed 95. The loss against the epoch on a log axis: 1 for four thousand "
        "epochs, a jump down, and soon back to 1; after epoch 6,000, where the confidence is lowered, it falls. The "
        "gradient norm, which drops by many powers of ten when the network is trapped and is back at once when c is "
        "lowered. The latent flow of the trapped network, which is held by a fixed point far below the threshold."
    )
    caption = (
        "<strong>The rescue.</strong> A network that got the task and lost it at c = 10. At a lower c its gradient "
        "returns, and training on brings it back. The last panel shows the hundred networks of Fig. 4 after 6,000 "
        "epochs at c = 10 and 100 more at the c of the slider, computed when this page was built, for thirty values of "
        "c. Whether the one above is trapped is a matter of rounding; if it keeps the task, try another seed."
    )

    seed = Parameter(95.0, low=0.0, high=SEEDS - 1.0, label="seed", whole=True)
    c = Parameter(10.0, low=0.001, high=10.0, label="confidence c", scale="log")

    _hundred = traitlets.Unicode().tag(sync=True)
    _confidences = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, **values):
        super().__init__(**values)
        self._hundred, self._confidences = _ensemble()

    def page_state(self):
        return {**super().page_state(), "_hundred": self._hundred, "_confidences": self._confidences}

    def picture(self):
        from ghostlib import plots
        from ghostlib.networks.records import RankOne
        from ghostlib.networks.task import DelayedActivation
        from ghostlib.training.schedules import train_stages

        task, network = DelayedActivation(), RankOne.initial([int(self.seed)])
        fallen = train_stages(network, task, self.alpha, [(EPOCHS, self.c)]).networks
        history = train_stages(network, task, self.alpha, [(EPOCHS, self.c), (AFTER, min(LOW, self.c))])
        return plots.rescued(history, fallen[0], task, EPOCHS)


@cache
def _ensemble():
    """What became of the hundred networks and then their accuracies at each confidence, in base64; and the confidences.

    One byte each: 0 trapped, 1 has the task, 2 not yet learned, 3 diverged; the accuracy times 40, or 255 for none.
    """
    from ghostlib.experiments import FIG_4, cache
    from ghostlib.experiments.confidence.remedies import lowered
    from ghostlib.networks.task import TASK

    confidences = np.logspace(*FIG_4.exponents, FIG_4.confidences).tolist()
    settings = (FIG_4.seeds, FIG_4.alpha, FIG_4.epochs, FIG_4.c, FIG_4.after, confidences)
    ((learned, trapped, accuracy),) = cache.map_cached(lowered, [settings])
    lost = np.isnan(accuracy)
    outcome = np.select([lost.all(axis=0), trapped, learned], [3, 0, 1], 2)
    steps = np.where(lost, NOTHING, np.rint(accuracy * TASK.steps))
    return base64.b64encode(np.vstack([outcome, steps]).astype(np.uint8).tobytes()).decode("ascii"), confidences
