import { rankOneEpoch, rankOneLossAndGradient, rankOneNetwork } from "./rankone.js";

const MOST_SNAPSHOTS = 600;
const STILL = 50; // the paper's definition: trapped when accuracy is at most one half in as many last epochs

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
// The entry `e` of loss, gradientNorm and accuracy belongs to the parameters after e updates.
export class Session {
  constructor(network, task, c) {
    this.task = task;
    this.state = rankOneNetwork(network.m, network.n, network.b);
    this.epoch = 0;
    this.stride = 8;
    this.snapshots = [this.copy()];
    for (const name of ["loss", "gradientNorm", "accuracy", "alpha", "c"]) this[name] = new Series();
    this.overflowed = false;
    this.learnedAt = -1;
    this.failingSince = -1;
    this.rescuedAt = -1;
    this.look(c);
  }
  copy() {
    const { m, n, b } = this.state;
    return { m: m.slice(), n: n.slice(), b: b.slice() };
  }
  record({ loss, gradientNorm, accuracy }, c) {
    const e = this.epoch;
    this.loss.put(e, loss);
    this.gradientNorm.put(e, gradientNorm);
    this.accuracy.put(e, accuracy);
    this.c.put(e, c);
    if (accuracy > 0.5) {
      if (this.learnedAt < 0) this.learnedAt = e;
      else if (this.failingSince >= 0 && e - this.failingSince >= STILL) this.rescuedAt = e;
      this.failingSince = -1;
    } else if (this.failingSince < 0) {
      this.failingSince = e;
    }
  }
  // Evaluate the present parameters without a step.
  look(c) {
    this.record(rankOneLossAndGradient(this.state, this.task, c), c);
  }
  // Up to `most` epochs, or as many as fit into `milliseconds`; false when the parameters have overflowed, and then the
  // session stands at the last epoch that still has a loss.
  advance(alpha, c, most, milliseconds = Infinity) {
    const end = performance.now() + milliseconds;
    for (let k = 0; k < most; k += 1) {
      this.record(rankOneEpoch(this.state, this.task, alpha, c), c);
      this.alpha.put(this.epoch, alpha);
      this.epoch += 1;
      if (this.epoch % this.stride === 0) this.keep();
      if (k % 16 === 15 && (performance.now() > end || !Number.isFinite(this.state.last.loss))) break;
    }
    this.look(c);
    if (Number.isFinite(this.state.last.loss)) return true;
    this.goBack(this.loss.values.findIndex((loss) => !Number.isFinite(loss)) - 1);
    return false;
  }
  goBack(epoch) {
    this.state = this.at(epoch);
    this.epoch = epoch;
    this.snapshots.length = Math.floor(epoch / this.stride) + 1;
    for (const name of ["loss", "gradientNorm", "accuracy", "c"]) this[name].length = epoch + 1;
    this.overflowed = true;
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
  // Since which epoch it sits in the no-learning zone; −1 when it does not.
  get trappedSince() {
    const failed = this.learnedAt >= 0 && this.failingSince > this.learnedAt;
    return failed && this.epoch - this.failingSince >= STILL - 1 ? this.failingSince : -1;
  }
}
