import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ghostlib.networks.records import FullRank, LowRank, RankOne, confidence, per_network
from ghostlib.networks.task import DelayedActivation


TASK = DelayedActivation()


def rank_one(seed, shape=(2,), N=7, scale=1.0):
    rng = np.random.default_rng(seed)
    return RankOne(*(scale * rng.normal(size=(*shape, N)) / np.sqrt(N) for _ in range(3)))


def low_rank(seed, rank, shape=(2,), N=7):
    rng = np.random.default_rng(seed)
    shapes = (*shape, N, rank), (*shape, rank, N), (*shape, N), (*shape, N), shape
    return LowRank(*(rng.normal(size=each) / np.sqrt(N) for each in shapes))


@st.composite
def tasks(draw):
    number = st.floats(-2, 2)
    return DelayedActivation(
        T=draw(st.integers(1, 12)), dt=draw(st.floats(0.5, 15)), x0=draw(number), kappa_star=draw(number)
    )


def test_initial_networks_are_what_the_authors_draw_after_seeding_pytorch():
    networks = RankOne.initial([0, 40])
    torch.manual_seed(40)
    m, n = torch.randn(100) / np.sqrt(100), torch.randn(100) / np.sqrt(100)
    np.testing.assert_array_equal(networks.m[1], m.numpy())
    np.testing.assert_array_equal(networks.n[1], n.numpy())
    assert not networks.b.any()


def test_initial_networks_leave_pytorchs_own_generator_alone():
    torch.manual_seed(1)
    expected = torch.randn(3)
    torch.manual_seed(1)
    RankOne.initial([5, 6])
    LowRank.initial(5, rank=2)
    assert torch.equal(torch.randn(3), expected)


def test_initial_networks_do_not_depend_on_pytorchs_defaults():
    expected = RankOne.initial([5], N=4).m
    for device in ("meta", "cpu"):
        with torch.device(device):
            np.testing.assert_array_equal(RankOne.initial([5], N=4).m, expected)
    torch.set_default_dtype(torch.float64)
    try:
        np.testing.assert_array_equal(RankOne.initial([5], N=4).m, expected)
    finally:
        torch.set_default_dtype(torch.float32)


def test_seeds_are_those_that_pytorch_takes():
    largest = RankOne.initial([1, 2**64 - 1], N=4)
    torch.manual_seed(2**64 - 1)
    np.testing.assert_array_equal(largest.m[1], (torch.randn(4) / np.sqrt(4)).numpy())
    with pytest.raises(ValueError, match=r"seeds must be < 2\*\*64, got 18446744073709551616"):
        RankOne.initial([1, 2**64])


def test_without_pytorch_initial_networks_say_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for draw in (lambda: RankOne.initial(0), lambda: LowRank.initial(0, rank=1)):
        with pytest.raises(ImportError, match=r"pip install ghostlib\[torch\]"):
            draw()


def test_one_seed_gives_one_network_and_a_list_an_ensemble():
    assert RankOne.initial(3).shape == ()
    assert RankOne.initial([3]).shape == (1,)
    assert RankOne.initial(np.arange(6).reshape(2, 3), N=10).m.shape == (2, 3, 10)
    np.testing.assert_array_equal(RankOne.initial(3).m, RankOne.initial([1, 3]).m[1])


def test_low_rank_networks_compute_what_the_authors_do_multiplying_from_the_right():
    rank, N = 3, 100
    torch.manual_seed(7)
    m, n = torch.randn(N, rank) / np.sqrt(N), torch.randn(rank, N) / np.sqrt(N)
    w_out, b_out = torch.randn(N) / np.sqrt(N), torch.randn(1) / np.sqrt(N)
    x, outputs = torch.full((N,), -0.3), []
    for _ in range(40):
        x = 0.5 * x + 0.5 * torch.tanh(x @ m @ n + torch.zeros(N))
        outputs.append(torch.sigmoid(x @ w_out + b_out).item())
    np.testing.assert_allclose(LowRank.initial(7, rank).output(TASK), outputs, rtol=1e-6)


@settings(deadline=None)
@given(seed=st.integers(0, 99), N=st.integers(1, 30), task=tasks())
def test_n_dimensional_simulation_and_scalar_recursion_are_the_same(seed, N, task):
    networks = rank_one(seed, N=N, scale=2)
    projected = np.vecdot(networks.simulate(task), networks.n[:, None])
    np.testing.assert_allclose(networks.latent(task), projected, rtol=1e-11, atol=1e-11)


@settings(deadline=None)
@given(seed=st.integers(0, 99), task=tasks())
def test_simulation_obeys_eq_17_with_W_written_out(seed, task):
    networks = rank_one(seed)
    x = networks.simulate(task)
    assert (x[:, 0] == task.x0).all()
    for i, (m, n, b) in enumerate(zip(networks.m, networks.n, networks.b, strict=True)):
        before, after = x[i, :-1], x[i, 1:]
        expected = (1 - task.delta) * before + task.delta * np.tanh(before @ np.outer(m, n).T + b)
        np.testing.assert_allclose(after, expected, rtol=1e-12, atol=1e-14)


def test_output_is_the_sigmoid_of_the_latent_variable_after_each_update():
    networks = rank_one(3)
    kappa = networks.latent(TASK)[:, 1:]
    np.testing.assert_allclose(networks.output(TASK, c=4), 1 / (1 + np.exp(-4 * (kappa - 1))), rtol=1e-13)
    np.testing.assert_array_equal(networks.output(TASK, c=[4, 7])[1], networks.output(TASK, c=7)[1])


def test_slope_and_curvature_are_the_derivatives_of_the_flow():
    networks, kappa, h = rank_one(1, scale=3), np.linspace(-4, 4, 33), 1e-5
    slope = (networks.flow(kappa + h) - networks.flow(kappa - h)) / (2 * h)
    np.testing.assert_allclose(networks.slope(kappa), slope, atol=1e-8)
    curvature = (networks.slope(kappa + h) - networks.slope(kappa - h)) / (2 * h)
    np.testing.assert_allclose(networks.curvature(kappa), curvature, atol=1e-8)


def test_flow_is_minus_kappa_up_to_a_constant_far_out_as_eq_16_says():
    networks = RankOne.initial(range(5))
    far = np.array([-1e6, 1e6])
    assert (np.abs(networks.flow(far) + far) <= np.abs(networks.n).sum(-1)[:, None]).all()


def test_flow_broadcasts_points_over_networks():
    networks = rank_one(0, shape=(4,))
    points = np.linspace(-1, 1, 5)
    assert networks.flow(0.2).shape == (4,)
    assert networks.flow(points).shape == (4, 5)
    assert networks[2].flow(0.2).shape == ()
    np.testing.assert_array_equal(networks[2].flow(points), networks.flow(points)[2])
    own = np.arange(4.0)[:, None]
    np.testing.assert_array_equal(networks.flow(own)[3, 0], networks[3].flow(3.0))


def test_flow_at_kappa0_drives_the_first_step():
    networks = rank_one(5)
    start = networks.kappa0(TASK)
    first = start + TASK.delta * networks.flow(start[:, None])[:, 0]
    np.testing.assert_allclose(networks.latent(TASK)[:, :2], np.stack([start, first], 1), rtol=1e-14)


def test_networks_are_picked_by_index_slice_and_mask():
    networks = low_rank(0, rank=2, shape=(5,))
    assert len(networks) == 5 and networks[1:3].shape == (2,)
    mask = np.array([True, False, False, True, False])
    np.testing.assert_array_equal(networks[mask].n, networks.n[[0, 3]])
    assert networks[4].b_out == networks.b_out[4]
    assert [network.rank for network in networks] == [2] * 5
    np.testing.assert_array_equal(networks.reshape(5, 1).m[3, 0], networks.m[3])


@pytest.mark.parametrize("networks", [rank_one(0, shape=(4, 5)), low_rank(0, rank=2, shape=(4, 5))])
@pytest.mark.parametrize(
    "key",
    [
        (Ellipsis, 0),
        (Ellipsis, slice(1, 3)),
        (0, Ellipsis),
        (Ellipsis, None, 2),
        Ellipsis,
        (slice(None, None, -1), 1),
        ([0, 3], [1, 1]),
        ([0, 3], slice(None), None),
        np.arange(20).reshape(4, 5) % 3 == 0,
        (Ellipsis, np.array([True, False, False, True, True])),
        np.zeros(4, bool),
    ],
)
def test_an_index_picks_networks_and_never_units(networks, key):
    """As it would pick the networks' numbers from an array of the leading axes' shape."""
    number = np.arange(20).reshape(4, 5)[key]
    picked = networks[key]
    assert picked.shape == number.shape and picked.N == networks.N
    flat = networks.reshape(20)
    for place in np.ndindex(number.shape):
        one, other = picked[place], flat[int(number[place])]
        for name, value in vars(one).items():
            np.testing.assert_array_equal(value, vars(other)[name])


@pytest.mark.parametrize("key", [(slice(None), slice(50)), (0, 0), (Ellipsis, 0, 0), np.zeros((2, 7), bool), "m", 2])
def test_an_index_that_reaches_beyond_the_networks_is_refused(key):
    with pytest.raises(IndexError, match=r"only the leading axes \(2,\) of the networks can be indexed"):
        rank_one(0)[key]


def test_one_network_has_no_length_and_no_members():
    one = rank_one(0, shape=())
    assert one[()].shape == one[...].shape == ()
    for many in (len, list):
        with pytest.raises(TypeError):
            many(one)


def test_tensors_and_parameters_of_pytorch_are_taken_as_they_are():
    m, n, b = (torch.nn.Parameter(torch.randn(2, 5, dtype=torch.float32)) for _ in range(3))
    networks = RankOne(m, n, b)
    assert networks.m.dtype == np.float32
    np.testing.assert_array_equal(networks.n, n.detach().numpy())


def test_rows_and_columns_of_one_network_are_its_vectors():
    plain = rank_one(0, shape=(), N=4)
    for m, n in (((4, 1), (1, 4)), ((4, 1), (4, 1)), ((1, 4), (4,))):
        same = RankOne(plain.m.reshape(m), plain.n.reshape(n), plain.b)
        assert same.shape == ()
        np.testing.assert_array_equal(same.m, plain.m)
        np.testing.assert_array_equal(same.n, plain.n)
    linear, inner = torch.nn.Linear(4, 1), low_rank(0, rank=2, shape=(), N=4)
    network = LowRank(inner.m, inner.n, inner.b, linear.weight, linear.bias)
    assert network.w_out.shape == (4,) and network.b_out.shape == ()


def test_columns_that_may_be_many_networks_are_many_networks():
    assert RankOne(*np.zeros((3, 4, 1))).shape == (4,)
    with pytest.raises(ValueError, match=r"m must have shape \(1, 4\)"):
        RankOne(np.zeros((4, 1)), np.zeros((1, 4)), np.zeros((1, 4)))


def test_norm_is_that_of_all_parameters_of_a_network_together():
    networks = low_rank(0, rank=2, shape=(3,))
    flat = [np.concatenate([np.ravel(a[1]) for a in (networks.m, networks.n, networks.b, networks.w_out)])]
    expected = np.linalg.norm(np.append(flat[0], networks.b_out[1]))
    np.testing.assert_allclose(networks.norm()[1], expected, rtol=1e-14)


def test_a_network_with_one_nan_is_not_finite():
    networks = rank_one(0, shape=(3,))
    networks.n[1, 4] = np.nan
    np.testing.assert_array_equal(networks.is_finite(), [True, False, True])


def test_rank_one_is_a_low_rank_network_that_reads_its_latent_variable():
    networks, c = rank_one(2, shape=(3,), scale=2), 10.0
    same = LowRank(
        networks.m[..., None], networks.n[..., None, :], networks.b, c * networks.n, np.full(3, -c * TASK.kappa_star)
    )
    np.testing.assert_allclose(same.output(TASK), networks.output(TASK, c), rtol=1e-12)
    kappa = np.linspace(-2, 2, 5)
    np.testing.assert_allclose(same.flow(kappa[:, None])[..., 0], networks.flow(kappa), rtol=1e-12)
    np.testing.assert_allclose(same.jacobian(kappa[:, None])[..., 0, 0], networks.slope(kappa), rtol=1e-12)


def test_low_rank_networks_are_full_rank_networks_with_W_equal_to_M_times_N():
    networks = low_rank(4, rank=3)
    np.testing.assert_allclose(networks.output(TASK), networks.full_rank().output(TASK), rtol=1e-12)


def test_jacobian_is_the_derivative_of_the_low_rank_flow():
    networks, kappa, h = low_rank(6, rank=3), np.array([0.3, -0.2, 1.0]), 1e-6
    steps = h * np.eye(3)
    columns = [(networks.flow(kappa + step) - networks.flow(kappa - step)) / (2 * h) for step in steps]
    np.testing.assert_allclose(networks.jacobian(kappa), np.stack(columns, -1), atol=1e-9)


def test_flow_of_low_rank_networks_is_that_of_their_latent_variables():
    networks = low_rank(8, rank=3)
    kappa = np.matvec(networks.n[:, None], networks.simulate(TASK))
    step = (kappa[:, 1:] - kappa[:, :-1]) / TASK.delta
    np.testing.assert_allclose(networks.flow(kappa[:, :-1]), step, atol=1e-13)


@pytest.mark.parametrize(
    "build",
    [
        lambda: RankOne(np.zeros(3), np.zeros(4), np.zeros(3)),
        lambda: RankOne(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros(3)),
        lambda: RankOne(0.0, 0.0, 0.0),
        lambda: RankOne(np.zeros(0), np.zeros(0), np.zeros(0)),
        lambda: RankOne(["a"], ["b"], ["c"]),
        lambda: LowRank(np.zeros((3, 2)), np.zeros((3, 2)), np.zeros(3), np.zeros(3), 0.0),
        lambda: LowRank(np.zeros((3, 0)), np.zeros((0, 3)), np.zeros(3), np.zeros(3), 0.0),
        lambda: LowRank(np.zeros((3, 2)), np.zeros((2, 3)), np.zeros(3), np.zeros(3), [0.0, 0.0]),
        lambda: LowRank(np.zeros((2, 3)), np.zeros((3, 2)), np.zeros(3), np.zeros(3), 0.0),
        lambda: FullRank(np.zeros((3, 2)), np.zeros(3), np.zeros(3), 0.0),
        lambda: RankOne.initial(-1),
        lambda: RankOne.initial(0.5),
        lambda: RankOne.initial(0, N=0),
        lambda: LowRank.initial(0, rank=0),
        lambda: LowRank.initial(0, rank=11, N=10),
        lambda: rank_one(0).flow(np.nan),
        lambda: rank_one(0).flow(np.zeros((3, 5))),
        lambda: low_rank(0, rank=2).flow(0.0),
        lambda: low_rank(0, rank=2).flow(np.zeros(3)),
        lambda: rank_one(0).output(TASK, c=0),
        lambda: rank_one(0).output(TASK, c=[1, 2, 3]),
        lambda: per_network("alpha", -1, rank_one(0)),
        lambda: per_network("alpha", [1, np.nan], rank_one(0)),
        lambda: per_network("alpha", [[1, 2], [3]], rank_one(0)),
        lambda: per_network("alpha", 1e-60, rank_one(0), dtype=np.float32),
        lambda: confidence(low_rank(0, rank=2), 1.0),
    ],
)
def test_what_does_not_fit_is_refused(build):
    with pytest.raises(ValueError, match=r"must|c is for"):
        build()
