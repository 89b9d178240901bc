"""Results in, Axes out: one function a figure, one module a chapter, one look for all."""

try:
    import matplotlib
except ImportError as error:
    raise ImportError("ghostlib.plots needs matplotlib: pip install ghostlib[plots]") from error

from ghostlib.plots.abrupt import (
    abrupt_learning,
    before_and_after,
    hundred_plateaus,
    plateau_knobs,
    standing,
    two_forecasts,
)
from ghostlib.plots.circuit import flow_from_afar, gradient_factors, one_number, read_out, reverse_pass
from ghostlib.plots.confidence import (
    annealed,
    fig_4,
    recovery_window,
    remedies,
    rescued,
    signal,
    slope_and_its_limits,
    trained_confidence,
    trapped_counts,
    way_back,
)
from ghostlib.plots.descent import (
    critical_step,
    descent,
    fig_2bc,
    fig_2d,
    orbit_diagram,
    oscillation,
    plateau,
    return_map,
    trapped_fraction,
)
from ghostlib.plots.flow import bifurcation, bottleneck_law, fig_1, flow_and_wait, time_spent
from ghostlib.plots.landscape import euler_against_exact, fig_2a, kink, landscape, slope_in_the_zone, three_regimes
from ghostlib.plots.latent import (
    escape,
    fig_3a_course,
    fig_3a_flows,
    fig_3b_course,
    fig_3b_flows,
    fig_s1,
    jump,
    order_of_events,
    rounding,
    waiting,
)
from ghostlib.plots.laws import critical_kinds, critical_rates, form_rates, late_falls, plateau_law, valleys
from ghostlib.plots.network import draw_latent_flow, draw_output, draw_story, training
from ghostlib.plots.own import own_network
from ghostlib.plots.plane import cue_course, draw_plane, match_plane, plane_at, plane_flows, who_learns
from ghostlib.plots.ranks import (
    fig_s2,
    learning_time,
    outcome_map,
    rank_or_size,
    ranks,
    slow_directions,
    spectra,
    suddenness,
)
from ghostlib.plots.style import use_book_style
