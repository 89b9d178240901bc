"""Rank-one networks in JavaScript give the numbers of Python's: golden vectors made here, evaluated in a browser."""

import itertools

import numpy as np
import pytest
from browser import imported

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.widgets._bundle import bundle
from ghostlib.widgets._networks import pack


FOLD = np.sqrt(0.5) - np.arctanh(np.sqrt(0.5)) / 2  # where tanh(2κ) − κ has its extrema, f is ± this far from zero


page = imported(bundle("rankone"))


def run(page, body, *arguments):
    """Run `body` with the module as R and `arguments` as A; `plain` makes a list of a typed array."""
    return page.evaluate(
        f"""(A) => {{
            const R = window.modules[0];
            const network = ([m, n, b]) => R.rankOneNetwork(m, n, b);
            const plain = (x) => x instanceof Float64Array ? Array.from(x) : x;
            {body}
        }}""",
        list(arguments),
    )


def lists(network):
    return [network.m.tolist(), network.n.tolist(), network.b.tolist()]


def random_network(seed, N=100, steepness=1.0):
    rng = np.random.default_rng(seed)
    m, n, b = rng.standard_normal((3, N))
    return RankOne(steepness * m / np.sqrt(N), steepness * n / np.sqrt(N), 0.3 * b)


def settings(task, c):
    return {"T": task.T, "delta": task.delta, "x0": task.x0, "kappaStar": task.kappa_star, "c": c}


PAPER = DelayedActivation()
OTHER = DelayedActivation(T=7, dt=3.0, tau=4.0, x0=0.4, kappa_star=-0.5)
CASES = [
    *((RankOne.initial(seed), PAPER, 10.0) for seed in (0, 40)),
    *((random_network(seed, steepness=s), PAPER, 10.0) for seed, s in itertools.product((1, 2), (0.5, 2.0, 5.0, 40.0))),
    *((random_network(seed, N=N), OTHER, c) for seed, N, c in ((3, 1, 0.1), (4, 7, 3.0), (5, 250, 1.0))),
]


@pytest.mark.parametrize("network, task, c", CASES)
def test_loss_and_gradient_agree_to_1e_9(page, network, task, c):
    body = """
        const state = network(A[0]);
        const { loss, gradientNorm, accuracy } = R.rankOneLossAndGradient(state, A[1], A[1].c);
        const { m, n, b } = state.gradient;
        return { loss, gradientNorm, accuracy, m: plain(m), n: plain(n), b: plain(b) };"""
    theirs = run(page, body, lists(network), settings(task, c))
    loss, gradient = loss_and_gradient(network, task, c)
    assert theirs["loss"] == pytest.approx(loss, rel=1e-12)
    assert theirs["gradientNorm"] == pytest.approx(gradient.norm(), rel=1e-9)
    assert theirs["accuracy"] == task.accuracy(network.output(task, c))
    for name in "mnb":
        ours = getattr(gradient, name)
        np.testing.assert_allclose(theirs[name], ours, rtol=1e-9, atol=1e-12 * np.abs(ours).max())


@pytest.mark.parametrize("network, task, c", CASES)
def test_trials_agree_to_1e_12(page, network, task, c):
    body = """
        const trial = R.rankOneForward(network(A[0]), A[1]);
        return { kappa: plain(trial.kappa), output: plain(trial.output) };"""
    theirs = run(page, body, lists(network), settings(task, c))
    np.testing.assert_allclose(theirs["kappa"], network.latent(task), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(theirs["output"], network.output(task, c), rtol=1e-10)


@pytest.mark.parametrize("network", [case[0] for case in CASES[::3]])
def test_flow_and_its_derivatives_agree_to_1e_12(page, network):
    kappas = np.linspace(-4, 4, 41)
    theirs = run(
        page,
        "const state = network(A[0]); return A[1].map((k) => R.rankOneFlow(state, k))",
        lists(network),
        kappas.tolist(),
    )
    for name, ours in (
        ("value", network.flow(kappas)),
        ("slope", network.slope(kappas)),
        ("curvature", network.curvature(kappas)),
    ):
        np.testing.assert_allclose([at[name] for at in theirs], ours, rtol=1e-12, atol=1e-12 * np.abs(ours).max())


@pytest.mark.parametrize(
    "network",
    [
        *(random_network(seed, N=20, steepness=3.0) for seed in range(12)),
        RankOne.initial(40),
        *(RankOne([2.0, 0.0], [1.0, FOLD + gap], [0.0, 30.0]) for gap in (-1e-9, 0.0, 1e-9, 0.01)),
    ],
)
def test_slow_points_agree_even_a_pair_just_born(page, network):
    theirs = run(page, "return R.rankOneSlowPoints(network(A[0]))", lists(network))
    ours = slow_points(network)
    assert [point["kind"] for point in theirs] == [point.kind for point in ours]
    for here, there in zip(ours, theirs, strict=True):
        # A root is as sure as the rounding of f allows where f is flat.
        assert there["position"] == pytest.approx(here.position, abs=1e-13 / min(1, abs(here.slope) + 1e-7))
        assert there["speed"] == pytest.approx(here.speed, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("gain", [1.2, 1.5, 3.0, 100.0])
def test_no_pair_is_missed_however_a_steep_unit_lies_in_a_cell_of_the_search(page, gain):
    """Both extrema of f in one cell, which only the bound of |tanh‴| tells the search to divide.

    f = −κ + n tanh(m(κ − p)) + p has an unstable fixed point at p if the gain n m is above 1, between two stable ones.
    """
    networks, places = [], []
    for width, offset in itertools.product(gain**0.5 * np.geomspace(0.3, 3000, 50), np.linspace(0, 1, 5)):
        n = 2 * gain / (32 * width - gain)  # so that half a cell, (2 + n) / 32, is width / m
        half = (2 + n) / 32
        p = (2 * np.floor(0.55 / (2 * half)) + 1 + offset) * half  # from the middle of a cell to its edge
        if 0 < n and p < 0.95:
            networks.append(RankOne([width / half, 0.0], [n, 1.0], [-width / half * p, np.arctanh(p)]))
            places.append(p)
    assert len(networks) > 100
    body = """return A[0].map((lists) =>
        R.rankOneSlowPoints(network(lists)).map(({ kind, position, speed }) => [kind, position, speed]))"""
    found = run(page, body, [lists(each) for each in networks])
    for network, p, theirs in zip(networks, places, found, strict=True):
        kinds, positions, speeds = zip(*theirs, strict=True)
        assert kinds == ("stable", "unstable", "stable")
        assert positions[1] == pytest.approx(p, abs=1e-12)
        np.testing.assert_allclose(speeds, network.flow(np.array(positions)), rtol=0, atol=1e-12 * gain)
        np.testing.assert_allclose(speeds, 0, rtol=0, atol=1e-12 * gain)


@pytest.mark.parametrize("b", [0.0, 0.3, -0.7, 2.0])
def test_a_slope_that_only_touches_zero_makes_no_ghost(page, b):
    """f′ = −1 + 1/cosh²(m κ + b) is at most zero but for rounding: f crosses zero once and has no extremum."""
    shares = np.random.default_rng(0).dirichlet(np.ones(5), 40)  # of five units, which add up to one but for rounding
    for m in (0.3, 1.0, 3.0, 30.0):
        networks = [[[m] * 5, (share / m).tolist(), [b] * 5] for share in shares]
        found = run(
            page, "return A[0].map((lists) => R.rankOneSlowPoints(network(lists)).map(({ kind }) => kind))", networks
        )
        assert found == [["stable"]] * len(networks)


@pytest.mark.parametrize(
    "m, n, b, kinds",
    [
        ([1.0], [1.0], [0.0], "stable"),  # −κ³/3 + …: f′ touches zero where f does
        ([1.0, 0.0], [1.0, 0.3], [0.0, 30.0], "stable"),  # f′ touches zero at an inflection, which is no ghost
        ([1.0], [1.0], [1e-9], "stable"),
        ([1.0], [1 + 1e-8], [0.0], "stable unstable stable"),  # all within 2e-4 of zero
        ([1e4], [1.0], [0.0], "stable unstable stable"),
        ([1e8], [1.0], [0.0], "stable unstable stable"),
        ([20.0], [0.5], [5.0], "stable unstable stable"),
        ([20.0], [0.5], [15.0], "ghost stable"),
        ([2.0, 0.0], [1.0, FOLD], [0.0, 30.0], "saddle-node stable"),
        ([0.0], [1.0], [0.0], "stable"),
    ],
)
def test_points_of_higher_order_and_steep_units_are_told_rightly(page, m, n, b, kinds):
    assert run(page, "return R.rankOneSlowPoints(network(A[0])).map(({ kind }) => kind)", [m, n, b]) == kinds.split()


def test_a_network_with_weights_of_ordinary_size_times_three_hundred_is_searched(page):
    for seed in range(3):
        kinds = run(
            page,
            "return R.rankOneSlowPoints(network(A[0])).map(({ kind }) => kind)",
            lists(random_network(seed, steepness=300.0)),
        )
        fixed = [kind for kind in kinds if kind != "ghost"]
        assert fixed[::2] == ["stable"] * len(fixed[::2]) and fixed[1::2] == ["unstable"] * len(fixed[1::2])
        assert len(fixed) % 2 == 1


def test_an_epoch_returns_the_loss_before_its_step_and_steps_against_the_gradient(page):
    network = random_network(7, steepness=2.0)
    body = """
        const state = network(A[0]);
        const { loss } = R.rankOneEpoch(state, R.RANK_ONE_TASK, 0.1);
        return { loss, parameters: [state.m, state.n, state.b].map(plain) };"""
    theirs = run(page, body, lists(network))
    loss, gradient = loss_and_gradient(network, PAPER)
    assert theirs["loss"] == pytest.approx(loss, rel=1e-12)
    for name, values in zip("mnb", theirs["parameters"], strict=True):
        np.testing.assert_allclose(values, getattr(network, name) - 0.1 * getattr(gradient, name), rtol=1e-11)


def test_training_in_the_page_reaches_the_loss_of_the_float64_trainer_before_the_jump(page):
    epochs = 4500
    body = """
        const state = R.rankOneUnpack(A[0])[1];
        for (let epoch = 0; epoch < A[1]; epoch++) R.rankOneEpoch(state, R.RANK_ONE_TASK, 0.02);
        return R.rankOneLossAndGradient(state).loss;"""
    theirs = run(page, body, pack([39, 40]), epochs)
    history = train(RankOne.initial([40]), PAPER, 0.02, epochs, record=[epochs], dtype=np.float64)
    assert history.loss[0, 0] < 0.9999
    assert theirs == pytest.approx(history.loss[0, 0], rel=1e-6)


def test_a_learning_rate_without_bounds_ends_in_a_loss_that_is_not_a_number(page):
    body = """
        const state = network(A[0]);
        for (let epoch = 0; epoch < 5; epoch++) R.rankOneEpoch(state, R.RANK_ONE_TASK, 1e308);
        return Number.isFinite(state.last.loss);"""
    assert run(page, body, lists(random_network(1, steepness=5.0))) is False


def test_all_the_paper_s_networks_travel_in_107_kB_without_loss(page):
    text = pack(range(100))
    assert len(text) < 107_000
    theirs = run(page, "return R.rankOneUnpack(A[0]).map((s) => [s.m, s.n, s.b].map(plain))", text)
    ours = RankOne.initial(range(100))
    np.testing.assert_array_equal(np.array(theirs), np.stack([ours.m, ours.n, ours.b], axis=1))


def test_packing_refuses_seeds_that_are_not_a_list():
    with pytest.raises(ValueError, match="seeds must be one-dimensional"):
        pack(40)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("R.rankOneNetwork([], [], [])", "The number of units must be at least 1, but it is 0."),
        ("R.rankOneNetwork([1], [1, 2], [0])", "The length of n must be that of m, 1, but it is 2."),
        ("R.rankOneNetwork([1], [NaN], [0])", "n[0] must be a finite number, but it is NaN."),
        ("R.rankOneForward(one, { ...R.RANK_ONE_TASK, T: 0 })", "The delay T must be a whole number of steps"),
        ("R.rankOneForward(one, { ...R.RANK_ONE_TASK, T: 2.5 })", "The delay T must be a whole number of steps"),
        ("R.rankOneForward(one, { ...R.RANK_ONE_TASK, delta: 0 })", "Δ = Δt/τ must be above 0 and at most 2"),
        ("R.rankOneForward(one, { ...R.RANK_ONE_TASK, c: -1 })", "The confidence c must be a finite number above 0"),
        ("R.rankOneForward(one, { ...R.RANK_ONE_TASK, x0: NaN })", "x(0) must be a finite number"),
        ("R.rankOneForward(one, { ...R.RANK_ONE_TASK, kappaStar: Infinity })", "κ* must be a finite number"),
        (
            "R.rankOneEpoch(one, R.RANK_ONE_TASK, 0)",
            "The learning rate α must be a finite number above 0, but it is 0.",
        ),
        ("R.rankOneEpoch(one, R.RANK_ONE_TASK, NaN)", "The learning rate α must be a finite number above 0"),
        ("R.rankOneFlow(one, NaN)", "κ must be a finite number"),
        ("one.n[0] = Infinity; R.rankOneSlowPoints(one)", "The reach of the network must be a finite number"),
        ("one.m[0] = 1e200; R.rankOneSlowPoints(one)", "The steepness of the network must be a finite number"),
        ("R.rankOneUnpack(btoa('abc'))", "The number of packed bytes must be a multiple of 800, but it is 3."),
        ("R.rankOneUnpack('', 0)", "The number of units must be a whole number, 1 or more, but it is 0."),
    ],
)
def test_impossible_input_is_refused_with_a_sentence(page, body, sentence):
    message = run(
        page,
        f"""const one = R.rankOneNetwork([1], [1], [0]);
        try {{ {body}; }} catch (error) {{ return `${{error.name}}: ${{error.message}}`; }}
        return "accepted";""",
    )
    assert message.startswith("RangeError: " + sentence)
    assert message.endswith(".")
