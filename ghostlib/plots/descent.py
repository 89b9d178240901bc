"""Figures of gradient descent on the toy model (chapter 04): the jump, the oscillation, the trap, the cycle."""

import numpy as np
from matplotlib import pyplot as plt

from ghostlib import toy
from ghostlib.plots.style import (
    CLAIM,
    GRADIENT,
    GRID,
    HALO,
    INK,
    LOSS,
    MUTED,
    OPTIMUM,
    PAGE,
    SUPERSCRIPTS,
    WIDTH,
    arrow,
    label,
    label_powers,
    shade_zone,
)
from ghostlib.toy import laws


LOWEST = 0.1  # of the axes of ρ, which are logarithmic
ZONE = 0.25


def descent(a, rho_0, epochs):
    """One run of the rescaled map: loss and r/r* against the epoch (Eq. 13 with T scaled out, Fig. 2B–C)."""
    figure, (top, bottom) = _two_panels(epochs, max(rho_0, 4))
    rho = toy.descend_rescaled(rho_0, a, epochs)
    top.plot(_loss(rho), color=LOSS, linewidth=1)
    bottom.plot(np.maximum(rho, 1.1 * LOWEST), color=INK, linewidth=1)
    bottom.text(0.99 * epochs, 1.15, "r*", color=OPTIMUM, ha="right", va="bottom", bbox=HALO)
    bottom.text(0.5 * epochs, 0.158, "no-learning zone", color=MUTED, ha="center", va="center", bbox=HALO)
    return figure


def fig_2bc(run, T, alpha):
    """Figs. 2B and 2C: loss/T and r/r* against the epoch, one run below and one above α*.

    run : Descents, from `experiments.FIG_2BC`; `alpha` has one value for each of its two rows.
    """
    rho, losses = run.r / toy.r_star(T), run.loss / T
    epochs = rho.shape[1] - 1
    figure, (top, bottom) = _two_panels(epochs, 10)
    top.plot([1500, 1500], [0, 0.72], color=CLAIM, linestyle="--", linewidth=1.2)
    top.text(1540, 0.72, "paper: around\nepoch 1500", color=CLAIM, va="top")
    trapped = int(np.argmax(rho[1] < ZONE))
    top.plot(losses[1], color=MUTED, linewidth=1.4)
    top.plot(losses[0], color=LOSS, linewidth=1.4)
    bottom.plot(rho[1], color=MUTED, linewidth=1.4)
    bottom.plot(rho[0], color=INK, linewidth=1.4)
    top.text(260, 0.96, f"α = {_power_of_ten(alpha[1])}: trapped at epoch {trapped}", va="top", color=MUTED)
    top.text(700, 0.58, f"α = {_power_of_ten(alpha[0])}", color=LOSS, va="top", ha="center")
    bottom.text(1000, 9, f"α = {_power_of_ten(alpha[0])}", va="bottom")
    bottom.text(260, 1.7, f"α = {_power_of_ten(alpha[1])}", color=MUTED)
    bottom.text(epochs, 1.25, "r*", color=OPTIMUM, ha="right", va="bottom")
    bottom.plot([0, epochs], [ZONE, ZONE], color=CLAIM, linestyle="--", linewidth=1.2)
    bottom.text(epochs, 0.28, "paper: r*/4, point of no return", color=CLAIM, ha="right", va="bottom")
    bottom.text(0.55 * epochs, 0.158, "no-learning zone", color=MUTED, ha="center", va="center", bbox=HALO)
    return figure


def critical_step(a=(0.5, 1.0, 1.2)):
    """One step of descent from just right of the minimum, on the loss over r/r*, for three α/α* (Eq. 15)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    shade_zone(axes, -0.25, ZONE)
    axes.axvline(1, color=OPTIMUM, linewidth=1.2)
    rho = np.concatenate([[-0.25, ZONE], np.linspace(ZONE, 1, 200), np.linspace(1, 2, 200)])
    axes.plot(rho, _loss(rho), color=LOSS)
    for level, rate in zip((-0.16, -0.36, -0.56), a, strict=True):
        end = 1 - 0.75 * rate
        colour = CLAIM if rate == 1 else INK
        arrow(axes, (1, level), (end, level), color=colour, shrinkA=0, shrinkB=0)
        name = "paper: α = α*" if rate == 1 else f"α = {rate:g} α*"
        axes.text(1.05, level, name, color=colour, va="center")
        axes.plot([end, end], [level, float(_loss(max(end, 0.0)))], color=colour, linewidth=0.8, linestyle=":")
        axes.plot([end], [float(_loss(max(end, 0.0)))], "o", color=colour, markersize=5)
    axes.text(0.0, 0.5, "no-\nlearning\nzone", color=MUTED, ha="center", va="center", bbox=HALO)
    label(axes, "r*", (1, 1.04), (4, 0), color=OPTIMUM)
    axes.set(xlim=(-0.25, 2), ylim=(-0.68, 1.15), xlabel="r / r*", ylabel="loss / T")
    axes.set(xticks=(0, 0.25, 0.5, 1, 1.5, 2), yticks=(0, 0.5, 1))
    return figure


def plateau(rho, a):
    """A run on its plateau: ρ^(5/2) falls on a straight line, and the loss on the curve that follows from it.

    rho : array (E,), r/r* at epochs 0, 1, …; `a` its learning rate α/α*.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.2), sharex=True)
    end = int(laws.plateau_duration(rho[0], a))
    shown, fine = np.arange(0, end, 60), np.linspace(0, end, 2000)
    law = laws.rho_on_plateau(fine, rho[0], a)
    for axes in (top, bottom):
        axes.axvline(end, color=GRID, linewidth=1.2)
    top.plot(fine, law**2.5, color=MUTED, linewidth=1.2)
    top.plot(shown, rho[shown] ** 2.5, "o", color=INK, markersize=4)
    top.text(0.42 * end, 0.66 * rho[0] ** 2.5, "straight line: ρ₀^(5/2) − 15an/8", color=MUTED)
    top.text(0.05 * end, 0.4 * rho[0] ** 2.5, "dots: the run")
    bottom.plot(fine, _loss(law), color=MUTED, linewidth=1.2)
    bottom.plot(shown, _loss(rho[shown]), "o", color=LOSS, markersize=4)
    half = float(_loss(rho[0])) / 2
    at = laws.plateau_duration(rho[0], a) - laws.plateau_duration((1 - half) ** -2, a)
    bottom.plot([0, at], [half, half], color=GRID, linewidth=1.2)
    bottom.plot([at], [half], "o", color=PAGE, markeredgecolor=LOSS, markersize=7, zorder=3)
    left = 1 - at / laws.plateau_duration(rho[0], a)
    label(
        bottom,
        f"half the loss falls in the\nlast {left:.1%} of the plateau",
        (at, half),
        (-12, -8),
        ha="right",
        va="top",
        color=LOSS,
    )
    top.set(ylim=(0, None), ylabel="(r / r*)^(5/2)")
    bottom.set(ylim=(0, None), ylabel="loss / T", xlabel="epoch n", xlim=(0, 1.03 * end))
    return figure


def oscillation(rho, a, first, shown=70):
    """The run after it has first passed r*: one epoch below, back above, a little higher each time.

    rho : array (E,), r/r* at epochs 0, 1, …; `first` the epoch of the first crossing; `a` = α/α*.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.6))
    epoch = np.arange(first - 4, min(first + shown, rho.size))
    axes.axhline(1, color=OPTIMUM, linewidth=1.2)
    for side, name in ((1, "r* + α·2T³/π²"), (-1, "r* − α·2T³/π²")):
        edge = 1 + side * 0.75 * a
        axes.axhline(edge, color=MUTED, linewidth=1, linestyle=(0, (2, 3)))
        label(axes, name, (epoch[-1], edge), (0, 4 * side), color=MUTED, ha="right", va="bottom" if side > 0 else "top")
    axes.plot(epoch, rho[epoch], "-", color=GRID, linewidth=1)
    axes.plot(epoch, rho[epoch], "o", color=INK, markersize=3.5)
    label(axes, "r*", (epoch[0], 1), (-8, 3), color=OPTIMUM)
    axes.set(xlabel="epoch", ylabel="r / r*", xlim=(epoch[0] - 2, epoch[-1] + 1), ylim=(1 - 1.15 * a, 1 + 1.4 * a))
    return figure


def fig_2d(sweep, T, rho0):
    """Fig. 2D: mean loss ± s.e.m. over the learning rate after several numbers of epochs, with the laws of the text.

    sweep : Sweep, from `experiments.FIG_2D`; `rho0` where its runs start, r₀/r*.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.6))
    critical = float(toy.alpha_star(T))
    axes.axvline(9e-10, color=CLAIM, linestyle="--", linewidth=1.2)
    label(axes, "paper: 9 · 10⁻¹⁰", (9e-10, 2.2e-3), (4, 0), color=CLAIM)
    small = sweep.alpha[sweep.alpha < 0.3 * critical]
    axes.plot(small, laws.mean_loss(small / critical), color=MUTED, linestyle=(0, (2, 2)), linewidth=1.2)
    label(axes, "floor: 2αT⁵/π⁴", (small[30], laws.mean_loss(small[30] / critical)), (16, -18), color=MUTED, va="top")
    mean, error = sweep.mean() / T, sweep.sem() / T
    for column, epochs in enumerate(sweep.epochs):
        # The earlier the fainter: the same quantity at five moments.
        strength = 0.35 + 0.65 * column / (len(sweep.epochs) - 1)
        axes.errorbar(
            sweep.alpha,
            mean[:, column],
            yerr=error[:, column],
            color=LOSS,
            alpha=strength,
            linewidth=1.4,
            elinewidth=0.8,
        )
        falls = critical * float(laws.plateau_duration(rho0, 1.0)) / epochs
        axes.text(
            falls, 0.09, f"{epochs:,} epochs", rotation=90, color=LOSS, ha="center", va="center", bbox=HALO, zorder=4
        )
    axes.text(0.985, 0.97, "all trapped: loss T", transform=axes.transAxes, ha="right", va="top", color=MUTED)
    axes.text(1.1e-11, 0.8, "still on the plateau", color=LOSS)
    axes.set(xscale="log", yscale="log", xlim=(1e-11, 1e-8), ylim=(1.5e-3, 2.4))
    axes.set(xlabel="learning rate α (log scale)", ylabel="loss / T (log scale)")
    label_powers(axes.xaxis, axes.yaxis)
    return figure


def trapped_fraction(caught):
    """Share of the runs that is trapped, over α/α*, with two binomial standard errors, and the paper's claim.

    caught : TrappedRuns, from `experiments.TRAPPED_FRACTION`.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.8))
    limit = toy.cycle_limit()
    axes.plot([caught.a[0], caught.a[0], caught.a[-1]], [0, 1, 1], color=CLAIM, linestyle="--", linewidth=1.2)
    label(axes, "paper: all, from α* on", (1.0005, 1), (4, 5), color=CLAIM)
    axes.axvline(limit, color=GRID, linewidth=1.2)
    label(axes, f"{limit:.4f}:\nthe cycle ends", (limit, 0.5), (5, 0), color=MUTED, va="center")
    low, high = caught.fraction - 2 * caught.error, caught.fraction + 2 * caught.error
    axes.fill_between(caught.a, low, high, color=INK, alpha=0.25, linewidth=0)
    axes.plot(caught.a, caught.fraction, color=INK, linewidth=1.4)
    axes.text(1.0135, 0.33, "trapped", va="top")
    axes.text(1.004, 0.62, "oscillating\nfor ever", color=MUTED)
    axes.set(xlim=(caught.a[0], caught.a[-1]), ylim=(0, 1.13), xlabel="α / α*", ylabel="share of the runs trapped")
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    return figure


def return_map(a):
    """The map ρ ← ρ − ¾ a sgn(ρ − 1) ρ^(−3/2), its cycle of period 3 as a closed staircase, and its hole."""
    figure, axes = plt.subplots(figsize=(WIDTH, 4.6))
    top = 2.3
    shade_zone(axes, -0.1, ZONE, across=True)
    shade_zone(axes, -0.1, ZONE)
    axes.plot([-0.1, top], [-0.1, top], color=GRID, linewidth=1.2)
    axes.axvline(1, color=OPTIMUM, linewidth=1.2)
    for part in (np.linspace(0.5, 1 - 1e-9, 200), np.linspace(1 + 1e-9, top, 200)):
        axes.plot(part, toy.rescaled_step(part, a), color=INK)
    orbit = toy.cycle(a).orbit
    stairs = np.repeat(np.append(orbit, orbit[0]), 2)
    axes.plot(stairs[:-1], stairs[1:], color=GRADIENT, linewidth=1.3)
    axes.plot(orbit, np.roll(orbit, -1), "o", color=GRADIENT, markersize=5)
    for name, x, y, shift in zip(
        ("ρ₁", "ρ₂", "ρ₃"), orbit, np.roll(orbit, -1), ((7, -9), (7, -9), (-17, -11)), strict=True
    ):
        label(axes, name, (x, y), shift, color=GRADIENT)
    hole = 1 - 0.75 * a
    axes.plot([1], [hole], "o", color=PAGE, markeredgecolor=INK, markersize=6, zorder=3)
    label(axes, "the hole: from just above r*\ninto the zone", (1, hole), (14, -3), va="center", bbox=HALO)
    label(axes, "r*", (1, 2.12), (4, 0), color=OPTIMUM)
    axes.text(0.5, 0.56, "no change", color=MUTED, rotation=45, rotation_mode="anchor", transform_rotates_text=True)
    axes.text(0.14, 1.1, "no-learning zone", color=MUTED, rotation=90, ha="center", va="center", bbox=HALO)
    axes.set(xlim=(-0.1, top), ylim=(-0.1, top), xlabel="ρ = r / r* now", ylabel="ρ one epoch later")
    return figure


def orbit_diagram(found):
    """Where the oscillation settles, over α/α*: the last ρ of each run, and the exact cycle of period 3.

    found : OrbitDiagram, from `experiments.OSCILLATIONS`.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 4.2))
    start, end = toy.cycle_begin(), toy.cycle_limit()
    axes.axhline(1, color=OPTIMUM, linewidth=1.2)
    rates, values = [], []
    for rate, rho, period in zip(found.a, found.rho, found.period, strict=True):
        once = rho[:period] if period else np.unique(rho.round(2))
        rates += [rate] * len(once)
        values += list(once)
    width = 0.6 * (found.a[1] - found.a[0])
    # One path of dashes a column wide; thousands of markers would be a file of their own.
    x = np.array(rates)[:, None] + width * np.array([-0.5, 0.5, np.nan])
    y = np.repeat(np.array(values)[:, None], 3, axis=1)
    axes.plot(x.ravel(), y.ravel(), color=INK, linewidth=1.2)
    a = np.linspace(start, end, 100)[1:-1]
    axes.plot(a, toy.cycle(a).orbit, color=GRADIENT, linewidth=1.4)
    axes.axvline(1, color=CLAIM, linestyle="--", linewidth=1.2)
    label(axes, "paper: α*", (1, 0.72), (-4, 0), color=CLAIM, ha="right")
    label(axes, "r*", (0.8, 1), (0, 3), color=OPTIMUM)
    axes.text(0.7, 1.6, "period 3", color=GRADIENT, ha="right", va="bottom")
    for period, name in ((5, "period 5"), (7, "7"), (9, "9")):
        window = found.period == period
        place = (found.a[window].max(), found.rho[window].max())
        label(axes, name, place, (-6, 3), ha="right")
    axes.set(xlim=(found.a[0], 1.05), ylim=(0.6, 1.85), xlabel="α / α*", ylabel="r / r* in the long run")
    return figure


def _loss(rho):
    return toy.loss(np.asarray(rho) * toy.r_star(1.0), 1.0)


def _two_panels(epochs, highest):
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 5.4), sharex=True)
    top.set(ylim=(0, 1.08), ylabel="loss / T")
    bottom.axhline(1, color=OPTIMUM, linewidth=1.2)
    shade_zone(bottom, LOWEST, ZONE, across=True)
    bottom.set(yscale="log", ylim=(LOWEST, 1.3 * highest), xlim=(0, epochs))
    bottom.set(xlabel="epoch", ylabel="r / r* (log scale)")
    label_powers(bottom.yaxis)
    return figure, (top, bottom)


def _power_of_ten(value):
    return "10" + str(round(np.log10(value))).translate(SUPERSCRIPTS)
