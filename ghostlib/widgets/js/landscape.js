import { grid, show } from "./core/numbers.js";
import { NO_RETURN, finiteLossAndGradient, gradient, loss, rStar } from "./core/toy.js";
import { picture } from "./page/picture.js";
import { shell } from "./page/ui.js";

const SAMPLES = 240;
const [LOWEST, HIGHEST] = [-1, 2]; // of r/r*
const FLOOR = 1e-8; // the lowest gradient on the logarithmic axis, in units of T/r*

function regimeOf(rho) {
  if (rho < NO_RETURN) return "in the no-learning zone";
  if (rho < 1) return "between the point of no return and the optimum";
  if (rho === 1) return "at the optimum, on the kink";
  return "beyond the optimum, on the long flat tail";
}

export default {
  render({ model, el }) {
    // Everything in units that make T drop out of the analytic curve: r in r*, the loss in T, the gradient in T/r*.
    function curves({ T, c, x_star: xStar }) {
      const unit = rStar(T);
      const rho = grid(LOWEST, HIGHEST, SAMPLES);
      const finite = rho.map((at) => finiteLossAndGradient(at * unit, T, c, xStar));
      return {
        rho,
        loss: rho.map((at) => loss(at * unit, T) / T),
        slope: rho.map((at) => (gradient(at * unit, T) * unit) / T),
        finiteLoss: finite.map((at) => at.loss / T),
        finiteSlope: finite.map((at) => (at.gradient * unit) / T),
      };
    }

    function draw(values, [w1, w2]) {
      const { T, c, x_star: xStar, rho } = values;
      const unit = rStar(T);
      const all = curves(values);
      const finite = finiteLossAndGradient(rho * unit, T, c, xStar);
      const here = { loss: finite.loss / T, slope: (finite.gradient * unit) / T };
      const exact = (gradient(rho * unit, T) * unit) / T;
      const x = { domain: [LOWEST, HIGHEST], label: "r / r*" };
      const zone = { type: "zone", from: LOWEST, to: NO_RETURN, label: "no-learning zone" };
      const top = Math.max(1.1, Math.min(2, 1.05 * Math.max(...all.finiteLoss)));
      const lossPicture = picture({
        width: w1, height: 290, x, y: { domain: [0, top], label: "loss / T" },
        alt: `Loss against r: analytic, and with confidence c = ${show(c)}`,
        marks: [
          zone, { type: "ruleX", at: 1, colour: "optimum", label: "r*", anchor: "start" },
          { type: "line", xs: all.rho, ys: all.loss, colour: "loss" },
          { type: "text", x: 1.97, y: 0.03, text: "c, x* → ∞", colour: "loss", anchor: "end" },
          { type: "line", xs: all.rho, ys: all.finiteLoss, colour: "confidence-3", label: `c = ${show(c)}`, labelAt: 0.02, labelDy: -9, anchor: "start" },
          { type: "dot", x: rho, y: here.loss, colour: "confidence-3" },
        ],
      });
      const size = (slopes) => slopes.map((value) => (Math.abs(value) > FLOOR ? Math.abs(value) : NaN));
      const slopePicture = picture({
        width: w2, height: 290, x, y: { domain: [FLOOR, 30], log: true, label: "size of the gradient, in T/r* (log scale)" },
        alt: `Size of the gradient against r: zero in the no-learning zone, unless the confidence is low`,
        marks: [
          { ...zone, label: "" }, { type: "ruleX", at: 1, colour: "optimum", label: "r*", anchor: "start" },
          { type: "line", xs: all.rho, ys: size(all.slope), colour: "gradient", label: "analytic", labelAt: 0.995, labelDy: -9 },
          { type: "text", x: -0.95, y: FLOOR * 2, text: "analytic: exactly 0", colour: "gradient" },
          { type: "line", xs: all.rho, ys: size(all.finiteSlope), colour: "confidence-3", label: `c = ${show(c)}`, labelAt: 0.02, labelDy: -9, anchor: "start" },
          ...(Math.abs(here.slope) > FLOOR ? [{ type: "dot", x: rho, y: Math.abs(here.slope), colour: "confidence-3" }] : []),
        ],
      });
      const sentence =
        `r = ${show(rho)} r* is ${regimeOf(rho)}. The analytic gradient there is ${show(exact)} T/r*; with c = ${show(c)} and x* = ${show(xStar)} it is ${show(here.slope)} T/r*` +
        (here.slope < 0 && rho < NO_RETURN ? ", a slope that leads back to the optimum." : ".");
      return { pictures: [lossPicture, slopePicture], sentence };
    }

    const view = shell(model, el, {
      panels: 2,
      draw,
      python: ({ T, c, x_star: xStar, rho }) =>
        `from ghostlib import toy, widgets\n\nr = ${rho} * toy.r_star(${T})\ntoy.finite_loss(r, ${T}, c=${c}, x_star=${xStar})\ntoy.finite_gradient(r, ${T}, c=${c}, x_star=${xStar})\nwidgets.Landscape(T=${T}, c=${c}, x_star=${xStar}, rho=${rho})\n`,
      csv(values) {
        const all = curves(values);
        const unit = rStar(values.T);
        return {
          name: "landscape",
          columns: ["r", "loss", "gradient", "finite_loss", "finite_gradient"],
          rows: all.rho.map((rho, k) => [rho * unit, all.loss[k] * values.T, (all.slope[k] * values.T) / unit, all.finiteLoss[k] * values.T, (all.finiteSlope[k] * values.T) / unit]),
        };
      },
    });
    return () => view.destroy();
  },
};
