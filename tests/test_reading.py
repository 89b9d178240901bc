"""The built book in a browser, from disk: what helps while reading."""

import contextlib
import re

import pytest
from built import AXE, HTML, PAGES, PHONE, Visit
from playwright.sync_api import expect


TERM = "article a:has(> .std-term)"

pytestmark = pytest.mark.slow


@pytest.fixture
def visit(browser, disk_base):
    """A function that opens a page of the book as some device shows it."""
    with contextlib.ExitStack() as visits:
        yield lambda name, **options: visits.enter_context(Visit(browser, disk_base, **options)).open(name)


def test_a_card_opens_under_the_pointer_and_with_the_focus_and_goes_with_escape(visit):
    page = visit("04-descent.html")
    card, link = page.locator("#ghost-card"), page.locator(TERM).first
    link.hover()
    expect(card).to_be_visible()
    expect(card).to_have_attribute("role", "tooltip")
    expect(link).to_have_attribute("aria-describedby", "ghost-card")
    card.hover()  # it may be crossed to
    page.wait_for_timeout(600)
    expect(card).to_be_visible()
    page.evaluate(AXE)
    found = page.evaluate("axe.run('#ghost-card', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert link.get_attribute("aria-describedby") is None

    page.mouse.move(0, 0)
    page.locator("article a.reference.internal[href*='#equation-'] >> visible=true").first.focus()
    expect(card.locator("mjx-container")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    expect(card).to_be_hidden()


def test_a_tap_opens_the_card_and_the_link_in_it_leads_on(visit):
    page = visit("04-descent.html", **PHONE)
    page.locator(TERM).first.tap()
    place = page.locator("#ghost-card .ghost-card-place")
    expect(place).to_be_visible()
    assert page.url.endswith("04-descent.html")
    box = page.locator("#ghost-card").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    place.tap()
    page.wait_for_url("**/notation.html#term-*")


def test_every_link_that_a_card_is_for_has_one():
    cards = (HTML / "_static" / "ghost" / "cards-data.js").read_text(encoding="utf-8")
    for name in PAGES:
        text = (HTML / name).read_text(encoding="utf-8")
        for page, anchor in re.findall(
            r'<a class="reference internal" href="([^"#]*)#((?:term|equation|fig)-[^"]+)"', text
        ):
            assert f'"{page or name}#{anchor}": [' in cards, f"{name}: {page}#{anchor}"


def test_a_formula_is_copied_as_its_tex(visit):
    page = visit("02-ghost.html")
    page.wait_for_function(
        "document.querySelector('article p mjx-container') && document.querySelector('div.math mjx-container')"
    )
    copied = page.evaluate(
        """selectors => selectors.map(selector => {
            const range = document.createRange();
            range.selectNodeContents(document.querySelector(selector));
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), cancelable: true });
            dispatchEvent(event);
            return event.clipboardData.getData("text/plain");
        })""",
        ["article p:has(mjx-container)", "article div.math:has(mjx-container)"],
    )
    assert re.search(r"(?<!\$)\$[^$]+\$(?!\$)", copied[0])
    assert re.fullmatch(r"\$\$[^$]+\$\$", copied[1])
    assert page.locator(".ghost-copied").count() == 0


def test_focus_is_seen_in_the_sidebar_and_on_the_buttons(visit):
    page = visit("02-ghost.html")
    page.keyboard.press("Tab")  # from now on the focus is the keyboard's
    for selector in (".bd-sidebar-primary nav a", ".dropdown-download-buttons > button", ".prev-next-area a"):
        button = page.locator(selector).first
        button.focus()
        assert button.evaluate("b => getComputedStyle(b).outlineStyle + getComputedStyle(b).outlineWidth") == "solid2px"


def test_the_list_of_sections_opens_for_the_keyboard_where_a_widget_has_folded_it(visit):
    page = visit("02-ghost.html")
    sections = page.locator(".bd-sidebar-secondary")
    expect(sections).to_have_class(re.compile(r"\bhide\b"))
    last = sections.locator("nav a").last
    expect(last).not_to_be_in_viewport()
    last.focus()
    expect(last).to_be_in_viewport(ratio=1)
    expect(sections.locator("nav.page-toc")).to_have_css("opacity", "1")
