"""The compiled core trains as Python and JavaScript do, gives the same bits twice, and is what its source says."""

import importlib.util

import numpy as np
import pytest
import wasm
from browser import import_modules

from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train
from ghostlib.widgets._bundle import COMPILED, bundle, compiled
from ghostlib.widgets._networks import pack


PAPER = DelayedActivation()
OTHER = DelayedActivation(T=7, dt=3.0, tau=4.0, x0=0.4, kappa_star=-0.5)
SETUP = """
    const [R, C] = window.modules;
    const compiled = C.rankOneCompiled(window.COMPILED);
    const COURSE = ["loss", "gradientNorm", "accuracy"];
    const recordOf = (length) => Object.fromEntries(COURSE.map((name) => [name, new Float64Array(length)]));
    const lists = (all) => Object.fromEntries(Object.entries(all).map(([name, some]) => [name, Array.from(some)]));
    // What so many epochs of a core record, and the network after them.
    const run = (epochsOf, [m, n, b], { alpha, epochs, task = R.RANK_ONE_TASK, c = task.c }) => {
        const [state, record] = [R.rankOneNetwork(m, n, b), recordOf(epochs)];
        epochsOf(state, task, { alpha, c, epochs, record });
        const after = lists({ m: state.m, n: state.n, b: state.b });
        return { ...lists(record), ...after, gradient: lists(state.gradient), last: state.last };
    };
"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    import_modules(page, bundle("rankone"), bundle("compiled"))
    page.evaluate("(text) => (window.COMPILED = text)", compiled())
    yield page
    page.close()


def run(page, body, *arguments):
    return page.evaluate(f"(A) => {{ {SETUP} {body} }}", list(arguments))


def lists(network):
    return [network.m.tolist(), network.n.tolist(), network.b.tolist()]


def random_network(seed, N=100, steepness=1.0):
    rng = np.random.default_rng(seed)
    m, n, b = rng.standard_normal((3, N))
    return RankOne(steepness * m / np.sqrt(N), steepness * n / np.sqrt(N), 0.3 * b)


@pytest.mark.parametrize(
    "network, task, c",
    [
        (RankOne.initial(0), PAPER, 10.0),
        (RankOne.initial(40), PAPER, 10.0),
        (RankOne.initial(40), PAPER, 200.0),  # an output below 1e-80
        (RankOne.initial(40), PAPER, 3000.0),  # and one of nothing
        (random_network(1, steepness=2.0), PAPER, 10.0),
        (random_network(2, steepness=40.0), PAPER, 10.0),
        (random_network(3, N=1), OTHER, 0.1),
        (random_network(4, N=7), OTHER, 3.0),
        (random_network(5, N=250), OTHER, 1.0),
    ],
)
def test_loss_gradient_and_step_are_python_s_to_1e_9(page, network, task, c):
    settings = {"T": task.T, "delta": task.delta, "x0": task.x0, "kappaStar": task.kappa_star}
    body = "return run(compiled, A[0], { alpha: 0.1, epochs: 1, task: A[1], c: A[2] })"
    theirs = run(page, body, lists(network), settings, c)
    loss, gradient = loss_and_gradient(network, task, c)
    assert theirs["loss"] == pytest.approx([loss], rel=1e-12)
    assert theirs["gradientNorm"] == pytest.approx([gradient.norm()], rel=1e-9)
    assert theirs["accuracy"] == [task.accuracy(network.output(task, c))]
    assert [theirs["last"][name] for name in ("loss", "gradientNorm", "accuracy")] == [
        theirs[name][0] for name in ("loss", "gradientNorm", "accuracy")
    ]
    for name in "mnb":
        ours = getattr(gradient, name)
        np.testing.assert_allclose(theirs["gradient"][name], ours, rtol=1e-9, atol=1e-12 * np.abs(ours).max())
        np.testing.assert_allclose(theirs[name], getattr(network, name) - 0.1 * ours, rtol=1e-9, atol=1e-12)


def test_a_training_is_that_of_javascript_and_of_float64_in_python_before_the_jump(page):
    epochs = 4500  # more than one call of the core has room for
    body = """
        const network = R.rankOneUnpack(A[0])[0], seed = [network.m, network.n, network.b];
        return [compiled, R.rankOneEpochs].map((core) => run(core, seed, { alpha: 0.02, epochs: A[1] }))"""
    ours, plain = run(page, body, pack([40]), epochs)
    for name in ("loss", "gradientNorm", "accuracy", "m", "n", "b"):
        np.testing.assert_allclose(ours[name], plain[name], rtol=1e-6, atol=1e-12)
    history = train(RankOne.initial([40]), PAPER, 0.02, epochs, record=[epochs - 1], dtype=np.float64)
    assert history.loss[0, 0] < 0.9999
    assert ours["loss"][-1] == pytest.approx(history.loss[0, 0], rel=1e-6)


def test_the_same_epochs_give_the_same_bits_at_once_or_in_pieces(page):
    body = """
        const atOnce = run(compiled, A[0], { alpha: 0.01, epochs: 300 });
        const [state, record] = [R.rankOneNetwork(...A[0]), recordOf(300)];
        for (const [first, epochs] of [[0, 1], [1, 199], [200, 0], [200, 100]])
            compiled(state, R.RANK_ONE_TASK, { alpha: 0.01, epochs, record, first });
        return [atOnce.loss, atOnce.m, Array.from(record.loss), Array.from(state.m)]"""
    loss, m, same_loss, same_m = run(page, body, lists(random_network(6, steepness=3.0)))
    assert (loss, m) == (same_loss, same_m)
    assert len(set(loss)) > 100


def test_a_learning_rate_without_bounds_ends_in_a_loss_that_is_not_a_number(page):
    body = """
        const { loss, accuracy } = run(compiled, A[0], { alpha: 1e308, epochs: 5 });
        return [Number.isNaN(loss.at(-1)), Number.isNaN(accuracy.at(-1))]"""
    assert run(page, body, lists(random_network(1, steepness=5.0))) == [True, True]


@pytest.mark.parametrize(
    "settings",
    ["{ alpha: 0, epochs: 1 }", "{ alpha: 1, epochs: 1, c: -1 }"]
    + ["{ alpha: 1, epochs: 1, task: { ...R.RANK_ONE_TASK, T: 0.5 } }"],
)
def test_impossible_input_is_refused_as_in_javascript(page, settings):
    body = f"""
        const refusal = (core) => {{
            try {{ run(core, [[1], [1], [0]], {settings}); return "accepted" }} catch (error) {{ return error.message }}
        }};
        return [compiled, R.rankOneEpochs].map(refusal)"""
    ours, plain = run(page, body)
    assert ours == plain
    assert ours.endswith(".")


def test_what_is_too_large_for_it_is_trained_in_javascript(page):
    body = """
        const task = { ...R.RANK_ONE_TASK, T: A[1] };
        return [compiled, R.rankOneEpochs].map((core) => run(core, A[0], { alpha: 0.1, epochs: 2, task }).loss)"""
    for N, T in ((3000, 3), (4, 1000)):
        ours, plain = run(page, body, lists(random_network(7, N=N)), T)
        assert ours == plain


@pytest.mark.parametrize("missing", ["WebAssembly", "WebAssembly.Module", "WebAssembly.Instance"])
def test_where_there_is_no_webassembly_javascript_serves(page, missing):
    body = f"""
        const kept = {missing};
        {missing} = undefined;
        const core = C.rankOneCompiled(window.COMPILED);
        {missing} = kept;
        return [core.name, compiled.name]"""
    served, compiled_name = run(page, body)
    assert served == "rankOneEpochs" != compiled_name


@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="needs the compiler: pip install -e '.[wasm]'")
def test_the_binary_is_what_the_source_compiles_to(tmp_path):
    wasm.build(tmp_path / "again.wasm")
    assert (tmp_path / "again.wasm").read_bytes() == COMPILED.read_bytes()
