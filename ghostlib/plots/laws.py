"""Figures of what the paper leaves open (chapter 10): critical rates, late falls, plateaus, forms."""

import numpy as np

from ghostlib.plots.marks import apart, hline, label, log_axes, panels, shade_zone, vline
from ghostlib.plots.style import CLAIM, GRADIENT, INK, LOSS, MUTED, OPTIMUM


def critical_rates(found):
    """The rate at which half of the networks are trapped against the delay, and its power between neighbours.

    found : NetworkRates, from `experiments.RATES_BY_DELAY`; bars are 95% intervals.
    """
    figure, (top, bottom) = panels(2, 6.0, height_ratios=(3, 2))
    T = np.array(found.T, float)
    top.plot(np.repeat(T, found.rate.shape[1]), found.rate.ravel(), "o", color=MUTED, markersize=1.5)
    _bars(top, T, found.median, found.interval)
    top.plot(T, found.eq_15, color=CLAIM, linestyle="--", linewidth=1.2)
    label(top, "paper: Eq. (15)", (T[3], found.eq_15[3]), (-5, -5), color=CLAIM)
    label(top, "networks", (T[4], found.median[4]), (8, 8))
    log_axes(top, y="critical α")
    middle = np.sqrt(T[1:] * T[:-1])
    _bars(bottom, middle, found.power, found.power_interval)
    hline(bottom, -4, CLAIM, "paper: −4", at=0.02, away=(1, 3))
    log_axes(bottom, x="T in steps")
    bottom.set(ylim=(-4.3, 0), ylabel="power of T")
    bottom.set_xticks(found.T, found.T)
    return figure


def valleys(found, network=0):
    """The loss on the lines through one network's valleys, one for each delay, and the critical rates from such lines.

    found : Valleys, from `experiments.VALLEY_LINES`; bars are 95% intervals of measured rates.
    """
    figure, (top, bottom) = panels(2, 6.4, sharex=False)
    T, shades = np.array(found.T, float), np.linspace(0.25, 1, len(found.T))
    for delay, loss, zone, shade in zip(T, found.loss[:, network], found.zone[:, network], shades, strict=True):
        top.plot(found.u - zone * delay, loss, color=LOSS, alpha=shade, linewidth=1)
    shade_zone(top, -1.5, 0, (-0.75, 0.5), ha="center", rotation=90)
    top.set(xlim=(-1.5, 6), ylim=(0, 1.05), xlabel="distance from the zone × T", ylabel="loss on the line")
    label(top, f"T = {found.T[0]} (pale) to {found.T[-1]}", (0.6, 0.9), (4, 0), color=LOSS)
    measured, interval = found.measured
    for rates, mark, name, up in (
        (found.median, "o-", "calm", 4),
        (np.median(found.young, 1), "s-", "just learned", -4),
    ):
        bottom.plot(T, rates, mark, color=LOSS, markerfacecolor="none", linewidth=1, markersize=5)
        label(bottom, name, (T[-1], rates[-1]), (8, up), color=LOSS)
    _bars(bottom, T, measured, interval)
    label(bottom, "measured", (T[-1], measured[-1]), (8, 0))
    bottom.plot(T, found.eq_15, color=CLAIM, linestyle="--", linewidth=1.2)
    label(bottom, "paper: Eq. (15)", (T[3], found.eq_15[3]), (-6, -3), color=CLAIM)
    log_axes(bottom, "T in steps", "critical α")
    bottom.set_xlim(T[0] / 1.1, 2.1 * T[-1])
    bottom.set_xticks(found.T, found.T)
    return figure


def critical_kinds(found):
    """The rate at which half of the networks are trapped against N, c and Δ, one panel each, on one scale.

    found : RatesByKind, from `experiments.CRITICAL_KINDS`; bars are 95% intervals.
    """
    figure, rows = panels(len(found.rates), 6.6, sharex=False, sharey=True)
    for axes, (name, rate), paper in zip(rows, found.rates.items(), (100, 10, 0.5), strict=True):
        values = np.array(found.values[name], float)
        axes.plot(np.repeat(values, rate.shape[1]), rate.ravel(), "o", color=MUTED, markersize=1.5)
        _bars(axes, values, found.median[name], found.interval[name])
        vline(axes, paper, CLAIM, "paper" if name == "N" else "", zorder=0)
        log_axes(axes, name, "critical α")
        axes.set_xticks(values, [f"{value:g}" for value in values])
        axes.set_yticks([0.01, 0.02, 0.05], ["0.01", "0.02", "0.05"])
    return figure


def late_falls(found):
    """Sharpness over 2/α since the jump, for networks that are trapped in the end and for those that are not.

    found : LateOutcomes, from `experiments.LATE_FALLS`.
    """
    figure, axes = panels(1, 3.8)
    hline(axes, 1, MUTED, "2/α", at=0.995, away=(-1, 3), linestyle=(0, (2, 3)))
    for since, sharp, trapped in zip(found.at - found.jump[:, None], found.sharp, found.trapped, strict=True):
        axes.plot(since, sharp, color=GRADIENT if trapped else OPTIMUM, linewidth=1)
        axes.plot(since[-1], sharp[-1], "x" if trapped else "o", color=GRADIENT if trapped else OPTIMUM, markersize=5)
    label(axes, "× trapped", (0.03, 0.1), (1, 1), color=GRADIENT, xycoords="axes fraction")
    label(axes, "● keep the task", (0.3, 0.1), (1, 1), color=OPTIMUM, xycoords="axes fraction")
    axes.set(ylim=(0, 1.35), xlim=(0, None), xlabel="epochs since the jump × α", ylabel="sharpness / (2/α)")
    return figure


def plateau_law(found):
    """Measured plateaus over the law, one dot a network, by what differs from the paper's network.

    found : PlateauAreas, from `experiments.PLATEAU_KINDS`.
    """
    figure, axes = panels(1, 4.6)
    ends = np.array([0.9 * found.law.min(), 1.1 * found.law.max()])
    axes.plot(ends, ends, color=MUTED, linewidth=0.8)
    groups = (("T", "o", INK, 0, 20), ("N", "s", LOSS, 1, 100), ("size of the weights", "^", OPTIMUM, 2, 1.0))
    for row, (name, marker, colour, place, usual) in enumerate(groups):
        chosen = [i for i, kind in enumerate(found.kinds) if kind[place] != usual]
        area = found.area[chosen]
        axes.plot(found.law[chosen].ravel(), np.where(np.isfinite(area), area, np.nan).ravel(), marker, color=colour,
                  markersize=3, fillstyle="none", markeredgewidth=0.8, linestyle="none")  # fmt: skip
        axes.plot(0.06, 0.93 - 0.08 * row, marker, color=colour, fillstyle="none", transform=axes.transAxes)
        label(axes, f"other {name}", (0.09, 0.93 - 0.08 * row), (1, 0), color=colour, xycoords="axes fraction")
    log_axes(axes, "law", "epochs to the jump × α")
    label(axes, "as the law says", (ends[1], ends[1]), (-14, 2), color=MUTED)
    return figure


def form_rates(found):
    """Critical rates of other normal forms against the delay: dots by descent, lines derived; in units of that at T[0].

    found : FormRates, from `experiments.FORMS`.
    """
    figure, axes = panels(1, 4.2)
    ends = 10 ** apart(np.log10(found.alpha[:-1, -1] / found.law[:-1, 0]), 0.7)
    for name, T, alpha, law, end in zip(found.names[:-1], found.T, found.alpha, found.law, ends, strict=False):
        colour = CLAIM if name == "|x|^2" else INK
        axes.plot(T, law / law[0], color=colour, linewidth=1, linestyle="--" if colour == CLAIM else "-")
        axes.plot(T, alpha / law[0], "o", color=colour, markersize=4)
        whose = "paper: " if colour == CLAIM else ""
        label(axes, f"{whose}p = {name.removeprefix('|x|^')}", (T[-1], end), (6, 0), color=colour)
    log_axes(axes, "T", "α* / α* at T = 10")
    axes.set_xlim(9, 900)
    return figure


def _bars(axes, x, y, interval):
    axes.errorbar(x, y, np.abs(interval.T - y), fmt="o-", color=INK, markersize=4, linewidth=1.2, capsize=3)
