import numpy as np
import pytest

from ghostlib.networks.trials import DelayedCueDiscrimination, DelayedMatchToSample, Trials


def trials(P=3, steps=4, D=2, **options):
    rng = np.random.default_rng(0)
    return Trials(rng.normal(size=(P, steps, D)), rng.normal(size=(P, steps)), **options)


def test_cue_discrimination_is_the_authors():
    task = DelayedCueDiscrimination()
    assert task.inputs.shape == (1000, 22, 1) and task.delta == 0.5
    np.testing.assert_array_equal(np.unique(task.inputs[:, :2]), [-1, 1])
    assert not task.inputs[:, 2:].any() and not task.targets[:, :12].any()
    np.testing.assert_array_equal(task.targets[:, 12:], np.repeat(task.inputs[:, :1, 0], 10, axis=1))
    assert task.inputs[:, 0, 0].sum() == 0
    assert (task.output, task.spread, task.squashed, task.noise) == ("tanh", 0.3, True, 0)


def test_match_to_sample_is_the_authors():
    task = DelayedMatchToSample()
    assert task.inputs.shape == (2000, 38, 1)
    first, wait, second, response = np.split(task.inputs[..., 0], [6, 22, 28], axis=1)
    assert not wait.any() and not response.any() and not task.targets[:, :28].any()
    np.testing.assert_array_equal(task.targets[:, 28:], np.repeat(first[:, :1] == second[:, :1], 10, axis=1))
    pairs, times = np.unique(np.stack([first[:, 0], second[:, -1]]), axis=1, return_counts=True)
    np.testing.assert_array_equal(pairs, [[-1, -1, 1, 1], [-1, 1, -1, 1]])
    assert (times == 500).all()
    np.testing.assert_array_equal(np.ptp(first, axis=1) + np.ptp(second, axis=1), 0)  # each cue holds on
    assert (task.output, task.spread, task.noise) == ("sigmoid", 0.3, 0.01)


def test_silence_costs_the_share_of_steps_with_a_target_of_one():
    task = DelayedCueDiscrimination(1)
    assert task.loss(np.zeros((2, 22))) == pytest.approx(10 / 22)
    assert task.loss(task.targets) == 0 and task.accuracy(task.targets) == 1
    assert task.accuracy(np.zeros((2, 22))) == 12 / 22


def test_of_many_networks_one_that_is_no_number_has_no_accuracy():
    task = DelayedCueDiscrimination(1)
    outputs = np.stack([task.targets, np.zeros((2, 22)), task.targets])
    outputs[2, 1, 5] = np.nan
    np.testing.assert_array_equal(task.accuracy(outputs), [1, 12 / 22, np.nan])


def test_loss_is_weighed_step_by_step_and_averaged_over_trials():
    weights = np.random.default_rng(1).random((3, 4))
    task, output = trials(weights=weights), np.random.default_rng(2).normal(size=(5, 3, 4))
    by_hand = [np.sum(weights * (each - task.targets) ** 2) / 3 for each in output]
    np.testing.assert_allclose(task.loss(output), by_hand, rtol=1e-14)
    np.testing.assert_allclose(trials(weights=weights[0]).weights, np.tile(weights[0], (3, 1)))


def test_an_output_is_right_where_no_threshold_lies_between_it_and_the_target():
    task = Trials(np.zeros((1, 5, 1)), [[-1.0, -1.0, 0.0, 0.0, 1.0]], thresholds=(-0.33, 0.33))
    assert task.accuracy([[-0.34, -0.32, -0.32, 0.34, 0.34]]) == 3 / 5
    assert np.isnan(task.accuracy([[np.nan, 0, 0, 0, 0]]))


def test_starts_are_drawn_anew_for_every_epoch_and_are_the_same_for_the_same_seed():
    task = trials(P=200, spread=0.3, noise=0.01)
    generator = task.generator()
    (first, noise), (second, _) = task.draw(50, generator), task.draw(50, generator)
    assert first.shape == (200, 50) and noise.shape == (3, 200, 50)
    assert np.arctanh(first).std() == pytest.approx(0.3, rel=0.02) and noise.std() == pytest.approx(0.01, rel=0.02)
    assert not np.isclose(first, second).any()
    np.testing.assert_array_equal(task.draw(50)[0], first)
    assert not np.isclose(trials(P=200, spread=0.3, noise=0.01, seed=1).draw(50)[0], first).any()


def test_a_fixed_start_draws_nothing():
    task = trials(x0=-0.3, squashed=False)
    generator = task.generator()
    start, noise = task.draw(5, generator)
    assert (start == -0.3).all() and not noise.any()
    np.testing.assert_array_equal(generator.random(3), task.generator().random(3))
    np.testing.assert_allclose(trials(x0=-0.3).draw(5)[0], np.tanh(-0.3))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("inputs", np.zeros((3, 4))),
        ("inputs", np.zeros((3, 0, 1))),
        ("inputs", np.full((3, 4, 1), np.nan)),
        ("targets", np.zeros((3, 5))),
        ("weights", np.zeros(3)),
        ("weights", -np.ones(4)),
        ("output", "relu"),
        ("thresholds", (0.5, 0.1)),
        ("thresholds", 0.5),
        ("dt", 21.0),
        ("dt", 0.0),
        ("tau", np.inf),
        ("x0", [0.1, 0.2]),
        ("spread", -0.1),
        ("noise", np.inf),
        ("seed", -1),
        ("seed", 0.5),
    ],
)
def test_impossible_settings_are_refused_by_name(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must"):
        Trials(**{"inputs": np.zeros((3, 4, 1)), "targets": np.zeros((3, 4)), name: value})


@pytest.mark.parametrize("kind", [DelayedCueDiscrimination, DelayedMatchToSample])
def test_impossible_lengths_are_refused(kind):
    with pytest.raises(ValueError, match="each must be ≥ 1"):
        kind(0)
    with pytest.raises(ValueError, match="delay must be ≥ 0, got -1"):
        kind(1, delay=-1)
    with pytest.raises(ValueError, match="output must have shape"):
        kind(1).loss(np.zeros(22))
