import { grid, show } from "../core/numbers.js";
import { everTrapped, learnedSince, recoveredSince, solved, trappedSince } from "../core/outcomes.js";
import { RANK_ONE_TASK, rankOneFlow, rankOneForward, rankOneSlowPoints, rankOneUnpack } from "../core/rankone.js";
import { Session } from "../core/session.js";
import { hurry, race, watch } from "./pace.js";
import { picture } from "./picture.js";
import { button, node, reducedMotion, scrubber, shell } from "./ui.js";

const heightOf = (width) => (width < 400 ? 160 : 210);
const STEP = 5; // milliseconds of the task's time per update
const REACH = 6; // the flow is drawn for κ between ± REACH, wider where a fixed point is
const SAMPLES = 240;
const LOWEST = 0.1; // the axis of the loss goes down to it, and further where the loss does
const FAINT = 1e-3; // a gradient norm below which a hundred epochs change little

// The output against its target over one trial.
function behaviour(output, isLabelled, width) {
  const { T } = RANK_ONE_TASK;
  return picture({
    width, height: heightOf(width), alt: "Output against target over the trial",
    x: { domain: [0, 2 * T * STEP], label: "time (ms)" }, y: { domain: [-0.08, 1.12], label: "output" },
    marks: [
      { type: "line", xs: [0, T * STEP, T * STEP, 2 * T * STEP], ys: [0, 0, 1, 1], colour: "optimum", width: 1.5, label: "target", labelAt: 0.999 },
      { type: "line", xs: Array.from(output, (_, k) => (k + 1) * STEP), ys: output, colour: "ink", label: isLabelled ? "output" : "", labelAt: 0.9 },
    ],
  });
}

// Fixed points and ghosts; null for a network that is too steep to be searched.
function slowPointsOf(network) {
  try {
    return rankOneSlowPoints(network);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

// The latent flow with its fixed points and ghosts, and where κ starts.
function latentFlow(network, start, width) {
  const found = slowPointsOf(network);
  const slow = found ?? [];
  const reach = Math.max(REACH, ...slow.map(({ position }) => 1.15 * Math.abs(position)));
  const kappas = grid(-reach, reach, SAMPLES);
  const flow = kappas.map((kappa) => rankOneFlow(network, kappa).value);
  const inner = flow.filter((_, k) => Math.abs(kappas[k]) < 0.8 * reach);
  const [low, high] = [Math.min(-1, ...inner), Math.max(1, ...inner)];
  const pad = 0.15 * (high - low);
  const markOf = ({ position, speed, kind }) =>
    kind === "ghost"
      ? { type: "dot", x: position, y: speed, colour: "ghost", hollow: true, radius: 4.5, label: Math.abs(speed) < 0.6 ? "ghost" : "", dx: 0, dy: speed > 0 ? -10 : 20, anchor: "middle" }
      : { type: "dot", x: position, y: 0, colour: "ink", hollow: kind !== "stable", radius: 4.5 };
  return picture({
    width, height: heightOf(width), alt: "The latent flow with its fixed points and ghosts",
    x: { domain: [-reach, reach], label: "latent variable κ" }, y: { domain: [low - pad, high + pad], label: "flow f(κ)" },
    marks: [
      { type: "ruleY", at: 0, colour: "muted" },
      { type: "ruleX", at: RANK_ONE_TASK.kappaStar, colour: "muted", dash: true, label: "κ*" },
      { type: "line", xs: kappas, ys: flow, colour: "ink", width: 1.8 },
      ...slow.map(markOf),
      ...(found ? [] : [{ type: "text", x: 0, y: high, text: "too steep to find its fixed points", colour: "muted", anchor: "middle" }]),
      { type: "dot", x: start, y: 0, colour: "gradient", label: "κ(0)", dx: 0, dy: 21, anchor: "middle", radius: 4.5 },
    ],
  });
}

// The course of the loss in words, each where it happens; `to` is where the axis ends.
function story({ epoch, accuracy }, from, to) {
  const [learned, trapped] = [learnedSince(accuracy.values), trappedSince(accuracy.values)];
  const until = learned < 0 ? epoch : learned;
  const word = (x, y, text, anchor) => ({ type: "text", x, y, text, colour: "loss", anchor });
  const marks = [];
  if (until - from > 0.2 * (to - from)) marks.push(word((from + until) / 2, 0.5, "plateau", "middle"));
  if (learned > from) marks.push(word(learned - 0.01 * (to - from), 0.35, "jump", "end"));
  if (trapped >= 0) marks.push({ type: "zone", from: trapped, to, label: "no-learning zone" });
  else if (learned >= 0 && epoch - learned > 0.2 * (to - from)) marks.push(word((Math.max(from, learned) + epoch) / 2, 1.6, "oscillation", "middle"));
  return marks;
}

function sentenceOf({ seed, alpha }, session, epoch, isMoving) {
  const [loss, gradientNorm] = [session.loss.values[epoch], session.gradientNorm.values[epoch]];
  const accuracy = session.accuracy.values;
  const now = `Seed ${seed}, epoch ${epoch}: loss ${show(loss)}, accuracy ${show(accuracy[epoch])}, gradient norm ${show(gradientNorm)}.`;
  if (session.diverged) return `${now} The parameters have overflowed; start again with a lower α.`;
  if (session.epoch === 0) return `${now} The network is untrained. Press Train for gradient descent at α = ${show(alpha)}.`;
  const [learned, trapped, recovered] = [learnedSince(accuracy), trappedSince(accuracy), recoveredSince(accuracy)];
  if (learned < 0 || epoch < learned) return `${now} Still on the plateau.`;
  const got = `${now} It got the task at epoch ${learned}`;
  const chaos = isMoving || epoch < session.epoch ? "" : " Another run of this seed may end elsewhere: after the jump, rounding decides.";
  if (trapped >= 0 && epoch >= trapped) return `${got} and lost it at ${trapped}: no-learning zone. ${gradientNorm < FAINT ? "Try a lower c." : "At this c its gradient is alive: train on."}${chaos}`;
  const past = accuracy.subarray(0, epoch + 1);
  if (!everTrapped(past)) return `${got}${solved(past, loss) ? " and keeps it" : ""}.${chaos}`;
  return recovered >= 0 && epoch >= recovered ? `${got}, lost it, and is back since epoch ${recovered}.` : `${got} and lost it; it is not back for good yet.`;
}

// A network that trains in the page: loss, latent flow, gradient norm and output, every epoch of its past on a scrubber.
// It opens on a run of the seed's own network, at the values with which the page opens, that is quickly finished: busy for
// so long, and alive. Where motion is not wanted it resolves when that is drawn, else at once, to what cleans up. `course` says what is special about a widget:
//   leg(epoch)     how many epochs one press of the button trains, from that epoch on
//   from(epoch)    where the axes of epochs begin once the training has got that far
//   panels         { names, draw }: further pictures, functions of (values, width)
//   python(values, session)   the text for "Copy as Python"
export async function trainView(model, el, course) {
  const networks = rankOneUnpack(model.get("_networks"));
  let session = null;
  let view = null;
  let goal = 0;
  let shown = null; // the epoch on the scrubber; null follows the training
  let telling = false;
  let rest = null; // ends the motion; null where nothing moves

  const train = button("train", "Train", () => (rest ? stop() : start()));
  const again = button("again", "Start again", () => (begin(true), start()));
  const step = button("step", "Step", () => (stop(), advance(1), publish(), view.redraw()));
  const fast = node("input", { type: "checkbox", name: "fast" });
  const scrub = scrubber({ label: "epoch shown", unit: "epoch", oninput: look });

  function look(epoch) {
    stop();
    shown = epoch >= session.epoch ? null : epoch;
    view.redraw();
  }
  // The parameters that the model holds, unless they are the seed's own: these travel packed, or come from Python as they are.
  function given() {
    const own = networks[model.get("seed")];
    const isOwn = (name) => model.get(name).length === 0 || model.get(name).every((value, i) => value === own[name][i]);
    return ["m", "n", "b"].every(isOwn) ? null : { m: model.get("m"), n: model.get("n"), b: model.get("b") };
  }
  function begin(fromSeed) {
    rest?.();
    session = new Session((!fromSeed && given()) || networks[model.get("seed")], RANK_ONE_TASK, model.get("c"));
    goal = course.leg(0);
    shown = null;
    if (fromSeed) publish();
    else tell({});
    view?.redraw();
  }
  function advance(most, milliseconds) {
    shown = null;
    session.advance(model.get("alpha"), model.get("c"), most, milliseconds);
  }
  // Resolves when the training rests, at the goal or earlier.
  function move(how, advance) {
    return new Promise((resolve) => {
      const end = how(session, () => goal, { advance, isFast: () => fast.checked, onframe: view.redraw, onend: stop });
      rest = () => {
        rest = null;
        end();
        resolve();
      };
      view.redraw();
    });
  }
  function start() {
    if (session.epoch >= goal) goal = session.epoch + course.leg(session.epoch);
    move(reducedMotion() ? hurry : watch, advance);
  }
  function stop() {
    rest?.();
    if (session.epoch) publish();
    view.redraw();
  }
  // The finished run, at the values of the opening whatever the reader turns meanwhile.
  async function open({ alpha, c }) {
    el.setAttribute("aria-busy", true);
    await move(reducedMotion() ? hurry : race, (most, milliseconds) => {
      session.advance(alpha, c, most, milliseconds);
      session.evaluate(model.get("c"));
    });
    if (rest === null) el.removeAttribute("aria-busy"); // else another run has begun
    view.draw();
  }
  // Tell Python where the training stands; not in every frame. Parameters that Python has just set are not sent back:
  // they come one after the other, and an answer to the first would undo the second.
  function publish() {
    const { m, n, b } = session.state;
    tell({ m: Array.from(m), n: Array.from(n), b: Array.from(b) });
  }
  function tell(parameters) {
    telling = true;
    for (const [name, value] of Object.entries({ ...parameters, epoch: session.epoch, loss: session.loss.values[session.epoch] })) model.set(name, value);
    model.save_changes();
    telling = false;
  }
  const isGiven = () => telling || begin(false);
  for (const name of ["m", "n", "b"]) model.on(`change:${name}`, isGiven);

  function draw(values, [w1, w2, w3, w4, ...more]) {
    const epoch = shown ?? session.epoch;
    const network = session.at(epoch);
    const end = Math.max(goal, session.epoch);
    const from = course.from(session.epoch);
    const epochs = Float64Array.from({ length: session.epoch + 1 - from }, (_, k) => from + k);
    const history = (width, { values: all }, colour, name, domain, words) =>
      picture({
        width, height: heightOf(width), alt: `${name} against the epoch, now ${show(all[epoch])}`,
        x: { domain: [from, end], label: "epoch" }, y: { domain, log: true, label: `${name.toLowerCase()} (log scale)` },
        marks: [
          { type: "line", xs: epochs, ys: all.subarray(from), colour, width: 1.5 },
          ...words,
          ...(epoch < from ? [] : [{ type: "dot", x: epoch, y: Math.max(domain[0], all[epoch]), colour: "ink" }]),
        ],
      });
    const words = story(session, from, end);
    const { kappa, output } = rankOneForward(network, RANK_ONE_TASK, session.c.values[epoch]);
    scrub.update(epoch, session.epoch);
    const isOver = rest === null && session.epoch >= goal && session.c.values[Math.max(0, session.epoch - 1)] === values.c;
    again.classList.toggle("ghost-next", isOver);
    train.classList.toggle("ghost-next", !isOver);
    train.textContent = rest ? "Pause" : session.epoch ? "Train on" : "Train";
    // A picture that is folded away has no width.
    return {
      pictures: [
        history(w1, session.loss, "loss", "Loss", [Math.min(LOWEST, session.loss.values.reduce((low, value) => Math.min(low, value))), 3], words),
        latentFlow(network, kappa[0], w2),
        w3 && history(w3, session.gradientNorm, "gradient", "Gradient norm", [1e-9, 1e3], words.filter(({ type }) => type === "zone").map(({ label, ...zone }) => zone)),
        w4 && behaviour(output, epoch === 0, w4),
        ...course.panels.draw.map((panel, k) => more[k] && panel(values, more[k])),
      ],
      sentence: sentenceOf(values, session, epoch, rest !== null),
    };
  }
  const point = (along) => {
    const [from, end] = [course.from(session.epoch), Math.max(goal, session.epoch)];
    look(Math.min(session.epoch, Math.round(from + along * (end - from))));
  };

  begin(false);
  const opensOn = given() === null ? { alpha: model.get("alpha"), c: model.get("c") } : null;
  const network = session;
  view = shell(model, el, {
    panels: 4 + course.panels.draw.length,
    folded: { from: 2, names: ["gradient", "output", ...course.panels.names].join(", ") },
    point: { 0: point, 2: point },
    extra: [node("div", { class: "ghost-transport" }, train, again, step, node("label", {}, fast, " fast"), scrub.element)],
    draw,
    onparameter: (name) => {
      if (name === "seed") begin(true);
      else if (rest === null) session.evaluate(model.get("c"));
    },
    onreset() {
      begin(true);
      open(view.values());
    },
    python: (values) => course.python(values, session),
    csv: () => ({
      name: `seed-${model.get("seed")}`,
      columns: ["epoch", "loss", "gradient_norm", "accuracy", "c"],
      rows: Array.from(session.loss.values, (loss, e) => [e, loss, session.gradientNorm.values[e], session.accuracy.values[e], session.c.values[e]]),
    }),
  });
  // Not if the address has asked for another seed.
  const opening = opensOn && session === network ? open(opensOn) : view.draw();
  if (reducedMotion()) await opening;
  return () => {
    rest?.();
    for (const name of ["m", "n", "b"]) model.off(`change:${name}`, isGiven);
    view.destroy();
  };
}
