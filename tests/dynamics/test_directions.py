"""How W has moved and in which directions the state is slow, against what is known by hand and rank one."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib.dynamics import directions
from ghostlib.networks import oracle
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()


@pytest.fixture(scope="module")
def trained():
    """Two rank-one networks with a trained read-out that have learned the task."""
    return train(LowRank.initial([0, 1], 1), TASK, 0.0464, 4000, record=[4000]).networks.astype(np.float64)


def test_a_changed_column_moves_w_in_one_direction():
    before = LowRank.initial([3, 4], 5, N=20)
    m = before.m.copy()
    m[..., 2] += 1
    values = directions.update_spectrum(before, replace(before, m=m))
    np.testing.assert_allclose(values[:, 0], np.sqrt(20) * np.linalg.norm(before.n[:, 2], axis=-1), rtol=1e-12)
    assert values[:, 1:].max() < 1e-14


def test_the_spectrum_of_a_change_carries_its_whole_norm():
    before, after = LowRank.initial(1, 3, N=12), LowRank.initial(2, 3, N=12)
    change = after.m @ after.n - before.m @ before.n
    np.testing.assert_allclose(np.sum(directions.update_spectrum(before, after) ** 2), np.sum(change**2), rtol=1e-12)


@pytest.mark.parametrize("other", [LowRank.initial([0], 2, N=8), LowRank.initial(0, 2, N=9)])
def test_the_change_between_different_ensembles_is_refused(other):
    with pytest.raises(ValueError, match="before and after must be the same ensemble"):
        directions.update_spectrum(LowRank.initial(0, 2, N=8), other)


@pytest.mark.parametrize(
    ("values", "share", "needed"),
    [([3, 0, 0], 0.99, 1), ([1, 1, 1, 1], 0.75, 3), ([1, 1, 1, 1], 0.76, 4), ([2, 1], 0.8, 1), ([2, 1], 1, 2)],
)
def test_directions_needed(values, share, needed):
    assert directions.directions_needed(np.array(values, float), share) == needed


@pytest.mark.parametrize("share", [0, 1.01, float("nan")])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(ValueError, match="share must be"):
        directions.directions_needed(np.ones(3), share)


def test_the_slowest_state_of_a_rank_one_network_is_that_of_its_latent_flow(trained):
    found = directions.slowest(trained, TASK)
    for i in range(2):
        network = RankOne(trained.m[i, :, 0], trained.n[i, 0], trained.b[i])
        kappa = network.latent(TASK)
        on = int(np.argmax(trained[i].output(TASK) > 0.5))
        waiting = np.abs(network.flow(kappa))[1 : on + 1]
        assert found.step[i] == 1 + np.argmin(waiting)
        np.testing.assert_allclose(found.kappa[i, 0], kappa[found.step[i]], rtol=1e-12)
        np.testing.assert_allclose(found.speed[i], waiting.min() / np.abs(np.diff(kappa)).sum(), rtol=1e-9)
        np.testing.assert_allclose(found.rates[i, 0], network.slope(found.kappa[i, 0]), rtol=1e-9)


def test_the_slowest_state_does_not_depend_on_the_basis_of_the_ranks():
    network = train(LowRank.initial([5], 2), TASK, 0.0464, 3000, record=[3000]).networks.astype(np.float64)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    turned = replace(network, m=network.m @ turn, n=turn.T @ network.n)
    a, b = directions.slowest(network, TASK), directions.slowest(turned, TASK)
    assert a.step == b.step
    np.testing.assert_allclose(a.speed, b.speed, rtol=1e-9)
    np.testing.assert_allclose(a.rates, b.rates, rtol=1e-7)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_diverged_and_a_silent_network_have_no_slowest_state_and_leave_the_others_theirs(trained, bad):
    networks = LowRank(*(np.concatenate([array, array]) for array in trained._arrays()))
    networks.b_out[1] = -100
    networks.m[2, 0] = bad
    found, expected = directions.slowest(networks, TASK), directions.slowest(trained, TASK)
    assert found.step.tolist() == [expected.step[0], -1, -1, expected.step[1]]
    for values, healthy in zip(found[1:], expected[1:], strict=True):
        np.testing.assert_array_equal(values[[0, 3]], healthy)
        assert np.isnan(values[[1, 2]]).all()


def test_a_diverged_and_an_unchanged_network_in_the_spectrum_of_a_change():
    before, after = LowRank.initial([1, 2, 3], 2, N=6), LowRank.initial([4, 5, 3], 2, N=6)
    after.m[0, 0] = np.nan
    values = directions.update_spectrum(before, after)
    assert np.isnan(values[0]).all() and not values[2].any()
    np.testing.assert_array_equal(values[1], directions.update_spectrum(before[1], after[1]))
    assert directions.directions_needed(values).tolist() == [-1, directions.directions_needed(values[1]), 0]


def test_a_large_spectrum_does_not_overflow():
    assert directions.directions_needed(1e200 * np.array([2.0, 1.0, 0.0])) == 2
    assert directions.directions_needed([np.inf, 1.0]) == -1


def test_empty_ensembles_have_empty_answers():
    none = LowRank.initial([0], 2, N=5)[:0]
    assert directions.update_spectrum(none, none).shape == (0, 5)
    assert directions.directions_needed(np.ones((0, 5))).shape == (0,)
    found = directions.slowest(none, TASK)
    assert [values.shape for values in found] == [(0,), (0, 2), (0,), (0, 2)]


def test_networks_of_another_kind_are_refused():
    network = RankOne(*np.ones((3, 4)))
    with pytest.raises(ValueError, match="before must be LowRank, got RankOne"):
        directions.update_spectrum(network, network)
    with pytest.raises(ValueError, match="networks must be LowRank, got RankOne"):
        directions.slowest(network, TASK)


class TestWhatARankGives:
    """The equations of chapter 08, from autograd's gradients of the factors and of W itself."""

    NETWORK = LowRank.initial(3, 6, N=40)
    ALPHA = 0.3

    def test_gradients_of_the_factors_are_that_of_w_times_the_other_factor(self):
        _, low = oracle.loss_and_gradient(self.NETWORK, TASK)
        _, full = oracle.loss_and_gradient(self.NETWORK.full_rank(), TASK)
        np.testing.assert_allclose(low.m, full.W @ self.NETWORK.n.T, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(low.n, self.NETWORK.m.T @ full.W, rtol=1e-9, atol=1e-15)

    def test_a_step_on_the_factors_moves_w_by_eq_b52(self):
        m, n = self.NETWORK.m, self.NETWORK.n
        _, low = oracle.loss_and_gradient(self.NETWORK, TASK)
        G = oracle.loss_and_gradient(self.NETWORK.full_rank(), TASK)[1].W
        moved = (m - self.ALPHA * low.m) @ (n - self.ALPHA * low.n)
        law = m @ n - self.ALPHA * (G @ n.T @ n + m @ m.T @ G) + self.ALPHA**2 * G @ (m @ n).T @ G
        np.testing.assert_allclose(moved, law, rtol=1e-10, atol=1e-14)

    @pytest.mark.parametrize("rank", [1, 10, 100])
    def test_before_training_w_learns_2k_over_n_times_as_fast(self, rank):
        networks = LowRank.initial(range(40), rank)
        m, n = networks.m, networks.n
        gain = np.mean(m @ np.swapaxes(m, 1, 2) + np.swapaxes(n, 1, 2) @ n, axis=0)
        np.testing.assert_allclose(np.diag(gain).mean(), 2 * rank / 100, rtol=0.02)
        assert abs(gain[~np.eye(100, dtype=bool)].mean()) < 0.01 * rank / 100 + 1e-3

    def test_eigenvalues_at_full_rank_fill_a_disc_of_radius_one(self):
        radius = np.abs(np.linalg.eigvals(LowRank.initial(range(5), 100).full_rank().W)).max(axis=-1)
        assert np.all((radius > 0.9) & (radius < 1.25))

    def test_at_low_rates_the_epoch_of_learning_is_inverse_to_the_rate(self):
        networks = LowRank.initial([0, 1], 30)
        once, twice = (np.argmax(train(networks, TASK, alpha, 4500).loss < 0.1, axis=1) for alpha in (0.001, 0.002))
        assert twice.all()
        np.testing.assert_allclose(once, 2 * twice, rtol=0.01)
