"""Formulas can be copied: see formulas.js."""

from pathlib import Path

from . import assets


def setup(app):
    assets.serve(app, Path(__file__).with_name("formulas.js"))
