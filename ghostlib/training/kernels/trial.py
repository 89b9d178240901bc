"""What a kernel needs to know beside the parameters."""

from typing import NamedTuple

import numpy as np


class Trial(NamedTuple):
    """What a kernel needs to know beside the parameters.

    target : float64 array (2T,).
    units : N without padding.
    delta, x0, kappa_star : as in `DelayedActivation`.
    learn_c : whether c is trained too.
    epochs : the last epoch.
    """

    target: np.ndarray
    units: int
    delta: float
    x0: float
    kappa_star: float
    learn_c: bool
    epochs: int


class DrivenTrial(NamedTuple):
    """What `driven` needs to know beside the parameters; P is the number of trials with padding, K the rank.

    targets, low, high, weights : arrays (steps, P), float64: an output is right above `low` and up to `high`; weights
        are those of the loss, zero in the padding.
    trials, units : P and N without padding.
    rank, inputs : K and D.
    from_rates : whether the output is read from the rates.
    fixed : whether N is the identity, and not trained.
    bounded : whether the output is tanh, and not the sigmoid.
    delta, x0, spread, squashed, noise : as in `Trials`.
    epochs : the last epoch.
    """

    targets: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weights: np.ndarray
    trials: int
    units: int
    rank: int
    inputs: int
    from_rates: bool
    fixed: bool
    bounded: bool
    delta: float
    x0: float
    spread: float
    squashed: bool
    noise: float
    epochs: int
