"""Networks from elsewhere: every way in gives the same record, and what does not fit is named with its shape."""

import numpy as np
import pytest
import torch

from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.reader import read_network
from ghostlib.networks.records import FullRank, LowRank, RankOne


RNG = np.random.default_rng(0)
M, N, B = RNG.standard_normal((12, 2)), RNG.standard_normal((2, 12)), RNG.standard_normal(12)


@pytest.mark.parametrize("shape", [(12,), (12, 1), (1, 12)])
def test_vectors_columns_and_rows_are_one_rank_one_network(shape):
    network = read_network(m=M[:, 0].reshape(shape), n=N[0].reshape(shape), b=B)
    assert isinstance(network, RankOne) and network.shape == ()
    assert np.array_equal(network.m, M[:, 0]) and np.array_equal(network.n, N[0]) and np.array_equal(network.b, B)


def test_files_dictionaries_and_parameters_of_a_module_are_the_same_network(tmp_path):
    expected = LowRank(M, N, B, np.ones(12), 0.5)
    arrays = {"m": M, "n": N.T, "b": B, "wo": np.ones((12, 1)), "b_out": [0.5]}
    np.savez(tmp_path / "own.npz", **arrays)
    module = torch.nn.Module()
    for name, value in arrays.items():
        module.register_parameter(name, torch.nn.Parameter(torch.tensor(np.asarray(value))))
    sources = (
        tmp_path / "own.npz",
        str(tmp_path / "own.npz"),
        arrays,
        module.state_dict(),
        dict(module.named_parameters()),
    )
    for source in sources:
        network = read_network(source)
        assert isinstance(network, LowRank)
        for name in ("m", "n", "b", "w_out", "b_out"):
            assert np.array_equal(getattr(network, name), getattr(expected, name)), name


def test_fixed_points_of_a_torch_rnn_are_those_of_its_own_map():
    torch.manual_seed(1)
    rnn = torch.nn.RNN(3, 6, dtype=torch.float64)
    network = read_network(rnn.state_dict())
    assert isinstance(network, FullRank)
    for point in slow_points(network):
        state = torch.tensor(point.position[None, None])
        with torch.no_grad():
            _, after = rnn(torch.zeros(1, 1, 3, dtype=torch.float64), state)
        assert point.kind == "ghost" or torch.allclose(after, state, atol=1e-9)


def test_weights_over_N_are_divided_and_noticed_where_they_are_not():
    m = np.random.default_rng(3).standard_normal(400)
    with pytest.warns(UserWarning, match=r"far out, near κ = \[\d+\.\d\].*over_N=True"):
        read_network(m=m, n=2 * m)
    network = read_network(m=m, n=2 * m, over_N=True)
    assert np.allclose(network.n, 2 * m / 400)
    assert [point.kind for point in slow_points(network)] == ["stable", "unstable", "stable"]
    assert max(abs(point.position) for point in slow_points(network)) < 2


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "must be given by m and n, or by W, .* got nothing"),
        ({"m": M}, r"got m \(12, 2\)"),
        ({"m": M, "n": N[:, :5]}, r"n must have shape \(2, 12\) or \(12, 2\) beside m of \(12, 2\), got \(2, 5\)"),
        ({"m": M[None], "n": N}, r"m must have shape \(N,\) or \(N, K\), got \(1, 12, 2\)"),
        ({"m": M[:, :0], "n": N[:0]}, r"m must have shape \(N,\) or \(N, K\), got \(12, 0\)"),
        ({"m": M, "n": N, "b": B[:3]}, r"b must have shape \(12,\), got \(3,\)"),
        ({"m": M, "n": N * np.nan}, "n must be a number, got nan"),
        ({"m": M, "n": ["a"]}, "n must be real numbers"),
        ({"m": M, "n": N, "bias_": B}, "got m .*, bias_"),
        ({"W": M}, r"W must have shape \(12, 12\) beside b of \(12,\), got \(12, 2\)"),
        ({"source": 3}, "source must be a path or a mapping from names to arrays, got int"),
    ],
)
def test_what_does_not_fit_is_named_with_its_shape(arrays, message):
    with pytest.raises(ValueError, match=message):
        read_network(**arrays)


def test_a_file_that_holds_no_arrays_is_refused(tmp_path):
    (tmp_path / "own.npz").write_bytes(b"not a zip file")
    with pytest.raises(ValueError, match="must be an .npz file of plain arrays"):
        read_network(tmp_path / "own.npz")


def test_a_damaged_file_is_refused(tmp_path):
    np.savez_compressed(tmp_path / "own.npz", m=np.linspace(0, 1, 500), n=np.ones(500))
    whole = (tmp_path / "own.npz").read_bytes()
    flipped = bytes(255 - byte if 200 < place < 240 else byte for place, byte in enumerate(whole))
    for damaged in (b"", whole[:10], whole[:-5], flipped):
        (tmp_path / "own.npz").write_bytes(damaged)
        with pytest.raises(ValueError, match="must be an .npz file of plain arrays"):
            read_network(tmp_path / "own.npz")


def test_what_is_given_by_name_comes_before_what_the_source_holds():
    source = {"m": [1.0, 2.0], "n": [1.0, 0.5], "b": [0.0, 0.1], "W": np.eye(2)}
    assert isinstance(read_network(source), RankOne)
    assert read_network(source, M=[3.0, 4.0]).m.tolist() == [3, 4]
    assert read_network(source, bias=[5.0, 6.0]).b.tolist() == [5, 6]
    network = read_network(source, wrec=np.ones((2, 2)))
    assert isinstance(network, FullRank) and network.W.tolist() == [[1, 1], [1, 1]]
    assert isinstance(read_network({"m": [1.0, 2.0], "W": np.eye(2)}), FullRank)
    with pytest.raises(ValueError, match=r"m and n, or by W, .* got m \(1,\), n \(1,\), W \(1, 1\)"):
        read_network(m=[1.0], n=[1.0], W=[[1.0]])


def test_what_units_hear_counts_their_bias_and_the_warning_is_at_the_caller_s_line():
    with pytest.warns(UserWarning, match=r"near κ = \[1.0\], where half of the units hear more than 70 ") as caught:
        read_network(m=[10.0] * 3, n=[1 / 3] * 3, b=[60.0] * 3)
    assert caught[0].filename == __file__


def test_numbers_are_not_put_in_another_order():
    with pytest.raises(ValueError, match=r"n must have shape \(1, 4\) or \(4, 1\) beside m of \(4, 1\), got \(2, 2\)"):
        read_network(m=[1.0, 2.0, 3.0, 4.0], n=[[1.0, 2.0], [3.0, 4.0]])
