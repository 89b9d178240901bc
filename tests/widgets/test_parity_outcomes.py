"""What becomes of a training: the same words in JavaScript as in Python, for any history of accuracies."""

import numpy as np
import pytest
from browser import import_modules

from ghostlib import outcomes
from ghostlib.widgets._bundle import bundle


RNG = np.random.default_rng(5)
LEVELS = (0.0, 0.475, 0.5, 0.525, 0.925, 0.95, 0.975, 1.0)


def history():
    """A few runs of accuracies, long and short, below and above every threshold; one in four overflows."""
    runs = [np.full(RNG.choice([1, 2, 48, 49, 50, 51, 80]), RNG.choice(LEVELS)) for _ in range(RNG.integers(2, 7))]
    accuracy = np.concatenate([*runs, np.full(50, RNG.choice(LEVELS))])[RNG.integers(0, 50) :]
    if RNG.random() < 0.25:
        accuracy[RNG.integers(accuracy.size) :] = np.nan
    return accuracy


ACCURACIES = [each for each in (history() for _ in range(600)) if each.size >= 50]
LOSSES = [float(RNG.choice([0.0, 0.1, np.nextafter(0.1, 1), 1.0, np.nan])) for _ in ACCURACIES]
PYTHON = {
    "learned": lambda accuracy, loss: outcomes.learned(accuracy),
    "trapped": lambda accuracy, loss: outcomes.trapped(accuracy),
    "recovered": lambda accuracy, loss: outcomes.recovered(accuracy),
    "solved": outcomes.solved,
    "diverged": lambda accuracy, loss: outcomes.diverged(accuracy),
}


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    import_modules(page, bundle("outcomes"))
    yield page
    page.close()


def call(page, name):
    """A word, said of every history; JSON has no NaN, so that null stands for it."""
    accuracies = [[None if np.isnan(value) else value for value in each.tolist()] for each in ACCURACIES]
    losses = [None if np.isnan(loss) else loss for loss in LOSSES]
    body = """([name, accuracies, losses]) => {
        const numbers = (values) => Float64Array.from(values, (value) => value ?? NaN);
        return accuracies.map((accuracy, k) => window.modules[0][name](numbers(accuracy), losses[k] ?? NaN));
    }"""
    return page.evaluate(body, [name, accuracies, losses])


@pytest.mark.parametrize("word", PYTHON)
def test_a_word_is_said_of_the_same_trainings(page, word):
    expected = [bool(PYTHON[word](accuracy, loss)) for accuracy, loss in zip(ACCURACIES, LOSSES, strict=True)]
    assert call(page, word) == expected
    assert 0.02 < np.mean(expected) < 0.98  # each word is put to the test


@pytest.mark.parametrize("word", ["trapped", "recovered"])
def test_since_is_the_epoch_after_the_last_one_that_says_otherwise(page, word):
    for accuracy, since in zip(ACCURACIES, call(page, f"{word}Since"), strict=True):
        otherwise = accuracy > 0.5 if word == "trapped" else accuracy <= 0.5
        expected = np.flatnonzero(otherwise)[-1] + 1 if otherwise.any() else 0
        assert since == (expected if PYTHON[word](accuracy, 0) else -1)


def test_learned_since_is_the_first_epoch_above_one_half(page):
    for accuracy, since in zip(ACCURACIES, call(page, "learnedSince"), strict=True):
        assert since == (np.argmax(accuracy > 0.5) if outcomes.learned(accuracy) else -1)


def test_ever_trapped_is_trapped_at_some_epoch(page):
    expected = [
        any(bool(outcomes.trapped(accuracy[:end])) for end in range(50, accuracy.size + 1)) for accuracy in ACCURACIES
    ]
    assert call(page, "everTrapped") == expected
    assert 0.1 < np.mean(expected) < 0.9


def test_less_than_fifty_epochs_decide_nothing(page):
    body = """() => {
        const [{ trapped, recovered, solved }] = window.modules;
        const good = Array(49).fill(1);
        return [trapped([1, ...Array(48).fill(0)]), recovered(good), solved(good, 0), recovered([...good, 1])];
    }"""
    assert page.evaluate(body) == [False, False, False, True]


def test_no_number_at_any_epoch_is_diverged_and_neither_trapped_nor_back(page):
    body = """() => {
        const [{ diverged, learned, trapped, recovered, solved }] = window.modules;
        const after = (value) => [1, NaN, ...Array(60).fill(value)];
        return [diverged(after(0)), learned(after(0)), trapped(after(0)), recovered(after(1)), solved(after(1), 0)];
    }"""
    assert page.evaluate(body) == [True, True, False, False, False]
