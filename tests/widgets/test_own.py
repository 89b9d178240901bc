"""Someone's own network in the page: what is read, what is refused, and that Python finds the same."""

import json
import re

import numpy as np
import pytest
from browser import imported
from playwright.sync_api import expect

from ghostlib import RankOne, slow_points
from ghostlib.dynamics.passage import passage_time
from ghostlib.networks.reader import read_network
from ghostlib.widgets import Own, own
from ghostlib.widgets._bundle import bundle


SENTENCE, MESSAGE = ".ghost-sentence", ".ghost-refusal"
RNG = np.random.default_rng(4)
M1, N1, B1 = RNG.normal(size=12), RNG.normal(size=12), RNG.normal(size=12)
M2, N2 = RNG.normal(size=(12, 2)), RNG.normal(size=(2, 12))


def csv(names, *columns):
    return "\n".join([",".join(names), *(",".join(map(repr, map(float, row))) for row in zip(*columns, strict=True))])


RANK_ONE = {"m": M1.tolist(), "n": N1.tolist(), "b": B1.tolist()}
RANK_TWO = {"M": M2.tolist(), "N": N2.tolist(), "b": B1.tolist()}
SAME_AS_RANK_ONE = {
    "JSON": json.dumps(RANK_ONE),
    "columns in JSON": json.dumps({"m": M1[:, None].tolist(), "n": N1[:, None].tolist(), "bias": B1[:, None].tolist()}),
    "CSV": csv("mnb", M1, N1, B1),
    "CSV in another order, Windows' ends": csv("bnm", B1, N1, M1).replace("\n", "\r\n"),
    "no names": csv("mnb", M1, N1, B1).partition("\n")[2],
    "semicolons and a remark": "# mine\n" + csv("mnb", M1, N1, B1).replace(",", ";"),
    "tabs and quotes": csv(('"m"', '"n"', '"b"'), M1, N1, B1).replace(",", "\t"),
    "spaces": csv("mnb", M1, N1, B1).partition("\n")[2].replace(",", "  "),
}
SAME_AS_RANK_TWO = {
    "JSON": json.dumps(RANK_TWO),
    "columns in JSON": json.dumps(RANK_TWO | {"N": N2.T.tolist()}),
    "CSV": csv(("m1", "m2", "n1", "n2", "b"), *M2.T, *N2, B1),
    "CSV with capitals": csv(("M1", "M2", "N1", "N2", "b"), *M2.T, *N2, B1),
    "no names": csv("abcde", *M2.T, *N2, B1).partition("\n")[2],
}
REFUSED = {
    "empty": (" \n ", "There is nothing in it."),
    "binary": ("\0\x01\x02", "This is no text."),
    "prose": ("Dear reader, this is a letter.\nYours", "There is no column called “dear reader” here"),
    "markup": ("<script>alert(1)</script>", "This is no table of numbers with a column for m and one for n."),
    "cut JSON": ('{"m": [1, 2', "This begins like JSON and is none."),
    "a list": ("[1, 2, 3]", "A network in JSON is an object with m, n and perhaps b."),
    "names of every object": ('{"__proto__": {"m": [1], "n": [1]}}', "A network in JSON is an object with m, n"),
    "other lengths": ('{"m": [1, 2, 3], "n": [1, 2]}', "(1, 3) or (3, 1) beside m of (3), and not (2)."),
    "another b": ('{"m": [1, 2], "n": [1, 2], "b": [1]}', "b must have shape (2), and not (1)."),
    "ragged JSON": ('{"m": [[1, 2], [3]], "n": [1, 2]}', "m must be a list of numbers, or of equally long lists"),
    "null": ('{"m": [1, null], "n": [1, 2]}', "m has “null”, which is no number."),
    "text among numbers": ('{"m": [1, "2"], "n": [1, 2]}', "m has “\"2\"”, which is no number."),
    "too large a number": ('{"m": [1, 1e999], "n": [1, 2]}', "which is no number."),
    "three ranks": (json.dumps({"m": np.ones((5, 3)).tolist(), "n": np.ones((3, 5)).tolist()}), "and m has 3 columns."),
    "NaN": ("m,n,b\n1,2,3\n1,nan,3", "Row 2 has “nan”, which is no number."),
    "a hole": ("m,n,b\n1,2,3\n1,,3", "Row 2 has “”, which is no number."),
    "ragged": ("m,n,b\n1,2,3\n1,2", "Row 2 has 2 entries, and there are 3 columns."),
    "half a rank": ("m1,n1,n2\n1,2,3", "The table must have the columns m and n, or m1, m2, n1 and n2."),
    "twice": ("m,n,m\n1,2,3", "There is no column called “m” here, or it is there twice."),
    "six columns": ("1,2,3,4,5,6", "and this one has 6."),
    "a header alone": ("m,n,b", "There are no units in it."),
    "a long text": ("m,n\n" + "1,1\n" * 300_000, "This has 1.2 MB, and a network takes less than 1."),
    "too many": ("m,n\n" + "1,1\n" * 5001, "This page takes 5000 units at most, and these are 5001."),
}  # fmt: skip


reading = imported(bundle("reading"))
waits = imported(bundle("waits"), bundle("rankone"))


@pytest.mark.parametrize("text", SAME_AS_RANK_ONE.values(), ids=SAME_AS_RANK_ONE)
def test_every_way_to_write_a_network_of_rank_one_is_read_as_one(reading, text):
    expected = {
        "rank": 1,
        "units": 12,
        "columns": [M1.tolist()],
        "rows": [N1.tolist()],
        "b": B1.tolist(),
        "hears": False,
    }
    assert reading.evaluate("text => modules[0].readNetwork(text)", text) == expected


@pytest.mark.parametrize("text", SAME_AS_RANK_TWO.values(), ids=SAME_AS_RANK_TWO)
def test_every_way_to_write_a_network_of_rank_two_is_read_as_one(reading, text):
    expected = {"rank": 2, "units": 12, "columns": M2.T.tolist(), "rows": N2.tolist(), "b": B1.tolist(), "hears": False}
    assert reading.evaluate("text => modules[0].readNetwork(text)", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RANK_ONE | {"w_in": M1.tolist()}),
        csv(("m", "w_in", "n", "b"), M1, N1, N1, B1),
        csv(("m1", "m2", "n1", "n2", "b", "w_in1", "w_in2"), *M2.T, *N2, B1, M1, N1),
    ],
    ids=["JSON", "CSV", "rank two, two inputs"],
)
def test_weights_of_an_input_are_left_out_and_that_is_said(show, text):
    page = show(Own())
    drop(page, [["mine", text]])
    expect(page.locator(SENTENCE)).to_contain_text("12 units, rank")
    expect(page.locator(MESSAGE)).to_have_text("Shown is the network while it hears nothing: w_in is left out.")
    drop(page, [["mine.json", json.dumps(RANK_ONE)]])
    expect(page.locator(MESSAGE)).to_be_hidden()


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_network_is_refused_with_one_short_sentence(reading, text, why):
    ask = "text => { try { modules[0].readNetwork(text); return ''; } catch (error) { return error.message; } }"
    said = reading.evaluate(ask, text)
    assert why in said and len(said) < 160 and said.count(". ") == 0


def test_weights_that_were_meant_to_be_divided_are_noticed_as_in_python(reading):
    m = np.random.default_rng(3).standard_normal(400)
    text = json.dumps({"m": m.tolist(), "n": (2 * m).tolist()})
    with pytest.warns(UserWarning, match="over_N"):
        read_network(m=m, n=2 * m)
    far = """text => {
        const [{ readNetwork, far, overUnits }] = modules;
        return [readNetwork(text), overUnits(readNetwork(text))].map(far);
    }"""
    plain, divided = reading.evaluate(far, text)
    assert plain.startswith("Fixed points lie far out, near κ = ") and divided == ""


def test_the_page_opens_on_the_papers_network_and_goes_on_to_one_of_rank_two(show):
    page = show(Own())
    (ghost,) = (point for point in slow_points(own.learned()) if point.kind == "ghost")
    expect(page.locator(SENTENCE)).to_contain_text("100 units, rank 1: 1 stable point and 1 ghost.")
    expect(page.locator(SENTENCE)).to_contain_text(f"κ = −{-ghost.position:.2f}, where the speed is {ghost.speed:.3f}")
    took = bottleneck_time(own.learned(), ghost)
    expect(page.locator(SENTENCE)).to_contain_text(f"the state takes {took:.1f} τ, or {10 * took:.0f} ms")
    page.get_by_role("button", name="Example of rank two").click()
    stable, ghost = slow_points(read_network(**own.examples()[1]))
    assert (stable.kind, ghost.kind) == ("stable node", "ghost")
    expect(page.locator(SENTENCE)).to_contain_text("40 units, rank 2: 1 stable point and 1 ghost, looked for")
    expect(page.locator(SENTENCE)).to_contain_text(f"Its parabola takes {ghost.passage_time:.1f} τ, or")
    left = page.locator(".ghost-picture path.axis").first.bounding_box()["x"]
    dots = [dot.bounding_box()["x"] for dot in page.locator(".ghost-picture").first.locator("circle").all()]
    assert len(dots) == 2 and min(dots) > left  # the start of the trial too
    page.get_by_role("button", name="Reset to paper").click()
    expect(page.locator(SENTENCE)).to_contain_text("100 units, rank 1")


def bottleneck_time(network, ghost):
    """τ ∫ dκ/|f| over the width at which the parabola of a ghost has doubled its speed, on either side."""
    width = np.sqrt(2 * ghost.speed / ghost.curvature)
    ends = np.sign(ghost.speed) * np.array([-width, width]) + ghost.position
    return passage_time(network, *ends)


def test_the_wait_at_a_ghost_is_the_integral_that_python_takes(waits):
    ask = """([m, n, b, ghosts]) => {
        const [{ waitAt }, { rankOneNetwork }] = modules;
        const state = rankOneNetwork(m, n, b);
        return ghosts.map((ghost) => waitAt(state, ghost)).map(({ time }) => (Number.isNaN(time) ? null : time));
    }"""
    passed = []
    for seed in range(300):
        draw = np.random.default_rng(seed)
        network = RankOne(draw.normal(size=8), draw.normal(size=8), 2 * draw.normal(size=8))
        ghosts = [point for point in slow_points(network) if point.kind == "ghost"]
        arrays = [x.tolist() for x in (network.m, network.n, network.b)]
        given = waits.evaluate(ask, [*arrays, [ghost.position for ghost in ghosts]]) if ghosts else []
        for time, ghost in zip(given, ghosts, strict=True):
            expected = bottleneck_time(network, ghost)
            passed.append(time is not None)
            assert passed[-1] == np.isfinite(expected)
            assert time is None or time == pytest.approx(expected, rel=1e-5)
    assert passed.count(True) > 10 and passed.count(False) > 3


def test_a_file_dropped_beside_the_figure_does_not_take_the_page_away(show):
    page = show(Own())
    drop(page, [["mine.csv", SAME_AS_RANK_ONE["CSV"]]], "body")
    expect(page.locator(SENTENCE)).to_contain_text("12 units, rank 1")
    # What nobody takes, the browser opens in place of the page.
    taken = """([kind, place]) => {
        const dataTransfer = new DataTransfer();
        if (kind === "file") dataTransfer.items.add(new File(["1"], "one.txt"));
        else dataTransfer.setData("text/plain", "m,n");
        const event = new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true });
        return !document.querySelector(place).dispatchEvent(event);
    }"""
    assert page.evaluate(taken, ["file", "body"]) and page.evaluate(taken, ["file", "textarea[name=text]"])
    assert not page.evaluate(taken, ["text", "body"]) and not page.evaluate(taken, ["text", "textarea[name=text]"])


def rounded(kind, position):
    """A slow point as the sentence names it: its kind, and κ to three digits."""
    return kind, *(float(f"{value:.3g}") for value in np.ravel(position))


def named(page):
    """The slow points that the sentence names, as `rounded` gives them."""
    said = page.locator(SENTENCE).text_content().replace("−", "-")
    found = set()
    for kind, places in re.findall(r"(Stable|Unstable|Saddle|A ghost)([^.=]* at κ = .*?)(?:, where|\.(?= |$))", said):
        name, _, places = f"{kind.removeprefix('A ').lower()}{places}".partition(" at κ = ")
        for place in re.findall(r"\([^)]*\)|[-\d.]+", places):
            found.add((name, *map(float, re.findall(r"[-\d.]+", place))))
    return found


@pytest.mark.parametrize("name", ["mine.csv", "mine.json", "two.json"])
def test_a_chosen_file_is_shown_as_python_finds_it(show, tmp_path, name):
    texts = {"mine.csv": SAME_AS_RANK_ONE["CSV"], "mine.json": json.dumps(RANK_ONE), "two.json": json.dumps(RANK_TWO)}
    (tmp_path / name).write_text(texts[name], encoding="utf-8")
    page = show(Own())
    page.get_by_label("A network as CSV or JSON").set_input_files(tmp_path / name)
    points = slow_points(read_network(**(RANK_TWO if name == "two.json" else RANK_ONE)))
    stable = sum(point.kind.startswith("stable") for point in points)
    expect(page.locator(SENTENCE)).to_contain_text(
        f"12 units, rank {2 if name == 'two.json' else 1}: {stable} stable point"
    )
    assert named(page) == {rounded(point.kind, point.position) for point in points}
    expect(page.locator(MESSAGE)).to_be_hidden()


def random_in_the_plane(seed):
    """A network of rank two with slow points far from where its runs end, or close to each other in a long reach."""
    rng, gain = np.random.default_rng(seed), (0.5, 1, 1.5, 2.5)[seed % 4]
    M = rng.normal(size=(30, 2))
    own_way = gain * M.T / 30 * rng.uniform(0.5, 2, size=(2, 1)) + gain * rng.normal(size=(2, 30)) / 30
    b = 0.5 * rng.normal(size=30)
    N = gain * rng.normal(size=(2, 30)) if seed % 3 == 2 else own_way
    return {"M": M.tolist(), "N": N.tolist(), "b": b.tolist()}


@pytest.mark.parametrize("seed", [2, 5, 41, 56])
def test_points_far_out_and_close_together_are_found_as_python_proves_them(show, seed):
    given = random_in_the_plane(seed)
    points = slow_points(read_network(**given))
    assert all(point.certified for point in points)
    page = show(Own())
    drop(page, [["mine.json", json.dumps(given)]])
    expect(page.locator(SENTENCE)).to_contain_text("30 units, rank 2")
    ghosts = sum(point.kind == "ghost" for point in points)
    expect(page.locator(SENTENCE)).to_contain_text(re.compile(rf"\b{ghosts} ghost"))
    proved = {rounded(point.kind, point.position) for point in points}
    assert named(page) <= proved and {each for each in proved if each[0] != "ghost"} <= named(page)


def drop(page, files, place=".ghost-widget .ghost-live"):
    """Drop files, given as names and texts, on the widget or elsewhere."""
    page.evaluate(
        """([files, place]) => {
            const data = new DataTransfer();
            for (const [name, text] of files) data.items.add(new File([text], name));
            const target = document.querySelector(place);
            target.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [files, place],
    )


def test_a_dropped_file_is_read_and_what_is_no_file_or_too_large_or_no_network_leaves_the_last_one(show):
    page = show(Own())
    drop(page, [["mine.csv", SAME_AS_RANK_ONE["CSV"]]])
    expect(page.locator(SENTENCE)).to_contain_text("12 units, rank 1")
    for files, why in (
        ([], "What was dropped is no file."),
        ([["a.csv", "m,n\n1,1"], ["b.csv", "m,n\n1,1"]], "One file at a time, please."),
        ([["large.csv", "m,n\n" + "1,1\n" * 2_500_000]], "This has 10 MB, and a network takes less than 1."),
        ([["picture.png", "\x89PNG\0\0"]], "This is no text."),
        ([["m.json", '{"m": [1, 2, 3], "n": [1, 2]}']], "and not (2)."),
    ):
        drop(page, files)
        expect(page.locator(MESSAGE)).to_contain_text(why)
        expect(page.locator(SENTENCE)).to_contain_text("12 units, rank 1")
    drop(page, [["mine.json", json.dumps(RANK_ONE)]])
    expect(page.locator(MESSAGE)).to_be_hidden()


def test_ten_megabytes_are_refused_at_once_however_they_come_and_nothing_leaves_the_page(show):
    page = show(Own())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    large = "m,n\n" + "1,1\n" * 2_500_000
    chooser = page.get_by_label("A network as CSV or JSON")
    chooser.set_input_files({"name": "large.csv", "mimeType": "text/csv", "buffer": large.encode()})
    expect(page.locator(MESSAGE)).to_have_text("This has 10 MB, and a network takes less than 1.")
    chooser.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": SAME_AS_RANK_ONE["CSV"].encode()})
    expect(page.locator(MESSAGE)).to_be_hidden()
    expect(page.locator(SENTENCE)).to_contain_text("12 units, rank 1")
    page.get_by_label("A network as text").evaluate(
        """(area, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            if (area.dispatchEvent(paste)) throw new Error("pasted");
        }""",
        large,
    )
    expect(page.locator(MESSAGE)).to_have_text("This has 10 MB, and a network takes less than 1.")
    expect(page.locator(SENTENCE)).to_contain_text("12 units, rank 1")
    assert asked == []


def test_pasted_text_is_read_by_keyboard_and_markup_stays_text(show):
    page = show(Own())
    area = page.get_by_label("A network as text")
    area.fill(csv("mn", M1, N1))
    area.press("Tab")  # the check box; the button is before
    page.get_by_role("button", name="Read the text").focus()
    page.keyboard.press("Enter")
    expect(page.locator(SENTENCE)).to_contain_text("12 units, rank 1")
    area.fill("m,<img src=x onerror=alert(1)>\n1,2")
    page.get_by_role("button", name="Read the text").click()
    expect(page.locator(MESSAGE)).to_contain_text("There is no column called “<img src=x onerror=a” here")
    assert page.locator(".ghost-widget img").count() == 0


def test_weights_over_the_number_of_units_are_a_tick_away(show):
    m = np.random.default_rng(3).standard_normal(400)
    page = show(Own())
    drop(page, [["public.json", json.dumps({"m": m.tolist(), "n": (2 * m).tolist()})]])
    expect(page.locator(MESSAGE)).to_contain_text("are the weights meant as W = m nᵀ/N?")
    page.get_by_role("checkbox", name="weights are meant as").check()
    expect(page.locator(MESSAGE)).to_be_hidden()
    points = slow_points(read_network(m=m, n=2 * m, over_N=True))
    stable = sum(point.kind == "stable" for point in points)
    expect(page.locator(SENTENCE)).to_contain_text(f"400 units, rank 1: {stable} stable points")


def test_the_second_start_is_offered_where_there_is_a_second_dimension(show):
    page = show(Own())
    second = page.get_by_role("slider", name="start at κ₂")
    expect(second).to_be_hidden()
    page.get_by_role("button", name="Example of rank two").click()
    expect(second).to_be_visible()


def test_what_is_shown_can_be_taken_home_and_read_by_python(show):
    page = show(Own())
    with page.expect_download() as download:
        page.get_by_role("button", name="Download what is shown").click()
    assert download.value.suggested_filename == "network.json"
    again = read_network(**json.loads(download.value.path().read_text(encoding="utf-8")))
    np.testing.assert_allclose(again.m, own.learned().m, rtol=1e-5)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    way = np.loadtxt(download.value.path(), delimiter=",", skiprows=1)
    kappa = way[:, 1]
    np.testing.assert_allclose(kappa[1:], kappa[:-1] + 0.5 * again.flow(kappa[:-1]), rtol=1e-9)
    assert kappa[0] == -1.6 and len(kappa) == own.STEPS + 1
