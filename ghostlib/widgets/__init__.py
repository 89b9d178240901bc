"""Figures with knobs, the same in the static page and in Jupyter."""

try:
    import anywidget  # noqa: F401
except ImportError as error:
    raise ImportError("ghostlib.widgets needs anywidget and ipywidgets: pip install ghostlib[widgets]") from error

from ghostlib.widgets.descent import Descent
from ghostlib.widgets.flow import Flow
from ghostlib.widgets.landscape import Landscape
from ghostlib.widgets.own import Own
from ghostlib.widgets.plane import Plane
from ghostlib.widgets.plateau import Plateau
from ghostlib.widgets.ranks import Ranks
from ghostlib.widgets.rescue import Rescue
from ghostlib.widgets.small import Bifurcation, Cobweb, ReadOut, Slope, Step, TimeSpent, Timing
from ghostlib.widgets.train import Train


__all__ = [
    "Bifurcation", "Cobweb", "Descent", "Flow", "Landscape", "Own", "Plane", "Plateau", "Ranks", "ReadOut", "Rescue",
    "Slope", "Step", "TimeSpent", "Timing", "Train",
]  # fmt: skip
