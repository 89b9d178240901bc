import { grid, show } from "./core/numbers.js";
import { escapeTime, flow, rStar } from "./core/toy.js";
import { small } from "./page/small.js";

const T = 100;
const r = rStar(T);
const END = 6 * Math.sqrt(r);
const pace = (x) => 1 / flow(x, r);

export default small(({ x }) => {
  const [all, done] = [grid(0, END, 200), grid(0, x, 100)];
  const spent = escapeTime(r, x);
  return {
    x: { domain: [0, END], label: "state x" },
    y: { domain: [0, 1.08 / r], label: "time per unit of x, 1/ẋ" },
    marks: [
      { type: "area", xs: done, ys: done.map(pace), colour: "ghost" },
      { type: "line", xs: all, ys: all.map(pace), colour: "ghost" },
      { type: "ruleX", at: Math.sqrt(r), colour: "muted", dash: true, label: "√r", anchor: "start" },
    ],
    knobs: { x: { x, y: pace(x), colour: "ghost", read: (at) => at } },
    sentence: `Up to x = ${show(x)}: ${show(spent)} of the wait of ${T} (shaded). From there to infinity: ${show(T - spent)}.`,
  };
});
