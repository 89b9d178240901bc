"""Networks of Fig. S2 with the output of Eq. (18) as it is written, without a sigmoid, trained by autograd. Ours."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ghostlib import outcomes
from ghostlib.experiments import cache
from ghostlib.networks.records import LowRank
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import Quoted, quoted


class LinearCourse(NamedTuple):
    """What `ghostlib.outcomes.outcome` asks of a training: arrays (..., E), before each of its updates."""

    loss: np.ndarray
    gradient_norm: np.ndarray
    accuracy: np.ndarray


def of_rank(networks, rank):
    """The same networks as some of a higher rank: the columns and rows that they lack are zero.

    They stay zero in training, since each is a factor of the other's gradient.
    """
    more = (0, rank - networks.rank)
    m, n = np.pad(networks.m, ((0, 0), (0, 0), more)), np.pad(networks.n, ((0, 0), more, (0, 0)))
    return LowRank(m, n, networks.b, networks.w_out, networks.b_out)


def train_linear(ranks, seeds, epochs, alpha):
    """Networks of each rank with the seeds from 0, at each rate: a `LinearCourse`, (ranks, rates, seeds, epochs).

    All of them at once, as autograd takes hardly longer for many.
    """
    from ghostlib.networks import oracle  # torch, which takes long to load

    networks = [of_rank(LowRank.initial(np.tile(np.arange(seeds), len(alpha)), rank), max(ranks)) for rank in ranks]
    arrays = zip(*(vars(each).values() for each in networks), strict=True)
    theta = oracle.parameters(LowRank(*map(np.concatenate, arrays)), oracle.torch.float32)
    rates = np.tile(np.repeat(alpha, seeds), len(ranks))
    target, rates = (oracle.torch.tensor(each).float() for each in (TASK.target(), rates))
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
    return tuple(each.reshape(len(ranks), len(alpha), seeds, epochs) for each in course)


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
        (course,) = cache.map_cached(train_linear, [(self.ranks, self.seeds, self.epochs, self.alpha)])
        return LinearOutputs(outcomes.outcome(LinearCourse(*course)))


LINEAR_OUTPUT = LinearOutput()
