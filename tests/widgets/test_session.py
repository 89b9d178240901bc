"""A training in the page remembers every epoch exactly, and survives an overflow."""

import numpy as np
import pytest
from browser import import_modules

from ghostlib.networks.records import RankOne
from ghostlib.widgets._bundle import bundle


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    import_modules(page, bundle("session"), bundle("rankone"), bundle("outcomes"))
    yield page
    page.close()


def run(page, seed, body, **values):
    """Evaluate `body` with `session`, a new one for the network of a seed, `values`, and the module of outcomes."""
    network = RankOne.initial(seed)
    parameters = {name: getattr(network, name).tolist() for name in "mnb"}
    return page.evaluate(
        """([network, values, body]) => {
            const [{ Session }, { RANK_ONE_TASK, rankOneLossAndGradient }, outcomes] = window.modules;
            const session = new Session(network, RANK_ONE_TASK, 10);
            const loss = (state, c) => rankOneLossAndGradient(state, RANK_ONE_TASK, c).loss;
            return new Function("session", "loss", "values", "outcomes", body)(session, loss, values, outcomes);
        }""",
        [parameters, values, body],
    )


def test_every_epoch_of_the_past_is_redone_to_the_last_bit_also_across_a_change_of_confidence(page):
    """More epochs than there are snapshots at the first stride, so that these have been thinned out."""
    body = """
        session.advance(0.02, 10, 5100);
        session.advance(0.01, 0.5, 900);
        return values.epochs.map(e => [session.loss.values[e], loss(session.at(e), session.c.values[e])]);
    """
    pairs = np.array(run(page, 40, body, epochs=[0, 1, 7, 8, 1234, 4999, 5051, 5099, 5101, 5555, 6000]))
    np.testing.assert_array_equal(pairs[:, 0], pairs[:, 1])
    assert np.unique(pairs[:, 0]).size > 8


def test_where_it_stands_does_not_depend_on_the_slices(page):
    body = """
        for (const size of values.slices) session.advance(0.02, 10, size);
        return [session.epoch, session.loss.values[session.epoch]];
    """
    assert run(page, 3, body, slices=[1000]) == run(page, 3, body, slices=[1, 15, 16, 17, 951])


def test_an_overflow_leaves_it_at_the_last_epoch_that_has_a_loss(page):
    body = """
        session.advance(values.alpha, 10, 200);
        const past = ["loss", "gradientNorm", "accuracy", "c"].map((name) => Array.from(session[name].values));
        const unknown = [...past[0], ...past[2]].some(Number.isNaN);
        const same = loss(session.state, 10) === past[0].at(-1);
        return [session.diverged, session.epoch, past.map((series) => series.length), unknown, same];
    """
    diverged, epoch, recorded, unknown, same = run(page, 40, body, alpha=1e300)
    assert (diverged, unknown, same) == (True, False, True)
    assert 0 <= epoch < 200 and recorded == [epoch + 1] * 4


def test_after_an_overflow_it_can_go_on_and_still_remembers_every_epoch(page):
    """Snapshots taken after the overflow must be forgotten: they would be counted as those of later epochs."""
    body = """
        session.advance(0.02, 10, values.before);
        session.state.n[0] = Infinity;
        session.advance(0.02, 10, 100);
        const wentBack = session.diverged && session.epoch;
        session.advance(0.02, 10, 300);
        const last = session.epoch;
        const past = Array.from(session.loss.values);
        const off = past.filter((value, e) => loss(session.at(e), session.c.values[e]) !== value);
        return [wentBack, session.diverged, last, past.length, off.length];
    """
    for before in (21, 24, 5000):
        back, diverged, last, recorded, off = run(page, 40, body, before=before)
        assert (back, diverged, last, recorded, off) == (before - 1, False, before + 299, before + 300, 0)


def test_parameters_without_bounds_have_no_loss_and_no_accuracy(page):
    """An infinite n gives an output that is 0 throughout, and would pass for a silent one."""
    body = """
        const found = [];
        for (const name of ["m", "n", "b"]) {
            const { state } = new session.constructor(session.state, session.task, 10);
            state[name][0] = values.size;
            loss(state, 10);
            found.push(state.last.loss, state.last.accuracy);
        }
        return found.map(Number.isNaN);
    """
    assert run(page, 3, body, size=float("inf")) == [True] * 6
    assert run(page, 3, body, size=float("nan")) == [True] * 6
    assert run(page, 3, body, size=1.0) == [False] * 6


def test_a_network_that_overflows_from_the_start_stays_there(page):
    body = """
        const huge = Array(100).fill(1e308);
        const doomed = new session.constructor({ m: huge, n: huge, b: huge }, session.task, 10);
        const before = doomed.diverged;
        doomed.advance(0.02, 10, 20);
        return [before, doomed.diverged, doomed.epoch, doomed.loss.values.length];
    """
    assert run(page, 0, body) == [True, True, 0, 1]


def test_the_words_are_those_of_the_record(page):
    """Trained until most have fallen, then at a low confidence: the story that the widget tells, by the rule itself."""
    body = """
        session.advance(0.02, 10, 6000);
        const fallen = outcomes.trappedSince(session.accuracy.values);
        session.advance(0.02, 0.3, 200);
        return [fallen, outcomes.recoveredSince(session.accuracy.values), Array.from(session.accuracy.values)];
    """
    falls, returns = [], []
    for seed in (40, 48, 66, 99):
        fallen, back, accuracy = run(page, seed, body)
        accuracy = np.array(accuracy)
        heard = np.flatnonzero(accuracy[:6001] > 0.5)
        assert fallen == (heard[-1] + 1 if heard.size and 6000 - heard[-1] >= 50 else -1)
        silent = np.flatnonzero(accuracy <= 0.5)
        assert back == (silent[-1] + 1 if 6200 - silent[-1] >= 50 else -1)
        falls.append(fallen)
        returns.append(back)
    assert max(falls) > 0 and max(returns) > 6000
