"""Whole ensembles of networks trained by gradient descent, fused and compiled.

trainer     `train`: many networks over many cores, the only loop over epochs
rules       how a step follows from the gradient: plain, clipped, Adam
schedules   trainings at a confidence that changes
layout      the parameters of a network as one matrix
kernels     loss, gradient and update of one network, compiled: one module for each kind of network
"""

from ghostlib.training.rules import Adam, Clipped, GradientDescent
from ghostlib.training.trainer import train
