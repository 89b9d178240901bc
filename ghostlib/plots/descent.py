"""Figures of gradient descent on the toy model (chapter 04): the jump, the oscillation, the trap, the cycle."""

import numpy as np

from ghostlib import toy
from ghostlib.plots.marks import HALO, arrow, dot, hline, label, log_axes, panels, power_of_ten, shade_zone, vline
from ghostlib.plots.style import CLAIM, GRADIENT, GRID, INK, LOSS, MUTED, OPTIMUM
from ghostlib.toy import laws


LOWEST = 0.1  # of the axes of ρ, which are logarithmic
ZONE = 0.25


def descent(a, rho_0, epochs):
    """One run of the rescaled map: loss and r/r* against the epoch (Eq. 13 with T scaled out, Fig. 2B–C)."""
    figure, (top, bottom) = _loss_and_rho(epochs, max(rho_0, 4))
    rho = toy.descend_rescaled(rho_0, a, epochs)
    top.plot(_loss(rho), color=LOSS, linewidth=1)
    bottom.plot(np.maximum(rho, 1.1 * LOWEST), color=INK, linewidth=1)
    label(bottom, "r*", (epochs, 1.05), (-3, 3), color=OPTIMUM, bbox=HALO)
    return figure


def fig_2bc(run, T, alpha):
    """Figs. 2B and 2C: loss/T and r/r* against the epoch, one run below and one above α*.

    run : Descents, from `experiments.FIG_2BC`; `alpha` has one value for each of its two rows.
    """
    rho, losses, (slow, fast) = run.r / toy.r_star(T), run.loss / T, (f"α = {power_of_ten(each)}" for each in alpha)
    epochs, trapped = rho.shape[1] - 1, int(np.argmax(rho[1] < ZONE))
    figure, (top, bottom) = _loss_and_rho(epochs, 10)
    top.plot([1500, 1500], [0, 0.72], color=CLAIM, linestyle="--", linewidth=1.2)
    label(top, "paper: around\nepoch 1500", (1500, 0.72), (4, -1), color=CLAIM)
    for axes, values, colour in ((top, losses, LOSS), (bottom, rho, INK)):
        axes.plot(values[1], color=MUTED, linewidth=1.4)
        axes.plot(values[0], color=colour, linewidth=1.4)
    label(top, f"{fast}: trapped at epoch {trapped}", (260, 0.92), (1, 0), color=MUTED)
    label(top, slow, (700, 0.54), color=LOSS)
    label(bottom, slow, (1000, 9), (1, 1))
    label(bottom, fast, (260, 1.8), (1, 0), color=MUTED)
    label(bottom, "r*", (epochs, 1.15), (-1, 3), color=OPTIMUM)
    hline(bottom, ZONE, CLAIM, "paper: r*/4, point of no return")
    return figure


def critical_step(a=(0.5, 1.0, 1.2)):
    """One step of descent from just right of the minimum, on the loss over r/r*, for three α/α* (Eq. 15)."""
    figure, axes = panels(1, 3.8)
    shade_zone(axes, -0.25, ZONE)
    label(axes, "no-\nlearning\nzone", (0, 0.5), color=MUTED, bbox=HALO)
    vline(axes, 1, OPTIMUM, "r*")
    rho = np.concatenate([[-0.25, ZONE], np.linspace(ZONE, 1, 200), np.linspace(1, 2, 200)])
    axes.plot(rho, _loss(rho), color=LOSS)
    for level, rate in zip((-0.16, -0.36, -0.56), a, strict=True):
        end = 1 - 0.75 * rate
        reached = float(_loss(max(end, 0.0)))
        colour, name = (CLAIM, "paper: α = α*") if rate == 1 else (INK, f"α = {rate:g} α*")
        arrow(axes, (1, level), (end, level), color=colour, shrinkA=0, shrinkB=0)
        label(axes, name, (1, level), (8, 0), color=colour)
        axes.plot([end, end], [level, reached], color=colour, linewidth=0.8, linestyle=":")
        dot(axes, end, reached, colour, markersize=5)
    axes.set(xlim=(-0.25, 2), ylim=(-0.68, 1.15), xlabel="r / r*", ylabel="loss / T")
    axes.set(xticks=(0, 0.25, 0.5, 1, 1.5, 2), yticks=(0, 0.5, 1))
    return figure


def plateau(rho, a):
    """A run on its plateau: ρ^(5/2) falls on a straight line, and the loss on the curve that follows from it.

    rho : array (E,), r/r* at epochs 0, 1, …; `a` its learning rate α/α*.
    """
    figure, (top, bottom) = panels(2, 5.2)
    duration, first = laws.plateau_duration(rho[0], a), rho[0] ** 2.5
    end = int(duration)
    shown, fine = np.arange(0, end, 60), np.linspace(0, end, 2000)
    law, half = laws.rho_on_plateau(fine, rho[0], a), float(_loss(rho[0])) / 2
    vline(top, end, GRID)
    vline(bottom, end, GRID)
    top.plot(fine, law**2.5, color=MUTED, linewidth=1.2)
    top.plot(shown, rho[shown] ** 2.5, "o", color=INK, markersize=4)
    label(top, "straight line: ρ₀^(5/2) − 15an/8", (0.42 * end, 0.68 * first), (1, 0), color=MUTED)
    label(top, "dots: the run", (0.05 * end, 0.42 * first), (1, 0))
    bottom.plot(fine, _loss(law), color=MUTED, linewidth=1.2)
    bottom.plot(shown, _loss(rho[shown]), "o", color=LOSS, markersize=4)
    left = laws.plateau_duration((1 - half) ** -2, a)
    at = duration - left
    bottom.plot([0, at], [half, half], color=GRID, linewidth=1.2)
    dot(bottom, at, half, LOSS, hollow=True, markersize=7)
    words = f"half the loss falls in the\nlast {left / duration:.1%} of the plateau"
    label(bottom, words, (at, half), (-12, -8), color=LOSS)
    top.set(ylim=(0, None), ylabel="(r / r*)^(5/2)")
    bottom.set(ylim=(0, None), ylabel="loss / T", xlabel="epoch n", xlim=(0, 1.03 * end))
    return figure


def oscillation(rho, a, first, shown=70):
    """The run after it has first passed r*: one epoch below, back above, a little higher each time.

    rho : array (E,), r/r* at epochs 0, 1, …; `first` the epoch of the first crossing; `a` = α/α*.
    """
    figure, axes = panels(1, 3.6)
    epoch = np.arange(first - 4, min(first + shown, rho.size))
    hline(axes, 1, OPTIMUM, "r*", at=0, away=(2, 2))
    for side, name in ((1, "r* + α·2T³/π²"), (-1, "r* − α·2T³/π²")):
        hline(axes, 1 + side * 0.75 * a, MUTED, name, away=(-1, 3 * side), linewidth=1, linestyle=(0, (2, 3)))
    axes.plot(epoch, rho[epoch], "-", color=GRID, linewidth=1)
    axes.plot(epoch, rho[epoch], "o", color=INK, markersize=3.5)
    axes.set(xlabel="epoch", ylabel="r / r*", xlim=(epoch[0] - 2, epoch[-1] + 1), ylim=(1 - 1.15 * a, 1 + 1.4 * a))
    return figure


def fig_2d(sweep, T, rho0):
    """Fig. 2D: mean loss ± s.e.m. over the learning rate after several numbers of epochs, with the laws of the text.

    sweep : Sweep, from `experiments.FIG_2D`; `rho0` where its runs start, r₀/r*.
    """
    figure, axes = panels(1, 4.6)
    critical = float(toy.alpha_star(T))
    vline(axes, 9e-10, CLAIM, "paper: 9 · 10⁻¹⁰", at=0.05)
    small = sweep.alpha[sweep.alpha < 0.3 * critical]
    axes.plot(small, laws.mean_loss(small / critical), color=MUTED, linestyle=(0, (2, 2)), linewidth=1.2)
    label(axes, "floor: 2αT⁵/π⁴", (small[30], laws.mean_loss(small[30] / critical)), (16, -18), color=MUTED)
    draw_sweep(axes, sweep, T)
    for epochs in sweep.epochs:
        falls = critical * float(laws.plateau_duration(rho0, 1.0)) / epochs
        label(axes, f"{epochs:,} epochs", (falls, 0.09), rotation=90, color=LOSS, bbox=HALO, zorder=4)
    label(axes, "all trapped: loss T", (0.985, 0.97), (-1, -1), xycoords="axes fraction", color=MUTED)
    label(axes, "still on the plateau", (1.1e-11, 0.84), (1, 0), color=LOSS)
    axes.set(xlim=(1e-11, 1e-8), ylim=(1.5e-3, 2.4))
    return figure


def draw_sweep(axes, sweep, T):
    """Mean loss/T ± s.e.m. over the learning rate after several numbers of epochs; the earlier the fainter.

    sweep : with `alpha` (A,), `epochs` (E,), `mean()` and `sem()` (A, E).
    """
    for mean, error, strength in zip(
        sweep.mean().T, sweep.sem().T, np.linspace(0.35, 1, len(sweep.epochs)), strict=True
    ):
        axes.errorbar(sweep.alpha, mean / T, yerr=error / T, color=LOSS, alpha=strength, linewidth=1.4, elinewidth=0.8)
    log_axes(axes, "learning rate α", "loss / T")


def trapped_fraction(caught):
    """Share of the runs that is trapped, over α/α*, with two binomial standard errors, and the paper's claim.

    caught : TrappedRuns, from `experiments.TRAPPED_FRACTION`.
    """
    figure, axes = panels(1, 3.8)
    limit = toy.cycle_limit()
    axes.plot([caught.a[0], caught.a[0], caught.a[-1]], [0, 1, 1], color=CLAIM, linestyle="--", linewidth=1.2)
    label(axes, "paper: all, from α* on", (1.0005, 1), (4, 4), color=CLAIM)
    vline(axes, limit, GRID)
    label(axes, f"{limit:.4f}:\nthe cycle ends", (limit, 0.5), (5, 0), color=MUTED)
    low, high = caught.fraction - 2 * caught.error, caught.fraction + 2 * caught.error
    axes.fill_between(caught.a, low, high, color=INK, alpha=0.25, linewidth=0)
    axes.plot(caught.a, caught.fraction, color=INK, linewidth=1.4)
    label(axes, "trapped", (1.0135, 0.3), (1, 0))
    label(axes, "oscillating\nfor ever", (1.004, 0.68), (1, 0), color=MUTED)
    axes.set(xlim=(caught.a[0], caught.a[-1]), ylim=(0, 1.13), xlabel="α / α*", ylabel="share of the runs trapped")
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    return figure


def return_map(a):
    """The map ρ ← ρ − ¾ a sgn(ρ − 1) ρ^(−3/2), its cycle of period 3 as a closed staircase, and its hole."""
    figure, axes = panels(1, 4.6)
    top, hole, orbit = 2.3, 1 - 0.75 * a, toy.cycle(a).orbit
    shade_zone(axes, -0.1, ZONE, across=True)
    shade_zone(axes, -0.1, ZONE, (0.1, 1.1), rotation=90)
    axes.plot([-0.1, top], [-0.1, top], color=GRID, linewidth=1.2)
    vline(axes, 1, OPTIMUM, "r*")
    for part in (np.linspace(0.5, 1 - 1e-9, 200), np.linspace(1 + 1e-9, top, 200)):
        axes.plot(part, toy.rescaled_step(part, a), color=INK)
    stairs = np.repeat(np.append(orbit, orbit[0]), 2)
    axes.plot(stairs[:-1], stairs[1:], color=GRADIENT, linewidth=1.3)
    axes.plot(orbit, np.roll(orbit, -1), "o", color=GRADIENT, markersize=5)
    for name, x, y, side in zip(("ρ₁", "ρ₂", "ρ₃"), orbit, np.roll(orbit, -1), (1, 1, -1), strict=True):
        label(axes, name, (x, y), (5 * side, -1), color=GRADIENT)
    dot(axes, 1, hole, hollow=True)
    label(axes, "the hole: from just above r*\ninto the zone", (1, hole), (14, 0), bbox=HALO)
    label(axes, "no change", (0.63, 0.69), color=MUTED, rotation=45, transform_rotates_text=True)
    axes.set(xlim=(-0.1, top), ylim=(-0.1, top), xlabel="ρ = r / r* now", ylabel="ρ one epoch later")
    return figure


def orbit_diagram(found):
    """Where the oscillation settles, over α/α*: the last ρ of each run, and the exact cycle of period 3.

    found : OrbitDiagram, from `experiments.OSCILLATIONS`.
    """
    figure, axes = panels(1, 4.2)
    hline(axes, 1, OPTIMUM)
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
    a = np.linspace(toy.cycle_begin(), toy.cycle_limit(), 100)[1:-1]
    axes.plot(a, toy.cycle(a).orbit, color=GRADIENT, linewidth=1.4)
    vline(axes, 1, CLAIM, "paper: α*", at=0.1, away=(-4, 0))
    label(axes, "r*", (0.8, 1), (1, 2), color=OPTIMUM)
    label(axes, "period 3", (0.7, 1.6), (-1, 1), color=GRADIENT)
    for period, name in ((5, "period 5"), (7, "7"), (9, "9")):
        window = found.period == period
        label(axes, name, (found.a[window].max(), found.rho[window].max()), (-6, 1))
    axes.set(xlim=(found.a[0], 1.05), ylim=(0.6, 1.85), xlabel="α / α*", ylabel="r / r* in the long run")
    return figure


def _loss(rho):
    return toy.loss(np.asarray(rho) * toy.r_star(1.0), 1.0)


def _loss_and_rho(epochs, highest):
    figure, (top, bottom) = panels(2, 5.4)
    top.set(ylim=(0, 1.08), ylabel="loss / T")
    log_axes(bottom, y="r / r*")
    bottom.set(ylim=(LOWEST, 1.3 * highest), xlim=(0, epochs), xlabel="epoch")
    hline(bottom, 1, OPTIMUM)
    shade_zone(bottom, LOWEST, ZONE, (0.52 * epochs, 0.158), across=True)
    return figure, (top, bottom)
