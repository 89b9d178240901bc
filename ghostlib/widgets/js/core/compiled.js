// The epochs of rankone.js from ../../wasm/rankone.c, two units at a time. Its binary comes as base64.

import { requirePositive } from "./checks.js";
import { bytesOf } from "./numbers.js";
import { rankOneEpochs, requireTask } from "./rankone.js";

// `rankOneEpochs`, compiled; or that itself where the browser is too old or the page's policy forbids WebAssembly.
export function rankOneCompiled(base64) {
  let core;
  try {
    core = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(base64))).exports;
  } catch {
    return rankOneEpochs;
  }
  const [UNITS, STEPS, EPOCHS] = new Int32Array(core.memory.buffer, core.room.value, 3);
  const numbers = (name, length) => new Float64Array(core.memory.buffer, core[name].value, length);
  const parameters = { m: numbers("m", UNITS), n: numbers("n", UNITS), b: numbers("b", UNITS) };
  const gradient = { m: numbers("dm", UNITS), n: numbers("dn", UNITS), b: numbers("db", UNITS) };
  const course = { loss: numbers("loss", EPOCHS), gradientNorm: numbers("norm", EPOCHS), accuracy: numbers("accuracy", EPOCHS) };

  return function epochsOf(state, task, { alpha, c = task.c, epochs, record, first = 0 }) {
    if (state.N > UNITS || 2 * task.T > STEPS) return rankOneEpochs(state, task, { alpha, c, epochs, record, first });
    requirePositive("The learning rate α", alpha);
    requireTask(task, c);
    for (const name in parameters) parameters[name].fill(0).set(state[name]);
    for (let done = 0; done < epochs; ) {
      const some = Math.min(epochs - done, EPOCHS);
      core.train(state.N, task.T, task.delta, task.x0, task.kappaStar, c, alpha, some);
      for (const name in course) {
        record[name].set(course[name].subarray(0, some), first + done);
        state.last[name] = course[name][some - 1];
      }
      done += some;
    }
    for (const name in parameters) {
      state[name].set(parameters[name].subarray(0, state.N));
      if (epochs > 0) state.gradient[name].set(gradient[name].subarray(0, state.N));
    }
  };
}
