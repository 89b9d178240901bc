import { grid, show } from "./core/numbers.js";
import { NO_RETURN, loss, rateOfStep, rescaledStep, rStar } from "./core/toy.js";
import { small } from "./page/small.js";

const lossAt = (rho) => loss(rho * rStar(1), 1);
const [LOW, HIGH] = [-0.25, 2.5];
const [START, STEP] = [-0.2, -0.42]; // the heights of the two marks, below the loss

function sentenceOf(rho, a, end) {
  const way = `One step of ${show(a)} α* leads from ${rho === 1 ? "just right of" : show(rho)} r* to ${show(end)} r*`;
  if (Math.abs(end - NO_RETURN) < 0.002) return `${way}, the very edge of the no-learning zone.`;
  if (end < NO_RETURN) return `${way}, in the no-learning zone. There is no step back.`;
  return `${way}${end > 1 === rho >= 1 ? "." : end > 1 ? ", beyond r*." : ", on the cliff. The next step climbs back."}`;
}

export default small(({ rho, a }) => {
  const start = rho === 1 ? 1 + 1e-9 : rho; // at r* itself no step leads anywhere; what is meant is just right of it
  const end = rescaledStep(start, a);
  const line = [LOW, NO_RETURN - 1e-9, ...grid(NO_RETURN, 1, 60), ...grid(1, HIGH, 60)];
  return {
    x: { domain: [LOW, HIGH], label: "r / r*" },
    y: { domain: [-0.55, 1.15], label: "loss / T" },
    marks: [
      { type: "zone", from: LOW, to: NO_RETURN },
      { type: "ruleX", at: 1, colour: "optimum", label: "r*", anchor: "start" },
      { type: "line", xs: line, ys: line.map(lossAt), colour: "loss" },
      { type: "line", xs: [rho, rho, end], ys: [lossAt(rho), STEP, STEP], colour: "ink", width: 1.5 },
      { type: "line", xs: [end, end], ys: [STEP, lossAt(end)], colour: "muted", width: 1, dash: true },
      { type: "dot", x: rho, y: lossAt(rho), colour: "ink", radius: 4 },
      { type: "dot", x: end, y: lossAt(end), colour: "gradient", radius: 4 },
      { type: "text", x: HIGH, y: START - 0.03, text: "start", colour: "ink", anchor: "end" },
      { type: "text", x: HIGH, y: STEP - 0.03, text: "after one step", colour: "gradient", anchor: "end" },
    ],
    knobs: {
      rho: { x: rho, y: START, read: (at) => at },
      a: { x: end, y: STEP, colour: "gradient", against: start > 1, read: (at) => rateOfStep(start, at) },
    },
    sentence: sentenceOf(rho, a, end),
  };
});
