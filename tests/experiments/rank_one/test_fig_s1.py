"""Fig. S1 at a small scale: losses beside their epochs, and the numbers of the prose from losses made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from ghostlib import experiments, toy
from ghostlib.experiments.rank_one.fig_s1 import NetworkLosses
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))


def losses_of_descent(network, alpha, epochs):
    """Gradient descent in NumPy float64: the loss after every epoch."""
    losses = []
    for _ in range(epochs + 1):
        loss, gradient = loss_and_gradient(network, DelayedActivation())
        losses.append(float(loss))
        network = RankOne(*(getattr(network, k) - alpha * getattr(gradient, k) for k in "mnb"))
    return np.array(losses)


def test_the_settings_are_the_papers():
    figure = experiments.FIG_S1
    assert (figure.rates, figure.seeds, figure.alpha_exponents) == (30, 10, (-4, -1))
    assert figure.epochs == (10_000, 20_000, 30_000, 50_000, 100_000, 200_000)


def test_the_sweep_is_descent_at_each_learning_rate_and_is_read_from_the_disk_the_second_time(monkeypatch):
    small = replace(experiments.FIG_S1, rates=2, seeds=2, epochs=(3, 20))
    sweep = small.run()
    assert sweep.loss.shape == (2, 2, 2)
    for rate, alpha in enumerate(sweep.alpha):
        for seed in range(2):
            expected = losses_of_descent(RankOne.initial(seed), alpha, 20)[[3, 20]]
            np.testing.assert_allclose(sweep.loss[rate, seed], expected, rtol=1e-5)
    np.testing.assert_allclose(sweep.mean(), sweep.loss.mean(axis=1))
    np.testing.assert_allclose(sweep.sem(), np.abs(sweep.loss[:, 0] - sweep.loss[:, 1]) / 2)
    monkeypatch.setattr("ghostlib.experiments.rank_one.sweep.train", None)
    np.testing.assert_array_equal(small.run(progress=False).loss, sweep.loss)


def test_losses_stand_beside_their_epochs_in_whatever_order_these_are_asked_for():
    small = replace(experiments.FIG_S1, rates=1, seeds=1, epochs=(3, 3000))
    ascending = small.run().loss[0, 0]
    assert ascending[1] < ascending[0]
    mixed = replace(small, epochs=(3000, 3, 3000)).run()
    assert mixed.epochs.tolist() == [3000, 3, 3000]
    np.testing.assert_array_equal(mixed.loss[0, 0], ascending[[1, 0, 1]])


def test_edges_and_trend_are_read_after_most_epochs():
    """Four rates, two networks: the first has not jumped, all learn at the next two, none at the last."""
    final = np.array([[1.0, 0.9], [0.1, 0.2], [0.3, 0.2], [1.0, 0.995]])
    sweep = NetworkLosses(
        alpha=np.array([1e-3, 4e-3, 1e-2, 4e-2]), epochs=np.array([500, 20]), loss=np.stack([final, 0 * final], axis=-1)
    )
    assert (sweep.all_learn_from, sweep.all_learn_to, sweep.none_learns_from) == (4e-3, 1e-2, 4e-2)
    assert (sweep.most_learned, sweep.silent_at_high_rates) == (1, 1)
    assert sweep.trend == pytest.approx(1)


def test_eq_15_is_taken_in_units_of_tau_with_the_loss_over_the_delay():
    """α* scales as T⁻⁵, and a loss divided by T makes it T times as high."""
    sweep = NetworkLosses(np.array([1e-3, 1.0]), np.array([1]), np.array([[[0.1]], [[1.0]]]))
    assert sweep.eq_15 == pytest.approx(float(toy.alpha_star(1.0)) / 10**4)
    assert sweep.eq_15_ratio == pytest.approx(1 / sweep.eq_15)
