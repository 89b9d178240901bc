"""Networks that have been trained, for tests in several folders."""

import numpy as np
import pytest

from ghostlib import outcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


@pytest.fixture(scope="module")
def fallen():
    """Networks at a learning rate that is too high for nearly all of them: they got the task and lost it."""
    history = train(RankOne.initial(np.arange(30)), DelayedActivation(), 0.03, 6000)
    caught = outcomes.trapped(history.accuracy)
    assert caught.sum() >= 25
    return history.networks[caught]
