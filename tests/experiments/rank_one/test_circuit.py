"""The numbers of the latent circuit: by finite differences, by a dense scan, and from hands."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ghostlib import experiments, outcomes
from ghostlib.experiments.rank_one.circuit import output_signal, reduction_error, relative_distance, sensitivity
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK, DelayedActivation


H = 1e-5
# x(0) moves κ(0) = x(0) Σn and nothing else.
ABOVE, BELOW = (DelayedActivation(x0=TASK.x0 + side * H) for side in (1, -1))


@pytest.fixture
def networks():
    """Their Σn are far from 0, so that x(0) moves κ(0)."""
    m, n, b = 0.2 * np.random.default_rng(5).standard_normal((3, 2, 20))
    return RankOne(m, n + 0.2, b)


@pytest.fixture(scope="module")
def factors():
    """Which networks fall is a matter of rounding, and so of the processor; of twenty some do, and some do not."""
    return experiments.FALLEN_NETWORKS.run()


def test_a_push_on_the_first_state_reaches_every_later_one_as_finite_differences_say(networks):
    moved = networks.latent(ABOVE) - networks.latent(BELOW)
    np.testing.assert_allclose(sensitivity(networks, TASK), moved[:, 1:] / moved[:, :1], rtol=1e-6, atol=1e-9)


def test_signal_times_sensitivity_is_the_derivative_of_the_loss(networks):
    up, down = (loss_and_gradient(networks, task, c=1.5)[0] for task in (ABOVE, BELOW))
    found = (output_signal(networks, TASK, c=1.5) * sensitivity(networks, TASK)).sum(axis=-1)
    np.testing.assert_allclose(found, (up - down) / (2 * H * networks.n.sum(axis=-1)), rtol=1e-6)


def test_distance_and_error_are_relative():
    one = RankOne(np.array([3.0, 0]), np.array([0.0, 0]), np.array([5.0, 0]))
    other = RankOne(np.array([0.0, 0]), np.array([4.0, 0]), np.array([5.0, 0]))
    assert relative_distance(one, other) == pytest.approx(5 / np.sqrt(41))
    kappa, rates = np.array([0.0, -4.0]), np.array([[1.0, -1.0], [1.0, 1.0]])
    wrong = SimpleNamespace(latent=lambda _: kappa, simulate=lambda _: rates, n=np.array([1.0, 1.0]))
    assert reduction_error(wrong, TASK) == pytest.approx(6 / 4)


def test_the_fixed_points_of_random_networks_are_those_of_a_dense_scan():
    settings = replace(experiments.RANDOM_NETWORKS, networks=50, N=6)
    flows = settings.run()
    rng = np.random.default_rng(0)
    m, n, b = rng.choice([0.3, 1.0, 3.0], (3, 50, 1)) * rng.standard_normal((3, 50, 6))
    kappa = np.linspace(-60, 60, 40_001)
    values = -kappa + np.einsum("bn,bnk->bk", n, np.tanh(m[..., None] * kappa + b[..., None]))
    scanned = (np.diff(np.sign(values), axis=-1) != 0).sum(axis=-1)
    np.testing.assert_array_equal(flows.count.number, scanned)
    assert flows.most == scanned.max() > 1
    assert flows.always_one
    assert not replace(flows, inward=np.array([False])).always_one


def test_the_pair_stands_on_both_sides_of_the_fall_of_the_first_trapped_network(factors):
    trapped = outcomes.trapped(factors.history.accuracy)
    assert 0 < trapped.sum() == factors.trapped == len(factors.fallen) < len(trapped)
    assert trapped[factors.seed] and not trapped[: factors.seed].any()
    before, after = TASK.accuracy(factors.pair.output(TASK))
    assert before > 0.5 >= after
    accuracy = factors.history.accuracy[factors.seed]
    assert accuracy[factors.last] == pytest.approx(before)
    assert np.all(accuracy[factors.last + 1 :] <= 0.5)


def test_what_vanishes_is_the_signal_and_not_the_way_back(factors):
    signal, way_back = (each["after"] / each["before"] for each in (factors.signal_peak, factors.way_back_end))
    assert 0 < signal < 1e-3 * abs(way_back)
    assert (factors.norm_before, factors.norm_after) == pytest.approx(loss_and_gradient(factors.pair, TASK)[1].norm())
    # The target turns to 1 after update T + 1; far below the threshold the output is its exponential tail.
    assert factors.output_late == pytest.approx(factors.pair[1].output(TASK)[TASK.T])
    ends = [sensitivity(network, TASK)[-1] for network in factors.fallen]
    peaks = [np.abs(output_signal(network, TASK)).max() for network in factors.fallen]
    assert (factors.signal_median, factors.way_back_median) == pytest.approx((np.median(peaks), np.median(ends)))
    assert factors.way_back_amplifies == sum(end > 1 for end in ends)
