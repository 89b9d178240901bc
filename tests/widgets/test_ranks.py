"""The map of ranks as a widget: what the page gets is what was trained, and only the choices can be chosen."""

import base64
import json

import numpy as np
import pytest
from untrained import invented_diagram

from ghostlib.experiments import FIG_S2
from ghostlib.outcomes import LOW_LOSS, OUTCOMES
from ghostlib.widgets import Ranks
from ghostlib.widgets.ranks import HIGHEST, LOWEST, NOTHING, RANKS, RATES, quantised, sweep


pytestmark = pytest.mark.usefixtures("untrained")


def test_a_number_between_two_choices_becomes_the_nearer_by_ratio():
    widget = Ranks(rank=60, alpha=0.03)
    assert (widget.rank, widget.alpha) == (50, 0.0215)
    widget.rank, widget.alpha = 18, 1.0
    assert (widget.rank, widget.alpha) == (30, 1.0)


def test_the_rates_are_those_of_the_experiment_in_three_digits():
    np.testing.assert_allclose(RATES, FIG_S2.alpha, rtol=3e-3)
    assert RANKS == FIG_S2.ranks


def test_losses_as_bytes_are_right_within_two_percent():
    loss = np.geomspace(LOWEST, HIGHEST, 1000)
    back = LOWEST * (HIGHEST / LOWEST) ** (quantised(loss) / (NOTHING - 1))
    np.testing.assert_allclose(back, loss, rtol=0.02)
    assert quantised([np.nan, 0.0, 1e9]).tolist() == [NOTHING, 0, NOTHING - 1]


def test_what_the_page_gets_is_what_was_trained():
    sent, found = sweep(), invented_diagram()
    shape = (len(RANKS), len(RATES), FIG_S2.seeds)
    columns = len(sent["edges"]) - 1
    levels = np.frombuffer(base64.b64decode(sent["losses"]), np.uint8).reshape(*shape, 2, columns)
    np.testing.assert_array_equal(levels[..., 0, :], quantised(found.courses.low[..., :columns]))
    np.testing.assert_array_equal(levels[..., 1, :], quantised(found.courses.high[..., :columns]))
    assert np.isnan(found.courses.low[..., columns:]).all()
    outcome = np.array(sent["outcome"]).reshape(shape)
    for k, name in enumerate(OUTCOMES):
        np.testing.assert_array_equal((outcome == k).mean(axis=-1), found.share(name))
    np.testing.assert_array_equal(np.reshape(sent["learned"], shape), found.courses.learned_at)
    np.testing.assert_array_equal(np.reshape(sent["silent"], shape), found.courses.silent_from)
    np.testing.assert_array_equal(sent["epochs"], found.epochs)
    assert sent["learned_below"] == LOW_LOSS


def test_the_page_gets_less_than_half_a_megabyte():
    assert len(json.dumps(Ranks().page_state())) < 500_000


@pytest.fixture
def page(show):
    return show(Ranks())


def says(page, words):
    page.wait_for_function(
        "words => document.querySelector('.ghost-sentence').textContent.includes(words)", arg=words, timeout=5000
    )


MIDDLE = """
([outcome, count]) => {
    const path = document.querySelector(`[role=listbox] [data-outcome=${outcome}]`), mark = path.cloneNode();
    const beginsAt = [...path.getAttribute("d").matchAll(/M/g)].map(({ index }) => index);
    mark.setAttribute("d", path.getAttribute("d").slice(beginsAt[count], beginsAt[count + 1]));
    path.after(mark);
    const { left, top, width, height } = mark.getBoundingClientRect();
    mark.remove();
    return [left + width / 2, top + height / 2];
}
"""


def middle(page, row, column, seed):
    """Where a network's mark is in the window; the marks of an outcome are parts of one path, in their order."""
    outcomes = sweep()["outcome"]
    place = (row * len(RATES) + column) * FIG_S2.seeds + seed
    return page.evaluate(MIDDLE, [OUTCOMES[outcomes[place]], outcomes[:place].count(outcomes[place])])


def test_a_click_on_the_map_chooses_a_network(page):
    says(page, "Rank 10, α = 0.00464, seed 5")
    page.mouse.click(*middle(page, 8, 6, 3))
    says(page, "Rank 100, α = 0.1, seed 3")
    assert page.locator("input[name=rank-exact]").input_value() == "100"


def test_the_map_is_walked_by_keyboard_and_stopped_at_once(page):
    """Ten marks of a cell lie in two rows of five; the arrow keys know no cells, and end where the map does."""
    says(page, "Rank 10, α = 0.00464, seed 5")
    assert page.locator("[role=listbox] [tabindex='0']").count() == 1
    page.locator("[role=option]").focus()
    for key, words in (
        ("ArrowRight", "Rank 10, α = 0.00464, seed 6"),
        ("ArrowUp", "Rank 10, α = 0.00464, seed 1"),
        ("ArrowLeft", "Rank 10, α = 0.00464, seed 0"),
        ("ArrowLeft", "Rank 10, α = 0.00215, seed 4"),
        ("PageUp", f"Rank {RANKS[RANKS.index(10) + 1]}, α = 0.00215, seed 4"),
        ("PageDown", "Rank 10, α = 0.00215, seed 4"),
        ("ArrowDown", "Rank 10, α = 0.00215, seed 9"),
        ("ArrowDown", f"Rank {RANKS[RANKS.index(10) - 1]}, α = 0.00215, seed 4"),
        ("Home", "α = 0.001, seed 0"),
        ("ArrowLeft", "α = 0.001, seed 0"),
        ("End", "α = 1, seed 4"),
    ):
        page.keyboard.press(key)
        says(page, words)
        marked = page.locator("[role=option]")
        assert marked.count() == 1
        assert marked.evaluate("mark => mark === document.activeElement && mark.matches(':focus-visible')")
        rank, alpha = (page.locator(f"input[name={name}-exact]").input_value() for name in ("rank", "alpha"))
        assert marked.get_attribute("aria-label").startswith(f"rank {rank}, α = {alpha}, seed ")


def test_the_map_keeps_its_marks_and_only_its_frames_move(page):
    page.evaluate("window.map = document.querySelector('[role=listbox]')")
    page.mouse.click(*middle(page, 8, 6, 3))
    says(page, "Rank 100, α = 0.1, seed 3")
    assert page.evaluate("window.map === document.querySelector('[role=listbox]')")
    chosen = page.locator("circle[data-chosen]").bounding_box()
    ring = [chosen["x"] + chosen["width"] / 2, chosen["y"] + chosen["height"] / 2]
    assert ring == pytest.approx(middle(page, 8, 6, 3), abs=1)


def test_nine_hundred_marks_are_four_paths(page):
    """A browser paints what it has in a picture anew when anything in it moves."""
    assert page.locator("[role=listbox] > *").count() <= len(OUTCOMES) + 3


def test_each_named_curve_has_a_height_of_its_own_for_its_name(page):
    for rank in (1, 2, 10, 100):
        page.locator("input[name=rank-exact]").fill(str(rank))
        page.locator("input[name=rank-exact]").press("Enter")
        says(page, f"Rank {rank},")
        names = page.locator(".ghost-picture text.label")
        heights = [name.get_attribute("y") for name in names.all()]
        assert len(heights) > 1
        assert len(heights) == len(set(heights))


def test_on_a_phone_every_mark_is_chosen_by_its_own_middle_and_has_room(page):
    page.set_viewport_size({"width": 360, "height": 740})
    # Shrunk by the page at once, and then drawn anew, which moves the marks.
    page.wait_for_function("""() => [...document.querySelectorAll(".ghost-picture svg")].every((picture) =>
        picture.clientWidth < 360 && Math.abs(picture.clientWidth - picture.getAttribute("width")) < 1)""")
    page.locator("[role=listbox]").evaluate('map => map.scrollIntoView({ block: "center" })')
    for seed in range(FIG_S2.seeds):
        page.mouse.click(*middle(page, 4, 5, seed))
        says(page, f"Rank {RANKS[4]}, α = {RATES[5]}, seed {seed}")
    places = [middle(page, 4, 5, seed) for seed in range(FIG_S2.seeds)]
    apart = [max(abs(x - u), abs(y - v)) for k, (x, y) in enumerate(places) for u, v in places[:k]]
    assert min(apart) > 6


def test_a_touch_chooses_the_cell_and_in_the_chosen_cell_the_mark(page):
    def touch(network):
        page.locator("[role=option]").evaluate(
            """(mark, [clientX, clientY]) => {
                const at = { clientX, clientY, pointerType: "touch", bubbles: true };
                mark.dispatchEvent(new PointerEvent("click", at));
            }""",
            middle(page, *network),
        )

    touch((8, 6, 3))
    says(page, "Rank 100, α = 0.1, seed 5")
    touch((8, 6, 3))
    says(page, "Rank 100, α = 0.1, seed 3")


@pytest.mark.parametrize(("name", "values"), [("rank", RANKS), ("alpha", RATES), ("seed", range(FIG_S2.seeds))])
def test_one_press_of_an_arrow_key_is_one_value_all_the_way_up_and_down(page, name, values):
    page.locator(f"input[name={name}]").focus()
    box = page.locator(f"input[name={name}-exact]")
    page.keyboard.press("Home")
    up, down = [], []
    for felt, key in ((up, "ArrowRight"), (down, "ArrowLeft")):
        for _ in values:
            felt.append(float(box.input_value()))
            page.keyboard.press(key)
    assert up == sorted(values)
    assert down == sorted(values, reverse=True)


def test_a_number_typed_between_two_choices_becomes_the_nearer(page):
    for name, typed, words in (("alpha", "0.3", "α = 0.215,"), ("rank", "33", "Rank 30,")):
        box = page.locator(f"input[name={name}-exact]")
        box.fill(typed)
        box.press("Enter")
        says(page, words)


def test_the_map_shows_every_network_by_its_outcome(page):
    """And at the foot of the map, once more, what each mark means."""
    colours = {"learned": ("fill", "optimum"), "trapped": ("stroke", "dead"), "diverged": ("stroke", "gradient")}
    for outcome in OUTCOMES:
        marks, key = page.locator(f"[data-outcome={outcome}]").all()
        assert marks.get_attribute("d").count("M") == int(np.sum(invented_diagram().is_(outcome))) > 0
        assert key.get_attribute("d").count("M") == 1
        for painted, colour in [colours[outcome]] if outcome in colours else []:
            assert {one.get_attribute(painted) for one in (marks, key)} == {f"var(--ghost-{colour})"}


def test_the_sentence_says_what_became_of_the_network(page):
    found = invented_diagram()
    words = {
        "learned": "keeps the task", "unsettled": "", "trapped": "sits in the no-learning zone",
        "diverged": "its parameters overflow",
    }  # fmt: skip
    for outcome in OUTCOMES:
        row, column, seed = np.argwhere(found.is_(outcome))[0]
        page.mouse.click(*middle(page, row, column, seed))
        learned = found.courses.learned_at[row, column, seed]
        says(page, f"seed {seed}: this network " + ("never learns" if learned < 0 else f"learns at epoch {learned}"))
        says(page, words[outcome])
