"""Numbers for the prose and the ledger: how they are written, and what is refused."""

import json
from dataclasses import dataclass

import numpy as np
import pytest

from ghostlib.page import numbers, paste
from ghostlib.page.numbers import quoted


LEDGER = """\
- part: One
  claims:
    - id: jump
      where: Fig. 2B
      claim: it jumps
      paper: about 1500
      number: 1500
      rule: relative 0.05
      runs: [04-descent]
      verdict: reproduced
"""


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "claims.yml"
    path.write_text(LEDGER, encoding="utf-8")
    return path


@pytest.fixture
def page(monkeypatch):
    """What has been pasted, by name."""
    pasted = {}
    monkeypatch.setattr(paste, "glue", lambda name, text, display: pasted.update({name: text}))
    return pasted


@dataclass(frozen=True)
class Run:
    loss: np.ndarray

    @quoted("{:,}", claim="jump", shown="{:,} of {self.loss.size}")
    def first_jump(self):
        return int(np.argmax(self.loss < 0.5))

    @quoted("{:.1f}")
    def at(self):
        return {100: self.loss[100], 200: self.loss[200]}

    @quoted(numbers.scientific, claim="jump", shown="{:.3f} or lower")
    def last(self):
        return self.loss[-1]

    @property
    def untold(self):
        raise AssertionError("only what is quoted is computed")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(9.132e-10, 2, "9.13 × 10⁻¹⁰"), (-1234.0, 1, "−1.2 × 10³"), (2.5, 1, "2.5"), (9.996e9, 2, "1.00 × 10¹⁰")],
)
def test_scientific_reads_as_written_by_hand(value, digits, text):
    assert numbers.scientific(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "holds"),
        (1502, "1,502"),
        (0.02346, "0.0235"),
        (999.7, "1,000"),
        (1e-10, "1.00 × 10⁻¹⁰"),
        (-0.5, "−0.5"),
        (0.0, "0"),
    ],
)
def test_ledger_shows_a_value_in_a_few_digits(value, text):
    assert numbers.shown(value) == text


@pytest.mark.parametrize("arguments", [("a:b", 1), ("", 1), ("r", np.nan), ("r", [1, 2]), ("r", None)])
def test_paste_refuses_what_would_not_read_well(arguments):
    with pytest.raises(ValueError, match="name|value"):
        paste.paste(*arguments)


def test_claim_refuses_an_unknown_row_and_a_value_that_no_rule_can_compare(ledger):
    with pytest.raises(ValueError, match="id: 'jmup'; expected an id of .*claims.yml: jump"):
        paste.claim("jmup", 1502, ledger=ledger)
    for value in (np.inf, "1502", [1502]):
        with pytest.raises(ValueError, match="value: "):
            paste.claim("jump", value, ledger=ledger)


def test_value_is_recorded_as_its_kind_whatever_library_it_came_from(ledger, page):
    for value, kind in ((np.int64(3), int), (np.float32(0.5), float), (np.bool_(True), bool), (np.array(2.0), float)):
        paste.claim("jump", value, ledger=ledger)
        assert type(json.loads(page["claim:jump"])["value"]) is kind


def test_a_result_writes_its_quoted_numbers_into_the_page(ledger, page, monkeypatch):
    monkeypatch.setattr(paste, "claim", lambda *row: claimed.append(row))
    claimed, loss = [], np.linspace(1, -1e-3, 4001)
    result = Run(loss)
    paste.publish(result, "fast-")
    jump = int(np.flatnonzero(loss < 0.5)[0])
    assert page == {
        "fast-first-jump": f"{jump:,}",
        "fast-at-100": "1.0",
        "fast-at-200": "0.9",
        "fast-last": numbers.scientific(-1e-3),
    }
    assert claimed == [("jump", jump, f"{jump:,} of 4001"), ("jump", -1e-3, "−0.001 or lower")]


def test_a_quoted_number_is_computed_once():
    result = Run(np.ones(300))
    assert result.at is result.at
    assert [name for name, *_ in numbers.quotes(result)] == ["first_jump", "at", "last"]


@pytest.mark.parametrize(
    ("text", "written"),
    [("-0.5", "−0.5"), ("-.5 or lower, from -2", "−.5 or lower, from −2"), ("0 of 40 in a no-learning zone", None)],
)
def test_a_minus_stands_before_a_number_and_in_no_word(text, written):
    assert numbers.minus(text) == (written or text)


def test_a_minus_is_written_as_one(page):
    paste.paste("r", -0.5, "{:.2f}")
    paste.paste("words", "well-known")
    assert page == {"r": "−0.50", "words": "well-known"}
