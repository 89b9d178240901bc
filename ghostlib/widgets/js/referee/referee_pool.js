// Rows of the ledger on their way through as many workers as there are cores.

import { PLAN } from "./referee_plan.js";

const MOST_WORKERS = 8;

// `createWorker()` promises a worker, `onrow(row, { share } or { value, seconds, core } or { error })` hears of every row,
// `onidle()` is called when nothing is left to do. Rows of one group go to one worker, which has their training.
export class Pool {
  constructor(createWorker, onrow, onidle) {
    Object.assign(this, { createWorker, onrow, onidle });
    this.done = new Set();
    this.stop();
  }
  // Check these rows, without those that are checked already or about to be.
  check(rows) {
    const wanted = new Set(rows.filter((row) => !this.done.has(row) && !this.asked.has(row)));
    for (const row of wanted) this.asked.add(row);
    this.jobs.push(...PLAN.map((group) => ({ group, rows: group.rows.filter((row) => wanted.has(row)) })).filter((job) => job.rows.length > 0));
    this.jobs.sort((one, other) => one.group.seconds - other.group.seconds);
    const most = Math.min(navigator.hardwareConcurrency || 2, MOST_WORKERS, this.jobs.length + this.workers.size);
    while (this.workers.size < most) this.hire();
    for (const worker of this.workers) if (worker.isIdle) this.next(worker);
  }
  // What is under way is given up; what is finished stays.
  stop() {
    for (const { thread } of this.workers ?? []) thread?.terminate();
    this.workers = new Set();
    this.owners = new Map(); // the worker of each group
    this.asked = new Set();
    this.jobs = [];
  }
  async hire() {
    const worker = { thread: null, isIdle: false, rows: [] };
    this.workers.add(worker);
    let thread;
    try {
      thread = await this.createWorker();
    } catch (error) {
      return this.fail(error.message);
    }
    if (!this.workers.has(worker)) return thread.terminate(); // stopped in the meantime
    worker.thread = thread;
    thread.onerror = (event) => this.fail(event.message || "its script could not be loaded");
    thread.onmessage = ({ data: { row, ...news } }) => {
      const isOver = !("share" in news);
      if (isOver) this.asked.delete(row);
      if ("value" in news) this.done.add(row);
      this.onrow(row, news);
      if (isOver) this.next(worker);
    };
    this.next(worker);
  }
  next(worker) {
    if (worker.rows.length === 0) {
      const place = this.jobs.findIndex(({ group }) => (this.owners.get(group) ?? worker) === worker);
      const [job] = place < 0 ? [] : this.jobs.splice(place, 1);
      if (job) this.owners.set(job.group, worker);
      worker.rows = job?.rows ?? [];
    }
    worker.isIdle = worker.rows.length === 0;
    if (!worker.isIdle) worker.thread.postMessage({ row: worker.rows.shift() });
    else if (this.asked.size === 0) this.onidle();
  }
  // No worker, no check: every row that waits is told, and may be asked again.
  fail(why) {
    const waiting = [...this.asked];
    this.stop();
    for (const row of waiting) this.onrow(row, { error: why });
    this.onidle();
  }
}
