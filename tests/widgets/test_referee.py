"""The ledger's checks in the browser: the rules are Python's, each group has its rows, a wrong core is found out."""

import itertools
import math

import numpy as np
import pytest
from browser import import_modules
from scipy.stats import spearmanr

from ghostlib.page import ledger
from ghostlib.widgets import _bundle


ROWS = ledger.load()
RNG = np.random.default_rng(3)
# Cheap rows of every kind: a truth value, a number, a bound.
SAMPLE = ("eq-13-gradient", "eq-14-kink", "eq-15-value", "eq-15-alpha-star", "fig-2b-jump", "fig-2c-zero-loss")


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    names = ("comparator", "statistics", "referee_plan", "referee_toy", "referee_networks")
    import_modules(page, *map(_bundle.bundle, names))
    page.evaluate(
        "(names) => (window.js = Object.fromEntries(names.map((name, k) => [name, window.modules[k]])))", names
    )
    yield page
    page.close()


def claim(rule, number):
    fields = {"id": "x", "part": "", "where": "", "claim": "", "paper": "", "runs": (), "verdict": "reproduced"}
    return ledger.Claim(**fields, rule=rule, number=number)


RULES = [
    *itertools.product(("relative 0.05", "relative 1e-3", "absolute 10", "absolute 0.5", "equal"), (74.0, -3.0, 9e-10)),
    *itertools.product(("at least 0.9", "at most -2", "at most 1.0e-6", "at least 0"), (None,)),
]


def test_a_rule_judges_as_in_python(page):
    cases = []
    for rule, number in RULES:
        centre = number if number is not None else claim(rule, None).comparison[1]
        near = [centre, centre * 1.05, centre * 0.95, centre + 10, centre - 10, centre + 0.5, centre - 0.5]
        cases += [(rule, number, value) for value in [*near, *np.nextafter(near, math.inf), 0.0, 1e3, -1e3]]
    expected = [bool(ledger.holds(claim(rule, number), float(value))) for rule, number, value in cases]
    assert 0.2 < np.mean(expected) < 0.8
    found = page.evaluate("(cases) => cases.map((each) => window.js.comparator.holds(...each))", cases)
    assert found == expected


def test_truth_values_have_a_rule_of_their_own(page):
    judged = "([rule, value]) => { try { return js.comparator.holds(rule, null, value) } catch { return 'refused' } }"
    cases = [("true", True), ("true", False), ("true", 1), ("equal", True), ("none", 1), ("nearly 3", 3)]
    assert [page.evaluate(judged, case) for case in cases] == [True, False, *["refused"] * 4]


def test_differs_is_borne_out_where_the_rule_is_broken(page):
    cases = [("reproduced", "at least 1", None, 2), ("differs", "at least 1", None, 2), ("differs", "equal", 1, 0)]
    judged = page.evaluate("(cases) => cases.map((each) => window.js.comparator.borneOut(...each))", cases)
    assert judged == [True, False, True]


def test_statistics_are_those_of_numpy_and_scipy(page):
    for size in (2, 5, 8, 40):
        one, other = RNG.integers(0, 9, size).astype(float), RNG.normal(size=size)
        one[0] = 20  # not all alike
        summaries = """([one, other]) => {
            const { mean, median, spearman } = js.statistics;
            return [mean(other), median(other), spearman(one, other)];
        }"""
        found = page.evaluate(summaries, [one.tolist(), other.tolist()])
        np.testing.assert_allclose(found, [other.mean(), np.median(other), spearmanr(one, other).statistic], atol=1e-12)


def test_the_normal_numbers_are_normal(page):
    drawn = np.array(
        page.evaluate("() => { const draw = js.statistics.normals(7); return Array.from({length: 20000}, draw) }")
    )
    assert abs(drawn.mean()) < 0.03
    assert abs(drawn.std() - 1) < 0.02
    assert abs(np.mean(np.abs(drawn) < 1.96) - 0.95) < 0.01


def test_each_group_names_rows_that_there_are(page):
    plan = page.evaluate("js.referee_plan.PLAN.flatMap(({ rows }) => rows)")
    checks = page.evaluate("[...Object.keys(js.referee_toy.TOY), ...Object.keys(js.referee_networks.NETWORKS)]")
    assert sorted(plan) == sorted(checks)
    assert len(set(plan)) == len(plan) >= 45
    assert set(plan) <= ROWS.keys()
    assert set(page.evaluate("Object.keys(js.referee_plan.SMALLER)")) <= set(plan)


def test_the_shortest_group_comes_first(page):
    seconds = page.evaluate("js.referee_plan.PLAN.map(({ seconds }) => seconds)")
    assert seconds == sorted(seconds)


POOL = """async () => {
    const { Pool } = window.modules[0];
    const started = [], ended = [];
    let idle = 0;
    const createWorker = async () => {
        const thread = { rows: [], terminate() {}, postMessage({ row }) {
            thread.rows.push(row);
            setTimeout(() => thread.onmessage({ data: { row, value: 1, seconds: 0 } }));
        } };
        started.push(thread);
        return thread;
    };
    const pool = new Pool(createWorker, (row, news) => ended.push(row), () => (idle += 1));
    const settled = async () => { while (pool.asked.size) await new Promise((resolve) => setTimeout(resolve, 5)); };
    Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 });
    const rows = window.js.referee_plan.PLAN.flatMap(({ rows }) => rows);
    pool.check([rows.at(-1), rows[0]]);
    pool.check(rows); // while these are under way
    await settled();
    pool.check(rows); // nothing is left to do
    return { rows, ended, idle, workers: started.map((thread) => thread.rows) };
}"""


def test_the_pool_checks_each_row_once_and_a_group_with_one_worker(page):
    import_modules(page, _bundle.bundle("referee_pool"))
    told = page.evaluate(POOL)
    assert sorted(told["ended"]) == sorted(told["rows"])
    assert len(told["workers"]) == 2 and told["idle"] >= 1
    for group in page.evaluate("js.referee_plan.PLAN.map(({ rows }) => rows)"):
        assert sum(not set(group).isdisjoint(rows) for rows in told["workers"]) == 1


def agrees(page, module):
    """Which of the sample's rows a module bears out."""
    values = page.evaluate("([module, rows]) => rows.map((row) => window[module].TOY[row](() => {}))", [module, SAMPLE])
    rows = [ROWS[name] for name in SAMPLE]
    return [
        bool(ledger.holds(row, value)) != (row.verdict == "differs") for row, value in zip(rows, values, strict=True)
    ]


@pytest.mark.parametrize(
    ("constant", "wrong"),
    [
        ("(3 * Math.PI ** 4) / 32;", "(3 * Math.PI ** 4) / 31;"),
        ("const STEEPNESS = Math.PI / 4", "const STEEPNESS = Math.PI / 5"),
        ("const R_STAR = (Math.PI * Math.PI) / 4", "const R_STAR = (Math.PI * Math.PI) / 5"),
    ],
)
def test_a_wrong_constant_is_found_out(page, constant, wrong):
    source = _bundle.bundle("referee_toy")
    assert source.count(constant) == 1
    page.evaluate("window.right = window.js.referee_toy")
    assert all(agrees(page, "right"))
    import_modules(page, source.replace(constant, wrong))
    page.evaluate("window.falsified = window.modules[0]")
    assert not all(agrees(page, "falsified"))
