// What becomes of a training, told by its accuracy after every epoch: the same words as ghostlib.outcomes, by the same rules.

const LAST = 50; // epochs at the end that decide
const SILENT = 0.5; // accuracy of an output that is 0 throughout, or 1
const RIGHT = 0.95; // accuracy of a network that waits and then acts, a step early or late
const LOW = 0.1; // loss of such a network at a high confidence

const JUMP = 0.5; // half the loss of a silent network

const isHeard = (accuracy) => accuracy > SILENT;
const isSilent = (accuracy) => accuracy <= SILENT;
const isRight = (accuracy) => accuracy >= RIGHT;

// The parameters have overflowed: then the accuracy is not a number, and none of the words below is true but the first.
export const diverged = (accuracy) => accuracy.some((value) => Number.isNaN(value));

// It got the task at some epoch.
export const learned = (accuracy) => accuracy.some(isHeard);

const lately = (accuracy, rule) => accuracy.length >= LAST && !diverged(accuracy) && accuracy.slice(-LAST).every(rule);

// It got the task and is now in the no-learning zone.
export const trapped = (accuracy) => learned(accuracy) && lately(accuracy, isSilent);

// Its output has been heard for a while.
export const recovered = (accuracy) => lately(accuracy, isHeard);

// It does the task for good; `loss` is that of the end.
export const solved = (accuracy, loss) => lately(accuracy, isRight) && loss <= LOW;

// The epoch since which each of these has been true; −1 where it is not.
export const learnedSince = (accuracy) => accuracy.findIndex(isHeard);
export const trappedSince = (accuracy) => (trapped(accuracy) ? accuracy.findLastIndex(isHeard) + 1 : -1);
export const recoveredSince = (accuracy) => (recovered(accuracy) ? accuracy.findLastIndex(isSilent) + 1 : -1);

// It got the task, and was in the no-learning zone at some later epoch.
export function everTrapped(accuracy) {
  let silent = 0;
  for (let epoch = learnedSince(accuracy); epoch >= 0 && epoch < accuracy.length; epoch += 1) {
    silent = isSilent(accuracy[epoch]) ? silent + 1 : 0;
    if (silent === LAST) return true;
  }
  return false;
}

// The first epoch with a loss below ½; −1 if there is none.
export const jump = (loss) => loss.findIndex((value) => value < JUMP);
