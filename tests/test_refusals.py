"""Whatever is given in place of an argument is taken, or refused with a sentence that says what is allowed."""

import re
import warnings

import numpy as np
import pytest
import torch

from ghostlib import outcomes, read_network, toy, train
from ghostlib.dynamics import bifurcations, directions, passage, planar_points, plateau, search, sharpness, slow_points
from ghostlib.dynamics import visits as trials_by_points
from ghostlib.networks import adjoint, oracle
from ghostlib.networks.driven import DrivenFullRank, DrivenLowRank
from ghostlib.networks.records import FullRank, LowRank, RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.networks.trials import DelayedCueDiscrimination, DelayedMatchToSample, Trials
from ghostlib.toy import finite, forms, laws, rescaled, zone
from ghostlib.training import schedules
from ghostlib.training.rules import PLAIN


ODD = [
    None,
    "x",
    float("nan"),
    -float("inf"),
    -1,
    2.5,
    1e308,
    1e-320,
    2**70,
    1j,
    [],
    [[]],
    [[1, 2], [3]],
    {},
    object(),
    np.array("a"),
    torch.ones(2, requires_grad=True),
]
# What does not fit another argument, or overflows on the way, is not named by itself.
ELSEWHERE = "must broadcast|W, with b|finite on the interval|must leave the state finite|finite, got -?inf"
RNG = np.random.default_rng(0)
TASK, CUES = DelayedActivation(T=5), DelayedCueDiscrimination(each=1)
ENSEMBLE = RankOne(np.ones((2, 4)), np.ones((2, 4)), np.zeros((2, 4)))
NETWORK = RankOne([2.0, 1.0], [1.0, 0.5], [-1.0, 0.2])
BEFORE, AFTER = (RankOne([2.0, 0.0], [2.0, 8.0], [b, 0.0]) for b in (2.2, 2.0))  # with one fixed point and with three
PLANE = {"m": RNG.normal(size=(5, 2)), "n": RNG.normal(size=(2, 5)), "b": RNG.normal(size=5)}
READ_OUT = {"w_out": np.ones(5), "b_out": 0.0}
LOW, FULL = LowRank(**PLANE, **READ_OUT), {"W": np.ones((5, 5)), "b": np.ones(5), **READ_OUT}
HEARING = DrivenLowRank(**PLANE, w_out=np.zeros(2), b_out=0.0, w_in=np.ones((5, 1)))
POINTS, BOX = slow_points.slow_points(NETWORK), ((-2, 2), (-2, 2))
ACCURACY, OUTPUT = np.ones(60), np.zeros(10)
TRAIN = {"networks": ENSEMBLE, "task": TASK, "alpha": 0.01, "epochs": 3}
AT = {"networks": ENSEMBLE, "task": TASK, "c": 10.0}
SEEDS = {"seeds": 0, "N": 4}


def parabola(x):
    return x**2 + 0.1


CALLS = [
    (RankOne, {"m": [1.0], "n": [1.0], "b": [0.0]}),
    (LowRank, {**PLANE, **READ_OUT}),
    (FullRank, FULL),
    (DrivenLowRank, {**PLANE, **READ_OUT, "w_in": np.ones((5, 1))}),
    (DrivenFullRank, {**FULL, "w_in": np.ones((5, 1))}),
    (RankOne.initial, {"seeds": 0}),
    (LowRank.initial, {**SEEDS, "rank": 2}),
    (DrivenLowRank.initial, {**SEEDS, "rank": 2, "inputs": 1}),
    (DrivenFullRank.initial, {**SEEDS, "inputs": 1}),
    (DelayedActivation, {"T": 5, "dt": 5.0, "tau": 10.0, "x0": -0.3, "kappa_star": 1.0}),
    (Trials, {"inputs": np.ones((2, 4, 1)), "targets": np.ones((2, 4)), "weights": np.ones(4), "output": "tanh"}),
    (Trials, {"inputs": np.ones((2, 4, 1)), "targets": np.ones((2, 4)), "thresholds": (0.5,), "dt": 5.0, "tau": 10.0}),
    (Trials, {"inputs": np.ones((2, 4, 1)), "targets": np.ones((2, 4)), "x0": 0.0, "spread": 0.0, "noise": 0.0}),
    (Trials, {"inputs": np.ones((2, 4, 1)), "targets": np.ones((2, 4)), "squashed": True, "seed": 0}),
    (DelayedCueDiscrimination, {"each": 1, "cue": 2, "delay": 2, "response": 2}),
    (DelayedMatchToSample, {"each": 1, "sample": 2, "delay": 2, "test": 2, "response": 2}),
    (train, {**TRAIN, "c": 10.0, "learn_c": False, "record": "all", "snapshots": [0], "dtype": np.float32}),
    (train, {**TRAIN, "rule": PLAIN, "threads": 1, "progress": False}),
    (train, {**TRAIN, "networks": LOW, "c": None}),
    (train, {**TRAIN, "networks": HEARING, "task": CUES, "c": None}),
    (schedules.train_at, {**TRAIN, "confidences": [1.0, 2.0]}),
    (schedules.train_stages, {"networks": ENSEMBLE, "task": TASK, "alpha": 0.01, "plan": [(3, 1.0)]}),
    (schedules.anneal, {**TRAIN, "epochs": 50, "c": 10.0}),
    (schedules.ramp, {"low": 1.0, "high": 2.0, "rise": 1.1, "every": 5}),
    (ENSEMBLE.kappa0, {"task": TASK}),
    (ENSEMBLE.simulate, {"task": TASK}),
    (ENSEMBLE.latent, {"task": TASK}),
    (ENSEMBLE.output, {"task": TASK, "c": 10.0}),
    (ENSEMBLE.flow, {"kappa": [0.0, 1.0]}),
    (LOW.output, {"task": TASK, "c": None}),
    (LOW.flow, {"kappa": [0.0, 1.0]}),
    (HEARING.output, {"task": CUES, "c": None, "generator": None}),
    (HEARING.at, {"u": [1.0]}),
    (TASK.loss, {"output": OUTPUT}),
    (TASK.accuracy, {"output": OUTPUT}),
    (CUES.loss, {"output": np.zeros((2, 22))}),
    (CUES.accuracy, {"output": np.zeros((2, 22))}),
    (adjoint.loss_and_gradient, AT),
    (oracle.loss_and_gradient, AT),
    (read_network, {"source": None, "m": [1.0], "n": [1.0], "b": [0.0], "w_out": [0.0], "b_out": 0.0, "over_N": True}),
    (read_network, {"W": [[1.0]], "b": [0.0]}),
    (outcomes.learned, {"accuracy": ACCURACY}),
    (outcomes.trapped, {"accuracy": ACCURACY}),
    (outcomes.recovered, {"accuracy": ACCURACY}),
    (outcomes.diverged, {"accuracy": ACCURACY}),
    (outcomes.solved, {"accuracy": ACCURACY, "loss": 0.05}),
    (outcomes.final_loss, AT),
    (outcomes.first_epoch, {"condition": [True]}),
    (outcomes.jump, {"loss": ACCURACY}),
    (outcomes.silent_from, {"accuracy": ACCURACY}),
    (outcomes.settled_loss, {"loss": ACCURACY}),
    (slow_points.slow_points, {"network": NETWORK, "interval": (-3, 3), "tau": 1.0, "tolerance": None}),
    (slow_points.slow_points, {"network": LOW, "interval": BOX, "tau": 1.0}),
    (slow_points.slow_points_of, {"flow": parabola, "interval": (-1, 1), "tau": 1.0, "tolerance": None}),
    (slow_points.count_fixed_points, {"networks": ENSEMBLE, "interval": (-3, 3)}),
    (planar_points.rank_two_points, {"network": LOW, "box": BOX, "tau": 1.0}),
    (search.found_points, {"network": LOW, "starts": np.zeros((1, 2)), "seed": 0, "apart": 1e-6, "tau": 1.0}),
    (passage.passage_time, {"flow": parabola, "start": -1.0, "stop": 1.0, "tau": 1.0}),
    (passage.simulated_passage_time, {"flow": parabola, "start": -1.0, "stop": 1.0, "delta": 0.1, "longest": 1000}),
    (passage.ghost_of, {"network": BEFORE}),
    (passage.wait, {"network": BEFORE, "task": TASK, "c": 10.0}),
    (plateau.plateau_duration, {**AT, "alpha": 0.01}),
    (sharpness.sharpness, {**AT, "tolerance": 1e-4, "longest": 5}),
    (sharpness.hessian, {"network": NETWORK, "task": TASK, "c": 10.0}),
    (directions.update_spectrum, {"before": LOW, "after": LOW}),
    (directions.directions_needed, {"values": [2.0, 1.0], "share": 0.99}),
    (directions.slowest, {"networks": LOW, "task": TASK}),
    (bifurcations.slope_upper_bound, {"networks": ENSEMBLE}),
    (bifurcations.interpolate, {"before": NETWORK, "after": NETWORK, "share": 0.5}),
    (bifurcations.saddle_node_between, {"before": BEFORE, "after": AFTER}),
    (trials_by_points.visits, {"points": POINTS, "trajectory": [0.0, 1.0], "delta": 1.0, "width": None}),
    (trials_by_points.width_of, {"point": POINTS[0]}),
    (trials_by_points.follow, {"point": POINTS[0], "networks": ENSEMBLE}),
    (toy.descend, {"r0": 0.1, "alpha": 0.1, "T": 5.0, "epochs": 3, "every": 1}),
    (toy.escape_time, {"r": 0.1, "x_star": 1.0}),
    (toy.trajectory, {"t": 1.0, "r": 0.1}),
    (finite.finite_loss, {"r": 0.1, "T": 5.0, "c": 10.0, "x_star": 1.0}),
    (rescaled.descend_rescaled, {"rho0": 2.0, "a": 0.5, "epochs": 3, "every": 1}),
    (rescaled.cycle, {"a": 0.5, "period": 3}),
    (laws.rho_on_plateau, {"epoch": 1, "rho0": 2.0, "a": 0.5}),
    (laws.slip_interval, {"a": 0.5}),
    (zone.gradient_high_confidence, {"r": 0.01, "T": 5.0, "c": 10.0, "x_star": 1.0}),
    (zone.best_confidence, {"distance": 1.0}),
    (forms.Power, {"p": 2.0}),
    (forms.Power(2.0).alpha_star, {"T": 5.0}),
    (forms.Saddle().trapped, {"u0": 1.0, "alpha": 0.1, "T": 5.0, "epochs": 3}),
]


@pytest.mark.parametrize(("call", "arguments"), CALLS, ids=[call.__qualname__ for call, _ in CALLS])
def test_what_is_odd_is_taken_or_refused(call, arguments):
    wrong = []
    call(**arguments)
    for name in arguments:
        for odd in ODD:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    warnings.filterwarnings("ignore", message="fixed points lie far out")
                    call(**{**arguments, name: odd})
            except ValueError as error:
                if not re.search(rf"\b{name.rstrip('s')}|{ELSEWHERE}", str(error)):
                    wrong.append((name, odd, error))
            except OSError:
                assert name == "source"
            except Exception as error:
                wrong.append((name, odd, error))
    assert not wrong, "\n".join(f"{name} = {odd!r}: {type(error).__name__}: {error}" for name, odd, error in wrong)
