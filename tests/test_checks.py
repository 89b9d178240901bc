"""Bad input is refused with a sentence, whatever it is."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from ghostlib import _checks


@pytest.mark.parametrize(
    "value", [3, True, 2.5, np.float32(1), Fraction(1, 3), [1, Fraction(1, 2)], (), torch.ones(3, requires_grad=True)]
)
def test_real_numbers_become_float64(value):
    assert _checks.real("x", value).dtype == np.float64


@pytest.mark.parametrize(
    "value",
    [
        "5",
        b"5",
        ["1", "2"],
        np.array(["5"], dtype=object),
        1j,
        [[1, 2], [3]],
        [torch.ones(1, requires_grad=True)] * 2,
        torch.ones(2, dtype=torch.bfloat16),
        torch.ones(2, device="meta"),
        10**400,
        np.timedelta64(3),
        {},
        object(),
    ],
)
def test_what_holds_no_real_numbers_is_refused_by_name(value):
    with pytest.raises(ValueError, match="^x must be real numbers, got"):
        _checks.real("x", value)


def test_nan_is_a_number_only_where_it_may_be():
    assert np.isnan(_checks.numbers("x", np.nan))
    with pytest.raises(ValueError, match="x must be a number, got nan"):
        _checks.real("x", [1, np.nan])


def test_one_number_is_one_number():
    assert _checks.number("x", np.array(3)) == 3.0
    assert type(_checks.number("x", Fraction(1, 2))) is float
    with pytest.raises(ValueError, match=r"x must be one number, got shape \(2,\)"):
        _checks.number("x", [1, 2])
    with pytest.raises(ValueError, match="x must be > 0, got -1"):
        _checks.number("x", -1, _checks.positive)
