"""Tasks of many trials with inputs, as data, and the two of the paper's second version (arXiv 2501.02378 v2).

A task is refused with a ValueError where its arrays are not finite or do not fit each other, where Euler's step is not
stable, or where a number is out of its range.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ghostlib import _checks
from ghostlib.networks.task import checked_steps


OUTPUTS = {"tanh": np.tanh, "sigmoid": expit}
START = {"spread": 0.3}  # the authors'


@dataclass(frozen=True, eq=False)
class Trials:
    r"""Trials in which a network hears u(t) and is to say o(t): r ← (1 − Δ) r + Δ tanh(W r + w_in u + b + ε).

    inputs : array (P, steps, D), u of each of P trials; u(t) drives the update from step t to the next.
    targets : array (P, steps), o. The output at step t is read from r before the update with u(t).
    weights : array (steps,) or (P, steps), by default 1/steps: the loss is Σ weights (ô − o)², averaged over trials.
    output : "tanh" or "sigmoid", of what the network reads out.
    thresholds : ascending; an output is right where none of them lies between it and the target.
    dt, tau : step and neuronal time constant, ms; only their ratio `delta` = Δt/τ enters the networks.
    x0, spread : r(0) = tanh(x0 + spread z) with z standard normal, drawn anew for every unit, trial and epoch.
    squashed : False for r(0) = x0 + spread z.
    noise : standard deviation of ε, drawn anew for every unit, step, trial and epoch.
    seed : of NumPy's generator of z and ε: every network and every training begins its own, so that it hears the same.
    """

    inputs: np.ndarray
    targets: np.ndarray
    weights: np.ndarray | None = None
    output: str = "sigmoid"
    thresholds: tuple = (0.5,)
    dt: float = 5.0
    tau: float = 10.0
    x0: float = 0.0
    spread: float = 0.0
    squashed: bool = True
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self):
        inputs, targets = (_checks.finite(name, getattr(self, name)) for name in ("inputs", "targets"))
        if inputs.ndim != 3 or 0 in inputs.shape:
            raise ValueError(f"inputs must have shape (trials, steps, D), got {inputs.shape}")
        if targets.shape != inputs.shape[:2]:
            raise ValueError(f"targets must have shape {inputs.shape[:2]} beside inputs, got {targets.shape}")
        weights = np.full(self.steps, 1 / self.steps) if self.weights is None else self.weights
        weights = _checks.nonnegative("weights", weights)
        if weights.shape not in (targets.shape, targets.shape[1:]):
            raise ValueError(f"weights must have shape {targets.shape[1:]} or {targets.shape}, got {weights.shape}")
        thresholds = _checks.finite("thresholds", self.thresholds)
        if thresholds.ndim != 1 or np.any(np.diff(thresholds) <= 0):
            raise ValueError(f"thresholds must ascend, got {self.thresholds!r}")
        if not isinstance(self.output, str) or self.output not in OUTPUTS:
            raise ValueError(f'output must be "tanh" or "sigmoid", got {self.output!r}')
        numbers = {name: _checks.number(name, getattr(self, name), _checks.nonnegative) for name in ("spread", "noise")}
        dt, tau = checked_steps(self.dt, self.tau)
        checked = {
            "inputs": inputs,
            "targets": targets,
            "weights": np.broadcast_to(weights, targets.shape),
            "thresholds": tuple(thresholds.tolist()),
            "dt": dt,
            "tau": tau,
            "x0": _checks.number("x0", self.x0),
            "squashed": _checks.boolean("squashed", self.squashed),
            "seed": _checks.count("seed", self.seed, 0),
            **numbers,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def delta(self):
        """Δ = Δt/τ."""
        return self.dt / self.tau

    @property
    def steps(self):
        """Steps in a trial."""
        return np.shape(self.inputs)[1]

    def generator(self):
        """A generator of z and ε, at its beginning."""
        return np.random.Generator(np.random.SFC64(self.seed))

    def draw(self, N, generator=None):
        """r(0) and ε of the next epoch of a `generator` (by default the first), shapes (P, N) and (steps − 1, P, N).

        Nothing is drawn where `spread` or `noise` is zero.
        """
        generator = self.generator() if generator is None else generator
        _checks.instance("generator", generator, np.random.Generator)
        start, noise = np.full((N, len(self.inputs)), self.x0), np.zeros((N, self.steps - 1, len(self.inputs)))
        if self.spread:
            start += self.spread * generator.standard_normal(start.shape)
        if self.noise:
            noise += self.noise * generator.standard_normal(noise.shape)
        return (np.tanh(start) if self.squashed else start).T, np.moveaxis(noise, 0, -1)

    def loss(self, output):
        """Σ weights (ô − o)², averaged over trials, of `output` (..., P, steps); shape (...)."""
        error = np.square(self._trials(output) - self.targets)
        return (self.weights * error).sum(axis=(-1, -2)) / len(self.targets)

    def accuracy(self, output):
        """Share of all steps at which `output` (..., P, steps) is on the target's side of the thresholds; shape (...).

        NaN for an output that is not a number.
        """
        output = self._trials(output)
        low, high = self.sides()
        right = (low < output) & (output <= high)
        return np.where(np.isnan(output).any(axis=(-1, -2)), np.nan, right.mean(axis=(-1, -2)))[()]

    def sides(self):
        """Between which bounds, the upper one included, an output is right: two arrays (P, steps)."""
        edges = np.array([-np.inf, *self.thresholds, np.inf])
        place = np.searchsorted(self.thresholds, self.targets)
        return edges[place], edges[place + 1]

    def _trials(self, output):
        output = _checks.numbers("output", output)
        if output.shape[-2:] != self.targets.shape:
            raise ValueError(f"output must have shape (..., {self.targets.shape}), got {output.shape}")
        return output


class DelayedCueDiscrimination(Trials):
    """Hear a cue of +1 or −1, wait, and then say which it was; zero before.

    cue, delay, response : steps of each. 10, 50 and 50 ms are 2, 10 and 10 steps of 5 ms.
    each : trials of either cue; the cues take turns.
    options : of `Trials`; the authors' start tanh(0.3 z) and thresholds ±0.33 by default.

    Source: the paper's second version, Fig. 4A–D, and the authors' code.
    """

    def __init__(self, each=500, cue=2, delay=10, response=10, **options):
        cues = np.array([[1.0], [-1.0]])
        parts = {"cue": (cue, cues, 0), "delay": (delay, 0, 0), "response": (response, 0, cues)}
        authors = {"output": "tanh", "thresholds": (-0.33, 0.33), **START}
        super().__init__(*_blocks(each, 2, parts), **authors | options)


class DelayedMatchToSample(Trials):
    """Hear two cues with a wait between them, each +1 or −1, and then say 1 if they were the same and 0 if not.

    sample, delay, test, response : steps of each. 30, 80, 30 and 50 ms are 6, 16, 6 and 10 steps of 5 ms.
    each : trials of each of the four pairs, which take turns.
    options : of `Trials`; the authors' start tanh(0.3 z) and noise 0.01 by default.

    Source: the paper's second version, Fig. 4E–H, and the authors' code.
    """

    def __init__(self, each=500, sample=6, delay=16, test=6, response=10, **options):
        first, second = np.array([[1.0], [1.0], [-1.0], [-1.0]]), np.array([[1.0], [-1.0], [1.0], [-1.0]])
        parts = {"sample": (sample, first, 0), "delay": (delay, 0, 0), "test": (test, second, 0)}
        parts["response"] = (response, 0, first == second)
        super().__init__(*_blocks(each, 4, parts), **{"noise": 0.01, **START} | options)


def _blocks(each, conditions, parts):
    """Inputs and targets of so many trials of each condition, from named parts (steps, input, target) in a row."""
    each = _checks.count("each", each, 1)
    lengths = [_checks.count(name, length, 0) for name, (length, _, _) in parts.items()]
    inputs, targets = (
        np.hstack([np.broadcast_to(part[k], (conditions, n)) for n, part in zip(lengths, parts.values(), strict=True)])
        for k in (1, 2)
    )
    return np.tile(inputs, (each, 1))[..., None], np.tile(targets, (each, 1))
