"""The words of the book: a number in a sentence is pasted by a run, or a setting that the table below accounts for.

So it is in the captions of figures. An alternative text, into which nothing can be pasted, says what is seen: its
numbers are read off a picture, and have two digits at most.
"""

import importlib
import pkgutil
import re
from pathlib import Path

import jupytext
import pytest

from ghostlib import experiments
from ghostlib.page.numbers import Quoted


BOOK = Path(__file__).parent.parent / "book"
FENCE = re.compile(r"^(`{3,}|:{3,})(.*)$")
SHOWN = {"admonition", "dropdown", "margin", "table", "glossary", "note", "grid", "grid-item-card"}  # prose inside
REFERENCE = (
    r"(?:Eqs?\.|Figs?\.|[Ss]ections?|[Ee]xercises?|[Cc]hapters?|[Pp]art) \(?(?:[BS]?\d+(?:\.\d+)?[A-D]?)\)?"
    r"(?:(?:,| and| to|–| or) ?\(?(?:[BS]?\d+(?:\.\d+)?[A-D]?|[A-D])\)?)*"
)
NOT_PROSE = [
    re.compile(r"\$\$.*?\$\$( \([\w-]+\))?", re.DOTALL),
    re.compile(r"\{[\w:-]+\}(`+)[^`]+\1"),  # a role: what is pasted, a reference, a citation
    re.compile(r"\$[^$]+\$"),
    re.compile(r"(`+)[^`]+\1"),
    re.compile(r"<[^>]+>"),
    re.compile(r"(?<=\])\([^)]*\)"),  # where a link leads
    re.compile(r"^(\*\*)?\d+\. ", re.MULTILINE),  # an item of a list, the number of an exercise
    re.compile(REFERENCE),
]
NUMBER = re.compile(r"(?<![\w.])[−-]?\d(?:[\d,.]*\d)?")


def prose(text):
    """The sentences of a chapter: without header, code, maths, references, and what is pasted."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    kept, fences = [], []
    for line in text.splitlines():
        fence = FENCE.match(line)
        if fence and fences and fence[1] == fences[-1][0] and not fence[2].strip():
            fences.pop()
        elif fence and all(shown for _, shown in fences):
            name = re.match(r"\{([\w-]+)\}", fence[2])
            fences.append((fence[1], name is not None and name[1] in SHOWN))
            kept.append(fence[2].partition("}")[2] if fences[-1][1] else "")
        elif all(shown for _, shown in fences) and not re.match(r":[\w-]+:", line):
            kept.append(line)
    text = "\n".join(kept)
    for pattern in NOT_PROSE:
        text = pattern.sub(" ", text)
    return text


def of_figures(text, where, what):
    """What the figures of a chapter's cells say: `what` in the part `where` of their headers, one a line."""
    parts = [cell.metadata.get("mystnb", {}).get(where, {}) for cell in jupytext.reads(text, fmt="md:myst").cells]
    return "\n".join(part[what].strip() for part in parts if what in part)


def too_exact(number):
    """Whether a number says more than one can read off a picture."""
    return len(re.sub(r"\D", "", number).strip("0")) > 2


# What may be typed, and why. A phrase stands for itself alone; one that no longer stands in its file is struck out.
EVERYWHERE = {
    "an output or target, the loss of a silent network, an end of an interval": ["0", "1", "−1"],
    "the network of Figs. 3 and 4: delay, step, time constant, parameters": [
        "100 ms",
        "5 ms",
        "20 steps",
        "step 20",
        "300",
    ],
    "setting of Fig. 3: its seed": ["seed 40", "Seed 40"],
    "setting of Fig. 4": ["seeds 0 to 99", "seeds 0–99", "Seeds 0–99", "6,000 epochs", "last 50"],
    "setting of Figs. 3B and 4: rate and confidence": ["α = 0.02", "c = 10"],
    "limits that are derived": ["r*/4", "2/α"],
}
TYPED = {
    "01-abrupt-learning": {
        "a fall is counted from here, ours": ["0.9"],
        "setting of Fig. 3: the time constant": ["within 10"],
        "ends of the range in TWO_KNOBS, ours": ["0.05"],
        "the confidence of Fig. 4": ["turn it to 10"],
        "printed in the caption of Fig. 4": ["the 74"],
    },
    "02-ghost": {
        "in captions: the paper's equation, a setting of Fig. 2": ["paper's π/(2√r)", "T = 100 picks"],
        "a guess, set by the question": ["0.01 to 0.0001", "from 10 to 100", "reached 10", "to 100, or to 1000"],
        "setting of Fig. 2": ["just 100"],
        "twice the coefficient of x²": ["always 2"],
    },
    "03-loss": {
        "in captions: settings of Fig. 2A": ["T = 100", "Δt = 0.1", "x* = 10", "c = 0.1"],
        "in a caption: where the loss is the delay": ["r*/2"],
        "in a caption: where the slope is largest, by the formula": ["c x* ≈ 2"],
        "numbers of the paper's equations": ["number 2", "number 12"],
        "where the slope is largest, a range": ["about 1 or 2"],
        "a try, set by the task": ["to 0.1", "from 10", "to 100"],
        "a threshold, ours": ["99%"],
    },
    "04-descent": {
        "in captions: settings of Fig. 2": ["T = 100", "α = 10⁻¹⁰", "α = 10⁻⁹"],
        "in captions: what is drawn, ours": ["60th", "5/2", "1,000 to", "5,000 runs"],
        "printed in the paper": ["epoch 1500"],
        "setting of Fig. 2B or 2D": ["1,000 epochs", "10,000 epochs", "3,000 epochs"],
        "range of PLATEAUS, ours": ["1.5 to 20", "0.02 to 1"],
        "a start or a step beside it, ours": ["2.5", "0.00001"],
        "how many beats, counted in the derivation": [
            "period 3",
            "period 4",
            "period 5",
            "period 8",
            "7, 9",
            "between 3 and 5",
            "3, 5, 7 or 9",
        ],
    },
    "05-latent-circuit": {
        "in a caption: where an axis ends": ["10⁻³⁰"],
        "setting of Fig. 3: the time constant": ["remember 10"],
        "which of the networks of Fig. 4, ours": ["seeds 0 to 19"],
        "the size of 1/√N": ["0.1"],
    },
    "06-ghost-in-the-network": {
        "in a caption: setting of Fig. 3A": ["500,000 epochs, each"],
        "a fall is counted from here, ours": ["0.9"],
        "all steps right": ["100%"],
        "an output that is unsure, ours": ["10% and 90%"],
        "how many networks and time steps, ours": ["seeds 0 to 9 and 40", "5 | 2.5 | 1.25", "19 copies"],
        "an epoch of Fig. 3B, from the authors' code": ["5,160"],
        "setting of Fig. S1": ["30 learning rates", "200,000 epochs"],
        "a try, set by the task": ["0.003", "another 500", "0.012", "seeds 1, 2, 3"],
    },
    "07-confidence": {
        "in captions: settings of Figs. 2A and 4": ["epoch 6,000", "from 10;", "T = 100", "x* = 10"],
        "a guess or a try, set by the question": [
            "5, 0.5 or 0.05",
            "0.5:",
            "At 5",
            "at 0.05",
            "down to 0.3",
            "to 4",
            "2, 1, 0.3",
            "at 0.3",
            "0.5, 1, 2 and 5",
        ],
        "the confidence of Fig. 4": ["to 10", "at 10", "the 10"],
        "printed in the caption of Fig. 4": ["has 54", "74 is", "54 is", "54 of 100", "74 of 100", "paper's 54"],
        "what is called solved, ours": ["0.95", "at most 0.1"],
        "setting of Fig. 4 and of its sequel": ["100 epochs", "10,000 epochs"],
        "settings of the schedules, of the rivals and their rates, ours": [
            "1,000",
            "10,000",
            "50 epochs",
            "below 0.1",
            "1 or 0.1",
            "to 0.1",
            "limit 0.1",
            "at 0.03",
            "at 0.01",
            "rate, 0.001",
            "At 0.02",
            "10 | 5 | 3 | 1 | 0.3",
        ],
        "a share that is asked for, ours": ["95%", "90 are"],
    },
    "08-sloppy-ranks": {
        "in captions: rates and ranks of Fig. S2": ["α = 0.1", "α = 0.01", "10 or 100"],
        "a share that is asked for, ours": ["90%", "99%"],
        "rates of the authors' later code": ["0.001 to 1"],
        "what is called learned, a fall, or trapped, ours": ["below 0.1", "10⁻³"],
        "the ranks of Fig. S2": ["rank 1 or 2", "rank 50 or 100", "either 50 or 100", "Either 50 or 100", "rank 10"],
        "epochs of a sweep, ours": ["(10 for ranks from 30 on", "5,000 epochs"],
        "the loss of one half": ["0.5"],
        "how many are trained, ours": ["of 90", "of 30"],
        "seeds of the authors' code": ["seeds 0 to 9"],
    },
    "09-two-dimensions": {
        "the task of the second version, and its settings": ["10 ms", "50 ms", "seed 0", "100,000 epochs"]
        + ["1,000 trials", "instead of 1,000"],
        "epochs at which it shows the plane": ["| 0 |", "| 4,000 |", "| 8,000 |", "| 20,000 |", "| 99,000 |"]
        + ["epoch 1,000", "epoch 4,000", "epoch 8,000", "At 8,000 and 20,000", "By 99,000"],
        "in a caption: settings of the runs, ours, and the first epoch": ["40 fresh", "is 0"],
        "settings of the runs, ours": ["40 trials", "25 times", "a 25th", "2,000 epochs", "| 500 |", "| 1,000 |"]
        + ["| 2,000 |", "seeds 0 to 19", "12,000 epochs"],
        "full rank, theirs": ["3,001 epochs", "epoch 200", "| 10 |", "| 200 |"],
        "match to sample, theirs": [
            "30 ms",
            "80 ms",
            "0.0001",
            "20,000 epochs",
            "of 2,000",
            "24 steps for 16",
            "| 400 |",
        ]
        + ["| 1,600 |", "| 3,000 |", "| 19,990 |", "1,600 and 3,000", "Seed 0"],
        "an interval": ["95%"],
    },
    "10-laws": {
        "in captions: settings of the runs, ours": ["T = 10", "α = 0.002", "5 to 80", "25 to 400"],
        "in a caption: the power of the paper's form": ["p = 2"],
        "what the loss has fallen to, ours": ["0.9", "below 0.1"],
        "delays of the runs, ours": [
            "| 5 |",
            "| 10 |",
            "| 20 |",
            "| 40 |",
            "| 80 |",
            "to 20",
            "from 20 to 40",
            "from 40 to 80",
            "to 14",
            "from 28 to 40",
        ],
        "settings of the runs, ours": ["3,000 epochs", "150,000 epochs", "get 12,000", "100 epochs"]
        + ["then 100 without", "age of 8", "eight trials", "25 units", "with 400", "200 starts", "from 0.001 to 0.1"],
        "how the authors draw weights": ["are about 0.1"],
        "the paper's delay": ["100 ms"],
        "an interval": ["95%"],
    },
    "api": {"an example": ["of 5,", "50 ms", "of 100"]},
    "exercises": {"a question": ["time 98", "−3"]},
    "index": {"columns of a grid": ["1 1 3 3"]},
    "notation": {
        "definitions": ["r*/4", "2/α", "0.9", "0.1", "95%"],
        "settings of Fig. 3": ["(100)", "(10 ms)", "(0.5)"],
    },
    "reproducing": {"what it takes, measured by hand": ["0.8 GB", "2 GB"], "a version": ["3.11"]},
}


# The same for alternative texts.
SEEN = {
    "03-loss": {"an axis": ["between 0.99 and 1.02"]},
    "04-descent": {
        "an axis": ["from 1.00 to 1.05", "from 0.1 to 1.05"],
        "where the descent begins, 10 to the power 5/2": ["from 316"],
        "where the cycle ends, which is derived": ["1.029", "to 1.03"],
    },
}


def without(text, phrases):
    """`text` without each of `phrases`, the longest first, where no other digit touches it; and those not found."""
    absent = []
    for phrase in sorted(phrases, key=len, reverse=True):
        text, found = re.subn(rf"(?<![\w.,−-]){re.escape(phrase)}(?![\d]|[.,]\d)", " ", text)
        absent += [] if found else [phrase]
    return text, absent


def typed(text, allowed):
    """The lines of a chapter that hold a number nobody accounts for, and the `allowed` phrases that are absent."""
    words = prose(f"{text}\n\n{of_figures(text, 'figure', 'caption')}")
    words, absent = without(words, [phrase for phrases in allowed.values() for phrase in phrases])
    words, _ = without(words, [phrase for phrases in EVERYWHERE.values() for phrase in phrases])
    return [line.strip() for line in words.splitlines() if NUMBER.search(line)], absent


def read_too_closely(text, allowed):
    """The numbers in a chapter's alternative texts with more than two digits, and the `allowed` that are absent."""
    words, absent = without(
        prose(of_figures(text, "image", "alt")), [each for some in allowed.values() for each in some]
    )
    words, _ = without(words, [phrase for phrases in EVERYWHERE.values() for phrase in phrases])
    return [number for number in NUMBER.findall(words) if too_exact(number)], absent


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.md")), ids=lambda path: path.stem)
def test_a_number_in_the_prose_is_pasted_or_accounted_for(path):
    assert typed(path.read_text(encoding="utf-8"), TYPED.get(path.stem, {})) == ([], [])


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.md")), ids=lambda path: path.stem)
def test_an_alternative_text_says_no_more_than_one_sees(path):
    assert read_too_closely(path.read_text(encoding="utf-8"), SEEN.get(path.stem, {})) == ([], [])


@pytest.mark.parametrize("path", [*sorted(BOOK.glob("*.md")), BOOK / "claims.yml"], ids=lambda path: path.stem)
def test_a_per_cent_sign_follows_its_number_at_once(path):
    assert not re.findall(r".*[\d`] %.*", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.md")), ids=lambda path: path.stem)
def test_no_figure_is_said_to_be_black_or_white(path):
    """In the dark it is the other way round."""
    text = path.read_text(encoding="utf-8")
    words = of_figures(text, "figure", "caption") + of_figures(text, "image", "alt")
    assert re.findall(r"\b(?:black|white)\b", words, re.IGNORECASE) == []


CHAPTER = """\
---
kernelspec: {name: python3, display_name: Python 12}
---

# One of 7

```{code-cell} ipython3
---
mystnb:
  figure: {name: fig-2, caption: Dots at $x = 3$ since epoch 321.}
  image: {alt: "A line falls from 5,000, or −0.35, to 4,321 and to 0.987 near step 600."}
---
x = 1234
```

````{dropdown} Answer 8
By {eq}`eq-12`, Figs. 2B and 2C, Eq. (15) and section 4.3, $x = 9$ and `x[10]`, [a link](page-11.html#12).
$$y = 13$$ (eq-14)
1. An item.
```{margin}
:name: a-16
A margin of 17 epochs, {glue:text}`pasted-18`.
```
It is 6,000 and 6,000.5, −3.
````

~~It took 0.25.~~
"""


def test_a_typed_number_is_found_and_nothing_else():
    found, absent = typed(CHAPTER, {"a setting": ["6,000"], "another": ["7,000"]})
    assert absent == ["7,000"]
    expected = ["# One of 7", "Answer 8", "A margin of 17 epochs,  .", "It is   and 6,000.5, −3.", "~~It took 0.25.~~"]
    expected.append("Dots at   since epoch 321.")
    assert found == expected
    assert read_too_closely(CHAPTER, {"an axis": ["to 4,321"], "another": ["9.99"]}) == (["0.987"], ["9.99"])


def test_every_number_that_a_result_offers_to_the_prose_is_taken():
    """Pasted in a chapter, under its name with a prefix before it or a key behind, or the value of a claim."""
    text = "".join(path.read_text(encoding="utf-8") for path in BOOK.glob("*.md"))
    pasted = re.findall(r"\{glue:\w+\}`([^`]+)`", text)
    offered = {
        (name, how)
        for module in pkgutil.walk_packages(experiments.__path__, "ghostlib.experiments.")
        for record in vars(importlib.import_module(module.name)).values()
        if isinstance(record, type)
        for name, how in vars(record).items()
        if isinstance(how, Quoted) and not how.claim
    }
    assert len(offered) > 200
    dashed = {name: re.compile(rf"(^|-){re.escape(name.replace('_', '-'))}(-|$)") for name, _ in offered}
    assert not {name for name, pattern in dashed.items() if not any(map(pattern.search, pasted))}
