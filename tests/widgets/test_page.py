"""Widgets alone in a page: what the address, the hand and the keyboard ask of them, and what they refuse."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from browser import import_modules
from playwright.sync_api import expect

from ghostlib import widgets
from ghostlib.page.palette import COLOURS
from ghostlib.widgets._bundle import bundle, names, style
from ghostlib.widgets._page import scripts


pytestmark = pytest.mark.usefixtures("untrained")

PROTOTYPE = (
    "constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
    "toLocaleString", "__proto__", "__defineGetter__", "__lookupSetter__",
)  # fmt: skip


def box(page, name):
    return page.locator(f"input[name='{name}-exact']")


def message(page):
    return page.locator(".ghost-live .ghost-message")


def address(page):
    """The address after the widgets have had the time to write it."""
    page.wait_for_timeout(350)
    return page.evaluate("location.hash")


@pytest.mark.parametrize("name", names())
def test_what_jupyter_loads_of_a_widget_is_a_module_that_a_browser_takes(show, name):
    page = show()
    import_modules(page, bundle(name))
    assert page.evaluate("typeof modules[0].default.render") == "function"


@pytest.mark.parametrize("kind", [widgets.Flow, widgets.Ranks, widgets.Train])
def test_names_that_every_object_has_are_no_parameters(show, kind):
    asked = "&".join(f"{kind.module}.{name}=2" for name in PROTOTYPE)
    page = show(kind(), address=f"#{asked}&{kind.module}.nonsense=2")
    assert page.locator(".ghost-widget").get_attribute("data-state") == "live"
    expect(message(page)).to_have_text(
        f"There is no parameter called {PROTOTYPE[0]} here, and {len(PROTOTYPE)} more things in the link cannot be "
        "had: the figure keeps its own values."
    )
    for name in (*PROTOTYPE, "nonsense"):
        page.evaluate("hash => { location.hash = hash }", f"{kind.module}.{name}=3")
        expect(message(page)).to_have_text(
            f"There is no parameter called {name} here: the figure keeps its own values."
        )
    assert address(page) == ""


@pytest.mark.parametrize(
    "asked",
    [
        "&".join(f"flow.unknown{k}=1" for k in range(2000)),
        "&".join(f"flow.{'key' * 3000}{k}=1" for k in range(5)),
        f"flow.r={'9,' * 20000}",
        f"flow.r={'🦖' * 9000}&flow.x_star=5e-324",
    ],
    ids=["2000 keys", "long keys", "a long number", "letters of two words"],
)
def test_a_refusal_is_one_short_sentence_however_long_the_link(show, asked):
    page = show(widgets.Flow(r=0.04), address=f"#{asked}")
    said = message(page).inner_text()
    assert re.fullmatch(r"[^.]*(must be|no parameter)[^:]*: the figure keeps its own values\.", said.replace("0.1", ""))
    assert len(said) < 200
    assert said.isprintable() and "�" not in said
    assert box(page, "r").input_value() == "0.04"


def test_a_browser_that_refuses_to_write_the_address_is_asked_again(show):
    page = show(widgets.Flow())
    complaints = []
    page.on("pageerror", lambda error: complaints.append(error))
    page.evaluate("""() => {
        window.write = history.replaceState.bind(history);
        history.replaceState = () => { throw new DOMException("too often", "SecurityError"); };
    }""")
    box(page, "r").fill("0.25")
    box(page, "r").press("Enter")
    assert address(page) == ""
    page.evaluate("() => { history.replaceState = window.write; }")
    page.locator("h2").click()
    assert page.evaluate("location.hash") == "#flow.r=0.25"
    assert complaints == []


def test_where_a_training_stands_does_not_hold_up_the_address(show):
    page = show(widgets.Train())
    page.wait_for_selector(".ghost-live:not([aria-busy])")
    page.locator("input[type=range][name=alpha]").press("ArrowLeft")
    for _ in range(6):  # each tells where the training stands, which is not in the address
        page.locator(".ghost-transport input[type=range]").press("ArrowLeft")
        page.wait_for_timeout(80)
    assert "train.alpha=" in page.evaluate("location.hash")


def test_a_link_followed_at_once_leaves_the_way_back(show):
    page = show(widgets.Flow())
    page.evaluate("document.querySelector('h2').innerHTML = '<a href=#flow.r=0.5>a half</a>'")
    slider = page.locator("input[type=range][name=r]")
    slider.press("End")
    page.locator("h2 a").click()
    expect(box(page, "r")).to_have_value("0.5")
    page.go_back()
    expect(box(page, "r")).to_have_value("1")


def test_the_sentence_is_heard_once_it_has_settled_and_not_at_the_opening(show):
    page = show(widgets.Flow())
    heard = page.locator("[role=status]")
    page.wait_for_timeout(800)
    assert heard.inner_text() == ""
    page.evaluate("""() => {
        window.heard = [];
        new MutationObserver(() => window.heard.push(document.querySelector("[role=status]").textContent))
            .observe(document.querySelector("[role=status]"), { childList: true });
    }""")
    slider = page.locator("input[type=range][name=r]")
    for _ in range(8):
        slider.press("ArrowRight")
        page.wait_for_timeout(20)
    page.wait_for_timeout(900)
    assert page.evaluate("window.heard") == [page.locator(".ghost-sentence").inner_text()]
    assert page.locator("[aria-live]").count() == 0


def test_controls_have_names_of_words_that_stand_beside_them_and_are_not_translated(show):
    page = show(*(getattr(widgets, name)() for name in widgets.__all__))
    for control in page.locator(".ghost-control").all():
        name = control.locator(".name").inner_text()
        assert re.match(r"[a-z]{4}", name)
        for part in control.locator("input").all():
            assert part.get_attribute("aria-label").startswith(name)
        assert control.get_attribute("translate") == "no"


def rgb(colour):
    return f"rgb({', '.join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5))})"


def test_colours_are_dark_where_the_front_end_is(browser):
    """The book, JupyterLab, Colab, marimo, VS Code; else as the page says, and not as the system does.

    Away from the book they bring their ground: VS Code puts white behind every widget, in a dark window too.
    """
    looks = {
        "<html>": "light",
        "<html style='color-scheme: dark'>": "dark",
        "<html style='color-scheme: light dark'>": "dark",  # this reader's system is dark
        "<html data-theme=dark>": "dark",
        "<html data-theme=light style='color-scheme: dark'>": "light",
        "<html><body data-jp-theme-light=true>": "light",
        "<html><body data-jp-theme-light=false>": "dark",
        "<html theme=dark>": "dark",
        "<html class=dark>": "dark",
        "<html><body class=dark>": "dark",
        "<html><body class='vscode-dark'>": "dark",
        "<html><body class='vscode-light'>": "light",
        "<html><body class='vscode-high-contrast'>": "dark",
        "<html><body class='vscode-high-contrast vscode-high-contrast-light'>": "light",
    }
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        for start, theme in looks.items():
            page.set_content(f"<!doctype html>{start}<style>{style()}</style><p class=ghost-shell>Words</p>")
            seen = page.locator("p").evaluate("p => [getComputedStyle(p).color, getComputedStyle(p).backgroundColor]")
            ink, ground = (rgb(getattr(COLOURS[name], theme)) for name in ("ink", "page"))
            assert seen == [ink, "rgba(0, 0, 0, 0)" if "data-theme" in start else ground], start


def test_on_paper_stands_the_drawn_figure_unless_the_reader_has_set_something_else(show):
    page = show(widgets.Flow(), widgets.Train())
    box(page, "r").fill("0.25")
    box(page, "r").press("Enter")
    assert address(page) == "#flow.r=0.25"
    page.emulate_media(media="print")
    set_by_hand, as_it_opens = page.locator(".ghost-widget").all()
    for widget, parts in ((set_by_hand, (".ghost-picture",)), (as_it_opens, (".ghost-static",))):
        for part in (".ghost-picture", ".ghost-static", "button", "input"):
            assert all(one.is_visible() == (part in parts) for one in widget.locator(part).all()), part


def test_words_that_ask_for_a_hand_are_there_only_while_the_figure_is_alive(show, browser):
    html = widgets.Ranks()._html()
    assert re.search(r'<span class="ghost-hint" hidden>[^<]*arrow keys', html)
    assert not re.search(
        "sliders|click|press", re.sub(r'<script.*?</script>|<span class="ghost-hint".*?</span>', "", html)
    )
    assert show(widgets.Ranks()).locator(".ghost-hint").is_visible()


def test_the_focus_stays_on_the_button_that_copies(show):
    page = show(widgets.Flow())
    page.evaluate("document.execCommand = () => true")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on pages from disk
    page.locator("button[name=python]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("button[name=python]")).to_have_text("Copied")
    assert page.evaluate("document.activeElement.name") == "python"


def test_pictures_are_saved_as_one_drawing_in_the_colours_of_the_page(show):
    page = show(widgets.Landscape())
    with page.expect_download() as download:
        page.locator("button[name=svg]").click()
    assert download.value.suggested_filename == "landscape.svg"
    saved = Path(download.value.path())
    assert "var(" not in saved.read_text(encoding="utf-8")
    drawing = ElementTree.parse(saved).getroot()
    panels = drawing.findall("{http://www.w3.org/2000/svg}svg")
    assert len(panels) == page.locator(".ghost-picture").count()
    assert len({(panel.get("x"), panel.get("y")) for panel in panels}) == len(panels)
    red, green, blue = (int(COLOURS["loss"].light[k : k + 2], 16) for k in (1, 3, 5))
    assert f"rgb({red}, {green}, {blue})" in {part.get("stroke") for part in drawing.iter()}


def test_back_after_a_link_returns_to_the_state_before_and_leaves_the_address_alone(show):
    page = show(widgets.Flow(r=0.04), widgets.Descent())
    box(page, "r").fill("0.25")
    box(page, "r").press("Enter")
    assert address(page) == "#flow.r=0.25"
    page.evaluate("location.hash = 'flow.r=0.5&flow.x_star=20&descent.epochs=100'")
    expect(box(page, "x_star")).to_have_value("20")
    assert address(page) == "#flow.r=0.5&flow.x_star=20&descent.epochs=100"
    page.go_back()
    for name, value in (("r", "0.25"), ("x_star", "10"), ("epochs", "3000")):
        expect(box(page, name)).to_have_value(value)
    assert address(page) == "#flow.r=0.25"
    page.go_forward()
    expect(box(page, "r")).to_have_value("0.5")
    expect(box(page, "epochs")).to_have_value("100")
    assert address(page) == "#flow.r=0.5&flow.x_star=20&descent.epochs=100"


def test_back_to_an_address_that_names_nothing_is_as_the_page_opened(show):
    page = show(widgets.Flow(r=0.04))
    page.evaluate("location.hash = 'flow.r=0.5'")
    expect(box(page, "r")).to_have_value("0.5")
    page.go_back()
    expect(box(page, "r")).to_have_value("0.04")
    assert address(page) == ""


def test_a_link_to_a_section_asks_nothing_of_a_widget(show):
    page = show(widgets.Flow())
    box(page, "r").fill("0.25")
    box(page, "r").press("Enter")
    assert address(page) == "#flow.r=0.25"
    page.evaluate("location.hash = 'end'")
    assert address(page) == "#end"
    expect(box(page, "r")).to_have_value("0.25")


def test_two_widgets_of_one_kind_have_addresses_and_ids_of_their_own(show):
    page = show(widgets.Flow(), widgets.Flow(), address="#flow-2.r=0.5")
    assert [one.input_value() for one in box(page, "r").all()] == ["0.01", "0.5"]
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)) > 10


@pytest.mark.parametrize(
    "text, value",
    [
        ("0,5", "0.5"),
        (" .5 ", "0.5"),
        ("−0.25", "-0.25"),
        ("+1", "1"),
        ("5e-3", "0.005"),
        ("0,125", "0.125"),
        ("1.", "1"),
    ],
)
def test_the_box_reads_decimal_points_and_commas(show, text, value):
    page = show(widgets.Flow())
    box(page, "r").fill(text)
    box(page, "r").press("Enter")
    expect(box(page, "r")).to_have_value(value)
    assert not message(page).is_visible()


@pytest.mark.parametrize(
    "text", ["1,000", "3,000", "10,000", "10.5", "1,000,000", "1.000,5", "1 000", "0x10", "Infinity", "a lot", ""]
)
def test_the_box_refuses_what_is_no_number_or_could_be_two_and_forgets_it_when_left(show, text):
    page = show(widgets.Descent())
    box(page, "epochs").fill(text)
    box(page, "epochs").press("Enter")
    written = "written without a comma, " if "," in text else ""
    expect(message(page)).to_contain_text(
        f"Epochs must be a whole number from 10 to 20000, {written}and not “{text.strip()}”."
    )
    assert box(page, "epochs").input_value() == text  # so that it can be mended
    box(page, "epochs").press("Tab")
    expect(box(page, "epochs")).to_have_value("3000")
    assert message(page).is_visible()


def test_the_refusal_quotes_what_was_typed_and_does_not_round_it_into_the_range(show):
    page = show(widgets.Flow())
    box(page, "r").fill("1.0001")
    box(page, "r").press("Tab")
    expect(message(page)).to_have_text("Bifurcation parameter r must be a number from −1 to 1, and not “1.0001”.")


def test_a_number_can_be_typed_while_the_picture_moves(show):
    page = show(widgets.Flow())
    page.locator("button[name=play]").click()
    box(page, "r").fill("")
    for letter in "0.25":
        page.keyboard.type(letter)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.locator("button[name=play]").inner_text() == "Pause"
    assert box(page, "r").input_value() == "0.25"
    box(page, "r").press("Enter")
    expect(page.locator(".ghost-sentence")).to_contain_text("r = 0.25:")


def test_a_training_that_overflows_stands_still_and_can_go_on_at_a_lower_rate(show):
    """Parameters of this size have no loss; the widget says so, and draws what there is."""
    page = show(widgets.Train(m=[1e308] * 100, n=[1e308] * 100))
    sentence = page.locator(".ghost-sentence")
    expect(sentence).to_contain_text("The parameters have overflowed")
    page.locator("button[name=step]").click()
    expect(sentence).to_contain_text("epoch 0: loss –, accuracy –")
    page.locator("button[name=again]").click()
    expect(sentence).to_contain_text("Still on the plateau.")


def test_another_seed_is_another_network_from_its_beginning(show):
    page = show(widgets.Train())
    page.locator("button[name=step]").click()
    expect(page.locator(".ghost-sentence")).to_contain_text("Seed 40, epoch 6001:")
    box(page, "seed").fill("7")
    box(page, "seed").press("Enter")
    expect(page.locator(".ghost-sentence")).to_contain_text("Seed 7, epoch 0:")
    changed = page.locator(".ghost-sentence").inner_text()
    assert changed == show(widgets.Train(), address="#train.seed=7").locator(".ghost-sentence").inner_text()


@pytest.mark.parametrize("name", names())
def test_every_widget_starts_and_says_something(show, name):
    (kind,) = (getattr(widgets, each) for each in widgets.__all__ if getattr(widgets, each).module == name)
    page = show(kind())
    assert page.locator(".ghost-widget").get_attribute("data-state") == "live"
    assert len(page.locator(".ghost-sentence").inner_text()) > 40
    shown = page.locator(".ghost-picture").evaluate_all("all => all.map(one => one.innerHTML).join('')")
    assert not re.search(r"NaN|undefined|null", shown)


def test_widgets_are_alive_while_the_page_still_waits_for_a_script(browser, tmp_path):
    """The scripts stand after the first widget, as in the book; the second is met when the page has been read."""
    files = scripts(["flow", "step"])
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    loading = "".join(f"<script src={name}></script>" for name in files)
    body = f"{widgets.Flow()._html()}{loading}{widgets.Step()._html()}{widgets.Flow()._html()}"
    (tmp_path / "index.html").write_text(f"<!doctype html><meta charset=utf8><script defer src=late.js></script>{body}")
    with browser.new_context() as context:
        page = context.new_page()
        held = []
        page.route("**/late.js", lambda route: held.append(route))  # and never answered
        page.goto((tmp_path / "index.html").as_uri(), wait_until="commit")
        expect(page.locator(".ghost-widget[data-state=live]")).to_have_count(3)
        assert len(held) == 1 and page.evaluate("document.readyState") == "interactive"
        assert page.locator(".ghost-widget").evaluate_all("all => all.map(({ dataset }) => dataset.key)") == [
            "flow", "step", "flow-2",
        ]  # fmt: skip
