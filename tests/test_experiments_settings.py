"""The table of settings says what the records say."""

from ghostlib import experiments
from ghostlib.experiments import settings


def test_the_table_has_a_row_for_every_record_and_its_values():
    rows = settings.table(experiments).splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == experiments.__all__
    row = next(row for row in rows if row.startswith("| `FIG_2A`"))
    assert f"`T` {experiments.FIG_2A.T:g}" in row
    assert "`c` 0.1, 1" in row


def test_a_long_setting_is_shortened_to_its_ends():
    row = next(row for row in settings.table(experiments).splitlines() if row.startswith("| `FIG_2D`"))
    assert "1000, 2000, 3000, 5000, 10000" in row
