// A training in motion, a little at a time, so that the page stays alive.

const SECONDS = 6; // that a press of the button takes, the slow motion apart
const [SLOW, SLOW_FOR] = [20, 2.5]; // epochs a second while the loss leaves its plateau, and for how many seconds
const [PLATEAU, FALL] = [0.98, 0.005]; // a loss that is on it, and by how much it falls between two pictures when it leaves
const SLICE = 9; // milliseconds of training in a frame; the rest is the page's
const QUIET = 25; // milliseconds of training between two breaths, or two pictures, of one that is soon over

// All train a session up to the epoch `goal()` by `advance(most, milliseconds)` and call `onend` when it is there or has diverged;
// all return a function that stops them.
const isThere = (session, goal) => session.diverged || session.epoch >= goal();

// With a picture in every frame, at a pace for the eye, which slows down where the loss leaves its plateau.
export function watch(session, goal, { advance, isFast, onframe, onend }) {
  const rate = (goal() - session.epoch) / SECONDS;
  let before = performance.now();
  let slowUntil = null;
  let owed = 0; // epochs
  const tick = (now) => {
    owed += Math.min(0.1, Math.max(0, now - before) / 1000) * (now < slowUntil ? SLOW : rate);
    before = now;
    const last = session.loss.values[session.epoch];
    advance(Math.min(goal() - session.epoch, isFast() ? Infinity : Math.floor(owed)), SLICE);
    owed %= 1;
    if (last > PLATEAU && last - session.loss.values[session.epoch] > FALL) slowUntil ??= now + 1000 * SLOW_FOR;
    onframe();
    if (isThere(session, goal)) onend();
    else timer = requestAnimationFrame(tick);
  };
  let timer = requestAnimationFrame(tick);
  return () => cancelAnimationFrame(timer);
}

// With no picture on the way: how it trains where motion is not wanted.
export function hurry(session, goal, { advance, onend }) {
  const tick = () => {
    advance(goal() - session.epoch, QUIET);
    if (isThere(session, goal)) onend();
    else timer = setTimeout(tick);
  };
  let timer = setTimeout(tick);
  return () => clearTimeout(timer);
}

// As fast as it goes, with pictures on the way: how a page opens.
export function race(session, goal, { advance, onframe, onend }) {
  const tick = () => {
    advance(goal() - session.epoch, QUIET);
    onframe();
    if (isThere(session, goal)) onend();
    else timer = requestAnimationFrame(tick);
  };
  let timer = requestAnimationFrame(tick);
  return () => cancelAnimationFrame(timer);
}
