import { endOf } from "./core/endings.js";
import { show } from "./core/numbers.js";
import { NO_RETURN, descendRescaled, loss, rStar } from "./core/toy.js";
import { picture } from "./page/picture.js";
import { shell, transport } from "./page/ui.js";

const TRAIL = 12; // steps shown behind the point on the loss
const CLOSE = 40; // epochs shown one by one
const HEIGHT = 205;
const LOWEST = 0.04; // of the axes of r/r*, which are logarithmic
const HIGHEST = 40;
const lossOf = (rho) => loss(rho * rStar(1), 1);

function sentenceOf(a, epoch, rho, end, farthest) {
  const now = `Epoch ${epoch}: r = ${show(rho[epoch])} r*, loss ${show(lossOf(rho[epoch]))} T.`;
  const outcome = {
    dead: () => "It starts in the no-learning zone, where the gradient is zero, and never moves.",
    resting: () => "It is at r*, exactly, the only place that rests.",
    trapped: () => `The step at epoch ${end.epoch} throws r below r*/4, into the no-learning zone. It never comes back.`,
    cycle: () => `It ends on a cycle of period ${end.period}: r/r* = ${end.orbit.slice(0, 6).map((value) => show(value)).join(", ")}${end.period > 6 ? ", …" : ""}, again and again.`,
    oscillating: () => `It passes r* at epoch ${end.epoch} and oscillates about it from then on: the kink never lets it rest.`,
    travelling: () => `It is still on its way after ${rho.length - 1} epochs.`,
  };
  const known = farthest >= (end.kind === "trapped" ? end.epoch : rho.length - 1);
  return `α = ${show(a)} α*. ${now} ${known ? outcome[end.kind]() : "What comes next?"}`;
}

export default {
  render({ model, el }) {
    let run = null;
    const player = transport({ last: () => (run ? run.rho.length - 1 : 1), unit: "epoch", onframe: () => view?.redraw() });
    let view = null;
    let farthest = 0; // the last epoch that the reader has seen: what comes after it is not drawn

    function train() {
      const rho = descendRescaled(model.get("rho_0"), model.get("a"), model.get("epochs"));
      run = { rho, losses: Float64Array.from(rho, lossOf), epochs: Float64Array.from(rho, (_, k) => k), end: endOf(rho), highest: rho.reduce((most, value) => Math.max(most, value)) };
      player.go(rho.length - 1);
    }

    function draw({ a }, [w1, w2, w3, w4]) {
      const { rho, losses, epochs, end, highest } = run;
      const at = player.frame;
      farthest = Math.max(farthest, at);
      const seen = (values) => values.subarray(0, farthest + 1);
      const shown = (value) => Math.max(LOWEST, value);
      const widest = Math.max(4, Math.min(HIGHEST, 1.15 * highest));
      const grid = Array.from({ length: 500 }, (_, k) => LOWEST * (widest / LOWEST) ** (k / 499));
      const tail = Math.max(0, at - TRAIL);
      const landscape = picture({
        width: w1, height: HEIGHT, alt: `The point on the loss at epoch ${at}`,
        x: { domain: [LOWEST, widest], log: true, label: "r / r* (log scale)" }, y: { domain: [0, 1.12], label: "loss / T" },
        marks: [
          { type: "zone", from: LOWEST, to: NO_RETURN, label: "no learning" },
          { type: "ruleX", at: 1, colour: "optimum", label: "r*", anchor: "start" },
          { type: "line", xs: grid, ys: grid.map(lossOf), colour: "loss" },
          { type: "line", xs: [...rho.slice(tail, at + 1)].map(shown), ys: [...losses.slice(tail, at + 1)], colour: "muted", width: 1 },
          { type: "dot", x: shown(rho[at]), y: losses[at], colour: "ink" },
        ],
      });

      // The last epochs one by one, on an axis that always holds r* and closes in on the oscillation.
      const from = Math.max(0, at - CLOSE);
      const near = rho.slice(from, at + 1);
      const [low, high] = [Math.min(1, ...near), Math.max(1, ...near)];
      const air = 0.15 * Math.max(high - low, 0.02);
      const steps = epochs.slice(from, at + 1);
      const closeUp = picture({
        width: w2, height: HEIGHT, alt: `r/r* in the last ${CLOSE} epochs, one dot an epoch`,
        x: { domain: [from, from + CLOSE], label: `epoch, the last ${CLOSE}` }, y: { domain: [low - air, high + air], label: "r / r*" },
        marks: [
          { type: "ruleY", at: 1, colour: "optimum" }, { type: "ruleY", at: NO_RETURN, colour: "muted", dash: true, label: "r*/4" },
          { type: "line", xs: steps, ys: near, colour: "grid", width: 1 },
          ...Array.from(near, (y, k) => ({ type: "dot", x: steps[k], y, colour: "ink", radius: k === near.length - 1 ? 5 : 2 })),
        ],
      });

      const x = { domain: [0, rho.length - 1], label: "epoch" };
      const past = epochs.subarray(0, at + 1);
      const trapped = end.kind === "trapped" && end.epoch <= farthest ? [{ type: "ruleX", at: end.epoch, colour: "muted", label: "trapped" }] : [];
      const history = picture({
        width: w3, height: HEIGHT, x, y: { domain: [0, 1.12], label: "loss / T" }, alt: "Loss against the epoch",
        marks: [
          { type: "line", xs: seen(epochs), ys: seen(losses), colour: "grid", width: 1.5 },
          { type: "line", xs: past, ys: losses.subarray(0, at + 1), colour: "loss", width: 1.5 },
          ...trapped, { type: "dot", x: at, y: losses[at], colour: "ink" },
        ],
      });
      const drawn = rho.map(shown);
      const path = picture({
        width: w4, height: HEIGHT, x, y: { domain: [LOWEST, widest], log: true, label: "r / r* (log scale)" }, alt: "r/r* against the epoch",
        marks: [
          { type: "zone", along: "y", from: LOWEST, to: NO_RETURN, label: "no learning" },
          { type: "ruleY", at: 1, colour: "optimum", label: "r*" },
          { type: "line", xs: seen(epochs), ys: seen(drawn), colour: "grid", width: 1.5 },
          { type: "line", xs: past, ys: drawn.subarray(0, at + 1), colour: "ink", width: 1.5 },
          { type: "dot", x: at, y: drawn[at], colour: "ink" },
        ],
      });
      return { pictures: [landscape, closeUp, history, path], sentence: sentenceOf(a, at, rho, end, farthest) };
    }

    // It opens before the first step, so that the reader can guess what comes.
    function begin() {
      farthest = 0;
      player.go(0);
    }

    train();
    begin();
    view = shell(model, el, {
      panels: 4,
      extra: [player.element],
      draw,
      onparameter: train,
      onreset: begin,
      python: ({ a, rho_0: rho0, epochs }) =>
        `from ghostlib import toy, widgets\n\ntoy.descend(r0=${rho0} * toy.r_star(100), alpha=${a} * toy.alpha_star(100), T=100, epochs=${epochs})\nwidgets.Descent(a=${a}, rho_0=${rho0}, epochs=${epochs})\n`,
      csv: () => ({ name: "descent", columns: ["epoch", "r_over_r_star", "loss_over_T"], rows: Array.from(run.rho, (rho, k) => [k, rho, run.losses[k]]) }),
    });
    return () => {
      player.stop();
      view.destroy();
    };
  },
};
