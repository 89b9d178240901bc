"""What helps while reading: times, words of the glossary, small pictures, notebooks to take away."""

import json
import struct
import sys
from pathlib import Path

import pytest
import yaml
from docutils import nodes


ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))  # as Jupyter Book does with a local extension

from ghostbook import notebooks, preview, reading, terms, tiles  # noqa: E402  (after the path)


@pytest.mark.parametrize(
    ("words", "said"),
    [(10, "less than a minute"), (200, "about 1 minute"), (299, "about 1 minute"), (2333, "about 12 minutes")],
)
def test_the_time_to_read_is_said_in_minutes(words, said):
    assert reading.to_read(words) == said


def test_the_time_to_compute_is_the_same_in_two_builds_of_one_commit():
    assert {reading.to_compute(seconds) for seconds in (3, 25, 59)} == {"less than a minute"}
    assert {reading.to_compute(seconds) for seconds in (61, 130, 250)} == {"a few minutes"}
    assert reading.to_compute(25, is_long=True) == "a few minutes"  # what it takes from nothing, also with kept results


def test_the_chapters_that_take_minutes_are_chapters():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    assert config["ghost_long_chapters"]
    assert all((ROOT / "book" / f"{name}.md").is_file() for name in config["ghost_long_chapters"])


def test_words_are_those_of_paragraphs_and_captions_and_not_of_code():
    page = nodes.section()
    page += [nodes.title(text="No"), nodes.paragraph(text="One two."), nodes.literal_block(text="not this")]
    page += nodes.figure("", nodes.caption(text="Three four five."))
    assert reading.words(page) == 5


def test_a_term_is_known_by_its_words_and_not_by_its_symbol():
    assert terms.names("Confidence, c") == ["confidence"]
    assert terms.names("jump") == []  # a word of every day


def test_a_miniature_is_coarse_and_keeps_no_letter_and_no_dot_upon_another():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt">'
        '<metadata>today</metadata><g id="text_1"><path d="M 0 0"/><text>α</text></g>'
        '<path d="M 0.2 0.4 \nL 0.3 0.1 \nL 4.6 -4.4 \nz" style="stroke: #1260B4"/>'
        '<g><use xlink:href="#m" x="1.2" y="2"/><use xlink:href="#m" x="0.9" y="2"/></g></svg>'
    )
    small = tiles.miniature(svg, "dark")
    assert 'd="M 0 0 L 5 -4 z"' in small
    assert "#6db4ff" in small and "#1260B4" not in small
    assert small.count("<use") == 1
    assert "text" not in small and "metadata" not in small and "width=" not in small


def test_a_text_notebook_becomes_the_same_notebook_every_time():
    text = (ROOT / "book" / "02-ghost.md").read_text(encoding="utf-8")
    first = notebooks.convert(text)
    assert first == notebooks.convert(text)
    kinds = {cell["cell_type"] for cell in json.loads(first)["cells"]}
    assert kinds == {"markdown", "code"}


def test_the_preview_has_the_size_that_is_asked_for(tmp_path):
    preview.draw(tmp_path / "a.png", "Title", "words")
    header = (tmp_path / "a.png").read_bytes()[:24]
    assert struct.unpack(">II", header[16:]) == (1200, 630)
