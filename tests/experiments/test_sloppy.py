"""Fig. S2: what is kept of a training, what became of it, and the map made of many."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib.experiments import FIG_S2, FIG_S2_FULL, __main__, scale, sloppy
from ghostlib.experiments.ranks import EDGES, LAST, LEARNED, Course, columns, course
from ghostlib.experiments.sloppy import OUTCOMES, PhaseDiagram, RankSweep
from ghostlib.networks.records import LowRank
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()
SMALL = RankSweep(ranks=(1, 30), alpha_exponents=(-2, -1), rates=2, seeds=2, least_epochs=300, travel=0, travel_high=5)


@pytest.fixture(autouse=True)
def disk(tmp_path, monkeypatch):
    """Pieces of these tests are kept elsewhere."""
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))


def invented(**fields):
    """A diagram of one rank, one learning rate and as many seeds as the given fields of its courses have values."""
    (seeds,) = {len(values) for values in fields.values()}
    usual = {"diverged_at": -1, "accuracy": 1.0, "gradient_norm": 1.0, "settled": 0.01, "learned": 5}
    given = {name: np.broadcast_to(fields.get(name, value), (1, 1, seeds)) for name, value in usual.items()}
    courses = Course(**{**dict.fromkeys(Course._fields), **given})
    return PhaseDiagram((1,), np.array([0.1]), np.array([[10]]), courses, [])


def mapped(fate):
    """A diagram with these fates, given as letters: a string for every rank, a word for every learning rate."""
    letters = np.array([[list(cell) for cell in row.split()] for row in fate])
    ranks, rates, _ = letters.shape
    courses = Course(
        **{
            **dict.fromkeys(Course._fields),
            "diverged_at": np.where(letters == "d", 3, -1),
            "accuracy": np.where(letters == "t", 0.5, 0.9),
            "gradient_norm": np.where(letters == "t", 1e-6, 1.0),
            "settled": np.where(letters == "l", 0.01, 0.4),
            "learned": np.full(letters.shape, 7),
        }
    )
    return PhaseDiagram(tuple(range(1, ranks + 1)), np.logspace(-3, 0, rates), None, courses, [])


class TestSettings:
    def test_the_sweep_is_the_authors_ranks_rates_and_seeds(self):
        assert FIG_S2.ranks == FIG_S2_FULL.ranks == (1, 2, 3, 4, 5, 10, 30, 50, 100)
        np.testing.assert_allclose(FIG_S2.alpha, np.logspace(-3, 0, 10))
        assert len(set(FIG_S2.settings())) == len(set(FIG_S2_FULL.settings())) == 900

    def test_the_full_scale_is_half_a_million_epochs_each(self):
        assert {epochs for *_, epochs in FIG_S2_FULL.settings()} == {500_000}

    def test_the_book_trains_as_long_as_decides_and_never_less_than_five_thousand_epochs(self):
        assert FIG_S2.epochs(1, 0.001) == 50_000
        assert FIG_S2.epochs(100, 0.001) == 10_000
        assert min(epochs for *_, epochs in FIG_S2.settings()) == FIG_S2.epochs(1, 1.0) == 5000


class TestCourse:
    def test_it_is_the_training_itself_summed_up(self):
        found = course(30, 0.0464, 1, 400)
        history = train(LowRank.initial(1, 30), TASK, 0.0464, 400)
        loss = history.loss.astype(float)
        assert found.first == loss[0] and found.final == loss[-1] and found.least == loss.min()
        assert found.learned == np.flatnonzero(loss < LEARNED)[0]
        assert found.halved == np.flatnonzero(loss < loss[0] / 2)[0]
        assert found.left == np.flatnonzero(loss[: found.learned] >= 0.9 * loss[0])[-1]
        assert found.surge == np.diff(loss[found.learned :]).max()
        assert found.settled == np.median(loss[-40:])
        assert found.hundredth == found.diverged_at == -1
        np.testing.assert_array_equal(found.m, history.networks.m)

    def test_a_training_that_overflows_is_told_as_such(self):
        found = next(each for each in (course(5, 100.0, seed, 400) for seed in range(200)) if each.diverged_at >= 0)
        assert 0 < found.diverged_at < 400
        assert np.isnan(found.final) and np.isnan(found.settled) and np.isfinite(found.least)

    def test_silent_from_is_the_epoch_after_the_last_good_one(self):
        found = [course(5, 0.4642, seed, 3000) for seed in range(20)]
        after = [
            np.flatnonzero(~(accuracy <= 0.5))[-1] + 1  # what is not a number is not silent
            for accuracy in train(LowRank.initial(range(20), 5), TASK, 0.4642, 3000).accuracy
        ]
        assert min(after) <= 3000 < max(after)  # some fall silent, some do not
        for each, epoch in zip(found, after, strict=True):
            assert each.silent_from == (epoch if epoch <= 3000 else -1)
            assert each.accuracy <= 0.5 or epoch > 3000 - LAST

    @pytest.mark.parametrize("epochs", [0, 1, 7, 1000])
    def test_columns_hold_the_least_and_the_largest_loss_of_their_epochs(self, epochs):
        loss = np.random.default_rng(epochs).random(epochs + 1)
        low, high = columns(loss)
        for k, (start, stop) in enumerate(zip(EDGES[:-1], EDGES[1:], strict=True)):
            part = loss[start:stop].astype(np.float32)
            if part.size:
                assert (low[k], high[k]) == (part.min(), part.max())
            else:
                assert np.isnan(low[k]) and np.isnan(high[k])


class TestFate:
    def test_each_has_its_rule(self):
        found = invented(
            diverged_at=[7, -1, -1, -1, -1],
            accuracy=[np.nan, 0.5, 0.5, 1.0, 1.0],
            gradient_norm=[np.nan, 1e-6, 1.4, 1e-6, 1.0],
            settled=[np.nan, 1.0, 0.9, 0.001, 0.2],
        )
        assert [OUTCOMES[fate] for fate in found.outcome.ravel()] == [
            "diverged", "trapped", "unsettled", "learned", "unsettled"
        ]  # fmt: skip

    def test_shares_add_up_to_one(self):
        found = mapped(["ll lt", "dd tu"])
        np.testing.assert_array_equal(found.share("learned"), [[1, 0.5], [0, 0]])
        np.testing.assert_array_equal(sum(found.share(fate) for fate in OUTCOMES), 1)

    def test_an_unknown_fate_is_refused(self):
        with pytest.raises(ValueError, match="outcome must be one of learned, unsettled, trapped, diverged"):
            mapped(["ll"]).share("happy")

    def test_the_median_epoch_is_over_those_that_learn(self):
        assert invented(learned=[-1, 4, 10, -1, 6]).median_epoch() == 6
        assert np.isnan(invented(learned=[-1, -1]).median_epoch())

    def test_panels_follow_their_rule(self):
        found = mapped(["ll ll ll lt tt dd", "ll ll ll ll ud td"])
        late = np.array([1, 1, 1.05, 1.2, 1, 1]) / found.alpha
        learned = np.broadcast_to(late[:, None], found.courses.accuracy.shape)
        assert found._replace(courses=found.courses._replace(learned=learned)).panels() == (2, 3, 4)

    def test_panels_that_are_not_there_are_refused(self):
        with pytest.raises(ValueError, match="none of 2 learning rates"):
            mapped(["ll ll", "ll ll"]).panels()


class TestSweep:
    def test_every_network_is_at_its_place(self):
        found = SMALL.run()
        assert found.outcome.shape == (2, 2, 2) and found.courses.low.shape == (2, 2, 2, EDGES.size - 1)
        np.testing.assert_array_equal(found.epochs, [[300, 300], [500, 300]])
        alone = course(30, found.alpha[0], 1, 500)
        assert found.courses.final[1, 0, 1] == alone.final
        np.testing.assert_array_equal(found.networks[1].m[0, 1], alone.m)
        assert found.networks[0].shape == found.networks[1].shape == (2, 2)

    def test_the_command_line_counts_what_a_run_gives(self, capsys, monkeypatch):
        monkeypatch.setattr(__main__, "FIG_S2", SMALL)
        __main__.main([])
        said = capsys.readouterr().out
        assert said.startswith("8 networks: at most 0.0 hours of one core")
        counts = np.rint(SMALL.run().share("learned") * 2).astype(int)
        rows = [line.split() for line in said.split("learned")[1].split("trapped")[0].splitlines() if line]
        assert rows == [
            ["rank", "0.01", "0.1"],
            *[[str(r), *map(str, c)] for r, c in zip((1, 30), counts, strict=True)],
        ]

    def test_an_estimate_trains_none_of_the_sweep(self, capsys, monkeypatch):
        monkeypatch.setattr(RankSweep, "run", None)
        monkeypatch.setattr(__main__, "FIG_S2_FULL", replace(SMALL, least_epochs=10**9))
        __main__.main(["--full", "--estimate"])
        assert "8 networks" in capsys.readouterr().out

    def test_the_estimate_is_in_proportion_to_the_epochs(self, monkeypatch):
        monkeypatch.setattr(sloppy, "course", lambda *_: None)
        ticks = iter(range(100))
        monkeypatch.setattr(sloppy.time, "perf_counter", lambda: next(ticks))
        sweep = RankSweep(ranks=(1,), rates=2, seeds=3, least_epochs=1000, travel=0)
        assert sloppy.seconds(sweep, trial=100) == pytest.approx(1 / 100 * 3 * 2 * 1000)


class TestRankOrSize:
    def test_resized_weights_are_as_large_as_those_of_the_other_rank(self):
        low, high = (LowRank.initial(range(20), rank) for rank in (5, 80))
        size = np.mean(scale.resized(low, 80).full_rank().W ** 2)
        assert size == pytest.approx(80 / 100**2, rel=0.1)
        assert size == pytest.approx(np.mean(high.full_rank().W ** 2), rel=0.1)

    def test_the_epoch_is_that_of_one_long_training(self):
        loss = train(scale.resized(LowRank.initial(2, 10), 100), TASK, 0.0464, 1000).loss
        assert scale.learning_epoch(10, 100, 0.0464, 2, 1000, chunk=37) == (np.flatnonzero(loss < LEARNED)[0],)

    def test_a_network_that_does_not_learn_in_time_says_so(self):
        assert scale.learning_epoch(1, 1, 0.001, 0, 100) == (-1,)
        small = scale.RankOrSize(ranks=(1,), like=(1,), seeds=1, epochs=50)
        assert np.isnan(small.run().value).all()

    def test_the_settled_loss_is_that_of_the_end(self):
        loss = train(scale.resized(LowRank.initial(2, 10), 1), TASK, 0.1, 500).loss
        assert scale.settled_loss(10, 1, 0.1, 2, 500) == (np.median(loss[-50:].astype(float)),)
        small = scale.RankOrSizeAtHighRate(ranks=(10,), seeds=3, epochs=500)
        assert small.run().value.shape == (3, 1, 3)
        assert small.run().value[0, 0, 2] == np.median(loss[-50:].astype(float))
