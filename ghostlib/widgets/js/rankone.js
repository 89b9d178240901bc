// Rank-one networks in the reader's browser: the same numbers as ghostlib.networks.adjoint and ghostlib.dynamics.slow_points.
// A state holds one network and its buffers; training works in place and leaves no garbage behind.
// What is impossible is refused with a RangeError whose message is a sentence.

// The paper's delayed-activation task: T in steps, Δ = Δt/τ, x(0), κ* and the confidence c.
export const RANK_ONE_TASK = Object.freeze({ T: 20, delta: 0.5, x0: -0.3, kappaStar: 1, c: 10 });

const RO_SMALL = 0.625; // |y| up to which eight levels of the continued fraction of tanh y are exact to rounding
const RO_DOUBLINGS = 5; // from 0.625 to 20, where tanh is 1 to rounding
const RO_TANH_THIRD = 2; // the largest |tanh‴|
const RO_CELLS = 32; // of the first cut of an interval
const RO_NARROWEST = 1e-9; // the narrowest cell, as a share of the interval
const RO_MOST_CELLS = 100000;
const RO_TOLERANCE = 1e-12; // an extremum of f so close to zero is a saddle-node
const RO_ROUNDS = 200; // of a safeguarded Newton iteration, which needs about ten

// τẋ = −x + tanh(mκ + b) with κ = n·x, Eqs. (3) and (4); the arrays are copied.
export function rankOneNetwork(m, n, b) {
  const N = m.length;
  ro_refuse(N < 1, "The number of units", N, "at least 1");
  for (const [name, values] of Object.entries({ m, n, b })) {
    ro_refuse(values.length !== N, `The length of ${name}`, values.length, `that of m, ${N}`);
    for (let i = 0; i < N; i++) ro_finite(`${name}[${i}]`, values[i]);
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
  ro_refuse(!Number.isInteger(N) || N < 1, "The number of units", N, "a whole number, 1 or more");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  ro_refuse(bytes.length % (8 * N) !== 0, "The number of packed bytes", bytes.length, `a multiple of ${8 * N}`);
  const view = new DataView(bytes.buffer);
  const read = (first) => Float64Array.from({ length: N }, (_, i) => view.getFloat32(4 * (first + i), true));
  return Array.from({ length: bytes.length / (8 * N) }, (_, network) =>
    rankOneNetwork(read(2 * N * network), read(2 * N * network + N), new Float64Array(N)),
  );
}

// One trial: κ before and after each update, 2T + 1 numbers, and the output after each, Eqs. (5) and (17).
export function rankOneForward(state, task = RANK_ONE_TASK, c = task.c) {
  const trial = ro_forward(state, task, c);
  return { kappa: trial.kappa.slice(), output: trial.output.slice() };
}

// Loss Σ(ô − o)²/T, gradient norm and accuracy, in `state.last`; the gradient itself in `state.gradient`.
export function rankOneLossAndGradient(state, task = RANK_ONE_TASK, c = task.c) {
  ro_backward(state, task, c, ro_forward(state, task, c));
  return state.last;
}

// The same, then one step of gradient descent in place: what is returned is from before the step.
export function rankOneEpoch(state, task, alpha, c = task.c) {
  ro_refuse(!(alpha > 0 && alpha < Infinity), "The learning rate α", alpha, "a finite number above 0");
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

// f(κ) = −κ + n·tanh(mκ + b), Eq. (4), with f′ and f″, in units of 1/τ.
export function rankOneFlow(state, kappa) {
  ro_finite("κ", kappa);
  const [value, slope, curvature] = ro_derivatives(state, kappa, new Float64Array(3));
  return { value, slope, curvature };
}

// Every fixed point and every ghost between low and high, by default everywhere, in the order of κ. None is missed:
// the extrema of f are isolated by Taylor's theorem with |f‴| ≤ 2 Σ|n m³|, as in ghostlib.dynamics.slow_points, and not by a grid.
export function rankOneSlowPoints(state, low = -ro_reach(state), high = ro_reach(state)) {
  ro_finite("The lower end", low);
  ro_finite("The upper end", high);
  ro_refuse(low >= high, "The lower end", low, `below the upper end ${high}`);
  const extrema = ro_crossings(state, 1, ro_cut(state, low, high));
  const knots = [low, ...extrema.map((extremum) => extremum.kappa), high];
  const height = knots.map((kappa, i) =>
    i === 0 || i === knots.length - 1 ? Infinity : Math.abs(rankOneFlow(state, kappa).value),
  );
  const found = [];
  extrema.forEach(({ kappa, rises }, i) => {
    const isSaddleNode = height[i + 1] <= RO_TOLERANCE;
    if (isSaddleNode || rankOneFlow(state, kappa).value > 0 === rises) {
      found.push(ro_slowPoint(state, kappa, isSaddleNode ? "saddle-node" : "ghost", height[i + 1]));
    }
  });
  for (const { piece, kappa, rises } of ro_crossings(state, 0, knots)) {
    const distance = Math.min(height[piece], height[piece + 1]);
    if (distance > RO_TOLERANCE) found.push(ro_slowPoint(state, kappa, rises ? "unstable" : "stable", distance));
  }
  return found.sort((one, other) => one.position - other.position);
}

function ro_slowPoint(state, position, kind, distance) {
  const { value: speed, slope, curvature } = rankOneFlow(state, position);
  const product = speed * curvature;
  const passageTime = kind === "ghost" && product > 0 ? Math.PI / Math.sqrt(product / 2) : Infinity;
  return { position, speed, slope, curvature, kind, passageTime, distance };
}

// κ[t+1] = (1 − Δ)κ[t] + Δ n·φ[t]; keeps φ = tanh(mκ + b) and Σ nm(1 − φ²) for the way back.
function ro_forward(state, task, c) {
  const { N, m, n, b, last } = state;
  const { T, delta, kappaStar } = task;
  const { kappa, output, phi, pull } = ro_trial(state, task, c);
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
    while (size > RO_SMALL && doublings < RO_DOUBLINGS) {
      size /= 2;
      scale /= 2;
      doublings++;
    }
    let drive = 0;
    let tilt = 0;
    for (let i = 0, place = t * N; i < N; i++, place++) {
      let y = (m[i] * here + b[i]) * scale;
      if (y > RO_SMALL) y = RO_SMALL;
      else if (y < -RO_SMALL) y = -RO_SMALL;
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
  last.loss = loss / T;
  last.accuracy = right / steps;
  return state.trial;
}

// With λ = dL/dκ[t+1], from the last step to the first; see ghostlib.networks.adjoint for the derivation.
function ro_backward(state, task, c, { kappa, output, phi, pull, into }) {
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

// The buffers of a trial, kept as long as T stays.
function ro_trial(state, { T, delta, x0, kappaStar }, c) {
  ro_refuse(!Number.isInteger(T) || T < 1, "The delay T", T, "a whole number of steps, 1 or more");
  ro_refuse(!(delta > 0 && delta <= 2), "Δ = Δt/τ", delta, "above 0 and at most 2");
  ro_refuse(!(c > 0 && c < Infinity), "The confidence c", c, "a finite number above 0");
  ro_finite("x(0)", x0);
  ro_finite("κ*", kappaStar);
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
function ro_derivatives({ N, m, n, b }, kappa, result) {
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

// Beyond Σ|n| the leak wins over the bounded tanh: no fixed point there. The added 1 keeps f clear of zero.
function ro_reach({ n }) {
  return 1 + n.reduce((sum, value) => sum + Math.abs(value), 0);
}

// Edges of cells that tile the interval, in each of which f′ has at most one zero.
function ro_cut(state, low, high) {
  const { N, m, n } = state;
  let third = 0;
  for (let i = 0; i < N; i++) third += RO_TANH_THIRD * Math.abs(n[i] * m[i] ** 3);
  ro_finite("The steepness of the network", third);
  const at = new Float64Array(3);
  const edges = [];
  let width = (high - low) / RO_CELLS;
  let cells = Array.from({ length: RO_CELLS }, (_, i) => low + i * width);
  while (cells.length > 0) {
    const half = width / 2;
    const next = [];
    for (const left of cells) {
      ro_derivatives(state, left + half, at);
      const [slope, curvature] = [Math.abs(at[1]), Math.abs(at[2])];
      const isSettled = slope > curvature * half + (third * half * half) / 2 || curvature > third * half;
      if (isSettled || width <= RO_NARROWEST * (high - low)) edges.push(left);
      else next.push(left, left + half);
    }
    ro_refuse(next.length > RO_MOST_CELLS, "The steepness of the network", third, "small enough to search the interval");
    cells = next;
    width = half;
  }
  edges.push(high);
  return edges.sort((one, other) => one - other);
}

// Where the derivative of f of this order (0 or 1) changes sign between two edges, and whether it rises there.
function ro_crossings(state, order, edges) {
  const at = new Float64Array(3);
  const values = edges.map((kappa) => ro_derivatives(state, kappa, at)[order]);
  const sign = values.map((value) => value >= 0);
  const end = edges.length - 1;
  // A zero at the very end of the interval has only one side to be told by.
  if (values[0] === 0) sign[0] = !sign[1];
  if (values[end] === 0) sign[end] = !sign[end - 1];
  const found = [];
  for (let piece = 0; piece < end; piece++) {
    const rises = sign[piece + 1];
    if (rises === sign[piece]) continue;
    found.push({ piece, kappa: ro_zero(state, order, edges[piece], edges[piece + 1], rises), rises });
  }
  return found;
}

// Newton's method, kept inside a bracket that shrinks.
function ro_zero(state, order, low, high, rises) {
  const at = new Float64Array(3);
  const resolution = 4 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high));
  let kappa = (low + high) / 2;
  for (let round = 0; round < RO_ROUNDS && high - low > resolution; round++) {
    ro_derivatives(state, kappa, at);
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

function ro_finite(name, value) {
  ro_refuse(!Number.isFinite(value), name, value, "a finite number");
}

function ro_refuse(bad, name, value, allowed) {
  if (bad) throw new RangeError(`${name} must be ${allowed}, but it is ${value}.`);
}
