"""The widgets without a browser: their parameters, their state for the page, their sources."""

import json
import re

import pytest

from ghostlib import widgets
from ghostlib.rnn import RankOne
from ghostlib.widgets._bundle import bundle, names


ALL = [getattr(widgets, name) for name in widgets.__all__]

pytestmark = pytest.mark.usefixtures("untrained")


@pytest.mark.parametrize("kind", ALL)
def test_every_widget_has_a_module_of_its_own_name(kind):
    assert kind.module in names()
    assert str(kind._esm) == bundle(kind.module)


def test_there_is_a_class_for_every_module():
    assert sorted(kind.module for kind in ALL) == names()


@pytest.mark.parametrize("kind", ALL)
def test_parameters_refuse_what_is_impossible_and_say_what_is_allowed(kind):
    widget = kind()
    for name, spec in kind.spec().items():
        before = getattr(widget, name)
        for wrong in (spec["high"] * 1.01 + 1, spec["low"] - 1, float("nan"), float("inf"), "much", None, True):
            with pytest.raises(ValueError, match=rf"{name}: .* from {re.escape(format(spec['low'], 'g'))}"):
                setattr(widget, name, wrong)
        assert getattr(widget, name) == before
        with pytest.raises(ValueError, match=name):
            kind(**{name: spec["low"] - 1})


def test_a_whole_parameter_refuses_fractions():
    with pytest.raises(ValueError, match="epochs: 10.5 is not a whole number"):
        widgets.Descent(epochs=10.5)


@pytest.mark.parametrize("kind", ALL)
def test_the_state_for_the_page_is_strict_json_with_every_parameter(kind):
    state = json.loads(json.dumps(kind().page_state(), allow_nan=False))
    assert set(state["_spec"]) == set(kind.spec()) <= set(state)
    for name, spec in state["_spec"].items():
        assert spec["low"] <= state[name] == spec["default"] <= spec["high"]


@pytest.mark.parametrize("kind", ALL)
def test_the_page_gets_a_host_a_picture_with_words_and_a_caption(kind):
    html = kind()._repr_mimebundle_()[0]["text/html"]
    assert f'data-widget="{kind.module}"' in html
    assert re.search(r'<svg class="ghost-figure"[^>]* role="img" aria-label="[^"]{60,}"', html)
    assert "<figcaption>" in html
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", html)


@pytest.mark.parametrize("name", names())
def test_a_bundle_stands_alone_and_defines_each_name_once(name):
    source = bundle(name)
    assert not re.search(r"^import\s", source, re.MULTILINE)
    assert source.count("export default") == 1
    assert not re.search(r"^export (?!default)", source, re.MULTILINE)
    defined = re.findall(r"^(?:async )?(?:function\*?|const|let|class)\s+(\w+)", source, re.MULTILINE)
    assert len(defined) == len(set(defined))


def test_an_unknown_widget_is_refused_with_the_known_ones_named():
    with pytest.raises(ValueError, match="'flwo' is not a module; allowed are .*flow"):
        bundle("flwo")


def test_a_training_starts_from_the_authors_network_and_follows_its_seed():
    training = widgets.Train(seed=7)
    assert training.m == RankOne.initial(7).m.tolist()
    training.seed = 8
    assert training.n == RankOne.initial(8).n.tolist()
    assert training.b == [0.0] * 100


def test_the_page_carries_parameters_only_when_they_are_not_a_seeds_own():
    training = widgets.Train()
    assert training.page_state()["m"] == []
    training.b = [0.5] * 100
    assert training.page_state()["b"] == [0.5] * 100
    assert training.page_state()["m"] == RankOne.initial(40).m.tolist()
