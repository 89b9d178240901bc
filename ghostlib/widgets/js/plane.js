import { bytesOf, grid, minus, show } from "./numbers.js";
import { picture } from "./picture.js";
import { planarNetwork, planarTrial, planarVelocity } from "./planar.js";
import { shell } from "./ui.js";

const ROWS = 6; // m1, m2, n1, n2, b, w_in
const ARROWS = 17; // along either axis
const FINE = 60; // cells along either axis, for the nullclines
const LENGTH = 9; // of an arrow, in pixels
const FIRST = 8; // where the logarithm of the epoch begins

// The network at each epoch that was kept, from weights packed by ghostlib.widgets.plane.
function networksOf({ weights, scales, readout }) {
  const bytes = bytesOf(weights);
  const packed = new DataView(bytes.buffer);
  const N = bytes.length / 2 / ROWS / scales.length;
  return scales.map((units, place) => {
    const row = (k) => Float64Array.from({ length: N }, (_, i) => units[k] * packed.getInt16(2 * ((place * ROWS + k) * N + i), true));
    const [m1, m2, n1, n2, b, input] = Array.from({ length: ROWS }, (_, k) => row(k));
    return { ...planarNetwork(m1, m2, n1, n2, b), input, readout: readout[place] };
  });
}

// Short lines as one mark, the pen lifted between them; each is [x, y, x, y].
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

// What is drawn of a flow and does not change with the trial.
function fieldOf(network, span) {
  const fine = grid(-span, span, FINE);
  const flows = fine.map((x) => fine.map((y) => planarVelocity(network, x, y)));
  const nullclines = [0, 1].map((k) => contour(fine, flows.map((row) => row.map((flow) => flow[k]))));
  const inner = (1 - 1 / ARROWS) * span;
  const places = grid(-inner, inner, ARROWS - 1);
  const arrows = places.flatMap((x) => places.map((y) => [x, y, ...planarVelocity(network, x, y)]));
  return { nullclines, arrows };
}

// An arrow of a flow as three strokes; `perX` and `perY` are pixels per unit along the axes.
function arrowhead([x, y, f1, f2], perX, perY) {
  const length = Math.hypot(f1 * perX, f2 * perY) || 1;
  const [a, b] = [(f1 * perX) / length, (f2 * perY) / length];
  const tip = [x + (LENGTH * a) / perX, y + (LENGTH * b) / perY];
  const barb = (turn) => [...tip, tip[0] + (3 * (-a + turn * b)) / perX, tip[1] + (3 * (-b - turn * a)) / perY];
  return [[x, y, ...tip], barb(0.6), barb(-0.6)];
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// "2 stable points, 1 saddle and 2 ghosts".
function inWords(points) {
  const count = (test) => points.filter(({ kind }) => test(kind)).length;
  const parts = [
    [count((kind) => kind.startsWith("stable")), "stable point"],
    [count((kind) => kind === "saddle"), "saddle"],
    [count((kind) => kind.startsWith("unstable")), "unstable point"],
    [count((kind) => kind === "ghost"), "ghost"],
  ].filter(([number]) => number).map(([number, word]) => plural(number, word));
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : (parts[0] ?? "nothing");
}

export default {
  render({ model, el }) {
    const training = model.get("_training");
    const { epochs, points, recorded, loss, silent, delta, pushed, target, span } = training;
    const networks = networksOf(training);
    const kept = points.map((all) => all.map(([x, y, kind, speed]) => ({ position: [x, y], kind, speed })));
    const fields = new Map(); // by place

    const placeOf = (epoch) => epochs.reduce((best, each, k) => (Math.abs(each - epoch) < Math.abs(epochs[best] - epoch) ? k : best), 0);
    const lossAt = (epoch) => loss[recorded.reduce((best, each, k) => (each <= epoch ? k : best), 0)];

    function trialOf({ epoch, cue, kappa_1: x, kappa_2: y }) {
      const network = networks[placeOf(epoch)];
      const bias = pushed.map((share) => network.b.map((b, i) => b + share * cue * network.input[i]));
      const way = planarTrial(network, [x, y], pushed.length - 1, delta, (t) => bias[t]);
      const [u, v, offset] = network.readout;
      return { way, output: way.map(([a, b]) => Math.tanh(u * a + v * b + offset)) };
    }

    function planeOf(place, { way }, width) {
      if (!fields.has(place)) fields.set(place, fieldOf(networks[place], span));
      const { nullclines, arrows } = fields.get(place);
      const height = Math.min(width, 460);
      const [perX, perY] = [(width - 68) / (2 * span), (height - 70) / (2 * span)];
      const [xs, ys] = [way.map(([x]) => x), way.map(([, y]) => y)];
      const cued = pushed.findIndex((share) => share === 0);
      return picture({
        width, height, alt: `The plane of κ with ${inWords(kept[place])}, and a trial`,
        x: { domain: [-span, span], label: "κ₁" }, y: { domain: [-span, span], label: "κ₂" },
        marks: [
          strokes(arrows.flatMap((arrow) => arrowhead(arrow, perX, perY)), { colour: "muted", width: 0.9, faint: true }),
          strokes(nullclines[0].filter((_, k) => k % 2), { colour: "muted", width: 1.2 }), // dashed
          strokes(nullclines[1], { colour: "muted", width: 1.2 }),
          { type: "strokes", xs: xs.flatMap((x, k) => (k ? [xs[k - 1], x] : [])), ys: ys.flatMap((y, k) => (k ? [ys[k - 1], y] : [])), colour: "ink", width: 2.2 },
          ...way.slice(1, cued + 1).map(([x, y]) => ({ type: "dot", x, y, colour: "gradient", hollow: true, radius: 3 })),
          { type: "dot", x: xs[0], y: ys[0], colour: "gradient" },
          ...kept[place].map(({ position: [x, y], kind }) =>
            kind === "ghost"
              ? { type: "dot", x, y, colour: "ghost", hollow: true, square: true, label: "ghost", anchor: x < 0 ? "end" : "start", dy: y < 0 ? 16 : -9 }
              : { type: "dot", x, y, colour: "ink", hollow: !kind.startsWith("stable") },
          ),
        ],
      });
    }

    function draw(values, [w1, w2, w3]) {
      const place = placeOf(values.epoch);
      const trial = trialOf(values);
      const steps = trial.output.map((_, t) => t);
      const curve = picture({
        width: w2, height: 220, alt: `The loss against the epoch, ${show(lossAt(epochs[place]))} at epoch ${epochs[place]}`,
        x: { domain: [FIRST, recorded.at(-1)], log: true, label: "epoch (log scale)" }, y: { domain: [0.01, 1], log: true, label: "loss (log scale)" },
        marks: [
          { type: "ruleY", at: silent, colour: "muted", dash: true, label: "a silent network" },
          { type: "line", xs: recorded.slice(1), ys: loss.slice(1), colour: "loss" },
          { type: "dot", x: Math.max(FIRST, epochs[place]), y: lossAt(epochs[place]), colour: "gradient" },
        ],
      });
      const answer = w3 && picture({
        width: w3, height: 220, alt: `The output of the trial, ${show(trial.output.at(-1))} at its end`,
        x: { domain: [0, steps.length - 1], label: "step of the trial" }, y: { domain: [-1.1, 1.1], label: "output" },
        marks: [
          { type: "line", xs: steps, ys: target.map((o) => values.cue * o), colour: "muted", dash: true, label: "asked for", labelAt: 0.5, labelDy: values.cue < 0 ? -8 : 16, anchor: "end" },
          { type: "line", xs: steps, ys: trial.output, colour: "ink" },
        ],
      });
      return { pictures: [planeOf(place, trial, w1), curve, answer], sentence: sentenceOf(place, values, trial) };
    }

    function sentenceOf(place, { cue }, { output }) {
      const heard = cue ? `After the cue ${minus(cue > 0 ? "+1" : "-1")}` : "Without a cue";
      return `Epoch ${epochs[place]}, loss ${show(lossAt(epochs[place]))}: ${inWords(kept[place])}. ${heard} this trial ends with ${show(output.at(-1), 2)}.`;
    }

    const view = shell(model, el, {
      panels: 3,
      folded: { from: 2, names: "output" },
      point: {
        0: (across, up) => {
          view.set("kappa_1", ((2 * across - 1) * span).toFixed(2));
          view.set("kappa_2", ((2 * up - 1) * span).toFixed(2));
        },
        1: (across) => view.set("epoch", String(epochs[placeOf(FIRST * (recorded.at(-1) / FIRST) ** across)])),
      },
      draw,
      python: ({ epoch, cue, kappa_1: x, kappa_2: y }) =>
        "from ghostlib import experiments, slow_points, widgets\n\n" +
        "found = experiments.TWO_DIMENSIONS.run()\n" +
        `slow_points(found.snapshots[${placeOf(epoch)}])  # epoch ${epochs[placeOf(epoch)]}\n` +
        `widgets.Plane(epoch=${epoch}, cue=${cue}, kappa_1=${x}, kappa_2=${y})\n`,
      csv(values) {
        const { way, output } = trialOf(values);
        return { name: `plane-epoch-${epochs[placeOf(values.epoch)]}`, columns: ["step", "kappa_1", "kappa_2", "output"], rows: way.map(([x, y], t) => [t, x, y, output[t]]) };
      },
    });
    return () => view.destroy();
  },
};
