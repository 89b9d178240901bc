import { RANK_ONE_TASK, rankOneFlow, rankOneForward, rankOneSlowPoints, rankOneUnpack } from "./rankone.js";
import { Session } from "./session.js";
import { node, picture, shell, show } from "./ui.js";

const SLICE = 9; // milliseconds of training in each frame; the rest is the page's
const STEP = 5; // milliseconds of the task's time per update
const REACH = 6; // the flow is drawn for κ between ± REACH, wider where a fixed point is

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
  let writing = false;

  const train = node("button", { type: "button", name: "train", onclick: () => (timer === null ? start() : stop()) }, "Train");
  const step = node("button", { type: "button", name: "step", onclick: () => (stop(), advance(1), publish(), view.redraw()) }, "Step");
  const again = node("button", { type: "button", name: "again", onclick: () => begin(true) }, "Start again");
  const scrub = node("input", {
    type: "range", name: "frame", min: 0, max: 1, step: 1, value: 0, "aria-label": "epoch shown",
    oninput: () => {
      stop();
      shown = Number(scrub.value) >= session.epoch ? null : Number(scrub.value);
      view.redraw();
    },
  });
  const transport = node("div", { class: "ghost-transport" }, train, step, again, scrub);

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
    return session.advance(model.get("alpha"), model.get("c"), most, milliseconds);
  }
  function start() {
    if (session.epoch >= goal) goal = session.epoch + course.leg(session.epoch);
    const tick = () => {
      const sound = advance(Math.min(goal - session.epoch, course.pace(session.epoch)), SLICE);
      timer = sound && session.epoch < goal ? requestAnimationFrame(tick) : null;
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
    writing = true;
    for (const [name, value] of Object.entries({ ...parameters, epoch: session.epoch, loss: session.loss.values[session.epoch] })) model.set(name, value);
    model.save_changes();
    writing = false;
  }
  const given = () => writing || begin(false);
  for (const name of ["m", "n", "b"]) model.on(`change:${name}`, given);

  function sentenceOf(epoch) {
    const { seed, alpha } = view ? view.values() : { seed: model.get("seed"), alpha: model.get("alpha") };
    const now = `Seed ${seed}, α = ${show(alpha)}, epoch ${epoch}: loss ${show(session.loss.values[epoch])}, accuracy ${show(session.accuracy.values[epoch])}, gradient norm ${show(session.gradientNorm.values[epoch])}.`;
    if (session.overflowed) return `${now} The parameters have overflowed; start again with a lower α.`;
    if (session.epoch === 0) return `${now} The network is untrained. Press Train.`;
    const trapped = session.trappedSince;
    const faint = session.gradientNorm.values[epoch] < 1e-3; // below this, a hundred epochs change little
    const advice = faint ? "and the gradient is all but gone. Try a lower c." : "but the gradient is alive at this c. Train on.";
    if (trapped >= 0 && epoch >= trapped) return `${now} No-learning zone: entered at epoch ${trapped}. The output is silent ${advice}`;
    if (session.learnedAt < 0 || epoch < session.learnedAt) return `${now} Still on the plateau.`;
    if (session.rescuedAt >= 0 && epoch >= session.rescuedAt) return `${now} It got the task at epoch ${session.learnedAt}, lost it, and is back since epoch ${session.rescuedAt}.`;
    return `${now} It got the task at epoch ${session.learnedAt}.`;
  }

  function draw(values, [w1, w2, w3, w4, ...more]) {
    const epoch = shown ?? session.epoch;
    const network = session.at(epoch);
    const c = session.c.values[epoch];
    const end = Math.max(goal, session.epoch);
    const from = course.from(session.epoch);
    const epochs = Float64Array.from({ length: session.epoch + 1 - from }, (_unused, k) => from + k);
    const x = { domain: [from, end], label: "epoch" };
    const trapped = session.trappedSince;
    const zone = trapped >= 0 ? [{ type: "zone", from: trapped, to: end, label: "no-learning zone" }] : [];
    const series = (width, values, colour, label, domain, alt) =>
      picture({
        width, height: 230, x, y: { domain, log: true, label }, alt,
        marks: [...zone, { type: "line", xs: epochs, ys: values.subarray(from), colour, width: 1.5 }, ...(epoch < from ? [] : [{ type: "dot", x: epoch, y: Math.max(domain[0], values[epoch]), colour: "ink" }])],
      });
    const losses = series(w1, session.loss.values, "loss", "loss (log scale)", [1e-4, 4], `Loss against the epoch, now ${show(session.loss.values[epoch])}`);
    const norms = series(w2, session.gradientNorm.values, "gradient", "gradient norm (log scale)", [1e-9, 1e3], `Gradient norm against the epoch, now ${show(session.gradientNorm.values[epoch])}`);

    const { kappa, output } = rankOneForward(network, RANK_ONE_TASK, c);
    const { T, kappaStar } = RANK_ONE_TASK;
    const times = Array.from(output, (_unused, k) => (k + 1) * STEP);
    const behaviour = picture({
      width: w3, height: 230, x: { domain: [0, 2 * T * STEP], label: "time (ms)" }, y: { domain: [-0.08, 1.12], label: "output" }, alt: "Output against target over the trial",
      marks: [
        { type: "line", xs: [0, T * STEP, T * STEP, 2 * T * STEP], ys: [0, 0, 1, 1], colour: "optimum", width: 1.5, label: "target", labelAt: 0.999, labelDy: -8 },
        { type: "line", xs: times, ys: output, colour: "ink", label: epoch ? "" : "output", labelAt: 0.9, labelDy: -8 },
      ],
    });

    const slow = rankOneSlowPoints(network);
    const reach = Math.max(REACH, ...slow.map(({ position }) => 1.15 * Math.abs(position)));
    const ks = Array.from({ length: 241 }, (_unused, k) => (k / 120 - 1) * reach);
    const fs = ks.map((at) => rankOneFlow(network, at).value);
    const high = Math.max(1, ...fs.filter((_unused, k) => Math.abs(ks[k]) < 0.8 * reach));
    const low = Math.min(-1, ...fs.filter((_unused, k) => Math.abs(ks[k]) < 0.8 * reach));
    const pad = 0.15 * (high - low);
    const latent = picture({
      width: w4, height: 230, x: { domain: [-reach, reach], label: "latent variable κ" }, y: { domain: [low - pad, high + pad], label: "flow f(κ)" },
      alt: "The latent flow with its fixed points and ghosts",
      marks: [
        { type: "ruleY", at: 0, colour: "muted" },
        { type: "ruleX", at: kappaStar, colour: "muted", dash: true, label: "κ*" },
        { type: "line", xs: ks, ys: fs, colour: "ink", width: 1.8 },
        ...slow.map(({ position, speed, kind }) =>
          kind === "ghost"
            ? { type: "dot", x: position, y: speed, colour: "ghost", hollow: true, radius: 4.5, label: Math.abs(speed) < 0.6 ? "ghost" : "", dx: 0, dy: speed > 0 ? -10 : 20, anchor: "middle" }
            : { type: "dot", x: position, y: 0, colour: "ink", hollow: kind !== "stable", radius: 4.5 },
        ),
        { type: "dot", x: kappa[0], y: 0, colour: "gradient", label: "κ(0)", dx: 0, dy: 21, anchor: "middle", radius: 4.5 },
      ],
    });
    scrub.max = Math.max(1, session.epoch);
    scrub.value = epoch;
    scrub.setAttribute("aria-valuetext", `epoch ${epoch} of ${session.epoch}`);
    return { pictures: [losses, norms, behaviour, latent, ...course.panels.map((panel, k) => panel(values, more[k]))], sentence: sentenceOf(epoch) };
  }

  begin(model.get("m").length === 0);
  view = shell(model, el, {
    panels: 4 + course.panels.length,
    extra: [transport],
    draw,
    onparameter: (name) => {
      if (name === "seed") begin(true);
      else if (timer === null) session.look(model.get("c"));
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
