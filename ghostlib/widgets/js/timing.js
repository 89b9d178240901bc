import { show } from "./core/numbers.js";
import { escapeTime, loss, rStar } from "./core/toy.js";
import { small } from "./page/small.js";

const T = 100;
const END = 2.3 * T; // the time axis goes on a little after the task

export default small(({ rho }) => {
  const [wait, wrong] = [escapeTime(rho * rStar(T)), loss(rho * rStar(T), T)];
  const on = Math.min(wait, 2 * T);
  const [from, to] = [Math.min(on, T), Math.max(on, T)];
  const verdict = wait >= 2 * T ? "after the task is over" : wrong < 0.5 ? "in time" : `${show(wrong)} too ${wait < T ? "early" : "late"}`;
  return {
    x: { domain: [0, END], label: "time" },
    y: { domain: [0, 1.15], label: "output" },
    marks: [
      { type: "area", xs: [from, to], ys: [1, 1], colour: "loss" },
      { type: "line", xs: [0, T, T, 2 * T], ys: [0, 0, 1, 1], colour: "muted", dash: true },
      { type: "text", x: 1.6 * T, y: 1.05, text: "target", colour: "muted", anchor: "start" },
      { type: "line", xs: [0, wait, wait, END], ys: [0, 0, 1, 1], colour: "ink" },
      { type: "ruleX", at: 2 * T, colour: "muted", label: "end", anchor: "start" },
      { type: "text", x: (from + to) / 2, y: 0.45, text: wrong < 12 ? "" : show(wrong), colour: "loss", anchor: "middle" },
    ],
    knobs: { rho: { x: wait, y: 0.72, against: true, read: (at) => (T / at) ** 2 } },
    sentence: `r = ${show(rho)} r*: the output comes on at ${show(wait)}, ${verdict}. Loss, the shaded area: ${show(wrong)}.`,
  };
});
