"""Figures with knobs, the same in the static page and in Jupyter."""

from ghostlib.widgets.flow import Flow


__all__ = ["Flow"]
