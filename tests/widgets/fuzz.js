// The work of test_fuzz.py, inside the page: many states of one widget, and what was wrong with them.
async ([key, states, seed]) => {
  const HANG = 200, REPEATS = 20, ADDRESSES = 150; // milliseconds; Chromium ignores addresses that come more often
  const LEAP = 1000, UNHURRIED = 0.1; // milliseconds, and the share of states in which a training gets its full time
  const NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty", "", "<b>", "x".repeat(3000), "\0", "%"];
  const TEXTS = [
    "NaN", "Infinity", "-Infinity", "1e308", "-1e308", "1e309", "5e-324", "-0", "", " ", "1,000", "10,5", "1.2.3", "0x10", "1e", "٣",
    "constructor", "__proto__", "null", "undefined", "true", "[]", "\0", "\u202e1", "🦖".repeat(2000), "9".repeat(5000), "0.".padEnd(4000, "0"),
    "<img src=x onerror='window.harmed = true'>", "\"'></svg><script>window.harmed = true</script>", "javascript:window.harmed=true", "&lt;b&gt;", "%00", "%E0%A4%A",
  ];
  const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Enter", "Escape", " ", "Tab", "a"];
  let state = seed;
  const random = () => { // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const one = (list) => list[Math.floor(random() * list.length)];

  // A clock that leaps whenever it is read, so that a training in motion rests after a few epochs, but not in every state.
  const clock = performance.now.bind(performance);
  let leap = 0, leapt = 0;
  performance.now = () => clock() + (leapt += leap);

  // Frames at once and not sixty times a second; and an address that the browser often refuses to write.
  const frames = new Map(), { port1, port2 } = new MessageChannel();
  let last = 0;
  port1.onmessage = ({ data }) => { const draw = frames.get(data); frames.delete(data); draw?.(performance.now()); };
  window.requestAnimationFrame = (draw) => { frames.set((last += 1), draw); port2.postMessage(last); return last; };
  window.cancelAnimationFrame = (id) => frames.delete(id);
  history.replaceState = () => { if (random() < 0.5) throw new DOMException("too often", "SecurityError"); };

  const host = document.querySelector(".ghost-widget"), live = host.querySelector(".ghost-live");
  const spec = JSON.parse(host.querySelector("script").textContent)._spec;
  const number = ({ low, high, whole }) => {
    const value = low > 0 && high / low > 50 ? low * (high / low) ** random() : low + random() * (high - low);
    return one([() => low, () => high, () => (whole ? Math.round(value) : value), () => value, () => high * 1.001])();
  };
  const text = (parameter) => (random() < 0.5 ? String(number(parameter)) : one(TEXTS));
  const asked = () => {
    const name = one([...Object.keys(spec), ...Object.keys(spec), ...NAMES]);
    return [`${random() < 0.9 ? key : one(NAMES)}.${name}`, text(spec[name] ?? one(Object.values(spec)))];
  };
  const tell = (element, ...events) => events.forEach((event) => element.dispatchEvent(new Event(event, { bubbles: true })));
  const named = (parameter) => live.querySelector(`input[name="${parameter}"]`);
  let addresses = 0;
  const DEEDS = {
    box() {
      const parameter = one(Object.keys(spec));
      const box = live.querySelector(`input[name="${parameter}-exact"]`), typed = text(spec[parameter]);
      if (!box) return DEEDS.key(); // a small figure has neither boxes nor sliders
      return () => { box.focus(); box.value = typed; tell(box, "input", "change"); if (typed.length % 2) box.blur(); };
    },
    slider() {
      const slider = one([...live.querySelectorAll("input[type=range]")]), to = random();
      if (!slider) return DEEDS.key();
      return () => { slider.value = Number(slider.min) + to * (slider.max - slider.min); tell(slider, "input", "change"); };
    },
    key() {
      const element = one([...live.querySelectorAll("input, button, [tabindex]")]), name = one(KEYS);
      return () => { element.focus(); element.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true })); };
    },
    press() {
      const button = one([...live.querySelectorAll("button")].filter(({ name }) => !["csv", "svg", "python"].includes(name)));
      return () => button.click();
    },
    point() {
      const picture = one([...live.querySelectorAll("svg")]), { left, top, width, height } = picture.getBoundingClientRect();
      const at = { clientX: left + random() * width, clientY: top + random() * height, bubbles: true };
      return () => picture.dispatchEvent(new MouseEvent("click", at));
    },
    address() {
      if ((addresses += 1) > ADDRESSES) return DEEDS.box();
      const pairs = Array.from({ length: one([0, 1, 2, 50]) }, asked);
      const hash = random() < 0.2 ? one(TEXTS) : random() < 0.5 ? String(new URLSearchParams(pairs)) : pairs.map((pair) => pair.join("=")).join("&");
      return () => { location.hash = hash; tell(window, "hashchange"); };
    },
  };
  const problems = new Set(), hangs = [];
  // All that a state has changed, and not the nine hundred marks that stay.
  const changes = [], observer = new MutationObserver((records) => changes.push(...records));
  observer.observe(live, { subtree: true, childList: true, attributes: true, characterData: true });
  const contents = ({ type, target, attributeName, addedNodes }) =>
    type === "attributes" ? target.getAttribute(attributeName) ?? "" : type === "characterData" ? target.data : [...addedNodes].map((node) => node.outerHTML ?? node.data).join(" ");
  const isShown = ({ target }) => (target.closest ? target : target.parentElement)?.closest(".ghost-picture, .ghost-sentence");
  const changed = () => [...changes.splice(0), ...observer.takeRecords()].filter(isShown).map(contents).join(" ");
  const look = (kind, shown) => {
    const words = /NaN|undefined|Infinity|\[object|\bnull\b/.exec(shown);
    if (words) problems.add(`${kind}: shows ${shown.slice(Math.max(0, words.index - 60), words.index + 60)}`);
    if (window.harmed || live.querySelector("img, script, iframe, a, b, [onerror]")) problems.add(`${kind}: markup`);
    const message = live.querySelector(".ghost-message").textContent;
    if (message.length >= 200) problems.add(`${kind}: a refusal of ${message.length} characters`);
    for (const [name, { low, high }] of Object.entries(spec)) {
      const value = Number(named(name)?.getAttribute("aria-valuenow") ?? named(name)?.value ?? 0);
      if (!Number.isFinite(value)) problems.add(`${kind}: ${name} stands at no number`);
    }
  };
  look("opening", live.innerHTML);
  for (let k = 0; k < states; k += 1) {
    const kind = one(Object.keys(DEEDS)), act = DEEDS[kind]();
    leap = random() < UNHURRIED ? 0 : LEAP;
    let took = Infinity;
    for (let again = 0; again < REPEATS && took > HANG; again += 1) {
      const begin = clock();
      act();
      await new Promise(requestAnimationFrame);
      took = clock() - begin;
    }
    if (took > HANG) hangs.push(`${kind}: ${Math.round(took)} ms`);
    look(kind, changed());
  }
  return { problems: [...problems], hangs };
}
