"""The steepest curvature of the loss, against the whole Hessian by torch, and what it does to gradient descent."""

import numpy as np
import pytest
import torch

from ghostlib.dynamics.sharpness import sharpness
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation


TASK = DelayedActivation(T=6)


def networks(count=4, N=5):
    return RankOne(*np.random.default_rng(1).standard_normal((3, count, N)))


def hessian(network, c):
    """By torch, from nothing but the recursion of the latent scalar."""
    target = torch.tensor(TASK.target())

    def loss(theta):
        m, n, b = theta.split(network.N)
        kappa, total = TASK.x0 * n.sum(), 0.0
        for t in range(TASK.steps):
            kappa = (1 - TASK.delta) * kappa + TASK.delta * (n * torch.tanh(m * kappa + b)).sum()
            total = total + (torch.sigmoid(c * (kappa - TASK.kappa_star)) - target[t]) ** 2
        return total / TASK.T

    theta = torch.tensor(np.concatenate([network.m, network.n, network.b]))
    return torch.autograd.functional.hessian(loss, theta).numpy()


@pytest.mark.parametrize("c", [1.0, 10.0])
def test_sharpness_is_the_eigenvalue_of_largest_size(c):
    ensemble = networks()
    for found, network in zip(sharpness(ensemble, TASK, c, tolerance=1e-10, longest=5000), ensemble, strict=True):
        eigenvalues = np.linalg.eigvalsh(hessian(network, c))
        assert found == pytest.approx(eigenvalues[np.argmax(np.abs(eigenvalues))], rel=1e-4)


def test_a_step_of_descent_stretches_the_steepest_direction_by_1_minus_alpha_lambda():
    network, alpha, small = networks()[0], 0.3, 1e-5
    values, vectors = np.linalg.eigh(hessian(network, 2.0))
    place = np.argmax(np.abs(values))
    shift = small * vectors[:, place]
    theta = np.concatenate([network.m, network.n, network.b])
    ends = []
    for sign in (-1, 1):
        at = RankOne(*np.split(theta + sign * shift, 3))
        slope = loss_and_gradient(at, TASK, 2.0)[1]
        ends.append(theta + sign * shift - alpha * np.concatenate([slope.m, slope.n, slope.b]))
    apart = (ends[1] - ends[0]) @ vectors[:, place] / (2 * small)
    found = sharpness(network, TASK, 2.0, tolerance=1e-10, longest=5000)
    assert apart == pytest.approx(1 - alpha * float(found), rel=1e-4)


def test_each_network_has_its_own_and_axes_are_kept():
    ensemble = networks()
    alone = [float(sharpness(network, TASK, tolerance=1e-9, longest=5000)) for network in ensemble]
    together = sharpness(ensemble.reshape(2, 2), TASK, tolerance=1e-9, longest=5000)
    assert together.shape == (2, 2)
    np.testing.assert_allclose(together.ravel(), alone, rtol=1e-6)


def test_a_flat_loss_has_no_sharpness_and_a_diverged_network_none_that_is_a_number():
    healthy = networks(4)
    expected = sharpness(healthy, TASK)
    m, n, b = (array.copy() for array in (healthy.m, healthy.n, healthy.b))
    m[1], n[1], b[1] = 0.0, -60.0, 20.0  # silent: κ goes to −300, where every output is 0 to the last bit
    m[2, 0] = np.nan
    found = sharpness(RankOne(m, n, b), TASK)
    np.testing.assert_allclose(found[[0, 3]], expected[[0, 3]], rtol=1e-3)
    assert found[1] == 0
    assert np.isnan(found[2])
    assert sharpness(RankOne(m, n, b)[1], TASK) == 0


def test_weights_that_overflow_count_as_diverged():
    healthy = networks(2)
    for huge in (1e200, 1e300, np.inf):
        found = sharpness(RankOne(*(array * np.array([[1.0], [huge]]) for array in healthy._arrays())), TASK)
        np.testing.assert_allclose(found, [sharpness(healthy[0], TASK), np.nan], rtol=1e-3)


def test_an_empty_ensemble_has_an_empty_answer():
    assert sharpness(networks()[:0], TASK).shape == (0,)
    assert sharpness(networks()[:0], TASK, c=np.ones(0)).shape == (0,)


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match="tolerance"):
        sharpness(networks(), TASK, tolerance=0.0)
    with pytest.raises(ValueError, match="longest"):
        sharpness(networks(), TASK, longest=0)
    with pytest.raises(ValueError, match="c must be"):
        sharpness(networks(), TASK, c=[1.0, 2.0])
    with pytest.raises(ValueError, match="tolerance must be one number"):
        sharpness(networks(), TASK, tolerance=[1.0, 2.0])
    with pytest.raises(ValueError, match="networks must be RankOne, got DelayedActivation"):
        sharpness(TASK, TASK)
