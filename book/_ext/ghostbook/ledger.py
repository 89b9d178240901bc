"""The ledger: every claim in one table, and the paper's figures as tiles that show what became of their claims."""

import html
import json
import re
import subprocess
from dataclasses import asdict
from importlib.metadata import version

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from ghostlib.page import ledger
from ghostlib.page.numbers import shown

from . import assets
from .claims import LEDGER, Chip, Ours, Run, attributes_of, recorded_by, row_label, signed, slug


COLUMNS = ("Where", "Claim", "Paper", "Ours", "Verdict", "Check")
FILE = "ledger.json"
TEXT = "the text"
FIGURE = re.compile(r"Figs?\. (S?\d[A-D]?)")


class Check(nodes.Inline, nodes.Element):
    """Stands for the place where the reader's browser checks the row ``row``, with all that it needs for it."""


class Tiles(nodes.General, nodes.Element):
    """Stands for the paper's figures, each with what became of its claims."""


class LedgerDirective(SphinxDirective):
    """``{claims-ledger}``: every row in one table, with the paper's figures as tiles before it."""

    def run(self):
        self.env.note_dependency(LEDGER)
        self.env.note_reread()
        for claim in self.env.ghost_claims.values():
            self.env.get_domain("std").anonlabels[row_label(claim.id)] = self.env.docname, claim.id
        link = f'<a href="_static/{assets.FOLDER}/{FILE}" download="{FILE}">The ledger as a file</a>'
        told = attributes_of({"class": "ghost-ledger-version", "data-version": version("ghostlib")})
        file = nodes.raw("", f"<p{told}>{link}, with every value and rule.</p>", format="html")
        return [Tiles(), _table(self.env.ghost_claims.values()), file]


def _figure(claim):
    """The paper's figure that a claim is about, `TEXT` where there is none."""
    found = FIGURE.search(claim.where)
    return f"Fig. {found[1]}" if found else TEXT


def _table(claims):
    """The ledger: a row a claim, and above the first of each part of the paper the name of that part."""
    rows, part = [], None
    for claim in claims:
        if claim.part != part:
            part = claim.part
            title = nodes.entry("", nodes.paragraph(text=part), morecols=len(COLUMNS) - 1)
            rows.append(nodes.row("", title, classes=["ghost-part"]))
        rows.append(_row(claim))
    head = nodes.row("", *(nodes.entry("", nodes.paragraph(text=name)) for name in COLUMNS))
    widths = [nodes.colspec(colwidth=1) for _ in COLUMNS]
    group = nodes.tgroup("", *widths, nodes.thead("", head), nodes.tbody("", *rows), cols=len(COLUMNS))
    return nodes.table("", group, classes=["ghost-ledger"])


def _row(claim):
    where = nodes.reference("", claim.where, refuri=f"#{claim.id}", internal=True, classes=["ghost-where"])
    cells = {
        "Where": [where],
        "Claim": [nodes.Text(claim.claim)],
        "Paper": [nodes.Text(claim.paper)],
        "Ours": [] if claim.verdict == "not attempted" else [Ours(row=claim.id)],
        "Verdict": [Chip(row=claim.id, linked=False)],
        "Check": [Check(row=claim.id)],
    }
    entries = {name: nodes.entry("", nodes.paragraph("", "", *content)) for name, content in cells.items()}
    entries["Claim"] += _more(claim)
    return nodes.row("", *(entries[name] for name in COLUMNS), ids=[claim.id])


def _more(claim):
    """What a reader of the table may unfold: the rule, the scale, what runs it, and the evidence."""
    runs = [Run(run=run, row=claim.id) for run in claim.runs]
    facts = {
        "Rule": [nodes.Text(_rule(claim))],
        "Why": [nodes.Text(claim.why)],
        "Scale": [nodes.Text(claim.scale)],
        "Run in": [node for run in runs for node in (nodes.Text(", "), run)][1:],
        "Proved by": [nodes.literal(text=claim.test)] if claim.test else [],
        "Note": [nodes.Text(claim.note)],
    }
    told = nodes.field_list(classes=["ghost-claim-facts"])
    for name, content in facts.items():
        if any(not isinstance(node, nodes.Text) or node.astext() for node in content):
            told += nodes.field(
                "", nodes.field_name(text=name), nodes.field_body("", nodes.paragraph("", "", *content))
            )
    opening, closing = "<details><summary>How it was checked</summary>", "</details>"
    return [nodes.raw("", opening, format="html"), told, nodes.raw("", closing, format="html")]


def _rule(claim):
    """The rule as a reader would say it, "" where there is nothing to compare with."""
    name, bound = claim.comparison
    match name:
        case "relative":
            return f"within {100 * bound:g}% of the paper's value"
        case "absolute":
            return f"within {shown(bound)} of the paper's value"
        case "equal":
            return "equal to the paper's value"
        case "true" | "none":
            return ""
    return f"{name} {shown(bound)}"


def _draw_check(claim, records, titles):
    chapters = [titles[run].astext() for run in claim.runs if run in titles]
    facts = {
        "class": "ghost-check",
        "data-rule": claim.rule,
        "data-number": "" if claim.number is None else repr(claim.number),
        "data-verdict": claim.verdict,
        "data-value": json.dumps(records[0].value) if records else "",
        "data-place": _figure(claim),
        "data-chapters": "|".join(chapters),
    }
    return f"<span{attributes_of(facts)}></span>"


def _draw_tiles(claims):
    figures = {}
    for claim in claims:
        figures.setdefault(_figure(claim), []).append(claim)
    tiles = []
    for figure in sorted(figures, key=lambda name: (name == TEXT, name)):
        squares = "".join(map(_square, figures[figure]))
        tiles.append(f"<li><span>{html.escape(figure)}</span>{squares}</li>")
    return f'<ul class="ghost-ledger-tiles">{"".join(tiles)}</ul>'


def _square(claim):
    attributes = {"href": f"#{claim.id}", "data-verdict": slug(claim.verdict), "title": claim.claim}
    unseen = f'<span class="ghost-unseen">{html.escape(f"{claim.where}: {claim.verdict}")}</span>'
    return f"<a{attributes_of(attributes)}>{signed(ledger.VERDICTS[claim.verdict], '')}{unseen}</a>"


def _resolve(app, doctree, docname):
    claims, checks = app.env.ghost_claims, list(doctree.findall(Check))
    recorded = recorded_by(app.env) if checks else {}
    for node in checks:
        markup = _draw_check(claims[node["row"]], recorded.get(node["row"]), app.env.titles)
        node.replace_self(nodes.raw("", markup, format="html"))
    for node in list(doctree.findall(Tiles)):
        node.replace_self(nodes.raw("", _draw_tiles(claims.values()), format="html"))


def _write_file(app, error):
    """All rows with what the runs gave, and of which state of the book this is said."""
    if error is not None or app.builder.format != "html":
        return
    asked = subprocess.run(
        ["git", "log", "-1", "--format=%H %cI"], cwd=app.srcdir, capture_output=True, text=True, check=False
    )
    commit, date = asked.stdout.split() or ("", "")
    recorded = recorded_by(app.env)
    rows = [
        asdict(claim)
        | {f"our_{name}": getattr(record, name) for record in recorded.get(claim.id, []) for name in ("value", "text")}
        for claim in app.env.ghost_claims.values()
    ]
    told = {"version": version("ghostlib"), "commit": commit, "date": date, "claims": rows}
    (assets.folder(app) / FILE).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def setup(app):
    app.add_directive("claims-ledger", LedgerDirective)
    app.connect("build-finished", _write_file)
    app.connect("doctree-resolved", _resolve)
