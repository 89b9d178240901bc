"""The ledger: rows, rules, verdicts, what the chapters record, and the pages that Sphinx makes of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from ghostlib.page import ledger as claims


ROOT = Path(__file__).parents[2]
FIELDS = {
    "id": "jump",
    "where": "Fig. 2B",
    "claim": "The loss decays abruptly around epoch 1500.",
    "paper": "around epoch 1500",
    "number": 1500,
    "rule": "relative 0.05",
    "runs": ["04-descent"],
    "verdict": "reproduced",
}
PROOF = "tests/test_proof.py::test_kink"


def row(**changes):
    """`FIELDS` with changes; a bound of ours says why, and what is derived names its test."""
    chosen = str(changes.get("rule", "")).startswith(("at least ", "at most "))
    derived = changes.get("verdict") == "derived"
    return FIELDS | ({"why": "half would be chance"} if chosen else {}) | ({"test": PROOF} if derived else {}) | changes


def write(root, *rows):
    """A ledger of the given rows under `root`, beside the test that proves what is derived; where it lies."""
    path = root / "book" / "claims.yml"
    for folder in ("book", "tests"):
        (root / folder).mkdir(exist_ok=True)
    (root / "tests" / "test_proof.py").write_text("def test_kink():\n    pass\n")
    path.write_text(yaml.safe_dump([{"part": "The toy model", "claims": list(rows)}], allow_unicode=True))
    return path


@pytest.fixture
def load(tmp_path):
    """Load a ledger of the given rows."""
    return lambda *rows: claims.load(write(tmp_path, *rows))


@pytest.fixture
def claim(load):
    """The record of one row, `FIELDS` with changes."""
    return lambda **changes: load(row(**changes))["jump"]


def test_row_becomes_a_record_under_its_id(load):
    record = load(row())["jump"]
    assert (record.part, record.number, record.runs, record.scale) == ("The toy model", 1500, ("04-descent",), "")
    assert record.comparison == ("relative", 0.05)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": "true"}, "jump: verdict is 'true'; expected one of derived"),
        ({"rule": "nearly"}, "jump: rule is 'nearly'; expected 'relative x'"),
        ({"rule": True}, "jump: rule is True"),
        ({"rule": "at least"}, "jump: rule is 'at least'"),
        ({"rule": "at most much"}, "jump: rule is 'at most much'"),
        ({"number": None}, "jump: number missing"),
        ({"number": "9e-10"}, "jump: number is '9e-10'"),
        ({"rule": "none"}, "jump: rule is 'none'"),
        ({"runs": []}, "jump: runs is empty"),
        ({"verdict": "differs"}, "jump: note missing"),
        ({"verdict": "not attempted"}, "jump: note missing"),
        ({"verdict": "reproduced at smaller scale"}, "jump: scale missing"),
        ({"colour": "red"}, "jump: colour unknown"),
        ({"where": " "}, "jump: where empty"),
        ({"paper": ""}, "jump: paper empty"),
        ({"rule": "at least 0.5", "why": ""}, "jump: why missing"),
        ({"why": "I like it"}, "jump: why is for bounds of ours"),
        ({"verdict": "derived", "test": ""}, "jump: test missing"),
        ({"test": PROOF}, "jump: test is for what is derived"),
        ({"verdict": "derived", "test": f"{PROOF}s"}, "jump: test is .*test_kinks'; expected a test that exists"),
        ({"verdict": "derived", "test": "tests/test_proof.py"}, "jump: test is .*; expected a test that exists"),
    ],
)
def test_row_that_makes_no_sense_is_refused(load, changes, message):
    with pytest.raises(ValueError, match=message):
        load(row(**changes))


@pytest.mark.parametrize("field", sorted(claims.REQUIRED - {"id"}))
def test_row_without_a_required_field_is_refused(load, field):
    with pytest.raises(ValueError, match=f"claim jump: {field} missing"):
        load({name: value for name, value in FIELDS.items() if name != field})


def test_id_may_be_used_once(load):
    with pytest.raises(ValueError, match="jump: id used twice"):
        load(row(), row(where="Fig. 2C"))


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        ("relative 0.05", [1425, 1500.0, 1575], [1424, 1576, -1500]),
        ("absolute 10", [1490, 1510], [1489.9, 1510.1]),
        ("equal", [1500], [1501, 1499.999]),
        ("at least 0.5", [0.5, 2], [0.499]),
        ("at most 1.2e-7", [1.2e-7, -3], [1.3e-7]),
        ("true", [True], [False]),
    ],
)
def test_rule_tells_inside_from_outside(claim, rule, inside, outside):
    assert [claims.holds(claim(rule=rule), value) for value in inside] == [True] * len(inside)
    assert [claims.holds(claim(rule=rule), value) for value in outside] == [False] * len(outside)


@pytest.mark.parametrize(("rule", "value"), [("true", 1), ("relative 0.05", True), ("at least 1", "many")])
def test_value_of_the_wrong_kind_is_refused(claim, rule, value):
    with pytest.raises(ValueError, match="claim jump: value is .*; expected"):
        claims.holds(claim(rule=rule), value)


@pytest.mark.parametrize(
    ("verdict", "value"),
    [
        ("reproduced", 1502),
        ("derived", 1502),
        ("reproduced at smaller scale", 1502),
        ("differs", 900),
        ("not attempted", None),
    ],
)
def test_verdict_that_the_run_bears_out_stands(claim, verdict, value):
    assert claims.check(claim(verdict=verdict, note="why", scale="ten times fewer"), value) == verdict


@pytest.mark.parametrize(
    ("verdict", "value", "message"),
    [
        ("reproduced", 900, "ours, 900, breaks the rule 'relative 0.05'"),
        ("derived", 900, "breaks the rule"),
        ("reproduced at smaller scale", 900, "breaks the rule"),
        ("differs", 1502, "ours, 1502, satisfies the rule"),
        ("not attempted", 1502, "but a run gave 1502"),
        ("reproduced", None, "no run recorded a value .expected from 04-descent"),
        ("differs", None, "no run recorded a value"),
    ],
)
def test_verdict_that_the_run_does_not_bear_out_is_an_error(claim, verdict, value, message):
    with pytest.raises(claims.Disagreement, match=message):
        claims.check(claim(verdict=verdict, note="why", scale="ten times fewer"), value)


def test_derivation_without_a_rule_needs_no_value(claim):
    derivation = claim(verdict="derived", rule="none")
    assert derivation.test == PROOF
    assert claims.check(derivation) == "derived"
    with pytest.raises(ValueError, match="rule is 'none'"):
        claims.check(derivation, 1502)


def test_runs_name_chapters_and_tests_that_exist(claim, tmp_path):
    claim()  # makes the folders
    (tmp_path / "book" / "04-descent.md").touch()
    (tmp_path / "tests" / "test_toy.py").write_text(
        "def test_kink():\n    pass\n\n\nclass TestLoss:\n    def test_flat(self):\n        pass\n"
    )
    there = ["04-descent"] + [f"tests/test_toy.py{name}" for name in ("", "::test_kink", "::TestLoss::test_flat")]
    absent = ["05-latent-circuit", "tests/test_rnn.py"]
    absent += [f"tests/test_toy.py::{name}" for name in ("test_kin", "TestLoss::test_fla", "TestGradient::test_flat")]
    assert claims.missing_runs(claim(runs=there + absent), tmp_path) == absent


def test_ledger_of_the_book_is_sound():
    ledger = claims.load()
    assert len(ledger) > 50
    assert [run for row in ledger.values() for run in claims.missing_runs(row, claims.LEDGER.parents[1])] == []
    assert {"fig-2b-jump", "eq-15-always-trapped", "fig-3a-jump", "fig-4-learned"} <= ledger.keys()


CONFIGURATION = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "_ext")!r})
extensions = ["myst_nb", "ghostbook.claims", "ghostbook.ledger", "ghostbook.referee"]
html_theme = "basic"
nb_execution_mode = "force"
nb_execution_raise_on_error = True
"""
CHAPTER = """\
---
file_format: mystnb
kernelspec:
  name: python3
---

# Descent

It jumps at epoch {{glue:text}}`epoch`, which is {{claim}}`jump`; always trapped? {{claim}}`trapped`.
The kink: {{claim}}`eq-14-kink`.

```{{code-cell}} ipython3
from functools import partial
import numpy as np
from ghostlib.page import paste
paste.paste("epoch", np.int64({epoch}), "{{:,}}")
claim = partial(paste.claim, ledger="claims.yml")
claim("jump", np.int64({epoch}))
claim("trapped", {trapped}, "{trapped:.0%} of the runs")
claim("eq-14-kink", True)
```
"""
INDEX = """\
# Index

```{claims-scoreboard}
```

```{claims-errata}
```

```{claims-ledger}
```

```{toctree}
04-descent
```
"""
ROWS = [
    row(),
    row(id="trapped", number=1, rule="equal", verdict="differs", note="too strong", erratum="Not always."),
    row(id="equation", rule="none", verdict="derived"),
    row(id="network", verdict="not attempted", note="planned", runs=[]),
    row(id="eq-14-kink", rule="true", verdict="derived", note="a reader's browser can check it"),
]


def build(root, chapter, *rows):
    """Build a book of two pages under `root`, in ``html/``.

    Returns
    -------
    pages : dict, name of the page → its HTML
    warnings : list of str
    """
    source = write(root, *rows).parent
    (source / "conf.py").write_text(CONFIGURATION)
    (source / "index.md").write_text(INDEX)
    (source / "04-descent.md").write_text(chapter)
    log = root / "warnings"
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-w", str(log), str(source), str(root / "html")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    pages = {
        path.stem: path.read_text(encoding="utf-8")
        for path in (root / "html").rglob("*")
        if path.suffix in (".html", ".json")
    }
    return pages, log.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Where the sound book is built."""
    return tmp_path_factory.mktemp("sound")


@pytest.fixture(scope="module")
def sound(root):
    """Pages and warnings of a book whose verdicts are borne out."""
    return build(root, CHAPTER.format(epoch=1502, trapped=0.3), *ROWS)


@pytest.fixture(scope="module")
def unsound(tmp_path_factory):
    """Pages and warnings of a book whose verdicts are wrong, in every way."""
    more = [
        row(id="unrecorded"),
        row(id="unrun", rule="none", verdict="derived", runs=["09-nowhere"]),
        row(id="elsewhere", runs=["index"]),
    ]
    chapter = CHAPTER.format(epoch=900, trapped=1.0) + "\nAnd {claim}`jmup`.\n"
    chapter += '\n```{code-cell} ipython3\nclaim("elsewhere", 1500)\n```\n'
    return build(tmp_path_factory.mktemp("unsound"), chapter, *ROWS, *more)


def test_sound_ledger_builds_without_a_warning(sound):
    assert sound[1] == []


def test_ledger_shows_what_the_chapter_recorded(sound):
    index = sound[0]["index"]
    assert "1,502" in index and "30% of the runs" in index
    assert f'<code class="docutils literal notranslate"><span class="pre">{PROOF}</span></code>' in index
    assert "a derivation" in index and "within 5% of the paper" in index


def test_every_row_carries_what_a_browser_needs_to_judge_it(sound):
    index = sound[0]["index"]
    assert 'data-rule="relative 0.05" data-number="1500' in index and 'data-value="1502"' in index
    assert 'data-verdict="not attempted" data-value=""' in index
    assert index.count('<a href="#') >= len(ROWS) and index.count('class="ghost-check"') == len(ROWS)


def test_the_ledger_is_a_file_too(sound):
    told = json.loads(sound[0]["ledger"])
    rows = {each["id"]: each for each in told["claims"]}
    assert list(rows) == [each["id"] for each in ROWS] and told["version"]
    assert (rows["jump"]["our_value"], rows["jump"]["rule"], rows["jump"]["number"]) == (1502, "relative 0.05", 1500)
    assert rows["trapped"]["our_text"] == "30% of the runs"
    assert "our_value" not in rows["network"]


def test_every_row_is_an_anchor_and_leads_to_the_place_where_it_is_run(sound):
    index = sound[0]["index"]
    for claim in ROWS:
        assert f'id="{claim["id"]}"' in index
    assert 'href="04-descent.html#claim-jump"' in index
    assert 'id="claim-jump"' in sound[0]["04-descent"]


def test_chip_says_its_verdict_in_a_word_and_leads_to_its_row(sound):
    chapter = sound[0]["04-descent"]
    assert 'class="ghost-chip" data-verdict="reproduced" id="claim-jump" href="index.html#jump"' in chapter
    assert '<span aria-hidden="true">✓</span> reproduced</a>' in chapter
    assert '<span aria-hidden="true">≠</span> differs</a>' in chapter


@pytest.mark.parametrize("size", [(1280, 300), (360, 300)], ids=["screen", "phone"])
def test_a_chip_leads_to_its_row_unfolded_and_to_the_button_that_checks_it(sound, root, browser, size):
    page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
    page.goto(f"{(root / 'html').as_uri()}/04-descent.html")
    page.get_by_role("link", name="Fig. 2B: derived").click()
    row = page.locator("#eq-14-kink")
    check = row.get_by_role("button", name="Check here: eq-14-kink")
    expect(row.locator("details")).to_have_attribute("open", "")
    expect(check).to_be_in_viewport(ratio=1)
    assert page.locator("tr details[open]").count() == 1
    check.focus()
    page.keyboard.press("Enter")
    expect(row.locator(".ghost-answer")).to_contain_text("✓ your browser: holds", timeout=30_000)

    page.evaluate("scrollTo(0, 0)")
    page.locator(".ghost-errata a").click()  # a link from the same page
    expect(page.locator("#trapped details")).to_have_attribute("open", "")
    expect(page.locator("#trapped .ghost-where")).to_be_in_viewport()
    page.close()


def test_errata_are_listed_with_a_link_to_their_row_and_only_those(sound):
    (listed,) = re.findall(r'<ul class="ghost-errata.*?</ul>', sound[0]["index"], re.DOTALL)
    assert listed.count("<li>") == 1 and "Not always." in listed and 'href="#trapped"' in listed


def test_scoreboard_counts_the_verdicts(sound):
    index = sound[0]["index"]
    for words in ("2 derived", "1 reproduced", "1 differs", "1 not attempted", "5 claims"):
        assert words in index
    assert "0 reproduced" not in index


def test_pasted_number_stands_in_the_sentence_and_nothing_under_the_cell(sound):
    chapter = sound[0]["04-descent"]
    assert '<span class="pasted-text">1,502</span>' in chapter
    assert "cell_output" not in chapter and "30%" not in chapter.split("<pre>")[0]


@pytest.mark.parametrize(
    "message",
    [
        "04-descent.md: WARNING: claim jump: verdict is 'reproduced', but ours, 900, breaks the rule",
        "04-descent.md: WARNING: claim trapped: verdict is 'differs', but ours, 1.0, satisfies the rule",
        "index.md: WARNING: claim unrecorded: verdict is 'reproduced', but no run recorded a value",
        "index.md: WARNING: claim unrun: runs names 09-nowhere; expected chapters and tests that exist",
        "04-descent.md: WARNING: claim elsewhere: recorded here; expected in index, its runs",
        "WARNING: claim: 'jmup'; expected an id of claims.yml",
    ],
)
def test_verdict_that_is_not_borne_out_warns_in_the_build(unsound, message):
    assert any(message in warning for warning in unsound[1]), unsound[1]


def test_warnings_of_an_unsound_ledger_are_no_more_than_these(unsound):
    assert len(unsound[1]) == 6
