"""Widgets alone in a page: what the address, the hand and the keyboard ask of them, and what they refuse."""

import re

import pytest
from playwright.sync_api import expect

from ghostlib import widgets
from ghostlib.widgets._bundle import names


pytestmark = pytest.mark.usefixtures("untrained")

PROTOTYPE = (
    "constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
    "toLocaleString", "__proto__", "__defineGetter__", "__lookupSetter__",
)  # fmt: skip


def box(page, name):
    return page.locator(f"input[name='{name}-exact']")


def message(page):
    return page.locator(".ghost-live .ghost-message")


def address(page):
    """The address after the widgets have had the time to write it."""
    page.wait_for_timeout(350)
    return page.evaluate("location.hash")


@pytest.mark.parametrize("kind", [widgets.Flow, widgets.Ranks, widgets.Train])
def test_names_that_every_object_has_are_no_parameters(show, kind):
    asked = "&".join(f"{kind.module}.{name}=2" for name in PROTOTYPE)
    page = show(kind(), address=f"#{asked}&{kind.module}.nonsense=2")
    assert page.locator(".ghost-widget").get_attribute("data-state") == "live"
    for name in (*PROTOTYPE, "nonsense"):
        expect(message(page)).to_contain_text(f"There is no parameter called {name} here.")
    page.evaluate("module => { location.hash = `${module}.constructor=3` }", kind.module)
    expect(message(page)).to_contain_text(
        "There is no parameter called constructor here. The figure keeps its own value."
    )
    assert address(page) == ""


def test_back_after_a_link_returns_to_the_state_before_and_leaves_the_address_alone(show):
    page = show(widgets.Flow(r=0.04), widgets.Descent())
    box(page, "r").fill("0.25")
    box(page, "r").press("Enter")
    assert address(page) == "#flow.r=0.25"
    page.evaluate("location.hash = 'flow.r=0.5&flow.x_star=20&descent.epochs=100'")
    expect(box(page, "x_star")).to_have_value("20")
    assert address(page) == "#flow.r=0.5&flow.x_star=20&descent.epochs=100"
    page.go_back()
    for name, value in (("r", "0.25"), ("x_star", "10"), ("epochs", "3000")):
        expect(box(page, name)).to_have_value(value)
    assert address(page) == "#flow.r=0.25"
    page.go_forward()
    expect(box(page, "r")).to_have_value("0.5")
    expect(box(page, "epochs")).to_have_value("100")
    assert address(page) == "#flow.r=0.5&flow.x_star=20&descent.epochs=100"


def test_back_to_an_address_that_names_nothing_is_as_the_page_opened(show):
    page = show(widgets.Flow(r=0.04))
    page.evaluate("location.hash = 'flow.r=0.5'")
    expect(box(page, "r")).to_have_value("0.5")
    page.go_back()
    expect(box(page, "r")).to_have_value("0.04")
    assert address(page) == ""


def test_a_link_to_a_section_asks_nothing_of_a_widget(show):
    page = show(widgets.Flow())
    box(page, "r").fill("0.25")
    box(page, "r").press("Enter")
    assert address(page) == "#flow.r=0.25"
    page.evaluate("location.hash = 'end'")
    assert address(page) == "#end"
    expect(box(page, "r")).to_have_value("0.25")


def test_two_widgets_of_one_kind_have_addresses_and_ids_of_their_own(show):
    page = show(widgets.Flow(), widgets.Flow(), address="#flow-2.r=0.5")
    assert [one.input_value() for one in box(page, "r").all()] == ["0.01", "0.5"]
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)) > 10


@pytest.mark.parametrize(
    "text, value",
    [
        ("0,5", "0.5"),
        (" .5 ", "0.5"),
        ("−0.25", "-0.25"),
        ("+1", "1"),
        ("5e-3", "0.005"),
        ("0,125", "0.125"),
        ("1.", "1"),
    ],
)
def test_the_box_reads_decimal_points_and_commas(show, text, value):
    page = show(widgets.Flow())
    box(page, "r").fill(text)
    box(page, "r").press("Enter")
    expect(box(page, "r")).to_have_value(value)
    assert not message(page).is_visible()


@pytest.mark.parametrize(
    "text", ["1,000", "3,000", "10,000", "10.5", "1,000,000", "1.000,5", "1 000", "0x10", "Infinity", "a lot", ""]
)
def test_the_box_refuses_what_is_no_number_or_could_be_two_and_forgets_it_when_left(show, text):
    page = show(widgets.Descent())
    box(page, "epochs").fill(text)
    box(page, "epochs").press("Enter")
    written = "written without a comma, " if "," in text else ""
    expect(message(page)).to_contain_text(
        f"epochs must be a whole number from 10 to 20000, {written}and not “{text.strip()}”."
    )
    assert box(page, "epochs").input_value() == text  # so that it can be mended
    box(page, "epochs").press("Tab")
    expect(box(page, "epochs")).to_have_value("3000")
    assert message(page).is_visible()


def test_the_refusal_quotes_what_was_typed_and_does_not_round_it_into_the_range(show):
    page = show(widgets.Flow())
    box(page, "r").fill("1.0001")
    box(page, "r").press("Tab")
    expect(message(page)).to_have_text("r must be a number from −1 to 1, and not “1.0001”.")


def test_a_number_can_be_typed_while_the_picture_moves(show):
    page = show(widgets.Flow())
    page.locator("button[name=play]").click()
    box(page, "r").fill("")
    for letter in "0.25":
        page.keyboard.type(letter)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.locator("button[name=play]").inner_text() == "Pause"
    assert box(page, "r").input_value() == "0.25"
    box(page, "r").press("Enter")
    expect(page.locator(".ghost-sentence")).to_contain_text("r = 0.25:")


def test_a_training_that_overflows_stands_still_and_can_go_on_at_a_lower_rate(show):
    """Parameters of this size have no loss; the widget says so, and draws what there is."""
    page = show(widgets.Train(m=[1e308] * 100, n=[1e308] * 100))
    sentence = page.locator(".ghost-sentence")
    expect(sentence).to_contain_text("The parameters have overflowed")
    page.locator("button[name=step]").click()
    expect(sentence).to_contain_text("epoch 0: loss –, accuracy –")
    page.locator("button[name=again]").click()
    expect(sentence).to_contain_text("Still on the plateau.")


def test_another_seed_is_another_network_from_its_beginning(show):
    page = show(widgets.Train())
    page.locator("button[name=step]").click()
    expect(page.locator(".ghost-sentence")).to_contain_text("Seed 40, epoch 6001:")
    box(page, "seed").fill("7")
    box(page, "seed").press("Enter")
    expect(page.locator(".ghost-sentence")).to_contain_text("Seed 7, epoch 0:")
    changed = page.locator(".ghost-sentence").inner_text()
    assert changed == show(widgets.Train(), address="#train.seed=7").locator(".ghost-sentence").inner_text()


@pytest.mark.parametrize("name", names())
def test_every_widget_starts_and_says_something(show, name):
    (kind,) = (getattr(widgets, each) for each in widgets.__all__ if getattr(widgets, each).module == name)
    page = show(kind())
    assert page.locator(".ghost-widget").get_attribute("data-state") == "live"
    assert len(page.locator(".ghost-sentence").inner_text()) > 40
    shown = page.locator(".ghost-picture").evaluate_all("all => all.map(one => one.innerHTML).join('')")
    assert not re.search(r"NaN|undefined|null", shown)
