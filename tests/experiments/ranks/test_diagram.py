"""The phase diagram of Fig. S2: its outcomes, its panels, and the arithmetic of the numbers that are quoted of it."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import LowRank, train
from ghostlib.dynamics.directions import Slowest
from ghostlib.experiments.ranks.diagram import PhaseDiagram, courses, median_epoch, networks
from ghostlib.experiments.ranks.sections import Clock, Fall, HighestRate, Map
from ghostlib.experiments.ranks.slow_states import SlowStates
from ghostlib.experiments.ranks.training import Course
from ghostlib.networks.task import TASK
from ghostlib.outcomes import OUTCOMES


WORDS = {word[0]: word for word in OUTCOMES}


def mapped(rows, ranks=None, **fields):
    """A diagram with these outcomes, given as first letters: a string for every rank, a word for every learning rate.

    fields : of its courses; by default, every network learns at epoch 7 / α.
    """
    outcome = np.array([[[WORDS[letter] for letter in cell] for cell in row.split()] for row in rows])
    alpha = np.logspace(-3, 0, outcome.shape[1])
    usual = {"outcome": outcome, "learned_at": (7 / alpha)[:, None].astype(int), "plateau_end": 3}
    given = {name: np.broadcast_to(values, outcome.shape) for name, values in {**usual, **fields}.items()}
    courses = Course(**{**dict.fromkeys(Course._fields), **given})
    ranks = tuple(range(1, len(rows) + 1)) if ranks is None else ranks
    return PhaseDiagram(ranks, alpha, range(outcome.shape[2]), None, courses, [])


# Left, middle and right panel: columns 0, 1 and 2.
THREE = mapped(["lll ttt tuu", "lll luu udd", "lll llt ulu", "lll lll ttt"], ranks=(1, 2, 50, 100))


class TestOutcomes:
    def test_shares_add_up_to_one(self):
        found = mapped(["ll lt", "dd tu"])
        np.testing.assert_array_equal(found.share("learned"), [[1, 0.5], [0, 0]])
        np.testing.assert_array_equal(sum(found.share(outcome) for outcome in OUTCOMES), 1)

    def test_an_unknown_one_is_refused(self):
        with pytest.raises(
            ValueError, match="outcome must be one of learned, unsettled, trapped, diverged, got 'happy'"
        ):
            THREE.share("happy")

    def test_one_seed_is_enough(self):
        found = mapped(["l t u", "l l d"], ranks=(1, 100))
        assert found.panels == (0, 1, 2)
        assert Map(found).trapped_middle == {"all": 1, "low": 1, "high": 0}


class TestMedianEpoch:
    def test_it_is_over_those_that_learn(self):
        np.testing.assert_array_equal(median_epoch([[-1, 4, 10, -1, 6], [1, 2, 3, 4, -1]]), [6, 2.5])

    def test_an_epoch_may_be_the_first(self):
        assert median_epoch([0, 0, 3]) == 0

    def test_it_is_nan_where_none_does(self):
        np.testing.assert_array_equal(median_epoch([[-1, -1], [3, -1]]), [np.nan, 3])
        assert np.isnan(median_epoch([-1])) and median_epoch(np.array([5, 6])) == 5.5

    def test_its_product_with_the_rate_is_the_learning_time(self):
        found = mapped(["ll ll ll"], learned_at=[[[100, 300], [20, 30], [-1, -1]]])
        np.testing.assert_allclose(found.learning_time, [[0.2, 25 * 10**-1.5, np.nan]])


class TestPanels:
    def test_they_follow_their_rule(self):
        found = mapped(["ll ll ll lt tt dd", "ll ll ll ll ud td"])
        late = np.array([1, 1, 1.05, 1.2, 1, 1]) / found.alpha
        courses = found.courses._replace(learned_at=np.broadcast_to(late[:, None], (2, 6, 2)))
        assert replace(found, courses=courses).panels == (2, 3, 4)

    def test_the_left_one_is_as_early_as_the_lowest_rate_with_every_rank(self):
        rows = ["ll ll tt dd", "ll ll tt dd"]
        for factor, left in ((1.09, 1), (1.11, 0), (0.91, 1), (0.89, 0)):
            time = np.array([[1, 1, 1, 1], [1, factor, 1, 1]])
            epochs = 1e6 * time / mapped(rows).alpha
            assert mapped(rows, learned_at=epochs[..., None]).panels.left == left

    def test_one_trapped_network_in_twenty_is_not_enough_for_the_middle_one(self):
        ten, late = "l" * 10, np.array([1000, 40, 10, 3])[:, None]
        rows = [f"{ten} t{ten[1:]} {'t' * 10} {'u' * 10}", f"{ten} {ten} {ten} {'u' * 10}"]
        assert mapped(rows, learned_at=late).panels.middle == 2

    def test_panels_that_are_not_there_are_refused(self):
        with pytest.raises(ValueError, match="none of 2 learning rates"):
            _ = mapped(["ll ll", "ll ll"]).panels


class TestMap:
    def test_counts_at_the_middle_rate(self):
        assert THREE.panels == (0, 1, 2)
        assert Map(THREE).trapped_middle == {"all": 4, "low": 3, "high": 1}
        assert Map(THREE).kept_middle == {"all": 6, "low": 1, "high": 5}
        assert Map(THREE).trapped_share == 4 / 12
        assert Map(THREE).stabilised == pytest.approx(5 / 6 - 1 / 6)

    def test_counts_on_the_whole_map(self):
        assert (Map(THREE).trapped_all, Map(THREE).unsettled_all) == (8, 7)

    def test_what_the_unsettled_do(self):
        loss = np.where(THREE.is_("unsettled"), 0.5, 9)
        loss[1, 2, 0] = 0.7
        courses = THREE.courses._replace(settled_loss=loss, gradient_norm=3 * loss)
        found = Map(replace(THREE, courses=courses))
        assert found.unsettled_loss == 0.5 and found.unsettled_gradient == 1.5

    def test_without_unsettled_networks_there_is_no_number(self):
        assert np.isnan(Map(mapped(["ll"], settled_loss=0.1)).unsettled_loss)

    def test_trapped_networks_that_say_one_are_told_from_those_that_say_zero(self):
        silent = LowRank(np.zeros((3, 5, 1)), np.zeros((3, 1, 5)), np.zeros((3, 5)), np.zeros((3, 5)), [-9.0, 9.0, 9.0])
        for row, number in (("ttl", 1), ("tll", 0), ("lll", 0), ("ttt", 2)):
            assert Map(replace(mapped([row]), networks=[silent.reshape(1, 3)])).trapped_at_one == number

    def test_learning_of_every_rank(self):
        found = mapped(["ll ll ll", "ll ll ll"], (1, 100), learned_at=[[[900], [90], [-1]], [[300], [9], [1]]])
        assert Map(found).learning_epoch == {1: 900, 100: 300}
        assert Map(found).speed_up == 3
        assert Map(found).rates_at_which_all_learn == 2
        assert Clock(found).clock == pytest.approx({1: 0.9, 100: 0.3})

    def test_the_rank_correlation_is_the_highest_over_the_rates_at_which_all_learn(self):
        epochs = np.array([[1, 9, 9], [2, 8, 4], [3, 7, 5], [4, 6, 3]])
        epochs = np.stack([epochs, epochs], axis=-1)
        epochs[0, 0, 1] = -1  # rises with the rank, but one network never learns
        found = mapped(["ll ll ll"] * 4, learned_at=epochs)
        assert Map(found).rank_correlation == pytest.approx(1 - 6 * (3**2 + 3**2) / (4 * 15))

    def test_the_spread_of_the_clock_is_up_to_the_left_panel(self):
        rows = ["l l t u", "l l t d"]
        time = np.array([[1, 0.95, 5, 5], [1, 1.02, 5, 5]])
        found = mapped(rows, learned_at=(1e6 * time / mapped(rows).alpha)[..., None])
        assert found.panels.left == 1
        assert Clock(found).clock_spread == pytest.approx(0.05, rel=1e-3)


class TestFall:
    # Three seeds of rank 1 and three of rank 100 at the left panel's rate.
    ROWS = {
        "learned_at": [[100, 100, 200], [100, 80, 100]],
        "plateau_end": [[90, 80, 190], [20, 20, 50]],
        "largest_rise": [[0, 0, 0], [0.5, 0.1, 0.2]],
        "settled_loss": [[1, 1, 1], [0.05, 0.05, 0.02]],
    }
    DIAGRAM = mapped(
        ["lll ttt uuu", "lll ltt uuu"],
        ranks=(1, 100),
        **{name: np.stack([row, np.full((2, 3), 9), np.full((2, 3), 9)], axis=1) for name, row in ROWS.items()},
    )

    def test_it_is_counted_from_the_end_of_the_plateau(self):
        np.testing.assert_array_equal(self.DIAGRAM.fall[:, 0], [[10, 20, 10], [80, 60, 50]])

    def test_a_network_that_never_learns_does_not_fall(self):
        found = mapped(["lu"], learned_at=[[[8, -1]]], plateau_end=[[[6, 90]]])
        np.testing.assert_array_equal(found.fall, [[[2, np.nan]]])
        np.testing.assert_array_equal(found.fall_share, [[[0.25, np.nan]]])

    def test_the_quoted_ones_are_medians_at_the_left_panel(self):
        found = Fall(self.DIAGRAM)
        assert found.low_rank_fall == 0.1 and found.full_rank_fall == 0.75
        assert found.fall_epochs == {1: 10, 100: 60}

    def test_the_rise_is_measured_by_where_each_network_settles(self):
        found = Fall(self.DIAGRAM)
        assert found.full_rank_rise == 0.2 and found.full_rank_settled == 0.05
        assert found.rise_over_settled == 10


class TestNetworks:
    def diagram(self, **changes):
        networks = replace(LowRank.initial(range(2), 3, N=10), **changes).reshape(1, 2)
        return replace(mapped(["ll"], ranks=(3,)), networks=[networks])

    def test_the_rank_of_a_product_is_that_of_its_factors(self):
        assert self.diagram().beyond_rank() < 1e-12
        assert replace(self.diagram(), ranks=(2,)).beyond_rank() > 1e-3

    def test_networks_where_not_all_learn_are_left_out(self):
        found = replace(mapped(["l l"], ranks=(3,), learned_at=[[[5], [-1]]]))
        lost = LowRank.initial(range(2), 3, N=10)
        lost.m[1] = np.nan
        assert replace(found, networks=[lost.reshape(2, 1)]).beyond_rank() < 1e-12


class TestHighestRate:
    FOUND = HighestRate(THREE, mapped(["uuu", "lud", "ttt", "tlt"], ranks=(1, 2, 50, 100)))

    def test_both_sweeps_are_counted(self):
        np.testing.assert_array_equal(self.FOUND.count("learned"), [0, 1, 1, 1])
        assert (self.FOUND.kept_all, self.FOUND.kept_high, self.FOUND.kept_lowest, self.FOUND.seeds) == (3, 2, 2, 6)
        assert self.FOUND.kept_high_share == 2 / 3
        assert (self.FOUND.trapped_full, self.FOUND.trapped_full_share) == (5, 5 / 6)

    def test_where_nobody_keeps_the_task_there_is_no_number(self):
        found = HighestRate(mapped(["l t u"], ranks=(1,)), mapped(["u"], ranks=(1,)))
        assert found.kept_all == 0 and np.isnan(found.kept_high_share) and np.isnan(found.kept_lowest)


class TestSlowStates:
    def test_a_direction_is_slow_if_it_is_more_than_twice_as_slow_as_a_unit(self):
        rates = [[-0.1], [-0.9]], [[0.4 + 0.4j, -0.2 + 0.1j, -1], [-0.6, 0.49, -0.1]]
        states = [Slowest(None, None, np.array([0.02, 0.04]), np.array(each)) for each in rates]
        found = SlowStates((1, 10), 0.1, states)
        np.testing.assert_array_equal(found.count, [[1, 0], [1, 2]])
        assert (found.slow_low, found.slow_high, found.slow_most) == (0.5, 1.5, 2)
        assert found.slow_speed == {1: 0.03, 10: 0.03} and found.slow_alpha == 0.1
        assert [each.dtype.kind for each in found.rates] == ["f", "f"]

    def test_they_are_those_of_the_trained_networks(self):
        networks = train(LowRank.initial(range(3), 30), TASK, 0.0464, 600).networks
        diagram = replace(mapped(["lll"], ranks=(30,)), networks=[networks.reshape(1, 3)])
        found = SlowStates.at(diagram, 0)
        assert found.count.shape == (1, 3) and found.rates[0].shape == (3, 30)


def test_results_are_put_together_in_their_order():
    size = len(Course._fields)
    results = [(*np.full(size, k), *(np.full(shape, k) for shape in ((4, 2), (2, 4), 4, 4, ()))) for k in range(6)]
    np.testing.assert_array_equal(courses(results, (3, 2)).learned_at, [[0, 1], [2, 3], [4, 5]])
    found = networks(results, (3, 2))
    assert found.shape == (3, 2) and found.rank == 2 and found.N == 4
    assert (found.m[1, 0] == 2).all() and found.b_out[2, 1] == 5
