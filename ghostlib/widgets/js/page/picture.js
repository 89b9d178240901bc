// Pictures of marks in a pair of axes, drawn as SVG text.

import { minus, power } from "../core/numbers.js";

const LETTER = 6.6; // pixels a letter takes, on average: labels are kept inside the picture
const DASHES = ' stroke-dasharray="6 4"';

const escapeText = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

// A colour of the book's grammar, by its name in ghostlib.page.palette.
export const paint = (colour) => `var(--ghost-${colour})`;

// The frame of a picture; `alt` says what it shows to those who do not see it.
export const svg = (width, height, alt, content, role = "img") =>
  `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="${role}" aria-label="${escapeText(alt)}">${content}</svg>`;

function linearTicks([low, high], count) {
  const raw = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= raw * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) ticks.push(k * step);
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks.map((at) => ({ at, text: minus((Math.abs(at) < 1e-12 ? 0 : at).toFixed(Math.min(places, 8))) }));
}

function logTicks([low, high], count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  const ticks = [];
  for (let k = first; k <= last; k += stride) ticks.push({ at: 10 ** k, text: k >= -1 && k <= 3 ? String(+(10 ** k).toFixed(1)) : power(k) });
  return ticks;
}

const ticksOf = ({ log, domain }, pixels, apart) => (log ? logTicks : linearTicks)(domain, Math.max(3, Math.floor(pixels / apart)));

function scaleOf({ domain, log = false }, from, to) {
  const [low, high] = log ? domain.map(Math.log10) : domain;
  const scale = (value) => from + (((log ? Math.log10(value) : value) - low) / (high - low)) * (to - from);
  scale.invert = (pixel) => {
    const value = low + ((pixel - from) / (to - from)) * (high - low);
    return log ? 10 ** value : value;
  };
  return scale;
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

const rectangle = ({ left, right, top, bottom }, attributes = "") =>
  `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(right - left).toFixed(1)}" height="${(bottom - top).toFixed(1)}"${attributes}/>`;

const BESIDE = { left: 50, right: 18, top: 30, bottom: 40 }; // pixels beside the axes

// How far along the x axis, and up the y axis, a place is in a picture, from 0 to 1.
export const alongX = (px, width) => Math.min(1, Math.max(0, (px - BESIDE.left) / (width - BESIDE.left - BESIDE.right)));
export const alongY = (py, height) => Math.min(1, Math.max(0, (height - BESIDE.bottom - py) / (height - BESIDE.bottom - BESIDE.top)));

// A picture's axes: where values lie in it, and how words are written beside them.
export class Axes {
  constructor({ width, height, x, y }) {
    // Counted on the document: every widget's module has its own copy of this file, and ids must differ between them.
    document.ghostPictures = (document.ghostPictures ?? 0) + 1;
    this.id = `ghost-picture-${document.ghostPictures}`;
    this.box = { left: BESIDE.left, right: width - BESIDE.right, top: BESIDE.top, bottom: height - BESIDE.bottom };
    const { left, right, top, bottom } = this.box;
    this.width = right - left;
    this.height = bottom - top;
    this.middle = (left + right) / 2;
    this.sx = scaleOf(x, left, right);
    this.sy = scaleOf(y, bottom, top);
    this.limit = 4 * height; // so far outside a line is still followed
  }
  // On which side of a place its label begins, so that it has room.
  anchor(px) {
    return px > this.middle ? "end" : "start";
  }
  label(px, py, text, colour, anchor = "start") {
    const half = (text.length * LETTER) / 2;
    const [before, after] = { start: [0, 2 * half], middle: [half, half], end: [2 * half, 0] }[anchor];
    const clear = Math.max(this.box.left + 2 + before, Math.min(this.box.right + 14 - after, px));
    return `<text class="label" x="${clear.toFixed(1)}" y="${py.toFixed(1)}" fill="${paint(colour)}" text-anchor="${anchor}">${escapeText(text)}</text>`;
  }
}

// How each type of mark is drawn: `under` is cut off at the axes, and a zone lies below all the rest; `over` is not.
const DRAWN = {
  line(axes, { xs, ys, colour, width = 2, dash, label, labelAt = 1, labelDy = -8, anchor }) {
    const points = thin(xs, ys, axes.sx, axes.sy, axes.width);
    const under = `<path d="${pathOf(points, axes.limit)}" fill="none" stroke="${paint(colour)}" stroke-width="${width}"${dash ? DASHES : ""}/>`;
    const [px, py] = (label && points[Math.round(labelAt * (points.length - 1))]) || [];
    if (!Number.isFinite(py)) return { under };
    const height = Math.max(axes.box.top + 4, Math.min(axes.box.bottom - 6, py + labelDy));
    return { under, over: axes.label(px, height, label, colour, anchor ?? axes.anchor(px)) };
  },
  area(axes, { xs, ys, colour }) {
    const points = thin(xs, ys, axes.sx, axes.sy, axes.width);
    if (!points.length) return {};
    const base = axes.sy(0).toFixed(1);
    return { lowest: `<path d="${pathOf(points, axes.limit)}V${base}H${points[0][0].toFixed(1)}Z" fill="${paint(colour)}" opacity="0.25"/>` };
  },
  strokes(axes, { xs, ys, colour, width, faint }) {
    const place = (k) => `${axes.sx(xs[k]).toFixed(1)} ${axes.sy(ys[k]).toFixed(1)}`;
    let path = "";
    for (let k = 0; k < xs.length; k += 2) path += `M${place(k)}L${place(k + 1)}`;
    return { under: `<path d="${path}" fill="none" stroke="${paint(colour)}" stroke-width="${width}"${faint ? ' opacity="0.5"' : ""}/>` };
  },
  dot(axes, { x, y, colour, hollow, square, radius = 5, label, dx, dy = -9, anchor }) {
    const [px, py] = [axes.sx(x), axes.sy(y)];
    if (!Number.isFinite(px) || !Number.isFinite(py)) return {};
    const shape = square
      ? `<rect x="${(px - radius).toFixed(1)}" y="${(py - radius).toFixed(1)}" width="${2 * radius}" height="${2 * radius}"`
      : `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="${radius}"`;
    const circle = `${shape} fill="${paint(hollow ? "page" : colour)}" stroke="${paint(colour)}" stroke-width="2"/>`;
    if (!label) return { over: circle };
    const side = anchor ?? axes.anchor(px);
    return { over: circle + axes.label(px + (dx ?? { end: -9, middle: 0, start: 9 }[side]), py + dy, label, colour, side) };
  },
  ruleX(axes, { at, colour, dash, label, anchor }) {
    const { left, right, top, bottom } = axes.box;
    const px = axes.sx(at);
    if (!(px >= left - 0.5 && px <= right + 0.5)) return {};
    const under = `<path d="M${px} ${top}V${bottom}" stroke="${paint(colour)}" stroke-width="1.5"${dash ? DASHES : ""}/>`;
    const side = anchor ?? axes.anchor(px);
    return { under, over: label && axes.label(px + (side === "end" ? -5 : 5), top + 10, label, colour, side) };
  },
  ruleY(axes, { at, colour, dash, label }) {
    const { left, right, top, bottom } = axes.box;
    const py = axes.sy(at);
    if (!(py >= top - 0.5 && py <= bottom + 0.5)) return {};
    const under = `<path d="M${left} ${py}H${right}" stroke="${paint(colour)}" stroke-width="1.5"${dash ? DASHES : ""}/>`;
    return { under, over: label && axes.label(left + 4, py - 5, label, colour) };
  },
  zone(axes, { from, to, along = "x", label }) {
    const { left, right, top, bottom } = axes.box;
    const shaded =
      along === "y"
        ? { left, right, top: Math.max(top, axes.sy(to)), bottom: Math.min(bottom, axes.sy(from)) }
        : { left: Math.max(left, axes.sx(from)), right: Math.min(right, axes.sx(to)), top, bottom };
    if (!(shaded.right > shaded.left && shaded.bottom > shaded.top)) return {};
    const lowest = rectangle(shaded, ` fill="url(#${axes.id}-hatch)"`);
    // A label that is wider than its zone stands before it.
    const fits = label && label.length * LETTER < shaded.right - shaded.left;
    const [at, anchor] = fits || along === "y" ? [(shaded.left + shaded.right) / 2, "middle"] : [shaded.left - 5, "end"];
    return { lowest, over: label && axes.label(at, shaded.bottom - 10, label, "muted", anchor) };
  },
  text: (axes, { x, y, text, colour, anchor }) => ({ over: axes.label(axes.sx(x), axes.sy(y), text, colour, anchor) }),
};

// A part of a mark, which can fade while marks of another colour are lit: `--ghost-lit` is how far, and `--ghost-lit-loss: 1`
// excepts the loss.
const lit = (part, colour) => (part ? `<g data-colour="${colour}" opacity="var(--ghost-lit-${colour}, var(--ghost-lit, 1))">${part}</g>` : "");

// A picture as SVG text. The axes `x` and `y` have a domain, a label, and perhaps `log`. A mark has a `type`:
//   line   xs, ys, colour, [dash, width, label, labelAt: a fraction of its length, labelDy, anchor]
//   area   xs, ys, colour: shaded from the curve down to 0
//   strokes  xs, ys, colour, width, [faint]: straight lines, one for every two places
//   dot    x, y, colour, [hollow, square, radius, label, dx, dy, anchor]
//   ruleX  at, colour, [dash, label, anchor]
//   ruleY  at, colour, [dash, label]
//   zone   from, to, [along: "y", label]: hatched, the no-learning zone
//   text   x, y, text, colour, [anchor]
export function picture({ width, height, x, y, marks, alt }) {
  const axes = new Axes({ width, height, x, y });
  const { id, box, middle, sx, sy } = axes;
  let [lowest, under, over] = ["", "", ""];
  for (const { type, ...mark } of marks) {
    if (!Object.hasOwn(DRAWN, type)) throw new Error(`picture: unknown mark ${type}`);
    const drawn = DRAWN[type](axes, mark);
    const colour = mark.colour ?? "dead"; // a zone's
    lowest = lit(drawn.lowest, colour) + lowest;
    under += lit(drawn.under, colour);
    over += lit(drawn.over, colour);
  }
  const ticks =
    ticksOf(x, axes.width, 60).map(({ at, text }) => `<line class="tick" x1="${sx(at)}" x2="${sx(at)}" y1="${box.bottom}" y2="${box.bottom + 4}"/><text class="tick" x="${sx(at)}" y="${box.bottom + 17}" text-anchor="middle">${text}</text>`).join("") +
    ticksOf(y, axes.height, 40).map(({ at, text }) => `<line class="tick" x1="${box.left - 4}" x2="${box.left}" y1="${sy(at)}" y2="${sy(at)}"/><text class="tick" x="${box.left - 7}" y="${sy(at) + 4}" text-anchor="end">${text}</text>`).join("");
  return svg(
    width, height, alt,
    `<defs><clipPath id="${id}-box">${rectangle(box)}</clipPath>` +
      `<pattern id="${id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="7" stroke="${paint("dead")}" stroke-width="1.2" opacity="0.7"/></pattern></defs>` +
      `<path class="axis" d="M${box.left} ${box.top}V${box.bottom}H${box.right}"/>${ticks}` +
      `<text class="axis-label" x="${middle}" y="${height - 6}" text-anchor="middle">${escapeText(x.label)}</text>` +
      `<text class="axis-label" x="4" y="15">${escapeText(y.label)}</text>` +
      `<g clip-path="url(#${id}-box)">${lowest}${under}</g>${over}`,
  );
}

// What a style sheet may decide about a mark.
const LOOK = ["display", "fill", "stroke", "stroke-width", "stroke-linejoin", "paint-order", "opacity", "font-family", "font-size", "text-anchor"];

// All pictures inside an element as one SVG file that looks the same anywhere: as they lie, in the colours that they have.
export function asDrawn(element) {
  const frame = element.getBoundingClientRect();
  const copies = [...element.querySelectorAll("svg")].map((original) => {
    const copy = original.cloneNode(true);
    const parts = [copy, ...copy.querySelectorAll("*")];
    [original, ...original.querySelectorAll("*")].forEach((part, k) => {
      const style = getComputedStyle(part);
      for (const property of LOOK) parts[k].setAttribute(property, style.getPropertyValue(property));
    });
    const { left, top } = original.getBoundingClientRect();
    copy.setAttribute("x", left - frame.left);
    copy.setAttribute("y", top - frame.top);
    return new XMLSerializer().serializeToString(copy);
  });
  const page = getComputedStyle(element).getPropertyValue("--ghost-page");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${frame.height}"><rect width="100%" height="100%" fill="${page}"/>${copies.join("")}</svg>\n`;
}
