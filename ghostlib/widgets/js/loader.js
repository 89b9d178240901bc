// Brings the widgets of a static page to life: no kernel, no network, also from disk.
// Each widget's module arrives as text in a classic script, since pages opened from disk may not import modules.
(() => {
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  const sources = new Map();
  window.ghostWidgets = { define: (name, source) => sources.set(name, source) };

  // The part of an anywidget model that our widgets use, over plain state.
  class PageModel {
    constructor(state) {
      this.state = state;
      this.listeners = new Map();
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      if (Object.is(this.state[name], value)) return;
      this.state[name] = value;
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

  // The address keeps what differs from how the page opens: #flow.r=0.25&flow.x_star=20
  const address = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  function requestOf(key) {
    const wanted = {};
    for (const [name, value] of address()) if (name.startsWith(`${key}.`)) wanted[name.slice(key.length + 1)] = value.trim() === "" ? NaN : Number(value);
    return wanted;
  }
  function writeAddress(key, model, opening) {
    const all = address();
    for (const name of [...all.keys()]) if (name.startsWith(`${key}.`)) all.delete(name);
    for (const name of Object.keys(model.get("_spec"))) if (model.get(name) !== opening[name]) all.set(`${key}.${name}`, model.get(name));
    const hash = all.toString();
    if (hash || location.hash.includes("=")) history.replaceState(history.state, "", hash ? `#${hash}` : location.pathname + location.search);
  }

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
      const opening = { ...model.state };
      model.state._request = requestOf(key);
      const { default: widget } = await moduleOf(host.dataset.widget);
      live.hidden = false;
      still.hidden = true;
      widget.render({ model, el: live });
      let timer = null;
      model.on("change", () => {
        clearTimeout(timer);
        timer = setTimeout(() => writeAddress(key, model, opening), 200);
      });
      const show = () => Object.keys(model.get("_request")).length && host.scrollIntoView();
      window.addEventListener("hashchange", () => {
        model.set("_request", requestOf(key));
        show();
      });
      show();
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
