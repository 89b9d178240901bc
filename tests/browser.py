"""A headless Chromium for the tests: the one that is installed, else Playwright's own."""

import contextlib
import shutil

import pytest
from playwright.sync_api import Error, sync_playwright


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


if __name__ == "__main__":  # `make browser` asks whether there is one
    with launch() as chromium:
        print("Chromium", chromium.version)
