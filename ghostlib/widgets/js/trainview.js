import { grid, show } from "./numbers.js";
import { everTrapped, learnedSince, recoveredSince, solved, trappedSince } from "./outcomes.js";
import { picture } from "./picture.js";
import { RANK_ONE_TASK, rankOneFlow, rankOneForward, rankOneSlowPoints, rankOneUnpack } from "./rankone.js";
import { Session } from "./session.js";
import { button, node, scrubber, shell } from "./ui.js";

const HEIGHT = 230;
const SLICE = 9; // milliseconds of training in each frame; the rest is the page's
const STEP = 5; // milliseconds of the task's time per update
const REACH = 6; // the flow is drawn for κ between ± REACH, wider where a fixed point is
const SAMPLES = 240;
const FAINT = 1e-3; // a gradient norm below which a hundred epochs change little

// The output against its target over one trial.
function behaviour(output, isLabelled, width) {
  const { T } = RANK_ONE_TASK;
  return picture({
    width, height: HEIGHT, alt: "Output against target over the trial",
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
    width, height: HEIGHT, alt: "The latent flow with its fixed points and ghosts",
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

function sentenceOf({ seed, alpha }, session, epoch) {
  const [loss, gradientNorm] = [session.loss.values[epoch], session.gradientNorm.values[epoch]];
  const accuracy = session.accuracy.values;
  const now = `Seed ${seed}, α = ${show(alpha)}, epoch ${epoch}: loss ${show(loss)}, accuracy ${show(accuracy[epoch])}, gradient norm ${show(gradientNorm)}.`;
  if (session.diverged) return `${now} The parameters have overflowed; start again with a lower α.`;
  if (session.epoch === 0) return `${now} The network is untrained. Press Train.`;
  const [learned, trapped, recovered] = [learnedSince(accuracy), trappedSince(accuracy), recoveredSince(accuracy)];
  const advice = gradientNorm < FAINT ? "and the gradient is all but gone. Try a lower c." : "but the gradient is alive at this c. Train on.";
  if (trapped >= 0 && epoch >= trapped) return `${now} No-learning zone: entered at epoch ${trapped}. The output is silent ${advice}`;
  if (learned < 0 || epoch < learned) return `${now} Still on the plateau.`;
  const past = accuracy.subarray(0, epoch + 1);
  const got = `${now} It got the task at epoch ${learned}`;
  if (!everTrapped(past)) return `${got}${solved(past, loss) ? " and keeps it" : ""}.`;
  return recovered >= 0 && epoch >= recovered ? `${got}, lost it, and is back since epoch ${recovered}.` : `${got} and lost it; it is not back for good yet.`;
}

// A network that trains in the page: loss, gradient norm, output and latent flow, every epoch of its past on a scrubber.
// `course` says what is special about a widget:
//   leg(epoch)     how many epochs one press of the button trains, from that epoch on
//   pace(epoch)    how many of them at most between two pictures
//   from(epoch)    where the axes of epochs begin once the training has got that far
//   panels         functions of (values, width) that draw further pictures
//   python(values, session)   the text for "Copy as Python"
export function trainView(model, el, course) {
  const networks = rankOneUnpack(model.get("_networks"));
  let session = null;
  let view = null;
  let timer = null;
  let goal = course.leg(0);
  let shown = null; // the epoch on the scrubber; null follows the training
  let telling = false;

  const train = button("train", "Train", () => (timer === null ? start() : stop()));
  const step = button("step", "Step", () => (stop(), advance(1), publish(), view.redraw()));
  const again = button("again", "Start again", () => begin(true));
  const scrub = scrubber({
    label: "epoch shown", unit: "epoch",
    oninput(epoch) {
      stop();
      shown = epoch >= session.epoch ? null : epoch;
      view.redraw();
    },
  });

  // The network given from Python if there is one, else the seed's own.
  function begin(fromSeed) {
    stop();
    const given = { m: model.get("m"), n: model.get("n"), b: model.get("b") };
    session = new Session(!fromSeed && given.m.length ? given : networks[model.get("seed")], RANK_ONE_TASK, model.get("c"));
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
  function start() {
    if (session.epoch >= goal) goal = session.epoch + course.leg(session.epoch);
    const tick = () => {
      advance(Math.min(goal - session.epoch, course.pace(session.epoch)), SLICE);
      timer = !session.diverged && session.epoch < goal ? requestAnimationFrame(tick) : null;
      if (timer === null) stop();
      view.redraw();
    };
    timer = requestAnimationFrame(tick);
    train.textContent = "Pause";
  }
  function stop() {
    if (timer !== null) cancelAnimationFrame(timer);
    timer = null;
    train.textContent = "Train";
    if (session?.epoch) publish();
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
  const given = () => telling || begin(false);
  for (const name of ["m", "n", "b"]) model.on(`change:${name}`, given);

  function draw(values, [w1, w2, w3, w4, ...more]) {
    const epoch = shown ?? session.epoch;
    const network = session.at(epoch);
    const end = Math.max(goal, session.epoch);
    const from = course.from(session.epoch);
    const epochs = Float64Array.from({ length: session.epoch + 1 - from }, (_, k) => from + k);
    const trapped = trappedSince(session.accuracy.values);
    const zone = trapped >= 0 ? [{ type: "zone", from: trapped, to: end, label: "no-learning zone" }] : [];
    const history = (width, { values: all }, colour, name, domain) =>
      picture({
        width, height: HEIGHT, alt: `${name} against the epoch, now ${show(all[epoch])}`,
        x: { domain: [from, end], label: "epoch" }, y: { domain, log: true, label: `${name.toLowerCase()} (log scale)` },
        marks: [
          ...zone,
          { type: "line", xs: epochs, ys: all.subarray(from), colour, width: 1.5 },
          ...(epoch < from ? [] : [{ type: "dot", x: epoch, y: Math.max(domain[0], all[epoch]), colour: "ink" }]),
        ],
      });
    const { kappa, output } = rankOneForward(network, RANK_ONE_TASK, session.c.values[epoch]);
    scrub.update(epoch, session.epoch);
    return {
      pictures: [
        history(w1, session.loss, "loss", "Loss", [1e-4, 4]),
        history(w2, session.gradientNorm, "gradient", "Gradient norm", [1e-9, 1e3]),
        behaviour(output, epoch === 0, w3),
        latentFlow(network, kappa[0], w4),
        ...course.panels.map((panel, k) => panel(values, more[k])),
      ],
      sentence: sentenceOf(values, session, epoch),
    };
  }

  begin(model.get("m").length === 0);
  view = shell(model, el, {
    panels: 4 + course.panels.length,
    extra: [node("div", { class: "ghost-transport" }, train, step, again, scrub.element)],
    draw,
    onparameter: (name) => {
      if (name === "seed") begin(true);
      else if (timer === null) session.evaluate(model.get("c"));
    },
    onreset: () => begin(true),
    python: (values) => course.python(values, session),
    csv: () => ({
      name: `seed-${model.get("seed")}`,
      columns: ["epoch", "loss", "gradient_norm", "accuracy", "c"],
      rows: Array.from(session.loss.values, (loss, e) => [e, loss, session.gradientNorm.values[e], session.accuracy.values[e], session.c.values[e]]),
    }),
  });
  return () => {
    stop();
    for (const name of ["m", "n", "b"]) model.off(`change:${name}`, given);
    view.destroy();
  };
}
