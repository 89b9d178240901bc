import { bytesOf, minus, show } from "./core/numbers.js";
import { planarNetwork, planarTrial } from "./core/planar.js";
import { picture } from "./page/picture.js";
import { fieldOf, inWords, planeMarks } from "./page/plane_marks.js";
import { shell } from "./page/ui.js";

const ROWS = 6; // m1, m2, n1, n2, b, w_in
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
      const height = Math.min(width, 460);
      const cued = pushed.findIndex((share) => share === 0);
      return picture({
        width, height, alt: `The plane of κ with ${inWords(kept[place])}, and a trial`,
        x: { domain: [-span, span], label: "κ₁" }, y: { domain: [-span, span], label: "κ₂" },
        marks: planeMarks(fields.get(place), kept[place], way, { width, height, cued }),
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
