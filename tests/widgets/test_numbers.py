"""Numbers as the widgets write and read them."""

from decimal import Decimal

import numpy as np
import pytest
from browser import imported

from ghostlib.widgets._bundle import bundle


page = imported(bundle("numbers"))


def call(page, name, values):
    """The exported function, of each of some values; NaN comes back as None."""
    return page.evaluate(
        """([name, values]) => values.map((value) => {
            const answer = window.modules[0][name](value);
            return Number.isNaN(answer) ? null : answer;
        })""",
        [name, values],
    )


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"), (1, "1"), (0.01, "0.01"), (-0.25, "−0.25"), (102.3, "102"), (3000, "3000"), (12345, "12345"),
        (9.996e-5, "1.00 × 10⁻⁴"), (-9.996e-5, "−1.00 × 10⁻⁴"), (9.994e-5, "9.99 × 10⁻⁵"), (9.996, "10.0"),
        (0.99996, "1.00"), (0.00099996, "0.00100"), (999999.7, "1.00 × 10⁶"), (99999.7, "100000"),
        (1e-10, "1.00 × 10⁻¹⁰"), (1.234e17, "1.23 × 10¹⁷"),
        (float("inf"), "∞"), (float("-inf"), "−∞"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_a_number_is_written_in_three_digits(page, value, text):
    assert page.evaluate("value => window.modules[0].show(value)", value) == text


def test_what_is_written_is_the_number_to_three_digits_whatever_its_size(page):
    rng = np.random.default_rng(0)
    values = (rng.choice([-1, 1], 4000) * 10 ** rng.uniform(-20, 20, 4000)).tolist()
    values += [d * 10.0**k for k in range(-12, 13) for d in (9.994, 9.996, 9.9949999, 1.0, 9.95, 9.949)]
    superscripts = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    for value, text in zip(values, call(page, "show", values), strict=True):
        mantissa, _, exponent = text.replace("−", "-").partition(" × 10")
        read = Decimal(mantissa) * Decimal(10) ** int(exponent.translate(superscripts) or 0)
        # Half a unit of the third digit: of the number's own decade, or of the one that it is rounded up into.
        unit = Decimal(10) ** (Decimal(value).adjusted() - 2)
        assert abs(read - Decimal(value)) <= unit / 2, (value, text)
        assert not exponent or 1 <= abs(Decimal(mantissa)) < 10, (value, text)


@pytest.mark.parametrize(
    "text, value",
    [
        ("1", 1), ("-1", -1), ("−1", -1), ("+2.5", 2.5), (".5", 0.5), ("5.", 5), (" 3 ", 3), ("0,5", 0.5),
        ("12,5", 12.5), ("1,0001", 1.0001), ("0,125", 0.125), ("-0,125", -0.125), ("1e-10", 1e-10), ("1E+3", 1000),
        ("2,5e3", 2500),
        ("1,000", None), ("-12,345", None), ("123,456", None), ("1,000,000", None), ("1,2,3", None), ("1.000,5", None),
        ("", None), (" ", None), ("NaN", None), ("Infinity", None), ("0x10", None), ("1 000", None), ("five", None),
        ("1e", None), ("e5", None), (".", None), ("--1", None),
    ],
)  # fmt: skip
def test_a_text_is_read_as_a_number_only_if_it_can_be_one_number(page, text, value):
    assert call(page, "parse", [text]) == [value]


def test_what_is_read_is_what_was_written(page):
    values = np.random.default_rng(1).uniform(-1, 1, 200) * 10.0 ** np.arange(-100, 100)
    read = call(page, "parse", [repr(value) for value in values.tolist()])
    np.testing.assert_array_equal(np.array(read, dtype=float), values)


def test_the_nearest_choice_is_the_one_by_ratio(page):
    choices = [1, 2, 10, 100]
    for value in (0.5, 1.4, 1.5, 4.4, 4.5, 31, 32, 1e5):
        index = page.evaluate("([choices, value]) => window.modules[0].nearest(choices, value)", [choices, value])
        assert index == np.argmin(np.abs(np.log(np.array(choices) / value)))


def test_a_grid_holds_both_its_ends(page):
    found = page.evaluate("window.modules[0].grid(-1, 2, 240)")
    np.testing.assert_allclose(found, np.linspace(-1, 2, 241), rtol=0, atol=1e-15)
    assert (found[0], found[100], found[160], found[-1]) == (-1, 0.25, 1, 2)
