// What the widgets share on the screen beside their pictures: controls, and the shell around them.

import { cut, minus, nearest, parse, show } from "../core/numbers.js";
import { alongX, alongY, asDrawn } from "./picture.js";

const SETTLED = 600; // milliseconds after the last change at which the sentence is spoken

// An element: node("button", { type: "button", onclick }, "Reset").
export function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const button = (name, text, onclick) => node("button", { type: "button", name, onclick }, text);

// ---------------------------------------------------------------------------------------------- one parameter

// Why a parameter cannot take what a text asks for, as a sentence; null when it can.
export function refusal({ low, high, label, whole }, text) {
  const value = parse(text);
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return null;
  const name = label.replace(/^\p{Ll}(?=\p{Ll})/u, (letter) => letter.toUpperCase()); // a word, not a symbol
  const kind = `a ${whole ? "whole " : ""}number from ${show(low)} to ${show(high)}`;
  return `${name} must be ${kind}${text.includes(",") ? ", written without a comma" : ""}, and not “${minus(cut(text))}”.`;
}

const TRACK = 1000; // positions of a slider
const root = (value) => Math.sign(value) * Math.sqrt(Math.abs(value));
const ONTO_TRACK = {
  linear: (value, low, high) => ((value - low) / (high - low)) * TRACK,
  log: (value, low, high) => (Math.log(value / low) / Math.log(high / low)) * TRACK,
  sqrt: (value, low, high) => ONTO_TRACK.linear(root(value), root(low), root(high)),
};
const FROM_TRACK = {
  linear: (at, low, high) => low + (at / TRACK) * (high - low),
  log: (at, low, high) => low * (high / low) ** (at / TRACK),
  sqrt: (at, low, high) => {
    const value = FROM_TRACK.linear(at, root(low), root(high));
    return value * Math.abs(value);
  },
};

// How a slider runs: its last position, the value at each, and the position of a value. Where few values are allowed they
// are the positions, so that one arrow key is one value.
export function track({ low, high, scale, whole, choices }) {
  if (choices) return { last: choices.length - 1, at: (k) => choices[k], onto: (value) => choices.indexOf(value) };
  if (whole && scale === "linear") return { last: high - low, at: (k) => low + k, onto: (value) => value - low };
  const tidy = (value) => Math.min(high, Math.max(low, whole ? Math.round(value) : Number(value.toPrecision(3))));
  return { last: TRACK, at: (k) => tidy(FROM_TRACK[scale](k, low, high)), onto: (value) => ONTO_TRACK[scale](value, low, high) };
}

// A slider and a box for the exact number, both bound to one parameter. `set` is asked for every change, with the number
// as a text, and says why not if it refuses: what was typed then stays until the box is left, so that it can be mended.
function numberControl(name, parameter, set) {
  const { label } = parameter;
  const { last, at, onto } = track(parameter);
  let written = ""; // the value as the box shows it
  let typing = false;
  const range = node("input", {
    type: "range", name, min: 0, max: last, step: 1, "aria-label": label,
    oninput: () => set(name, String(at(Number(range.value)))),
  });
  const settle = () => {
    typing = false;
    box.value = written;
  };
  const box = node("input", {
    type: "text", inputmode: "text", name: `${name}-exact`, size: 8, autocomplete: "off", spellcheck: "false", "aria-label": `${label}, exact value`,
    oninput: () => (typing = true),
    onchange: () => (set(name, box.value) === null ? settle() : (typing = true)),
    onblur: settle,
  });
  return {
    element: node("label", { class: "ghost-control", translate: "no" }, node("span", { class: "name" }, label), range, box),
    update(value) {
      if (at(Number(range.value)) !== value) range.value = onto(value);
      range.setAttribute("aria-valuetext", show(value));
      written = String(Number(value.toPrecision(6)));
      if (!typing) box.value = written;
    },
  };
}

// ---------------------------------------------------------------------------------------------- motion

export const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// A slider over whole-numbered frames, `unit` by unit; `update` says which one is shown, and which is the last.
export function scrubber({ label, unit, oninput }) {
  const element = node("input", { type: "range", name: "frame", min: 0, max: 1, step: 1, value: 0, "aria-label": label, oninput: () => oninput(Number(element.value)) });
  return {
    element,
    update(frame, last) {
      element.max = Math.max(1, last);
      element.value = frame;
      element.setAttribute("aria-valuetext", `${unit} ${frame} of ${last}`);
    },
  };
}

// Play, step and scrub through the frames 0…last(). Motion starts only by hand; with reduced motion it jumps.
export function transport({ last, onframe, unit = "epoch", seconds = 8 }) {
  let frame = 0;
  let exact = 0;
  let timer = null;
  const scrub = scrubber({ label: unit, unit, oninput: (to) => (stop(), go(to)) });
  const play = button("play", "Play", () => (timer === null ? start() : stop()));
  const step = button("step", "Step", () => (stop(), go(frame + 1)));
  const element = node("div", { class: "ghost-transport" }, play, step, scrub.element);

  function go(to) {
    frame = Math.max(0, Math.min(last(), Math.round(to)));
    exact = frame;
    update();
    onframe(frame);
  }
  function update() {
    scrub.update(frame, last());
    play.textContent = timer === null ? "Play" : "Pause";
    step.disabled = frame >= last();
  }
  function start() {
    if (frame >= last()) frame = 0;
    if (reducedMotion()) return go(last());
    exact = frame;
    let before = performance.now();
    const tick = (now) => {
      exact += (Math.max(0, now - before) / 1000) * (last() / seconds);
      before = now;
      if (Math.floor(exact) !== frame) {
        frame = Math.min(last(), Math.floor(exact));
        onframe(frame);
      }
      timer = frame < last() ? requestAnimationFrame(tick) : null;
      update();
    };
    timer = requestAnimationFrame(tick);
    update();
  }
  function stop() {
    if (timer !== null) cancelAnimationFrame(timer);
    timer = null;
    update();
  }
  return { element, go, stop, update, get frame() { return frame; } };
}

// ---------------------------------------------------------------------------------------------- the shell

export function saveFile(name, text, type) {
  const link = node("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages opened from disk and older browsers have no clipboard interface.
    const before = document.activeElement;
    const area = node("textarea", { readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
  }
}

// A click in a picture, or a drag by mouse or finger.
function letPoint(frame, moved) {
  const move = (event) => {
    const { left, top, width, height } = frame.firstElementChild.getBoundingClientRect();
    moved(alongX(event.clientX - left, width), alongY(event.clientY - top, height));
  };
  frame.classList.add("ghost-pointed");
  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    frame.setPointerCapture(event.pointerId);
    move(event);
  });
  frame.addEventListener("pointermove", (event) => frame.hasPointerCapture(event.pointerId) && move(event));
}

// Why a parameter cannot be what a text asks for, or null.
const objection = (spec, name, text) =>
  Object.hasOwn(spec, name) ? refusal(spec[name], text) : `There is no parameter called ${cut(name)} here.`;

// What a link has asked for and not got, from the objections to each of its parts, in one sentence; empty where it has got all.
function objections(whys) {
  const [first, ...more] = whys.filter((why) => why !== null);
  const others = more.length ? `, and ${more.length} more things in the link cannot be had` : "";
  return first ? `${first.slice(0, -1)}${others}: the figure keeps its own values.` : "";
}

// The one door for what a slider, a box, a mark, a click or an address asks of a model's parameters, always as a text.
// `passed(name)` is called when one has been set. Returns { message, set, requested }: the element that says why something
// is refused; what sets a parameter, and returns why not or null; and what does all that a link or a person has asked for
// by address, as [name, text] pairs.
export function door(model, passed = () => {}) {
  const spec = model.get("_spec");
  const message = node("p", { class: "ghost-message", role: "alert", hidden: true });
  function tell(text) {
    message.textContent = text;
    message.hidden = text === "";
  }
  function set(name, text) {
    const why = objection(spec, name, text);
    tell(why ?? "");
    if (why !== null) return why;
    const { choices } = spec[name];
    const asked = parse(text);
    const value = choices ? choices[nearest(choices, asked)] : asked;
    if (model.get(name) !== value) {
      model.set(name, value);
      model.save_changes();
    }
    passed(name);
    return null;
  }
  function requested() {
    const refused = objections((model.get("_request") ?? []).map(([name, text]) => set(name, text)));
    if (refused) tell(refused);
  }
  return { message, set, requested };
}

// The frame of every widget: pictures, controls, the sentence, and the buttons. `describe` is an object with
//   panels    how many pictures
//   folded    { from, names }: on a phone the pictures from this one on wait behind a button that names them
//   point     { panel: function of the place along its axes, 0 to 1 }: called where the reader clicks or drags
//   extra     elements between pictures and sliders (a transport, say)
//   draw(values, widths) → { pictures: [svg text, …], sentence }
//   python(values) → text for "Copy as Python"
//   csv(values) → { name, columns, rows }
//   onparameter(name)   called before a redraw when a parameter changed
//   onreset()           called after all parameters have been reset
//   drawn(values, frames)   called when the pictures are in the page
// Returns { values, set, draw, redraw, destroy }: `draw` at once, `redraw` with the browser's next frame.
export function shell(model, el, describe) {
  const spec = model.get("_spec");
  const names = Object.keys(spec);
  const values = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  // At once, and not with the next picture: the next key must start from where this one has led.
  const { message, set, requested } = door(model, (name) => controls.get(name).update(model.get(name)));
  const sentence = node("p", { class: "ghost-sentence" });
  const spoken = node("p", { class: "ghost-spoken", role: "status" });
  let settling = null;
  const { from, names: hidden } = describe.folded ?? { from: describe.panels };
  const frames = Array.from({ length: describe.panels }, (_, k) => node("div", { class: k < from ? "ghost-picture" : "ghost-picture ghost-folded", translate: "no" }));
  for (const [panel, moved] of Object.entries(describe.point ?? {})) letPoint(frames[panel], moved);
  const pictures = node("div", { class: "ghost-pictures" }, ...frames);
  const more = button("more", `More: ${hidden}`, () => {
    const isOpen = pictures.classList.toggle("is-unfolded");
    more.setAttribute("aria-expanded", isOpen);
    more.textContent = `${isOpen ? "Less" : "More"}: ${hidden}`;
    redraw();
  });
  more.setAttribute("aria-expanded", "false");

  // The sentence follows every frame; who hears it hears it once, when it has settled. How it opens is no news.
  function say(text) {
    if (sentence.textContent === text) return;
    const opening = sentence.textContent === "" || el.hidden || el.getAttribute("aria-busy");
    sentence.textContent = text;
    clearTimeout(settling);
    if (!opening) settling = setTimeout(() => (spoken.textContent = text), SETTLED);
  }

  const controls = new Map(names.map((name) => [name, numberControl(name, spec[name], set)]));

  function reset() {
    for (const name of names) set(name, String(spec[name].default));
    describe.onreset?.();
  }
  async function copy(event) {
    const element = event.currentTarget;
    await copyText(describe.python(values()));
    element.textContent = "Copied";
    setTimeout(() => (element.textContent = "Copy as Python"), 1500);
  }
  function download() {
    const { name, columns, rows } = describe.csv(values());
    saveFile(`${name}.csv`, [columns, ...rows].map((row) => `${row.join(",")}\n`).join(""), "text/csv");
  }
  const save = () => saveFile(`${describe.csv(values()).name}.svg`, asDrawn(pictures), "image/svg+xml");
  const rootElement = node(
    "div", { class: "ghost-shell" },
    pictures,
    ...(hidden ? [more] : []),
    node("div", { class: "ghost-panel" }, ...(describe.extra ?? []), node("div", { class: "ghost-controls" }, ...names.map((name) => controls.get(name).element)), message),
    sentence,
    spoken,
    node("div", { class: "ghost-buttons" }, button("reset", "Reset to paper", reset), button("python", "Copy as Python", copy), button("csv", "Download CSV", download), button("svg", "Download SVG", save)),
  );
  // JupyterLab takes arrow keys and Enter for itself, even from a focused slider or button, unless that one says no.
  for (const control of rootElement.querySelectorAll("input, button, select, [tabindex]")) control.setAttribute("data-lm-suppress-shortcuts", "true");
  el.replaceChildren(rootElement);

  let waiting = null;
  const shown = []; // the pictures in the page, as text
  function draw() {
    waiting = null;
    // A folded picture has no width, and need not be drawn.
    const widths = frames.map((frame) => (getComputedStyle(frame).display === "none" ? 0 : Math.max(240, frame.clientWidth)));
    const result = describe.draw(values(), widths);
    frames.forEach((frame, i) => {
      const text = result.pictures[i] || "";
      if (shown[i] !== text) frame.innerHTML = shown[i] = text;
    });
    describe.drawn?.(values(), frames);
    say(result.sentence);
    for (const [name, control] of controls) control.update(model.get(name));
  }
  const redraw = () => (waiting ??= requestAnimationFrame(draw));
  const listeners = names.map((name) => {
    const changed = () => {
      describe.onparameter?.(name);
      redraw();
    };
    model.on(`change:${name}`, changed);
    return () => model.off(`change:${name}`, changed);
  });
  model.on("change:_request", requested);
  draw();
  requested();
  // Only another width asks for other pictures; the sentence changes the height with every word.
  let width = rootElement.clientWidth;
  const observer = new ResizeObserver(() => {
    if (rootElement.clientWidth === width) return;
    width = rootElement.clientWidth;
    redraw();
  });
  observer.observe(rootElement);
  return {
    values, set, draw, redraw,
    destroy() {
      observer.disconnect();
      for (const forget of listeners) forget();
      model.off("change:_request", requested);
      clearTimeout(settling);
      if (waiting !== null) cancelAnimationFrame(waiting);
    },
  };
}
