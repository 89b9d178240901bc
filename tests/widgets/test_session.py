"""A training in the page remembers every epoch exactly, and survives an overflow."""

import re

import numpy as np
import pytest
from browser import import_modules

from ghostlib.networks.records import RankOne
from ghostlib.widgets._bundle import SOURCES


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    core = (SOURCES / "rankone.js").read_text(encoding="utf-8")
    session = (SOURCES / "session.js").read_text(encoding="utf-8")
    import_modules(page, core + re.sub(r"^import .*\n", "", session, flags=re.MULTILINE))
    yield page
    page.close()


def run(page, seed, body, **values):
    """Evaluate `body` with `session`, a new one for the network of a seed, and `values`."""
    network = RankOne.initial(seed)
    parameters = {name: getattr(network, name).tolist() for name in "mnb"}
    return page.evaluate(
        """([network, values, body]) => {
            const [{ Session, RANK_ONE_TASK, rankOneLossAndGradient }] = window.modules;
            const session = new Session(network, RANK_ONE_TASK, 10);
            const loss = (state, c) => rankOneLossAndGradient(state, RANK_ONE_TASK, c).loss;
            return new Function("session", "loss", "values", body)(session, loss, values);
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
        const sound = session.advance(values.alpha, 10, 200);
        const past = Array.from(session.loss.values);
        return [sound, session.overflowed, session.epoch, past.length, past.every(Number.isFinite),
                loss(session.state, 10) === past.at(-1)];
    """
    sound, overflowed, epoch, recorded, finite, same = run(page, 40, body, alpha=1e300)
    assert (sound, overflowed, finite, same) == (False, True, True, True)
    assert 0 <= epoch < 200 and recorded == epoch + 1


def test_trapped_is_said_after_fifty_failing_epochs_and_not_before(page):
    body = """
        session.advance(0.02, 10, 6000);
        const since = session.trappedSince;
        const accuracy = Array.from(session.accuracy.values);
        return [since, accuracy];
    """
    since, accuracy = run(page, 99, body)
    good = np.flatnonzero(np.array(accuracy) > 0.5)
    assert good.size
    stuck = len(accuracy) - 1 - good[-1]
    assert since == (good[-1] + 1 if stuck >= 50 else -1)


def test_back_is_said_from_the_first_good_epoch_after_fifty_failing_ones(page):
    """Trained until most have fallen, then at a low confidence; the rule is applied to the record."""
    body = """
        session.advance(0.02, 10, 6000);
        session.advance(0.02, 0.3, 200);
        return [session.rescuedAt, Array.from(session.accuracy.values)];
    """
    found = []
    for seed in (40, 48, 66, 99):
        back, accuracy = run(page, seed, body)
        good = np.flatnonzero(np.array(accuracy) > 0.5)
        after_silence = good[1:][np.diff(good) > 50]
        assert back == (after_silence[-1] if after_silence.size else -1)
        found.append(back)
    assert max(found) > 6000
