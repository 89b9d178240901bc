import { grid, show } from "./core/numbers.js";
import { NO_RETURN, escapeTime, rStar } from "./core/toy.js";
import { small } from "./page/small.js";

const [LOW, HIGH] = [-6, 12];

function sentenceOf(rho) {
  if (rho < 0) return `r = ${show(rho)} r*: two fixed points. The left one, at x = ${show(-Math.sqrt(-rho))} √r*, holds the state for ever.`;
  if (rho === 0) return "r = 0: the two fixed points meet, and the state sits on them.";
  const wait = escapeTime(rho * rStar(1));
  if (rho < NO_RETURN) return `r = ${show(rho)} r*: only the ghost is left. It holds the state for ${show(wait)} T, and the task is over at 2 T.`;
  const late = show(Math.abs(wait - 1));
  return `r = ${show(rho)} r*: the ghost holds the state for ${show(wait)} T, ` + (rho === 1 ? "as the task asks." : `${late} T too ${rho < 1 ? "long" : "short"}.`);
}

export default small(({ rho }) => {
  const roots = grid(0, Math.sqrt(-LOW), 100);
  const branch = (sign) => ({ type: "line", xs: roots.map((x) => -x * x), ys: roots.map((x) => sign * x), colour: "ink", dash: sign > 0, label: sign > 0 ? "unstable" : "stable", labelAt: 0.9, labelDy: sign > 0 ? -10 : 18, anchor: "start" });
  const fixed = rho < 0 ? [-1, 1].map((sign) => ({ type: "dot", x: rho, y: sign * Math.sqrt(-rho), colour: "ink", hollow: sign > 0 })) : [];
  return {
    x: { domain: [LOW, HIGH], label: "r / r*" },
    y: { domain: [-3, 3], label: "fixed points, in √r*" },
    marks: [
      { type: "zone", from: LOW, to: NO_RETURN },
      { type: "text", x: LOW, y: -0.15, text: "no learning", colour: "muted", anchor: "start" },
      branch(-1), branch(1),
      { type: "line", xs: [0, HIGH], ys: [0, 0], colour: "ghost", label: "the ghost", labelAt: 1, labelDy: -10, anchor: "end" },
      { type: "ruleX", at: 1, colour: "optimum", label: "r*", anchor: "start" },
      ...fixed,
    ],
    knobs: { rho: { x: rho, y: 0, colour: rho > 0 ? "ghost" : "gradient", read: (at) => at } },
    sentence: sentenceOf(rho),
  };
});
