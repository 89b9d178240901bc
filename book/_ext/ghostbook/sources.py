"""Below each figure of a chapter, a link to the function of the library that draws it."""

import re

from docutils import nodes


_DRAWN = re.compile(r"^plots\.(\w+)\(", re.MULTILINE)


def _link(app, doctree, docname):
    functions = app.env.get_domain("py").objects
    for cell in doctree.findall(
        lambda node: isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"
    ):
        code = next(cell.findall(nodes.literal_block), None)
        caption = next(cell.findall(nodes.caption), None)
        if code is None or caption is None or not (drawn := _DRAWN.findall(code.astext())):
            continue
        known = functions.get(f"ghostlib.plots.{drawn[-1]}")
        if known:
            address = f"{app.builder.get_relative_uri(docname, known.docname)}#{known.node_id}"
            words = nodes.literal(text=f"plots.{drawn[-1]}")
            link = nodes.reference("", "", words, internal=True, refuri=address, classes=["ghost-source"])
            caption += [nodes.Text(" "), link]


def setup(app):
    app.connect("doctree-resolved", _link, priority=950)  # a card shows the caption without it
