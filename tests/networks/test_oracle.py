import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.networks import oracle
from ghostlib.networks.records import FullRank, LowRank, RankOne
from ghostlib.networks.task import DelayedActivation


SHORT = DelayedActivation(T=4)


@settings(deadline=None)
@given(seed=st.integers(0, 999), rank=st.integers(1, 5))
def test_gradients_of_the_factors_follow_from_that_of_W_by_the_chain_rule(seed, rank):
    networks = LowRank.initial([seed, seed + 1], rank, N=6)
    loss, gradient = oracle.loss_and_gradient(networks, SHORT)
    full_loss, full = oracle.loss_and_gradient(networks.full_rank(), SHORT)
    np.testing.assert_allclose(loss, full_loss, rtol=1e-12)
    np.testing.assert_allclose(gradient.m, full.W @ np.swapaxes(networks.n, -1, -2), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(gradient.n, np.swapaxes(networks.m, -1, -2) @ full.W, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(gradient.w_out, full.w_out, rtol=1e-9, atol=1e-15)


def test_full_rank_gradient_predicts_finite_differences():
    networks, h = LowRank.initial(3, rank=2, N=5).full_rank(), 1e-5
    _, gradient = oracle.loss_and_gradient(networks, SHORT)
    for name in ("W", "b", "w_out", "b_out"):
        value = getattr(networks, name)
        step = h * np.random.default_rng(0).normal(size=value.shape)

        def loss_at(array, name=name):
            parts = {key: getattr(networks, key) for key in ("W", "b", "w_out", "b_out")} | {name: array}
            return SHORT.loss(FullRank(**parts).output(SHORT))

        difference = loss_at(value + step) - loss_at(value - step)
        np.testing.assert_allclose(2 * np.sum(getattr(gradient, name) * step), difference, rtol=1e-6)


def test_the_oracle_does_not_depend_on_pytorchs_default_device():
    networks = RankOne.initial([1], N=4)
    expected = oracle.loss_and_gradient(networks, SHORT)[0]
    with torch.device("meta"):
        np.testing.assert_array_equal(oracle.loss_and_gradient(networks, SHORT)[0], expected)


def test_views_that_run_backwards_or_repeat_are_networks_too():
    networks = LowRank.initial([1, 2], rank=2, N=5)
    loss, gradient = oracle.loss_and_gradient(networks[::-1], SHORT)
    np.testing.assert_array_equal(loss, oracle.loss_and_gradient(networks, SHORT)[0][::-1])
    assert gradient.b_out.shape == (2,)
    one = RankOne.initial(1, N=5)
    repeated = RankOne(*(np.broadcast_to(array, (3, 5)) for array in (one.m, one.n, one.b)))
    np.testing.assert_array_equal(oracle.loss_and_gradient(repeated, SHORT)[0], oracle.loss_and_gradient(one, SHORT)[0])


def test_a_confidence_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="c must be > 0"):
        oracle.loss_and_gradient(RankOne.initial([0]), SHORT, 0.0)
    with pytest.raises(ValueError, match="c is for RankOne"):
        oracle.loss_and_gradient(LowRank.initial(0, rank=1), SHORT, 3.0)
