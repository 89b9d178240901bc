"""Chapter 10: the plateau's law over N, delay and size of the weights, and Eq. (15) for other normal forms. Ours."""

from dataclasses import dataclass

import numpy as np

from ghostlib.experiments import cache
from ghostlib.experiments.bisection import bisect
from ghostlib.experiments.laws.kinds import plateau_areas
from ghostlib.page.numbers import Quoted
from ghostlib.toy.forms import Power, Saddle


@dataclass(frozen=True, eq=False)
class PlateauAreas:
    """Plateaus of V kinds of S networks, epochs times learning rate, and what the law says of each.

    kinds : tuple of V: (T, N, size).
    area, law : float arrays (V, S); the area is infinite where no jump came.
    """

    kinds: tuple[tuple, ...]
    area: np.ndarray
    law: np.ndarray

    #: The median area, by kind: "5-100-1".
    area_of = Quoted(lambda self: self._by_kind(np.median(self.area, axis=1)), "{:.0f}")
    #: Area over law, median by kind.
    ratio = Quoted(lambda self: self._by_kind(np.median(self.area / self.law, axis=1)), "{:.2f}")
    #: How many do not jump in time, by kind; and how many networks there are of each.
    never = Quoted(lambda self: self._by_kind(np.isinf(self.area).sum(axis=1)))
    plateaus_of_each = Quoted(lambda self: self.area.shape[1])

    def _by_kind(self, values):
        return {f"{T}-{N}-{size:g}": value for (T, N, size), value in zip(self.kinds, values, strict=True)}


@dataclass(frozen=True)
class PlateauKinds:
    """Chapter 10: plateaus over the delay, the number of units and the size of the initial weights. Ours."""

    T: tuple[int, ...] = (5, 10, 20, 40, 80)
    N: tuple[int, ...] = (25, 50, 100, 200, 400)
    size: tuple[float, ...] = (0.5, 0.7, 1.0, 1.4, 2.0)
    seeds: int = 24

    def run(self):
        """The trainings, as `PlateauAreas`; each kind is kept on the disk once it is done."""
        usual = 20, 100, 1.0
        kinds = [(T, *usual[1:]) for T in self.T] + [(20, N, 1.0) for N in self.N] + [(20, 100, g) for g in self.size]
        kinds = tuple(dict.fromkeys(kinds))
        done = cache.map_cached(plateau_areas, [(*kind, self.seeds) for kind in kinds])
        return PlateauAreas(kinds, *map(np.stack, zip(*done, strict=True)))


@dataclass(frozen=True, eq=False)
class FormRates:
    """Critical rates of F normal forms at D delays, by descent and by the derived law.

    names : F of them. T : float array (F, D). alpha, law : float arrays (F, D).
    """

    names: tuple[str, ...]
    T: np.ndarray
    alpha: np.ndarray
    law: np.ndarray

    #: The largest relative difference between the two.
    form_error = Quoted(lambda self: np.abs(self.alpha / self.law - 1).max(), "{:.1%}")

    @property
    def powers(self):
        """The power of T of each form, from the measured rates; for the saddle it means nothing."""
        return [np.polyfit(np.log(T), np.log(alpha), 1)[0] for T, alpha in zip(self.T, self.alpha, strict=True)]

    @property
    def decay(self):
        """By which exponent the saddle's measured rate falls per unit of T."""
        return np.polyfit(self.T[-1], np.log(self.alpha[-1]), 1)[0]


@dataclass(frozen=True)
class Forms:
    """Chapter 10: Eq. (15) for other normal forms, held against the smallest rate that traps any of many runs. Ours."""

    p: tuple[float, ...] = (1.5, 2.0, 3.0, 4.0, 8.0)
    T: tuple[float, ...] = (10.0, 30.0, 100.0, 300.0)
    T_saddle: tuple[float, ...] = (3.0, 5.0, 7.0, 9.0)
    starts: int = 200
    epochs: int = 400
    halvings: int = 34
    seed: int = 0

    def run(self):
        """The bisections, which know nothing of the law, as `FormRates`."""
        forms = [(f"|x|^{p:g}", Power(p), np.array(self.T)) for p in self.p]
        forms.append(("saddle", Saddle(), np.array(self.T_saddle)))
        names, kinds, T = zip(*forms, strict=True)
        alpha = [self._critical(form, delay) for form, delay in zip(kinds, T, strict=True)]
        law = [form.alpha_star(delay) for form, delay in zip(kinds, T, strict=True)]
        return FormRates(names, *map(np.stack, (T, alpha, law)))

    def _critical(self, form, T):
        starts = np.random.default_rng(self.seed).uniform(1, 5, self.starts) * form.parameter(T)[:, None]

        def traps_any(exponent):
            return form.trapped(starts, 10 ** exponent[:, None], T[:, None], self.epochs).any(axis=1)

        return 10 ** bisect(traps_any, np.full(T.shape, -40.0), np.full(T.shape, 5.0), self.halvings)[1]


PLATEAU_KINDS = PlateauKinds()
FORMS = Forms()
