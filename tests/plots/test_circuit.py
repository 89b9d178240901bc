"""The figures of the latent circuit, and the mathematics that they draw."""

import numpy as np
import pytest
import sympy as sp
from drawing import assert_legible
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from ghostlib import plots
from ghostlib.dynamics.slow_points import count_fixed_points
from ghostlib.networks import adjoint
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.page.palette import COLOURS


pytestmark = pytest.mark.usefixtures("book_style")


def random_networks(seed, B, N, scale=1.0):
    return RankOne(*(scale * np.random.default_rng(seed).standard_normal((3, B, N))))


def drawn_in(axes, name):
    """The lines of one colour of the grammar."""
    return [line for line in axes.lines if to_hex(line.get_color()) == COLOURS[name].light]


def test_eq_4_is_n_times_eq_3_for_any_rates():
    x, m, n, b = (sp.Matrix(sp.symbols(f"{name}1:4", real=True)) for name in "xmnb")
    kappa = (n.T * x)[0]
    velocity = -x + (m * n.T * x + b).applyfunc(sp.tanh)
    circuit = -kappa + (n.T * (m * kappa + b).applyfunc(sp.tanh))[0]
    assert sp.expand((n.T * velocity)[0] - circuit).equals(0)


def test_gradient_of_a_two_step_trial_is_that_of_sympy():
    vectors = [sp.Matrix(sp.symbols(f"{name}1:3")) for name in "mnb"]
    m, n, b = vectors
    kappa, loss = sp.Rational(-3, 10) * sum(n), 0
    for target in (0, 1):
        kappa = kappa / 2 + (n.T * (m * kappa + b).applyfunc(sp.tanh))[0] / 2
        loss += (1 / (1 + sp.exp(-3 * (kappa - 1))) - target) ** 2
    numbers = np.array([[0.75, -0.5], [1.6, 0.3], [0.2, -0.4]])
    at = dict(zip(sp.flatten(vectors), numbers.ravel(), strict=True))
    _, gradient = adjoint.loss_and_gradient(RankOne(*numbers), DelayedActivation(T=1), c=3.0)
    for name, symbols in zip("mnb", vectors, strict=True):
        exact = [float(sp.diff(loss, symbol).subs(at)) for symbol in symbols]
        np.testing.assert_allclose(getattr(gradient, name), exact, rtol=1e-13)


@given(st.integers(0, 10**6), st.floats(0.1, 5))
def test_there_is_always_a_fixed_point_within_the_sum_of_n_and_their_number_is_odd(seed, scale):
    networks = random_networks(seed, 20, 15, scale)
    S = np.abs(networks.n).sum(axis=-1)[:, None]
    assert (networks.flow(-S) > 0).all()
    assert (networks.flow(S) < 0).all()
    found = count_fixed_points(networks)
    assert (found.number[found.certified] % 2 == 1).all()


def test_a_push_grows_as_the_speed_does_when_steps_are_short():
    networks = random_networks(3, 5, 20, 0.5)
    apart = []
    for dt in (0.5, 0.05):
        task = DelayedActivation(T=int(20 / dt), dt=dt)
        kappa = networks.latent(task)
        product = np.prod(1 + task.delta * networks.slope(kappa[:, :-1]), axis=1)
        speeds = networks.flow(kappa[:, -1:])[:, 0] / networks.flow(kappa[:, :1])[:, 0]
        apart.append(np.abs(product / speeds - 1))
    np.testing.assert_allclose(apart[1], apart[0] / 10, rtol=0.2)
    assert (apart[1] < 0.02).all()


def test_one_number_is_drawn_under_the_rates_that_make_it():
    task, network = DelayedActivation(), RankOne.initial(40)
    rates, kappa = network.simulate(task), network.latent(task)
    figure = plots.one_number(task, rates, kappa)
    assert_legible(figure)
    top, bottom = figure.axes
    drawn = np.array([line.get_ydata() for line in drawn_in(top, "ink")])
    assert drawn.shape == (100, 41)
    np.testing.assert_allclose(network.n @ drawn, drawn_in(bottom, "ink")[0].get_ydata(), atol=1e-14)
    assert bottom.lines[0].get_ydata()[0] == task.kappa_star
    assert drawn_in(bottom, "gradient")[0].get_ydata() == [kappa[0]]


def test_the_flow_stays_in_its_band_and_meets_the_paper_s_asymptotes():
    network = random_networks(1, 1, 30)[0]
    figure = plots.flow_from_afar(network, 60)
    assert_legible(figure)
    (axes,) = figure.axes
    (flow,) = (line for line in drawn_in(axes, "ink") if len(line.get_xdata()) > 2)
    band = axes.collections[0].get_paths()[0]
    assert band.contains_points(np.column_stack([flow.get_xdata(), flow.get_ydata()])[1:-1]).all()
    for line in drawn_in(axes, "claim"):
        end = line.get_xdata()[-1]
        assert line.get_ydata()[-1] == pytest.approx(float(network.flow(end)), abs=0.1 * np.abs(network.n).sum())


def test_the_reverse_pass_fits_its_picture():
    assert_legible(plots.reverse_pass())


def test_the_factors_multiply_to_the_derivative_with_respect_to_the_first_state():
    """Σₜ s[t] ∂κ[t]/∂κ[0] is dL/dκ(0): by finite differences in x(0), which moves κ(0) and nothing else."""
    pair, task, h = random_networks(5, 2, 20, 0.4), DelayedActivation(), 1e-5
    kappa, output = pair.latent(task), pair.output(task, c=1.0)
    fed = 2 / task.T * (output - task.target()) * output * (1 - output)
    passed = np.cumprod(1 + task.delta * pair.slope(kappa[:, :-1]), axis=1)
    moved = [DelayedActivation(x0=task.x0 + side * h) for side in (1, -1)]
    up, down = (adjoint.loss_and_gradient(pair, at, c=1.0)[0] for at in moved)
    by_difference = (up - down) / (2 * h * pair.n.sum(axis=1))
    np.testing.assert_allclose((fed * passed).sum(axis=1), by_difference, rtol=1e-5)

    figure = plots.gradient_factors(task, kappa[:, 1:], fed, passed)
    assert_legible(figure)
    state, *factors = figure.axes
    assert len({axes.get_ylim() for axes in factors}) == 1
    for i, name in enumerate(("optimum", "dead")):
        np.testing.assert_array_equal(drawn_in(state, name)[0].get_ydata(), kappa[i, 1:])
        product = np.maximum(np.abs(fed[i] * passed[i]), 1e-30)
        np.testing.assert_allclose(drawn_in(factors[-1], name)[0].get_ydata(), product)
