"""The paper's claims on the pages: the chips that stand for the ledger's rows beside the prose, and the scoreboard.

``claims.yml`` says what the paper claims and what we found; the chapters record what their runs gave with
``ghostlib.page.paste.claim``. Here the two meet: after all pages are read, every verdict is held against its value, and
one that is not borne out is a warning, which the book's build takes for an error.
"""

import ast
import html
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from ghostlib.page import ledger

from . import assets


LOGGER = logging.getLogger(__name__)
LEDGER = "claims.yml"
STYLE = "claims.css"
KEY = "claim:"


class Recorded(NamedTuple):
    """What a run gave for a claim, and on which page."""

    docname: str
    value: bool | int | float
    text: str


class Chip(nodes.Inline, nodes.Element):
    """Stands for the verdict on the row ``row``; ``linked`` to the ledger or not, with ``ids`` as its anchor."""


class Ours(nodes.Inline, nodes.Element):
    """Stands for the value that a run recorded for the row ``row``."""


class Run(nodes.Inline, nodes.Element):
    """Stands for a link to the chapter ``run``, at the place where the row ``row`` is spoken of."""


class Scoreboard(nodes.General, nodes.Element):
    """Stands for the strip that counts the verdicts."""


class ClaimRole(SphinxRole):
    """``{claim}`fig-2b-jump```: the verdict on a row as a small chip, which leads to the row."""

    def run(self):
        if self.text not in self.env.ghost_claims:
            message = f"claim: {self.text!r}; expected an id of {LEDGER}"
            LOGGER.warning(message, location=self.get_location(), type="ghost", subtype="claims")
            return [], []
        self.env.note_dependency(LEDGER)
        anchors, name = self.env.get_domain("std").anonlabels, _chip_label(self.env.docname, self.text)
        chip = Chip(row=self.text, linked=True)
        if name not in anchors:
            chip["ids"] = [f"claim-{self.text}"]
            anchors[name] = self.env.docname, f"claim-{self.text}"
        return [chip], []


class ErrataDirective(SphinxDirective):
    """``{claims-errata}``: the corrections that we would suggest, each with the place and a link to its row."""

    def run(self):
        self.env.note_dependency(LEDGER)
        listed = nodes.bullet_list(classes=["ghost-errata"])
        for claim in self.env.ghost_claims.values():
            if claim.erratum:
                link = nodes.reference("", claim.where, refuri=f"#{claim.id}", internal=True)
                listed += nodes.list_item("", nodes.paragraph("", "", link, nodes.Text(f": {claim.erratum}")))
        return [listed]


class ScoreboardDirective(SphinxDirective):
    """``{claims-scoreboard}``: how many claims have which verdict, as a strip with its words."""

    def run(self):
        self.env.note_dependency(LEDGER)
        return [Scoreboard()]


def row_label(row):
    return f"ghost-claim-{row}"


def _chip_label(docname, row):
    return f"ghost-chip-{docname}-{row}"


def slug(verdict):
    return verdict.replace(" ", "-")


def _load(app):
    path = Path(app.srcdir) / LEDGER
    app.env.ghost_claims = ledger.load(path) if path.exists() else {}


def recorded_by(env):
    """What the executed pages recorded, as MyST-NB keeps it beside them: row → list of `Recorded`."""
    found = {}
    folder = Path(env.mystnb_config.output_folder)
    for docname, data in NbMetadataCollector.get_doc_data(env).items():
        if rows := [key.removeprefix(KEY) for key in data.get("glue", ()) if key.startswith(KEY)]:
            glued = json.loads((folder / f"{docname}.glue.json").read_text(encoding="utf-8"))
            for row in rows:
                record = json.loads(ast.literal_eval(glued[KEY + row]["data"]["text/plain"]))
                found.setdefault(row, []).append(Recorded(docname, **record))
    return found


def _check(app, env):
    """Warn of every verdict that a run does not bear out and, where the ledger is shown, of every row without a run."""

    def warn(message, docname):
        LOGGER.warning(message, location=docname, type="ghost", subtype="claims")

    anchors = env.get_domain("std").anonlabels
    recorded = recorded_by(env)
    for row, records in recorded.items():
        if row not in env.ghost_claims:
            warn(f"claim: {row!r}; expected an id of {LEDGER}", records[0].docname)
        elif len(records) > 1:
            pages = ", ".join(record.docname for record in records)
            warn(f"claim {row}: recorded by {pages}; expected one page", records[1].docname)
        else:
            claim, record = env.ghost_claims[row], records[0]
            _warn_of_disagreement(claim, record.value, record.docname, warn)
            if claim.runs and record.docname not in claim.runs:
                warn(f"claim {row}: recorded here; expected in {', '.join(claim.runs)}, its runs", record.docname)
    for claim in env.ghost_claims.values():
        if row_label(claim.id) not in anchors:
            continue
        page, _ = anchors[row_label(claim.id)]
        if claim.id not in recorded:
            _warn_of_disagreement(claim, None, page, warn)
        if absent := ledger.missing_runs(claim, Path(app.srcdir).parent):
            warn(f"claim {claim.id}: runs names {', '.join(absent)}; expected chapters and tests that exist", page)


def _warn_of_disagreement(claim, value, docname, warn):
    try:
        ledger.check(claim, value)
    except ValueError as error:
        warn(str(error), docname)


def _resolve(app, doctree, docname):
    """Put the verdicts, values and links in place, now that every page is known."""
    page = Page(app, docname)
    for kind, draw in ((Chip, page.chip), (Ours, page.ours), (Run, page.run), (Scoreboard, page.scoreboard)):
        for node in list(doctree.findall(kind)):
            node.replace_self(draw(node))


class Page:
    """Draws what stands for a claim on one page, linked as seen from there."""

    def __init__(self, app, docname):
        self.app, self.docname = app, docname
        self.rows = app.env.ghost_claims
        self.anchors = app.env.get_domain("std").anonlabels

    def address(self, label):
        """Relative address of a label, None where its page is not part of this build."""
        if label not in self.anchors:
            return None
        docname, anchor = self.anchors[label]
        return f"{self.app.builder.get_relative_uri(self.docname, docname)}#{anchor}"

    def markup(self, text, markup):
        """`markup` for pages, `text` for everything else that Sphinx can write."""
        if self.app.builder.format == "html":
            return nodes.raw("", markup, format="html")
        return nodes.inline(text, text)

    def chip(self, node):
        claim = self.rows[node["row"]]
        sign, verdict = ledger.VERDICTS[claim.verdict], claim.verdict
        attributes = {"class": "ghost-chip", "data-verdict": slug(verdict)}
        if node["ids"]:
            attributes["id"] = node["ids"][0]
        tag, address = "span", self.address(row_label(claim.id)) if node["linked"] else None
        if address:
            tag = "a"
            attributes |= {"href": address, "title": claim.claim, "aria-label": f"{claim.where}: {verdict}"}
        return self.markup(f"{sign} {verdict}", f"<{tag}{attributes_of(attributes)}>{signed(sign, verdict)}</{tag}>")

    def ours(self, node):
        claim = self.rows[node["row"]]
        records = recorded_by(self.app.env).get(claim.id)
        if records:
            return nodes.Text(records[0].text)
        return nodes.Text("a derivation" if claim.rule == "none" else "not recorded")

    def run(self, node):
        name = node["run"]
        if name not in self.app.env.titles:
            return nodes.literal(name, name)
        title = self.app.env.titles[name].astext()
        address = self.address(_chip_label(name, node["row"])) or self.app.builder.get_relative_uri(self.docname, name)
        return nodes.reference("", title, refuri=address, internal=True)

    def scoreboard(self, node):
        counts = Counter(claim.verdict for claim in self.rows.values())
        strip, items = [], []
        for verdict, sign in ledger.VERDICTS.items():
            if not counts[verdict]:
                continue
            first = next(claim.id for claim in self.rows.values() if claim.verdict == verdict)
            strip.append(f'<span data-verdict="{slug(verdict)}" style="flex-grow: {counts[verdict]}"></span>')
            attributes = {"class": "ghost-chip", "data-verdict": slug(verdict)}
            address = self.address(row_label(first))
            tag = "a" if address else "span"
            attributes |= {"href": address} if address else {}
            words = signed(sign, f"{counts[verdict]} {verdict}")
            items.append(f"<li><{tag}{attributes_of(attributes)}>{words}</{tag}></li>")
        text = " · ".join(f"{counts[verdict]} {verdict}" for verdict in ledger.VERDICTS if counts[verdict])
        lines = [
            f"<p>We count {len(self.rows)} claims in the paper:</p>",
            f'<div class="ghost-scoreboard-strip" aria-hidden="true">{"".join(strip)}</div>',
            f"<ul>{''.join(items)}</ul>",
        ]
        return self.markup(text, f'<div class="ghost-scoreboard">{"".join(lines)}</div>')


def attributes_of(values):
    return "".join(f' {name}="{html.escape(value, quote=True)}"' for name, value in values.items())


def signed(sign, words):
    return f'<span aria-hidden="true">{sign}</span> {html.escape(words)}'


def setup(app):
    app.add_role("claim", ClaimRole())
    app.add_directive("claims-errata", ErrataDirective)
    app.add_directive("claims-scoreboard", ScoreboardDirective)
    for event, handler in {
        "builder-inited": _load,
        "env-check-consistency": _check,
        "doctree-resolved": _resolve,
    }.items():
        app.connect(event, handler)
    assets.serve(app, Path(__file__).with_name(STYLE))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
