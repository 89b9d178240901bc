"""How long a chapter takes, under its title: to read, and to compute."""

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector


WORDS = 200  # read in a minute


def minutes(seconds):
    """A time as it is said: "less than a minute", "about 1 minute", "about 12 minutes"."""
    if seconds < 60:
        return "less than a minute"
    whole = round(seconds / 60)
    return f"about {whole} minute{'s' if whole > 1 else ''}"


def words(doctree):
    """Number of words in the paragraphs and captions of a page."""
    kinds = (nodes.paragraph, nodes.caption)
    return sum(len(node.astext().split()) for node in doctree.findall(lambda node: isinstance(node, kinds)))


def _tell(app, doctree, docname):
    ran = (NbMetadataCollector.get_exec_data(app.env, docname) or {}).get("runtime")
    if not ran or not docname[:1].isdigit():  # chapters alone begin with their number
        return
    told = f"To read: {minutes(60 * words(doctree) / WORDS)}. To compute: {minutes(ran)}."
    title = doctree.next_node(nodes.title)
    title.parent.insert(1, nodes.paragraph(text=told, classes=["ghost-reading"]))


def setup(app):
    app.connect("doctree-resolved", _tell)
