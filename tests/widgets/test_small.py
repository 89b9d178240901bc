"""Small figures: their marks are moved by keys, by the pointer and by touch, and say what they show."""

import numpy as np
import pytest
from browser import import_modules
from drawing import assert_legible
from playwright.sync_api import expect
from scipy.special import expit

from ghostlib import plots, toy, widgets
from ghostlib.widgets._bundle import bundle
from ghostlib.widgets.small import Bifurcation, Cobweb, ReadOut, Slope, Step, TimeSpent, Timing


SMALL = (Bifurcation, Cobweb, ReadOut, Slope, Step, TimeSpent, Timing)


def settle(page):
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def figure(page, kind):
    return page.locator(f".ghost-widget[data-widget={kind.module}]")


def sentence(page, kind):
    settle(page)
    return figure(page, kind).locator(".ghost-sentence").inner_text()


def centre(grip):
    box = grip.bounding_box()
    return np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def drag(page, grip, by):
    start = centre(grip)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*(start + by), steps=3)
    page.mouse.up()
    settle(page)


@pytest.fixture(scope="module")
def core(browser):
    """A blank page that has imported toy.js."""
    page = browser.new_page()
    import_modules(page, bundle("toy"))
    yield page
    page.close()


def test_the_rate_of_a_step_is_the_inverse_of_the_step(core):
    calls = [(rho, a) for rho in (0.25, 0.7, 1.001, 2.5) for a in (0.02, 1.0, 1.6)]
    found = core.evaluate(
        "calls => calls.map(([rho, a]) => modules[0].rateOfStep(rho, modules[0].rescaledStep(rho, a)))", calls
    )
    np.testing.assert_allclose(found, [a for _, a in calls], rtol=1e-12)
    assert core.evaluate("modules[0].rateOfStep(2, 3)") < 0  # uphill


def test_the_feed_is_the_error_times_the_slope_of_the_output(core):
    calls = [(x, c, 1.0) for x in (-4.0, -1.0, 1.0, 2.0) for c in (0.1, 1.0, 10.0)]
    found = core.evaluate("calls => calls.map((call) => modules[0].feed(...call))", calls)
    away = np.array([c * (x - x_star) for x, c, x_star in calls])
    expected = np.array([c for _, c, _ in calls]) * expit(away) * expit(-away) ** 2
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_every_mark_goes_where_the_arrow_points_keeps_the_focus_and_is_reset(show):
    page = show(*(kind() for kind in SMALL))
    for kind in SMALL:
        reset = figure(page, kind).locator("button[name=reset]")
        opening = sentence(page, kind)
        assert not reset.is_visible()
        for grip in figure(page, kind).locator("[role=slider]").all():
            assert len(grip.get_attribute("aria-label")) > 0
            before, places = sentence(page, kind), [centre(grip)]
            grip.focus()
            for key in ("ArrowLeft", "ArrowRight"):
                for _ in range(3):
                    page.keyboard.press(key)
                    settle(page)
                places.append(centre(grip))
                assert grip.evaluate("grip => grip === document.activeElement")
                if key == "ArrowLeft":
                    assert sentence(page, kind) != before
                    assert grip.get_attribute("aria-valuetext") == sentence(page, kind)
            upright = kind is Cobweb and grip.get_attribute("data-name") == "a"  # this mark moves up and down
            across = [-y if upright else x for x, y in places]
            assert across[1] < across[0] - 1 and across[2] > across[1] + 1, kind
            assert reset.is_visible() or before == sentence(page, kind)
        if reset.is_visible():
            reset.click()
        assert sentence(page, kind) == opening
        assert not reset.is_visible()


@pytest.mark.parametrize("touch", [False, True])
def test_a_mark_follows_the_pointer_and_the_picture_takes_a_click(show, touch):
    page = show(*(kind() for kind in SMALL))
    for kind in SMALL:
        grip = figure(page, kind).locator("[role=slider]").last
        grip.scroll_into_view_if_needed()
        before, start = sentence(page, kind), centre(grip)
        # Into the picture, from wherever the mark is; the one that moves up and down is moved up.
        by = np.array([0, -12]) if kind is Cobweb else np.array([-20, 0])
        if touch:
            x, y = start
            grip.evaluate(
                """(grip, [x, y, dx, dy]) => {
                    grip.setPointerCapture = () => (grip.held = true);
                    grip.hasPointerCapture = () => grip.held;
                    const send = (type, x, y) => grip.dispatchEvent(new PointerEvent(type, {
                        pointerId: 7, pointerType: "touch", clientX: x, clientY: y, bubbles: true }));
                    send("pointerdown", x + 5, y + 5);
                    send("pointermove", x + 5 + dx, y + 5 + dy);
                }""",
                [float(x), float(y), float(by[0]), float(by[1])],
            )
            settle(page)
        else:
            drag(page, grip, by)
        assert sentence(page, kind) != before
        moved = centre(grip) - start
        assert moved[np.argmax(np.abs(by))] == pytest.approx(by[np.argmax(np.abs(by))], abs=2.5), kind
        assert grip.evaluate("grip => getComputedStyle(grip).touchAction") == "none"
        if not touch:
            before, shown = sentence(page, kind), figure(page, kind).locator(".ghost-picture")
            shown.click(position={"x": 0.4 * shown.bounding_box()["width"], "y": 150})
            assert sentence(page, kind) != before


def test_a_small_figure_has_an_address_and_refuses_the_impossible(show):
    page = show(Timing(), Step(), address="#timing.rho=0.5&step.a=1.2")
    assert "r = 0.5 r*" in sentence(page, Timing)
    assert "1.2 α*" in sentence(page, Step) and "no-learning zone" in sentence(page, Step)
    figure(page, Timing).locator("[role=slider]").press("ArrowRight")
    page.wait_for_timeout(350)
    assert "timing.rho=" in page.evaluate("location.hash")
    page.evaluate("location.hash = 'timing.rho=a lot&step.rho=&step.a=1'")
    expect(figure(page, Timing).locator(".ghost-live .ghost-message")).to_contain_text(
        "must be a number from 0.19 to 9"
    )
    expect(figure(page, Step).locator(".ghost-live .ghost-message")).to_contain_text(
        "must be a number from 0.25 to 2.5"
    )


def test_small_figures_say_what_the_library_computes(show):
    page = show(Timing(rho=0.5), Step(a=1.0), Cobweb(a=1.01, rho_0=2.5), Cobweb(a=1.03, rho_0=2.5), TimeSpent(x=0.05))
    assert f"Loss, the shaded area: {toy.loss(0.5 * toy.r_star(100), 100):.1f}" in sentence(page, Timing)
    assert f"to {toy.rescaled_step(1 + 1e-9, 1.0):.3f} r*" in sentence(page, Step)
    assert f"{toy.escape_time(toy.r_star(100), 0.05):.1f} of the wait" in sentence(page, TimeSpent)
    cycle, lost = figure(page, Cobweb).locator(".ghost-sentence").all_inner_texts()
    assert ", ".join(f"{rho:#.3g}" for rho in toy.cycle(1.01).orbit) in cycle
    run = toy.descend_rescaled(2.5, 1.03, 600)
    assert f"trapped at epoch {np.argmax(run < 0.25)}" in lost


def test_a_small_figure_fits_a_phone_and_is_at_most_half_of_its_height(show):
    page = show(*(kind() for kind in SMALL))
    page.set_viewport_size({"width": 360, "height": 740})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for live in page.locator(".ghost-live").all():
        assert live.bounding_box()["height"] < 370


@pytest.mark.parametrize("kind", SMALL)
def test_small_figures_are_handed_out_and_have_a_still_picture(kind):
    assert getattr(widgets, kind.__name__) is kind
    assert kind.alt[:40] in kind()._svg()


def test_the_still_picture_of_the_read_out_is_that_of_the_live_one(book_style):
    figure = plots.read_out()
    assert_legible(figure)
    for line, c in zip(figure.axes[0].lines[1:], (0.1, 1.0, 10.0), strict=True):
        away = c * (line.get_xdata() - 1)
        np.testing.assert_allclose(line.get_ydata(), c * expit(away) * expit(-away) ** 2, rtol=1e-9)


def test_a_descent_begins_before_its_first_step_and_tells_its_end_only_when_it_is_there(show):
    page = show(widgets.Descent())
    said, scrub = page.locator(".ghost-sentence"), page.locator("input[name=frame]")
    drawn = "all => all.map(path => path.getAttribute('d').length).reduce((all, one) => all + one)"
    expect(said).to_contain_text("Epoch 0: r = 10 r*")
    expect(said).to_contain_text("What comes next?")
    nothing = page.locator(".ghost-picture path").evaluate_all(drawn)
    scrub.press("End")
    expect(said).to_contain_text("oscillates about it")
    assert page.locator(".ghost-picture path").evaluate_all(drawn) > nothing + 1000
    page.locator("button[name=reset]").click()
    expect(said).to_contain_text("Epoch 0: r = 10 r*")
    expect(said).to_contain_text("What comes next?")
