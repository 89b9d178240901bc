// How long the state takes past a ghost of a network of rank one.

import { rankOneFlow } from "./rankone.js";

const PIECES = 4000; // of an integral

// The places within √(2f/f″) of a ghost, where its parabola has doubled its speed, and the time ∫ dκ/|f| from one to the
// other in units of τ; NaN where the flow turns round in between, or where no parabola holds.
export function waitAt(state, ghost) {
  const { value: speed, curvature } = rankOneFlow(state, ghost);
  const width = Math.sqrt((2 * speed) / curvature);
  const places = Array.from({ length: PIECES + 1 }, (_, k) => ghost + ((2 * k) / PIECES - 1) * width);
  const slowness = places.map((place) => speed / rankOneFlow(state, place).value);
  const isPassed = slowness.every((value) => value > 0 && value < Infinity);
  return { from: ghost - width, to: ghost + width, time: isPassed ? (2 * width * simpson(slowness)) / Math.abs(speed) : NaN };
}

// ∫ over [0, 1] of a function with these values at even places.
function simpson(values) {
  return values.reduce((sum, value, k) => sum + value * (k === 0 || k === PIECES ? 1 : k % 2 ? 4 : 2), 0) / (3 * PIECES);
}
