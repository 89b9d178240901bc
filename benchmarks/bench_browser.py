"""How long one epoch takes in a reader's browser: seed 40 at α = 0.02, 6000 epochs, in headless Chromium.

Run by `make bench`; writes ``benchmarks/results_browser.md``, which the page on reproducing shows.
"""

import sys
from pathlib import Path

from ghostlib.widgets._bundle import SOURCES
from ghostlib.widgets._networks import pack


HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browser import import_modules, launch  # noqa: E402 (the tests' browser, found a line above)


RUNS = 5
EPOCHS = 6000
TRAIN = """
([packed, runs, epochs]) => {
    const [rankOne] = window.modules;
    const task = { ...rankOne.RANK_ONE_TASK };
    const times = [];
    for (let run = 0; run < runs; run += 1) {
        const [network] = rankOne.rankOneUnpack(packed);
        const begin = performance.now();
        for (let epoch = 0; epoch < epochs; epoch += 1) rankOne.rankOneEpoch(network, task, 0.02);
        times.push(performance.now() - begin);
    }
    return Math.min(...times);
}
"""


def report():
    """One sentence of Markdown: microseconds per epoch, the best of several runs."""
    with launch() as browser:
        page = browser.new_page()
        import_modules(page, (SOURCES / "rankone.js").read_text(encoding="utf-8"))
        milliseconds = page.evaluate(TRAIN, [pack([40]), RUNS, EPOCHS])
        version = browser.version
    return (
        f"In the page itself (Chromium {version.split('.')[0]}, the best of {RUNS} runs) one epoch takes "
        f"{1000 * milliseconds / EPOCHS:.0f} µs, so that the {EPOCHS:,} epochs of Fig. 3B take "
        f"{milliseconds / 1000:.2f} seconds.\n"
    )


if __name__ == "__main__":
    text = report()
    (HERE / "results_browser.md").write_text(text, encoding="utf-8")
    print(text)
