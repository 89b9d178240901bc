import { grid, show } from "./core/numbers.js";
import { feed } from "./core/toy.js";
import { small } from "./page/small.js";

const THRESHOLD = 1;
const CONFIDENCES = [10, 1, 0.1];
const [LOW, HIGH] = [-4, 2];
const LOWEST = 1e-24;

export default small(({ kappa }) => {
  const all = grid(LOW, HIGH, 120);
  const fed = CONFIDENCES.map((c) => feed(kappa, c, THRESHOLD));
  return {
    x: { domain: [LOW, HIGH], label: "κ when the target is 1" },
    y: { domain: [LOWEST, 10], log: true, label: "what the output feeds back (log scale)" },
    marks: [
      { type: "ruleX", at: THRESHOLD, colour: "muted", dash: true },
      { type: "text", x: THRESHOLD + 0.08, y: 100 * LOWEST, text: "κ*", colour: "muted", anchor: "start" },
      ...CONFIDENCES.flatMap((c, k) => [
        { type: "line", xs: all, ys: all.map((at) => feed(at, c, THRESHOLD)), colour: `confidence-${3 - k}`, label: `c = ${c}`, labelAt: 0.3, labelDy: k < 2 ? -9 : 14, anchor: "end" },
        { type: "dot", x: kappa, y: fed[k], colour: `confidence-${3 - k}`, radius: 4 },
      ]),
    ],
    knobs: { kappa: { x: kappa, y: fed[0], colour: "confidence-3", read: (at) => at } },
    sentence: `κ = ${show(kappa)}: the output feeds back ${CONFIDENCES.map((c, k) => `${show(fed[k], 2)} at c = ${c}`).join(", ")}.`,
  };
});
