"""How long a chapter takes, under its title: to read, and to compute."""

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector


WORDS = 200  # read in a minute
SHORT = "less than a minute"
LINE = "ghost-reading"  # the class of the line


def to_read(words):
    """How long so many words take: "less than a minute", "about 1 minute", "about 12 minutes"."""
    whole = round(words / WORDS)
    return f"about {whole} minute{'s' if whole > 1 else ''}" if words >= WORDS else SHORT


def to_compute(seconds, *, is_long=False):
    """How long a run takes from nothing, no closer than two builds of one commit agree: they give the same bytes.

    seconds : how long this one took, perhaps with results that were kept; is_long : whether it takes minutes without.
    """
    return "a few minutes" if is_long or seconds >= 60 else SHORT


def words(doctree):
    """Number of words in the paragraphs and captions of a page."""
    kinds = (nodes.paragraph, nodes.caption)
    return sum(len(node.astext().split()) for node in doctree.findall(lambda node: isinstance(node, kinds)))


def _tell(app, doctree, docname):
    ran = (NbMetadataCollector.get_exec_data(app.env, docname) or {}).get("runtime")
    if not ran or not docname[:1].isdigit():  # chapters alone begin with their number
        return
    computing = to_compute(ran, is_long=docname in app.config.ghost_long_chapters)
    told = f"To read: {to_read(words(doctree))}. To compute: {computing}."
    title = doctree.next_node(nodes.title)
    title.parent.insert(1, nodes.paragraph(text=told, classes=[LINE]))


def setup(app):
    app.add_config_value("ghost_long_chapters", [], "env")
    app.connect("doctree-resolved", _tell)
