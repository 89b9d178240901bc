"""The plane in the page: its arithmetic is Python's, and the picture says what was found."""

import base64
import math
import re

import numpy as np
import pytest
from browser import imported
from playwright.sync_api import expect

from ghostlib.dynamics.planar_points import rank_two_points
from ghostlib.networks.driven import DrivenLowRank
from ghostlib.widgets import Plane, plane
from ghostlib.widgets._bundle import bundle


SENTENCE = ".ghost-sentence"
WINDOW = ((-plane.SPAN, plane.SPAN),) * 2


planar = imported(bundle("planar"))


def arrays(network):
    return [each.tolist() for each in (*network.m.T, *network.n, network.b)]


def random_networks(count=5):
    rng = np.random.default_rng(0)
    for _ in range(count):
        shapes = (30, 2), (2, 30), (30,), (2,), (), (30, 1)
        yield DrivenLowRank(*(rng.normal(0, 0.5, shape) for shape in shapes))


def test_the_flow_is_pythons_and_its_derivatives_are_differences(planar):
    ask = "([a, x, y]) => modules[0].planarFlow(modules[0].planarNetwork(...a), x, y)"
    h, rng = 1e-4, np.random.default_rng(1)
    for network in random_networks():
        x, y = rng.normal(0, 2, 2)
        at, *beside = (
            planar.evaluate(ask, [arrays(network), x + dx, y + dy])
            for dx, dy in ((0, 0), (h, 0), (-h, 0), (0, h), (0, -h))
        )
        np.testing.assert_allclose(at["flow"], network.flow(np.array([x, y])), rtol=1e-12, atol=1e-14)
        east, west, north, south = (np.array(each["flow"]) for each in beside)
        np.testing.assert_allclose(
            np.reshape(at["jacobian"], (2, 2)).T, [(east - west) / (2 * h), (north - south) / (2 * h)], atol=1e-6
        )
        east, west, north, south = (np.reshape(each["jacobian"], (2, 2)) for each in beside)
        by_x, by_y = (east - west) / (2 * h), (north - south) / (2 * h)
        second = np.reshape(at["second"], (2, 3))
        np.testing.assert_allclose(second[:, :2], by_x, atol=1e-6)
        np.testing.assert_allclose(second[:, 1:], by_y, atol=1e-6)


def test_of_every_network_of_the_training_the_points_are_those_that_python_has_proved(planar):
    ask = "([a, reach]) => modules[0].planarPoints(modules[0].planarNetwork(...a), reach)"
    found = plane.training()
    kinds = set()
    for network in found.snapshots[::4]:
        proved = rank_two_points(network, box=WINDOW)
        assert all(point.certified for point in proved)
        ours = planar.evaluate(ask, [arrays(network), plane.SPAN])
        assert sorted(point["kind"] for point in ours) == sorted(point.kind for point in proved)
        for point in proved:
            near = min(ours, key=lambda each: np.hypot(*(np.array(each["position"]) - point.position)))
            np.testing.assert_allclose(near["position"], point.position, atol=1e-7)
            assert near["speed"] == pytest.approx(point.speed, rel=1e-6, abs=1e-9)
            assert (math.nan if near["time"] is None else near["time"]) == pytest.approx(
                point.passage_time, rel=1e-5, nan_ok=True
            )
        kinds |= {point.kind for point in proved}
    assert {"stable node", "saddle", "ghost"} <= kinds


def test_a_network_whose_arrays_do_not_fit_or_are_not_finite_is_refused(planar):
    ask = "(a) => { try { modules[0].planarNetwork(...a); return ''; } catch (error) { return error.message; } }"
    assert planar.evaluate(ask, [[1, 2], [1, 2], [1, 2], [1], [0, 0]]).startswith("The length of n2 must be")
    assert "finite" in planar.evaluate(ask, [[1, 2], [1, None], [1, 2], [1, 1], [0, 0]])


def test_what_a_page_carries_is_the_training_to_a_part_in_thirty_thousand():
    found, packed = plane.training(), plane.packed()
    rows = np.frombuffer(base64.b64decode(packed["weights"]), "<i2").reshape(len(found.epochs), 6, -1)
    m1, m2, n1, n2, b, w_in = np.moveaxis(rows * np.array(packed["scales"])[..., None], 1, 0)
    again = DrivenLowRank(
        np.stack([m1, m2], -1), np.stack([n1, n2], -2), b, found.snapshots.w_out, found.snapshots.b_out, w_in[..., None]
    )
    for name in ("m", "n", "b", "w_in"):
        exact = getattr(found.snapshots, name)
        largest = np.abs(exact).max(axis=tuple(range(1, exact.ndim)), keepdims=True)
        assert np.all(np.abs(getattr(again, name) - exact) <= largest / 65_000)
    assert [len(points) for points in packed["points"]] == [
        len(rank_two_points(network, box=WINDOW)) for network in found.snapshots
    ]


def test_a_trial_in_the_page_is_the_networks_own(show):
    """Of the simulation of all units: what a read-out of κ says is what `output` of the records says."""
    found = plane.training()
    place = int(np.flatnonzero(found.epochs == 8000)[0])
    network, task = found.snapshots[place], found.task
    rates = network.simulate(task)[0]
    start = network.n @ rates[0]
    way, output = plane.trial(found, place, start, 1)
    np.testing.assert_allclose(way, rates @ network.n.T, atol=1e-12)
    np.testing.assert_allclose(output, network.output(task)[0], atol=1e-12)

    page = show(Plane(kappa_1=round(float(start[0]), 3), kappa_2=round(float(start[1]), 3)))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    table = np.loadtxt(download.value.path(), delimiter=",", skiprows=1)
    ours, said = plane.trial(found, place, np.round(start, 3), 1)
    np.testing.assert_allclose(table[:, 1:3], ours, atol=2e-3)
    np.testing.assert_allclose(table[:, 3], said, atol=1e-3)


def test_the_sentence_and_the_picture_say_what_was_found(show):
    page = show(Plane())
    expect(page.locator(SENTENCE)).to_contain_text("Epoch 8000, loss 0.0")
    expect(page.locator(SENTENCE)).to_contain_text(
        "2 stable points, 1 saddle and 2 ghosts. After the cue +1 this trial"
    )
    squares = page.locator(".ghost-picture").first.locator('rect[fill="var(--ghost-page)"]')
    expect(squares).to_have_count(2)
    page.get_by_role("slider", name="epoch").fill("0")
    expect(page.locator(SENTENCE)).to_contain_text("Epoch 0, ")
    expect(page.locator(SENTENCE)).to_contain_text(": 1 stable point. ")
    expect(squares).to_have_count(0)
    page.get_by_label("input u, exact value").fill("0")
    page.get_by_label("input u, exact value").press("Enter")
    expect(page.locator(SENTENCE)).to_contain_text("Without a cue this trial ends with")


def test_a_click_into_the_plane_is_a_start_and_one_into_the_loss_an_epoch(show):
    page = show(Plane())
    plane_svg, curve = page.locator(".ghost-picture svg").nth(0), page.locator(".ghost-picture svg").nth(1)
    box = plane_svg.bounding_box()
    # The axes begin 50 pixels from the left and 40 from below, and end 18 and 30 from the other sides.
    across, up = (box["width"] - 68) * 0.75, (box["height"] - 70) * 0.25
    plane_svg.click(position={"x": 50 + across, "y": box["height"] - 40 - up})
    assert float(page.get_by_label("start at κ₁, exact value").input_value()) == pytest.approx(
        0.5 * plane.SPAN, abs=0.1
    )
    assert float(page.get_by_label("start at κ₂, exact value").input_value()) == pytest.approx(
        -0.5 * plane.SPAN, abs=0.1
    )
    wide = curve.bounding_box()["width"]
    curve.click(position={"x": wide - 19, "y": 100})
    expect(page.locator(SENTENCE)).to_contain_text(re.compile(r"Epoch (9\d|100)\d{3}, .* 2 stable points"))


def test_the_picture_is_of_the_epoch_that_is_nearest():
    figure = Plane(epoch=8040, kappa_1=1.0).picture()
    assert figure.axes[0].get_title() == "epoch 8,000"
    assert any(line.get_xydata()[0].tolist() == [1.0, 0.0] for line in figure.axes[0].lines)
