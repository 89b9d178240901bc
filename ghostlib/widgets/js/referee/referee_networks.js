// The claims about the networks, run again in double precision: by id of the ledger's row, a function that gives the value
// which the row's rule judges. Trainings that several rows ask for are done once.

import { grid } from "../core/numbers.js";
import { learned, recovered, trapped } from "../core/outcomes.js";
import { RANK_ONE_TASK, rankOneEpochs, rankOneFlow, rankOneForward, rankOneLossAndGradient, rankOneNetwork, rankOneSlowPoints } from "../core/rankone.js";
import { mean, median, normals } from "../core/statistics.js";

const TASK = RANK_ONE_TASK;
const SEED = 40; // of Fig. 3
const LOW_RATE = { alpha: 0.003, epochs: 500000, stage: 200001, near: 36000 }; // Fig. 3A
const HIGH_RATE = { alpha: 0.02, epochs: 6000, copies: 8 }; // Fig. 3B
const SCALES = [0.3, 1, 3]; // of the weights of random networks, each vector with its own
const STRIDE = 1000; // epochs between two words on the progress
const [HIGH_LOSS, HALF, LOW_LOSS] = [0.9, 0.5, 0.1]; // losses: the fall begins, the jump, the fall is over

// The networks before training.
let networks = [];
export const useNetworks = (untrained) => (networks = untrained);

// What trains them: the core in JavaScript, or the compiled one.
let core = rankOneEpochs;
export const useCore = (epochsOf) => (core = epochsOf);
const fresh = (seed) => rankOneNetwork(networks[seed].m, networks[seed].n, networks[seed].b);

// What was worked out for one row serves the next.
const kept = new Map();
function once(name, compute) {
  if (!kept.has(name)) kept.set(name, compute());
  return kept.get(name);
}

// The whole numbers from `first` up to, but without, `end`.
const range = (first, end, step = 1) => Array.from({ length: Math.ceil((end - first) / step) }, (_, k) => first + step * k);

// Train in place, each epoch's loss, gradient norm and accuracy recorded; `look` sees the network at the epochs `stops`, in
// their order, and at the end.
function train(state, { alpha, epochs, c = TASK.c }, progress = () => {}, stops = [], look = () => {}) {
  const record = { loss: new Float64Array(epochs + 1), gradientNorm: new Float64Array(epochs + 1), accuracy: new Float64Array(epochs + 1), state };
  let epoch = 0;
  for (const stop of [...stops, epochs]) {
    while (epoch < stop) {
      const some = Math.min(stop - epoch, STRIDE);
      core(state, TASK, { alpha, c, epochs: some, record, first: epoch });
      epoch += some;
      progress(epoch / epochs);
    }
    look(state, epoch);
  }
  const last = rankOneLossAndGradient(state, TASK, c);
  for (const name of ["loss", "gradientNorm", "accuracy"]) record[name][epochs] = last[name];
  return record;
}

// ------------------------------------------------------------------------------------------ before training

// κ = n·x of all hundred units, each stepped by Euler's rule, Eq. (17).
function kappaOfRates({ N, m, n, b }) {
  let x = new Float64Array(N).fill(TASK.x0);
  const read = () => n.reduce((sum, value, i) => sum + value * x[i], 0);
  const kappas = [read()];
  for (let step = 0; step < 2 * TASK.T; step += 1) {
    const kappa = kappas.at(-1);
    x = x.map((value, i) => (1 - TASK.delta) * value + TASK.delta * Math.tanh(m[i] * kappa + b[i]));
    kappas.push(read());
  }
  return kappas;
}

function reductionError() {
  let [apart, largest] = [0, 0];
  for (const state of networks) {
    const { kappa } = rankOneForward(state);
    kappaOfRates(state).forEach((value, t) => {
      apart = Math.max(apart, Math.abs(value - kappa[t]));
      largest = Math.max(largest, Math.abs(kappa[t]));
    });
  }
  return apart / largest;
}

// Random networks, each vector on a scale of its own: whether far out every flow points inward, and a fixed point is there.
function alwaysOneFixedPoint(progress) {
  const draw = normals(0);
  return Array.from({ length: 216 }, (_, k) => {
    progress(k / 216);
    const vector = (place) => Float64Array.from({ length: 30 }, () => SCALES[Math.floor(k / 3 ** place) % 3] * draw());
    const state = rankOneNetwork(vector(0), vector(1), vector(2));
    const reach = state.n.reduce((sum, value) => sum + Math.abs(value), 0);
    const inward = rankOneFlow(state, -reach).value > 0 && rankOneFlow(state, reach).value < 0;
    return inward && rankOneSlowPoints(state).some(({ kind }) => kind === "stable");
  }).every(Boolean);
}

// ------------------------------------------------------------------------------------------ Fig. 3A

const hasGhost = (state) => rankOneSlowPoints(state).some(({ kind }) => kind === "ghost");

// The first epoch with a ghost: looked for now and then until `from`, when the loss begins to fall, and then at every epoch.
function firstGhost(from, end) {
  const state = fresh(SEED);
  const epochs = [...range(0, from, 500), ...range(from, end)];
  return epochs.find((epoch, k) => {
    if (k > 0) train(state, { alpha: LOW_RATE.alpha, epochs: epoch - epochs[k - 1] });
    return hasGhost(state);
  });
}

// The training up to shortly after the jump, and when its fall begins and ends, a ghost is there, and the loss first rises.
const jumpOf = (progress) =>
  once("jump", () => {
    const { alpha, near } = LOW_RATE;
    const record = train(fresh(SEED), { alpha, epochs: near }, progress);
    const first = (below) => record.loss.findIndex((value) => value < below);
    const [from, jump, to] = [HIGH_LOSS, HALF, LOW_LOSS].map(first);
    const onset = jump + 1 + record.loss.subarray(jump).findIndex((value, k, all) => k > 0 && value > all[k - 1]) - 1;
    return { ...record, jump, ghost: firstGhost(from, near), onset, from, to };
  });

// The whole training: the network at stage (ii) and at the end, how often the loss turns, and its fixed points on the way.
const escapeOf = (progress) =>
  once("escape", () => {
    const { alpha, epochs, stage, near } = LOW_RATE;
    let [most, atStage] = [0, null];
    const stops = [...range(0, epochs, 5000), ...range(near - 5000, near, 50), stage].sort((one, other) => one - other);
    const record = train(fresh(SEED), { alpha, epochs }, progress, stops, (state, epoch) => {
      if (epoch === stage) atStage = rankOneNetwork(state.m, state.n, state.b);
      else most = Math.max(most, rankOneSlowPoints(state).filter(({ kind }) => kind !== "ghost").length);
    });
    return { ...record, atStage, most };
  });

function alternating(progress) {
  const { onset } = jumpOf(() => {});
  const { loss } = escapeOf(progress);
  let turns = 0;
  for (let epoch = onset + 1; epoch < LOW_RATE.stage - 1; epoch += 1) turns += Number((loss[epoch + 1] - loss[epoch]) * (loss[epoch] - loss[epoch - 1]) < 0);
  return turns / (LOW_RATE.stage - onset - 2);
}

// The largest f″ between κ(0) and κ*.
const sharpestBend = (state) => {
  const start = TASK.x0 * state.n.reduce((sum, value) => sum + value, 0);
  return Math.max(...grid(start, TASK.kappaStar, 2000).map((kappa) => rankOneFlow(state, kappa).curvature));
};
// The time in which the output goes from 10% to 90%, in units of τ, by the midpoint rule.
const riseTime = (state) => {
  const half = Math.log(9) / TASK.c;
  const width = (2 * half) / 2000;
  return grid(TASK.kappaStar - half + width / 2, TASK.kappaStar + half - width / 2, 1999).reduce((sum, kappa) => sum + width / rankOneFlow(state, kappa).value, 0);
};
const overStage = (measure) => (progress) => {
  const { state, atStage } = escapeOf(progress);
  return measure(state) / measure(atStage);
};

// ------------------------------------------------------------------------------------------ Figs. 3B, 4 and S1

const many = (name, seeds, settings, progress) =>
  once(name, () =>
    seeds.map((seed, k) => {
      progress(k / seeds.length);
      return train(fresh(seed), settings);
    }),
  );
const HUNDRED = Array.from({ length: 100 }, (_, seed) => seed);
const hundred = (progress) => many("hundred", HUNDRED, HIGH_RATE, progress);
const hundredTrapped = (progress) => hundred(progress).filter(({ accuracy }) => trapped(accuracy));

// How long the fall takes, as a share of all epochs up to its end: the median over the networks that get so low.
function fallShare(progress) {
  const falls = hundred(progress).map(({ loss }) => ({ from: loss.findIndex((value) => value < HIGH_LOSS), to: loss.findIndex((value) => value < LOW_LOSS) }));
  return median(falls.filter(({ to }) => to > 0).map(({ from, to }) => (to - from) / to));
}

// The share of the trapped whose output is heard again within a hundred epochs, at the best of thirty confidences.
function recoveredAtBest(progress) {
  const stuck = hundredTrapped(progress);
  return Math.max(
    ...grid(-3, 1, 29).map((exponent) =>
      mean(stuck.map(({ state }) => Number(recovered(train(rankOneNetwork(state.m, state.n, state.b), { alpha: HIGH_RATE.alpha, epochs: 100, c: 10 ** exponent }).accuracy)))),
    ),
  );
}

// The gradient norm at the end, the median over the trapped copies, which differ by a part in a million.
function trappedNorm(progress) {
  const draw = normals(1);
  const jitter = (values) => values.map((value) => value * (1 + 1e-6 * draw()));
  const copies = Array.from({ length: HIGH_RATE.copies }, (_, k) => {
    progress(k / HIGH_RATE.copies);
    const { m, n, b } = networks[SEED];
    return train(rankOneNetwork(jitter(m), jitter(n), jitter(b)), HIGH_RATE);
  });
  return median(copies.filter(({ accuracy }) => trapped(accuracy)).map(({ gradientNorm }) => gradientNorm.at(-1)));
}

const TEN = HUNDRED.slice(0, 10);
function silentAtHighRates(progress) {
  const rates = [0.03, 0.055, 0.1]; // up to the highest of Fig. S1
  return mean(
    rates.flatMap((alpha, k) => many(`rate ${alpha}`, TEN, { alpha, epochs: 6000 }, (share) => progress((k + share) / rates.length)).map(({ loss }) => Number(loss.at(-1) > 0.99))),
  );
}

export const NETWORKS = {
  "eq-4-latent": () => reductionError() < 1e-12,
  "eq-17-euler": reductionError,
  "eq-16-fixed-point": alwaysOneFixedPoint,
  "fig-3a-jump": (progress) => {
    const { from, to } = jumpOf(progress);
    return (to - from) / to;
  },
  "fig-3a-gradient": (progress) => {
    const { gradientNorm, jump } = jumpOf(progress);
    return Math.max(...gradientNorm.subarray(0, jump + 100)) / gradientNorm[jump - 1000];
  },
  "fig-3a-ghost-before-drop": (progress) => {
    const { ghost, jump } = jumpOf(progress);
    return Number(ghost <= jump);
  },
  "fig-3a-destabilises": (progress) => {
    const { ghost, onset, jump } = jumpOf(progress);
    return Math.abs(onset - ghost) / jump;
  },
  "fig-3a-ghost": (progress) => {
    const { state } = escapeOf(progress);
    return rankOneFlow(state, rankOneSlowPoints(state).find(({ kind }) => kind === "ghost").position).value;
  },
  "fig-3a-one-fixed-point": (progress) => escapeOf(progress).most,
  "fig-3a-oscillation": alternating,
  "fig-3a-escape": (progress) => Number(escapeOf(progress).loss.some((value) => value < 1e-3)),
  "fig-3a-curvature": overStage(sharpestBend),
  "fig-3a-transition": overStage(riseTime),
  "fig-3b-gradient": trappedNorm,
  "fig-3b-bifurcation": (progress) => mean(hundredTrapped(progress).map(({ state }) => Number(rankOneSlowPoints(state).filter(({ kind }) => kind !== "ghost").length === 3))),
  "fig-4-learned": (progress) => hundred(progress).filter(({ accuracy }) => learned(accuracy)).length,
  "fig-4-trapped": (progress) => hundredTrapped(progress).length,
  "fig-4-recovery": recoveredAtBest,
  "rnn-abrupt": fallShare,
  "s1-learns": (progress) => mean(many("learns", TEN, { alpha: 0.01, epochs: 15000 }, progress).map(({ loss }) => Number(loss.some((value) => value < HALF)))),
  "s1-maximum-rate": silentAtHighRates,
};
