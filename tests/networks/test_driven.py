import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks import oracle
from ghostlib.networks.driven import DrivenFullRank, DrivenLowRank
from ghostlib.networks.records import LowRank
from ghostlib.networks.task import DelayedActivation
from ghostlib.networks.trials import DelayedCueDiscrimination, Trials


def driven(seed, N=7, K=2, D=1, shape=(2,), from_rates=False):
    rng = np.random.default_rng(seed)
    shapes = (N, K), (K, N), (N,), (N if from_rates else K,), (), (N, D)
    return DrivenLowRank(*(rng.normal(size=(*shape, *each)) / np.sqrt(K) for each in shapes))


@pytest.mark.parametrize(("seed", "K", "D"), [(0, 2, 1), (3, 5, 2)])
def test_initial_networks_are_what_the_authors_draw_after_seeding_pytorch(seed, K, D, N=100):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        inputs = nn.Linear(D, N)
        torch.randn(N, K), torch.randn(K, N)
        left, right = torch.empty(N, K), torch.empty(K, N)
        nn.init.normal_(left, 0, 1 / np.sqrt(N))
        nn.init.normal_(right, 0, 1)
        outputs = nn.Linear(K, 1)
        nn.init.xavier_uniform_(inputs.weight)
        nn.init.xavier_uniform_(outputs.weight)
        nn.init.normal_(inputs.bias, 0, 0.1)
        expected = (right.T, left.T, inputs.bias, outputs.weight[0], outputs.bias[0], inputs.weight)
    networks = DrivenLowRank.initial([seed + 1, seed], rank=K, N=N, inputs=D)[1]
    for value, there in zip(vars(networks).values(), expected, strict=True):
        np.testing.assert_allclose(value, there.detach().numpy(), rtol=1e-6)


def test_initial_networks_leave_pytorchs_own_generator_alone():
    torch.manual_seed(1)
    expected = torch.randn(3)
    torch.manual_seed(1)
    with torch.device("meta"):
        DrivenLowRank.initial(5)
    assert torch.equal(torch.randn(3), expected)


@settings(deadline=None)
@given(seed=st.integers(0, 999), K=st.integers(1, 3), D=st.integers(1, 3), from_rates=st.booleans())
def test_the_projection_obeys_the_latent_flow_at_each_input(seed, K, D, from_rates):
    networks = driven(seed, K=K, D=D, from_rates=from_rates)
    inputs = np.random.default_rng(seed).normal(size=(3, 5, D))
    task = Trials(inputs, np.zeros((3, 5)), spread=1.0)
    kappa = np.matvec(networks.n[:, None, None], networks.simulate(task))
    for p in range(3):
        for t in range(4):
            now, then = kappa[:, p, t, :], kappa[:, p, t + 1, :]
            flow = networks.at(inputs[p, t]).flow(now[:, None])[:, 0]
            np.testing.assert_allclose(then, now + task.delta * flow, rtol=1e-9, atol=1e-12)


@settings(deadline=None)
@given(seed=st.integers(0, 999), from_rates=st.booleans(), output=st.sampled_from(["tanh", "sigmoid"]))
def test_the_oracle_simulates_the_same_networks(seed, from_rates, output):
    networks, rng = driven(seed, D=2, from_rates=from_rates), np.random.default_rng(seed)
    task = Trials(rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 5)), output=output, spread=0.5, noise=0.1)
    loss, gradient = oracle.loss_and_gradient(networks, task)
    np.testing.assert_allclose(loss, task.loss(networks.output(task)), rtol=1e-12)
    assert gradient.shape == networks.shape


def test_a_network_that_hears_nothing_is_the_low_rank_network():
    networks, task = driven(1, from_rates=True), DelayedActivation(T=4)
    m, n, b, w_out, b_out, _ = vars(networks).values()
    silent = Trials(np.zeros((1, 9, 1)), np.zeros((1, 9)), x0=task.x0, squashed=False)
    expected = LowRank(m, n, b, w_out, b_out).output(task)
    np.testing.assert_allclose(networks.output(silent)[:, 0, 1:], expected, rtol=1e-12)


@pytest.mark.parametrize("from_rates", [False, True])
def test_a_network_of_full_rank_says_the_same_and_has_the_same_slow_points(from_rates):
    networks, task = driven(3, N=9, D=2, from_rates=from_rates), Trials(np.ones((2, 5, 2)), np.zeros((2, 5)), spread=1)
    full = networks.full_rank()
    assert isinstance(full, DrivenFullRank) and (full.N, full.D, full.rank) == (9, 2, 9)
    np.testing.assert_allclose(full.output(task), networks.output(task), rtol=1e-12)
    loss, expected = (oracle.loss_and_gradient(each, task)[0] for each in (full, networks))
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    u = [0.3, -1.0]
    low, found = slow_points(networks.at(u)[0]), slow_points(full.at(u)[0])
    for point in low:
        if point.kind != "ghost":
            rates = np.tanh(networks.m[0] @ point.position + networks.at(u).b[0])
            assert min(np.linalg.norm(rates - each.position) for each in found) < 1e-6


def test_initial_networks_of_full_rank_are_in_their_bounds_and_the_same_for_a_seed():
    one, other = DrivenFullRank.initial([0, 1], N=60, inputs=2), DrivenFullRank.initial(0, N=60, inputs=2)
    np.testing.assert_array_equal(one[0].W, other.W)
    assert one.W.shape == (2, 60, 60) and one.w_in.shape == (2, 60, 2) and one.b_out.shape == (2,)
    for value, bound in ((one.W, np.sqrt(6 / 120)), (one.w_in, np.sqrt(6 / 62)), (one.w_out, np.sqrt(6 / 61))):
        assert 0.95 * bound < np.abs(value).max() <= bound and abs(value.mean()) < 0.1 * bound
    assert 0.9 / np.sqrt(2) < np.abs(one.b).max() <= 1 / np.sqrt(2) and np.abs(one.b_out).max() <= 1 / np.sqrt(60)


def test_slow_points_are_those_at_the_input_that_is_heard():
    network = driven(2, N=40, shape=())
    for u in (-1.0, 0.0, 1.0):
        m, n, b, _, _, w_in = vars(network).values()
        by_hand = LowRank(m, n, b + w_in @ [u], np.zeros(40), 0.0)
        found, expected = slow_points(network.at([u])), slow_points(by_hand)
        assert len(found) == len(expected) > 0
        for one, other in zip(found, expected, strict=True):
            assert one.kind == other.kind
            np.testing.assert_array_equal(one.position, other.position)
            if one.kind != "ghost":
                assert np.abs(network.at([u]).flow(one.position)).max() < 1e-12


def test_what_does_not_fit_is_refused():
    networks, task = driven(0), DelayedCueDiscrimination(1)
    with pytest.raises(ValueError, match="task must be Trials"):
        networks.output(DelayedActivation())
    with pytest.raises(ValueError, match="must hear the task's D = 1 inputs"):
        driven(0, D=2).output(task)
    with pytest.raises(ValueError, match=r"u must have shape \(1,\)"):
        networks.at([1, 2])
    with pytest.raises(ValueError, match="w_in must have shape"):
        DrivenLowRank(*list(vars(networks).values())[:5], np.zeros((2, 6, 1)))
    with pytest.raises(ValueError, match="w_out must have shape"):
        DrivenLowRank(*list(vars(networks).values())[:3], np.zeros((2, 5)), np.zeros(2), np.zeros((2, 7, 1)))
    with pytest.raises(ValueError, match="rank must be < N = 3"):
        DrivenLowRank.initial(0, rank=3, N=3)
    with pytest.raises(ValueError, match="c is for RankOne"):
        networks.output(task, 3.0)
