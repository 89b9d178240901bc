"""The figures of the plateau and its jump: what is drawn stands where the training says."""

import numpy as np
import pytest
from drawing import assert_legible
from matplotlib.colors import to_hex

from ghostlib import plots
from ghostlib.networks import adjoint
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.page.palette import COLOURS
from ghostlib.training import train


pytestmark = pytest.mark.usefixtures("book_style")


ALPHA = 0.02


@pytest.fixture(scope="module")
def run():
    """Seed 40 as in chapter 01, and the epoch at which its loss is first below one half."""
    history = train(RankOne.initial([40]), DelayedActivation(), ALPHA, 6000)
    return history, int(np.argmax(history.loss[0] < 0.5))


def drawn_in(axes, name):
    """The lines of one colour of the grammar."""
    return [line for line in axes.lines if to_hex(line.get_color()) == COLOURS[name].light]


def test_the_close_view_is_centred_on_the_jump_with_a_dot_at_every_epoch(run):
    history, jump = run
    figure = plots.abrupt_learning(history.epoch, history.loss[0], history.accuracy[0], jump)
    assert_legible(figure)
    close = figure.axes[2]
    (loss,) = drawn_in(close, "loss")
    np.testing.assert_array_equal(loss.get_xdata(), np.arange(jump - 12, jump + 13))
    assert loss.get_ydata()[12] < 0.5 <= loss.get_ydata()[:12].min()
    assert drawn_in(close, "muted")[0].get_xdata() == [jump, jump]


def test_every_output_stands_beside_the_target_that_steps_at_the_delay():
    task = DelayedActivation()
    outputs = RankOne.initial(range(3)).output(task)
    figure = plots.before_and_after(task, outputs, ["one", "two", "three"])
    assert_legible(figure)
    for axes, output in zip(figure.axes, outputs, strict=True):
        (target,), (line,) = drawn_in(axes, "optimum"), drawn_in(axes, "ink")
        assert list(target.get_xdata()) == [0, 100, 100, 200]
        np.testing.assert_array_equal(line.get_ydata(), output)


def test_the_law_stays_within_a_third_of_the_truth_and_the_ruler_is_a_thousand_times_off(run):
    history, jump = run
    early = slice(0, jump - 50)
    epoch, loss = history.epoch[early], history.loss[0, early]
    pace = ALPHA * history.gradient_norm[0, early] ** 2
    figure = plots.two_forecasts(epoch, (loss - 0.5) / pace, (1 - loss) / pace, jump)
    assert_legible(figure)
    (axes,) = figure.axes
    (ruler,), (law,), (truth,) = (drawn_in(axes, name) for name in ("loss", "gradient", "ink"))
    assert truth.get_ydata()[0] == jump
    ratio = law.get_ydata() / truth.get_ydata()
    assert 1 < ratio.min() < ratio.max() < 4 / 3
    assert ruler.get_ydata()[4000] > 1000 * truth.get_ydata()[4000]


def test_the_forecast_made_before_training_orders_the_jumps_and_none_is_further_off_than_an_eighth():
    networks, task = RankOne.initial(range(12)), DelayedActivation()
    loss, gradient = adjoint.loss_and_gradient(networks, task)
    forecast = (1 - loss) / (ALPHA * gradient.norm() ** 2)
    history = train(networks, task, ALPHA, 10_000)
    jump = np.argmax(history.loss < 0.5, axis=1)
    assert (jump > 0).all()
    assert ((jump < forecast) & (forecast < 1.125 * jump)).all()
    figure = plots.hundred_plateaus(forecast, jump, 6000, 74)
    assert_legible(figure)
    (axes,) = figure.axes
    (stop,) = drawn_in(axes, "claim")
    assert list(stop.get_ydata()) == [6000, 6000]
    written = [text.get_text() for text in axes.texts]
    assert f"{np.count_nonzero(jump <= 6000)} before" in written
    assert f"{np.count_nonzero(jump > 6000)} later" in written


def test_plateau_times_learning_rate_is_constant_and_the_confidence_stands_in_an_exponent():
    def law(alpha, c):
        return np.exp(c) / (2 * alpha * c**2)

    task, networks = DelayedActivation(), RankOne.initial([40] * 3)
    alpha, c = np.array([0.01, 0.02, 0.04]), np.array([5.0, 7.0, 9.0])
    by_alpha = np.argmax(train(networks, task, alpha, 11_000).loss < 0.5, axis=1)
    np.testing.assert_allclose(alpha * by_alpha, alpha[0] * by_alpha[0], rtol=2e-3)
    losses = train(networks, task, ALPHA, 3000, c).loss
    by_c = np.argmax(losses < losses[:, :1] / 2, axis=1)
    np.testing.assert_allclose(by_c, law(ALPHA, c), rtol=0.15)
    figure = plots.plateau_knobs(alpha, by_alpha, c, by_c, law)
    assert_legible(figure)
    top, bottom = figure.axes
    np.testing.assert_array_equal(drawn_in(top, "ink")[0].get_ydata(), by_alpha)
    np.testing.assert_array_equal(drawn_in(bottom, "confidence-3")[0].get_ydata(), by_c)
