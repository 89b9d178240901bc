// The toy model ẋ = x² + r in the reader's browser: the same numbers as ghostlib.toy, by the same algorithms.
// Pure functions of numbers, which refuse what is impossible.

import { refuse, requireFinite, requirePositive } from "./checks.js";

const R_STAR = (Math.PI * Math.PI) / 4; // r* T², below Eq. (2)
const ALPHA_STAR = (3 * Math.PI ** 4) / 32; // α* T⁵, Eq. (15)
const ESCAPE = Math.PI / 2; // t* √r, below Eq. (7)
const STEEPNESS = Math.PI / 4; // |dL/dr| r^(3/2), Eq. (13)
const RESCALED_STEP = 3 / 4; // the same for ρ = r/r* and a = α/α*
export const NO_RETURN = 1 / 4; // where the no-learning zone begins, in r*
const SATURATED = 40; // c(x − x*) above which the output is 1 in float64
const VANISHED = -750; // below which it is 0
const SIGNAL_REACH = 64; // so far below its peak the learning signal does not count
const LARGEST = 1e100; // beyond it intermediate results would overflow
const [NODES, WEIGHTS] = gaussLegendre(16);

// r* = π²/4T².
export function rStar(T) {
  requirePositive("T", T);
  return R_STAR / (T * T);
}

// α* = 3π⁴/32 T⁻⁵, Eq. (15).
export function alphaStar(T) {
  requirePositive("T", T);
  return ALPHA_STAR / T ** 5;
}

// ẋ = x² + r, Fig. 1.
export function flow(x, r) {
  requireNumber("x", x);
  requireFinite("r", r);
  return x * x + r;
}

// x(t) from x(0) = 0, Eq. (7) and the same integral for r ≤ 0; infinite from the escape on.
export function trajectory(t, r) {
  requireFinite("t", t);
  refuse(t < 0, "t", t, "at least 0");
  requireFinite("r", r);
  const root = Math.sqrt(Math.abs(r));
  const angle = root * t;
  if (r > 0) return angle < ESCAPE ? root * Math.tan(angle) : Infinity;
  return 0 - root * Math.tanh(angle);
}

// When x(t) reaches x*: arctan(x*/√r)/√r, or π/(2√r) for x* → ∞; never for r ≤ 0.
export function escapeTime(r, xStar = Infinity) {
  requireFinite("r", r);
  requireNumber("x*", xStar);
  refuse(xStar <= 0, "x*", xStar, "above 0");
  if (r <= 0) return Infinity;
  const root = Math.sqrt(r);
  return (xStar === Infinity ? ESCAPE : Math.atan(xStar / root)) / root;
}

// |T − π/(2√r)| for r ≥ r*/4, and T otherwise: Eqs. (2) and (12), in units of time.
export function loss(r, T) {
  requireFinite("r", r);
  return r >= NO_RETURN * rStar(T) ? Math.abs(T - ESCAPE / Math.sqrt(r)) : T;
}

// sgn(r − r*) π / 4r^(3/2) for r ≥ r*/4, and 0 otherwise, Eq. (13); 0 at r* itself.
export function gradient(r, T) {
  requireFinite("r", r);
  const best = rStar(T);
  return r >= NO_RETURN * best ? Math.sign(r - best) * (STEEPNESS / (r * Math.sqrt(r))) : 0;
}

// The loss of Eq. (1) at finite confidence c and threshold x*, in units of time: see ghostlib.toy.finite.
export function finiteLoss(r, T, c, xStar) {
  return finiteLossAndGradient(r, T, c, xStar).loss;
}

// Its gradient dL/dr, in units of time³.
export function finiteGradient(r, T, c, xStar) {
  return finiteLossAndGradient(r, T, c, xStar).gradient;
}

// Both at the price of one. In units of T, r T², c/T and x* T are the only parameters.
export function finiteLossAndGradient(r, T, c, xStar) {
  requireFinite("r", r);
  requirePositive("T", T);
  requirePositive("The confidence c", c);
  requirePositive("The threshold x*", xStar);
  requireSize("r T²", r * T * T, 0);
  requireSize("c/T", c / T, 1 / LARGEST);
  requireSize("x* T", xStar * T, 1 / LARGEST);
  const [unitLoss, unitGradient] = unitLossAndGradient(r * T * T, c / T, xStar * T);
  return { loss: T * unitLoss, gradient: T * T * T * unitGradient };
}

// What an output ô = σ(c(x − x*)) that should be 1 feeds back: its error times its slope, c ô (1 − ô)², Eq. (B34) less 2/T.
export function feed(x, c, xStar) {
  requireFinite("x", x);
  requirePositive("The confidence c", c);
  requireFinite("The threshold x*", xStar);
  const away = c * (x - xStar);
  const small = Math.exp(-Math.abs(away));
  const [on, off] = away > 0 ? [1, small] : [small, 1];
  return (c * on * off * off) / (1 + small) ** 3;
}

// Gradient descent r ← r − α dL/dr: r and the loss at epochs 0, 1, …, epochs.
export function descend(r0, alpha, T, epochs) {
  requireFinite("r0", r0);
  requirePositive("The learning rate", alpha);
  const r = iterate(r0, alpha, STEEPNESS, rStar(T), epochs);
  return { r, loss: r.map((value) => loss(value, T)) };
}

// One step without units, ρ − ¾ a sgn(ρ − 1) ρ^(−3/2) for ρ ≥ ¼ and ρ otherwise.
export function rescaledStep(rho, a) {
  requireFinite("ρ", rho);
  requirePositive("α/α*", a);
  return advance(rho, a, RESCALED_STEP, 1);
}

// The rate α/α* whose step from ρ ends at `landing`, on the side to which the slope leads; negative on the other.
export function rateOfStep(rho, landing) {
  requireFinite("ρ", rho);
  requireFinite("The landing", landing);
  return (Math.sign(rho - 1) * (rho - landing) * rho * Math.sqrt(rho)) / RESCALED_STEP;
}

// Many of them: ρ at epochs 0, 1, …, epochs.
export function descendRescaled(rho0, a, epochs) {
  requireFinite("ρ", rho0);
  requirePositive("α/α*", a);
  return iterate(rho0, a, RESCALED_STEP, 1, epochs);
}

function iterate(start, rate, slope, centre, epochs) {
  refuse(!Number.isInteger(epochs) || epochs < 0, "The number of epochs", epochs, "a whole number, 0 or more");
  const record = new Float64Array(epochs + 1);
  record[0] = start;
  for (let epoch = 1; epoch <= epochs; epoch++) record[epoch] = advance(record[epoch - 1], rate, slope, centre);
  return record;
}

function advance(z, rate, slope, centre) {
  return z >= NO_RETURN * centre ? z - rate * (Math.sign(z - centre) * (slope / (z * Math.sqrt(z)))) : z;
}

// Nodes and weights on [0, 1]: roots of the Legendre polynomial by Newton's method.
function gaussLegendre(n) {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let z = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let derivative = 0;
    for (let round = 0; round < 8; round++) {
      let [before, here] = [1, z];
      for (let k = 2; k <= n; k++) [before, here] = [here, ((2 * k - 1) * z * here - (k - 1) * before) / k];
      derivative = (n * (z * here - before)) / (z * z - 1);
      z -= here / derivative;
    }
    nodes[i] = (z + 1) / 2;
    weights[i] = 1 / ((1 - z * z) * derivative * derivative);
  }
  return [nodes, weights];
}

// Loss and gradient for T = 1, panel by panel.
function unitLossAndGradient(r, c, xStar) {
  const root = Math.sqrt(Math.abs(r));
  let [total, slope] = [0, 0];
  let [t, x, xi] = [0, 0, -c * xStar]; // xi is c(x − x*), kept apart because x − x* would lose digits
  for (let half = 0; half < 2; half++) {
    const end = half + 1;
    // Where in this half the output is nearest to one half: at its end if the state rises, else at its start.
    let peak = xi;
    if (r > 0) peak = root * end < Math.PI / 2 ? Math.min(0, c * (riseIn(r, root, 0, end) - xStar)) : 0;
    while (t < end) {
      if (xi >= SATURATED) {
        total += (1 - half) * (end - t);
        t = end;
        break;
      }
      // As far as the output changes little; where it does not count, to where it does.
      const floor = Math.max(peak - SIGNAL_REACH, VANISHED);
      const blank = xi < floor;
      let rise = Math.max(1, Math.abs(xi - peak) / 2) / c;
      let delta = end - t;
      if (r > 0) {
        rise = blank ? (floor - xi) / c : Math.min(rise, Math.max(root, x));
        delta = durationOf(r, root, x, rise);
      } else if (r < 0 && !blank) {
        delta = Math.min(durationOf(r, root, x, -rise), Math.max(1 / root, t));
      }
      const last = delta >= end - t;
      if (last || r <= 0) {
        delta = Math.min(delta, end - t);
        rise = riseIn(r, root, x, delta);
      }
      if (blank) {
        total += half * delta;
      } else {
        const [moreLoss, moreGradient] = panelLossAndGradient(t, x, xi, delta, r, root, c, half === 1);
        total += moreLoss;
        slope += moreGradient;
      }
      t = last ? end : t + delta;
      x += rise;
      xi = blank && !last ? floor : xi + c * rise; // exact, however far away it was
    }
  }
  return [total, slope];
}

// How much x grows in a duration: Eq. (7) and the addition theorem of the tangent, free of cancellation.
function riseIn(r, root, x, delta) {
  let tau = delta;
  if (r > 0) tau = Math.tan(root * delta) / root;
  else if (r < 0) tau = Math.tanh(root * delta) / root;
  return (tau * (r + x * x)) / (1 - x * tau);
}

// Its inverse; infinite where x never gets that far, which happens only on the way down to −√−r.
function durationOf(r, root, x, rise) {
  const tau = (root * rise) / (r + x * (x + rise));
  if (r > 0) return Math.atan(tau) / root;
  return tau > 0 && tau < 1 ? Math.atanh(tau) / root : Infinity;
}

// Loss and gradient over [t, t + delta], in the first or second half of the task.
function panelLossAndGradient(t, x, xi, delta, r, root, c, second) {
  let [total, slope] = [0, 0];
  for (let i = 0; i < NODES.length; i++) {
    const rise = riseIn(r, root, x, delta * NODES[i]);
    const [xHere, xiHere, tHere] = [x + rise, xi + c * rise, t + delta * NODES[i]];
    const small = Math.exp(-Math.abs(xiHere));
    const on = (xiHere > 0 ? 1 : small) / (1 + small);
    const off = (xiHere > 0 ? small : 1) / (1 + small);
    const sensitivity = r === 0 ? tHere : (xHere + tHere * (xHere * xHere + r)) / (2 * r);
    const error = second ? -off : on;
    total += WEIGHTS[i] * error * error;
    slope += WEIGHTS[i] * 2 * c * error * on * off * sensitivity;
  }
  return [delta * total, delta * slope];
}

function requireNumber(name, value) {
  refuse(typeof value !== "number" || Number.isNaN(value), name, value, "a number");
}

function requireSize(name, value, least) {
  const size = Math.abs(value);
  refuse(size < least || size > LARGEST, name, value, `of a size between ${least} and ${LARGEST}`);
}
