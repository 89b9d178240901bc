"""``{colour-table}``: what each colour means, from the one table that draws everything."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from ghostlib.page.palette import COLOURS


class ColourTable(SphinxDirective):
    """A list of swatches, each with its meaning."""

    def run(self):
        items = nodes.bullet_list(classes=["ghost-colours"])
        for name, colour in COLOURS.items():
            swatch = nodes.raw(
                "", f'<span class="ghost-swatch" style="background: var(--ghost-{name})"></span>', format="html"
            )
            items += nodes.list_item("", nodes.paragraph("", "", swatch, nodes.Text(f" {colour.meaning}")))
        return [items]


def setup(app):
    app.add_directive("colour-table", ColourTable)
