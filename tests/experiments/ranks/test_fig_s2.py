"""The sweeps of Fig. S2, rank against size, and the command line."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from ghostlib.experiments import FIG_S2, FIG_S2_EDGE, FIG_S2_FULL, RANK_OR_SIZE, __main__
from ghostlib.experiments.ranks import fig_s2
from ghostlib.experiments.ranks.fig_s2 import RankSweep
from ghostlib.experiments.ranks.scale import RankOrSize, Resized
from ghostlib.experiments.ranks.training import EDGES, Course, train_network


SMALL = RankSweep(ranks=(1, 30), alpha_exponents=(-2, -1), rates=2, seeds=2, least_epochs=300, travel=0, travel_high=5)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Results of these tests are kept elsewhere."""
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))


class TestSettings:
    def test_the_sweep_is_the_authors_ranks_rates_and_seeds(self):
        assert FIG_S2.ranks == FIG_S2_FULL.ranks == (1, 2, 3, 4, 5, 10, 30, 50, 100)
        np.testing.assert_allclose(FIG_S2.alpha, np.logspace(-3, 0, 10))
        assert len(set(FIG_S2.settings())) == len(set(FIG_S2_FULL.settings())) == 900
        assert {seed for _, _, seed, _ in FIG_S2.settings()} == set(range(10))

    def test_the_full_scale_is_half_a_million_epochs_each(self):
        assert {epochs for *_, epochs in FIG_S2_FULL.settings()} == {500_000}

    def test_the_book_trains_as_long_as_decides_and_never_less_than_five_thousand_epochs(self):
        assert FIG_S2.epochs(1, 0.001) == 50_000
        assert FIG_S2.epochs(100, 0.001) == 10_000
        assert min(epochs for *_, epochs in FIG_S2.settings()) == FIG_S2.epochs(1, 1.0) == 5000

    def test_twenty_more_seeds_are_others_at_one_of_the_same_rates(self):
        seeds = {seed for _, _, seed, _ in FIG_S2_EDGE.settings()}
        assert len(seeds) == 20 and not seeds & {seed for _, _, seed, _ in FIG_S2.settings()}
        assert FIG_S2_EDGE.alpha == pytest.approx([FIG_S2.alpha[7]])

    @pytest.mark.parametrize(("name", "value"), [("ranks", ()), ("rates", 0), ("seeds", 0), ("seeds", 2.5)])
    def test_an_empty_sweep_is_refused(self, name, value):
        with pytest.raises(ValueError, match=f"{name}.* must be"):
            RankSweep(**{name: value})


class TestSweep:
    def test_every_network_is_at_its_place(self):
        found = SMALL.run()
        assert found.courses.outcome.shape == (2, 2, 2) and found.courses.low.shape == (2, 2, 2, EDGES.size - 1)
        np.testing.assert_array_equal(found.epochs, [[300, 300], [500, 300]])
        for row, rank in enumerate(SMALL.ranks):
            for column, alpha in enumerate(SMALL.alpha):
                *course, m, _, _, _, b_out = train_network(rank, alpha, 1, found.epochs[row, column])
                for name, value in zip(Course._fields, course, strict=True):
                    np.testing.assert_array_equal(getattr(found.courses, name)[row, column, 1], value)
                np.testing.assert_array_equal(found.networks[row].m[column, 1], m)
                assert found.networks[row].b_out[column, 1] == b_out
        assert found.networks[0].shape == found.networks[1].shape == (2, 2)
        assert list(found.seeds) == [0, 1]

    def test_a_network_that_diverges_leaves_the_others_as_they_are(self):
        found = RankSweep(ranks=(5,), alpha_exponents=(2, 2), rates=1, seeds=40, least_epochs=100, travel=0).run()
        diverged = found.is_("diverged")[0, 0]
        assert diverged.any() and not diverged.all()
        np.testing.assert_array_equal(found.networks[0].is_finite()[0], ~diverged)

    def test_one_network_is_enough(self):
        found = replace(SMALL, ranks=(2,), rates=1, seeds=1).run()
        assert found.share("unsettled").shape == found.median_epoch.shape == (1, 1)


class TestCommandLine:
    def test_it_counts_what_a_run_gives(self, capsys, monkeypatch):
        monkeypatch.setattr(__main__, "FIG_S2", SMALL)
        __main__.main([])
        said = capsys.readouterr().out
        assert said.startswith("8 networks: at most 0.0 hours of one core")
        counts = SMALL.run().is_("learned").sum(axis=-1)
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
        monkeypatch.setattr(fig_s2, "train", lambda *_, **__: None)
        ticks = iter(range(100))
        monkeypatch.setattr(fig_s2.time, "perf_counter", lambda: next(ticks))
        sweep = RankSweep(ranks=(1,), rates=2, seeds=3, least_epochs=1000, travel=0)
        assert fig_s2.seconds(sweep, trial=100) == pytest.approx(1 / 100 * 3 * 2 * 1000)

    def test_a_scheduler_gets_the_work(self, monkeypatch, capsys):
        asked = []
        monkeypatch.setattr(__main__, "FIG_S2", SMALL)
        monkeypatch.setattr(__main__, "_executor", asked.append)
        __main__.main(["--scheduler", "tcp://somewhere:8786"])
        assert asked == ["tcp://somewhere:8786"] and "learned" in capsys.readouterr().out

    def test_without_dask_it_says_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        monkeypatch.setattr(__main__, "FIG_S2", SMALL)
        with pytest.raises(SystemExit, match=r"pip install ghostlib\[cluster\]"):
            __main__.main(["--scheduler", "tcp://somewhere:8786"])


class TestRankOrSize:
    def test_every_network_is_at_its_place(self):
        found = RankOrSize(ranks=(1, 30), like=(1, 100), alpha=0.0464, seeds=2, epochs=300).run()
        for row, like in enumerate((1, 100)):
            for column, rank in enumerate((1, 30)):
                course = Course(*train_network(rank, 0.0464, 1, 300, like)[: len(Course._fields)])
                assert found.courses.settled_loss[row, column, 1] == course.settled_loss
        assert found.kept(30, 100) == np.sum(found.courses.outcome[1, 1] == "learned")
        assert np.isnan(found.median_epoch[0, 0])  # rank one needs longer

    def test_the_weights_are_of_ranks_that_are_trained_too(self):
        assert set(RANK_OR_SIZE.like) <= set(RANK_OR_SIZE.ranks)

    def test_factors_are_between_the_sizes_that_they_name(self):
        epochs = np.array([[900, 800, 600], [500, 400, 300], [200, 100, 10]])  # like 1, 10, 100
        courses = Course(**{**dict.fromkeys(Course._fields), "learned_at": epochs[..., None]})
        found = Resized((1, 10, 100), (1, 10, 100), courses)
        assert found.resized_epoch["10-like-1"] == 800 and found.resized_epoch["1-like-10"] == 500
        assert (found.by_rank, found.by_both) == (900 / 600, 900 / 10)
