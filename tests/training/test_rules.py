"""Every rule takes the steps of PyTorch's own optimiser, on networks of every kind."""

import numpy as np
import pytest
import torch

from ghostlib.networks import adjoint, oracle
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.training.kernels.steps import update
from ghostlib.training.rules import PLAIN, Adam, Clipped, GradientDescent


TASK = DelayedActivation(T=6)
KINDS = {
    "rank one": lambda: RankOne.initial([5, 6], N=20),
    "rank 1": lambda: LowRank.initial([5, 6], 1, N=20),
    "rank 4": lambda: LowRank.initial([5, 6], 4, N=20),
    "rank 9": lambda: LowRank.initial([5, 6], 9, N=20),
    "full rank": lambda: LowRank.initial([5, 6], 9, N=20).full_rank(),
}
PYTORCH = {
    GradientDescent(): lambda parameters, alpha: torch.optim.SGD(parameters, alpha),
    Clipped(0.05): lambda parameters, alpha: ClippedSGD(parameters, alpha),
    Adam(): lambda parameters, alpha: torch.optim.Adam(parameters, alpha),
    Adam(0.5, 0.9, 1e-3): lambda parameters, alpha: torch.optim.Adam(parameters, alpha, (0.5, 0.9), 1e-3),
}


class ClippedSGD(torch.optim.SGD):
    """PyTorch's step after clipping; its own ``clip_grad_norm_`` adds 1e-6 to the norm."""

    def step(self):
        gradients = [parameter.grad for group in self.param_groups for parameter in group["params"]]
        norm = torch.sqrt(sum(gradient.square().sum() for gradient in gradients))
        for gradient in gradients:
            gradient *= min(1, 0.05 / norm)
        super().step()


def torch_train(network, alpha, epochs, c=None, *, optimizer, learn_c=False, dtype=torch.float64):
    """One network by one of PyTorch's optimisers: loss, gradient norm and c after every epoch, and the parameters."""
    theta = oracle.parameters(network, dtype)
    confidence = torch.tensor(1.0 if c is None else c, dtype=dtype, requires_grad=learn_c)
    trained = [*theta.values(), *([confidence] if learn_c else [])]
    step, target = optimizer(trained, alpha), torch.tensor(TASK.target(), dtype=dtype)
    rows = []
    for _ in range(epochs + 1):
        step.zero_grad(set_to_none=True)
        loss = (oracle.output(type(network), theta, TASK, confidence) - target).square().sum() / TASK.T
        loss.backward()
        norm = torch.sqrt(sum(parameter.grad.square().sum() for parameter in trained))
        rows.append((loss.item(), norm.item(), confidence.item()))
        last = {name: value.detach().clone().numpy() for name, value in theta.items()}
        step.step()
    return *np.array(rows).T, last


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", PYTORCH, ids=str)
def test_every_step_is_pytorchs(kind, rule):
    networks = KINDS[kind]()
    alpha, c = (0.01 if isinstance(rule, Adam) else 0.1), (3.0 if kind == "rank one" else None)
    ours = train(networks, TASK, alpha, 40, c, rule=rule, dtype=np.float64)
    assert not isinstance(rule, Clipped) or (ours.gradient_norm > 0.05).all()  # it did clip
    for i in range(2):
        loss, norm, _, last = torch_train(networks[i], alpha, 40, c, optimizer=PYTORCH[rule])
        np.testing.assert_allclose(ours.loss[i], loss, rtol=1e-9)
        np.testing.assert_allclose(ours.gradient_norm[i], norm, rtol=1e-8)
        for name, value in last.items():
            np.testing.assert_allclose(getattr(ours.networks[i], name), value, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("rule", PYTORCH, ids=str)
def test_a_trained_confidence_follows_pytorchs(rule):
    network = RankOne.initial(5, N=20)
    ours = train(network, TASK, 0.1, 60, 2.0, rule=rule, learn_c=True, dtype=np.float64)
    loss, norm, c, _ = torch_train(network, 0.1, 60, 2.0, optimizer=PYTORCH[rule], learn_c=True)
    assert ours.c[-1] != 2
    np.testing.assert_allclose(ours.c, c, rtol=1e-8)
    np.testing.assert_allclose(ours.gradient_norm, norm, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_float32_agrees_with_pytorchs_float32_on_the_plateau(kind):
    networks = KINDS[kind]()
    ours = train(networks, TASK, 0.02, 100, 3.0 if kind == "rank one" else None)
    loss, norm, *_ = torch_train(networks[1], 0.02, 100, 3.0, optimizer=PYTORCH[GradientDescent()], dtype=torch.float32)
    np.testing.assert_allclose(ours.loss[1], loss, rtol=1e-5)
    np.testing.assert_allclose(ours.gradient_norm[1], norm, rtol=1e-4)


@pytest.mark.parametrize("kind", ["rank one", "rank 4", "full rank"])
@pytest.mark.parametrize("rule", [GradientDescent(), Clipped(0.1), Adam()], ids=str)
class TestSameForEveryRule:
    def test_recording_snapshots_slices_and_threads_change_nothing(self, kind, rule, monkeypatch):
        networks = KINDS[kind]()
        whole = train(networks, TASK, 0.05, 40, rule=rule, threads=1)
        monkeypatch.setattr("ghostlib.training.trainer.FIRST_SLICE", 1)
        some = train(networks, TASK, 0.05, 40, rule=rule, record=[40, 7], snapshots=[7], threads=2)
        for name in ("loss", "gradient_norm", "accuracy"):
            np.testing.assert_array_equal(getattr(some, name), getattr(whole, name)[:, [40, 7]])
        seven = train(networks, TASK, 0.05, 7, rule=rule).networks
        for name, value in vars(some.snapshots[0]).items():
            np.testing.assert_array_equal(value, getattr(seven, name))
            np.testing.assert_array_equal(getattr(some.networks, name), getattr(whole.networks, name))

    def test_an_overflow_is_in_the_history_and_spares_the_others(self, kind, rule):
        """At rest at the threshold and read out by a large factor: the first gradient is larger than one."""
        rule = Clipped(1e30) if isinstance(rule, Clipped) else rule  # no higher, or no step is long enough
        networks, task = KINDS[kind](), DelayedActivation(T=6, x0=0, kappa_star=0)
        c = [1e4, 10.0] if kind == "rank one" else None
        if c is None:
            networks.w_out[0] *= 1e6
        history = train(networks, task, [float(np.finfo(np.float32).max), 0.01], 9, c, rule=rule)
        first = history.diverged_at[0]
        assert first > 0
        assert np.isfinite(history.loss[0, :first]).all() and np.isnan(history.loss[0, first:]).all()
        np.testing.assert_array_equal(history.networks.is_finite(), [False, True])
        np.testing.assert_array_equal(history.loss[1], train(networks[1], task, 0.01, 9, rule=rule).loss)


def test_no_clipped_step_is_longer_than_alpha_times_the_limit():
    network, rule = RankOne.initial(5, N=20), Clipped(0.01)
    history = train(network, TASK, 2.0, 20, 3.0, rule=rule, snapshots="all", dtype=np.float64)
    before, after = history.snapshots[:-1], history.snapshots[1:]
    step = RankOne(after.m - before.m, after.n - before.n, after.b - before.b).norm()
    clipped = history.gradient_norm[:-1] > 0.01
    assert 0 < clipped.sum()
    np.testing.assert_allclose(step[clipped], 0.02, rtol=1e-12)
    assert (step[~clipped] < 0.02).all()


def test_clipping_at_a_limit_that_is_never_reached_is_plain_descent():
    networks = RankOne.initial(np.arange(3))
    clipped, plain = train(networks, TASK, 0.05, 30, 3.0, rule=Clipped(1e6)), train(networks, TASK, 0.05, 30, 3.0)
    np.testing.assert_array_equal(clipped.loss, plain.loss)


class TestFreezing:
    """At κ ≈ −6 and c = 10 the output's slope is about e^(−70): no parameter is small enough to feel it."""

    SILENT = RankOne(*(np.full((1, 10), value) for value in (0.001, 1.0, -0.7)))

    @pytest.mark.parametrize("rule", [GradientDescent(), Clipped(1.0)])
    def test_a_rule_without_a_memory_is_done_when_nothing_changes(self, rule):
        history = train(self.SILENT, TASK, 0.02, 10**12, rule=rule, record=[0, 10**12])
        assert history.frozen_at[0] == 0
        assert history.loss[0, 0] == history.loss[0, 1]

    def test_a_rule_with_a_memory_goes_on(self):
        assert train(self.SILENT, TASK, 0.02, 5, rule=Adam(epsilon=1.0)).frozen_at[0] == -1

    def test_adam_may_move_what_stood_still_when_it_has_forgotten_large_gradients(self):
        theta, gradient = np.ones((1, 1), np.float32), np.full((1, 1), 1e-6, np.float32)
        moments = np.array([[[0.0]], [[1.0]]])
        changed = [update(theta, gradient, 1e-6, 0.01, Adam(), moments, t + 10_000)[0] for t in range(5000)]
        assert changed[0] == 0 and changed[-1] == 1


def test_adam_frees_the_trapped_as_well_as_in_pytorch():
    """A silent network: Adam's steps are as long as ever, however small the gradient; plain descent's are not."""
    network = RankOne.initial(5, N=20)
    network = RankOne(network.m, network.n, network.b - 1)
    assert adjoint.loss_and_gradient(network, TASK)[1].norm() < 1e-3
    plain, adam = (train(network, TASK, 0.01, 400, rule=rule, dtype=np.float64) for rule in (PLAIN, Adam()))
    loss, *_ = torch_train(network, 0.01, 400, 10.0, optimizer=PYTORCH[Adam()])
    assert plain.loss[-1] > 0.99 > adam.loss[-1]
    np.testing.assert_allclose(adam.loss[:100], loss[:100], rtol=1e-6)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("adam", "rule must be GradientDescent"),
        (Adam, "rule must be GradientDescent"),
        (None, "rule must be GradientDescent"),
        (Clipped(0.0), "rule.limit must be > 0"),
        (Clipped([1.0, 2.0]), "rule.limit must be one number"),
        (Clipped("1"), "rule.limit must be real numbers"),
        (Adam(epsilon=np.inf), "rule.epsilon must be finite"),
        (Adam(epsilon=0), "rule.epsilon must be > 0"),
        (Adam(beta_1=1), "rule.beta_1 must be < 1, got 1"),
        (Adam(beta_2=-0.1), "rule.beta_2 must be ≥ 0"),
    ],
)
def test_impossible_rules_are_refused(rule, message):
    with pytest.raises(ValueError, match=message):
        train(RankOne.initial([1], N=5), TASK, 0.1, 2, rule=rule)
