"""Results in, Axes out: one function a figure, one module a chapter, one look for all."""

from ghostlib.plots.descent import (
    critical_step,
    descent,
    fig_2bc,
    fig_2d,
    oscillation,
    plateau,
    return_map,
    rhythms,
    trapped_fraction,
)
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
    "critical_step",
    "descent",
    "draw_latent_flow",
    "draw_output",
    "euler_against_exact",
    "fig_1",
    "fig_2a",
    "fig_2bc",
    "fig_2d",
    "flow_and_wait",
    "kink",
    "landscape",
    "oscillation",
    "plateau",
    "return_map",
    "rhythms",
    "slope_in_the_zone",
    "three_regimes",
    "time_spent",
    "training",
    "trapped_fraction",
    "use_book_style",
]
