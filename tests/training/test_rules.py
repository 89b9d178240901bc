"""Clipping and Adam on the compiled gradient: the same steps as PyTorch's own."""

import numpy as np
import pytest
import torch

from ghostlib.networks import oracle
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import rules, train
from ghostlib.training.rules import Adam, Clipped


TASK = DelayedActivation(T=6)


class ClippedSGD(torch.optim.SGD):
    """PyTorch's clipping, before PyTorch's step."""

    def step(self):
        torch.nn.utils.clip_grad_norm_([p for group in self.param_groups for p in group["params"]], 0.05)
        super().step()


def test_adam_takes_the_steps_of_pytorch():
    networks = RankOne.initial(np.arange(3), N=20)
    ours = rules.train(networks, TASK, 0.01, 40, 3.0, rule=Adam())
    reference = oracle.train(networks, TASK, 0.01, 40, 3.0, optimizer="Adam", dtype=torch.float64)
    np.testing.assert_allclose(ours.loss, reference.loss, rtol=2e-4)
    np.testing.assert_allclose(ours.networks.m, reference.networks.m, atol=2e-4)
    assert ours.loss[:, -1].max() < ours.loss[:, 0].min()


def test_clipping_takes_the_steps_of_pytorch():
    network = RankOne.initial([5], N=20)  # PyTorch clips everything together, so one network only
    ours = rules.train(network, TASK, 0.5, 40, 3.0, rule=Clipped(0.05))
    reference = oracle.train(
        network, TASK, 0.5, 40, 3.0, optimizer=lambda p, lr: ClippedSGD(p, lr=lr), dtype=torch.float64
    )
    assert ours.gradient_norm.max() > 0.1  # it did clip
    np.testing.assert_allclose(ours.loss, reference.loss, rtol=1e-4)


def test_no_clipped_step_is_longer_than_alpha_times_the_limit():
    network = RankOne.initial([5], N=20)
    for epochs in range(5):
        before, after = (rules.train(network, TASK, 2.0, e, rule=Clipped(0.01)).networks for e in (epochs, epochs + 1))
        step = RankOne(after.m - before.m, after.n - before.n, after.b - before.b)
        assert step.norm() <= 0.02 * (1 + 1e-4)


def test_clipping_at_a_limit_that_is_never_reached_is_plain_descent():
    networks = RankOne.initial(np.arange(3))
    clipped, plain = (
        rules.train(networks, TASK, 0.05, 30, 3.0, rule=Clipped(1e6)),
        train(networks, TASK, 0.05, 30, 3.0),
    )
    np.testing.assert_allclose(clipped.loss, plain.loss, rtol=1e-5)


def test_results_do_not_depend_on_the_number_of_threads():
    networks = RankOne.initial(np.arange(5))
    one, two = (rules.train(networks, TASK, 0.05, 30, rule=Adam(), threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.loss, two.loss)


def test_overflow_is_in_the_history():
    history = rules.train(RankOne.initial([1]), TASK, 1e39, 5, rule=Adam())
    assert history.diverged_at[0] > 0
    assert np.isnan(history.loss[0, history.diverged_at[0] :]).all()
    assert not history.networks.is_finite().any()


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("networks", LowRank.initial([1], 2, N=5)),
        ("rule", "adam"),
        ("rule", Clipped(0.0)),
        ("rule", Adam(epsilon=np.inf)),
        ("alpha", -1.0),
        ("epochs", 1.5),
        ("threads", 0),
        ("networks", RankOne(np.full((1, 3), np.nan), np.ones((1, 3)), np.ones((1, 3)))),
    ],
)
def test_impossible_arguments_are_refused_by_name(argument, value):
    arguments = {"networks": RankOne.initial([1], N=5), "alpha": 0.1, "epochs": 2, "rule": Adam(), argument: value}
    with pytest.raises(ValueError, match=argument):
        rules.train(arguments.pop("networks"), TASK, **arguments)
