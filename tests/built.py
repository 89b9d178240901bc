"""The built book: its pages, a server of them, and a visit to one with every other host blocked."""

import contextlib
import functools
import http.server
import os
import threading
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect


ROOT = Path(__file__).parent.parent
HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))
PAGES = sorted(path.name for path in HTML.glob("*.html") if path.name != "py-modindex.html")
WITH_WIDGETS = [name for name in PAGES if 'class="ghost-widget"' in (HTML / name).read_text(encoding="utf-8")]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
# As strict as a server can be with a page that has styles of its own; every test over http is held to it, but for one.
POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


@contextlib.contextmanager
def served(policy):
    """The address of a server of the book that sends this policy with every file."""

    class Strict(http.server.SimpleHTTPRequestHandler):
        def end_headers(self):
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Strict, directory=str(HTML)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def http_base():
    with served(POLICY) as address:
        yield address


@pytest.fixture(scope="session")
def disk_base():
    return HTML.as_uri() + "/"


@pytest.fixture(params=["http", "disk"])
def base(request):
    return request.getfixturevalue(f"{request.param}_base")


class Visit:
    """A page in a context of its own, with everything that it asked of other hosts and complained about."""

    def __init__(self, browser, base, **options):
        self.base, self.foreign, self.errors = base, [], []
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.context.route("**/*", self._gate)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _gate(self, route):
        if route.request.url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def open(self, name):
        self.page.goto(self.base + name, wait_until="load")
        # Not wait_for_function, which evaluates a string in the page: the policy forbids it.
        busy = self.page.locator(".ghost-widget:not([data-state]), .ghost-widget [aria-busy]")
        expect(busy).to_have_count(0, timeout=60_000)
        return self.page

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()
