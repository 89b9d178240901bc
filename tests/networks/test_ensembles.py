"""One bad network never takes the ensemble down: a diverged member, an enormous one, a silent one, or nobody at all."""

import numpy as np
import pytest

from ghostlib import outcomes
from ghostlib.networks import adjoint, oracle
from ghostlib.networks.records import Ensemble, LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import Adam, Clipped, train
from ghostlib.training.schedules import Schedule, anneal, train_at, train_stages


TASK = DelayedActivation(T=5)
N = 6


def ensemble(kind):
    """A network as drawn, one that is not a number, one with enormous weights, and one that says nothing."""
    networks = LowRank.initial(range(4), rank=2, N=N)
    if kind == "rank one":
        networks = RankOne.initial(range(4), N=N)
    elif kind == "full rank":
        networks = networks.full_rank()
    values = {name: np.array(value) for name, value in vars(networks).items()}
    for name, value in values.items():
        value[1] = np.nan
        value[2] = 1e200
        value[3] = -30.0 if name in ("b", "b_out") else 0.0
    return type(networks)(**values)


def own(networks):
    """A point of the latent space for every network."""
    return np.ones((len(networks), 1, networks.rank)) if isinstance(networks, LowRank) else np.ones((len(networks), 1))


EVERY = {
    "simulate": lambda networks: networks.simulate(TASK),
    "output": lambda networks: networks.output(TASK),
    "norm": lambda networks: networks.norm(),
    "is_finite": lambda networks: networks.is_finite(),
    "astype": lambda networks: networks.astype(np.float32),
    "final_loss": lambda networks: outcomes.final_loss(networks, TASK),
    "accuracy": lambda networks: TASK.accuracy(networks.output(TASK)),
    "oracle": lambda networks: oracle.loss_and_gradient(networks, TASK),
    "train": lambda networks: train(networks, TASK, 0.1, 60),
    "clipped": lambda networks: train(networks, TASK, 0.1, 60, rule=Clipped(0.1), dtype=np.float64),
    "Adam": lambda networks: train(networks, TASK, 0.1, 60, rule=Adam(), snapshots=[0, 60]),
}
WITH_A_FLOW = {"flow": lambda networks: networks.flow(own(networks))}
RANK_ONE = {
    "latent": lambda networks: networks.latent(TASK),
    "kappa0": lambda networks: networks.kappa0(TASK),
    "slope": lambda networks: networks.slope(own(networks)),
    "curvature": lambda networks: networks.curvature(own(networks)),
    "adjoint": lambda networks: adjoint.loss_and_gradient(networks, TASK),
    "learn_c": lambda networks: train(networks, TASK, 0.1, 60, learn_c=True),
    "train_at": lambda networks: train_at(networks, TASK, 0.1, 60, [1.0]),
    "train_stages": lambda networks: train_stages(networks, TASK, 0.1, [(30, 10.0), (30, 1.0)]),
    "anneal": lambda networks: anneal(networks, TASK, 0.1, 60, schedule=Schedule(every=20)),
}
LOW_RANK = {
    "jacobian": lambda networks: networks.jacobian(own(networks)),
    "full_rank": lambda networks: networks.full_rank(),
}
CASES = [
    (kind, name, function)
    for kind, functions in {
        "rank one": EVERY | WITH_A_FLOW | RANK_ONE,
        "low rank": EVERY | WITH_A_FLOW | LOW_RANK,
        "full rank": EVERY,
    }.items()
    for name, function in functions.items()
]


def arrays(result):
    """All arrays of a result, with the networks' axis first."""
    if isinstance(result, Ensemble):
        return list(vars(result).values())
    if hasattr(result, "diverged_at"):
        lead = result.diverged_at.ndim - 1  # `train_at` puts one before
        rows = [result.loss, result.gradient_norm, result.accuracy, result.frozen_at, result.diverged_at]
        return [np.moveaxis(each, lead, 0) for each in (*rows, *vars(result.networks).values())]
    if isinstance(result, tuple):
        return [array for part in result for array in arrays(part)]
    return [result]


@pytest.mark.parametrize(("kind", "name", "function"), CASES, ids=[f"{kind}: {name}" for kind, name, _ in CASES])
def test_a_bad_member_leaves_the_others_as_they_are(kind, name, function):
    together, networks = arrays(function(ensemble(kind))), ensemble(kind)
    for i in (0, 3):
        for array, alone in zip(together, arrays(function(networks[i : i + 1])), strict=True):
            np.testing.assert_allclose(array[i], alone[0], rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(("kind", "name", "function"), CASES, ids=[f"{kind}: {name}" for kind, name, _ in CASES])
def test_nobody_is_an_ensemble_too(kind, name, function):
    assert all(array.shape[0] == 0 for array in arrays(function(ensemble(kind)[:0])))


@pytest.mark.parametrize("kind", ["rank one", "low rank", "full rank"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_member_that_is_not_finite_has_diverged_at_epoch_0(kind, dtype):
    history = train(ensemble(kind), TASK, 0.1, 60, dtype=dtype, snapshots=[0, 60])
    np.testing.assert_array_equal(history.diverged_at[[0, 1, 3]], [-1, 0, -1])
    assert history.diverged_at[2] == 0 or dtype == np.float64  # 1e200 is infinite in float32
    np.testing.assert_array_equal(history.networks.is_finite(), [True, False, history.diverged_at[2] < 0, True])
    np.testing.assert_array_equal(history.snapshots.is_finite()[:, :2], [[True, False]] * 2)
    for row in (history.loss, history.gradient_norm, history.accuracy):
        assert np.isnan(row[1]).all() and np.isfinite(row[[0, 3]]).all()
    again = train(history.networks, TASK, 0.1, 60, dtype=dtype)
    np.testing.assert_array_equal(again.diverged_at[[0, 1, 3]], [-1, 0, -1])
    np.testing.assert_array_equal(outcomes.diverged(again.accuracy), again.diverged_at >= 0)


@pytest.mark.parametrize("name", ["m", "n", "b"])
def test_one_nan_is_enough(name):
    networks = RankOne.initial([1, 2], N=N)
    getattr(networks, name)[0, 3] = np.nan
    np.testing.assert_array_equal(train(networks, TASK, 0.1, 3).diverged_at, [0, -1])


def test_what_a_diverged_network_is_given_does_not_matter():
    networks = ensemble("rank one")[:2]
    history = train(networks, TASK, [0.1, np.nan], 3, [2.0, np.nan])
    np.testing.assert_array_equal(history.diverged_at, [-1, 0])
    with pytest.raises(ValueError, match="alpha must be a number"):
        train(networks, TASK, [np.nan, 0.1], 3)
