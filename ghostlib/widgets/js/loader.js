// Brings the widgets of a static page to life: no kernel, no network, also from disk.
// Each widget's module arrives as text in a classic script, since pages opened from disk may not import modules.
(() => {
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  const sources = new Map();
  window.ghostWidgets = { define: (name, source) => sources.set(name, source) };

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

  // The address is the state of all widgets: #flow.r=0.25&flow.x_star=20 says what differs from how the page opens, and
  // all else is as it opens. An address of another kind, a section's say, asks nothing of them.
  const widgets = []; // { host, key, model, opening: [name, text] of each parameter }, in the order of the page
  let writing = null;

  // Ask a widget for what the address says; whether the address names it.
  function readAddress({ key, model, opening }) {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) return false;
    const named = [...new URLSearchParams(hash)].filter(([name]) => name.startsWith(`${key}.`)).map(([name, text]) => [name.slice(key.length + 1), text]);
    model.set("_request", [...new Map([...opening, ...named])]);
    return named.length > 0;
  }
  function writeAddress() {
    const changed = widgets.flatMap(({ key, model, opening }) =>
      opening.filter(([name, text]) => String(model.get(name)) !== text).map(([name]) => [`${key}.${name}`, model.get(name)]),
    );
    const hash = changed.length ? `#${new URLSearchParams(changed)}` : "";
    if (hash === location.hash || (!hash && !location.hash.includes("="))) return;
    history.replaceState(history.state, "", hash || location.pathname + location.search);
  }
  window.addEventListener("hashchange", () => {
    for (const widget of widgets) if (readAddress(widget)) widget.host.scrollIntoView();
  });

  const loaded = new Map();
  function moduleOf(name) {
    if (!loaded.has(name)) {
      loaded.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `${here}${name}.js`;
        script.onload = () => resolve(import(URL.createObjectURL(new Blob([sources.get(name)], { type: "text/javascript" }))));
        script.onerror = () => reject(new Error(`its script ${name}.js is missing`));
        document.head.append(script);
      }));
    }
    return loaded.get(name);
  }

  async function mount(host, key) {
    const live = host.querySelector(".ghost-live");
    const still = host.querySelector(".ghost-static");
    try {
      const model = new PageModel(JSON.parse(host.querySelector("script[type='application/json']").textContent));
      const opening = Object.keys(model.get("_spec")).map((name) => [name, String(model.get(name))]);
      const widget = { host, key, model, opening };
      widgets.push(widget);
      const named = readAddress(widget);
      const { default: view } = await moduleOf(host.dataset.widget);
      // Until it is drawn the picture stays; see .ghost-live[hidden] in widgets.css.
      await view.render({ model, el: live });
      live.hidden = false;
      still.hidden = true;
      model.on("change", () => {
        clearTimeout(writing);
        writing = setTimeout(writeAddress, 200);
      });
      if (named) host.scrollIntoView();
      host.dataset.state = "live";
    } catch (error) {
      // The picture stays, and the other widgets never hear of it.
      live.hidden = true;
      still.hidden = false;
      host.dataset.state = "failed";
      const message = host.querySelector(":scope > .ghost-message");
      message.textContent = `This figure could not start (${error.message}). The picture shows it at the paper’s values.`;
      message.hidden = false;
    }
  }

  function start() {
    const seen = new Map();
    for (const host of document.querySelectorAll(".ghost-widget")) {
      const count = (seen.get(host.dataset.widget) ?? 0) + 1;
      seen.set(host.dataset.widget, count);
      const key = count === 1 ? host.dataset.widget : `${host.dataset.widget}-${count}`;
      host.dataset.key = key;
      mount(host, key);
    }
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
