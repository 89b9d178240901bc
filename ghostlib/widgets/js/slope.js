import { grid, show } from "./core/numbers.js";
import { NO_RETURN, gradient, loss, rStar } from "./core/toy.js";
import { small } from "./page/small.js";

const unit = rStar(1); // with T = 1 the loss is in T and its slope, times r*, in T/r*
const lossAt = (rho) => loss(rho * unit, 1);
const [LOW, HIGH] = [-0.5, 4];
const REACH = 0.6; // of the tangent, to either side

function sentenceOf(rho, slope) {
  if (rho < NO_RETURN) return `r = ${show(rho)} r*: slope exactly 0. Nothing says which way to go.`;
  if (rho === 1) return "r = r*: two slopes, −½ from the left and +½ from the right, and no zero between them.";
  return `r = ${show(rho)} r*: slope ${slope > 0 ? "+" : ""}${show(slope)} T/r*, so descent goes ${slope > 0 ? "left, " : "right, "}${Math.abs(slope) > 0.5 ? "in longer steps than at r*." : "in shorter steps than at r*."}`;
}

export default small(({ rho }) => {
  const slope = gradient(rho * unit, 1) * unit;
  const line = [LOW, NO_RETURN - 1e-9, ...grid(NO_RETURN, 1, 60), ...grid(1, HIGH, 100)];
  const tangent = (at, steep, colour, dash) => ({ type: "line", xs: [at - REACH, at + REACH], ys: [lossAt(at) - steep * REACH, lossAt(at) + steep * REACH], colour, dash });
  return {
    x: { domain: [LOW, HIGH], label: "r / r*" },
    y: { domain: [-0.3, 1.2], label: "loss / T" },
    marks: [
      { type: "zone", from: LOW, to: NO_RETURN },
      { type: "ruleY", at: 0, colour: "grid" },
      { type: "ruleX", at: 1, colour: "optimum", label: "r*", anchor: "start" },
      { type: "line", xs: line, ys: line.map(lossAt), colour: "loss" },
      ...(rho === 1 ? [tangent(1, -0.5, "claim", true), tangent(1, 0.5, "claim", true)] : [tangent(rho, slope, "gradient")]),
    ],
    knobs: { rho: { x: rho, y: lossAt(rho), colour: "gradient", read: (at) => (Math.abs(at - 1) < 0.015 ? 1 : at) } },
    sentence: sentenceOf(rho, slope),
  };
});
