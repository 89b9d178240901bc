import { escapeTime, flow, trajectory } from "./toy.js";
import { picture, shell, show, transport } from "./ui.js";

const SAMPLES = 400;
const FRAMES = 300;
const range = (low, high, count = SAMPLES) => Array.from({ length: count + 1 }, (_, k) => low + (k / count) * (high - low));

// The time axis grows in steps, so that a longer wait looks longer until the axis has to change.
const timeAxis = (wait) => [10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((end) => end >= 1.15 * wait) ?? 50;

function sentenceOf(r, xStar, wait) {
  if (r > 0) {
    const limit = escapeTime(r);
    return `r = ${show(r)}: the state lingers at the ghost, then reaches x* = ${show(xStar)} at t = ${show(wait)}. For x* → ∞ the wait is π/(2√r) = ${show(limit)}.`;
  }
  if (r < 0) return `r = ${show(r)}: a stable fixed point at x = −√−r = ${show(-Math.sqrt(-r))} catches the state. It never reaches x*; the output stays 0 for ever.`;
  return "r = 0: the bifurcation itself. The two fixed points meet at x = 0, where the state starts, and it never moves.";
}

export default {
  render({ model, el }) {
    const player = transport({ last: () => FRAMES, unit: "time step", seconds: 4, onframe: () => view.redraw() });

    function draw({ r, x_star: xStar }, [w1, w2, w3]) {
      const wait = escapeTime(r, xStar);
      const end = timeAxis(Number.isFinite(wait) ? wait : 0);
      const now = (player.frame / FRAMES) * (Number.isFinite(wait) ? wait : end);
      const x = Math.min(trajectory(now, r), xStar);

      const span = Math.max(0.4, 2 * Math.sqrt(Math.abs(r)));
      const xs = range(-span, span);
      const low = Math.min(-0.25 * span * span, 1.6 * r);
      const marks = [
        { type: "ruleY", at: 0, colour: "muted" },
        { type: "line", xs, ys: xs.map((at) => flow(at, r)), colour: "ink", label: "ẋ = x² + r", labelAt: 0.9, labelDy: 0, anchor: "end" },
      ];
      if (r > 0) marks.push({ type: "dot", x: 0, y: r, colour: "ghost", hollow: true, label: "ghost", dy: -12, dx: 0, anchor: "middle" });
      if (r < 0) {
        marks.push({ type: "dot", x: -Math.sqrt(-r), y: 0, colour: "ink", label: "stable", dy: 20, dx: 0, anchor: "middle" });
        marks.push({ type: "dot", x: Math.sqrt(-r), y: 0, colour: "ink", hollow: true, label: "unstable", dy: 20, dx: 0, anchor: "middle" });
      }
      if (x < span) marks.push({ type: "dot", x, y: 0, colour: "gradient", label: player.frame ? "" : "start", dy: 20, dx: 0, anchor: "middle" });
      const portrait = picture({
        width: w1, height: 240, alt: `The flow ẋ = x² + r for r = ${show(r)}`, marks,
        x: { domain: [-span, span], label: "x" }, y: { domain: [low, Math.max(span * span + r, 0.1)], label: "ẋ" },
      });

      const times = range(0, Number.isFinite(wait) ? wait : end);
      const states = times.map((t) => Math.min(trajectory(t, r), xStar));
      states[SAMPLES] = Number.isFinite(wait) ? xStar : states[SAMPLES];
      const lowest = r < 0 ? Math.min(-0.1 * xStar, 1.3 * -Math.sqrt(-r)) : -0.1 * xStar;
      const path = picture({
        width: w2, height: 240, alt: `The state against time; escape at ${show(wait)}`,
        x: { domain: [0, end], label: "time t" }, y: { domain: [lowest, 1.15 * xStar], label: "state x(t)" },
        marks: [
          { type: "ruleY", at: xStar, colour: "muted", dash: true, label: "x*: the output turns on" },
          { type: "line", xs: times, ys: states, colour: "ink" },
          ...(Number.isFinite(wait) ? [{ type: "ruleX", at: wait, colour: "ghost", label: `t = ${show(wait)}`, labelBottom: true, anchor: wait > 0.4 * end ? "end" : "start" }] : []),
          { type: "dot", x: now, y: x, colour: "gradient" },
        ],
      });

      const rs = range(-5, 0).map((exponent) => 10 ** exponent);
      const law = picture({
        width: w3, height: 210, alt: "Escape time against r on logarithmic axes: slope −1/2",
        x: { domain: [1e-5, 1], log: true, label: "r (log scale)" }, y: { domain: [0.5, 1000], log: true, label: "escape time (log scale)" },
        marks: [
          { type: "line", xs: rs, ys: rs.map((at) => escapeTime(at)), colour: "claim", dash: true, label: "π/(2√r), x* → ∞", labelAt: 0.45, labelDy: -12, anchor: "start" },
          { type: "line", xs: rs, ys: rs.map((at) => escapeTime(at, xStar)), colour: "ink", label: `x* = ${show(xStar)}`, labelAt: 0.3, labelDy: 24, anchor: "end" },
          ...(r >= 1e-5 ? [{ type: "dot", x: r, y: wait, colour: "ghost" }] : []),
        ],
      });
      return { pictures: [portrait, path, law], sentence: sentenceOf(r, xStar, wait) };
    }

    const view = shell(model, el, {
      panels: 3,
      extra: [player.element],
      draw,
      onparameter: () => player.stop(),
      onreset: () => player.go(0),
      python: ({ r, x_star: xStar }) => `from ghostlib import toy, widgets\n\ntoy.escape_time(${r}, x_star=${xStar})\nwidgets.Flow(r=${r}, x_star=${xStar})\n`,
      csv({ r, x_star: xStar }) {
        const wait = escapeTime(r, xStar);
        const times = range(0, Number.isFinite(wait) ? wait : timeAxis(0));
        return { name: "flow", columns: ["t", "x"], rows: times.map((t) => [t, trajectory(t, r)]) };
      },
    });
    player.update();
    return () => {
      player.stop();
      view.destroy();
    };
  },
};
