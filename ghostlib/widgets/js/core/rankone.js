// Rank-one networks in the reader's browser: the same numbers as ghostlib.networks.adjoint and ghostlib.dynamics.slow_points.
// A state holds one network and its buffers; training works in place and leaves no garbage behind.

import { refuse, requireFinite, requirePositive } from "./checks.js";
import { bytesOf } from "./numbers.js";

// The paper's delayed-activation task: T in steps, Δ = Δt/τ, x(0), κ* and the confidence c.
export const RANK_ONE_TASK = Object.freeze({ T: 20, delta: 0.5, x0: -0.3, kappaStar: 1, c: 10 });

const SMALL = 0.625; // |y| up to which eight levels of the continued fraction of tanh y are exact to rounding
const MOST_DOUBLINGS = 5; // from 0.625 to 20, where tanh is 1 to rounding
const TANH_THIRD = 2; // the largest |tanh‴|
const ROUNDING = Number.EPSILON / 2; // the unit of rounding
const FARTHEST = 1e37; // how far from the origin of tanh is looked: beyond, the eighth power would overflow
const CELLS = 32; // of the first cut
const MOST_CELLS = 100000;
const NEWTON_ROUNDS = 200; // of a safeguarded Newton iteration, which needs about ten

// τẋ = −x + tanh(mκ + b) with κ = n·x, Eqs. (3) and (4); the arrays are copied.
export function rankOneNetwork(m, n, b) {
  const N = m.length;
  refuse(N < 1, "The number of units", N, "at least 1");
  for (const [name, values] of Object.entries({ m, n, b })) {
    refuse(values.length !== N, `The length of ${name}`, values.length, `that of m, ${N}`);
    for (let i = 0; i < N; i++) requireFinite(`${name}[${i}]`, values[i]);
  }
  return {
    N,
    m: Float64Array.from(m),
    n: Float64Array.from(n),
    b: Float64Array.from(b),
    gradient: { m: new Float64Array(N), n: new Float64Array(N), b: new Float64Array(N) },
    last: { loss: NaN, gradientNorm: NaN, accuracy: NaN },
    trial: null,
  };
}

// Networks packed by ghostlib.widgets._networks.pack: little-endian float32, m then n of each, and b = 0.
export function rankOneUnpack(base64, N = 100) {
  refuse(!Number.isInteger(N) || N < 1, "The number of units", N, "a whole number, 1 or more");
  const bytes = bytesOf(base64);
  refuse(bytes.length % (8 * N) !== 0, "The number of packed bytes", bytes.length, `a multiple of ${8 * N}`);
  const view = new DataView(bytes.buffer);
  const read = (first) => Float64Array.from({ length: N }, (_, i) => view.getFloat32(4 * (first + i), true));
  return Array.from({ length: bytes.length / (8 * N) }, (_, network) =>
    rankOneNetwork(read(2 * N * network), read(2 * N * network + N), new Float64Array(N)),
  );
}

// One trial: κ before and after each update, 2T + 1 numbers, and the output after each, Eqs. (5) and (17).
export function rankOneForward(state, task = RANK_ONE_TASK, c = task.c) {
  const trial = forward(state, task, c);
  return { kappa: trial.kappa.slice(), output: trial.output.slice() };
}

// Loss Σ(ô − o)²/T, gradient norm and accuracy, in `state.last`; the gradient itself in `state.gradient`.
export function rankOneLossAndGradient(state, task = RANK_ONE_TASK, c = task.c) {
  backward(state, task, c, forward(state, task, c));
  return state.last;
}

// The same, then one step of gradient descent in place: what is returned is from before the step.
export function rankOneEpoch(state, task, alpha, c = task.c) {
  requirePositive("The learning rate α", alpha);
  rankOneLossAndGradient(state, task, c);
  const { N, m, n, b, gradient } = state;
  const { m: dm, n: dn, b: db } = gradient;
  for (let i = 0; i < N; i++) {
    m[i] -= alpha * dm[i];
    n[i] -= alpha * dn[i];
    b[i] -= alpha * db[i];
  }
  return state.last;
}

// So many epochs. The loss, gradient norm and accuracy before each step go into the arrays of `record`, from place `first` on.
export function rankOneEpochs(state, task, { alpha, c = task.c, epochs, record, first = 0 }) {
  for (let place = first; place < first + epochs; place++) {
    const last = rankOneEpoch(state, task, alpha, c);
    record.loss[place] = last.loss;
    record.gradientNorm[place] = last.gradientNorm;
    record.accuracy[place] = last.accuracy;
  }
}

// Epochs until a silent network begins to learn, told from its loss and gradient norm: Eq. (B26).
export const rankOnePlateau = (loss, gradientNorm, alpha) => (1 - loss) / (alpha * gradientNorm ** 2);

// f(κ) = −κ + n·tanh(mκ + b), Eq. (4), with f′ and f″, in units of 1/τ.
export function rankOneFlow(state, kappa) {
  requireFinite("κ", kappa);
  const [value, slope, curvature] = derivatives(state, kappa, new Float64Array(3));
  return { value, slope, curvature };
}

// Every fixed point and every ghost, in the order of κ, as ghostlib.dynamics.slow_points finds them. None is missed: the extrema of f are
// isolated by Taylor's theorem with a bound of |f‴|, and not by a grid, and between two of them f crosses zero at most
// once. What rounding cannot tell from one point is one point.
export function rankOneSlowPoints(state) {
  const reach = reachOf(state);
  const extrema = crossings(state, 1, edgesOf(state, reach), 4);
  const knots = [-reach, ...extrema.map(({ kappa }) => kappa), reach];
  const speeds = knots.map((kappa) => rankOneFlow(state, kappa).value);
  const found = crossings(state, 0, knots, 1).map(({ kappa, rises }) => ({ position: kappa, kind: rises ? "unstable" : "stable" }));
  const sign = signsOf(state, 0, knots, 1);
  extrema.forEach(({ kappa, rises }, i) => {
    if (sign[i + 1] !== 0 && sign[i + 1] > 0 === rises) found.push({ position: kappa, kind: "ghost" });
  });
  for (const [i, j] of neighbours(sign)) {
    if (sign[i] !== sign[j] || j === i + 1) continue;
    const touching = knots.slice(i + 1, j);
    const height = speeds.slice(i + 1, j).map(Math.abs);
    found.push({ position: touching[height.indexOf(Math.min(...height))], kind: "saddle-node" });
  }
  return found.map((point) => ({ ...point, speed: rankOneFlow(state, point.position).value })).sort((one, other) => one.position - other.position);
}

// κ[t+1] = (1 − Δ)κ[t] + Δ n·φ[t]; keeps φ = tanh(mκ + b) and Σ nm(1 − φ²) for the way back.
function forward(state, task, c) {
  const { N, m, n, b, last } = state;
  const { T, delta, kappaStar } = task;
  const { kappa, output, phi, pull } = trialOf(state, task, c);
  const steps = 2 * T;
  let steepest = 0;
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < N; i++) {
    steepest = Math.max(steepest, Math.abs(m[i]));
    largest = Math.max(largest, Math.abs(b[i]));
    sum += n[i];
  }
  kappa[0] = task.x0 * sum;
  let loss = 0;
  let right = 0;
  for (let t = 0; t < steps; t++) {
    const here = kappa[t];
    // tanh of all units at once: scaled by 2⁻ᵈ into the reach of a continued fraction p/q, then doubled d times
    // by tanh 2y = 2pq/(p² + q²). One d for all units leaves the loop without surprises for the processor.
    let size = steepest * Math.abs(here) + largest;
    let doublings = 0;
    let scale = 1;
    while (size > SMALL && doublings < MOST_DOUBLINGS) {
      size /= 2;
      scale /= 2;
      doublings++;
    }
    let drive = 0;
    let tilt = 0;
    for (let i = 0, place = t * N; i < N; i++, place++) {
      let y = (m[i] * here + b[i]) * scale;
      if (y > SMALL) y = SMALL;
      else if (y < -SMALL) y = -SMALL;
      const s = y * y;
      let p = y * (2027025 + s * (270270 + s * (6930 + s * 36)));
      let q = 2027025 + s * (945945 + s * (51975 + s * (630 + s)));
      for (let d = 0; d < doublings; d++) {
        const twice = 2 * p * q;
        q = p * p + q * q;
        p = twice;
      }
      const value = p / q;
      phi[place] = value;
      drive += n[i] * value;
      tilt += n[i] * m[i] * (1 - value * value);
    }
    kappa[t + 1] = (1 - delta) * here + delta * drive;
    pull[t] = tilt;
    output[t] = 1 / (1 + Math.exp(-c * (kappa[t + 1] - kappaStar)));
    const error = t < T ? output[t] : output[t] - 1;
    loss += error * error;
    if (output[t] > 0.5 === t >= T) right++;
  }
  // Of parameters that have overflowed neither is a number, also where the output still looks silent.
  const sound = [steepest, largest, sum, loss].every(Number.isFinite);
  last.loss = sound ? loss / T : NaN;
  last.accuracy = sound ? right / steps : NaN;
  return state.trial;
}

// With λ = dL/dκ[t+1], from the last step to the first; see ghostlib.networks.adjoint for the derivation.
function backward(state, task, c, { kappa, output, phi, pull, into }) {
  const { N, n, gradient, last } = state;
  const { m: dm, n: dn, b: db } = gradient;
  const { T, delta, x0 } = task;
  const steps = 2 * T;
  let adjoint = 0;
  for (let t = steps - 1; t >= 0; t--) {
    const error = t < T ? output[t] : output[t] - 1;
    adjoint += (2 * error * c * output[t] * (1 - output[t])) / T;
    into[t] = delta * adjoint;
    adjoint *= 1 - delta + delta * pull[t];
  }
  let squares = 0;
  for (let i = 0; i < N; i++) {
    let toN = x0 * adjoint;
    let toB = 0;
    let toM = 0;
    for (let t = 0, place = i; t < steps; t++, place += N) {
      const value = phi[place];
      const through = into[t] * (1 - value * value);
      toN += into[t] * value;
      toB += through;
      toM += through * kappa[t];
    }
    dn[i] = toN;
    db[i] = n[i] * toB;
    dm[i] = n[i] * toM;
    squares += dn[i] * dn[i] + db[i] * db[i] + dm[i] * dm[i];
  }
  last.gradientNorm = Math.sqrt(squares);
}

export function requireTask({ T, delta, x0, kappaStar }, c) {
  refuse(!Number.isInteger(T) || T < 1, "The delay T", T, "a whole number of steps, 1 or more");
  refuse(!(delta > 0 && delta <= 2), "Δ = Δt/τ", delta, "above 0 and at most 2");
  requirePositive("The confidence c", c);
  requireFinite("x(0)", x0);
  requireFinite("κ*", kappaStar);
}

// The buffers of a trial, kept as long as T stays.
function trialOf(state, task, c) {
  requireTask(task, c);
  const { T } = task;
  if (state.trial?.output.length !== 2 * T) {
    state.trial = {
      kappa: new Float64Array(2 * T + 1),
      output: new Float64Array(2 * T),
      phi: new Float64Array(2 * T * state.N),
      pull: new Float64Array(2 * T),
      into: new Float64Array(2 * T),
    };
  }
  return state.trial;
}

// f, f′ and f″ at κ, written into `result`.
function derivatives({ N, m, n, b }, kappa, result) {
  let value = -kappa;
  let slope = -1;
  let curvature = 0;
  for (let i = 0; i < N; i++) {
    const phi = Math.tanh(m[i] * kappa + b[i]);
    const tilt = n[i] * m[i] * (1 - phi * phi);
    value += n[i] * phi;
    slope += tilt;
    curvature -= 2 * m[i] * phi * tilt;
  }
  result[0] = value;
  result[1] = slope;
  result[2] = curvature;
  return result;
}

// In a cell of κ: the largest |f‴|, and the largest rounding errors of f, f′ and f″, written into `result`. With z the
// place of the cell that is nearest to the origin of a unit's tanh, its derivatives there obey |tanh′| ≤ d, |tanh″| ≤ 2d and
// |tanh‴| ≤ min(2, 4d), where d = (1 + z²/2 + z⁴/24)⁻² ≥ 1/cosh² z.
function bounds({ N, m, n, b }, centre, half, result) {
  const reach = Math.abs(centre) + half;
  const terms = N + 20; // units of rounding: one a term of the sum, and a few for products and tanh
  let [third, value, slope, curvature] = [0, 0, 0, 0];
  for (let i = 0; i < N; i++) {
    const steep = Math.abs(m[i]);
    const argument = 2 * (steep * reach + Math.abs(b[i]));
    const z = Math.abs(m[i] * centre + b[i]);
    const near = Math.min(Math.max(z - steep * half - ROUNDING * argument, 0), FARTHEST);
    const s = (near * near) / 2;
    const d = (1 + s + (s * s) / 6) ** -2;
    const lost = Math.min(terms, d / ROUNDING) + 2 * argument * d; // 1 − tanh² is never off by more than d
    let size = Math.abs(n[i]);
    value += size * (terms * Math.min(1, z + steep * half) + argument * d);
    slope += (size *= steep) * lost;
    curvature += 2 * (size *= steep) * lost;
    third += size * steep * Math.min(TANH_THIRD, 2 * TANH_THIRD * d);
  }
  result[0] = ROUNDING * (value + 2 * reach);
  result[1] = ROUNDING * (slope + 1);
  result[2] = ROUNDING * curvature;
  result[3] = third;
  return result;
}

// Beyond Σ|n| the leak wins over the bounded tanh: no fixed point there. What is added keeps f clear of zero.
function reachOf({ n }) {
  const total = n.reduce((sum, value) => sum + Math.abs(value), 0);
  requireFinite("The reach of the network", total);
  return total + Math.max(1, 1e-6 * total);
}

// Edges and middles of cells that tile (−reach, reach); in each f′ has at most one zero, or is zero to rounding.
function edgesOf(state, reach) {
  const [at, error] = [new Float64Array(3), new Float64Array(4)];
  const edges = [reach];
  let half = reach / CELLS;
  let cells = Array.from({ length: CELLS }, (_, i) => -reach + 2 * half * i);
  while (cells.length > 0) {
    const open = [];
    for (const left of cells) {
      derivatives(state, left + half, at);
      const [slope, curvature] = [Math.abs(at[1]), Math.abs(at[2])];
      const [, slopeError, curvatureError, third] = bounds(state, left + half, half, error);
      requireFinite("The steepness of the network", third);
      const bend = third * half;
      const bent = half * (curvature + curvatureError + bend / 2) + slopeError;
      const isSettled = slope > bent || curvature - curvatureError > bend || slope + bent <= 3 * slopeError;
      (isSettled ? edges : open).push(left, left + half);
    }
    refuse(open.length > MOST_CELLS, "The number of cells to search", open.length, `at most ${MOST_CELLS}`);
    cells = open;
    half /= 2;
  }
  return edges.sort((one, other) => one - other);
}

// The signs of the derivative of f of this order (0 or 1); 0 where it is within so many rounding errors of zero.
function signsOf(state, order, places, errors) {
  const [at, error] = [new Float64Array(3), new Float64Array(4)];
  return places.map((kappa) => {
    const value = derivatives(state, kappa, at)[order];
    return Math.abs(value) <= errors * bounds(state, kappa, 0, error)[order] ? 0 : Math.sign(value);
  });
}

// Pairs of indices of signs that have no doubtful one, or only doubtful ones, between them.
function neighbours(signs) {
  const clear = [...signs.keys()].filter((k) => signs[k] !== 0);
  return clear.slice(1).map((index, k) => [clear[k], index]);
}

// Where that derivative changes its sign beyond doubt, and whether it rises there.
function crossings(state, order, places, errors) {
  const signs = signsOf(state, order, places, errors);
  const changes = neighbours(signs).filter(([i, j]) => signs[i] !== signs[j]);
  return changes.map(([i, j]) => ({ kappa: zeroBetween(state, order, places[i], places[j], signs[j] > 0), rises: signs[j] > 0 }));
}

// Newton's method, kept inside a bracket that shrinks.
function zeroBetween(state, order, low, high, rises) {
  const at = new Float64Array(3);
  const resolution = 4 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high));
  let kappa = (low + high) / 2;
  for (let round = 0; round < NEWTON_ROUNDS && high - low > resolution; round++) {
    derivatives(state, kappa, at);
    if (at[order] === 0) return kappa;
    if (at[order] > 0 === rises) high = kappa;
    else low = kappa;
    const newton = kappa - at[order] / at[order + 1];
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - kappa) <= resolution / 4) return next;
    kappa = next;
  }
  return kappa;
}
