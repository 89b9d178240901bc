"""The list of settings says what the records say."""

from ghostlib import experiments
from ghostlib.experiments import settings


def entry(name):
    return next(text for text in settings.listing(experiments).split("* **")[1:] if text.startswith(f"`{name}`**"))


def test_the_list_has_an_entry_for_every_record_and_its_values():
    names = [text.split("`")[1] for text in settings.listing(experiments).split("* **")[1:]]
    assert names == sorted(name for name in vars(experiments) if name.isupper())
    assert f"`T` {experiments.FIG_2A.T:g}" in entry("FIG_2A")
    assert "`c` 0.1, 1," in entry("FIG_2A")


def test_few_values_are_written_out_and_many_are_shortened_to_their_ends():
    assert "1000, 2000, 3000, 5000, 10000" in entry("FIG_2D")
    assert "`ranks` 1, 2, …, 100" in entry("FIG_S2")
    assert "`confidences` 3, 4, …, 11" in entry("TWO_KNOBS")
