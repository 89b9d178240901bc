// The rows of the ledger are checked again in the reader's own browser, one by one or all together.
// Without this script the table is whole, with the build's verdicts.

import { show } from "../core/numbers.js";
import { button, node } from "../page/ui.js";
import { borneOut } from "./comparator.js";
import { filters, sortable } from "./ledger.js";
import { PLAN, SMALLER } from "./referee_plan.js";
import { Pool } from "./referee_pool.js";

const HERE = document.currentScript.src.replace(/[^/]*$/, "");
const WORKER = `${HERE}referee_worker.js`;
const CHECKABLE = new Set(PLAN.flatMap(({ rows }) => rows));

// Pages opened from disk may not start a worker from a file: there the file comes as a script, and its text makes one.
let source = null;
function createWorker() {
  if (location.protocol !== "file:") return Promise.resolve(new Worker(WORKER));
  source ??= new Promise((resolve, reject) => {
    const script = node("script", { src: WORKER });
    script.onload = () => resolve(URL.createObjectURL(new Blob([`(${window.ghostReferee})()`], { type: "text/javascript" })));
    script.onerror = () => reject(new Error("the script of the checks is missing"));
    document.head.append(script);
  });
  return source.then((address) => new Worker(address));
}

const worded = (value) => (typeof value === "boolean" ? (value ? "holds" : "does not hold") : show(value));

// One row of the table: its cell for the check, and what the reader's browser has found.
class Row {
  constructor(cell) {
    const element = cell.closest("tr");
    const { rule, number, verdict, value, place, chapters } = cell.dataset;
    Object.assign(this, { element, id: element.id, rule, verdict, place, chapters: chapters.split("|"), words: element.textContent.toLowerCase(), found: null });
    this.number = number === "" ? null : Number(number);
    this.value = value === "" ? null : JSON.parse(value);
    if (!CHECKABLE.has(this.id)) return;
    this.ask = node("button", { type: "button", name: "check", "aria-label": `Check here: ${this.id}` }, "Check");
    this.answer = node("span", { class: "ghost-answer" });
    cell.replaceChildren(this.ask, this.answer);
  }
  hear({ share, value, seconds, core, error }) {
    if (error !== undefined) this.answer.textContent = `could not be checked: ${error}`;
    else if (share !== undefined) this.answer.textContent = `${Math.round(100 * share)}%`;
    else {
      const agrees = borneOut(this.verdict, this.rule, this.number, value);
      this.found = { value, seconds, core, agrees };
      this.ask.hidden = true;
      this.answer.dataset.agrees = agrees;
      const smaller = SMALLER[this.id] ? ` (${SMALLER[this.id]})` : "";
      this.answer.textContent = `${agrees ? "✓" : "✗"} your browser: ${worded(value)}, ${show(seconds, 2)} s${smaller}`;
    }
  }
  forget() {
    if (this.found === null && this.answer) this.answer.textContent = "";
  }
}

function report(rows) {
  const checked = rows.filter(({ found }) => found).map(({ id, rule, verdict, number, value, found }) => ({ id, rule, paper: number, verdict, build: value, browser: found.value, agrees: found.agrees, seconds: found.seconds, core: found.core }));
  const text = JSON.stringify({ book: document.querySelector(".ghost-ledger-version")?.dataset.version, date: new Date().toISOString(), browser: navigator.userAgent, rows: checked }, null, 2);
  const link = node("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "checked-here.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Buttons to check everything, to stop, and to take the result away, with one sentence on where it stands.
function referee(rows) {
  const checkable = rows.filter(({ ask }) => ask);
  const sentence = node("p", { class: "ghost-sentence", role: "status" });
  const all = button("all", "Check all here", () => ask(checkable.map(({ id }) => id)));
  const halt = button("stop", "Stop", stop);
  const take = button("report", "Download report", () => report(rows));
  const buttons = [all, halt, take];
  const pool = new Pool(createWorker, (id, news) => (checkable.find((row) => row.id === id).hear(news), tell(true)), () => tell(false));

  function ask(ids) {
    pool.check(ids);
    tell(true);
  }
  function stop() {
    pool.stop();
    for (const row of checkable) row.forget();
    tell(false);
  }
  function tell(isRunning) {
    const pressed = buttons.find((each) => each === document.activeElement);
    const found = checkable.filter((row) => row.found);
    const against = found.filter((row) => !row.found.agrees).length;
    const seconds = found.reduce((sum, row) => sum + row.found.seconds, 0);
    halt.hidden = !isRunning;
    all.hidden = isRunning || found.length === checkable.length;
    take.hidden = found.length === 0;
    if (pressed?.hidden) buttons.find(({ hidden }) => !hidden)?.focus(); // who goes by keyboard does not start anew
    sentence.textContent = found.length
      ? `${found.length} of ${checkable.length} checked in your browser, ${show(seconds, 2)} s of work: ${against ? `${against} against the verdict` : "every verdict is borne out"}.`
      : `Your browser can check ${checkable.length} of the ${rows.length} claims again, here and now, by itself.`;
  }
  for (const row of checkable) row.ask.addEventListener("click", () => ask([row.id]));
  tell(false);
  return node("div", { class: "ghost-referee" }, sentence, node("div", { class: "ghost-buttons" }, ...buttons));
}

// Who follows a link to a row sees how it was checked, and the button that checks it again.
function arrive(rows) {
  const row = rows.find(({ id }) => `#${id}` === location.hash);
  if (!row) return;
  row.element.querySelector("details").open = true;
  row.element.scrollIntoView();
  row.ask?.scrollIntoView({ block: "nearest" });
}

const table = document.querySelector("table.ghost-ledger");
if (table) {
  const rows = [...table.querySelectorAll(".ghost-check")].map((cell) => new Row(cell));
  sortable(table, rows);
  table.before(referee(rows), filters(table, rows));
  // With the page the browser comes to the row by itself, once more when everything is there.
  for (const event of ["hashchange", "load"]) window.addEventListener(event, () => arrive(rows));
  arrive(rows);
}
