import { diverged } from "./outcomes.js";
import { rankOneEpoch, rankOneLossAndGradient, rankOneNetwork } from "./rankone.js";

const MOST_SNAPSHOTS = 600;
const FIRST_STRIDE = 8; // epochs between two snapshots, as long as there are not too many

// Numbers by epoch, growing as they come.
class Series {
  constructor() {
    this.store = new Float64Array(1024);
    this.length = 0;
  }
  put(index, value) {
    if (index >= this.store.length) {
      const larger = new Float64Array(2 * index);
      larger.set(this.store);
      this.store = larger;
    }
    this.store[index] = value;
    this.length = Math.max(this.length, index + 1);
  }
  get values() {
    return this.store.subarray(0, this.length);
  }
}

// One network in training, with all that is needed to show any epoch of its past exactly: snapshots of the parameters
// every so many epochs, and the learning rate and confidence of every step, from which the steps between are redone.
// The entry `e` of loss, gradientNorm, accuracy and c belongs to the parameters after e updates.
export class Session {
  constructor(network, task, c) {
    this.task = task;
    this.state = rankOneNetwork(network.m, network.n, network.b);
    this.epoch = 0;
    this.stride = FIRST_STRIDE;
    this.snapshots = [this.copy()];
    for (const name of ["loss", "gradientNorm", "accuracy", "alpha", "c"]) this[name] = new Series();
    this.evaluate(c);
    this.diverged = diverged(this.accuracy.values);
  }
  copy() {
    const { m, n, b } = this.state;
    return { m: m.slice(), n: n.slice(), b: b.slice() };
  }
  record({ loss, gradientNorm, accuracy }, c) {
    this.loss.put(this.epoch, loss);
    this.gradientNorm.put(this.epoch, gradientNorm);
    this.accuracy.put(this.epoch, accuracy);
    this.c.put(this.epoch, c);
  }
  // Look at the present parameters without a step.
  evaluate(c) {
    this.record(rankOneLossAndGradient(this.state, this.task, c), c);
  }
  // Up to `most` epochs, or as many as fit into `milliseconds`. If the parameters overflow it has `diverged`, and goes
  // back to the last epoch that still has a loss.
  advance(alpha, c, most, milliseconds = Infinity) {
    const end = performance.now() + milliseconds;
    for (let k = 0; k < most; k += 1) {
      this.record(rankOneEpoch(this.state, this.task, alpha, c), c);
      this.alpha.put(this.epoch, alpha);
      this.epoch += 1;
      if (this.epoch % this.stride === 0) this.keep();
      if (k % 16 === 15 && (performance.now() > end || Number.isNaN(this.state.last.loss))) break;
    }
    this.evaluate(c);
    this.diverged = diverged(this.accuracy.values);
    if (this.diverged) this.goBack(Math.max(0, this.loss.values.findIndex(Number.isNaN) - 1));
  }
  goBack(epoch) {
    this.state = this.at(epoch);
    this.epoch = epoch;
    this.snapshots.length = Math.floor(epoch / this.stride) + 1;
    for (const series of [this.loss, this.gradientNorm, this.accuracy, this.c]) series.length = epoch + 1;
  }
  keep() {
    this.snapshots.push(this.copy());
    if (this.snapshots.length > MOST_SNAPSHOTS) {
      this.snapshots = this.snapshots.filter((_, k) => k % 2 === 0);
      this.stride *= 2;
    }
  }
  // The network as it was after `epoch` updates.
  at(epoch) {
    if (epoch >= this.epoch) return this.state;
    const from = Math.floor(epoch / this.stride);
    const { m, n, b } = this.snapshots[from];
    const state = rankOneNetwork(m, n, b);
    for (let e = from * this.stride; e < epoch; e += 1) rankOneEpoch(state, this.task, this.alpha.values[e], this.c.values[e]);
    return state;
  }
}
