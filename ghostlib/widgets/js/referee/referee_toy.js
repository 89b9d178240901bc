// The claims about the toy model, run again: by id of the ledger's row, a function that gives the value which the row's
// rule judges. What Python derives with SymPy is asked of numbers here, and a formula in question is held against another
// way: a flow is integrated step by step, a slope is a difference, a limit is a far point.

import { grid } from "../core/numbers.js";
import { mean, normals, spearman } from "../core/statistics.js";
import { alphaStar, descend, escapeTime, finiteGradient, flow, gradient, loss, NO_RETURN, rescaledStep, rStar, trajectory } from "../core/toy.js";

const T = 100; // the paper's delay in Fig. 2
const ALPHA = [1e-10, 1e-9]; // its learning rates in Figs. 2B and 2C
const EPOCHS = 3000;
const STEP = 1e-3; // of the integration, in units of 1/√|r|
const FAR = 1e8;

const close = (one, other, tolerance) => Math.abs(one - other) <= tolerance * Math.max(Math.abs(one), Math.abs(other));
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

// One step of the classical Runge–Kutta method.
function rungeKutta(velocity, x, step) {
  const k1 = velocity(x);
  const k2 = velocity(x + (step * k1) / 2);
  const k3 = velocity(x + (step * k2) / 2);
  const k4 = velocity(x + step * k3);
  return x + (step * (k1 + 2 * k2 + 2 * k3 + k4)) / 6;
}

// x(t) of ẋ = x² + r from x = 0, step by step.
function follow(r, time) {
  const steps = Math.ceil((time * Math.sqrt(Math.abs(r))) / STEP);
  let x = 0;
  for (let k = 0; k < steps; k += 1) x = rungeKutta((at) => flow(at, r), x, time / steps);
  return x;
}

// When it escapes to infinity: up to x = √r in x, and beyond in 1/x, which goes to zero at a finite speed.
function timeToEscape(r) {
  const root = Math.sqrt(r);
  const step = STEP / root;
  let [time, x] = [0, 0];
  while (x < root) [x, time] = [rungeKutta((at) => flow(at, r), x, step), time + step];
  let inverse = 1 / x;
  while (inverse > 0) [inverse, time] = [rungeKutta((at) => -1 - r * at * at, inverse, step), time + step];
  return time + inverse; // the last step was too long by this, at speed 1
}

// The loss of Eq. (1) for an output that is a step at the escape: each step of time that is on the wrong side counts.
function lossByCounting(r, steps = 20000) {
  let wrong = 0;
  for (let k = 0; k < steps; k += 1) {
    const time = (2 * T * (k + 0.5)) / steps;
    if ((trajectory(time, r) === Infinity) !== time > T) wrong += (2 * T) / steps;
  }
  return wrong;
}

// The paper's scheme: Euler's steps, the state clipped, the sum over the states after each update.
function eulerLoss(r, c, xStar, dt = 0.1, clip = 1e6) {
  const steps = Math.round(T / dt);
  let [x, sum] = [0, 0];
  for (let k = 0; k < 2 * steps; k += 1) {
    x = Math.min(x + dt * (x * x + r), clip);
    sum += (sigmoid(c * (x - xStar)) - (k < steps ? 0 : 1)) ** 2;
  }
  return dt * sum;
}

// The two runs of Figs. 2B and 2C, from 10 r*.
function descents() {
  return ALPHA.map((alpha) => descend(10 * rStar(T), alpha, T, EPOCHS));
}
const arrivalOf = (r) => r.findIndex((value) => value < rStar(T));
const halfOf = (losses) => losses.findIndex((value) => value < losses[0] / 2);

// Fig. 2D: for each of a hundred learning rates, the last loss of ten runs from about 10 r*, and their mean after 1,000 epochs.
function sweep(progress) {
  const draw = normals(0);
  const alpha = grid(-11, -8, 99).map((exponent) => 10 ** exponent);
  return alpha.map((rate, k) => {
    progress(k / alpha.length);
    const runs = Array.from({ length: 10 }, () => descend((10 + 0.1 * draw()) * rStar(T), rate, T, 10000).loss);
    return { alpha: rate, a: rate / alphaStar(T), early: mean(runs.map((losses) => losses[1000])), last: runs.map((losses) => losses[10000]) };
  });
}

// The share of runs that is trapped at 1.02 α*.
function trappedShare(progress) {
  const draw = normals(0);
  let trapped = 0;
  for (let run = 0; run < 400; run += 1) {
    progress(run / 400);
    let rho = 10 + 0.1 * draw();
    for (let epoch = 0; epoch < 10000 && rho >= NO_RETURN; epoch += 1) rho = rescaledStep(rho, 1.02);
    if (rho < NO_RETURN) trapped += 1;
  }
  return trapped / 400;
}

// ½ẋ² where Newton's method on its derivative ends in 32-bit numbers.
function searchedSpeed(r) {
  const f = Math.fround;
  const push = f(r);
  let x = f(1);
  for (let step = 0; step < 200; step += 1) {
    const flow = f(f(x * x) + push);
    x = f(x - f(f(f(2 * x) * flow) / f(f(f(6 * x) * x) + f(2 * push))));
  }
  const flow = f(f(x * x) + push);
  return f(f(flow * flow) / 2);
}

// The learning rate at which one step from just above r* lands on r*/4, by bisection.
function criticalRate(delay) {
  const start = rStar(delay) * (1 + 1e-12);
  let [low, high] = [0, 1000];
  for (let k = 0; k < 200; k += 1) {
    const middle = (low + high) / 2;
    if (start - middle * gradient(start, delay) < NO_RETURN * rStar(delay)) high = middle;
    else low = middle;
  }
  return high;
}

const BELOW = grid(-10, 0.2499, 400).map((rho) => rho * rStar(T));
const ABOVE = [...grid(0.26, 0.99, 40), ...grid(1.01, 20, 200)].map((rho) => rho * rStar(T));
const slopeAt = (r, width) => (loss(r + width, T) - loss(r - width, T)) / (2 * width);

export const TOY = {
  "fig-1-bifurcation": () => {
    const roots = (r) => {
      const positive = grid(-2.01, 2, 1000).map((x) => flow(x, r) > 0);
      return positive.filter((value, k) => k > 0 && value !== positive[k - 1]).length;
    };
    return roots(-0.25) === 2 && roots(0.25) === 0 && close(follow(-0.25, 100), -0.5, 1e-9) && Number.isFinite(timeToEscape(0.25));
  },
  "eq-6-step": () => grid(-5, 5, 101).every((x) => close(1 + sigmoid(FAR * x), x > 0 ? 2 : 1, 1e-12)),
  "eq-7-trajectory": () =>
    [0.01, 0.25, 4].every(
      (r) =>
        [0.2, 0.7, 0.95].every((share) => {
          const time = (share * Math.PI) / (2 * Math.sqrt(r));
          return close(follow(r, time), trajectory(time, r), 1e-9);
        }) && close(timeToEscape(r), escapeTime(r), 1e-6),
    ),
  "ghost-lingers": () => escapeTime(rStar(T), 1) / T,
  "ghost-below-precision": () => searchedSpeed(rStar(10000)),
  "eq-2-loss": () => [...BELOW.slice(0, 20), ...ABOVE].every((r) => Math.abs(lossByCounting(r) - loss(r, T)) <= 0.011),
  "eq-12-minimum": () => loss(rStar(T), T) <= 1e-12 * T && [...BELOW, ...ABOVE].every((r) => loss(r, T) > 0),
  "fig-2a-curve": () => Math.max(...grid(-1, 2, 99).map((rho) => Math.abs(eulerLoss(rho * rStar(T), 1, 10) - loss(rho * rStar(T), T)))) / T,
  "fig-2a-no-learning-zone": () => BELOW.every((r) => gradient(r, T) === 0 && slopeAt(r, 1e-9) === 0 && loss(r, T) === T),
  "fig-2a-confidence": () =>
    grid(-10, 0.2495, 400).every((rho) => {
      const [low, high] = [0.1, 1].map((c) => finiteGradient(rho * rStar(T), T, c, 10));
      return low < 0 && Math.abs(low) > Math.abs(high);
    }),
  "fig-2a-saturation": () => close(loss(FAR * rStar(T), T), T, 1e-3) && gradient(FAR * rStar(T), T) < 1e-9 * gradient(2 * rStar(T), T),
  "eq-13-gradient": () => ABOVE.every((r) => close(gradient(r, T), slopeAt(r, 1e-6 * r), 1e-5)),
  "eq-14-kink": () => {
    const width = 1e-6 * rStar(T);
    const [left, right] = [-1, 1].map((side) => (side * loss(rStar(T) + side * width, T)) / width);
    const jump = (2 * T ** 3) / Math.PI ** 2;
    return close(left, -jump, 1e-5) && close(right, jump, 1e-5);
  },
  "eq-15-alpha-star": () => [1, 10, T].every((delay) => close(criticalRate(delay), alphaStar(delay), 1e-9)),
  "eq-15-value": () => criticalRate(T),
  "eq-15-always-trapped": trappedShare,
  "fig-2b-jump": () => halfOf(descents()[0].loss),
  "fig-2b-abrupt": () => {
    const [{ r, loss: losses }] = descents();
    return (arrivalOf(r) - halfOf(losses)) / arrivalOf(r);
  },
  "fig-2c-no-bifurcation": () => descents().every(({ r }) => r.every((value) => value > 0)),
  "fig-2c-trapped": () => descents()[1].r[EPOCHS] < NO_RETURN * rStar(T),
  "fig-2c-oscillation": () => {
    const [{ r }] = descents();
    const below = Array.from(r.subarray(arrivalOf(r)), (value) => value < rStar(T));
    return mean(below.slice(1).map((value, k) => Number(value !== below[k])));
  },
  "fig-2c-zero-loss": () => mean(descents()[0].loss.subarray(-1000)) / T,
  "fig-2d-maximum-rate": (progress) => Math.max(...sweep(progress).filter(({ last }) => last.some((value) => value < T)).map(({ alpha }) => alpha)),
  "fig-2d-lower-error": (progress) => {
    const learned = sweep(progress).filter(({ a, last }) => a < 1 && last.every((value) => value < T / 4));
    return spearman(learned.map(({ alpha }) => alpha), learned.map(({ last }) => mean(last)));
  },
  "fig-2d-few-epochs": (progress) => Math.min(...sweep(progress).filter(({ early }) => early < T / 2).map(({ a }) => a)),
};
