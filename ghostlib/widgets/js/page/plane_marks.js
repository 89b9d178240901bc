// A flow of the plane as marks of a picture: arrows, nullclines, slow points, a trial.

import { grid } from "../core/numbers.js";
import { planarVelocity } from "../core/planar.js";

const ARROWS = 17; // along either axis
const FINE = 60; // cells along either axis, for the nullclines
const LENGTH = 9; // of an arrow, in pixels

// What is drawn of a flow and does not change with the trial.
export function fieldOf(network, span) {
  const fine = grid(-span, span, FINE);
  const flows = fine.map((x) => fine.map((y) => planarVelocity(network, x, y)));
  const nullclines = [0, 1].map((k) => contour(fine, flows.map((row) => row.map((flow) => flow[k]))));
  const inner = (1 - 1 / ARROWS) * span;
  const places = grid(-inner, inner, ARROWS - 1);
  const arrows = places.flatMap((x) => places.map((y) => [x, y, ...planarVelocity(network, x, y)]));
  return { span, nullclines, arrows };
}

// The marks of a field, its slow points and a trial in a picture of that size; `cued` steps of it are dots.
export function planeMarks({ span, nullclines, arrows }, points, way, { width, height, cued = 0 }) {
  const [perX, perY] = [(width - 68) / (2 * span), (height - 70) / (2 * span)];
  return [
    strokes(arrows.flatMap((arrow) => arrowhead(arrow, perX, perY)), { colour: "muted", width: 0.9, faint: true }),
    strokes(nullclines[0].filter((_, k) => k % 2), { colour: "muted", width: 1.2 }), // dashed
    strokes(nullclines[1], { colour: "muted", width: 1.2 }),
    strokes(way.slice(1).map((to, k) => [...way[k], ...to]), { colour: "ink", width: 2.2 }),
    ...way.slice(1, cued + 1).map(([x, y]) => ({ type: "dot", x, y, colour: "gradient", hollow: true, radius: 3 })),
    { type: "dot", x: way[0][0], y: way[0][1], colour: "gradient" },
    ...points.map(({ position: [x, y], kind }) =>
      kind === "ghost"
        ? { type: "dot", x, y, colour: "ghost", hollow: true, square: true, label: "ghost", anchor: x < 0 ? "end" : "start", dy: y < 0 ? 16 : -9 }
        : { type: "dot", x, y, colour: "ink", hollow: !kind.startsWith("stable") },
    ),
  ];
}

// "2 stable points, 1 saddle and 2 ghosts".
export function inWords(points) {
  const count = (test) => points.filter(({ kind }) => test(kind)).length;
  const parts = [
    [count((kind) => kind.startsWith("stable")), "stable point"],
    [count((kind) => kind === "saddle"), "saddle"],
    [count((kind) => kind.startsWith("unstable")), "unstable point"],
    [count((kind) => kind === "saddle-node"), "saddle-node"],
    [count((kind) => kind === "ghost"), "ghost"],
  ].filter(([number]) => number).map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`);
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : (parts[0] ?? "no slow points");
}

// Straight lines [x, y, x, y] as one mark.
const strokes = (lines, look) => ({
  type: "strokes",
  xs: lines.flatMap(([x, , u]) => [x, u]),
  ys: lines.flatMap(([, y, , v]) => [y, v]),
  ...look,
});

// Where a function that is known at the corners of a lattice is zero, cell by cell, as straight lines.
function contour(at, values) {
  const lines = [];
  const last = at.length - 1;
  for (let i = 0; i < last; i += 1) {
    for (let j = 0; j < last; j += 1) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const crossed = [];
      corners.forEach(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4];
        const [here, there] = [values[a][b], values[c][d]];
        if (here < 0 === there < 0) return;
        const share = here / (here - there);
        crossed.push([at[a] + share * (at[c] - at[a]), at[b] + share * (at[d] - at[b])]);
      });
      for (let k = 0; k + 1 < crossed.length; k += 2) lines.push([...crossed[k], ...crossed[k + 1]]);
    }
  }
  return lines;
}

// An arrow of a flow as three strokes; `perX` and `perY` are pixels per unit along the axes.
function arrowhead([x, y, f1, f2], perX, perY) {
  const length = Math.hypot(f1 * perX, f2 * perY) || 1;
  const [a, b] = [(f1 * perX) / length, (f2 * perY) / length];
  const tip = [x + (LENGTH * a) / perX, y + (LENGTH * b) / perY];
  const barb = (turn) => [...tip, tip[0] + (3 * (-a + turn * b)) / perX, tip[1] + (3 * (-b - turn * a)) / perY];
  return [[x, y, ...tip], barb(0.6), barb(-0.6)];
}
