// The ledger's table in the hands of a reader: find, filter, sort. A row is { element, id, verdict, place, chapters, words }.

import { button, node } from "../page/ui.js";

const FILTERS = { verdict: "verdict", place: "figure", chapter: "chapter" };

// A word to find and what to keep, in the query of the address, so that a link shows the same rows.
export function filters(table, rows) {
  const query = new URLSearchParams(location.search);
  const count = node("p", { class: "ghost-count", role: "status" });
  const find = node("input", { type: "search", name: "find", "aria-label": "Find in the ledger", placeholder: "Find", value: query.get("find") ?? "", oninput: update });
  const options = (name) => [...new Set(rows.flatMap((row) => (name === "chapter" ? row.chapters : row[name])))].filter(Boolean);
  const selects = Object.entries(FILTERS).map(([name, words]) => {
    const select = node("select", { name, "aria-label": `Only this ${words}`, onchange: update }, node("option", { value: "" }, `any ${words}`), ...options(name).map((value) => node("option", { value }, value)));
    if (options(name).includes(query.get(name))) select.value = query.get(name);
    return select;
  });
  function update() {
    const [verdict, place, chapter] = selects.map(({ value }) => value);
    const words = find.value.trim().toLowerCase().split(/\s+/);
    for (const row of rows) {
      const isWanted = (!verdict || row.verdict === verdict) && (!place || row.place === place) && (!chapter || row.chapters.includes(chapter)) && words.every((word) => row.words.includes(word));
      row.element.hidden = !isWanted && `#${row.element.id}` !== location.hash;
    }
    const shown = rows.filter(({ element }) => !element.hidden).length;
    count.textContent = shown === rows.length ? "" : `${shown} of ${rows.length} claims shown`;
    table.classList.toggle("is-filtered", shown < rows.length);
    remember();
  }
  function remember() {
    const kept = new URLSearchParams([["find", find.value.trim()], ...selects.map(({ name, value }) => [name, value])].filter(([, value]) => value));
    const wanted = kept.size ? `?${kept}` : "";
    if (wanted === location.search) return;
    try {
      history.replaceState(history.state, "", location.pathname + wanted + location.hash);
    } catch {
      // Some browsers refuse this for files and in great number; the rows are right all the same.
    }
  }
  window.addEventListener("hashchange", update);
  update();
  return node("div", { class: "ghost-filters" }, find, ...selects, count);
}

// A press on a column's head sorts by it, a second press the other way round, a third as the paper has it.
export function sortable(table, rows) {
  const order = new Map(rows.map((row, k) => [row, k]));
  const body = table.tBodies[0];
  const original = [...body.rows];
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const name = head.textContent.trim();
    const press = button("sort", name, () => {
      const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort ?? "none"];
      for (const other of table.tHead.rows[0].cells) other.ariaSort = "none";
      head.ariaSort = next;
      table.classList.toggle("is-sorted", next !== "none");
      if (next === "none") return body.append(...original);
      const text = (row) => row.element.cells[column].textContent.replace(/^[^\p{L}\p{N}]+/u, ""); // not by a verdict's sign
      const sign = next === "ascending" ? 1 : -1;
      const sorted = [...rows].sort((one, other) => sign * text(one).localeCompare(text(other), undefined, { numeric: true }) || order.get(one) - order.get(other));
      body.append(...sorted.map(({ element }) => element));
    });
    head.replaceChildren(press);
  }
}
