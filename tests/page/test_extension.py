"""The Sphinx extension: its functions, and two small books built with the real configuration."""

import json
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from docutils import nodes

from ghostlib.page import palette
from ghostlib.widgets import _bundle


ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "book" / "_ext"
sys.path.insert(0, str(EXTENSION))  # as Jupyter Book does with a local extension

from ghostbook import access, api, icons, launch, offline, summary, tables  # noqa: E402  (after the path)


DRAWING = """<?xml version="1.0"?>
<svg width="144pt" height="72pt" viewBox="0 0 144 72" xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink">
<metadata>made today</metadata><defs><style>*{stroke-linejoin: round}</style></defs>
<clipPath id="box"><path d="M 0 0
L 9 9"/></clipPath>
<path id="line" d="M 0 0 L 9 9" clip-path="url(#box)" style="stroke: #1260B4"/><use xlink:href="#line"/>
<text style="font-size: 10.5px; font-family: 'DejaVu Sans', sans-serif; fill: #1f2430">α</text>
</svg>"""
TABLE = 'series,x\n"a < b",1\n'
DESCRIBED = f'<w xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>{escape(TABLE)}</dc:description></w>'
TABLED = DRAWING.replace("made today", f"made today{DESCRIBED}")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf00000301010018dd8db00000000049454e44ae426082"
)
# Jupyter Book's own reading of this book's configuration; only the chapters are others.
CONF = f"""
from pathlib import Path
from jupyter_book.config import get_final_config

config, _ = get_final_config(
    user_yaml=Path({str(ROOT / "_config.yml")!r}),
    cli_config={{"latex_individualpages": False}},
    use_external_toc=False,
    validate=False,
)
globals().update(config, bibtex_bibfiles=["none.bib"], html_favicon="", root_doc="index", nb_execution_mode="off")
"""


# Both in one process, which loads everything once.
BUILD = "import sys; from sphinx.cmd.build import main; sys.exit(max(main(words.split()) for words in sys.argv[1:]))"


def build(folder, *books):
    """Build each of `books`, name → text or bytes: where its pages are, their text, and what it complained about."""
    commands = []
    for number, pages in enumerate(books):
        source = folder / f"source-{number}"
        source.mkdir()
        (source / "conf.py").write_text(CONF)
        (source / "none.bib").touch()
        for name, content in pages.items():
            (source / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        commands.append(f"-q -b html -w {folder}/warnings-{number} {source} {folder}/html-{number}")
    environment = {**os.environ, "PYTHONPATH": str(EXTENSION), "GHOSTBOOK_REPOSITORY": ""}
    subprocess.run([sys.executable, "-c", BUILD, *commands], env=environment, capture_output=True, check=True)
    return [
        SimpleNamespace(
            html=folder / f"html-{number}",
            page={path.stem: path.read_text() for path in (folder / f"html-{number}").glob("*.html")},
            warnings=(folder / f"warnings-{number}").read_text(),
        )
        for number in range(len(books))
    ]


def notebook():
    """A chapter that was run: a captioned figure, a widget with Jupyter's view and state beside our HTML."""
    figure = nbformat.v4.new_code_cell(
        "draw()",
        metadata={
            "mystnb": {
                "figure": {"name": "fig-2a", "caption": "**The paper's Fig. 2A.** A loss."},
                "image": {"alt": "A line."},
            }
        },
        outputs=[nbformat.v4.new_output("display_data", {"image/svg+xml": TABLED, "text/plain": "<Figure>"})],
    )
    view = {"model_id": "m", "version_major": 2, "version_minor": 0}
    shown = {
        "application/vnd.jupyter.widget-view+json": view,
        "text/html": '<figure class="ghost-widget" data-widget="flow"></figure>',
    }
    live = nbformat.v4.new_code_cell("Flow()", outputs=[nbformat.v4.new_output("display_data", shown)])
    state = {"version_major": 2, "version_minor": 0, "state": {"m": {"model_name": "AnyModel"}}}
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        "widgets": {"application/vnd.jupyter.widget-state+json": state},
    }
    cells = [nbformat.v4.new_markdown_cell("# Run"), figure, live]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


GOOD = {
    "index.md": "# Index\n\n```{figure-tiles}\n```\n\n```{toctree}\nfirst\nsecond\nthird\nrun\nwords\n```\n",
    "first.md": "# First\n\n$$x$$ (eq-7)\n\n$$y$$\n\n$$z$$ (eq-B1)\n\nSee {eq}`eq-12`.\n",
    "words.md": "# Words\n\n```{glossary}\nghost\n  A slow place.\n\njump, j\n  A fall.\n```\n",
    "third.md": "# Third\n\n## One\n\nA Ghost, *a ghost*, no ghostly one, a ghost-like jump.\n\n- Two ghosts, as in "
    "Fig. 2A.\n\n## Two\n\nThe {term}`ghost` and the ghost.\n\nA {curve}`loss` has {curve}`its slope <gradient>`.\n",
    "second.md": "# Second\n\n$$u$$ (eq-12)\n\nBy {eq}`eq-7` and {eq}`eq-B1`, at {curve}`one $c^*$ <optimum>`.\n\n"
    "![One line](a.svg)\n\n![Another line](a.svg)\n\n![A pixel](a.png)\n\n:::{note}\nA note.\n:::\n",
    "a.svg": DRAWING,
    "a.png": PIXEL,
    "run.ipynb": notebook(),
}
BAD = {
    "index.md": "# Index\n\n```{figure-tiles}\n```\n\n```{toctree}\nfirst\nsecond\n```\n",
    "first.md": "# First\n\n$$x$$ (eq-7)\n\n$$y$$ (energy)\n\nIn {curve}`the blue <blue>`.\n",
    "second.md": "# Second\n\n$$x$$ (eq-7)\n\n![](a.png)\n\n![a.svg](a.svg)\n\n![Afar](https://x.org/a.png)\n",
    "a.svg": DRAWING,
    "a.png": PIXEL,
}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Both books."""
    return build(tmp_path_factory.mktemp("books"), GOOD, BAD)


@pytest.fixture
def book(books):
    """A book with nothing to complain about."""
    return books[0]


@pytest.fixture
def bad_book(books):
    """A book with one mistake of every kind."""
    return books[1]


def test_good_book_builds_without_a_warning(book):
    assert book.warnings == ""


def test_equation_prints_the_number_in_its_label(book):
    numbers = {page: re.findall(r'class="eqno">\((\w+)\)', book.page[page]) for page in ("first", "second")}
    assert numbers == {"first": ["7", "B1"], "second": ["12"]}


def test_equation_is_cited_by_that_number_in_every_chapter(book):
    assert re.search(r'href="second.html#equation-eq-12">\(12\)<', book.page["first"])
    assert re.search(r'href="first.html#equation-eq-7">\(7\)<', book.page["second"])
    assert re.search(r'href="first.html#equation-eq-b1">\(B1\)<', book.page["second"])


def test_number_given_twice_is_a_warning(bad_book):
    assert "duplicate label of equation eq-7, other instance in first" in bad_book.warnings


def test_label_that_names_no_number_is_a_warning(bad_book):
    assert "equation label 'energy': expected eq-<number>" in bad_book.warnings


def test_picture_without_words_is_a_warning(bad_book):
    complaints = re.findall(r"picture (\S+): no alt text", bad_book.warnings)
    assert complaints == ["a.png", "a.svg"]


def test_picture_of_another_host_is_a_warning(bad_book):
    assert "picture https://x.org/a.png: asks another host" in bad_book.warnings


def test_drawings_stand_in_the_page_with_their_words_and_ids_of_their_own(book):
    page = book.page["second"]
    assert re.findall(r'<svg class="ghost-figure"[^>]*aria-label="([^"]+)"', page) == ["One line", "Another line"]
    ids = re.findall(r'<(?:path|clipPath) id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 4
    assert not (book.html / "_images" / "a.svg").exists()


def test_photograph_stays_a_file(book):
    assert re.search(r'<img alt="A pixel" src="_images/a.png"', book.page["second"])
    assert (book.html / "_images" / "a.png").exists()


def test_drawing_of_a_cell_gets_its_caption_name_and_words(book):
    figure = re.search(r'<figure[^>]*id="fig-2a">.*?</figure>', book.page["run"], re.DOTALL)[0]
    assert 'aria-label="A line."' in figure
    assert "<strong>The paper’s Fig. 2A.</strong> A loss." in figure


def test_a_term_is_marked_where_a_section_first_uses_it(book):
    marked = re.findall(r'href="(\S+)"><span class="xref std std-term">([^<]+)<', book.page["third"])
    ghost = "words.html#term-ghost"
    assert marked == [(ghost, "Ghost"), ("run.html#fig-2a", "Fig. 2A"), (ghost, "ghost")]
    assert '<span class="std-term' not in book.page["words"]


def test_a_card_holds_what_a_link_stands_for(book):
    script = (book.html / "_static/ghost/cards-data.js").read_text(encoding="utf-8")
    cards = json.loads(script.removeprefix("globalThis.ghostCards = ").removesuffix(";\n"))
    assert cards["words.html#term-ghost"] == ["<p>A slow place.</p>", "Words"]
    assert r"\[x\]" in cards["first.html#equation-eq-7"][0]
    picture, caption = cards["run.html#fig-2a"][0].split("<p>")
    assert "fig-2a-dark.svg" in picture and "Fig. 2A" in caption
    assert not [body for body, _ in cards.values() if 'id="' in body]  # they would stand in the page a second time


def test_a_tile_leads_to_the_figure_that_it_shows(book):
    (tile,) = re.findall(r'<nav class="ghost-tiles".*?</nav>', book.page["index"], re.DOTALL)
    assert re.findall(r'href="([^"]+)"', tile) == ["run.html#fig-2a"]
    for theme, address in re.findall(r'class="only-(\w+)" src="([^"]+)" alt="Fig. 2A"', tile):
        svg = (book.html / address).read_text(encoding="utf-8")
        assert getattr(palette.COLOURS["loss"], theme) in svg
        assert "<text" not in svg


def test_an_index_of_no_figures_is_a_warning(bad_book):
    assert "figure-tiles: no caption begins with" in bad_book.warnings


def test_an_address_that_is_not_there_has_a_page_with_ways_on(book):
    assert re.findall(r'<a href="(\w+\.html)">', book.page["404"]) == ["index.html", "search.html"]


def test_what_is_no_text_notebook_is_not_offered_as_one(book):
    assert not (book.html / "_sources" / "first.ipynb").exists()


@pytest.mark.parametrize("text", ["<p>", "<svg></svg>"])
def test_inline_svg_refuses_what_is_no_drawing(text):
    with pytest.raises(ValueError, match="svg: no <svg> element with a viewBox"):
        palette.inline_svg(text, alt="words", prefix="p")


def test_inline_svg_refuses_a_drawing_without_words():
    with pytest.raises(ValueError, match="alt: empty"):
        palette.inline_svg(DRAWING, alt=" ", prefix="p")


def test_inline_svg_takes_the_colours_font_and_size_of_the_page():
    svg = palette.inline_svg(DRAWING, alt='a "line"', prefix="p")
    assert "stroke: var(--ghost-loss)" in svg
    assert "fill: var(--ghost-ink)" in svg
    assert "font-size: 10.5px" in svg
    assert "DejaVu" not in svg
    assert "max-width: 192px" in svg  # 144 points
    assert 'aria-label="a &quot;line&quot;"' in svg
    assert 'clip-path="url(#p-box)"' in svg
    assert 'href="#p-line"' in svg
    assert not re.search("metadata|<style", svg)


def test_inline_svg_in_pixels_keeps_its_width():
    assert "max-width: 64px" in palette.inline_svg('<svg viewBox="0 0 64 48"><path/></svg>', alt="a mark", prefix="p")


def test_page_asks_no_other_host(book):
    for name, page in book.page.items():
        asked = re.findall(r'<(?:script|img|iframe)\b[^>]*\bsrc="([^"]+)"|<link\b[^>]*\bhref="([^"]+)"', page)
        assert asked
        assert not [address for pair in asked for address in pair if re.match(r"(https?:)?//", address)], name


def test_every_file_a_page_asks_for_is_there(book):
    for page in book.page.values():
        for address in re.findall(r'<(?:script|img)\b[^>]*\bsrc="([^"?]+)', page):
            assert (book.html / address).is_file(), address


def test_mathjax_finds_its_parts_beside_it(book):
    mathjax = book.html / "_static" / "mathjax"
    assert all((mathjax / f"{part}.js").is_file() for part in offline.PARTS)
    assert (mathjax / "output/chtml/fonts/woff-v2/MathJax_Math-Italic.woff").is_file()
    assert (mathjax / "input/tex/extensions/boldsymbol.js").is_file()


def test_only_the_search_page_loads_the_index(book):
    assert "searchindex.js" in book.page["search"]
    assert "searchindex.js" not in book.page["first"]
    assert not [name for name, page in book.page.items() if "fontawesome.js" in page]


def test_lighten_leaves_other_scripts_alone():
    html = '<script src="_static/doctools.js?v=1"></script>\n<script defer src="a/fontawesome.js?v=2"></script>'
    assert offline.lighten(html, "a.html") == '<script src="_static/doctools.js?v=1"></script>'


def test_jupyters_widget_state_is_dropped_and_its_view_gives_way_to_ours(book):
    assert 'class="ghost-widget"' in book.page["run"]
    assert "vnd.jupyter" not in book.page["run"]


def test_widget_scripts_load_only_where_there_is_a_widget(book):
    having = {name for name, page in book.page.items() if "ghost/core.js" in page and "ghost/widgets.css" in page}
    assert having == {"run"}


def test_widget_scripts_run_where_the_first_widget_ends_and_wait_for_nothing(book):
    page = book.page["run"]
    end = page.index("</figure>", page.index('class="ghost-widget"')) + len("</figure>")
    scripts = re.findall(r'<script\b([^>]*)\bsrc="([^"?]+)[^"]*"></script>', page[end:])
    assert page[end:].startswith("<script")
    assert scripts[:2] == [(" data-now ", "_static/ghost/core.js"), (" data-now ", "_static/ghost/flow.js")]
    assert (book.html / scripts[1][1]).read_text() == _bundle.part("flow")


def test_a_figure_offers_the_table_that_its_drawing_carries(book):
    (address,) = re.findall(r'<a class="ghost-source[^"]*" href="([^"]+)">data</a>', book.page["run"])
    assert address == "_static/ghost/data/fig-2a.csv"
    assert (book.html / address).read_text() == TABLE
    assert "description" not in book.page["run"]


@pytest.mark.parametrize("svg", [DRAWING, TABLED.replace(escape(TABLE), "series,x\n")])
def test_a_drawing_without_numbers_offers_none(svg):
    assert tables.carried(svg) == ""


def test_a_word_is_marked_with_the_colour_of_its_curve_and_is_plain_text_without_scripts(book):
    assert '<span class="ghost-curve ghost-curve-loss">loss</span>' in book.page["third"]
    assert '<span class="ghost-curve ghost-curve-gradient">its slope</span>' in book.page["third"]
    assert not re.search(r"ghost-curve[^>]*(tabindex|aria|role|style)", book.page["third"])


def test_a_symbol_in_such_a_word_is_a_formula_like_any_other(book):
    formula = '<span class="math notranslate nohighlight">\\(c^*\\)</span>'
    assert f'<span class="ghost-curve ghost-curve-optimum">one {formula}</span>' in book.page["second"]


def test_a_word_with_a_colour_that_means_nothing_is_a_mistake(bad_book):
    assert "curve: 'blue' is no colour of the grammar; allowed are ink, muted" in bad_book.warnings


def test_page_without_scripts_is_light_and_icons_are_drawn(book):
    assert not re.search(r"<html[^>]*data-theme", book.page["first"])
    assert 'class="ghost-icon' in book.page["first"]
    assert not re.search(r'<(i|span) class="[^"]*fa-', book.page["first"])


def test_logo_and_colours_are_the_books_own(book):
    assert 'class="ghost-mark"' in book.page["index"]
    assert (book.html / "_static/ghost/look.css").read_text() == palette.css()


FONT = (
    'var p={eye:[10,20,["see"],"f06e","M0 0"]};(function(){d("fab",p),d("fa-brands",p)}'
    'var p={"eye":[30,40,[9,"look"],"f06e","M1 1"]};(function(){d("fas",p),d("fa-solid",p)}'
)


def test_icons_are_read_by_set_name_and_alias():
    found = icons.read(FONT)
    assert found["fab", "see"] == found["fab", "eye"] == (10, 20, "M0 0")
    assert found["fas", "look"] == (30, 40, "M1 1")


def test_icon_keeps_its_place_but_not_its_tooltip():
    drawn = icons.draw('<i class="switch fa-solid  fa-look fa-lg" data-mode="dark" title="Dark"></i>', icons.read(FONT))
    assert drawn.startswith('<svg class="ghost-icon switch fa-look fa-lg" data-mode="dark" viewBox="0 0 30 40"')
    assert "title" not in drawn


def test_unknown_icon_is_refused():
    with pytest.raises(ValueError, match="fa-nowhere"):
        icons.draw('<i class="fas fa-nowhere"></i>', icons.read(FONT))


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/owner/name", "https://github.com/owner/name"),
        ("https://user:secret@github.com/owner/name.git/", "https://github.com/owner/name"),
        ("https://token@gitlab.example.org:8443/group/sub/name.git?x=1", "https://gitlab.example.org/group/sub/name"),
        ("git@github.com:owner/name.git", "https://github.com/owner/name"),
        ("ssh://git@gitlab.com:22/owner/name.git", "https://gitlab.com/owner/name"),
        ("https://forge.example.org/owner/name", None),
        ("https://github.com/owner", None),
        ("/srv/git/github/name.git", None),
        ("file:///srv/github/name.git", None),
        ("", None),
    ],
)
def test_remote_becomes_a_public_address_or_none(remote, address):
    assert launch.clean(remote) == address


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "https://github.com/from/remote"),
        ({"GITHUB_REPOSITORY": "from/workflow"}, "https://github.com/from/workflow"),
        (
            {"GITHUB_REPOSITORY": "from/workflow", "GITHUB_SERVER_URL": "https://github.example.org"},
            "https://github.example.org/from/workflow",
        ),
        (
            {"GITHUB_REPOSITORY": "from/workflow", "GHOSTBOOK_REPOSITORY": "https://gitlab.com/by/hand"},
            "https://gitlab.com/by/hand",
        ),
        ({"GITHUB_REPOSITORY": "from/workflow", "GHOSTBOOK_REPOSITORY": ""}, None),
    ],
)
def test_repository_is_asked_of_the_builder_then_the_workflow_then_git(environment, address):
    assert launch.repository(environment, "git@github.com:from/remote.git") == address


def test_without_a_repository_there_are_no_buttons():
    assert not any(launch.theme_options(None).values())


def test_with_a_repository_binder_opens_the_chapter_in_jupyterlab():
    options = launch.theme_options("https://github.com/owner/name")
    assert options["path_to_docs"] == "book"
    assert options["launch_buttons"] == {"notebook_interface": "jupyterlab", "binderhub_url": "https://mybinder.org"}


def test_colab_opens_the_chapter_on_the_branch_of_notebooks():
    button = launch.colab_button("https://github.com/owner/name", "02-ghost")
    assert button["url"] == "https://colab.research.google.com/github/owner/name/blob/notebooks/02-ghost.ipynb"


def test_record_shows_its_fields_before_its_sections():
    text = ["A record.", "", "m, n : arrays", "    of shape (B, N)", "", "Raises", "------", "ValueError", "    x : y"]
    shown = ["A record.", "", "``m``, ``n``", "    arrays", "    of shape (B, N)", *text[4:]]
    assert api.with_defined_fields(text) == shown


def test_bars_are_a_modulus_except_in_code():
    assert api.with_plain_bars("|T − t| in ``a|b`` and \\|x\\|") == "\\|T − t\\| in ``a|b`` and \\|x\\|"


def test_source_is_a_section():
    assert api.with_source_section(["Text.", "", "Source: Eq. (7)."]) == ["Text.", "", "Source", "------", "Eq. (7)."]


def test_a_page_says_what_it_is_about_to_those_who_share_it(book):
    page = book.page["second"]
    assert '<meta name="description" content="A note." />' not in page  # what stands in a box is no beginning
    assert '<meta property="og:title" content="Second" />' in page
    assert "og:image" not in page  # its address would have to be known


def test_a_description_is_prose_cut_at_the_end_of_a_word():
    document = nodes.section("", nodes.paragraph("", "", nodes.math("", "x")), nodes.paragraph(text="word " * 100))
    text = summary.describe(document)
    assert text.endswith("word …") and len(text) <= summary.LENGTH + 1
    assert summary.describe(nodes.section("", nodes.paragraph(text="Short.\nTwo lines."))) == "Short. Two lines."
    times = nodes.paragraph(text="To read: about 3 minutes.", classes=["ghost-reading"])
    assert summary.describe(nodes.section("", times, nodes.paragraph(text="A question?"))) == "A question?"


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, ""),
        ({"GITHUB_REPOSITORY": "owner/name"}, "https://owner.github.io/name/"),
        ({"GITHUB_REPOSITORY": "owner/name", "GHOSTBOOK_URL": "https://book.example"}, "https://book.example/"),
        ({"GITHUB_REPOSITORY": "owner/name", "GHOSTBOOK_URL": ""}, ""),
    ],
)
def test_the_published_address_is_that_of_the_workflow_or_of_whoever_sets_it(environment, address):
    assert summary.address(environment) == address


def test_roles_are_in_use_and_buttons_are_called_as_they_read():
    folded = '<summary aria-label="Toggle hidden content"><p>Show the code</p></summary>'
    assert access.mend(folded, "a.html") == "<summary><p>Show the code</p></summary>"
    button = '<button class="btn search-button-field search-button__button" title="Search" aria-label="Search">'
    other = '<button class="btn search-button" aria-label="Search"></button>'
    assert access.mend(button + other, "a.html") == button.replace(' aria-label="Search"', "") + other
    assert access.mend('<div role="doc-biblioentry">', "references.html") == '<div role="listitem">'
