"""The search finds words and chapters first, the library's reference last, and excerpts hold prose alone."""

from pathlib import Path


SCORER = """\
var Scorer = {
  score: ([page, title, anchor, description, score]) =>
    /^(api|genindex)$/.test(page) ? score - 100 : /^\\d\\d-(?!claims)/.test(page) ? score + 4 : score,
  objNameMatch: 11, objPartialMatch: 6, objPrio: { 0: 15, 1: 5, 2: -5 }, objPrioDefault: 0,
  title: 15, partialTitle: 7, term: 5, partialTerm: 2,
};
"""
# Sphinx puts the scorer between its search and the index, with which it begins: not later, when on a slow machine the
# first excerpts have been made. A formula that is more than letters is left out.
PROSE = """\
{
  const wholePage = Search.htmlToText;
  const greek = { alpha: "α", delta: "δ", Delta: "Δ", kappa: "κ", lambda: "λ", pi: "π", sigma: "σ", tau: "τ" };
  const letters = (tex) => tex.replace(/^..|..$/g, "").replace(/\\\\([a-zA-Z]+) ?/g, (all, name) => greek[name] ?? all);
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html"), article = page.querySelector(".bd-article");
    if (article) page.querySelector("[role=main]").replaceChildren(article);
    page.querySelectorAll("h1, svg, .ghost-widget, .ghost-reading, .cell_input, details.hide, div.math")
      .forEach((part) => part.remove());
    page.querySelectorAll("span.math").forEach((part) => {
      const plain = letters(part.textContent);
      part.replaceWith(plain.includes("\\\\") ? "…" : plain);
    });
    return wholePage(page.documentElement.outerHTML, anchor);
  };
}
"""


def _write_scorer(app, config):
    path = Path(app.doctreedir) / "scorer.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SCORER + PROSE, encoding="utf-8")
    config.html_search_scorer = str(path)


def setup(app):
    app.connect("config-inited", _write_scorer)
