"""The paper's claims as records, and the rules by which what a run gave is held against them.

A row that lacks a field, repeats an id or contradicts itself, and a value that no rule can compare, are refused with a
`ValueError`; a verdict that a run does not bear out is a `Disagreement`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml


LEDGER = Path(__file__).parents[2] / "book" / "claims.yml"
# Each verdict with the sign that stands before it on the page, so that none is told by its colour alone.
VERDICTS = {
    "derived": "■",
    "reproduced": "✓",
    "reproduced at smaller scale": "◐",
    "differs": "≠",
    "not attempted": "○",
}
RULE = re.compile(r"(relative|absolute|at least|at most) (-?\d+(?:\.\d+)?(?:e-?\d+)?)|(equal|true|none)")
NEEDS_NUMBER = {"relative", "absolute", "equal"}
CHOSEN = {"at least", "at most"}  # bounds of ours, for claims made in words
REQUIRED = {"id", "where", "claim", "paper", "rule", "runs", "verdict"}
OPTIONAL = {"number", "scale", "note", "why", "erratum", "test"}


class Disagreement(ValueError):
    """A run does not bear out the verdict of a row."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One row of the ledger: what the paper says, how our run is compared with it, and what came out.

    id : the name by which a chapter records a value (``claim("fig-2b-jump", 1502)``) and a page refers to the row.
    part : the part of the paper, a heading of the ledger.
    where : "Fig. 2B", "Eq. (15)".
    claim : what is claimed, in our words.
    paper : the paper's value as it is printed there.
    number : the same as a number, or None.
    rule : "relative 0.05", "absolute 10" (distance of ours from `number`), "equal" (to `number`), "at least 0.9",
        "at most 0.1" (bounds of our own choice, for claims made in words), "true" (the run decides), "none".
    scale : where our run is smaller than the paper's, and why.
    runs : what runs it, chapters ("04-descent") and tests ("tests/test_toy.py::test_name").
    verdict : one of `VERDICTS`.
    note : the evidence, or why there is none.
    why : why a bound of ours is where it is: what would have counted against the claim.
    erratum : a correction that we would suggest, with its evidence; the ledger's page gathers them.
    test : of a row that says "derived" the test that proves it, "tests/toy/test_analytic.py::test_name".
    """

    id: str
    part: str
    where: str
    claim: str
    paper: str
    rule: str
    runs: tuple[str, ...]
    verdict: str
    number: float | None = None
    scale: str = ""
    note: str = ""
    why: str = ""
    erratum: str = ""
    test: str = ""

    @property
    def comparison(self):
        """Name of the rule and its bound (None if it has none): ("relative", 0.05)."""
        name, bound, bare = RULE.fullmatch(self.rule).groups()
        return (bare, None) if bare else (name, float(bound))


def load(path=LEDGER):
    """The rows of a ledger in its order, `Claim` by id; `path` is a YAML list of parts, each with its ``claims``.

    It lies in ``book/``; beside that, in ``tests/``, are the tests that its rows name.
    """
    rows, root = {}, Path(path).resolve().parents[1]
    for part in yaml.load(Path(path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
        for fields in part["claims"]:
            row = _row(part["part"], fields)
            if row.id in rows:
                raise ValueError(f"claim {row.id}: id used twice; expected one row an id")
            if row.test and not ("::" in row.test and exists(row.test, root)):
                raise ValueError(f"claim {row.id}: test is {row.test!r}; expected a test that exists")
            rows[row.id] = row
    return rows


def holds(claim, value):
    """Whether `value`, what our run gave (bool, int or float), satisfies the rule of `claim`."""
    rule, bound = claim.comparison
    if rule == "none":
        raise ValueError(f"claim {claim.id}: rule is 'none'; expected a rule, since a run gave {value!r}")
    if isinstance(value, bool) != (rule == "true") or not isinstance(value, (int, float)):
        wanted = "True or False" if rule == "true" else "a number"
        raise ValueError(f"claim {claim.id}: value is {value!r}; expected {wanted}, since its rule is {claim.rule!r}")
    match rule:
        case "true":
            return value
        case "equal":
            return value == claim.number
        case "relative":
            return abs(value - claim.number) <= bound * abs(claim.number)
        case "absolute":
            return abs(value - claim.number) <= bound
        case "at least":
            return value >= bound
        case "at most":
            return value <= bound


def check(claim, value=None):
    """The verdict of `claim`, if `value`, what the run gave, bears it out; None if no run recorded anything.

    It does not if a row that says "derived" or "reproduced" breaks its rule, one that says "differs" keeps it, one that
    says "not attempted" has a value, or one with another verdict and a rule has none.
    """
    if value is None:
        if claim.verdict != "not attempted" and claim.rule != "none":
            raise Disagreement(
                f"claim {claim.id}: verdict is {claim.verdict!r}, but no run recorded a value (expected from "
                f"{', '.join(claim.runs)})"
            )
        return claim.verdict
    if claim.verdict == "not attempted":
        raise Disagreement(f"claim {claim.id}: verdict is 'not attempted', but a run gave {value!r}")
    borne_out = holds(claim, value)
    if borne_out == (claim.verdict == "differs"):
        raise Disagreement(
            f"claim {claim.id}: verdict is {claim.verdict!r}, but ours, {value!r}, "
            f"{'satisfies' if borne_out else 'breaks'} the rule {claim.rule!r} (paper: {claim.paper})"
        )
    return claim.verdict


def missing_runs(claim, root):
    """Those of ``claim.runs`` that name no chapter or test under `root`, which holds ``book/`` and ``tests/``."""
    return [run for run in claim.runs if not exists(run, Path(root))]


def exists(run, root):
    """Whether there is such a chapter or test, "04-descent", "tests/test_toy.py::test_name", under `root`."""
    path, *names = run.split("::")  # a test, or a class and a test in it
    if not path.startswith("tests/"):
        return (root / "book" / f"{path}.md").exists()
    if not (root / path).exists():
        return False
    text = (root / path).read_text(encoding="utf-8")
    defined = [f"class {name}:" for name in names[:-1]] + [f"def {name}(" for name in names[-1:]]
    return all(definition in text for definition in defined)


def _row(part, fields):
    name = f"claim {fields.get('id', '(without id)')}"
    if missing := sorted(REQUIRED - fields.keys()):
        raise ValueError(f"{name}: {', '.join(missing)} missing; every row has {', '.join(sorted(REQUIRED))}")
    if unknown := sorted(fields.keys() - REQUIRED - OPTIONAL):
        raise ValueError(f"{name}: {', '.join(unknown)} unknown; a row may also have {', '.join(sorted(OPTIONAL))}")
    if empty := sorted(field for field in ("where", "claim", "paper") if not str(fields[field]).strip()):
        raise ValueError(f"{name}: {', '.join(empty)} empty; say where the paper claims what, and in which words")
    row = Claim(part=part, **fields | {"runs": tuple(fields["runs"])})
    if row.verdict not in VERDICTS:
        raise ValueError(f"{name}: verdict is {row.verdict!r}; expected one of {', '.join(VERDICTS)}")
    if not isinstance(row.rule, str) or not RULE.fullmatch(row.rule):
        raise ValueError(
            f"{name}: rule is {row.rule!r}; expected 'relative x', 'absolute x', 'at least x', 'at most x', "
            "'equal', 'true' or 'none'"
        )
    if row.number is not None and (isinstance(row.number, bool) or not isinstance(row.number, (int, float))):
        raise ValueError(f"{name}: number is {row.number!r}; expected a number (YAML wants 9.0e-10, not 9e-10)")
    rule = row.comparison[0]
    if rule in NEEDS_NUMBER and row.number is None:
        raise ValueError(f"{name}: number missing; the rule {row.rule!r} compares with it")
    if (rule in CHOSEN) != bool(row.why):
        raise ValueError(
            f"{name}: why {'missing' if rule in CHOSEN else 'is for bounds of ours'}; the rule is {row.rule!r}"
        )
    if rule == "none" and row.verdict not in ("derived", "not attempted"):
        raise ValueError(f"{name}: rule is 'none'; {row.verdict!r} needs a rule that a run can bear out")
    if not row.runs and row.verdict != "not attempted":
        raise ValueError(f"{name}: runs is empty; {row.verdict!r} needs a chapter or test that runs it")
    if (row.verdict == "derived") != bool(row.test):
        raise ValueError(
            f"{name}: test {'is for what is derived' if row.test else 'missing'}; the verdict is {row.verdict!r}"
        )
    if not row.note and row.verdict in ("differs", "not attempted"):
        raise ValueError(f"{name}: note missing; {row.verdict!r} needs its evidence or its reason")
    if not row.scale and row.verdict == "reproduced at smaller scale":
        raise ValueError(f"{name}: scale missing; say how much smaller, and why")
    return row
