"""A word in the text lights up its curve in the nearest live figure, by pointer and by keyboard."""

from pathlib import Path

import pytest

from ghostlib import widgets
from ghostlib.page.palette import COLOURS


EXTENSION = Path(__file__).parents[2] / "book" / "_ext" / "ghostbook"
WORDS = """words => {
    for (const [name, where] of words) {
        const word = document.createElement("span");
        Object.assign(word, { className: `ghost-curve ghost-curve-${name}`, textContent: name });
        document.querySelector(where).append(word);
    }
}"""
SEEN = """() => {
    const seen = (mark) => [mark.dataset.colour, Number(getComputedStyle(mark).opacity)];
    const marks = (figure) => Object.fromEntries([...figure.querySelectorAll("g[data-colour]")].map(seen));
    return [...document.querySelectorAll(".ghost-widget")].map(marks);
}"""


@pytest.fixture
def page(show):
    """Two figures that both draw a loss, with words above the first and below the second."""
    page = show(widgets.Slope(), widgets.Landscape())
    page.evaluate("document.body.prepend(Object.assign(document.createElement('p'), { id: 'top' }))")
    page.evaluate(WORDS, [["loss", "#top"], ["gradient", "#top"], ["loss", "#end"], ["rank-1", "#end"]])
    page.add_script_tag(path=EXTENSION / "curves.js")
    return page


def lit(page):
    """Of each figure the colours that have not faded."""
    return [{name for name, opacity in figure.items() if opacity == 1} for figure in page.evaluate(SEEN)]


def test_every_mark_has_a_colour_of_the_grammar_and_nothing_is_faded_at_first(page):
    first, second = page.evaluate(SEEN)
    assert {"loss", "gradient", "optimum", "dead"} <= first.keys()
    assert first.keys() | second.keys() <= COLOURS.keys()
    assert set(first.values()) == set(second.values()) == {1}


def test_the_pointer_lights_a_curve_in_the_nearest_figure_as_long_as_it_rests(page):
    first, second = lit(page)
    above, slope, below, nowhere = page.locator(".ghost-curve").all()
    above.hover()
    assert lit(page) == [{"loss"}, second]
    slope.hover()
    assert lit(page) == [{"gradient"}, second]
    below.hover()
    assert lit(page) == [first, {"loss"}]
    nowhere.hover()  # no figure has this curve
    assert lit(page) == [first, second]


def test_so_does_the_keyboards_focus_also_over_a_redraw(page):
    before = lit(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "loss"
    page.locator(".ghost-grip").first.evaluate(
        "grip => grip.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageUp', bubbles: true }))"
    )
    page.wait_for_function("location.hash.includes('slope.')")
    assert lit(page) == [{"loss"}, before[1]]
    page.keyboard.press("Tab")
    assert lit(page) == [{"gradient"}, before[1]]
    page.evaluate("document.activeElement.blur()")
    assert lit(page) == before
