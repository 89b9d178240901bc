"""Halving, held against edges that are known."""

import numpy as np
import pytest

from ghostlib.experiments.bisection import bisect


def test_the_edge_of_each_place_is_between_the_ends_which_are_halved_each_time():
    edge = np.array([[0.3, 2.0], [7.9, 4.0]])
    low, high = bisect(lambda value: value >= edge, np.zeros(edge.shape), np.full(edge.shape, 8.0), 10)
    assert np.all((low < edge) & (edge <= high))
    assert high - low == pytest.approx(np.full(edge.shape, 8 / 2**10))


def test_where_it_never_begins_it_is_the_upper_end_and_where_it_always_holds_the_lower():
    never, always = (
        bisect(lambda value, found=found: np.full(1, found), np.zeros(1), np.ones(1), 60) for found in (0, 1)
    )
    assert never == (1, 1) and always[0] == 0 and always[1] < 1e-17
