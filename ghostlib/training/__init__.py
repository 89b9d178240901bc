"""Gradient descent on whole ensembles of networks, fused and compiled.

history.py   what a training leaves behind, and at which epochs
layout.py    the parameters of a network as one matrix
kernels.py   loss, gradient and update of one network, compiled
trainer.py   `train`: many networks over many cores
"""

from ghostlib.networks.history import History
from ghostlib.training.trainer import train


__all__ = ["History", "train"]
