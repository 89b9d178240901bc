"""The glossary's words and the paper's figures are marked where a section first names them."""

import re
from collections import defaultdict

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import tiles


# Chapters use these in their everyday sense as well: there a {term} marks the places where the word is meant.
EVERYDAY = {"diverged", "epoch", "fall", "jump", "learned", "recovered", "solved"}


ASIDE = (addnodes.desc, nodes.definition, nodes.field_list, nodes.table)


def names(term):
    """What the prose may call a term of the glossary: "adjoint, λ" is an adjoint; a mere symbol is left alone."""
    return [name for name in term.lower().split(", ") if len(name) > 3 and name not in EVERYDAY]


class MarkTerms(SphinxPostTransform):
    """Link the first mention of every term, and of every figure of the paper, in every section of a page.

    Only plain words of a paragraph count: not what is emphasised, such as a title, nor links, captions and code.
    """

    default_priority = 15  # references are resolved by 10

    def run(self):
        known = {
            name: (docname, anchor)
            for (kind, term), (docname, anchor) in self.env.get_domain("std").objects.items()
            if kind == "term" and docname != self.env.docname
            for name in names(term)
        }
        for figure in reversed(tiles.figures(self.env)):  # of two that share a number the first is meant
            known |= {number.lower(): (figure.docname, figure.anchor) for number in figure.numbers}
        if not known:
            return
        longest_first = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
        pattern = re.compile(rf"(?<![\w-])({longest_first})s?(?![\w-])", re.IGNORECASE)
        seen = defaultdict(set)  # the section of a chapter, or what stands before the first: its terms
        for paragraph in list(self.document.findall(nodes.paragraph)):
            ancestors = list(_ancestors(paragraph))
            if not any(isinstance(node, ASIDE) for node in ancestors):
                here = seen[tuple(node for node in ancestors if isinstance(node, nodes.section))[-2:-1]]
                for marked in paragraph.findall(nodes.inline):
                    if "std-term" in marked["classes"]:
                        here.update(found.lower() for found in pattern.findall(marked.astext()))
                for text in [child for child in paragraph.children if isinstance(child, nodes.Text)]:
                    paragraph.replace(text, self._marked(text, pattern, known, here))

    def _marked(self, text, pattern, known, seen):
        parts, end = [], 0
        for found in pattern.finditer(text):
            name = found[1].lower()
            if name not in seen:
                seen.add(name)
                parts += [nodes.Text(text[end : found.start()]), self._link(found[0], *known[name])]
                end = found.end()
        return [*parts, nodes.Text(text[end:])]

    def _link(self, word, docname, anchor):
        address = f"{self.app.builder.get_relative_uri(self.env.docname, docname)}#{anchor}"
        marked = nodes.inline(word, word, classes=["xref", "std", "std-term"])
        return nodes.reference("", "", marked, internal=True, refuri=address)


def _ancestors(node):
    while node := node.parent:
        yield node


def setup(app):
    app.add_post_transform(MarkTerms)
