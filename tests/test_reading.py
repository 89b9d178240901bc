"""The built book in a browser, from disk: what helps while reading, and pages that hold still."""

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect


ROOT = Path(__file__).parent.parent
HTML = ROOT / "_build" / "html"
PAGES = sorted(path.name for path in HTML.glob("*.html") if path.name != "py-modindex.html")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
SCREEN = {"viewport": {"width": 1280, "height": 900}}
TERM = "article a:has(> .std-term)"
# What moves by itself, as a share of the screen: https://web.dev/articles/cls
SHIFTS = """
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
}).observe({ type: "layout-shift", buffered: true });
window.shifted = 0;
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def visit(browser):
    """A function that opens a page of the book as some device shows it."""
    contexts = []

    def open_page(name, **options):
        contexts.append(browser.new_context(**{**SCREEN, **options}))
        page = contexts[-1].new_page()
        page.goto(f"{HTML.as_uri()}/{name}", wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()


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


@pytest.mark.parametrize("device", [SCREEN, PHONE], ids=["screen", "phone"])
def test_nothing_jumps_while_a_page_loads(browser, device):
    shifts = {}
    with browser.new_context(**device) as context:
        context.add_init_script(SHIFTS)
        page = context.new_page()
        for name in PAGES:
            page.goto(f"{HTML.as_uri()}/{name}", wait_until="load")
            page.wait_for_function("!document.querySelector('.math.notranslate:not(:has(mjx-container))')")
            page.wait_for_timeout(100)
            shifts[name] = page.evaluate("shifted")
    assert {name: shift for name, shift in shifts.items() if shift >= 0.05} == {}


@pytest.mark.parametrize("name", [name for name in PAGES if 'class="math' in (HTML / name).read_text("utf-8")])
def test_equations_fit_their_boxes_on_a_phone(visit, name):
    page = visit(name, **PHONE)
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    equations = page.locator("div.math:visible")
    expect(equations.locator("> mjx-container")).to_have_count(equations.count())  # MathJax has set them
    too_wide = equations.evaluate_all(
        """all => all.filter((each) => {
            const set = each.querySelector("mjx-container");
            return set.scrollWidth > set.clientWidth + 1;
        }).map((each) => each.id || each.textContent)"""
    )
    assert too_wide == []


def test_letters_in_figures_are_11_pixels_high_on_a_phone(browser):
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        for name in PAGES:
            page.goto(f"{HTML.as_uri()}/{name}", wait_until="load")
            sizes = page.locator("article section > div.cell figure:not(.ghost-widget) svg.ghost-figure").evaluate_all(
                """figures => figures.flatMap(figure => {
                    const scale = figure.getBoundingClientRect().width / figure.viewBox.baseVal.width;
                    const letters = [...figure.querySelectorAll("text")];
                    return letters.map(text => parseFloat(getComputedStyle(text).fontSize) * scale);
                })"""
            )
            assert min(sizes, default=11) >= 10.99, name


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
