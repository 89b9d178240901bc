// Brings the widgets of a static page to life: no kernel, no network, also from disk. It stands at the end of one classic
// script, after the modules that widgets share, whose exports are `core`; each widget and each piece of data that several
// widgets need is a classic script of its own, which runs after this one and calls `define` or `share`. Classic, since
// pages opened from disk may not import modules; files, since a page may forbid scripts that stand in it. They run where
// the page's first widget ends, before its first paint and all other scripts; the rest of the page is then still to come.

const WRITTEN = 200; // milliseconds after the last change at which the address is written
const TRIED_AGAIN = 5000; // after the browser has refused to write it, as some do when it changes often

// The part of an anywidget model that our widgets use, over plain state.
class PageModel {
  constructor(state) {
    this.state = new Map(Object.entries(state));
    this.listeners = new Map();
  }
  get(name) {
    return this.state.get(name);
  }
  set(name, value) {
    if (Object.is(this.get(name), value)) return;
    this.state.set(name, value);
    this.tell(`change:${name}`);
    this.tell("change");
  }
  save_changes() {}
  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event).add(listener);
  }
  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
  }
  tell(event) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener();
  }
}

// ---------------------------------------------------------------------------------------------- the address

// The address is the state of all widgets: #flow.r=0.25&flow.x_star=20 says what differs from how the page opens, and
// all else is as it opens. An address of another kind, a section's say, asks nothing of them.
let alive = []; // { host, key, model, opening: [name, text] of each parameter }
let writing = null;

// Ask a widget for what the address says; whether the address names it.
function readAddress({ key, model, opening }, address = location.href) {
  const hash = new URL(address).hash.slice(1);
  if (hash && !hash.includes("=")) return false;
  const named = [...new URLSearchParams(hash)].filter(([name]) => name.startsWith(`${key}.`)).map(([name, text]) => [name.slice(key.length + 1), text]);
  model.set("_request", [...new Map([...opening, ...named])]);
  return named.length > 0;
}
function writeLater(milliseconds) {
  clearTimeout(writing);
  writing = setTimeout(writeAddress, milliseconds);
}
function writeAddress() {
  clearTimeout(writing);
  writing = null;
  const changed = alive.flatMap(({ host, key, model, opening }) => {
    const own = opening.filter(([name, text]) => String(model.get(name)) !== text);
    host.toggleAttribute("data-changed", own.length > 0);
    return own.map(([name]) => [`${key}.${name}`, model.get(name)]);
  });
  const hash = changed.length ? `#${new URLSearchParams(changed)}` : "";
  if (hash === location.hash || (!hash && !location.hash.includes("="))) return;
  try {
    history.replaceState(history.state, "", hash || location.pathname + location.search);
  } catch {
    writeLater(TRIED_AGAIN);
  }
}
// What was asked for, which may have been written over by the time it is heard.
window.addEventListener("hashchange", ({ newURL }) => alive.filter((widget) => readAddress(widget, newURL))[0]?.host.scrollIntoView());
// Before a link leads on, so that the way back leads to what was left.
window.addEventListener("click", () => writing !== null && writeAddress(), { capture: true });

// ---------------------------------------------------------------------------------------------- the widgets

const shared = {};
const views = {}; // what makes the view of each kind of widget
const waiting = new Set();
const counts = {};

// The widgets of the page as far as it has been read: each gets its key, and those that can be are brought to life.
function meet() {
  for (const host of document.querySelectorAll(".ghost-widget:not([data-key])")) {
    const { widget } = host.dataset;
    counts[widget] = (counts[widget] ?? 0) + 1;
    host.dataset.key = widget + (counts[widget] > 1 ? `-${counts[widget]}` : "");
    waiting.add(host);
  }
  for (const host of waiting) if (Object.hasOwn(views, host.dataset.widget)) attempt(host, () => mount(host, views[host.dataset.widget]()));
}

// Shows what is alive, or else the picture.
function showLive(host, isAlive) {
  host.querySelector(".ghost-live").hidden = !isAlive;
  host.querySelector(".ghost-static").hidden = isAlive;
  for (const hint of host.querySelectorAll(".ghost-hint")) hint.hidden = !isAlive;
  host.dataset.state = isAlive ? "live" : "failed";
}
async function mount(host, view) {
  const model = new PageModel({ ...shared, ...JSON.parse(host.querySelector("script[type='application/json']").textContent) });
  const opening = Object.keys(model.get("_spec")).map((name) => [name, String(model.get(name))]);
  const widget = { host, key: host.dataset.key, model, opening };
  const named = readAddress(widget);
  const isFirst = named && !alive.some(({ named }) => named);
  alive.push({ ...widget, named });
  // Until it is drawn the picture stays; see .ghost-live[hidden] in widgets.css.
  await view.render({ model, el: host.querySelector(".ghost-live") });
  showLive(host, true);
  if (isFirst) host.scrollIntoView();
  // Where a training stands is not in the address.
  for (const name of ["_request", ...opening.map(([name]) => name)]) model.on(`change:${name}`, () => writeLater(WRITTEN));
}
// Does it for a host, and where it cannot be done the picture stays, and the other widgets never hear of it.
async function attempt(host, action) {
  waiting.delete(host);
  try {
    await action(host);
  } catch (error) {
    alive = alive.filter((widget) => widget.host !== host);
    showLive(host, false);
    const message = host.querySelector(":scope > .ghost-message");
    message.textContent = `This figure could not start (${error.message}). The picture shows it at the paper’s values.`;
    message.hidden = false;
  }
}

window.ghostWidgets = {
  share: (data) => Object.assign(shared, data),
  define(name, make) {
    let view = null;
    views[name] = () => (view ??= make(core));
    meet();
  },
};
document.addEventListener("readystatechange", meet); // when all of the page is there: before the scripts that wait for that
window.addEventListener("load", () => {
  for (const host of waiting)
    attempt(host, () => {
      throw new Error(`its script ${host.dataset.widget}.js is missing`);
    });
});
