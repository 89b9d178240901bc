"""Figures of gradient descent on the toy model (chapter 04): the jump, the oscillation, the trap."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import toy
from ghostlib.plots.style import DEAD, INK, LOSS, OPTIMUM, WIDTH


def descent(a, rho_0, epochs):
    """One run of the rescaled map: loss and r/r* against the epoch (Eq. 13 with T scaled out, Fig. 2B–C)."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.0), sharex=True)
    rho = toy.descend_rescaled(rho_0, a, epochs)
    top.plot(toy.loss(rho * toy.r_star(1.0), 1.0), color=LOSS, linewidth=1)
    top.set(ylim=(0, 1.1), ylabel="loss / T")
    bottom.semilogy(np.maximum(rho, 0.02), color=INK, linewidth=1)
    bottom.axhline(1, color=OPTIMUM)
    bottom.text(epochs, 1.08, "r*", color=OPTIMUM, ha="right", va="bottom")
    bottom.axhspan(0.02, 0.25, facecolor="none", edgecolor=DEAD, hatch="///", linewidth=0)
    bottom.set(ylim=(0.02, 1.3 * max(rho_0, 4)), xlim=(0, epochs), xlabel="epoch", ylabel="r / r* (log scale)")
    return figure
