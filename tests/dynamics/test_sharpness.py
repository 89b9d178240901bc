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


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match="tolerance"):
        sharpness(networks(), TASK, tolerance=0.0)
    with pytest.raises(ValueError, match="longest"):
        sharpness(networks(), TASK, longest=0)
    with pytest.raises(ValueError, match="c must be"):
        sharpness(networks(), TASK, c=[1.0, 2.0])
