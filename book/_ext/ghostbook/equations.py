"""Equations keep the paper's own numbers: the label ``eq-7`` prints as (7), in whichever chapter it stands."""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging


LOG = logging.getLogger(__name__)
LABEL = re.compile(r"eq-(\w+)")


class NumberEquations(SphinxTransform):
    """Give every labelled equation the number that its label names, for itself and for those who cite it."""

    default_priority = 500  # the parser has filed the labels by now, under a running number

    def apply(self):
        equations = self.env.get_domain("math").equations
        for node in self.document.findall(nodes.math_block):
            label = node.get("label")
            if not label:
                continue
            number = LABEL.fullmatch(label)
            if number is None:
                LOG.warning(
                    "equation label %r: expected eq-<number>, as in eq-7 or eq-B1",
                    label,
                    location=node,
                    type="ghostbook",
                    subtype="equation",
                )
                continue
            node["number"] = number[1]
            equations[label] = (self.env.docname, number[1])


def _number_ourselves(app, config):
    config.math_numfig = False


def setup(app):
    app.connect("config-inited", _number_ourselves)
    app.add_transform(NumberEquations)
