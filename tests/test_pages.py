"""Every page of the built book, opened once on a screen over http and once on a phone from disk."""

import gzip
import re

import pytest
from built import AXE, HTML, PAGES, PHONE, Visit
from playwright.sync_api import expect


HEAVIEST = 800_000  # bytes of a page and of all that it asks for, gzipped as servers do
PACKED = (".png", ".jpg", ".woff", ".woff2")  # already
# What moves by itself, as a share of the screen: https://web.dev/articles/cls
SHIFTS = """
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
}).observe({ type: "layout-shift", buffered: true });
window.shifted = 0;
"""
GUIDELINES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}
CONTRAST = {"runOnly": ["color-contrast"]}  # in the dark only colours differ

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_a_screen(browser, http_base, name):
    asked = set()
    with Visit(browser, http_base) as visit:
        visit.context.add_init_script(SHIFTS)
        visit.page.on("response", lambda response: asked.add(response.url.partition("?")[0]))
        page = visit.open(name)
        page.wait_for_load_state("networkidle")  # MathJax comes with its fonts
        assert_it_holds_still(page)
        assert_nothing_is_amiss(visit)
        assert_it_is_light([HTML / url.removeprefix(http_base) for url in asked], HTML / name)
        assert_pictures_are_described(page)
        page.evaluate(AXE)
        assert violations(page, GUIDELINES) == []
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert violations(page, CONTRAST) == []
        assert_nothing_is_amiss(visit)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_a_phone(browser, disk_base, name):
    with Visit(browser, disk_base, **PHONE) as visit:
        visit.context.add_init_script(SHIFTS)
        page = visit.open(name)
        assert_it_holds_still(page)
        assert_nothing_is_amiss(visit)
        # Not innerWidth: on a phone it grows with the page.
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert min(letters_of_figures(page), default=11) >= 10.99
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        assert equations_wider_than_their_boxes(page) == []


def assert_it_holds_still(page):
    expect(page.locator(".math.notranslate:not(:has(mjx-container))")).to_have_count(0)  # MathJax has set them all
    page.wait_for_timeout(100)
    assert page.evaluate("shifted") < 0.05


def assert_nothing_is_amiss(visit):
    assert (visit.foreign, visit.errors) == ([], [])
    assert visit.page.locator(".ghost-widget:not([data-state=live])").count() == 0


def assert_it_is_light(files, page):
    sizes = {
        path: len(path.read_bytes() if path.suffix in PACKED else gzip.compress(path.read_bytes())) for path in files
    }
    assert page in sizes
    assert sum(sizes.values()) < HEAVIEST, sorted(sizes.items(), key=lambda item: -item[1])[:5]


def assert_pictures_are_described(page):
    described = page.locator("article img").evaluate_all("all => all.map(each => each.alt)")
    assert [text for text in described if not re.search(r"\w\w", text) or re.search(r"\.(png|svg)$", text)] == []
    figures = page.locator("article svg.ghost-figure").evaluate_all("all => all.map(each => each.ariaLabel ?? '')")
    assert [text for text in figures if len(text) <= 20] == []


def violations(page, options):
    """The rules of the accessibility guidelines that a page breaks, each with the first element that does."""
    found = page.evaluate(
        """async options => {
            const fading = document.getAnimations().filter(each => each instanceof CSSTransition);
            await Promise.allSettled(fading.map(each => each.finished));  // a colour on its way is none of the page's
            return (await axe.run(document, options)).violations;
        }""",
        # All that passed would take longer to send; what axe loads by itself it asks for at a wrong address.
        {**options, "resultTypes": ["violations"], "preload": False},
    )
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


def letters_of_figures(page):
    """How high the letters of all figures are, in pixels of the screen."""
    return page.locator("article section > div.cell figure:not(.ghost-widget) svg.ghost-figure").evaluate_all(
        """figures => figures.flatMap(figure => {
            const scale = figure.getBoundingClientRect().width / figure.viewBox.baseVal.width;
            const letters = [...figure.querySelectorAll("text")];
            return letters.map(text => parseFloat(getComputedStyle(text).fontSize) * scale);
        })"""
    )


def equations_wider_than_their_boxes(page):
    return page.locator("div.math:visible").evaluate_all(
        """all => all.filter((each) => {
            const set = each.querySelector("mjx-container");
            return set.scrollWidth > set.clientWidth + 1;
        }).map((each) => each.id || each.textContent)"""
    )


@pytest.mark.parametrize("name", PAGES)
def test_no_two_elements_of_a_page_share_an_id(name):
    ids = re.findall(r'\bid="([^"]+)"', (HTML / name).read_text(encoding="utf-8"))
    assert len(ids) == len(set(ids))
