"""Chapters as notebooks: a real JupyterLab with a real kernel, driven in a real browser."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from ghostlib.networks.records import RankOne
from ghostlib.networks.task import DelayedActivation
from ghostlib.training import train


ROOT = Path(__file__).parents[2]
CHAPTER = "book/02-ghost.md"
SMALL = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

# A small notebook

```{code-cell} ipython3
from pathlib import Path

from ghostlib import widgets

flow = widgets.Flow(r=0.01)
flow.observe(lambda change: Path("heard.txt").write_text(repr(change["new"])), "r")
flow
```

```{code-cell} ipython3
flow.r = -0.25
```
"""
TRAINING = (
    SMALL.split("# A small notebook")[0]
    + """\
# A training

```{code-cell} ipython3
from pathlib import Path

from ghostlib import widgets
from ghostlib.networks.records import RankOne

training = widgets.Train(seed=7)
training.observe(lambda change: Path("stands.txt").write_text(f"{training.epoch} {training.m[0]!r}"), ["m", "epoch"])
training
```

```{code-cell} ipython3
given = RankOne.initial(8)
training.m, training.n, training.b = given.m.tolist(), given.n.tolist(), given.b.tolist()
```
"""
)
# What the notebook in front knows about itself, asked through JupyterLab's own objects.
RUN_ALL = """() => {
    const panel = jupyterapp.shell.currentWidget;
    const run = async () => {
        await panel.context.ready;
        await panel.sessionContext.ready;
        await jupyterapp.commands.execute("notebook:run-all-cells");
        return panel.content.model.toJSON().cells.filter((cell) => cell.cell_type === "code");
    };
    const late = (_, refuse) => setTimeout(() => refuse(new Error("the cells have not run after 120 s")), 120000);
    return Promise.race([run(), new Promise(late)]);
}"""
RUN_LAST = """async () => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.deselectAll();
    notebook.activeCellIndex = notebook.widgets.length - 1;
    await jupyterapp.commands.execute("notebook:run-cell");
}"""
# The first picture of the page, but for its ids, which are new in every picture.
PICTURE = """() => document.querySelector(".ghost-picture").innerHTML.replace(/ghost-picture-\\d+/g, "")"""
IS_NOTEBOOK = "jupyterapp.shell.currentWidget?.content?.model?.cells?.length > 0"

pytestmark = pytest.mark.slow


class Lab(NamedTuple):
    """A running JupyterLab: its address, its token, and the folder that it shows, with a copy of the book."""

    address: str
    token: str
    root: Path

    def ask(self, path, method="GET"):
        request = urllib.request.Request(
            f"{self.address}/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")


def wait_until(true, *, seconds, otherwise):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(otherwise())
        time.sleep(0.1)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as `make lab` starts it, but with a folder, a home and a port of its own; gone afterwards."""
    home = tmp_path_factory.mktemp("jupyter")
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "book", root / "book")
    shutil.copy(ROOT / "pyproject.toml", root)  # jupytext's settings
    (root / "book" / "small.md").write_text(SMALL, encoding="utf-8")
    (root / "book" / "training.md").write_text(TRAINING, encoding="utf-8")
    # All cells are in the page, not only those in view.
    settings = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', encoding="utf-8")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), root)
    log = home / "log.txt"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
                f"--ServerApp.root_dir={root}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0", f"--IdentityProvider.token={running.token}",
            ],
            env=os.environ | {
                "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data"),
                "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "IPYTHONDIR": str(home / "ipython"),
            },
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip

    def answers():
        if server.poll() is not None:
            pytest.fail(
                f"JupyterLab ended at once; `make lab` installs it. It said:\n{log.read_text(encoding='utf-8')}"
            )
        try:
            return running.ask("api/status")
        except urllib.error.URLError:
            return False

    try:
        wait_until(
            answers, seconds=60, otherwise=lambda: f"JupyterLab does not answer:\n{log.read_text(encoding='utf-8')}"
        )
        yield running
    finally:
        server.terminate()  # ends its kernels as well
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="module")
def workbench(lab, browser):
    """JupyterLab in the browser, with every other host out of reach."""
    with browser.new_context(viewport={"width": 1280, "height": 1000}) as context:
        context.route("**/*", lambda route: route.continue_() if lab.address in route.request.url else route.abort())
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(f"{lab.address}/lab?token={lab.token}&reset")
        page.wait_for_function("typeof jupyterapp !== 'undefined'")
        page.evaluate("jupyterapp.restored.then(() => true)")
        yield page


@pytest.fixture
def opened(lab, workbench):
    """A function that opens a file as a click on its name does, and gives the page; afterwards it is closed."""

    def open_file(path):
        workbench.evaluate("path => jupyterapp.commands.execute('docmanager:open', { path }).then(() => true)", path)
        workbench.wait_for_function(IS_NOTEBOOK)
        return workbench

    yield open_file
    workbench.evaluate("jupyterapp.shell.currentWidget.dispose()")
    for session in lab.ask("api/sessions"):
        lab.ask(f"api/sessions/{session['id']}", "DELETE")


def errors(cells):
    return [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]


def test_a_slider_moves_the_trait_and_the_trait_moves_the_picture(lab, opened):
    page = opened("book/small.md")
    cells = page.evaluate(RUN_ALL)
    assert len(cells) == 2 and errors(cells) == []
    heard = lab.root / "book" / "heard.txt"
    assert heard.read_text() == "-0.25"

    sentence = page.locator(".ghost-sentence")
    sentence.filter(has_text="r = −0.25").wait_for()
    trapped, slider = page.evaluate(PICTURE), page.locator("input[type=range][name=r]")
    at = slider.input_value()

    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"before => ({PICTURE})() !== before", arg=trapped)
    moved = float(
        page.evaluate("jupyterapp.shell.currentWidget.node.querySelector('[name=r-exact]').value.replace('−', '-')")
    )
    assert -0.25 < moved < 0.01
    wait_until(
        lambda: heard.read_text() == repr(moved),
        seconds=20,
        otherwise=lambda: f"the slider stands at {moved}, Python heard {heard.read_text()}",
    )

    page.evaluate(RUN_LAST)  # flow.r = -0.25
    sentence.filter(has_text="r = −0.25").wait_for()
    page.wait_for_function(f"before => ({PICTURE})() === before", arg=trapped)
    assert slider.input_value() == at


def test_the_parameters_of_a_training_are_read_and_set_from_python(lab, opened):
    """In cell order the network of seed 8 is set; a step moves it, and Python hears where it stands."""
    page = opened("book/training.md")
    assert errors(page.evaluate(RUN_ALL)) == []
    stands = lab.root / "book" / "stands.txt"
    start = RankOne.initial(8)

    def where():
        text = stands.read_text() if stands.exists() else ""  # and empty for a moment, whenever Python writes it
        epoch, m = text.split() or ("-1", "nan")
        return int(epoch), float(m)

    wait_until(lambda: where() == (0, start.m[0]), seconds=20, otherwise=lambda: f"Python reads {where()}")
    stepped = train(start, DelayedActivation(), 0.02, 1, dtype=np.float64).networks.m[0]
    page.locator("button[name=step]").click()
    page.locator(".ghost-sentence").filter(has_text="epoch 1:").wait_for()
    wait_until(
        lambda: where() == (1, pytest.approx(stepped, rel=1e-12)),
        seconds=20,
        otherwise=lambda: f"Python reads {where()}, one step leads to {stepped}",
    )


def test_saving_leaves_the_text_as_it_was(lab, opened):
    page = opened("book/small.md")
    page.evaluate(RUN_ALL)
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    assert (lab.root / "book" / "small.md").read_text(encoding="utf-8") == SMALL


def test_a_chapter_opens_as_a_notebook_runs_and_shows_its_widgets(opened):
    page = opened(CHAPTER)
    cells = page.evaluate(RUN_ALL)
    assert errors(cells) == []
    live = "application/vnd.jupyter.widget-view+json"
    expected = sum(live in output.get("data", {}) for cell in cells for output in cell["outputs"])
    assert expected > 0
    page.wait_for_function(f"document.querySelectorAll('.ghost-shell').length === {expected}")
    for widget in page.locator(".ghost-shell").all():
        widget.scroll_into_view_if_needed()
        assert widget.locator(".ghost-picture svg").first.is_visible()
        assert widget.locator("input[type=range], .ghost-grip").first.is_visible()  # a slider, or a mark to be dragged
    assert page.locator(".ghost-static:visible").count() == 0
