import { grid, show } from "./core/numbers.js";
import { escapeTime, flow, trajectory } from "./core/toy.js";
import { picture } from "./page/picture.js";
import { shell, transport } from "./page/ui.js";

const SAMPLES = 400;
const FRAMES = 300;

// The time axis grows in steps of 1, 2, 5, 10, …, so that a longer wait looks longer until the axis has to change.
function timeAxis(wait) {
  if (!Number.isFinite(wait)) return 10;
  const unit = 10 ** Math.floor(Math.log10(1.15 * wait));
  return [1, 2, 5, 10].find((end) => end * unit >= 1.15 * wait) * unit;
}

function sentenceOf(r, xStar, wait) {
  if (r > 0) {
    if (Math.sqrt(r) > xStar) return `r = ${show(r)}: no ghost to speak of. The state runs to x* = ${show(xStar)} in t = ${show(wait)}.`;
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
      const end = timeAxis(wait);
      const now = (player.frame / FRAMES) * (Number.isFinite(wait) ? wait : end);
      const x = Math.min(trajectory(now, r), xStar);

      const span = [0.5, 1, 2].find((width) => width >= 2 * Math.sqrt(Math.abs(r)));
      const xs = grid(-span, span, SAMPLES);
      const low = Math.min(-0.25 * span * span, 1.6 * r);
      const marks = [
        { type: "ruleY", at: 0, colour: "muted" },
        { type: "line", xs, ys: xs.map((at) => flow(at, r)), colour: "ink", label: "ẋ = x² + r", labelAt: 0.9, labelDy: 0, anchor: "end" },
      ];
      if (r > 0) marks.push({ type: "dot", x: 0, y: r, colour: "ghost", hollow: true, label: "ghost", dy: -12, dx: 0, anchor: "middle" });
      if (r < 0) {
        marks.push({ type: "dot", x: -Math.sqrt(-r), y: 0, colour: "ink", label: "stable", dy: 20, dx: 2, anchor: "end" });
        marks.push({ type: "dot", x: Math.sqrt(-r), y: 0, colour: "ink", hollow: true, label: "unstable", dy: 20, dx: -2, anchor: "start" });
      }
      if (x < span) marks.push({ type: "dot", x, y: 0, colour: "gradient", label: player.frame ? "" : "start", dy: r < 0 ? -12 : 20, dx: 0, anchor: "middle" });
      const portrait = picture({
        width: w1, height: 240, alt: `The flow ẋ = x² + r for r = ${show(r)}`, marks,
        x: { domain: [-span, span], label: "x" }, y: { domain: [low, Math.max(span * span + r, 0.1)], label: "ẋ" },
      });

      const times = grid(0, Number.isFinite(wait) ? wait : end, SAMPLES);
      const states = times.map((t) => Math.min(trajectory(t, r), xStar));
      states[SAMPLES] = Number.isFinite(wait) ? xStar : states[SAMPLES];
      const lowest = r < 0 ? Math.min(-0.1 * xStar, 1.3 * -Math.sqrt(-r)) : -0.1 * xStar;
      const waitLabel = wait > 0.4 * end ? { x: wait - 0.02 * end, anchor: "end" } : { x: wait + 0.02 * end, anchor: "start" };
      const path = picture({
        width: w2, height: 240, alt: `The state against time; escape at ${show(wait)}`,
        x: { domain: [0, end], label: "time t" }, y: { domain: [lowest, 1.15 * xStar], label: "state x(t)" },
        marks: [
          { type: "ruleY", at: xStar, colour: "muted", dash: true, label: "x*: the output turns on" },
          { type: "line", xs: times, ys: states, colour: "ink" },
          ...(Number.isFinite(wait) ? [{ type: "ruleX", at: wait, colour: "ghost" }, { type: "text", ...waitLabel, y: 0.45 * xStar, text: `t = ${show(wait)}`, colour: "ghost" }] : []),
          { type: "dot", x: now, y: x, colour: "gradient" },
        ],
      });

      const rs = grid(-5, 0, SAMPLES).map((exponent) => 10 ** exponent);
      const law = picture({
        width: w3, height: 210, alt: "Escape time against r on logarithmic axes: slope −1/2",
        x: { domain: [1e-5, 1], log: true, label: "r (log scale)" }, y: { domain: [Math.min(0.5, 0.7 * escapeTime(1, xStar)), 1000], log: true, label: "escape time (log scale)" },
        marks: [
          { type: "line", xs: rs, ys: rs.map((at) => escapeTime(at, xStar)), colour: "ink", label: `x* = ${show(xStar)}`, labelAt: 0.3, labelDy: 24, anchor: "end" },
          { type: "line", xs: rs, ys: rs.map((at) => escapeTime(at)), colour: "claim", dash: true, label: "paper: π/(2√r)", labelAt: 0.45, labelDy: -12, anchor: "start" },
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
        const times = grid(0, Number.isFinite(wait) ? wait : timeAxis(wait), SAMPLES);
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
