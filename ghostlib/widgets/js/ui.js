// What the widgets share on the screen: pictures drawn as SVG, controls, and the shell around them.

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (exponent) => "10" + [...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join("");
const escapeText = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

// A number as the book writes it: three digits (fewer where they are exact), a real minus sign, powers of ten in superscript.
export function show(value, digits = 3) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  let text;
  if (size < -3 || size > 5) {
    const mantissa = (value / 10 ** size).toFixed(digits - 1);
    text = `${mantissa} × ${power(size)}`;
  } else {
    text = value.toFixed(Math.max(0, digits - 1 - size));
    if (Number(text) === value) text = String(value); // 0.01 is exact and needs no more zeros
  }
  return text.replace("-", "−");
}

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

export const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// ---------------------------------------------------------------------------------------------- pictures

function linearTicks([low, high], count) {
  const raw = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= raw * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) ticks.push(k * step);
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks.map((at) => ({ at, text: (Math.abs(at) < 1e-12 ? 0 : at).toFixed(Math.min(places, 8)).replace("-", "−") }));
}

function logTicks([low, high], count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  const ticks = [];
  for (let k = first; k <= last; k += stride) ticks.push({ at: 10 ** k, text: k >= -1 && k <= 3 ? String(+(10 ** k).toFixed(1)) : power(k) });
  return ticks;
}

const LETTER = 6.6; // pixels a letter takes, on average: labels are kept inside the picture

function scaleOf({ domain, log = false }, from, to) {
  const [low, high] = log ? domain.map(Math.log10) : domain;
  const place = (value) => from + (((log ? Math.log10(value) : value) - low) / (high - low)) * (to - from);
  place.inverse = (pixel) => {
    const value = low + ((pixel - from) / (to - from)) * (high - low);
    return log ? 10 ** value : value;
  };
  return place;
}

// At most two points a pixel column, its lowest and highest: ten thousand epochs draw as fast as a hundred.
function thin(xs, ys, sx, sy, columns) {
  const points = [];
  if (xs.length <= 2 * columns) {
    for (let i = 0; i < xs.length; i += 1) points.push([sx(xs[i]), sy(ys[i])]);
    return points;
  }
  for (let i = 0; i < xs.length; ) {
    const column = Math.floor(sx(xs[i]));
    let low = i;
    let high = i;
    for (; i < xs.length && Math.floor(sx(xs[i])) === column; i += 1) {
      if (ys[i] < ys[low]) low = i;
      if (ys[i] > ys[high]) high = i;
    }
    for (const k of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) points.push([sx(xs[k]), sy(ys[k])]);
  }
  return points;
}

function pathOf(points, limit) {
  let path = "";
  let pen = false;
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || Number.isNaN(y)) {
      pen = false;
      continue;
    }
    path += `${pen ? "L" : "M"}${x.toFixed(1)} ${Math.max(-limit, Math.min(limit, y)).toFixed(1)}`;
    pen = true;
  }
  return path;
}

// A picture of marks in a pair of axes, as SVG text. Each mark is an object with `type`:
//   line   xs, ys, colour, [dash, width, label, labelAt: index or fraction, labelDy]
//   dot    x, y, colour, [hollow, label, dx, dy, anchor, radius]
//   ruleX / ruleY   at, colour, [dash, label]
//   zone   from, to, [along: "y"], label: hatched (the no-learning zone)
//   text   x, y, text, colour, [anchor]
export function picture({ width, height, x, y, marks, alt }) {
  // Counted on the document: every widget's module has its own copy of this file, and ids must differ between them.
  document.ghostPictures = (document.ghostPictures ?? 0) + 1;
  const id = `ghost-picture-${document.ghostPictures}`;
  const left = y.hideTicks ? 16 : 50;
  const box = { left, right: width - 18, top: 30, bottom: height - 40 };
  const sx = scaleOf(x, box.left, box.right);
  const sy = scaleOf(y, box.bottom, box.top);
  const ticksX = (x.log ? logTicks : linearTicks)(x.domain, Math.max(3, Math.floor((box.right - box.left) / 60)));
  const ticksY = y.hideTicks ? [] : (y.log ? logTicks : linearTicks)(y.domain, Math.max(3, Math.floor((box.bottom - box.top) / 40)));
  const paint = (colour) => `var(--ghost-${colour})`;
  const label = (px, py, text, colour, anchor = "start") => {
    const half = (text.length * LETTER) / 2;
    const [before, after] = { start: [0, 2 * half], middle: [half, half], end: [2 * half, 0] }[anchor];
    const clear = Math.max(box.left + 2 + before, Math.min(box.right + 14 - after, px));
    return `<text class="label" x="${clear.toFixed(1)}" y="${py.toFixed(1)}" fill="${paint(colour)}" text-anchor="${anchor}">${escapeText(text)}</text>`;
  };
  const drawn = { line: "", top: "" };
  for (const mark of marks) {
    if (mark.type === "line") {
      const points = thin(mark.xs, mark.ys, sx, sy, box.right - box.left);
      drawn.line += `<path d="${pathOf(points, 4 * height)}" fill="none" stroke="${paint(mark.colour)}" stroke-width="${mark.width ?? 2}"${mark.dash ? ' stroke-dasharray="6 4"' : ""}/>`;
      if (mark.label && points.length) {
        const [px, py] = points[Math.round((mark.labelAt ?? 1) * (points.length - 1))];
        if (Number.isFinite(py)) {
          const anchor = mark.anchor ?? (px > (box.left + box.right) / 2 ? "end" : "start");
          drawn.top += label(px, Math.max(box.top + 4, Math.min(box.bottom - 6, py + (mark.labelDy ?? -8))), mark.label, mark.colour, anchor);
        }
      }
    } else if (mark.type === "dot") {
      const px = sx(mark.x);
      const py = sy(mark.y);
      if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
      drawn.top += `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="${mark.radius ?? 5}" fill="${mark.hollow ? "var(--ghost-page)" : paint(mark.colour)}" stroke="${paint(mark.colour)}" stroke-width="2"/>`;
      if (mark.label) {
        const anchor = mark.anchor ?? (px > (box.left + box.right) / 2 ? "end" : "start");
        drawn.top += label(px + (mark.dx ?? (anchor === "end" ? -9 : anchor === "start" ? 9 : 0)), py + (mark.dy ?? -9), mark.label, mark.colour, anchor);
      }
    } else if (mark.type === "ruleX" || mark.type === "ruleY") {
      const vertical = mark.type === "ruleX";
      const at = (vertical ? sx : sy)(mark.at);
      const [low, high] = vertical ? [box.left, box.right] : [box.top, box.bottom];
      if (!(at >= low - 0.5 && at <= high + 0.5)) continue;
      const ends = vertical ? `x1="${at}" x2="${at}" y1="${box.top}" y2="${box.bottom}"` : `x1="${box.left}" x2="${box.right}" y1="${at}" y2="${at}"`;
      drawn.line += `<line ${ends} stroke="${paint(mark.colour)}" stroke-width="1.5"${mark.dash ? ' stroke-dasharray="6 4"' : ""}/>`;
      if (mark.label) {
        const anchor = mark.anchor ?? (vertical && at > (box.left + box.right) / 2 ? "end" : "start");
        drawn.top += vertical
          ? label(at + (anchor === "end" ? -5 : 5), mark.labelBottom ? box.bottom - 7 : box.top + 10, mark.label, mark.colour, anchor)
          : label(mark.labelRight ? box.right : box.left + 4, at - 5, mark.label, mark.colour, mark.labelRight ? "end" : "start");
      }
    } else if (mark.type === "zone") {
      const upright = mark.along === "y";
      const [left, right] = upright ? [box.left, box.right] : [Math.max(box.left, sx(mark.from)), Math.min(box.right, sx(mark.to))];
      const [top, bottom] = upright ? [Math.max(box.top, sy(mark.to)), Math.min(box.bottom, sy(mark.from))] : [box.top, box.bottom];
      if (!(right > left && bottom > top)) continue;
      drawn.line = `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(right - left).toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="url(#${id}-hatch)"/>` + drawn.line;
      if (mark.label) drawn.top += label((left + right) / 2, bottom - 10, mark.label, "muted", "middle");
    } else if (mark.type === "text") {
      drawn.top += label(sx(mark.x), sy(mark.y), mark.text, mark.colour, mark.anchor);
    } else {
      throw new Error(`picture: unknown mark ${mark.type}`);
    }
  }
  const axes =
    ticksX.map(({ at, text }) => `<line class="tick" x1="${sx(at)}" x2="${sx(at)}" y1="${box.bottom}" y2="${box.bottom + 4}"/><text class="tick" x="${sx(at)}" y="${box.bottom + 17}" text-anchor="middle">${text}</text>`).join("") +
    ticksY.map(({ at, text }) => `<line class="tick" x1="${box.left - 4}" x2="${box.left}" y1="${sy(at)}" y2="${sy(at)}"/><text class="tick" x="${box.left - 7}" y="${sy(at) + 4}" text-anchor="end">${text}</text>`).join("");
  return (
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(alt)}">` +
    `<defs><clipPath id="${id}-box"><rect x="${box.left}" y="${box.top}" width="${box.right - box.left}" height="${box.bottom - box.top}"/></clipPath>` +
    `<pattern id="${id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="7" stroke="var(--ghost-dead)" stroke-width="1.2" opacity="0.7"/></pattern></defs>` +
    `<path class="axis" d="M${box.left} ${box.top}V${box.bottom}H${box.right}"/>${axes}` +
    `<text class="axis-label" x="${(box.left + box.right) / 2}" y="${height - 6}" text-anchor="middle">${escapeText(x.label)}</text>` +
    `<text class="axis-label" x="4" y="15">${escapeText(y.label)}</text>` +
    `<g clip-path="url(#${id}-box)">${drawn.line}</g>${drawn.top}</svg>`
  );
}

// ---------------------------------------------------------------------------------------------- controls

// Why `value` is not allowed for the parameter, as a sentence; null when it is.
export function refusal(spec, name, value) {
  const { low, high, label, whole } = spec[name] ?? {};
  if (label === undefined) return `There is no parameter called ${name} here.`;
  if (Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value))) return null;
  return `${label} must be a ${whole ? "whole " : ""}number from ${show(low)} to ${show(high)}; ${Number.isNaN(value) ? "what was asked for" : show(value)} is not.`;
}

const TRACK = 1000; // positions of a slider
const ONTO_TRACK = {
  linear: (value, low, high) => ((value - low) / (high - low)) * TRACK,
  log: (value, low, high) => (Math.log(value / low) / Math.log(high / low)) * TRACK,
  sqrt: (value, low, high) => ONTO_TRACK.linear(Math.sign(value) * Math.sqrt(Math.abs(value)), Math.sign(low) * Math.sqrt(Math.abs(low)), Math.sign(high) * Math.sqrt(Math.abs(high))),
};
const FROM_TRACK = {
  linear: (at, low, high) => low + (at / TRACK) * (high - low),
  log: (at, low, high) => low * (high / low) ** (at / TRACK),
  sqrt: (at, low, high) => {
    const root = FROM_TRACK.linear(at, Math.sign(low) * Math.sqrt(Math.abs(low)), Math.sign(high) * Math.sqrt(Math.abs(high)));
    return root * Math.abs(root);
  },
};

// How a slider runs: its last position, the value at each, and the position of a value. Where few values are allowed they
// are the positions, so that one arrow key is one value.
function track({ low, high, scale, whole, choices }) {
  if (choices) return { last: choices.length - 1, at: (k) => choices[k], onto: (value) => choices.indexOf(value) };
  if (whole && scale === "linear") return { last: high - low, at: (k) => low + k, onto: (value) => value - low };
  const tidy = (value) => Math.min(high, Math.max(low, whole ? Math.round(value) : Number(value.toPrecision(3))));
  return { last: TRACK, at: (k) => tidy(FROM_TRACK[scale](k, low, high)), onto: (value) => ONTO_TRACK[scale](value, low, high) };
}

// The nearest of a few positive numbers, by their ratio.
const nearest = (choices, value) => {
  const distance = choices.map((choice) => Math.abs(Math.log(choice / value)));
  return choices[distance.indexOf(Math.min(...distance))];
};

// A slider and a box for the exact number, both bound to one parameter. `set` is asked for every change.
function numberControl(name, parameter, set) {
  const { label } = parameter;
  const { last, at, onto } = track(parameter);
  const range = node("input", {
    type: "range", name, min: 0, max: last, step: 1, "aria-label": label,
    oninput: () => set(name, at(Number(range.value))),
  });
  const box = node("input", {
    type: "text", inputmode: "text", name: `${name}-exact`, size: 8, autocomplete: "off", spellcheck: "false", "aria-label": `${label}, exact value`,
    onchange: () => set(name, box.value.trim() === "" ? NaN : Number(box.value.trim().replace("−", "-").replace(",", "."))),
  });
  return {
    element: node("label", { class: "ghost-control" }, node("span", { class: "name" }, label), range, box),
    update(value) {
      if (at(Number(range.value)) !== value) range.value = onto(value);
      range.setAttribute("aria-valuetext", `${label} = ${show(value)}`);
      if (document.activeElement !== box || refusal({ [name]: parameter }, name, Number(box.value)) === null) box.value = String(Number(value.toPrecision(6)));
    },
  };
}

// Play, step and scrub through whole-numbered frames 0…last(). Motion starts only by hand; with reduced motion it jumps.
export function transport({ last, onframe, unit = "epoch", seconds = 8 }) {
  let frame = 0;
  let exact = 0;
  let timer = null;
  const scrub = node("input", { type: "range", name: "frame", min: 0, max: 1, step: 1, value: 0, "aria-label": unit, oninput: () => scrubbed(Number(scrub.value)) });
  const play = node("button", { type: "button", name: "play", onclick: () => (timer === null ? start() : stop()) }, "Play");
  const step = node("button", { type: "button", name: "step", onclick: () => (stop(), go(frame + 1)) }, "Step");
  const element = node("div", { class: "ghost-transport" }, play, step, scrub);

  function scrubbed(to) {
    stop();
    go(to);
  }
  function go(to) {
    frame = Math.max(0, Math.min(last(), Math.round(to)));
    exact = frame;
    update();
    onframe(frame);
  }
  function update() {
    scrub.max = last();
    scrub.value = frame;
    scrub.setAttribute("aria-valuetext", `${unit} ${frame} of ${last()}`);
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

function saveFile(name, text) {
  const link = node("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages opened from disk and older browsers have no clipboard interface.
    const area = node("textarea", { readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

// The frame of every widget: pictures, controls, the sentence, and the buttons. `describe` is an object with
//   panels    how many pictures
//   extra     elements between pictures and sliders (a transport, say)
//   draw(values, widths) → { pictures: [svg text, …], sentence }
//   python(values) → text for "Copy as Python"
//   csv(values) → { name, columns, rows }
//   onparameter(name)   called before a redraw when a parameter changed
// Returns { redraw, values, destroy }.
export function shell(model, el, describe) {
  const spec = model.get("_spec");
  const names = Object.keys(spec);
  const values = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const message = node("p", { class: "ghost-message", role: "alert", hidden: true });
  const sentence = node("p", { class: "ghost-sentence", "aria-live": "polite" });
  const frames = Array.from({ length: describe.panels }, () => node("div", { class: "ghost-picture" }));

  function set(name, value) {
    const why = refusal(spec, name, value);
    message.hidden = why === null;
    message.textContent = why ?? "";
    const allowed = why === null && spec[name].choices ? nearest(spec[name].choices, value) : value;
    if (why === null && model.get(name) !== allowed) {
      model.set(name, allowed);
      model.save_changes();
    }
    // At once, and not with the next picture: the next key must start from where this one has led.
    controls[name]?.update(model.get(name));
  }
  const controls = Object.fromEntries(names.map((name) => [name, numberControl(name, spec[name], set)]));
  const button = (name, text, onclick) => node("button", { type: "button", name, onclick }, text);
  const said = (element, text) => {
    const before = element.textContent;
    element.textContent = text;
    setTimeout(() => (element.textContent = before), 1500);
  };
  const buttons = node(
    "div", { class: "ghost-buttons" },
    button("reset", "Reset to paper", () => {
      for (const name of names) set(name, spec[name].default);
      describe.onreset?.();
    }),
    button("python", "Copy as Python", async (event) => {
      const element = event.currentTarget;
      await copyText(describe.python(values()));
      if (element.textContent === "Copy as Python") said(element, "Copied");
    }),
    button("csv", "Download CSV", () => {
      const { name, columns, rows } = describe.csv(values());
      saveFile(`${name}.csv`, [columns.join(","), ...rows.map((row) => row.join(","))].join("\n") + "\n");
    }),
  );
  const root = node(
    "div", { class: "ghost-shell" },
    node("div", { class: "ghost-pictures" }, ...frames),
    node("div", { class: "ghost-panel" }, ...(describe.extra ?? []), node("div", { class: "ghost-controls" }, ...names.map((name) => controls[name].element)), message),
    sentence, buttons,
  );
  // JupyterLab takes arrow keys and Enter for itself, even from a focused slider or button, unless that one says no.
  for (const control of root.querySelectorAll("input, button, select, [tabindex]")) control.setAttribute("data-lm-suppress-shortcuts", "true");
  el.replaceChildren(root);

  let waiting = null;
  function draw() {
    waiting = null;
    const widths = frames.map((frame) => Math.max(240, frame.clientWidth));
    const result = describe.draw(values(), widths);
    frames.forEach((frame, i) => (frame.innerHTML = result.pictures[i]));
    if (sentence.textContent !== result.sentence) sentence.textContent = result.sentence;
    for (const name of names) controls[name].update(model.get(name));
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
  // What a link or a person asked for by address: untrusted, so each value goes through the same door.
  const requested = () => {
    let refused = "";
    for (const [name, value] of Object.entries(model.get("_request") ?? {})) {
      set(name, value);
      if (!message.hidden) refused += `${message.textContent} `;
    }
    if (refused) {
      message.textContent = `${refused}The figure keeps its own value.`;
      message.hidden = false;
    }
  };
  model.on("change:_request", requested);
  draw();
  requested();
  const observer = new ResizeObserver(redraw);
  observer.observe(root);
  return {
    values, set, redraw,
    destroy() {
      observer.disconnect();
      for (const forget of listeners) forget();
      model.off("change:_request", requested);
      if (waiting !== null) cancelAnimationFrame(waiting);
    },
  };
}
