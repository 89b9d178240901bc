"""Figures of the order of events around the jump of many networks."""

import matplotlib.pyplot as plt
import numpy as np

from ghostlib.plots.style import GHOST, GRADIENT, INK, MUTED, WIDTH


def order_of_events(low, high):
    """The first ghost, sharp valley and rise of the loss of each network, in epochs since its jump; earliest first.

    low, high : `EventOrder` at the lower and at the higher learning rate.
    """
    figure, panels = plt.subplots(2, 1, figsize=(WIDTH, 8.0), height_ratios=(3, 2))
    marks = (
        ("sharp", "valley sharper than 2/α", {"marker": "|", "color": INK}),
        ("ghost", "first ghost", {"marker": "o", "color": GHOST, "s": 10}),
        ("rise", "first rise of the loss", {"marker": "x", "color": GRADIENT, "s": 12, "linewidth": 1.2}),
    )
    for axes, order in zip(panels, (low, high), strict=True):
        place = np.argsort(np.argsort(order.events.jump))
        for name, text, style in marks:
            epoch = getattr(order.events, name)
            found = epoch >= 0
            axes.scatter((epoch - order.events.jump)[found], place[found], label=text, **style)
        axes.set(title=f"α = {order.alpha:g}", ylabel="network, by epoch of its jump", yticks=())
        axes.axvline(0, color=MUTED, linewidth=1)
    panels[-1].set_xlabel("epochs since the jump")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=1)
    return figure
