"""What all widgets share: parameters that refuse the impossible, and a picture for pages without a kernel."""

import io
import itertools
import json
import numbers
from types import MappingProxyType

import anywidget
import traitlets

from ghostlib.page.palette import inline_svg
from ghostlib.widgets._bundle import bundle, style


# A chapter is one process, so that the ids in its static pictures are the same in every build.
_drawn = itertools.count(1)


class Parameter(traitlets.Float):
    """A finite number between `low` and `high` that the reader can turn; a ValueError on assignment of anything else.

    Parameters
    ----------
    default : float
        The paper's value (or the one the text opens with).
    low, high : float
        Bounds, both allowed.
    label : str
        What it is called beside its slider.
    scale : {"linear", "log", "sqrt"}
        How the slider runs; "sqrt" keeps the sign: value = s·|s|.
    whole : bool
        Only whole numbers are allowed.
    choices : list of float, optional
        The only values of the slider; the front end takes the nearest of them, by ratio, for any other number.
    """

    def __init__(self, default, *, low, high, label, scale="linear", whole=False, choices=None):
        super().__init__(default)
        self.tag(sync=True, low=low, high=high, label=label, scale=scale, whole=whole, choices=choices)

    def validate(self, obj, value):
        low, high, whole = (self.metadata[key] for key in ("low", "high", "whole"))
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not number or not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{self.name}: {value!r} is not {kind} from {low:g} to {high:g}")
        return float(value)


class Explorable(anywidget.AnyWidget):
    """A figure with knobs: traits here, arithmetic and drawing in one JavaScript module.

    A subclass gives ``module`` (the name of its JavaScript), ``alt`` and ``caption`` (the static picture's words), its
    `Parameter` traits, and ``picture()``, the matplotlib figure at the present values. It may give ``hint`` (words
    after the caption that are true of the live figure only) and ``shared`` (trait → function: what is the same for
    every widget, and comes to a page in a file of its own).
    """

    module = ""
    alt = ""
    caption = ""
    hint = ""
    shared = MappingProxyType({})

    _css = style()
    _spec = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **options):
        if "module" in vars(cls):
            cls._esm = bundle(cls.module)
        super().__init_subclass__(**options)

    def __init__(self, **values):
        for name in values:
            if not self.has_trait(name):
                raise TypeError(self._unknown(name))
        super().__init__(**values)
        self._spec = self.spec()

    def __setattr__(self, name, value):
        if not name.startswith("_") and not hasattr(type(self), name):
            raise AttributeError(self._unknown(name))
        super().__setattr__(name, value)

    @classmethod
    def _unknown(cls, name):
        return f"{name!r} is no trait of {cls.__name__}; allowed are {', '.join(cls.own_traits())}"

    @classmethod
    def own_traits(cls):
        """The traits that are ours and not every widget's, name → trait, in the order of their declaration."""
        # anywidget gives each object a subclass of its own, hence the walk.
        declared = (
            item for base in reversed(cls.__mro__) if issubclass(base, Explorable) for item in vars(base).items()
        )
        return {
            name: trait
            for name, trait in declared
            if isinstance(trait, traitlets.TraitType) and not name.startswith("_")
        }

    @classmethod
    def spec(cls):
        """Name → default, bounds, label, scale … of every parameter: what the front end builds its controls from."""
        kept = ("low", "high", "label", "scale", "whole", "choices")
        return {
            name: {"default": trait.default_value, **{key: trait.metadata[key] for key in kept}}
            for name, trait in cls.own_traits().items()
            if isinstance(trait, Parameter)
        }

    def values(self):
        """The present value of every parameter."""
        return {name: getattr(self, name) for name in self.spec()}

    def page_state(self):
        """Everything the front end needs in a page without a kernel, ready for JSON."""
        return {**self.values(), "_spec": self.spec()}

    def _svg(self):
        import matplotlib as mpl
        from matplotlib import pyplot as plt

        from ghostlib.plots.style import STYLE

        text = io.StringIO()
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(STYLE)
            figure = self.picture()
            figure.savefig(text, format="svg")
            plt.close(figure)
        return inline_svg(text.getvalue(), alt=self.alt, prefix=f"{self.module}-{next(_drawn)}")

    def _html(self):
        state = json.dumps(self.page_state(), allow_nan=False).replace("<", "\\u003c")
        hint = f' <span class="ghost-hint" hidden>{self.hint}</span>' if self.hint else ""
        return (
            f'<figure class="ghost-widget" data-widget="{self.module}">'
            f'<script type="application/json">{state}</script>'
            f'<div class="ghost-live" hidden></div><div class="ghost-static">{self._svg()}</div>'
            f'<p class="ghost-message" role="alert" hidden></p><figcaption>{self.caption}{hint}</figcaption></figure>'
        )

    def _repr_mimebundle_(self, **kwargs):
        shown = super()._repr_mimebundle_(**kwargs)
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return {**data, "text/html": self._html()}, metadata
