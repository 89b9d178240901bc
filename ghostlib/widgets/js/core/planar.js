// Networks of rank two in the reader's browser: the flow of the plane, Eq. (B60), with the numbers of ghostlib's records.
// What is found here is looked for from many places and not proved, unlike ghostlib.dynamics.planar_points.

import { refuse, requireFinite } from "./checks.js";
import { grid } from "./numbers.js";

const STARTS = 24; // places along either axis from which a point is looked for
const ROUNDS = 40; // of Newton's iteration
const LONGEST = 0.5; // a step of it, so that it does not leave its neighbourhood
const SAME = 1e-6; // two points that are nearer to each other are one
const NO_SPEED = 1e-9; // |F| below which a minimum of it is a fixed point
export const PARABOLA = 0.5; // by how much the speed at a ghost's width may differ from the parabola's

// τκ̇ = −κ + N tanh(Mκ + b) with κ ∈ ℝ²: the columns of M, the rows of N, and b.
export function planarNetwork(m1, m2, n1, n2, b) {
  for (const [name, values] of Object.entries({ m2, n1, n2, b })) {
    refuse(values.length !== m1.length, `The length of ${name}`, values.length, `that of m1, ${m1.length}`);
  }
  for (const values of [m1, m2, n1, n2, b]) values.forEach((value) => requireFinite("Every weight", value));
  return { m1, m2, n1, n2, b };
}

// F at (x, y), its Jacobian row by row, and the second derivatives of each part: xx, xy, yy.
export function planarFlow({ m1, m2, n1, n2, b }, x, y) {
  let [f1, f2, a11, a12, a21, a22] = [-x, -y, -1, 0, 0, -1];
  const second = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < b.length; i += 1) {
    const phi = Math.tanh(m1[i] * x + m2[i] * y + b[i]);
    const slope = 1 - phi * phi;
    const bend = -2 * phi * slope;
    f1 += n1[i] * phi;
    f2 += n2[i] * phi;
    a11 += n1[i] * slope * m1[i];
    a12 += n1[i] * slope * m2[i];
    a21 += n2[i] * slope * m1[i];
    a22 += n2[i] * slope * m2[i];
    const [xx, xy, yy] = [bend * m1[i] * m1[i], bend * m1[i] * m2[i], bend * m2[i] * m2[i]];
    second[0] += n1[i] * xx;
    second[1] += n1[i] * xy;
    second[2] += n1[i] * yy;
    second[3] += n2[i] * xx;
    second[4] += n2[i] * xy;
    second[5] += n2[i] * yy;
  }
  return { flow: [f1, f2], jacobian: [a11, a12, a21, a22], second };
}

// F alone, for pictures.
export function planarVelocity({ m1, m2, n1, n2, b }, x, y) {
  let [f1, f2] = [-x, -y];
  for (let i = 0; i < b.length; i += 1) {
    const phi = Math.tanh(m1[i] * x + m2[i] * y + b[i]);
    f1 += n1[i] * phi;
    f2 += n2[i] * phi;
  }
  return [f1, f2];
}

// The state after each step of Δ, from (x, y) on: steps + 1 pairs. `bias(t)` is b of the step from t to t + 1.
export function planarTrial(network, [x, y], steps, delta, bias = () => network.b) {
  const way = [[x, y]];
  for (let t = 0; t < steps; t += 1) {
    const [f1, f2] = planarVelocity({ ...network, b: bias(t) }, ...way[t]);
    way.push([way[t][0] + delta * f1, way[t][1] + delta * f2]);
  }
  return way;
}

// Fixed points and ghosts with |κ₁|, |κ₂| ≤ reach, as { position, kind, speed, time }, as in ghostlib's SpacePoint; time is
// what the parabola through a ghost takes, in units of τ. Up to `near` the places from which they are looked for lie closer.
export function planarPoints(network, reach, near = reach) {
  const fixed = [];
  const ghosts = [];
  const isInside = ([x, y]) => Math.abs(x) <= reach && Math.abs(y) <= reach;
  const isNew = (found, [x, y]) => found.every(({ position: [u, v] }) => Math.hypot(x - u, y - v) > SAME * Math.max(1, Math.hypot(x, y)));
  const lattice = (far) => grid(-far, far, STARTS).flatMap((x) => grid(-far, far, STARTS).map((y) => [x, y]));
  for (const start of [...new Set([near, reach])].flatMap(lattice)) {
    const zero = newton(network, start, zeroStep);
    if (zero && isInside(zero) && isNew(fixed, zero)) fixed.push({ position: zero, kind: kindOf(planarFlow(network, ...zero).jacobian), speed: 0, time: Infinity });
    const lowest = newton(network, start, minimumStep);
    if (!lowest || !isInside(lowest) || !isNew(ghosts, lowest)) continue;
    const here = planarFlow(network, ...lowest);
    const speed = Math.hypot(...here.flow);
    if (speed > NO_SPEED && isMinimum(hessianOf(here))) ghosts.push({ position: lowest, kind: "ghost", speed, time: passageTime(network, lowest, here) });
  }
  return [...fixed, ...ghosts].sort((one, other) => one.position[0] - other.position[0]);
}

// π/√(F·D²F[v, v]/2) along the slow direction v, Jv = 0, times the cosine between it and F; NaN where no parabola holds.
function passageTime(network, [x, y], { flow, jacobian: [a, b, c, d], second: [p, q, r, s, t, u] }) {
  const [v, w] = Math.hypot(a, b) > Math.hypot(c, d) ? [-b, a].map((each) => each / Math.hypot(a, b)) : [-d, c].map((each) => each / Math.hypot(c, d));
  const bend = flow[0] * (p * v * v + 2 * q * v * w + r * w * w) + flow[1] * (s * v * v + 2 * t * v * w + u * w * w);
  const speed = Math.hypot(...flow);
  if (!(bend > 0)) return NaN;
  const width = speed * Math.sqrt(2 / bend);
  const holds = [-width, width].every((far) => {
    const [f1, f2] = planarVelocity(network, x + far * v, y + far * w);
    return Math.abs((f1 * flow[0] + f2 * flow[1]) / speed - 2 * speed) <= 2 * speed * PARABOLA;
  });
  return holds ? (Math.PI / Math.sqrt(bend / 2)) * (Math.abs(v * flow[0] + w * flow[1]) / speed) : NaN;
}

// Newton's iteration, or null where it does not settle.
function newton(network, start, stepOf) {
  let [x, y] = start;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [dx, dy] = stepOf(planarFlow(network, x, y));
    const length = Math.hypot(dx, dy);
    if (!Number.isFinite(length)) return null;
    const share = Math.min(1, LONGEST / length);
    x += share * dx;
    y += share * dy;
    if (length < 1e-12 * Math.max(1, Math.hypot(x, y))) return [x, y];
  }
  return null;
}

const zeroStep = ({ flow: [f1, f2], jacobian: [a, b, c, d] }) => solved([a, b, c, d], -f1, -f2);

// Where |F| has no minimum nearby, downhill along its slope leads to where it has.
function minimumStep(here) {
  const { flow: [f1, f2], jacobian: [a, b, c, d] } = here;
  const [gx, gy] = [a * f1 + c * f2, b * f1 + d * f2];
  const hessian = hessianOf(here);
  return isMinimum(hessian) ? solved(hessian, -gx, -gy) : [-gx, -gy];
}

// That of ½|F|²: JᵀJ + Σ F_k ∇²F_k, row by row.
function hessianOf({ flow: [f1, f2], jacobian: [a, b, c, d], second }) {
  const [xx, xy, yy] = [0, 1, 2].map((k) => f1 * second[k] + f2 * second[k + 3]);
  return [a * a + c * c + xx, a * b + c * d + xy, a * b + c * d + xy, b * b + d * d + yy];
}

const isMinimum = ([a, b, c, d]) => a > 0 && a * d - b * c > 0;

const solved = ([a, b, c, d], u, v) => [(d * u - b * v) / (a * d - b * c), (a * v - c * u) / (a * d - b * c)];

function kindOf([a, b, c, d]) {
  const [trace, determinant] = [a + d, a * d - b * c];
  if (determinant < 0) return "saddle";
  return `${trace < 0 ? "stable" : "unstable"} ${trace * trace < 4 * determinant ? "focus" : "node"}`;
}
