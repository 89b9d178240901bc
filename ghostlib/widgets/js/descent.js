import { descendRescaled } from "./toy.js";
import { picture, shell, show, transport } from "./ui.js";

const TRAIL = 12; // steps shown behind the point on the loss
const LONGEST_CYCLE = 24;
const lossOf = (rho) => (rho < 0.25 ? 1 : Math.abs(1 - 1 / Math.sqrt(rho)));

// How a run ends: trapped (and when), on a cycle (and of which period), or still moving.
function endOf(rho) {
  const last = rho.length - 1;
  const trapped = rho.findIndex((value) => value < 0.25);
  if (trapped >= 0) return { kind: "trapped", epoch: trapped };
  for (let period = 1; period <= LONGEST_CYCLE && 3 * period <= last; period += 1) {
    let same = true;
    for (let k = 0; k < 2 * period && same; k += 1) same = Math.abs(rho[last - k] - rho[last - k - period]) < 1e-7 * rho[last - k];
    if (same && period > 1) return { kind: "cycle", period, orbit: [...rho.slice(last - period + 1)].sort((p, q) => p - q) };
  }
  const arrived = rho.findIndex((value) => value <= 1);
  return { kind: arrived < 0 ? "travelling" : "oscillating", epoch: arrived };
}

function sentenceOf(a, epoch, rho, end) {
  const now = `Epoch ${epoch}: r = ${show(rho[epoch])} r*, loss ${show(lossOf(rho[epoch]))} T.`;
  const fate = {
    trapped: () => `The step at epoch ${end.epoch} throws r below r*/4, into the no-learning zone. It never comes back.`,
    cycle: () => `It ends on a cycle of period ${end.period}: r/r* = ${end.orbit.slice(0, 6).map((value) => show(value)).join(", ")}${end.period > 6 ? ", …" : ""}, again and again.`,
    oscillating: () => `It jumps at epoch ${end.epoch} and oscillates about r* from then on: the kink never lets it rest.`,
    travelling: () => `It is still on the plateau after ${rho.length - 1} epochs.`,
  };
  return `α = ${show(a)} α*. ${now} ${fate[end.kind]()}`;
}

export default {
  render({ model, el }) {
    let run = null;
    const player = transport({ last: () => (run ? run.rho.length - 1 : 1), unit: "epoch", onframe: () => view?.redraw() });
    let view = null;

    function train() {
      const rho = descendRescaled(model.get("rho_0"), model.get("a"), model.get("epochs"));
      run = { rho, loss: Float64Array.from(rho, lossOf), epochs: Float64Array.from(rho, (_, k) => k), end: endOf(rho) };
      player.go(rho.length - 1);
    }

    function draw({ a, rho_0: rho0 }, [w1, w2, w3]) {
      const { rho, loss, epochs, end } = run;
      const at = player.frame;
      const widest = Math.max(4, Math.min(40, 1.15 * Math.max(rho0, rho[at])));
      const grid = Array.from({ length: 500 }, (_, k) => 0.02 * (widest / 0.02) ** (k / 499));
      const tail = Math.max(0, at - TRAIL);
      const landscape = picture({
        width: w1, height: 250, alt: `The point on the loss at epoch ${at}`,
        x: { domain: [0.02, widest], log: true, label: "r / r* (log scale)" }, y: { domain: [0, 1.12], label: "loss / T" },
        marks: [
          { type: "zone", from: 0.02, to: 0.25, label: "no-learning zone", labelTop: false },
          { type: "ruleX", at: 1, colour: "optimum", label: "r*" },
          { type: "line", xs: grid, ys: grid.map(lossOf), colour: "loss" },
          { type: "line", xs: [...rho.slice(tail, at + 1)].map((value) => Math.max(0.022, value)), ys: [...loss.slice(tail, at + 1)], colour: "muted", width: 1 },
          { type: "dot", x: Math.max(0.022, rho[at]), y: loss[at], colour: "ink" },
        ],
      });
      const x = { domain: [0, rho.length - 1], label: "epoch" };
      const done = { xs: epochs.subarray(0, at + 1) };
      const jump = end.kind === "trapped" ? [{ type: "ruleX", at: end.epoch, colour: "muted", label: "trapped" }] : [];
      const history = picture({
        width: w2, height: 250, x, y: { domain: [0, 1.12], label: "loss / T" }, alt: "Loss against the epoch",
        marks: [
          { type: "line", xs: epochs, ys: loss, colour: "grid", width: 1.5 }, { type: "line", ...done, ys: loss.subarray(0, at + 1), colour: "loss", width: 1.5 },
          ...jump, { type: "dot", x: at, y: loss[at], colour: "ink" },
        ],
      });
      const shown = rho.map((value) => Math.max(0.022, value));
      const path = picture({
        width: w3, height: 230, x, y: { domain: [0.02, widest], log: true, label: "r / r* (log scale)" }, alt: "r/r* against the epoch",
        marks: [
          { type: "ruleY", at: 0.25, colour: "dead", dash: true, label: "r*/4: point of no return", labelRight: true }, { type: "ruleY", at: 1, colour: "optimum", label: "r*" },
          { type: "line", xs: epochs, ys: shown, colour: "grid", width: 1.5 }, { type: "line", ...done, ys: shown.subarray(0, at + 1), colour: "ink", width: 1.5 },
          { type: "dot", x: at, y: shown[at], colour: "ink" },
        ],
      });
      return { pictures: [landscape, history, path], sentence: sentenceOf(a, at, rho, end) };
    }

    train();
    view = shell(model, el, {
      panels: 3,
      extra: [player.element],
      draw,
      onparameter: train,
      python: ({ a, rho_0: rho0, epochs }) =>
        `from ghostlib import toy, widgets\n\ntoy.descend(r0=${rho0} * toy.r_star(100), alpha=${a} * toy.alpha_star(100), T=100, epochs=${epochs})\nwidgets.Descent(a=${a}, rho_0=${rho0}, epochs=${epochs})\n`,
      csv: () => ({ name: "descent", columns: ["epoch", "r_over_r_star", "loss_over_T"], rows: Array.from(run.rho, (rho, k) => [k, rho, run.loss[k]]) }),
    });
    return () => {
      player.stop();
      view.destroy();
    };
  },
};
