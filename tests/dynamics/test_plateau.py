"""How long a plateau lasts: the forecast, and what becomes of it in training."""

import numpy as np
import pytest

from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.networks import adjoint
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


TASK = DelayedActivation()


def test_it_is_what_is_gained_over_the_square_of_the_gradient():
    networks = RankOne.initial(np.arange(4))
    loss, gradient = adjoint.loss_and_gradient(networks, TASK, 3.0)
    expected = (1 - loss) / (0.02 * gradient.norm() ** 2)
    np.testing.assert_allclose(plateau_duration(networks, TASK, 0.02, 3.0), expected, rtol=1e-9)


def test_it_says_when_a_trapped_network_is_heard_again(fallen):
    alpha, c = 0.02, 2.0
    expected = plateau_duration(fallen, TASK, alpha, c)
    soon = expected < 1000
    assert soon.any()
    loss = train(fallen[soon], TASK, alpha, 1200, c, dtype=np.float64).loss  # float32 may freeze before
    heard = np.argmax(loss < 0.9, axis=1)
    assert (expected[soon] > 100).any()
    few = 5  # epochs, which is long where nearly nothing is expected
    assert np.all((heard > 0.5 * expected[soon] - few) & (heard < 1.1 * expected[soon] + few))


def test_it_grows_with_the_confidence_as_the_exponential_of_the_distance(fallen):
    """At high c: ln(epochs · c²) rises by the distance from κ* to where κ comes closest to it."""
    epochs = np.array([plateau_duration(fallen, TASK, 0.02, c) * c**2 for c in (29.0, 30.0)])
    expressible = np.isfinite(epochs).all(axis=0)
    assert expressible.any()
    rise = np.diff(np.log(epochs[:, expressible]), axis=0)[0]
    kappa = fallen.latent(TASK)[expressible, TASK.T + 1 :].max(axis=1)
    np.testing.assert_allclose(rise, TASK.kappa_star - kappa, rtol=0.05)


def test_it_is_infinite_where_the_output_that_is_left_comes_too_early():
    sinking = RankOne(np.zeros(3), np.full(3, -2.0), np.full(3, 5.0))  # from κ(0) = 1.8 down to −6
    assert sinking.latent(TASK)[0] == pytest.approx(1.8)
    assert plateau_duration(sinking, TASK, 0.02, 10.0) == np.inf


def test_it_is_infinite_where_nothing_is_left_of_the_output():
    silent = RankOne(np.zeros(3), np.ones(3), np.full(3, -5.0))
    assert plateau_duration(silent, TASK, 0.02, 1000.0) == np.inf


def test_a_diverged_network_has_none_and_disturbs_nobody():
    sound = RankOne.initial([1, 2, 3])
    m = sound.m.copy()
    m[1] = np.nan
    expected = plateau_duration(sound, TASK, 0.02, 10.0)
    expected[1] = np.nan
    np.testing.assert_array_equal(plateau_duration(RankOne(m, sound.n, sound.b), TASK, 0.02, 10.0), expected)


def test_every_network_has_its_own_rate_and_confidence_whatever_the_leading_axes():
    networks = RankOne.initial([[1, 2, 3], [4, 5, 6]])
    alpha, c = np.array([[0.1], [0.2]]), np.array([3.0, 5.0, 8.0])
    epochs = plateau_duration(networks, TASK, alpha, c)
    for row, column in np.ndindex(2, 3):
        alone = plateau_duration(networks[row, column], TASK, alpha[row, 0], c[column])
        assert alone.shape == ()
        assert epochs[row, column] == pytest.approx(float(alone), rel=1e-12)


def test_it_is_infinite_without_a_warning_where_the_square_of_the_gradient_is_too_small_for_float64():
    sunk = RankOne(np.zeros(3), np.full(3, 10.0), np.full(3, -5.0))
    assert 0 < sunk.output(TASK, 20.0)[-1] < 1e-200
    assert plateau_duration(sunk, TASK, 0.02, 20.0) == np.inf


def test_an_empty_ensemble_has_no_durations():
    assert plateau_duration(RankOne.initial([1])[:0], TASK, 0.02, 10.0).shape == (0,)


@pytest.mark.parametrize("bad", [{"alpha": 0.0}, {"alpha": [0.1, 0.2]}, {"c": -1.0}, {"c": np.nan}])
def test_impossible_rates_and_confidences_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        plateau_duration(RankOne.initial([1, 2, 3]), TASK, **{"alpha": 0.02, "c": 10.0, **bad})
