"""What the rescue widget carries into the page: the hundred networks of Fig. 4, exactly."""

import base64

import numpy as np
import pytest

from ghostlib import widgets
from ghostlib.experiments import FIG_4
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.training.schedules import train_at


@pytest.fixture(scope="module")
def page():
    return widgets.Rescue().page_state()


def hundred(page):
    rows = np.frombuffer(base64.b64decode(page["_hundred"]), np.uint8)
    rows = rows.reshape(len(page["_confidences"]) + 1, FIG_4.seeds)
    return rows[0], rows[1:] / DelayedActivation().steps


def test_every_network_has_one_fate_and_74_have_learned(page):
    fate, _ = hundred(page)
    assert set(fate) == {0, 1, 2}
    assert np.sum(fate < 2) == 74


def test_at_the_original_confidence_the_trapped_stay_where_they_are(page):
    fate, accuracy = hundred(page)
    assert page["_confidences"][-1] == pytest.approx(10)
    assert np.all(accuracy[-1, fate == 0] == 0.5)
    assert accuracy[:, fate == 0].mean(axis=1).max() > 0.8


def test_accuracies_are_those_of_a_training_here_and_now(page):
    fate, accuracy = hundred(page)
    seed = int(np.flatnonzero(fate == 2)[0])  # still on the plateau, so nothing chaotic has happened
    task, row = DelayedActivation(), 20
    before = train(RankOne.initial([seed]), task, FIG_4.alpha, FIG_4.epochs).networks
    after = train_at(before, task, FIG_4.alpha, FIG_4.after, page["_confidences"])
    np.testing.assert_allclose(after.accuracy[row, 0, -1], accuracy[row, seed])


def test_the_page_gets_a_few_kilobytes(page):
    assert len(page["_hundred"]) < 5000


def test_the_still_picture_shows_the_fall_and_the_way_back():
    figure = widgets.Rescue().picture()
    loss, norm, _ = figure.axes
    assert loss.lines[0].get_xdata()[-1] == 6300
    assert norm.lines[1].get_xdata()[0] == 6000
