import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupting import interrupt_elsewhere

from ghostlib.networks import adjoint, oracle
from ghostlib.networks.history import chosen_epochs
from ghostlib.networks.records import LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import Adam, Clipped, train, trainer
from ghostlib.training.kernels.rank_one import RankOneWorkspace, rank_one
from ghostlib.training.kernels.trial import Trial


TASK = DelayedActivation()


def arrays(networks):
    return {name: value for name, value in vars(networks).items()}


def assert_same_bits(history, other):
    for name in ("epoch", "loss", "gradient_norm", "accuracy", "c", "frozen_at", "diverged_at"):
        np.testing.assert_array_equal(getattr(history, name), getattr(other, name), err_msg=name)
    for name, value in arrays(history.networks).items():
        np.testing.assert_array_equal(value, arrays(other.networks)[name], err_msg=name)


def gradient_inside(networks, task):
    """The gradient with which `train` updates: after a step so enormous that nothing is left of where it began."""
    alpha = 2.0**120
    after = train(networks, task, alpha, 1, record=[], dtype=np.float64).networks
    return type(networks)(*(-value / alpha for value in arrays(after).values()))


def relative_difference(gradient, expected):
    difference = type(expected)(
        *(a - b for a, b in zip(arrays(gradient).values(), arrays(expected).values(), strict=True))
    )
    return difference.norm() / expected.norm()


tasks = st.builds(
    DelayedActivation,
    T=st.integers(1, 12),
    dt=st.floats(0.5, 10),
    x0=st.floats(-1, 1),
    kappa_star=st.floats(-1, 1),
)


@settings(deadline=None)
@given(task=tasks, seed=st.integers(0, 999), N=st.integers(1, 40))
def test_rank_one_gradient_is_the_adjoints(task, seed, N):
    networks = RankOne.initial([seed, seed + 1], N=N)
    _, expected = adjoint.loss_and_gradient(networks, task)
    assert (relative_difference(gradient_inside(networks, task), expected) < 1e-12).all()


@settings(deadline=None)
@given(task=tasks, seed=st.integers(0, 999), N=st.integers(1, 40), data=st.data())
def test_low_rank_and_full_rank_loss_and_gradient_are_autograds_at_any_rank(task, seed, N, data):
    low = LowRank.initial([seed, seed + 1], data.draw(st.integers(1, N), label="rank"), N=N)
    for networks in (low, low.full_rank()):
        loss, expected = oracle.loss_and_gradient(networks, task)
        history = train(networks, task, 0.1, 0, dtype=np.float64)
        np.testing.assert_allclose(history.loss[:, 0], loss, rtol=1e-12)
        np.testing.assert_allclose(history.gradient_norm[:, 0], expected.norm(), rtol=1e-10)
        assert (relative_difference(gradient_inside(networks, task), expected) < 1e-10).all()


def test_float64_training_follows_the_adjoint_for_hundreds_of_epochs_through_the_jump():
    networks, alpha, epochs = train(RankOne.initial([40]), TASK, 0.003, 33_500, record=[]).networks, 0.003, 400
    history = train(networks, TASK, alpha, epochs, dtype=np.float64)
    assert history.loss[0, 0] > 0.97 and history.loss[0].min() < 0.5
    networks = networks.astype(np.float64)
    for epoch in range(epochs + 1):
        loss, gradient = adjoint.loss_and_gradient(networks, TASK)
        accuracy = TASK.accuracy(networks.output(TASK))
        np.testing.assert_allclose(history.loss[:, epoch], loss, rtol=1e-6)
        np.testing.assert_allclose(history.gradient_norm[:, epoch], gradient.norm(), rtol=1e-6)
        np.testing.assert_array_equal(history.accuracy[:, epoch], accuracy)
        networks = RankOne(*(value - alpha * arrays(gradient)[name] for name, value in arrays(networks).items()))


def test_float32_tanh_is_right_to_rounding_and_never_leaves_plus_minus_one():
    x = np.concatenate([np.linspace(-12, 12, 200_001), np.logspace(-30, 1, 50_001)]).astype(np.float32)
    network = np.zeros((3, x.size + -x.size % 8), np.float32)
    network[2, : x.size] = x
    theta = np.concatenate([network, np.zeros_like(network[:1])])
    theta[3, 0] = 1
    workspace = RankOneWorkspace.like(theta, 2)
    trial = Trial(np.array([0.0, 1.0]), x.size, 0.5, 0.0, 1.0, False, 0)
    rank_one(theta, trial, workspace)
    phi, exact = workspace.phi[0, : x.size], np.tanh(x.astype(np.float64))
    assert np.abs(phi - exact).max() < 1.9e-7
    small = np.abs(x) > 0
    assert np.abs(phi[small] / exact[small] - 1).max() < 3.2e-7
    assert np.abs(phi).max() <= 1


@pytest.mark.parametrize(
    "networks",
    [RankOne.initial(range(5)), LowRank.initial(range(5), rank=3), LowRank.initial(range(5), 3, N=21).full_rank()],
)
def test_results_do_not_depend_on_the_number_of_threads_or_the_company_to_the_last_bit(networks):
    alone = train(networks, TASK, 0.05, 400, threads=1, snapshots=[3])
    for threads in (2, 3):
        assert_same_bits(train(networks, TASK, 0.05, 400, threads=threads), alone)
    np.testing.assert_array_equal(train(networks[3], TASK, 0.05, 400).loss, alone.loss[3])


def test_results_do_not_depend_on_whether_the_code_was_compiled_just_now(tmp_path):
    """What Numba compiles and what it later takes from its cache must round alike; here, through many jumps.

    The networks are drawn without PyTorch, which takes longer to import than all the rest.
    """
    script = """if True:
        import numpy as np
        from ghostlib.networks.driven import DrivenLowRank
        from ghostlib.networks.records import LowRank, RankOne
        from ghostlib.networks.task import DelayedActivation
        from ghostlib.networks.trials import DelayedCueDiscrimination
        from ghostlib.training import train
        from ghostlib.training.kernels.advance import advance

        rng = np.random.default_rng(0)
        shapes = (3, 100, 5), (3, 5, 100), (3, 100), (3, 100), (3,)
        low = LowRank(*(0.1 * rng.standard_normal(shape) for shape in shapes))
        for networks in (RankOne(*0.1 * rng.standard_normal((3, 3, 100))), low, low.full_rank()):
            history = train(networks, DelayedActivation(), 0.1, 500, dtype="float64")
            print(history.loss.tobytes().hex(), history.gradient_norm.tobytes().hex())
            assert (np.abs(np.diff(history.loss)) > 0.1).sum() > 10
            assert set((40 * history.accuracy).ravel()) <= set(range(41))
        shapes = (3, 30, 2), (3, 2, 30), (3, 30), (3, 2), (3,), (3, 30, 1)
        hearing = DrivenLowRank(*(0.5 * rng.standard_normal(shape) for shape in shapes))
        history = train(hearing, DelayedCueDiscrimination(3, noise=0.1), 0.1, 500)
        print(history.loss.tobytes().hex(), history.gradient_norm.tobytes().hex())
        print(sum(advance.stats.cache_hits.values()))
    """
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    compiled, cached = (
        subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True).stdout.split()
        for _ in range(2)
    )
    assert (compiled.pop(), cached.pop()) == (b"0", b"4")
    assert compiled == cached


def test_results_do_not_depend_on_how_training_is_sliced(monkeypatch):
    networks = RankOne.initial(range(3))
    whole = train(networks, TASK, 0.05, 100, record=7)
    monkeypatch.setattr(trainer, "FIRST_SLICE", 1)
    assert_same_bits(train(networks, TASK, 0.05, 100, record=7), whole)


def test_training_goes_on_from_where_it_stopped():
    networks = RankOne.initial(range(3))
    whole = train(networks, TASK, 0.05, 100)
    half = train(networks, TASK, 0.05, 60)
    rest = train(half.networks, TASK, 0.05, 40)
    np.testing.assert_array_equal(np.concatenate([half.loss, rest.loss[:, 1:]], axis=1), whole.loss)


def test_every_network_has_its_own_learning_rate_and_confidence():
    networks = RankOne.initial(range(3))
    alpha, c = np.array([0.01, 0.02, 0.03]), np.array([1.0, 3.0, 10.0])
    together = train(networks, TASK, alpha, 50, c)
    np.testing.assert_array_equal(together.c[:, 0], c)
    for i in range(3):
        np.testing.assert_array_equal(train(networks[i], TASK, alpha[i], 50, c[i]).loss, together.loss[i])


def test_leading_axes_of_the_ensemble_are_those_of_the_history():
    networks = RankOne.initial(np.arange(6).reshape(2, 3))
    history = train(networks, TASK, [[0.01], [0.02]], 10, record=5, snapshots=[0, 10])
    assert history.loss.shape == (2, 3, 3)
    assert history.networks.shape == history.frozen_at.shape == (2, 3)
    assert history.snapshots.shape == (2, 2, 3)
    assert train(networks[0, 0], TASK, 0.01, 10).loss.shape == (11,)
    assert train(networks[:, :0], TASK, 0.01, 10).loss.shape == (2, 0, 11)


def test_epoch_zero_is_before_any_update_and_the_last_is_that_of_the_networks_returned():
    networks = RankOne.initial([1, 2])
    history = train(networks, TASK, 0.05, 30, dtype=np.float64)
    for epoch, at in ((0, networks), (30, history.networks)):
        np.testing.assert_allclose(history.loss[:, epoch], adjoint.loss_and_gradient(at, TASK)[0], rtol=1e-13)


@pytest.mark.parametrize("networks", [RankOne.initial([1, 2], N=9), LowRank.initial([1, 2], rank=2, N=9)])
def test_snapshots_are_the_networks_of_a_training_that_ends_there(networks):
    history = train(networks, TASK, 0.05, 30, snapshots=[30, 4, 0, 4])
    for place, epoch in enumerate((30, 4, 0, 4)):
        ending = train(networks, TASK, 0.05, epoch).networks
        for name, value in arrays(history.snapshots[place]).items():
            np.testing.assert_array_equal(value, arrays(ending)[name])
    assert train(networks, TASK, 0.05, 3).snapshots is None


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("all", [0, 1, 2, 3, 4, 5, 6, 7]),
        (1, [0, 1, 2, 3, 4, 5, 6, 7]),
        (3, [0, 3, 6]),
        (100, [0]),
        ([7, 0, 7, 2], [7, 0, 7, 2]),
        ([], []),
        (np.array([5]), [5]),
    ],
)
def test_record_names_epochs_by_all_by_every_kth_or_by_a_list(chosen, expected):
    assert chosen_epochs("record", chosen, 7).tolist() == expected


def test_recording_fewer_epochs_changes_no_value():
    networks = RankOne.initial([1, 2])
    every, some = train(networks, TASK, 0.05, 50), train(networks, TASK, 0.05, 50, record=[0, 13, 50])
    np.testing.assert_array_equal(some.epoch, [0, 13, 50])
    np.testing.assert_array_equal(some.gradient_norm, every.gradient_norm[:, [0, 13, 50]])


def test_what_is_recorded_is_in_the_order_in_which_it_was_asked_for():
    listed = [20, 3, 20, 0]
    every = train(RankOne.initial([[1, 2]]), TASK, 0.05, 20, 2.0, learn_c=True)
    some = train(RankOne.initial([[1, 2]]), TASK, 0.05, 20, 2.0, learn_c=True, record=listed)
    np.testing.assert_array_equal(some.epoch, listed)
    for name in ("loss", "gradient_norm", "accuracy", "c"):
        np.testing.assert_array_equal(getattr(some, name), getattr(every, name)[..., listed])


def test_snapshots_of_one_network_are_reached_by_an_ellipsis():
    history = train(RankOne.initial([1, 2]), TASK, 0.05, 10, snapshots=[0, 10])
    second = history.snapshots[..., 1]
    assert (second.shape, second.N) == ((2,), 100)
    np.testing.assert_array_equal(second.m[1], history.networks.m[1])


class TestTrainedConfidence:
    """At c = 0.05 the output is near ½ throughout, and wrong more often than right: c falls through zero."""

    NETWORK, TASK = RankOne(*(np.array([value] * 4) for value in (0.0, 1.0, 1.0))), DelayedActivation(T=3, x0=3.0)

    def falling(self, epochs, c=0.05):
        return train(self.NETWORK, self.TASK, 0.05, epochs, c, learn_c=True, dtype=np.float64)

    def test_may_cross_zero_and_then_be_trained_on(self):
        whole, half = self.falling(40), self.falling(25)
        assert half.c[0] > 0 > half.c[-1]
        rest = train(half.networks, self.TASK, 0.05, 15, half.c[-1], learn_c=True, dtype=np.float64)
        np.testing.assert_array_equal(rest.c, whole.c[25:])
        np.testing.assert_array_equal(rest.loss, whole.loss[25:])

    def test_may_be_trained_on_beside_a_network_that_diverged(self):
        networks = RankOne(*np.stack([list(vars(self.NETWORK).values()), np.full((3, 4), np.nan)], axis=1))
        first = train(networks, self.TASK, 0.05, 5, learn_c=True)
        assert np.isnan(first.c[1]).all()
        then = train(first.networks, self.TASK, 0.05, 5, first.c[:, -1], learn_c=True)
        np.testing.assert_array_equal(then.diverged_at, [-1, 0])

    def test_is_positive_where_it_is_fixed(self):
        with pytest.raises(ValueError, match="c must be > 0, got -0.1"):
            train(self.NETWORK, self.TASK, 0.05, 1, -0.1)
        with pytest.raises(ValueError, match="c must be finite"):
            self.falling(1, c=-np.inf)


def test_a_frozen_network_is_finished_at_once_and_exactly():
    """At κ ≈ −6, far below κ* = 1, the output's slope is about e^(−70): no parameter is small enough to feel it."""
    silent = RankOne(*(np.full((1, 10), value) for value in (0.001, 1.0, -0.7)))
    history = train(silent, TASK, 0.02, 10**12, record=[0, 5, 10**12], snapshots=[0, 10**12])
    assert history.frozen_at[0] == 0 and history.diverged_at[0] == -1
    assert (history.loss == history.loss[0, 0]).all() and (history.gradient_norm > 0).all()
    np.testing.assert_array_equal(history.networks.m, silent.m.astype(np.float32))
    np.testing.assert_array_equal(history.snapshots.n[1], history.snapshots.n[0])


def test_networks_that_freeze_on_the_way_are_at_rest_when_they_are_said_to_be():
    history = train(RankOne.initial(range(10)), TASK, 0.1, 3000, dtype=np.float32)
    frozen = np.flatnonzero(history.frozen_at > 0)
    assert frozen.size
    for i in frozen:
        at = history.frozen_at[i]
        assert (history.loss[i, at:] == history.loss[i, -1]).all()
        before = train(RankOne.initial(i), TASK, 0.1, at - 1, record=[])
        assert before.frozen_at == -1
        assert any(
            (value != arrays(history.networks[i])[name]).any() for name, value in arrays(before.networks).items()
        )
        np.testing.assert_array_equal(train(history.networks[i], TASK, 0.1, 5).frozen_at, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [RankOne, LowRank])
def test_an_overflow_ends_with_a_history_that_says_when_and_spares_the_others(kind, dtype):
    """At rest at the threshold, and read out by a factor of 10⁴ or more, the first gradient is larger than one."""
    task = DelayedActivation(x0=0, kappa_star=0)
    if kind is RankOne:
        networks, c = RankOne.initial([1, 2]), [1e4, 10.0]
    else:
        networks, c = LowRank.initial([1, 2], rank=3), None
        networks.w_out[0] *= 1e6
    alpha = [float(np.finfo(dtype).max), 0.01]
    history = train(networks, task, alpha, 50, c, dtype=dtype, snapshots="all")
    first = history.diverged_at[0]
    assert first > 0 and history.frozen_at[0] == -1
    for row in (history.loss, history.gradient_norm, history.accuracy):
        assert np.isfinite(row[0, :first]).all() and np.isnan(row[0, first:]).all()
    np.testing.assert_array_equal(history.networks.is_finite(), [False, True])
    np.testing.assert_array_equal(history.snapshots.is_finite()[:, 0], np.arange(51) < first)
    assert history.snapshots.is_finite()[:, 1].all()
    alone = train(networks[1], task, 0.01, 50, dtype=dtype)
    np.testing.assert_array_equal(alone.loss, history.loss[1])
    assert history.diverged_at[1] == -1


@pytest.mark.parametrize("kind", [RankOne, LowRank])
def test_what_is_not_a_number_is_not_taken_for_zero(kind):
    """Latent variables that are ∞ − ∞ from the first step on."""
    enormous = np.tile([3e38, 3e38, -3e38, -3e38], 2)
    one = np.ones(8)
    if kind is RankOne:
        network = RankOne(one, enormous, 0 * one)
    else:
        network = LowRank(np.stack([one, one], axis=-1), np.stack([enormous, one]), 0 * one, one, np.array(0.0))
    assert train(network, TASK, 0.01, 5).diverged_at == 0


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
@pytest.mark.parametrize("rule", [Clipped(1.0), Adam()])
@pytest.mark.parametrize("networks", [RankOne.initial([40] * 20), LowRank.initial([4] * 20, 3, N=9).full_rank()])
def test_training_can_be_interrupted(networks, rule):
    train(networks, TASK, 0.02, 0, rule=rule)
    interrupt_elsewhere()
    with pytest.raises(KeyboardInterrupt):
        train(networks, TASK, 1e-9, 10**12, rule=rule, record=[0])


def test_without_numba_training_is_slow_and_the_same(capsys):
    """As under a debugger or coverage; the last network overflows on the way."""
    script = """if True:
        import numpy as np
        from ghostlib.networks.records import LowRank, RankOne
        from ghostlib.networks.task import DelayedActivation
        from ghostlib.training import Adam, Clipped, train

        rng = np.random.default_rng(1)
        shapes = (2, 5, 2), (2, 2, 5), (2, 5), (2, 5), (2,)
        low = LowRank(*(0.4 * rng.standard_normal(shape) for shape in shapes))
        for networks in (RankOne(*0.4 * rng.standard_normal((3, 2, 5))), low, low.full_rank()):
            for rule in (Clipped(0.05), Adam()):
                for dtype in ("float32", "float64"):
                    history = train(networks, DelayedActivation(T=3), [0.1, 1e30], 4, rule=rule, dtype=dtype)
                    print(*history.loss[0], *history.diverged_at, *history.accuracy[0])
                    rule = Clipped(1e9)
    """
    exec(script, {})
    compiled, environment = capsys.readouterr().out.split(), {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    arguments = [sys.executable, "-W", "error", "-c", script]
    plain = subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout.split()
    assert len(plain) == 12 * 12
    np.testing.assert_allclose(np.array(compiled, float), np.array(plain, float), rtol=1e-5)


def test_progress_is_shown_only_when_asked_for(capsys):
    train(RankOne.initial([1]), TASK, 0.02, 50)
    assert capsys.readouterr() == ("", "")
    train(RankOne.initial([1, 2]), TASK, 0.02, 50, progress=True)
    assert "100/100" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"networks": np.zeros((3, 4))}, "networks must be one of RankOne, .*, DrivenFullRank, got ndarray"),
        ({"task": None}, "task must be DelayedActivation, got NoneType"),
        ({"task": 20}, "task must be DelayedActivation, got int"),
        ({"networks": LowRank.initial(0, rank=1), "c": 1.0}, "c is for RankOne"),
        ({"networks": LowRank.initial(0, rank=1), "learn_c": True}, "learn_c is for RankOne"),
        ({"alpha": 0}, "alpha must be > 0"),
        ({"alpha": [0.1, -1]}, "alpha must be > 0, got -1"),
        ({"alpha": np.nan}, "alpha must be a number"),
        ({"alpha": 1e-60}, r"alpha \(in float32\) must be > 0"),
        ({"alpha": 1e60}, r"alpha \(in float32\) must be finite"),
        ({"alpha": [0.1, 0.2, 0.3]}, "alpha must be one number or one per network"),
        ({"alpha": "0.1"}, "alpha must be real numbers"),
        ({"alpha": [[0.1], [0.2, 0.3]]}, "alpha must be real numbers"),
        ({"c": -1}, "c must be > 0"),
        ({"c": 1e60}, r"c \(in float32\) must be finite"),
        ({"c": 1e-60}, r"c \(in float32\) must be > 0"),
        ({"c": [[1.0], [2.0]]}, "c must be one number or one per network"),
        ({"epochs": -1}, "epochs must be ≥ 0"),
        ({"epochs": 2.5}, "epochs must be an integer"),
        ({"record": "none"}, 'record must be "all"'),
        ({"record": 0}, "record must be ≥ 1"),
        ({"record": [0, 6]}, "record must lie between 0 and epochs = 5, got 6"),
        ({"record": [-1]}, "record must lie between"),
        ({"record": [0.5]}, "record must be a list of integers"),
        ({"record": [[0, 1]]}, "record must be a list of integers"),
        ({"record": [True, False]}, "record must be a list of integers"),
        ({"record": 2.5}, "record must be an integer"),
        ({"snapshots": [6]}, "snapshots must lie between"),
        ({"snapshots": None}, "snapshots must be an integer"),
        ({"dtype": np.float16}, "dtype must be float32 or float64"),
        ({"dtype": "single precision"}, "dtype must be float32 or float64"),
        ({"dtype": None}, "dtype must be float32 or float64"),
        ({"threads": 0}, "threads must be ≥ 1"),
    ],
)
def test_impossible_input_is_refused(changes, message):
    arguments = {"networks": RankOne.initial([0, 1]), "task": TASK, "alpha": 0.1, "epochs": 5} | changes
    with pytest.raises(ValueError, match=message):
        train(**arguments)
