"""What a reader takes away: the PDF's contents, links and bookmarks, the zip, and the notebooks for Colab."""

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import colab
import dist
import pdf
import pytest
import yaml
from pypdf import PdfReader


ROOT = Path(__file__).parent.parent
HTML = ROOT / "_build" / "html"
TOC = {"root": "index", "parts": [{"caption": "A part", "chapters": [{"file": "one"}]}]}
WHEN = datetime(2026, 11, 26, 12, 30, 40, tzinfo=UTC)


def page(title, body):
    """A page as the theme makes it, around what matters here."""
    return (
        '<html><head><link rel="stylesheet" href="book.css"></head><body><h1>On this page</h1>'
        f'<article class="bd-article" role="main"><section id="top"><h1>{title}<a class="link" href="#top">#</a></h1>'
        f"{body}</section></article></body></html>"
    )


@pytest.fixture
def book(tmp_path):
    """A folder with a book of two pages that refer to each other, one with a drawing."""
    (tmp_path / "book.css").write_text(".link { display: none; }")
    index = '<p id="start">See <a href="one.html#eq-7">Eq. 7</a> and <a href="search.html">search</a>.</p><h2>End</h2>'
    drawing = '<svg viewBox="0 0 9 9"><path id="p" d="M0 0"/><use xlink:href="#p"/><g clip-path="url(#p)"></g></svg>'
    one = f'<div id="eq-7">x = 7</div>{drawing}<a href="index.html">Back</a> <a href="https://x.org/">afar</a>'
    (tmp_path / "index.html").write_text(page("The book", index))
    (tmp_path / "one.html").write_text(page("Chapter one", one))
    return tmp_path


def written(book, source="all.html"):
    """The whole of a small book in one file."""
    words = {"title": "The book", "lead": "A companion", "imprint": "2026", "logo": ""}
    (book / source).write_text(pdf.document(book, TOC, **words))
    return book / source


class TestPDF:
    def test_it_has_a_title_page_contents_with_page_numbers_bookmarks_and_links(self, book, browser):
        read = PdfReader(io.BytesIO(pdf.sheets(browser, written(book))))
        texts = [page.extract_text() for page in read.pages]
        assert len(texts) == 4
        assert "A companion" in texts[0]
        assert re.search(r"A part\s+Chapter one\s*4", texts[1])
        assert texts[2].startswith("3\n") and texts[0].startswith("The book\n")  # the first page bears no number
        first, *rest = [entry for entry in read.outline if not isinstance(entry, list)]
        assert [first.title, *(entry.title for entry in rest)] == ["The book", "Contents", "The book", "Chapter one"]
        assert read.get_destination_page_number(rest[-1]) == 3
        assert read.get_destination_page_number(read.named_destinations["/one--eq-7"]) == 3
        links = [note.get_object() for page in read.pages for note in page.get("/Annots", [])]
        assert {str(link["/A"]["/URI"]) for link in links if "/URI" in link.get("/A", {})} == {"https://x.org/"}

    def test_the_same_pages_give_the_same_bytes(self, book, browser):
        first, second = (pdf.dated(pdf.sheets(browser, written(book)), WHEN) for _ in range(2))
        assert first == second

    def test_all_that_is_folded_is_open_but_code(self, book, browser):
        folded = "<details{}><summary>{}</summary>{}</details>"
        parts = (
            (' class="sd-dropdown"', "Answer", "forty-two"),
            ("", "Row", "evidence"),
            (' class="hide"', "Code", "x=1"),
        )
        (book / "one.html").write_text(page("One", "".join(folded.format(*part) for part in parts)))
        words = PdfReader(io.BytesIO(pdf.sheets(browser, written(book)))).pages[3].extract_text()
        assert "forty-two" in words and "evidence" in words and "x=1" not in words

    def test_what_would_be_cut_off_is_refused(self, book, browser):
        (book / "one.html").write_text(page("One", '<table><tr><td style="min-width: 3000px">wide</td></tr></table>'))
        with pytest.raises(ValueError, match="wider than the sheet.*\none: <table>"):
            pdf.sheets(browser, written(book))

    def test_formulas_that_nothing_sets_are_refused(self, book, browser):
        (book / "one.html").write_text(page("One", r'<p class="math">\(x\)</p>'))
        with pytest.raises(ValueError, match="formulas are not set"):
            pdf.sheets(browser, written(book))

    def test_ids_of_different_pages_stay_apart_and_what_is_left_behind_is_no_link(self, book):
        text = written(book).read_text()
        assert 'id="index--top"' in text and 'id="one--top"' in text
        assert 'xlink:href="#one--p"' in text and 'clip-path="url(#one--p)"' in text
        assert "<a >search</a>" in text and "search.html" not in text

    def test_it_is_dated_by_the_commit(self):
        made = b"/CreationDate (D:20301231235959+00'00')\n/ModDate (D:20301231235959+00'00')"
        assert pdf.dated(made, WHEN) == made.replace(b"20301231235959", b"20261126123040")

    @pytest.mark.slow  # it wants the book to be built
    def test_every_link_within_the_whole_book_leads_somewhere(self):
        toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
        text = pdf.document(HTML, toc, title="", lead="", imprint="", logo="")
        ids = re.findall(r'(?<![\w-])id="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        links = set(re.findall(r'(?<![\w-])(?:xlink:)?href="#([^"]+)"', text))
        assert len(links) > 300
        assert links - set(ids) == set()
        assert len(set(pdf.mathjax(HTML, text))) == 2  # its settings, and itself


class TestZip:
    def test_the_same_pages_give_the_same_bytes_and_the_checksum_is_theirs(self, book, tmp_path_factory):
        (book / ".buildinfo").write_text("what only the next build wants")
        made = []
        for name in ("a", "b"):
            target = tmp_path_factory.mktemp(name) / "ghost-book.zip"
            (book / "one.html").touch()
            dist.pack(book, target, WHEN)
            digest = hashlib.sha256(target.read_bytes()).hexdigest()
            assert target.with_name("ghost-book.zip.sha256").read_text() == f"{digest}  ghost-book.zip\n"
            made.append(target)
        assert made[0].read_bytes() == made[1].read_bytes()
        with zipfile.ZipFile(made[0]) as packed:
            assert packed.namelist() == [f"ghost-book/{name}" for name in ("book.css", "index.html", "one.html")]
            assert packed.getinfo("ghost-book/one.html").date_time == (2026, 11, 26, 12, 30, 40)

    @pytest.mark.slow  # it wants the book to be built
    def test_a_page_of_the_book_is_alive_when_it_is_opened_from_the_zip(self, browser, tmp_path):
        dist.pack(HTML, tmp_path / "ghost-book.zip", WHEN)
        with zipfile.ZipFile(tmp_path / "ghost-book.zip") as packed:
            packed.extractall(tmp_path)
        with browser.new_context() as context:
            opened = context.new_page()
            opened.goto((tmp_path / "ghost-book" / "02-ghost.html").as_uri())
            opened.wait_for_selector(".ghost-widget[data-state=live]")

    def test_links_to_the_pdf_show_once_it_is_there(self, book):
        hidden = '<a class="ghost-whole-book" hidden href="ghost-book.pdf">'
        assert hidden in (ROOT / "book" / "reproducing.md").read_text(encoding="utf-8")
        (book / "one.html").write_text(hidden)
        dist.reveal(book)
        assert (book / "one.html").read_text() == '<a class="ghost-whole-book" href="ghost-book.pdf">'

    def test_it_is_as_old_as_its_commit_or_as_whoever_makes_it_says(self):
        assert dist.moment({"SOURCE_DATE_EPOCH": "1795696240"}) == WHEN
        assert dist.moment({}) <= datetime.now(UTC)


class TestColab:
    def test_the_first_cell_installs_the_library_and_leaves_torch_alone(self):
        chapter = colab.notebook(ROOT / "book" / "02-ghost.md", "https://github.com/owner/name", "The title")
        note, install, *rest = chapter.cells
        assert "[The title](https://github.com/owner/name)" in note.source
        assert "git clone --quiet --depth 1 https://github.com/owner/name" in install.source
        (extras,) = re.findall(r"%pip install .*\[(.*?)\]", install.source)
        assert set(extras.split(",")) == {"plots", "widgets", "book"}
        assert rest[0].source == "# The ghost"

    def test_every_chapter_is_written_in_the_same_bytes_each_time(self, tmp_path):
        for name in ("a", "b"):
            colab.main(tmp_path / name, "https://github.com/owner/name")
        made = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
        assert "08-sloppy-ranks.ipynb" in made and "references.ipynb" not in made
        assert made == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
