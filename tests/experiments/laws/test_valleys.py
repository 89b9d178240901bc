"""Chapter 10's lines through valleys: the toy's and a walker's are known, and those of networks are what they say."""

import numpy as np
import pytest

from ghostlib import outcomes, toy
from ghostlib.experiments.laws import kinds, valleys
from ghostlib.experiments.laws.critical import NetworkRates
from ghostlib.experiments.laws.kinds import Kind
from ghostlib.experiments.laws.valleys import (
    Silence,
    ValleyLines,
    Valleys,
    along,
    critical_rate_on_line,
    rate_at_constant_speed,
)
from ghostlib.networks.adjoint import loss_and_gradient
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


def step_on(escape_time, best, T):
    """`critical_rate_on_line` on the loss |t − T| / T, at most 1, with u counted from the best parameter."""
    u = best * np.linspace(-1, 3, 400_001)
    with np.errstate(divide="ignore", invalid="ignore"):
        late = np.where(u + best > 0, escape_time(u + best), np.inf)
    loss = np.minimum(np.abs(late - T) / T, 1)
    return critical_rate_on_line(u, loss, (late >= 2 * T), best / 2)


def test_on_the_toy_s_line_it_is_eq_15():
    T = 12.0
    alpha, zone, distance, slope = step_on(lambda r: np.pi / 2 / np.sqrt(r), toy.r_star(T), T)
    assert alpha == pytest.approx(toy.alpha_star(T) * T, rel=1e-3)  # Eq. (15) for a loss divided by T
    assert zone == pytest.approx(-0.75 * toy.r_star(T), rel=1e-3) and distance / slope == alpha


def test_on_a_walker_s_line_it_is_eq_b75():
    way, T = 2.4, 10.0
    alpha, _, distance, slope = step_on(lambda v: way / v, way / T, T)
    assert alpha == pytest.approx(rate_at_constant_speed(way, 1.0, T), rel=1e-3)
    assert distance == pytest.approx(way / (2 * T), rel=1e-3) and slope == pytest.approx(T / way, rel=1e-3)
    # A parameter that moves the speed g times as much: distances shrink, slopes grow.
    assert rate_at_constant_speed(way, 3.0, T) == pytest.approx(rate_at_constant_speed(way, 1.0, T) / 9)
    assert rate_at_constant_speed(way, 1.0, 2 * T) == pytest.approx(rate_at_constant_speed(way, 1.0, T) / 4)


def test_without_a_zone_or_a_slope_no_rate_is_critical():
    u = np.linspace(-1, 1, 201)
    assert critical_rate_on_line(u, u**2, np.zeros(201, bool), 0.5)[0] == np.inf
    assert critical_rate_on_line(u, -u, u < -0.5, 0.5)[0] == np.inf


@pytest.fixture(scope="module")
def calm():
    """Three networks that do the task at T = 10, as `valley_lines` has them."""
    start = kinds.after_plateau(Kind(10), range(3))
    networks = train(start, DelayedActivation(T=10), 0.03, 200, record=[200]).networks
    return RankOne(*(x.astype(np.float64) for x in (networks.m, networks.n, networks.b)))


def test_the_line_leads_where_the_crossing_moves_most(calm):
    _, gradient = loss_and_gradient(calm, Silence(T=10))
    unit = RankOne(*(x / gradient.norm()[:, None] for x in (gradient.m, gradient.n, gradient.b)))

    def shift(direction):
        """By how much Σ ô² changes for a small step, which is by how much earlier the crossing comes."""
        ends = along(calm, direction, np.array([-1e-5, 1e-5])).output(DelayedActivation(T=10), 10.0)
        return np.diff(np.square(ends).sum(axis=-1), axis=-1)[:, 0]

    draw = np.random.default_rng(0)
    for _ in range(20):
        other = RankOne(*(draw.standard_normal(calm.shape + (100,)) for _ in range(3)))
        other = RankOne(*(x / other.norm()[:, None] for x in (other.m, other.n, other.b)))
        assert np.all(shift(unit) > np.abs(shift(other)))


def test_a_valley_is_that_of_the_network_and_its_step_ends_in_the_zone(calm):
    loss, alpha, zone, distance, slope, speeds, constant_speed, whole_gradient, ghost, *_ = valleys.valley_lines(
        10, 3, 0.03, 6.0, 1001
    )
    task, u = DelayedActivation(T=10), np.linspace(valleys.LOW, valleys.HIGH, 1001) / 10
    np.testing.assert_allclose(loss[:, np.abs(u).argmin()], task.loss(calm.output(task, 10.0)), rtol=1e-3)
    _, gradient = loss_and_gradient(calm, Silence(T=10))
    unit = RankOne(*(x / gradient.norm()[:, None] for x in (gradient.m, gradient.n, gradient.b)))
    start = zone + distance
    for i in range(3):
        ends = along(calm[i : i + 1], unit[i : i + 1], start[i] - slope[i] * alpha[i] * np.array([0.98, 1.02]))
        silent = task.accuracy(ends.output(task, 10.0))[0] <= outcomes.SILENT
        assert silent.tolist() == [False, True]
    # From some point of the line a step along the whole gradient is as deadly, and from none at a lower rate.
    points = along(calm, unit, valleys.ABOVE / 10)
    _, steepest = loss_and_gradient(points, task)
    for factor, deadly in ((0.99, False), (1.01, True)):
        step = (factor * whole_gradient)[:, None, None]
        there = RankOne(*(getattr(points, x) - step * getattr(steepest, x) for x in ("m", "n", "b")))
        assert np.all((task.accuracy(there.output(task, 10.0)) <= outcomes.SILENT).any(axis=1) == deadly)
    assert np.all(np.abs(whole_gradient / alpha - 1) < 0.2)
    kappa = calm.latent(task)[:, 0]
    fine = np.linspace(kappa, 1.0, 4001, axis=-1)
    np.testing.assert_allclose(
        speeds, np.stack([calm.flow(fine).min(axis=1), calm.flow(fine).max(axis=1)], 1), rtol=1e-3
    )
    assert np.all((0.3 < constant_speed / alpha) & (constant_speed / alpha < 1.5))
    # A ghost would be where the speed on the fine way is least, with more on either side.
    least = calm.flow(fine).argmin(axis=1)
    np.testing.assert_array_equal(ghost, (0 < least) & (least < 4000))


def test_a_young_network_is_taken_when_its_loss_is_first_low(monkeypatch):
    *_, learned, young = valleys.valley_lines(10, 3, 0.03, 6.0, 1001)
    task, start = DelayedActivation(T=10), kinds.after_plateau(Kind(10), range(3))
    loss = train(start, task, 0.03, 200).loss
    for i, epoch in enumerate(np.rint(learned / 0.03).astype(int)):
        assert loss[i, epoch] < 0.1 <= loss[i, :epoch].min()
        network = train(start[i : i + 1], task, 0.03, epoch).networks.astype(np.float64)
        _, _, steps = valleys.through(network, task, np.linspace(valleys.LOW, valleys.HIGH, 1001) / 10)
        assert young[i] == pytest.approx(steps[0, 0])
    # One that never gets there is taken at the end.
    monkeypatch.setattr(outcomes, "LOW_LOSS", 0.0)
    *_, learned, young = valleys.valley_lines(10, 3, 0.03, 6.0, 1001)
    assert learned.tolist() == [6.0] * 3 and np.array_equal(young, valleys.valley_lines(10, 3, 0.03, 6.0, 1001)[1])


def test_numbers_of_the_prose_are_those_of_the_lines():
    T = np.array([10, 20, 40])
    rates = NetworkRates((5, 10, 20, 40), np.array([5, *T])[:, None] ** -2.0 * np.ones(9), np.ones((4, 9)))
    scatter = np.geomspace(0.8, 1.25, 9)
    alpha = 2.0 * T[:, None] ** -2.0 * scatter
    distance, slope = 1.0 / T[:, None] * scatter, T[:, None] * 1.0 / scatter
    speeds = np.stack([np.ones((3, 9)), np.array([[2.0], [1.5], [1.2]]) * np.ones(9)], axis=-1)
    settings, constant_speed = ValleyLines(T=(10, 20, 40), points=11), alpha * np.array([[0.5], [0.6], [0.7]])
    lines = Valleys(settings, rates, np.zeros((3, 9, 11)), alpha, distance, distance, slope, speeds, constant_speed,
                    1.1 * alpha, alpha > alpha[:, :1], 0.1 * T[:, None] * np.ones(9), alpha / 4)  # fmt: skip
    assert lines.valley_over == pytest.approx({10: 2, 20: 2, 40: 2})
    assert lines.valley_ratio == pytest.approx({"least": 2, "most": 2}) and lines.valley_networks == 9
    assert lines.valley_power == pytest.approx({"low": -2, "fit": -2, "high": -2})
    assert lines.distance_power == pytest.approx(-1) and lines.slope_power == pytest.approx(1)
    assert lines.on_the_way == {10: 8, 20: 8, 40: 8}
    assert lines.uneven == 2 and lines.walk_over == pytest.approx({"least": 0.5, "most": 0.7})
    assert lines.whole_off == pytest.approx(0.1)
    assert lines.young_over == pytest.approx({10: 0.5, 20: 0.5, 40: 0.5})
    assert lines.half_learned == {10: 1, 20: 2, 40: 4}
    assert lines.young_ratio == pytest.approx({"least": 0.5, "most": 0.5})
    assert lines.valley_rate[20] == pytest.approx(0.005) and lines.u[0] == valleys.LOW


def test_the_longest_delay_is_begun_first_and_each_stands_in_its_place(monkeypatch):
    asked = []

    def made_up(compute, settings):
        asked.extend(settings)
        several = [
            (np.full((2, points), float(T)), np.full((4, 2), T), np.full((2, 2), T)) for T, *_, points in settings
        ]
        return [(loss, *numbers, pairs, *pairs, pairs[0] > 10, *pairs) for loss, numbers, pairs in several]

    monkeypatch.setattr("ghostlib.experiments.cache.map_cached", made_up)
    found = ValleyLines(T=(10, 20), seeds=2, points=5).run(None)
    assert [each[0] for each in asked] == [20, 10] and asked[0][2] == pytest.approx(3 / 400)
    np.testing.assert_array_equal(found.alpha, [[10, 10], [20, 20]])
