"""``{colour-table}``: what each colour means, from the one table that draws everything."""

from itertools import groupby

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from ghostlib.page.palette import COLOURS


class ColourTable(SphinxDirective):
    """A list of swatches, each with its meaning; the steps of a ramp stand together."""

    def run(self):
        items = nodes.bullet_list(classes=["ghost-colours"])
        for meaning, names in groupby(COLOURS, lambda name: COLOURS[name].meaning):
            swatches = "".join(
                f'<span class="ghost-swatch" style="background: var(--ghost-{name})"></span>' for name in names
            )
            swatch = nodes.raw("", f'<span class="ghost-swatches">{swatches}</span>', format="html")
            items += nodes.list_item("", nodes.paragraph("", "", swatch, nodes.Text(f" {meaning}")))
        return [items]


def setup(app):
    app.add_directive("colour-table", ColourTable)
