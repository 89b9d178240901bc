import { endOf } from "./core/endings.js";
import { grid, show } from "./core/numbers.js";
import { NO_RETURN, descendRescaled, rateOfStep, rescaledStep } from "./core/toy.js";
import { small } from "./page/small.js";

const TOP = 3.2;
const EPOCHS = 600;
const SHOWN = 40; // steps drawn

const ENDS = {
  dead: () => "it starts in the no-learning zone and never moves.",
  trapped: ({ epoch }) => `trapped at epoch ${epoch}.`,
  cycle: ({ period, orbit }) => `a rhythm of ${period} for ever${period > 3 ? "" : `: ${orbit.map((rho) => show(rho)).join(", ")}`}.`,
  resting: () => "it hits r* exactly, and rests.",
  oscillating: () => "it oscillates, without a short rhythm.",
  travelling: () => `still on its way after ${EPOCHS} epochs.`,
};
// Up or down to the curve, over to the diagonal, and again; `from` is the height at which it starts.
const stairs = (places, from = places[0]) => ({ xs: [...places.slice(0, -1).flatMap((rho) => [rho, rho]), places.at(-1)], ys: [from, ...places.slice(1).flatMap((rho) => [rho, rho])] });

export default small(({ rho_0: start, a }) => {
  const run = descendRescaled(start, a, EPOCHS);
  const end = endOf(run);
  const map = (from, to) => ({ type: "line", xs: grid(from, to, 80), ys: grid(from, to, 80).map((rho) => rescaledStep(rho, a)), colour: "ink" });
  const bold = { cycle: () => [...end.orbit, end.orbit[0]], trapped: () => [...run.slice(Math.max(0, end.epoch - 3), end.epoch + 1)] }[end.kind];
  const axis = { domain: [0, TOP] };
  return {
    height: 270,
    x: { ...axis, label: "r / r* now" },
    y: { ...axis, label: "r / r* one epoch later" },
    marks: [
      { type: "zone", from: 0, to: NO_RETURN, along: "y" },
      { type: "line", xs: [0, TOP], ys: [0, TOP], colour: "grid" },
      { type: "ruleX", at: 1, colour: "optimum", label: "r*", anchor: "start" },
      map(NO_RETURN, 1 - 1e-9), map(1 + 1e-9, TOP),
      { type: "line", ...stairs([...run.slice(0, Math.min(end.kind === "trapped" ? end.epoch : SHOWN, SHOWN) + 1)], 0), colour: "gradient", width: 1 },
      ...(bold ? [{ type: "line", ...stairs(bold()), colour: "gradient", width: 2.5 }] : []),
    ],
    knobs: {
      rho_0: { x: start, y: 0, colour: "gradient", read: (at) => at },
      a: { x: 1, y: rescaledStep(1 + 1e-9, a), against: true, read: (_, at) => rateOfStep(1 + 1e-9, at) },
    },
    sentence: `From ${show(start)} r* at ${show(a)} α*: ${ENDS[end.kind](end)}`,
  };
});
