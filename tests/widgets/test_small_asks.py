"""Questions that take a number: a guess is kept and set beside the answer, an exercise is checked."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect


sys.path.insert(0, str(Path(__file__).parents[2] / "book" / "_ext"))  # as Jupyter Book does with a local extension

from ghostbook.asks import element, script  # noqa: E402  (after the path)


PAGE = (
    f"<!doctype html><meta charset=utf8>{element('guess', 'wait', '', '15.6')}"
    f"{element('check', 'rate', '1%', '−9.13e-10')}"
    "<script src=ask.js></script>"
)
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } })"


@pytest.fixture
def asked(browser, tmp_path):
    """A page with one guess and one exercise, in a context of its own."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "ask.js").write_text(script(), encoding="utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        yield page


def question(page, place):
    host = page.locator(".ghost-ask").nth(place)
    return host.locator("input"), host.locator("button"), host.locator("[role=status]")


def test_a_guess_is_compared_once_and_kept(asked):
    box, button, said = question(asked, 0)
    assert said.inner_text() == ""
    box.fill("about ten")
    button.click()
    expect(said).to_contain_text("A number, please")
    box.fill("10")
    box.press("Enter")
    expect(said).to_have_text("your guess; the answer: 15.6")
    asked.reload()
    box, button, said = question(asked, 0)
    expect(box).to_have_value("10")
    expect(said).to_have_text("your guess; the answer: 15.6")
    assert box.get_attribute("readonly") is not None
    assert button.count() == 0


def test_a_guess_works_where_nothing_can_be_kept(asked):
    asked.add_init_script(NO_STORAGE)
    asked.reload()
    box, button, said = question(asked, 0)
    box.fill("10")
    button.click()
    expect(said).to_have_text("your guess; the answer: 15.6")


def test_an_exercise_is_checked_within_what_is_allowed_as_often_as_one_likes(asked):
    box, button, said = question(asked, 1)
    assert said.inner_text() == "within 1%"
    for text, reply in [
        ("-9e-10", "Not yet: too small."),
        ("9.13e-10", "Not yet: look at the sign."),
        ("-9.3e-10", "Not yet: too large."),
        ("0", "Not yet: too small."),
        ("−9.2e-10", "Right."),
        ("-9,1e-10", "Right."),
        ("", "A number, please, such as 0.5 or 2e-4."),
    ]:
        box.fill(text)
        button.click()
        expect(said).to_have_text(reply)


def test_questions_have_names_for_those_who_do_not_see_them(asked):
    assert asked.locator("input").evaluate_all("all => all.map(one => one.ariaLabel)") == [
        "your guess, question 1",
        "your answer, question 2",
    ]


def test_an_exercise_without_a_number_is_refused():
    with pytest.raises(ValueError, match="could not convert"):
        element("check", "rate", "1%", "about ten")
    with pytest.raises(ValueError, match="could not convert"):
        element("check", "rate", "", "10")
    assert 'data-answer="&lt;b&gt;"' in element("guess", "rate", "", "<b>")
