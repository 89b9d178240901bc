"""Eq. (18) as it is written: its output, its slope at silence, and what becomes of networks trained so."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from ghostlib.experiments import LINEAR_OUTPUT
from ghostlib.experiments.ranks.linear_output import train_linear
from ghostlib.networks import oracle
from ghostlib.networks.records import LowRank
from ghostlib.networks.task import TASK


def test_the_output_with_a_sigmoid_around_it_is_that_of_the_networks_we_train():
    networks = LowRank.initial([0, 1], 3)
    linear = oracle.readout(LowRank, oracle.parameters(networks), TASK).detach().numpy()
    np.testing.assert_allclose(expit(linear), networks.output(TASK), rtol=1e-5)


@pytest.mark.parametrize("rank", [1, 10, 100])
def test_no_silent_network_with_a_linear_output_is_without_a_gradient(rank):
    networks = LowRank.initial(range(5), rank)
    silent = replace(networks, w_out=0 * networks.w_out, b_out=0 * networks.b_out)
    theta = oracle.parameters(silent)
    output = oracle.readout(LowRank, theta, TASK)
    loss = (output - oracle.torch.tensor(TASK.target())).square().sum(-1) / TASK.T
    (slope,) = oracle.torch.autograd.grad(loss.sum(), [theta["b_out"]])
    assert not output.detach().any()
    np.testing.assert_allclose(slope, -2, rtol=1e-12)


def test_a_short_training_lowers_the_loss_at_a_low_rate_and_overflows_at_a_high_one():
    result = replace(LINEAR_OUTPUT, ranks=(10,), alpha=(0.01, 3.0), seeds=2, epochs=60).run()
    assert result.outcome.shape == (1, 2, 2)
    assert (result.tried, result.at_a_rate, result.overflowed, result.trapped) == (4, 2, 2, 0)


def test_a_network_among_others_of_a_higher_rank_is_trained_as_if_alone():
    among, alone = train_linear((1, 10), 2, 30, (0.01, 0.1)), train_linear((1,), 2, 30, (0.01, 0.1))
    for some, each in zip(among, alone, strict=True):
        assert some.shape == (2, 2, 2, 30)
        np.testing.assert_allclose(some[:1], each, rtol=1e-4)
