import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.networks import adjoint, oracle
from ghostlib.networks.records import FullRank, LowRank, RankOne
from ghostlib.networks.task import DelayedActivation


TASK = DelayedActivation()
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


def test_gradient_descent_is_the_update_theta_minus_alpha_times_the_gradient():
    networks, alpha = RankOne.initial([40, 41]), 0.02
    history = oracle.train(networks, TASK, alpha, 5, dtype=torch.float64)
    for epoch in range(6):
        loss, gradient = adjoint.loss_and_gradient(networks, TASK)
        np.testing.assert_allclose(history.loss[:, epoch], loss, rtol=1e-12)
        np.testing.assert_allclose(history.gradient_norm[:, epoch], gradient.norm(), rtol=1e-10)
        if epoch < 5:
            networks = RankOne(*(getattr(networks, name) - alpha * getattr(gradient, name) for name in ("m", "n", "b")))
    np.testing.assert_allclose(history.networks.m, networks.m, rtol=1e-12)


def test_a_trained_confidence_moves_down_its_own_gradient_and_is_recorded():
    networks, alpha, h = RankOne.initial(3), 0.1, 1e-4
    history = oracle.train(networks, TASK, alpha, 1, c=2.0, learn_c=True, dtype=torch.float64)
    slope = (TASK.loss(networks.output(TASK, 2 + h)) - TASK.loss(networks.output(TASK, 2 - h))) / (2 * h)
    np.testing.assert_allclose(history.c, [2, 2 - alpha * slope], rtol=1e-8)
    fixed = oracle.train(networks, TASK, alpha, 1, c=2.0, dtype=torch.float64)
    np.testing.assert_array_equal(fixed.c, [2, 2])
    np.testing.assert_allclose(history.gradient_norm[0] ** 2, fixed.gradient_norm[0] ** 2 + slope**2, rtol=1e-7)


@pytest.mark.parametrize("optimizer", ["Adam", lambda parameters, lr: torch.optim.SGD(parameters, lr, momentum=0.9)])
def test_other_optimisers_descend_too_and_keep_the_networks_of_an_ensemble_apart(optimizer):
    networks = LowRank.initial([1, 2], rank=3)
    together = oracle.train(networks, TASK, 0.002, 20, optimizer=optimizer, record=10, dtype=torch.float64)
    alone = oracle.train(networks[1], TASK, 0.002, 20, optimizer=optimizer, record=10, dtype=torch.float64)
    assert (together.loss[:, -1] < together.loss[:, 0]).all()
    np.testing.assert_array_equal(together.epoch, [0, 10, 20])
    np.testing.assert_allclose(together.loss[1], alone.loss, rtol=1e-9)


def test_an_overflow_is_reported_with_its_epoch_and_spares_the_others():
    networks, task = LowRank.initial([1, 2], rank=2, N=5), DelayedActivation(T=4, x0=0)
    networks.w_out[0] *= 1e6
    history = oracle.train(networks, task, np.finfo(np.float32).max, 3)
    np.testing.assert_array_equal(history.diverged_at, [1, -1])
    assert np.isfinite(history.loss[0, 0]) and np.isnan(history.loss[0, 1:]).all()
    assert np.isfinite(history.loss[1]).all()
    np.testing.assert_array_equal(history.networks.is_finite(), [False, True])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alpha": 0}, "alpha must be > 0"),
        ({"alpha": [0.1, 0.2]}, "alpha must be one number"),
        ({"epochs": -1}, "epochs must be"),
        ({"record": [7]}, "record must lie between 0 and epochs"),
        ({"optimizer": "Optimizer99"}, "optimizer must be"),
        ({"optimizer": "lr_scheduler"}, "optimizer must be"),
        ({"c": 0}, "c must be > 0"),
        ({"networks": LowRank.initial(0, rank=1), "learn_c": True}, "learn_c is for RankOne"),
        ({"networks": LowRank.initial(0, rank=1), "c": 3.0}, "c is for RankOne"),
        ({"networks": RankOne(*np.full((3, 4), np.nan))}, "networks must have finite parameters"),
    ],
)
def test_impossible_input_is_refused(changes, message):
    arguments = {"networks": RankOne.initial([0, 1]), "task": TASK, "alpha": 0.1, "epochs": 5} | changes
    with pytest.raises(ValueError, match=message):
        oracle.train(**arguments)
