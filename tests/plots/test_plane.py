"""The figures of chapter 09: points, ways and bars stand where the numbers say, and can be read."""

from dataclasses import replace

import numpy as np
import pytest
from drawing import assert_legible
from matplotlib import pyplot as plt

from ghostlib import experiments, plots
from ghostlib.dynamics.slow_points import slow_points
from ghostlib.experiments.plane.cues import CueCourse
from ghostlib.experiments.plane.delays import in_delay
from ghostlib.experiments.plane.two_dimensions import CueCourses
from ghostlib.networks.trials import DelayedCueDiscrimination, DelayedMatchToSample
from ghostlib.plots.plane import TRIALS
from ghostlib.plots.style import CLAIM, GHOST, INK, LOSS


pytestmark = pytest.mark.usefixtures("book_style")
SHOWN = (0, 100, 120, 300, 400)


@pytest.fixture(scope="module")
def plane():
    return replace(experiments.TWO_DIMENSIONS, epochs=400, shown=SHOWN, compared=(0, 50), more_each=20).run()


def points(axes, colour, marker):
    return [line.get_xydata()[0] for line in axes.lines if (line.get_color(), line.get_marker()) == (colour, marker)]


def test_loss_and_numbers_of_points_share_their_epochs(plane):
    figure = plots.cue_course(plane)
    assert_legible(figure)
    top, bottom = figure.axes
    (curve,) = [line for line in top.lines if line.get_color() == LOSS]
    np.testing.assert_allclose(curve.get_xydata(), np.column_stack([plane.epoch, plane.loss])[1:])
    fixed, ghosts = (
        next(line.get_xydata() for line in bottom.lines if line.get_color() == colour) for colour in (INK, GHOST)
    )
    assert dict(fixed)[100] == 1 and dict(ghosts)[100] == 1 and dict(fixed)[400] == 3 and dict(ghosts)[400] == 0
    assert {line.get_xdata()[0] for line in top.lines if line.get_color() == CLAIM} == set(SHOWN[1:])


def test_every_slow_point_is_in_its_plane_and_ghosts_are_squares(plane):
    figure = plots.plane_flows(plane)
    assert_legible(figure)
    for axes, epoch in zip(figure.axes, SHOWN, strict=False):
        assert axes.get_title("left") == f"epoch {epoch:,}"
        expected = plane.points[int(np.searchsorted(plane.epochs, epoch))]
        for colour, marker, is_ghost in ((INK, "o", False), (GHOST, "s", True)):
            positions = [point.position for point in expected if (point.kind == "ghost") is is_ghost]
            np.testing.assert_allclose(points(axes, colour, marker), positions)


def test_nullclines_cross_at_fixed_points_and_trials_are_those_of_the_delay(plane):
    network = plane.snapshots[-1]
    _, axes = plt.subplots()
    task = DelayedCueDiscrimination(each=TRIALS)
    plots.draw_plane(axes, network, slow_points(network), task)
    ways = [line.get_xydata() for line in axes.lines if line.get_marker() == "None"]
    np.testing.assert_allclose(ways, in_delay(network, task))
    contours = [each for each in axes.collections if hasattr(each, "levels")]
    for k, contour in enumerate(contours):
        vertices = np.concatenate([path.vertices for path in contour.get_paths()])
        assert np.abs(network.flow(vertices)[:, k]).max() < 0.1
    assert len(contours) == 2


def test_the_ends_of_both_cues_of_match_to_sample_are_named():
    (found,) = replace(experiments.MATCH_TO_SAMPLE, seeds=1, epochs=60, shown=(0, 60)).run().courses
    figure = plots.match_plane(found, (0, 60))
    for axes, points_of in zip(figure.axes, found.points, strict=True):
        assert [text.get_text() for text in axes.texts] == ["cue +1", "cue −1"]
        assert len(points(axes, INK, "o")) == sum(point.kind != "ghost" for point in points_of)
    ends = in_delay(found.snapshots[1], DelayedMatchToSample(each=TRIALS // 2))[:, -1]
    np.testing.assert_allclose(figure.axes[1].texts[0].xy, ends[[0, 1, 4, 5]].mean(axis=0))


def test_bars_are_as_long_as_ghosts_and_several_fixed_points_are_there():
    looked, loss = np.array([0, 10, 20, 30, 200]), np.repeat([0.5, 0.1], [4, 17])
    ghosts, fixed = np.array([0, 1, 0, 1, 1]), np.array([1, 1, 3, 3, 3])
    learner = CueCourse(loss, np.array(1.0), np.array([0.1, 0.9]), looked, fixed, fixed > 2, ghosts, np.array(True))
    silent = learner._replace(loss=np.full(21, 0.5))
    figure = plots.who_learns(CueCourses((silent, learner)))
    assert_legible(figure)
    (axes,) = figure.axes
    black, violet = ([segment[:, 0].tolist() for segment in each.get_segments()] for each in axes.collections)
    assert black == [[20, 200]] and violet == [[10, 20], [30, 200]]
    (drop,) = axes.lines
    assert set(drop.get_xdata()) == {40} == {learner.drop}
