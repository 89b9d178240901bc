"""Results in, Axes out: one function a figure, one module a chapter, one look for all."""

from ghostlib.plots.descent import descent
from ghostlib.plots.flow import bifurcation, bottleneck_law, fig_1, flow_and_wait, time_spent
from ghostlib.plots.landscape import (
    euler_against_exact,
    fig_2a,
    kink,
    landscape,
    slope_in_the_zone,
    three_regimes,
)
from ghostlib.plots.network import draw_latent_flow, draw_output, training
from ghostlib.plots.style import use_book_style


__all__ = [
    "bifurcation",
    "bottleneck_law",
    "descent",
    "draw_latent_flow",
    "draw_output",
    "euler_against_exact",
    "fig_1",
    "fig_2a",
    "flow_and_wait",
    "kink",
    "landscape",
    "slope_in_the_zone",
    "three_regimes",
    "time_spent",
    "training",
    "use_book_style",
]
