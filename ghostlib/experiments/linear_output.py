"""Networks of Fig. S2 with the output of Eq. (18) as it is written, without a sigmoid, trained by autograd. Ours."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments import cache
from ghostlib.experiments.ranks import TASK
from ghostlib.networks.records import LowRank
from ghostlib.page.numbers import Quoted, quoted


class LinearCourse(NamedTuple):
    """What `ghostlib.outcomes.outcome` asks of a training: arrays (..., E), before each of its updates."""

    loss: np.ndarray
    gradient_norm: np.ndarray
    accuracy: np.ndarray


def train_linear(rank, seeds, epochs, *alpha):
    """Networks of a rank with the seeds from 0, at each rate: a `LinearCourse` with rows (rates · seeds, epochs)."""
    from ghostlib.networks import oracle  # torch, which takes long to load

    networks = LowRank.initial(np.tile(np.arange(seeds), len(alpha)), rank)
    theta = oracle.parameters(networks, oracle.torch.float32)
    target, rates = (oracle.torch.tensor(each).float() for each in (TASK.target(), np.repeat(alpha, seeds)))
    course = LinearCourse(*np.empty((3, len(rates), epochs)))
    for epoch in range(epochs):
        output = oracle.readout(LowRank, theta, TASK)
        loss = (output - target).square().sum(-1) / TASK.T
        gradient = oracle.torch.autograd.grad(loss.sum(), list(theta.values()))
        course.loss[:, epoch] = loss.detach()
        course.gradient_norm[:, epoch] = sum(g.reshape(len(g), -1).square().sum(-1) for g in gradient).sqrt()
        course.accuracy[:, epoch] = TASK.accuracy(output.detach().numpy())
        with oracle.torch.no_grad():
            for parameter, slope in zip(theta.values(), gradient, strict=True):
                parameter -= oracle.torch.einsum("b,b...->b...", rates, slope)
    return course


@dataclass(frozen=True, eq=False)
class LinearOutputs:
    """What becomes of networks with a linear output: `outcome`, str array (ranks, rates, seeds)."""

    outcome: np.ndarray

    #: How many networks are trained.
    tried = Quoted(lambda self: self.outcome.size)
    #: How many of those at the lowest rate learn, and how many there are.
    learned = Quoted(lambda self: (self.outcome[:, 0] == "learned").sum())
    at_a_rate = Quoted(lambda self: self.outcome[:, 0].size)
    #: How many of those at the highest rate overflow.
    overflowed = Quoted(lambda self: (self.outcome[:, -1] == "diverged").sum())

    @quoted(claim="eq-18-output", shown="{self.trapped} of {self.tried} in a no-learning zone")
    def trapped(self):
        """How many end silent at a negligible gradient, as networks of Fig. S2 do."""
        return int((self.outcome == "trapped").sum())


@dataclass(frozen=True)
class LinearOutput:
    """Two ranks and two learning rates of Fig. S2; as many epochs as the lower rate needs."""

    ranks: tuple[int, ...] = (1, 10)
    alpha: tuple[float, ...] = (0.01, 0.1)
    seeds: int = 10
    epochs: int = 1500

    def run(self):
        """All trainings, as `LinearOutputs`."""
        settings = [(rank, self.seeds, self.epochs, *self.alpha) for rank in self.ranks]
        courses = [LinearCourse(*arrays) for arrays in cache.map_cached(train_linear, settings)]
        shape = len(self.ranks), len(self.alpha), self.seeds
        return LinearOutputs(np.reshape([outcomes.outcome(course) for course in courses], shape))


LINEAR_OUTPUT = LinearOutput()
