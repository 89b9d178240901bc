"""The widgets without a browser: their parameters, their state for the page, their sources."""

import itertools
import json
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import matplotlib as mpl
import numpy as np
import pytest

from ghostlib import widgets
from ghostlib.networks.records import RankOne
from ghostlib.widgets import _base
from ghostlib.widgets._bundle import bundle, core, names, part
from ghostlib.widgets._page import scripts


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
    assert_each_name_is_defined_once(source)


def assert_each_name_is_defined_once(source):
    defined = re.findall(r"^(?:async )?(?:function\*?|const|let|class)\s+(\w+)", source, re.MULTILINE)
    assert len(defined) == len(set(defined)) > 0


def test_what_widgets_share_is_one_classic_script():
    assert not re.search(r"^(import|export)\s", core(), re.MULTILINE)
    exported = re.search(r"^const core = \{ ([\w, ]+) \};$", core(), re.MULTILINE)[1].split(", ")
    assert len(exported) == len(set(exported)) > 20


@pytest.mark.parametrize("name", names())
def test_a_widgets_own_script_is_its_module_and_takes_the_rest_from_what_is_shared(name):
    source = part(name)
    assert not re.search(r"^(import|export)\s", source, re.MULTILINE)
    needed = re.match(rf'"use strict";\nghostWidgets\.define\("{name}", \(\{{ ([\w, ]+) \}}\)', source)[1].split(", ")
    shared = re.search(r"^const core = \{ ([\w, ]+) \};$", core(), re.MULTILINE)[1].split(", ")
    assert set(needed) <= set(shared)


def test_a_page_loads_what_is_shared_first_and_the_networks_only_where_they_are_needed():
    assert list(scripts(["flow", "descent", "flow"])) == ["core.js", "flow.js", "descent.js"]
    assert list(scripts(["flow", "rescue", "train"])) == ["core.js", "networks.js", "flow.js", "rescue.js", "train.js"]
    assert len(json.dumps(widgets.Train().page_state())) < 5000
    with pytest.raises(ValueError, match="modules: flwo unknown; allowed are .*flow"):
        scripts(["flow", "flwo"])


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


def test_the_seeds_of_a_training_and_its_parameters_can_be_given_together():
    training = widgets.Train(seed=7, n=[0.25] * 100)
    assert training.n == [0.25] * 100
    assert training.m == RankOne.initial(7).m.tolist()


@pytest.mark.parametrize("number", [np.int64(3), np.float32(3), np.uint8(3), 3, 3.0, Fraction(3)])
def test_a_parameter_takes_every_kind_of_number(number):
    seed = widgets.Train(seed=number).seed
    assert seed == 3.0 and type(seed) is float


@pytest.mark.parametrize(
    "wrong", [np.float64("nan"), np.bool_(True), 3j, 10**400, "3", [3], np.array([3.0]), Decimal(3)]
)
def test_a_parameter_takes_nothing_else(wrong):
    with pytest.raises(ValueError, match="seed: .* is not a whole number from 0 to 99"):
        widgets.Train(seed=wrong)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("name", ["R", "T_", "mm", "constructor"])
def test_an_unknown_trait_is_refused_and_the_known_ones_are_named(kind, name):
    known = f"{name!r} is no trait of {kind.__name__}; allowed are {', '.join(kind.spec())}"
    with pytest.raises(TypeError, match=re.escape(known)):
        kind(**{name: 0.5})
    with pytest.raises(AttributeError, match=re.escape(known)):
        setattr(kind(), name, 0.5)


def test_what_every_widget_has_can_still_be_given():
    assert widgets.Flow(layout={"width": "20em"}).layout.width == "20em"


@pytest.mark.parametrize("kind", [widgets.Train, widgets.Rescue])
@pytest.mark.parametrize("name", ["m", "n", "b"])
@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [1.0, 2.0],
        [0.0] * 101,
        *([0.0] * 99 + [bad] for bad in (np.nan, np.inf, 10**400, "0", None, 1j)),
        3,
        None,
        np.array(3.0),
    ],
)
def test_the_parameters_of_a_training_are_a_hundred_finite_numbers(kind, name, wrong):
    with pytest.raises(ValueError, match=rf"^{name} must be (100 finite numbers|real numbers|a number|finite), got "):
        kind(**{name: wrong})
    training = kind()
    before = getattr(training, name)
    with pytest.raises(ValueError, match=rf"^{name} must be (100 finite numbers|real numbers|a number|finite), got "):
        setattr(training, name, wrong)
    assert getattr(training, name) == before


def test_arrays_are_parameters_too():
    assert widgets.Train(m=np.arange(100)).m == [float(k) for k in range(100)]


HOSTILE = {
    "axes.grid": True,
    "font.family": "serif",
    "font.size": 30,
    "figure.dpi": 300,
    "savefig.dpi": 30,
    "savefig.bbox": "tight",
    "svg.fonttype": "path",
    "svg.hashsalt": None,
    "lines.linewidth": 9,
    "axes.prop_cycle": mpl.cycler(color=["#ff00ff"]),
    "path.sketch": (1, 100, 2),
    "text.usetex": True,
    "figure.constrained_layout.use": False,
}


@pytest.mark.parametrize("kind", ALL)
def test_the_picture_is_the_books_whatever_matplotlib_was_told_before(kind):
    def drawn():
        return re.sub(rf"{kind.module}-\d+-", "", kind()._html())

    usual = drawn()
    with mpl.rc_context(HOSTILE):
        assert drawn() == usual
        assert mpl.rcParams["font.size"] == HOSTILE["font.size"]
    assert drawn() == usual


def test_ids_differ_between_all_pictures_of_a_page_and_are_the_same_in_every_build(monkeypatch):
    def built():
        monkeypatch.setattr(_base, "_drawn", itertools.count(1))  # as in a new process
        return "".join(widgets.Flow(r=r)._html() for r in (0.01, 0.01, 0.5))

    page = built()
    assert built() == page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 30
    asked = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert asked and asked <= set(ids)


@pytest.mark.parametrize("missing", ["anywidget", "ipywidgets"])
def test_without_what_widgets_need_the_import_says_what_to_install(missing):
    script = f"import sys; sys.modules[{missing!r}] = None; import ghostlib.widgets"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith(
        "ImportError: ghostlib.widgets needs anywidget and ipywidgets: pip install ghostlib[widgets]"
    )
