import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.networks import adjoint, oracle
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation


@st.composite
def problems(draw):
    """A random ensemble, task and confidences."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    N, scale = draw(st.integers(1, 40)), draw(st.floats(0.2, 2))
    networks = RankOne(*(scale * rng.normal(size=(3, N)) / np.sqrt(N) for _ in range(3)))
    task = DelayedActivation(
        T=draw(st.integers(1, 25)),
        dt=draw(st.floats(0.5, 10)),
        x0=draw(st.floats(-1, 1)),
        kappa_star=draw(st.floats(-1, 1)),
    )
    return networks, task, np.exp(rng.uniform(-2, 2.5, size=3))


@settings(deadline=None)
@given(problems())
def test_loss_and_gradient_are_those_of_autograd_through_all_units(problem):
    loss, gradient = adjoint.loss_and_gradient(*problem)
    expected_loss, expected = oracle.loss_and_gradient(*problem)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-12)
    difference = RankOne(gradient.m - expected.m, gradient.n - expected.n, gradient.b - expected.b)
    assert (difference.norm() <= 1e-12 * expected.norm()).all()


@settings(deadline=None)
@given(problems(), st.integers(0, 10**6))
def test_gradient_predicts_finite_differences_of_the_loss(problem, seed):
    networks, task, c = problem
    _, gradient = adjoint.loss_and_gradient(networks, task, c)
    rng, h = np.random.default_rng(seed), 1e-5
    direction = RankOne(*(rng.normal(size=networks.m.shape) for _ in range(3)))

    def loss_at(step):
        moved = RankOne(*(getattr(networks, name) + step * getattr(direction, name) for name in ("m", "n", "b")))
        return adjoint.loss_and_gradient(moved, task, c)[0]

    difference = (loss_at(h) - loss_at(-h)) / (2 * h)
    predicted = sum(np.vecdot(getattr(gradient, name), getattr(direction, name)) for name in ("m", "n", "b"))
    np.testing.assert_allclose(predicted, difference, rtol=1e-4, atol=1e-6)


def test_loss_is_that_of_the_task_on_the_networks_output():
    networks, task = RankOne.initial(range(3)), DelayedActivation()
    loss, _ = adjoint.loss_and_gradient(networks, task, c=3.0)
    np.testing.assert_allclose(loss, task.loss(networks.output(task, c=3.0)), rtol=1e-14)


def test_each_network_has_a_gradient_of_its_own():
    networks, task, c = RankOne.initial([[3, 4], [5, 6]]), DelayedActivation(), np.array([1.0, 10.0])
    loss, gradient = adjoint.loss_and_gradient(networks, task, c)
    alone_loss, alone = adjoint.loss_and_gradient(networks[1, 0], task, 1.0)
    assert loss.shape == (2, 2)
    np.testing.assert_allclose(loss[1, 0], alone_loss, rtol=1e-15)
    np.testing.assert_allclose(gradient.m[1, 0], alone.m, rtol=1e-12, atol=1e-18)


def test_confidence_decides_whether_a_silent_network_feels_its_error():
    """The no-learning zone: far below κ* the output's slope, and with it the adjoint, vanishes like e^(−c(κ*−κ))."""
    N = 10
    silent = RankOne(np.zeros(N), np.full(N, 1.0), np.full(N, -0.5))
    norm = [adjoint.loss_and_gradient(silent, DelayedActivation(), c)[1].norm() for c in (10.0, 1.0, 0.1)]
    assert norm[0] < 1e-20 < 1e-4 < norm[1] < norm[2]


def test_confidence_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="c must be one number or one per network"):
        adjoint.loss_and_gradient(RankOne.initial([1, 2]), DelayedActivation(), [1.0, 2.0, 3.0])
