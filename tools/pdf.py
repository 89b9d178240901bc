"""One PDF of the whole book: its pages as one document, printed by the Chromium that also tests it.

Chromium makes the bookmarks, the links and the page numbers. It prints twice, the second time with the numbers of the
pages in the contents.
"""

import io
import re
import sys
from html import escape
from pathlib import Path

import yaml
from pypdf import PdfReader


ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from browser import launch  # noqa: E402 (the tests' browser, found a line above)


ARTICLE = re.compile(r'<article class="bd-article"[^>]*>(.*?)</article>', re.DOTALL)
STYLE_SHEET = re.compile(r'<link [^>]*rel="stylesheet"[^>]*>')
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="([^"?]+)[^"]*"[^>]*></script>')
SHEET = """\
@page {
  size: A4;
  margin: 22mm 24mm 24mm;
  @bottom-center { content: counter(page); font: 9pt sans-serif; color: #5c6470; }
}
@page :first { @bottom-center { content: none; } }
html { font-size: 13px; orphans: 3; widows: 3; }
body { display: block; min-height: 0; }
.bd-article { break-before: page; padding: 0; }
.bd-article pre { white-space: pre-wrap; overflow: visible; }
.bd-article code, .bd-article code .pre { overflow-wrap: anywhere; white-space: normal; }
.bd-article tr { break-inside: avoid; }
.bd-article svg.ghost-figure { max-height: 118mm; }
/* Air above the letters: those that reach over the edge of a page would be bookmarked twice. */
.bd-article :is(h1, h2, h3, h4) { break-after: avoid; line-height: 1.6; }
.title-page { padding-top: 60mm; text-align: center; }
.title-page h1 { font-size: 2.6rem; margin: 1rem 0; }
.title-page svg { width: 28mm; height: auto; }
.contents dt { margin-top: 1rem; }
.contents dd { display: flex; margin: 0.2rem 0; gap: 0.5rem; }
.contents dd::before { content: ""; order: 1; flex: 1; border-bottom: 1px dotted #5c6470; margin-bottom: 0.3rem; }
.contents span { order: 2; }
"""
# What would be cut off.
CUT = """() => [...document.querySelectorAll("pre, code, table, p, figure, svg, img, mjx-container")].filter((part) => {
  const { left, right, width } = part.getBoundingClientRect();
  return width && (left < -1 || right > document.documentElement.clientWidth + 1);
}).map((part) => `${part.closest("article").id}: ${part.outerHTML.slice(0, 200)}`)"""
FILL = "(pages) => document.querySelectorAll('[data-page]').forEach((at) => (at.innerText = pages[at.dataset.page]))"
WIDTH = round((210 - 2 * 24) / 25.4 * 96)  # CSS pixels between the margins


def chapters(toc):
    """What ``_toc.yml`` lists, in its order: pairs of a part's caption and the names of its pages."""
    parts = [(part["caption"], [row["file"] for row in part["chapters"]]) for part in toc["parts"]]
    return [("", [toc["root"]]), *parts]


def article(html, name, names):
    """What a page says, with ids and links that hold in a document of all pages.

    Parameters
    ----------
    html : str
        A finished page.
    name : str
        Its name; the page becomes the anchor ``name``, and an anchor ``x`` in it ``name--x``.
    names : list of str
        All pages of the document. A link to anything else, which does not come along, is left as its text.
    """
    text = re.sub(r"<script\b.*?</script>", "", ARTICLE.search(html)[1], flags=re.DOTALL)
    text = re.sub(r'(?<![\w-])(id|for|aria-labelledby|aria-describedby)="([^"]+)"', rf'\1="{name}--\2"', text)
    text = re.sub(r"url\(#", f"url(#{name}--", text)

    def link(match):
        page, _, anchor = match[1].partition("#")
        target = page.removesuffix(".html") if page else name
        if target not in names or "=" in anchor:  # the state of a widget is no place
            return ""
        return f'href="#{target}--{anchor}"' if anchor else f'href="#{target}"'

    text = re.sub(r'(?<![\w:-])href="(?![a-z]+:)([^"]*)"', link, text)
    text = re.sub(r'xlink:href="#', f'xlink:href="#{name}--', text)
    return f'<article class="bd-article" id="{name}">{text}</article>'


def mathjax(html, page):
    """The elements of a page of the book in the folder `html` that set MathJax up and load it."""
    for script in SCRIPT.finditer(page):
        if "mathjax/" in script[1] or (html / script[1]).read_text(encoding="utf-8").startswith("window.MathJax"):
            yield script[0]


def document(html, toc, *, title, lead, imprint, logo):
    """The source of the whole book: a title page, the contents, and every page of `toc`.

    Parameters
    ----------
    html : Path
        The built book.
    toc : dict
        As ``_toc.yml`` has it.
    title, lead, imprint, logo : str
        For the title page; the logo is an SVG.
    """
    parts = chapters(toc)
    names = [name for _, pages in parts for name in pages]
    pages = {name: (html / f"{name}.html").read_text(encoding="utf-8") for name in names}
    head = dict.fromkeys(tag for page in pages.values() for tag in [*STYLE_SHEET.findall(page), *mathjax(html, page)])
    bodies = {name: article(page, name, names) for name, page in pages.items()}
    heading = {name: re.search(r"<h1>(.*?)<a ", body, re.DOTALL)[1] for name, body in bodies.items()}
    rows = "".join(
        (f"<dt>{escape(caption)}</dt>" if caption else "")
        + "".join(f'<dd><a href="#{name}">{heading[name]}</a><span data-page="{name}"></span></dd>' for name in listed)
        for caption, listed in parts
    )
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"{''.join(head)}<style>{SHEET}</style></head><body>"
        f'<div class="title-page">{logo}<h1>{escape(title)}</h1><p>{escape(lead)}</p><p>{escape(imprint)}</p></div>'
        f'<article class="bd-article contents" id="contents"><h1>Contents</h1><dl>{rows}</dl></article>'
        f"{''.join(bodies.values())}</body></html>"
    )


def numbers(printed):
    """Page number by name of all places that links lead to."""
    reader = PdfReader(io.BytesIO(printed))
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def dated(printed, moment):
    """The file as if it had been made at `moment`: what the clock says is all that differs between two of the same."""
    return re.sub(rb"\(D:\d{14}\+00'00'\)", f"(D:{moment:%Y%m%d%H%M%S}+00'00')".encode(), printed)


def make(html, moment):
    """The PDF of the built book in the folder `html`, as bytes, dated `moment`."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    source = html.resolve() / "whole-book.html"
    source.write_text(
        document(
            html,
            toc,
            title=config["title"],
            lead="An interactive companion to “A ghost mechanism: An analytical model of abrupt learning”",
            imprint=f"{moment:%-d %B %Y} · {config['copyright']}",
            logo=(ROOT / "book/_static/logo.svg").read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )
    try:
        with launch() as browser:
            return dated(sheets(browser, source), moment)
    finally:
        source.unlink()


def sheets(browser, source):
    """The document in the file `source`, as PDF, with the numbers of its pages in its contents.

    Raises
    ------
    ValueError
        If something is wider than the sheet: on paper nobody can scroll to the rest of it. Or if no formula is set.
    """
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
    page.set_default_timeout(600_000)  # a thousand formulas, perhaps on a busy machine
    page.emulate_media(media="print")
    page.goto(source.as_uri())
    page.evaluate("window.MathJax?.startup.promise")
    page.evaluate("document.querySelectorAll('details:not(.hide)').forEach((part) => (part.open = true))")
    if page.evaluate("document.querySelector('.math') && !document.querySelector('mjx-container')"):
        raise ValueError("the formulas are not set: the pages load MathJax in a way that is not known here")
    if cut := page.evaluate(CUT):
        raise ValueError("wider than the sheet, so that a part would be cut off:\n" + "\n".join(cut))
    settings = {"prefer_css_page_size": True, "outline": True, "tagged": True}
    page.evaluate(FILL, numbers(page.pdf(**settings)))
    return page.pdf(**settings)
