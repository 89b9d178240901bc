import { NO_RETURN } from "./toy.js";

const LONGEST_CYCLE = 24;

// How a run ends: trapped (and when), at rest, on a cycle (its places, the highest first), or still moving.
export function endOf(rho) {
  const last = rho.length - 1;
  const trapped = rho.findIndex((value) => value < NO_RETURN);
  if (trapped >= 0) return { kind: trapped ? "trapped" : "dead", epoch: trapped };
  if (rho[last] === 1) return { kind: "resting" };
  const repeats = (period) => {
    for (let k = 0; k < 2 * period; k += 1) if (Math.abs(rho[last - k] - rho[last - k - period]) > 1e-7 * rho[last - k]) return false;
    return true;
  };
  for (let period = 2; period <= LONGEST_CYCLE && 3 * period <= last; period += 1) {
    if (!repeats(period)) continue;
    const orbit = [...rho.slice(last - period + 1)];
    const top = orbit.indexOf(Math.max(...orbit));
    return { kind: "cycle", period, orbit: [...orbit.slice(top), ...orbit.slice(0, top)] };
  }
  const arrived = rho.findIndex((value) => (value - 1) * (rho[0] - 1) <= 0);
  return { kind: arrived < 0 ? "travelling" : "oscillating", epoch: arrived };
}
