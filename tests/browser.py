"""A headless Chromium for the tests: the one that is installed, else Playwright's own."""

import contextlib
import shutil

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from ghostlib.widgets._bundle import style
from ghostlib.widgets._page import scripts


PATIENCE = 30_000  # milliseconds, on a machine that has other work to do; only a failure takes so long
expect.set_options(timeout=PATIENCE)
# All widgets are alive, and what they open with is over.
SETTLED = "!document.querySelector('.ghost-widget:not([data-state]), .ghost-widget [aria-busy]')"
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _start(chromium):
    # Ubuntu's command of that name may be a stub that only asks for a snap: go on to the next one.
    for path in [*filter(None, map(shutil.which, INSTALLED)), None]:
        try:
            return chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-background-networking"])
        except Error:
            if path is None:
                raise


@contextlib.contextmanager
def launch():
    """Give a Playwright `Browser`, closed at the end."""
    with sync_playwright() as playwright:
        browser = _start(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="session")
def browser():
    """One browser for the session, as Playwright starts only once in a thread; a test opens and closes its pages."""
    with launch() as chromium:
        yield chromium


def import_modules(page, *sources):
    """Import ES modules, given as text, into a page without asking any host; their exports are `window.modules`."""
    page.evaluate(
        """async (sources) => {
            window.modules = await Promise.all(sources.map((source) => {
                const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
                return import(address).finally(() => URL.revokeObjectURL(address));
            }));
        }""",
        list(sources),
    )


def imported(*sources):
    """A fixture: a blank page that has imported ES modules, given as text."""

    @pytest.fixture(scope="module")
    def blank(browser):
        with browser.new_context() as context:
            page = context.new_page()
            page.goto("about:blank")
            import_modules(page, *sources)
            yield page

    return blank


@pytest.fixture
def show(browser, tmp_path):
    """A function that opens a page with nothing but the given widgets, as the book shows them, at an address."""
    with browser.new_context(viewport={"width": 800, "height": 900}) as context:
        context.set_default_timeout(PATIENCE)

        def open_page(*widgets, address=""):
            files = scripts(widget.module for widget in widgets)
            for name, text in files.items():
                (tmp_path / name).write_text(text, encoding="utf-8")
            loading = "".join(f"<script defer src={name}></script>" for name in files)
            bodies = "".join(widget._html() for widget in widgets)
            (tmp_path / "index.html").write_text(
                f"<!doctype html><html><meta charset=utf8>{loading}<style>{style()}</style><body>{bodies}"
                "<h2 id=end>End</h2></body></html>",
                encoding="utf-8",
            )
            page = context.new_page()
            page.goto((tmp_path / "index.html").as_uri() + address)
            page.wait_for_function(SETTLED)
            return page

        yield open_page


if __name__ == "__main__":  # `make browser` asks whether there is one
    with launch() as chromium:
        print("Chromium", chromium.version)
