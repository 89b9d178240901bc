"""Cards: what a link to a word, an equation, a figure, a reference or a claim stands for, shown beside the link.

Every page that can be linked to leaves its part here while it is written; the reader's browser fetches the lot when a
card is first asked for. See cards.js.
"""

import json
from pathlib import Path

from docutils import nodes

from . import assets, tiles


FILES = ("cards.js", "cards.css")
DATA = "cards-data.js"


def targets(doctree):
    """Yield id and content, a list of nodes, of all that a card can stand for on a page.

    That is a word of the glossary with its definition, a numbered equation, a named figure with its caption, an entry
    of the bibliography, and a row of the ledger of claims.
    """
    for node in doctree.findall(lambda node: isinstance(node, nodes.Element) and node.get("ids")):
        match node:
            case nodes.term():
                content = node.parent.next_node(nodes.definition, descend=True).children
            case nodes.figure():
                content = list(node.findall(nodes.caption))
            case nodes.citation():
                content = node.children[1:]  # without its label
            case nodes.row():  # of the ledger
                content = node[1].children[:1]  # the claim itself
            case _:
                continue
        for name in node["ids"]:
            yield name, content
    for node in doctree.findall(nodes.math_block):
        if label := node.get("label"):
            equation = node.deepcopy()
            equation["label"] = equation["number"] = None
            yield nodes.make_id(f"equation-{label}"), [equation]


def _collect(app, doctree, docname):
    if app.builder.format != "html":
        return
    page, title = app.builder.get_target_uri(docname), app.env.titles[docname].astext()
    drawn = {figure.anchor for figure in tiles.figures(app.env)}
    for name, content in targets(doctree):
        body = tiles.pictures(name) if name in drawn else ""
        body += "".join(app.builder.render_partial(_without_ids(node))["body"] for node in content)
        if body:
            app.ghost_cards[f"{page}#{name}"] = [body.strip(), title]


def _without_ids(node):
    node = node.deepcopy()
    for part in [node, *node.findall(nodes.Element)]:
        part["ids"] = []
    return node


def _prepare(app):
    app.ghost_cards = {}


def _write(app, error):
    if error is None and app.builder.format == "html":
        data = json.dumps(app.ghost_cards, ensure_ascii=False, indent=0, sort_keys=True)
        assets.folder(app).joinpath(DATA).write_text(f"globalThis.ghostCards = {data};\n", encoding="utf-8")


def setup(app):
    app.connect("builder-inited", _prepare)
    app.connect("doctree-resolved", _collect, priority=900)  # when all else has put its words in place
    app.connect("build-finished", _write)
    assets.serve(app, *(Path(__file__).with_name(name) for name in FILES))
