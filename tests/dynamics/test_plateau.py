"""How long a plateau lasts, in every kind of ensemble. That the forecast is right: tests/training/test_schedules.py."""

import numpy as np
import pytest

from ghostlib.dynamics.plateau import plateau_duration
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation


TASK = DelayedActivation()


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
