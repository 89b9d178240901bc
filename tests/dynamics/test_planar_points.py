"""Slow points in the plane: normal forms, one dimension in two, and 200 networks against a grid and 50 digits."""

import math
from dataclasses import replace

import mpmath
import numpy as np
import pytest

from ghostlib.dynamics.planar_flows import PlanarFlow, local, reach
from ghostlib.dynamics.planar_points import planar_points_of, rank_two_points
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.networks.records import LowRank, RankOne


BOX = ((-2.0, 3.0), (-2.5, 2.0))
WAYS = (0.0, 0.3, 1.2)  # in which the axes of a normal form are turned


def turned(angle, f, slope, curvature, third, *, rate=-1.0):
    """F = (f(x), rate·y) in axes turned by an angle."""
    R = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])

    def value(kappa):
        x, y = (kappa @ R).T
        return np.stack([f(x), rate * y], axis=-1) @ R.T

    def jacobian(kappa):
        own = np.zeros((len(kappa), 2, 2))
        own[:, 0, 0], own[:, 1, 1] = slope((kappa @ R)[:, 0]), rate
        return R @ own @ R.T

    def bend(kappa):
        own = np.zeros((len(kappa), 2, 2, 2))
        own[:, 0, 0, 0] = curvature((kappa @ R)[:, 0])
        return np.einsum("ka,lb,mc,gabc->gklm", R, R, R, own)

    return PlanarFlow(value, jacobian, bend, third), R


def fold(r, angle=0.0, rate=-1.0):
    return turned(angle, lambda x: x * x + r, lambda x: 2 * x, lambda x: 2 + 0 * x, 0.0, rate=rate)


def polynomial(*coefficients, angle=0.0):
    """F = (p(x), −y), turned, with a bound of p‴ cell by cell."""
    p = [np.poly1d(coefficients)]
    for _ in range(4):
        p.append(p[-1].deriv())

    def third(kappa, radius):
        return np.abs(p[3](kappa @ R[:, 0])) + radius * sum(abs(c) * 5.0**k for k, c in enumerate(p[4].c[::-1]))

    flow, R = turned(angle, *p[:3], third)
    return flow


def random_network(seed, units, scale=1.0):
    rng = np.random.default_rng(seed)
    m, n = scale * rng.standard_normal((units, 2)), 3 * rng.standard_normal((2, units)) / math.sqrt(units)
    return LowRank(m, n, scale * rng.standard_normal(units), np.zeros(units), 0.0)


def embedded(network):
    """A rank-one network as one of rank two, whose second latent variable only decays."""
    zero = np.zeros_like(network.b)
    return LowRank(np.stack([network.m, zero], -1), np.stack([network.n, zero]), network.b, zero, 0.0)


def kinds(points):
    return [point.kind for point in points]


@pytest.mark.parametrize("angle", WAYS)
@pytest.mark.parametrize("r", [1.0, 1e-3, 1e-6, 1e-9])
def test_a_saddle_node_and_a_contraction_leave_a_ghost_with_the_toys_passage_time(r, angle):
    flow, R = fold(r, angle)
    (ghost,) = planar_points_of(flow, BOX, tau=10.0)
    assert (ghost.kind, ghost.certified, ghost.attracting) == ("ghost", True, (False, True))
    assert ghost.position == pytest.approx([0, 0], abs=1e-12)
    assert ghost.speed == pytest.approx(r, rel=1e-6)
    assert ghost.passage_time == pytest.approx(10 * math.pi / math.sqrt(r), rel=1e-6)
    assert ghost.width == pytest.approx(math.sqrt(r), rel=1e-6)
    assert abs(ghost.directions[:, 0] @ R[:, 0]) == pytest.approx(1)
    assert ghost.rates == pytest.approx([0, -1])


@pytest.mark.parametrize("angle", WAYS)
@pytest.mark.parametrize("r", [1e-2, 1e-3, 1e-6, 1e-9, 1e-12])
def test_before_they_touch_a_node_and_a_saddle_are_two_however_near(r, angle):
    flow, R = fold(-r, angle)
    node, saddle = sorted(planar_points_of(flow, BOX), key=lambda point: point.position @ R[:, 0])
    assert kinds((node, saddle)) == ["stable node", "saddle"]
    for point, side in ((node, -1), (saddle, 1)):
        assert point.position @ R[:, 0] == pytest.approx(side * math.sqrt(r), rel=1e-3)
        assert point.certified and point.passage_time == math.inf
        assert point.width == pytest.approx(math.sqrt(r), rel=1e-2)
        assert point.rates[np.abs(point.rates).argmin()] == pytest.approx(side * 2 * math.sqrt(r), rel=1e-3)


def test_the_width_of_a_point_is_measured_along_its_own_slow_direction():
    # F = (x² − 0.01, 3x − y): from a point to the bend x moves by 0.1, and y by 3/(1 + rate) times as much.
    bend = np.zeros((2, 2, 2))
    bend[0, 0, 0] = 2
    flow = PlanarFlow(
        lambda kappa: np.stack([kappa[:, 0] ** 2 - 0.01, 3 * kappa[:, 0] - kappa[:, 1]], axis=-1),
        lambda kappa: np.einsum("klm,gm->gkl", bend, kappa) + np.array([[0, 0], [3, -1]]),
        lambda kappa: bend,
        0.0,
    )
    node, saddle = planar_points_of(flow, BOX)
    for point, rate in ((node, -0.2), (saddle, 0.2)):
        assert point.rates[0] == pytest.approx(rate)
        assert point.width == pytest.approx(0.1 * math.hypot(1, 3 / (1 + rate)))


@pytest.mark.parametrize("exponent", np.arange(-17, -12, 0.5))
def test_where_rounding_begins_there_are_two_points_or_one_but_never_three(exponent):
    points = planar_points_of(fold(-(10.0**exponent), 0.3)[0], BOX)
    assert sorted(kinds(points)) in (["saddle", "stable node"], ["saddle-node"])
    assert all(np.linalg.norm(point.position) < 1e-6 for point in points)
    (one,) = planar_points_of(fold(10.0**exponent, 0.3)[0], BOX)
    assert (one.kind, one.certified) in (("ghost", True), ("saddle-node", False))


def test_what_repels_beside_a_fold_is_named():
    assert kinds(planar_points_of(fold(-0.25, rate=2.0)[0], BOX)) == ["saddle", "unstable node"]
    (ghost,) = planar_points_of(fold(0.25, rate=2.0)[0], BOX)
    assert (ghost.kind, ghost.attracting) == ("ghost", (False, False))


@pytest.mark.parametrize("angle", WAYS)
@pytest.mark.parametrize(
    ("coefficients", "expected", "places"),
    [
        ((1, 0, -2, 0, 1.01), ["ghost", "ghost"], [-1, 1]),  # (x² − 1)² + 0.01: two in a row
        ((1, -0.5, 1e-4, -5e-5), ["ghost", "saddle"], [1e-4, 0.5]),  # (x² + 10⁻⁴)(x − ½)
        ((1, 0, 0, 0, 0.1), ["ghost"], [0]),  # flat: no curvature at its ghost
        ((-1, 0, 1, 0), ["stable node", "saddle", "stable node"], [-1, 0, 1]),
    ],
)
def test_one_dimension_times_a_contraction_has_the_points_of_the_one(coefficients, expected, places, angle):
    points = planar_points_of(polynomial(*coefficients, angle=angle), BOX)
    along = np.array([math.cos(angle), math.sin(angle)])
    points = sorted(points, key=lambda point: point.position @ along)
    assert kinds(points) == expected
    assert [point.position @ along for point in points] == pytest.approx(places, abs=2e-5)


def linear(J):
    J = np.asarray(J, float)
    return PlanarFlow(lambda kappa: (kappa - 0.1) @ J.T, lambda kappa: J, lambda kappa: np.zeros((2, 2, 2)), 0.0)


@pytest.mark.parametrize(
    ("J", "kind", "attracting"),
    [
        ([[-1, 2], [-2, -1]], "stable focus", (True, True)),
        ([[0.1, 2], [-2, 0.1]], "unstable focus", (False, False)),
        ([[-1, 5], [0, -2]], "stable node", (True, True)),
        ([[-1, 0], [3, 0.5]], "saddle", (False, True)),
        ([[1e-9, 0], [0, -1]], "saddle", (False, True)),
    ],
)
def test_a_linear_flow_has_one_point_of_the_kind_that_its_eigenvalues_say(J, kind, attracting):
    (point,) = planar_points_of(linear(J), BOX)
    assert (point.kind, point.attracting, point.certified) == (kind, attracting, True)
    assert point.position == pytest.approx([0.1, 0.1])
    assert point.directions[:, 0] * point.rates[0] == pytest.approx(np.array(J) @ point.directions[:, 0])


@pytest.mark.parametrize("angle", WAYS)
@pytest.mark.parametrize(
    ("coefficients", "kind"), [((1, 0, 0), "saddle-node"), ((-1, 0, 0, 0), "stable node"), ((1, 0, 0, 0), "saddle")]
)
def test_points_that_rounding_cannot_tell_apart_are_one_and_not_certified(coefficients, kind, angle):
    (point,) = planar_points_of(polynomial(*coefficients, angle=angle), BOX)
    assert (point.kind, point.certified) == (kind, False)
    assert point.position == pytest.approx([0, 0], abs=1e-4)
    across = np.array([-math.sin(angle), math.cos(angle)])  # the fast direction, in which it can be told
    assert point.position @ across == pytest.approx(0, abs=1e-15)


def complex_square(shift, swap):
    """z² + shift, or (|κ|² + shift, κ₁κ₂): all of J vanishes at the origin."""
    own = np.array([[[2, 0], [0, 2.0 if swap else -2]], [[0, 1 if swap else 2], [1 if swap else 2, 0]]], float)
    constant = np.array([shift, 0.0])
    return PlanarFlow(
        lambda kappa: constant + np.einsum("klm,gl,gm->gk", own, kappa, kappa) / 2,
        lambda kappa: np.einsum("klm,gm->gkl", own, kappa),
        lambda kappa: own,
        0.0,
    )


def test_where_all_of_J_vanishes_there_is_a_ghost_of_a_higher_kind_or_none():
    (ghost,) = planar_points_of(complex_square(0.1, swap=True), BOX)
    assert (ghost.kind, ghost.certified) == ("ghost", True)
    assert ghost.rates == pytest.approx([0, 0], abs=1e-12)
    assert kinds(planar_points_of(complex_square(0.1, swap=False), BOX)) == ["centre", "centre"]
    (double,) = planar_points_of(complex_square(0.0, swap=False), BOX)
    assert (double.kind, double.certified) == ("degenerate", False)


@pytest.mark.parametrize("by", [(0.7, -1.1), (-0.4, 1.3)])
@pytest.mark.parametrize(
    ("flow", "kind"),
    [
        (polynomial(1, 0, 0, angle=0.3), "saddle-node"),
        (polynomial(-1, 0, 0, 0, angle=0.3), "stable node"),
        (polynomial(1, 0, 0, 0), "saddle"),
        (complex_square(0.0, swap=False), "degenerate"),
        (fold(0.1, 0.3)[0], "ghost"),
    ],
)
def test_what_a_flow_has_at_the_origin_it_has_elsewhere_if_it_is_moved(flow, kind, by):
    def moved(function):
        return lambda kappa, *more: function(kappa - by, *more)

    third = moved(flow.third) if callable(flow.third) else flow.third
    (point,) = planar_points_of(PlanarFlow(*map(moved, flow[:3]), third), BOX)
    assert point.kind == kind
    assert point.position == pytest.approx(by, abs=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_a_rank_one_network_has_the_same_points_in_the_plane(seed):
    rng = np.random.default_rng(seed)
    network = RankOne(*(rng.standard_normal((3, 30)) * [[2], [0.6], [2]]))
    flat, line = rank_two_points(embedded(network)), slow_points(network)
    names = {"stable": "stable node", "unstable": "saddle", "ghost": "ghost"}
    assert kinds(flat) == [names[point.kind] for point in line]
    for plane, point in zip(flat, line, strict=True):
        assert plane.position == pytest.approx([point.position, 0], abs=1e-9)
        assert plane.velocity == pytest.approx([point.speed, 0], abs=1e-9)
        assert plane.passage_time == pytest.approx(point.passage_time, nan_ok=True)


def referee(network, points, cells=160):
    """What a dense grid shows: Newton's iteration, in float64, from every cell that may hold a zero of F or of JᵀF."""
    box = reach(network)
    axes = [np.linspace(low, high, cells) for low, high in box]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    F, J, _ = local(network, box).derivatives(grid.reshape(-1, 2))
    found = []
    for ghosts, field in ((False, F), (True, np.einsum("gk,gkl->gl", F, J))):
        field = field.reshape(cells, cells, 2)
        corners = np.stack([field[a : cells - 1 + a, c : cells - 1 + c] for a in (0, 1) for c in (0, 1)])
        changes = (corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0)
        starts = (grid[:-1, :-1] + (grid[1, 1] - grid[0, 0]) / 2)[changes.all(axis=-1)]
        x = starts.copy()
        for _ in range(40):
            F, J, S = local(network, box).derivatives(x)
            y, A = (np.einsum("gk,gkl->gl", F, J), J.mT @ J + np.einsum("gk,gklm->glm", F, S)) if ghosts else (F, J)
            A = A + 1e-300 * np.eye(2)
            step = np.linalg.solve(A, y[..., None])[..., 0]
            x = np.clip(x - step, box[:, 0], box[:, 1])
        for place, last, speed, H in zip(x, step, np.linalg.norm(F, axis=1), A, strict=True):
            settled = np.linalg.norm(last) < 1e-9 and np.all(np.abs(place) < box[:, 1])
            if settled and (not ghosts or (speed > 1e-9 and np.linalg.eigvalsh(H)[0] > 0)):
                found.append(place)
    return np.array(found).reshape(-1, 2)


def exact_step(network, point):
    """One step of Newton's iteration in 50 digits, to F = 0 or to JᵀF = 0, by finite differences of high order."""
    with mpmath.workdps(50):
        M, N, b = (np.vectorize(mpmath.mpf, otypes=[object])(array) for array in (network.m, network.n, network.b))
        x = np.array([mpmath.mpf(float(each)) for each in point.position])
        phi = np.array([mpmath.tanh(z) for z in M @ x + b])
        d = 1 - phi * phi
        F = N @ phi - x
        J = (N * d) @ M - np.eye(2, dtype=int)
        y, A = F, J
        if point.kind == "ghost":
            bend = -2 * phi * d * (F @ N)
            y, A = J.T @ F, J.T @ J + (M.T * bend) @ M
            assert A[0, 0] + A[1, 1] > 0 and A[0, 0] * A[1, 1] > A[0, 1] ** 2
        det = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
        return [float((A[1, 1] * y[0] - A[0, 1] * y[1]) / det), float((A[0, 0] * y[1] - A[1, 0] * y[0]) / det)]


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 4.0])
def test_of_fifty_random_networks_nothing_is_missed_and_nothing_invented(scale):
    for seed in range(50):
        network = random_network(seed, [3, 8, 20][seed % 3], scale)
        points = rank_two_points(network)
        assert all(point.certified for point in points)
        places = np.array([point.position for point in points])
        for place in referee(network, points):
            assert np.linalg.norm(places - place, axis=1).min() < 1e-6 * (1 + np.linalg.norm(place)), (seed, place)
        for point in points:
            assert np.linalg.norm(exact_step(network, point)) < 1e-9, seed
        # The field points inwards on a far circle: nodes and foci are one more than saddles.
        index = {"stable node": 1, "unstable node": 1, "stable focus": 1, "unstable focus": 1, "saddle": -1, "ghost": 0}
        assert sum(index[point.kind] for point in points) == 1


def test_a_constant_input_is_a_current_into_the_biases():
    network, w_in = random_network(3, 10), np.random.default_rng(5).standard_normal((10, 1))
    driven = replace(network, b=network.b + w_in @ [2.0])
    for point in slow_points(driven, tau=10.0):
        place = network.n @ np.tanh(network.m @ point.position + network.b + 2 * w_in[:, 0]) - point.position
        assert place == pytest.approx(point.velocity, abs=1e-12)


def test_a_box_holds_what_lies_in_it_and_an_ensemble_of_one_is_its_network():
    network = random_network(2, 20, 2.0)
    points = slow_points(network)
    box = ((-1.0, 2.0), (-3.0, 0.5))
    inside = [point for point in points if all(a <= x <= b for x, (a, b) in zip(point.position, box, strict=True))]
    found = slow_points(network.reshape(1), interval=box)
    assert 0 < len(inside) < len(points)
    assert kinds(found) == kinds(inside)
    for point, same in zip(found, inside, strict=True):
        assert point.position == pytest.approx(same.position, abs=1e-9)
    assert slow_points(network, interval=((1e3, 1e4), (0.0, 1.0))) == ()


def test_the_sides_of_a_box_are_in_it_and_what_is_just_beyond_is_not():
    flow = fold(-1.0)[0]
    assert kinds(planar_points_of(flow, ((-1, 1), (0, 1)))) == ["stable node", "saddle"]
    assert kinds(planar_points_of(flow, ((-1 + 1e-9, 1), (-1, 0)))) == ["saddle"]
    assert planar_points_of(flow, ((-2, 2), (1e-9, 1))) == ()


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_bounds_hold_what_50_digits_and_the_cell_around_say(scale):
    network = random_network(7, 20, scale)
    rng = np.random.default_rng(1)
    M, N, b = (np.vectorize(mpmath.mpf, otypes=[object])(array) for array in (network.m, network.n, network.b))
    known = local(network, reach(network))
    for place in rng.uniform(-4, 4, (6, 2)):
        (third, *errors), radius = known.bounds(place[None], 0.1)[:, 0], 0.1
        with mpmath.workdps(50):
            phi = np.array([mpmath.tanh(z) for z in M @ np.array([mpmath.mpf(x) for x in place]) + b])
            d = 1 - phi * phi
            exact = [
                N @ phi - place,
                (N * d) @ M - np.eye(2, dtype=int),
                np.einsum("ki,il,im->klm", N * (-2 * phi * d), M, M),
            ]
            for found, value, error in zip(known.derivatives(place[None]), exact, errors, strict=True):
                assert np.sqrt(float(np.sum((found[0] - value) ** 2))) <= error
        for _ in range(20):
            away = rng.standard_normal(2)
            away *= radius * rng.uniform() / np.linalg.norm(away)
            x = np.tanh(network.m @ (place + away) + network.b)
            along = network.m @ away / np.linalg.norm(away)
            assert np.linalg.norm(network.n @ ((1 - x**2) * (6 * x**2 - 2) * along**3)) <= third * (1 + 1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"jacobian": lambda kappa: [[-1, 2], [-2, -1.01]]}, "flow.jacobian does not fit"),
        ({"curvature": lambda kappa: np.full((2, 2, 2), 0.1)}, "flow.(jacobian|curvature) does not fit"),
        ({"value": lambda kappa: kappa[:, 0]}, r"flow.value must have shape \(256, 2\) at 256 points, got \(256,\)"),
        ({"value": lambda kappa: kappa * np.nan}, "flow.value must be a number, got nan"),
        ({"third": -1.0}, "flow.third must be ≥ 0, got -1"),
        ({"rounding": lambda kappa: (0.0,)}, "flow.rounding must give three bounds, got 1"),
    ],
)
def test_a_flow_whose_parts_do_not_fit_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        planar_points_of(linear([[-1, 2], [-2, -1]])._replace(**change), BOX)


def test_a_bound_of_the_third_derivatives_that_is_too_small_is_refused():
    flow = turned(0.3, lambda x: x**3 - x, lambda x: 3 * x**2 - 1, lambda x: 6 * x, 5.0)[0]
    with pytest.raises(ValueError, match="flow.third is too small"):
        planar_points_of(flow, BOX)
    assert kinds(planar_points_of(flow._replace(third=6.0), BOX)) == ["saddle", "stable node", "saddle"]


@pytest.mark.parametrize("corner", [(1, 10), (1, 12), (3, 10), (3, 12)])
def test_derivatives_that_are_wrong_in_a_corner_of_the_box_are_refused(corner):
    flow, box = linear([[-1, 0], [0, -2]]), ((1, 3), (10, 12))

    def jacobian(kappa):
        wrong = np.linalg.norm(kappa - corner, axis=-1) < 0.3
        return flow.jacobian(kappa) + 0.1 * wrong[:, None, None]

    assert planar_points_of(flow, box) == ()
    with pytest.raises(ValueError, match="flow.jacobian does not fit near"):
        planar_points_of(flow._replace(jacobian=jacobian), box)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: planar_points_of(linear([[0, 0], [0, -1]]), BOX), "flow is zero to rounding along a stretch"),
        (lambda: planar_points_of(fold(0.1)[0], (0, 1)), r"box must be \(\(low, high\), \(low, high\)\)"),
        (lambda: planar_points_of(fold(0.1)[0], ((0, 1), (1, 0))), "with low < high"),
        (lambda: planar_points_of(fold(0.1)[0], ((0, 0), (0, 1))), "with low < high"),
        (lambda: planar_points_of(fold(0.1)[0], ((0, math.inf), (0, 1))), "box must be finite, got inf"),
        (lambda: planar_points_of(fold(0.1)[0], BOX, tau=0), "tau must be > 0, got 0"),
        (lambda: planar_points_of(len, BOX), "flow must be PlanarFlow or LowRank, got"),
        (lambda: rank_two_points(RankOne([1.0], [1.0], [0.0])), "network must be LowRank, got RankOne"),
        (
            lambda: rank_two_points(random_network(0, 5)._map(lambda array: np.stack([array] * 2))),
            "must be a single one",
        ),
        (lambda: rank_two_points(replace(random_network(0, 5), b=np.full(5, np.nan))), "parameters .* must be finite"),
        (lambda: rank_two_points(replace(random_network(0, 5), m=np.full((5, 2), 1e200))), "makes D³F overflow"),
        (lambda: rank_two_points(LowRank(np.ones((4, 3)), np.ones((3, 4)), np.ones(4), np.ones(4), 0.0)), "got rank 3"),
    ],
)
def test_impossible_input_is_refused_with_its_name_and_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_silent_network_rests_at_the_origin_and_a_constant_flow_nowhere():
    (point,) = slow_points(LowRank(np.zeros((3, 2)), np.zeros((2, 3)), np.ones(3), np.zeros(3), 0.0))
    assert (point.kind, point.position.tolist(), point.certified) == ("stable node", [0, 0], True)
    constant = PlanarFlow(
        lambda kappa: [1.0, 0.5], lambda kappa: np.zeros((2, 2)), lambda kappa: np.zeros((2, 2, 2)), 0.0
    )
    assert planar_points_of(constant, BOX) == ()
