"""Results in, Axes out: one function a figure, one module a chapter, one look for all."""

from ghostlib.plots.descent import descent
from ghostlib.plots.flow import draw_flow, flow_and_wait
from ghostlib.plots.landscape import landscape
from ghostlib.plots.style import use_book_style


__all__ = ["descent", "draw_flow", "flow_and_wait", "landscape", "use_book_style"]
