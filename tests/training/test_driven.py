import os
import signal
import threading
from dataclasses import fields

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.networks import oracle
from ghostlib.networks.driven import DrivenFullRank, DrivenLowRank
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.networks.trials import DelayedCueDiscrimination, DelayedMatchToSample, Trials
from ghostlib.training import Adam, Clipped, GradientDescent, train, trainer


CUES = DelayedCueDiscrimination(4, noise=0.02)


def driven(seed, N, K, D, from_rates, shape=(2,)):
    rng = np.random.default_rng(seed)
    shapes = (N, K), (K, N), (N,), (N if from_rates else K,), (), (N, D)
    return DrivenLowRank(*(rng.normal(size=(*shape, *each)) / np.sqrt(K) for each in shapes))


def gradient_inside(networks, task):
    """The gradient with which `train` updates: after a step so enormous that nothing is left of where it began."""
    alpha = 2.0**120
    after = train(networks, task, alpha, 1, record=[], dtype=np.float64).networks
    return type(networks)(*(-value / alpha for value in vars(after).values()))


def assert_near(one, other, within):
    difference = type(one)(*(a - b for a, b in zip(vars(one).values(), vars(other).values(), strict=True)))
    assert (difference.norm() <= within * other.norm()).all()


def assert_same_bits(history, other):
    for name in ("epoch", "loss", "gradient_norm", "accuracy", "frozen_at", "diverged_at"):
        np.testing.assert_array_equal(getattr(history, name), getattr(other, name), err_msg=name)
    for name, value in vars(history.networks).items():
        np.testing.assert_array_equal(value, vars(other.networks)[name], err_msg=name)


@settings(deadline=None)
@given(data=st.data(), seed=st.integers(0, 999), N=st.integers(2, 40), P=st.integers(1, 40), steps=st.integers(1, 9))
def test_loss_and_gradient_are_autograds(data, seed, N, P, steps):
    K, D = data.draw(st.integers(1, min(N - 1, 9)), label="K"), data.draw(st.integers(1, 6), label="D")
    networks = driven(seed, N, K, D, data.draw(st.booleans(), label="from_rates"))
    networks = networks.full_rank() if data.draw(st.booleans(), label="full rank") else networks
    rng = np.random.default_rng(seed)
    task = Trials(
        rng.normal(size=(P, steps, D)),
        rng.normal(size=(P, steps)),
        rng.random((P, steps)),
        output=data.draw(st.sampled_from(["tanh", "sigmoid"]), label="output"),
        dt=data.draw(st.floats(0.5, 15), label="dt"),
        x0=data.draw(st.floats(-1, 1), label="x0"),
        spread=data.draw(st.sampled_from([0.0, 0.3]), label="spread"),
        squashed=data.draw(st.booleans(), label="squashed"),
        noise=data.draw(st.sampled_from([0.0, 0.1]), label="noise"),
    )
    loss, expected = oracle.loss_and_gradient(networks, task)
    history = train(networks, task, 0.1, 0, dtype=np.float64)
    np.testing.assert_allclose(history.loss[:, 0], loss, rtol=1e-12)
    np.testing.assert_allclose(history.gradient_norm[:, 0], expected.norm(), rtol=1e-10)
    np.testing.assert_allclose(history.accuracy[:, 0], task.accuracy(networks.output(task)), rtol=1e-12)
    assert_near(gradient_inside(networks, task), expected, 1e-10)


@pytest.mark.parametrize("kind", [DrivenLowRank, DrivenFullRank])
@pytest.mark.parametrize(
    ("rule", "optimizer"),
    [
        (GradientDescent(), torch.optim.SGD),
        (Clipped(0.2), torch.optim.SGD),
        (Adam(), torch.optim.Adam),
    ],
)
def test_training_is_pytorchs_with_what_the_generator_draws_epoch_after_epoch(rule, optimizer, kind):
    network, alpha, epochs = kind.initial(0, N=20), 0.05, 30
    history = train(network, CUES, alpha, epochs, rule=rule, dtype=np.float64)
    theta, generator = oracle.parameters(network), CUES.generator()
    steps = optimizer(theta.values(), lr=alpha)
    for epoch in range(epochs + 1):
        steps.zero_grad()
        drawn = (torch.tensor(np.array(array)) for array in CUES.draw(network.N, generator))
        output = oracle.trial_outputs(theta, CUES, *drawn)
        loss = ((output - torch.tensor(CUES.targets)) ** 2).mean()
        loss.backward()
        np.testing.assert_allclose(history.loss[epoch], loss.item(), rtol=1e-9)
        if isinstance(rule, Clipped):  # PyTorch's own adds 1e-6 to the norm
            norm = np.sqrt(sum(tensor.grad.square().sum().item() for tensor in theta.values()))
            for tensor in theta.values():
                tensor.grad *= min(1, rule.limit / norm)
        if epoch < epochs:
            steps.step()
    for name, value in vars(history.networks).items():
        np.testing.assert_allclose(value, theta[name].detach().numpy(), rtol=1e-7, atol=1e-10)


def test_a_network_of_full_rank_learns_the_cues():
    task = DelayedCueDiscrimination(1, spread=0.1, squashed=False, noise=0.01)
    history = train(DrivenFullRank.initial(range(4)), task, 1e-2, 3001)
    assert (history.loss[:, -100:].mean(axis=1) < 0.05).all() and (history.accuracy[:, -1] > 0.9).all()


def test_float32_is_float64_to_rounding():
    networks, task = DrivenLowRank.initial([0, 1, 2]), DelayedMatchToSample(3)
    exact, history = (train(networks, task, 0.01, 0, dtype=dtype) for dtype in (np.float64, np.float32))
    np.testing.assert_allclose(history.loss, exact.loss, rtol=1e-5)
    np.testing.assert_allclose(history.gradient_norm, exact.gradient_norm, rtol=1e-4)


def test_the_papers_network_tells_the_cues_apart_after_a_slow_slide():
    task = DelayedCueDiscrimination(20)
    history = train(DrivenLowRank.initial([0, 1]), task, 1e-3, 10_000)
    learning, silent = history.loss
    # Not a flat plateau at 0.167: a plain loop in PyTorch, with draws of its own, slides through it at the same pace.
    assert learning[2000:2500].mean() == pytest.approx(0.175, abs=0.008)
    assert learning[4000:4500].mean() == pytest.approx(0.147, abs=0.008)
    assert learning[9500:].mean() < 0.06 and history.accuracy[0, 9500:].mean() > 0.9
    assert silent[9500:].mean() > 0.45


def test_results_do_not_depend_on_threads_company_or_slicing(monkeypatch):
    networks = DrivenLowRank.initial(range(4), rank=3, N=30)
    alone = train(networks, CUES, 0.05, 60, threads=1, snapshots=[3])
    assert_same_bits(train(networks, CUES, 0.05, 60, threads=3), alone)
    np.testing.assert_array_equal(train(networks[2], CUES, 0.05, 60).loss, alone.loss[2])
    np.testing.assert_array_equal(train(networks, CUES, 0.05, 3).networks.w_in, alone.snapshots[0].w_in)
    monkeypatch.setattr(trainer, "FIRST_SLICE", 1)
    assert_same_bits(train(networks, CUES, 0.05, 60), alone)


def test_another_seed_draws_other_trials():
    network = DrivenLowRank.initial(0)
    losses = [train(network, DelayedCueDiscrimination(4, seed=seed), 0.01, 2).loss for seed in (0, 0, 1)]
    np.testing.assert_array_equal(losses[0], losses[1])
    assert (losses[0] != losses[2]).all()


def test_training_goes_on_where_nothing_is_drawn():
    networks, task = DrivenLowRank.initial([0, 2]), DelayedCueDiscrimination(1, spread=0)
    whole, half = train(networks, task, 0.05, 50), train(networks, task, 0.05, 30)
    rest = train(half.networks, task, 0.05, 20)
    np.testing.assert_array_equal(np.concatenate([half.loss, rest.loss[:, 1:]], axis=1), whole.loss)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_that_overflows_says_when_and_spares_the_others(dtype):
    networks = DrivenLowRank.initial([0, 2])
    history = train(networks, CUES, [float(np.finfo(dtype).max), 0.01], 20, dtype=dtype)
    assert history.diverged_at[0] > 0 and history.diverged_at[1] == -1
    np.testing.assert_array_equal(history.networks.is_finite(), [False, True])
    assert np.isnan(history.loss[0, -1]) and np.isfinite(history.loss[1]).all()


@pytest.mark.parametrize("output", ["tanh", "sigmoid"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_not_a_number_is_not_taken_for_one(output, dtype):
    """A projection that is ∞ − ∞ from the start."""
    network = driven(0, 8, 2, 1, False, shape=())
    network.n[0] = np.tile([1, 1, -1, -1], 2) * float(np.finfo(dtype).max) / 1.1
    task = Trials(np.zeros((2, 3, 1)), np.zeros((2, 3)), output=output, x0=3.0)
    assert train(network, task, 0.01, 5, dtype=dtype).diverged_at == 0


def test_networks_and_tasks_that_do_not_fit_are_refused():
    network = DrivenLowRank.initial(0, N=9)
    with pytest.raises(ValueError, match="task must be Trials, got DelayedActivation"):
        train(network, DelayedActivation(), 0.1, 1)
    with pytest.raises(ValueError, match="must hear the task's D = 1 inputs"):
        train(DrivenLowRank.initial(0, N=9, inputs=2), CUES, 0.1, 1)
    for other in (RankOne.initial(0, N=9), LowRank.initial(0, 2, N=9)):
        with pytest.raises(ValueError, match="task must be DelayedActivation, got DelayedCueDiscrimination"):
            train(other, CUES, 0.1, 1)
    with pytest.raises(ValueError, match="learn_c is for RankOne"):
        train(network, CUES, 0.1, 1, learn_c=True)
    with pytest.raises(ValueError, match="c is for RankOne"):
        train(network, CUES, 0.1, 1, 3.0)


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_training_can_be_interrupted():
    networks = DrivenLowRank.initial([0] * 4, N=9)
    train(networks, CUES, 0.01, 1)
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        train(networks, CUES, 0.01, 10**9, record=[])


def test_nothing_moves_in_the_padding():
    """Trials that are none, and rows that are none, have no say: two trials are the mean of each alone."""
    networks, task = driven(1, 5, 2, 1, True), Trials(np.ones((2, 4, 1)), [[0, 0, 1, 1], [1, 0, 1, 0]])
    both = gradient_inside(networks, task)
    each = [gradient_inside(networks, Trials(np.ones((1, 4, 1)), task.targets[i : i + 1])) for i in (0, 1)]
    for field in fields(both):
        mean = sum(getattr(one, field.name) for one in each) / 2
        np.testing.assert_allclose(getattr(both, field.name), mean, rtol=1e-12, atol=1e-16)
