"""How long a reader's browser takes, headless Chromium here: an epoch of training, a redraw of `Ranks`, a page to live.

The training is of seed 40 at α = 0.02, 6000 epochs, in JavaScript and compiled to WebAssembly. Redraws are timed until
they are painted, on a page with nothing but the widget. Pages of the built book, where there is one, are opened from
the disk, each time without a cache.
Run by `make bench`; writes ``benchmarks/results_browser.md``, which the page on reproducing shows.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from ghostlib.widgets import Ranks
from ghostlib.widgets._bundle import bundle, compiled, style
from ghostlib.widgets._networks import pack
from ghostlib.widgets._page import scripts


HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browser import import_modules, launch  # noqa: E402 (the tests' browser, found a line above)


RUNS = 5
EPOCHS = 6000
REDRAWS = 60
BOOK, PAGES = HERE.parent / "_build" / "html", ("index.html", "02-ghost.html")
LIVE = "[...document.querySelectorAll('.ghost-widget')].some(({ dataset }) => dataset.state === 'live')"
REDRAW = """
async (redraws) => {
    const slider = document.querySelector("input[name=alpha]"), { port1, port2 } = new MessageChannel();
    const times = [];
    for (let k = 0; k < redraws; k += 1) {
        await new Promise(requestAnimationFrame);
        slider.value = (3 * k) % 10;
        times.push(await new Promise((resolve) => {
            let begin = null;
            requestAnimationFrame(() => (begin = performance.now()));
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            requestAnimationFrame(() => port2.postMessage(null));
            port1.onmessage = () => resolve(performance.now() - begin); // after the frame has been painted
        }));
    }
    return times;
}
"""
TRAIN = """
([packed, compiled, runs, epochs]) => {
    const [rankOne, { rankOneCompiled }] = window.modules;
    const cores = [rankOne.rankOneEpochs, rankOneCompiled(compiled)], best = [Infinity, Infinity];
    const [loss, gradientNorm, accuracy] = [0, 1, 2].map(() => new Float64Array(epochs));
    const record = { loss, gradientNorm, accuracy };
    for (let run = 0; run < runs; run += 1) {
        for (const [k, epochsOf] of cores.entries()) {
            const [network] = rankOne.rankOneUnpack(packed);
            const begin = performance.now();
            epochsOf(network, rankOne.RANK_ONE_TASK, { alpha: 0.02, epochs, record });
            best[k] = Math.min(best[k], performance.now() - begin);
        }
    }
    return best;
}
"""


def redraw(browser):
    """Milliseconds of a redraw of the map of ranks, the median; its networks are trained or come from the disk."""
    widget = Ranks()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in scripts([widget.module]).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        loading = "".join(f"<script defer src={name}></script>" for name in scripts([widget.module]))
        page = Path(folder) / "index.html"
        page.write_text(
            f"<!doctype html><meta charset=utf8>{loading}<style>{style()}</style>{widget._html()}", encoding="utf-8"
        )
        shown = browser.new_page()
        shown.goto(page.as_uri())
        shown.wait_for_function(LIVE)
        return statistics.median(shown.evaluate(REDRAW, REDRAWS))


def life(browser, page):
    """Milliseconds from the document to its first live widget, the median of several openings."""
    times = []
    for _ in range(RUNS):
        with browser.new_context() as context:
            shown = context.new_page()
            shown.goto((BOOK / page).as_uri(), wait_until="commit")
            times.append(shown.wait_for_function(f"{LIVE} && performance.now()").json_value())
    return statistics.median(times)


def report():
    """Sentences of Markdown: the time of an epoch and of a redraw, and, if there is a book, until its pages live."""
    with launch() as browser:
        page = browser.new_page()
        import_modules(page, bundle("rankone"), bundle("compiled"))
        plain, fast = page.evaluate(TRAIN, [pack([40]), compiled(), RUNS, EPOCHS])
        version = browser.version
        redrawn = redraw(browser)
        alive = [f"`{name}` is alive {life(browser, name):.0f} ms" for name in PAGES if (BOOK / name).exists()]
    opened = f" Opened from the disk, {' and '.join(alive)} after its document." if alive else ""
    return (
        f"In the page itself (Chromium {version.split('.')[0]}, the best of {RUNS} runs) one epoch takes "
        f"{1000 * plain / EPOCHS:.0f} µs, so that the {EPOCHS:,} epochs of Fig. 3B take {plain / 1000:.2f} seconds. "
        f"The ledger's checks train in WebAssembly, at {1000 * fast / EPOCHS:.0f} µs an epoch. "
        f"A redraw of the map of ranks takes {redrawn:.0f} ms.{opened}\n"
    )


if __name__ == "__main__":
    text = report()
    (HERE / "results_browser.md").write_text(text, encoding="utf-8")
    print(text)
