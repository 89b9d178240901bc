"""What the rescue widget carries into the page: the hundred networks of Fig. 4, exactly."""

import base64

import numpy as np
import pytest

from ghostlib import widgets
from ghostlib.experiments import FIG_4, cache
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.training.schedules import train_at
from ghostlib.widgets.rescue import _ensemble


@pytest.fixture(scope="module")
def page():
    return widgets.Rescue().page_state()


def hundred(page):
    rows = np.frombuffer(base64.b64decode(page["_hundred"]), np.uint8)
    rows = rows.reshape(len(page["_confidences"]) + 1, FIG_4.seeds)
    return rows[0], rows[1:] / DelayedActivation().steps


def test_every_network_has_one_outcome_and_74_have_learned(page):
    outcome, _ = hundred(page)
    assert set(outcome) == {0, 1, 2}
    assert np.sum(outcome < 2) == 74


def test_at_the_original_confidence_the_trapped_stay_where_they_are(page):
    outcome, accuracy = hundred(page)
    assert page["_confidences"][-1] == pytest.approx(10)
    assert np.all(accuracy[-1, outcome == 0] == 0.5)
    assert accuracy[:, outcome == 0].mean(axis=1).max() > 0.8


def test_accuracies_are_those_of_a_training_here_and_now(page):
    outcome, accuracy = hundred(page)
    seed = int(np.flatnonzero(outcome == 2)[0])  # still on the plateau, so nothing chaotic has happened
    task, row = DelayedActivation(), 20
    before = train(RankOne.initial([seed]), task, FIG_4.alpha, FIG_4.epochs).networks
    after = train_at(before, task, FIG_4.alpha, FIG_4.after, page["_confidences"])
    np.testing.assert_allclose(after.accuracy[row, 0, -1], accuracy[row, seed])


def test_the_page_gets_a_few_kilobytes(page):
    assert len(page["_hundred"]) < 5000


@pytest.fixture
def one_of_each(monkeypatch):
    """Ten networks in place of the hundred: trapped, has it, not yet, diverged, …; one overflows at one confidence."""
    outcome = np.arange(10) % 4
    accuracy = np.random.default_rng(0).integers(0, 41, (FIG_4.confidences, 10)) / 40
    accuracy[:, outcome == 3] = np.nan
    accuracy[4, 0] = np.nan
    monkeypatch.setattr(cache, "map_cached", lambda *_: [(outcome != 2, outcome == 0, accuracy)])
    _ensemble.cache_clear()
    yield outcome, accuracy
    _ensemble.cache_clear()


def test_diverged_is_an_outcome_of_its_own_and_has_no_accuracy(one_of_each):
    outcome, accuracy = one_of_each
    rows = np.frombuffer(base64.b64decode(widgets.Rescue().page_state()["_hundred"]), np.uint8).reshape(-1, 10)
    np.testing.assert_array_equal(rows[0], outcome)
    np.testing.assert_array_equal(rows[1:], np.where(np.isnan(accuracy), 255, np.rint(40 * accuracy)))


def test_the_page_counts_every_fate_and_draws_only_those_that_have_an_accuracy(show, one_of_each):
    page = show(widgets.Rescue())
    panel = page.locator(".ghost-picture").last
    for words in ("trapped (3)", "has it (3)", "not yet (2)", "diverged (2)"):
        assert panel.get_by_text(words, exact=True).is_visible()
    assert panel.locator("circle").count() == 8
    page.locator("input[name=c-exact]").fill(str(widgets.Rescue().page_state()["_confidences"][4]))
    page.locator("input[name=c-exact]").press("Enter")
    page.wait_for_function("document.querySelectorAll('.ghost-picture:last-child circle').length === 7")
    mean = panel.locator("svg").get_attribute("aria-label")
    assert "NaN" not in mean and "–" not in mean


def test_the_still_picture_shows_the_fall_and_the_way_back():
    figure = widgets.Rescue().picture()
    loss, norm, _ = figure.axes
    assert loss.lines[0].get_xdata()[-1] == 6300
    assert norm.lines[1].get_xdata()[0] == 6000
