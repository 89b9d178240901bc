"""The colours can be read: against the page, in light and dark, by what each of them is used for."""

import re
from itertools import pairwise

import numpy as np
import pytest

from ghostlib.page.palette import COLOURS, CONFIDENCE, RANK
from ghostlib.widgets import _bundle


LEAST = {"text": 4.5, "mark": 3.0}  # WCAG 2.1, 1.4.3 and 1.4.11


def luminance(colour):
    """Relative luminance of "#rrggbb", as WCAG defines it."""
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(colour, ground):
    """From 1 for two equal colours to 21 for black on white."""
    low, high = sorted((luminance(colour), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [name for name, colour in COLOURS.items() if colour.use in LEAST])
def test_a_colour_stands_out_from_the_page_as_its_use_asks(name, theme):
    ground = getattr(COLOURS["page"], theme)
    assert contrast(getattr(COLOURS[name], theme), ground) >= LEAST[COLOURS[name].use]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ranks_are_in_order_of_brightness_and_neighbours_differ(theme):
    steps = [luminance(getattr(colour, theme)) for colour in COLOURS.values() if colour.meaning == RANK]
    assert len(steps) == 9
    assert all(low < high for low, high in pairwise(steps))


def test_every_colour_has_its_own_light_value():
    """A drawing is told which variable takes the place of a colour by its light value alone."""
    assert len({colour.light.lower() for colour in COLOURS.values()}) == len(COLOURS)


def test_ramps_stand_together_in_the_table():
    meanings = [colour.meaning for colour in COLOURS.values()]
    for ramp in (CONFIDENCE, RANK):
        first = meanings.index(ramp)
        assert meanings[first : first + meanings.count(ramp)] == [ramp] * meanings.count(ramp)


def test_no_widget_writes_in_a_colour_that_is_too_faint_for_words():
    faint = "|".join(name for name, colour in COLOURS.items() if colour.use != "text")
    for path in _bundle.SOURCES.rglob("*.js"):
        for mark in re.findall(r"\{[^{}]*\}", path.read_text(encoding="utf-8")):
            written = re.search(r"\b(label|text):", mark)
            assert not (written and re.search(rf'colour: "({faint})"', mark)), f"{path.name}: {mark}"
