// Checks rows of the ledger, one after the other, away from the page's own thread. It is told { row }, and answers
// { row, share } now and then and { row, value, seconds, core } or { row, error } at the end.
// PACKED, the networks before training, and COMPILED, what trains them fast, stand in front of this module where the book is
// built.

import { rankOneCompiled } from "../core/compiled.js";
import { rankOneEpochs, rankOneUnpack } from "../core/rankone.js";
import { NETWORKS, useCore, useNetworks } from "./referee_networks.js";
import { TOY } from "./referee_toy.js";

const CHECKS = { ...TOY, ...NETWORKS };
const QUIET = 200; // milliseconds between two words on the progress

useNetworks(rankOneUnpack(PACKED));
const epochsOf = rankOneCompiled(COMPILED);
const CORE = epochsOf === rankOneEpochs ? "JavaScript" : "WebAssembly";
useCore(epochsOf);

self.onmessage = ({ data: { row } }) => {
  const start = performance.now();
  let told = start;
  const progress = (share) => {
    if (performance.now() - told < QUIET) return;
    told = performance.now();
    self.postMessage({ row, share });
  };
  try {
    const value = CHECKS[row](progress);
    self.postMessage({ row, value, seconds: (performance.now() - start) / 1000, core: CORE });
  } catch (error) {
    self.postMessage({ row, error: error.message });
  }
};
