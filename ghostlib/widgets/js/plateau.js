import { show } from "./core/numbers.js";
import { jump } from "./core/outcomes.js";
import { RANK_ONE_TASK, rankOnePlateau, rankOneUnpack } from "./core/rankone.js";
import { Session } from "./core/session.js";
import { hurry, watch } from "./page/pace.js";
import { picture } from "./page/picture.js";
import { button, node, reducedMotion, shell } from "./page/ui.js";

const AFTER = 150; // epochs that are shown past the jump

const plateauAsPython = ({ seed, alpha, stand, guess }) => `from ghostlib import DelayedActivation, RankOne, train, widgets
from ghostlib.dynamics.plateau import plateau_duration

task = DelayedActivation()
networks = train(RankOne.initial([${seed}]), task, alpha=${alpha}, epochs=${Math.max(1, stand)}).networks
forecast = ${stand} + plateau_duration(networks, task, ${alpha}, ${RANK_ONE_TASK.c})
widgets.Plateau(seed=${seed}, alpha=${alpha}, stand=${stand}, guess=${guess})
`;

const off = (epochs) => (epochs === 0 ? "exactly right" : `${Math.abs(epochs)} too ${epochs < 0 ? "early" : "late"}`);

// The reader stands on a plateau, guesses when it ends, and is shown what the law says; then the training goes on.
export default {
  async render({ model, el }) {
    const networks = rankOneUnpack(model.get("_networks"));
    const end = model.get("_spec").guess.high; // of the axis; a guess there is none yet
    let session = null;
    let view = null;
    let rest = null; // ends the motion; null where nothing moves
    const fallen = () => jump(session.loss.values);
    const train = button("train", "Train on", () => (rest ? rest() : move(reducedMotion() ? hurry : watch, () => (fallen() < 0 ? end : Math.min(end, fallen() + AFTER)))));

    function begin() {
      rest?.();
      session = new Session(networks[model.get("seed")], RANK_ONE_TASK, RANK_ONE_TASK.c);
    }
    function move(how, goal) {
      rest?.();
      return new Promise((resolve) => {
        const advance = (most, milliseconds) => session.advance(model.get("alpha"), RANK_ONE_TASK.c, most, milliseconds);
        const stop = how(session, goal, { advance, isFast: () => false, onframe: view.redraw, onend: () => rest() });
        rest = () => {
          rest = null;
          stop();
          view.redraw();
          resolve();
        };
      });
    }
    // As far as the reader stands, and no further: nobody knows yet what comes.
    const reach = () => (session.epoch < model.get("stand") ? move(hurry, () => model.get("stand")) : view.redraw());
    const forecast = (epoch) => epoch + rankOnePlateau(session.loss.values[epoch], session.gradientNorm.values[epoch], model.get("alpha"));

    function sentenceOf({ stand, guess }) {
      const [fell, law] = [fallen(), Math.round(forecast(stand))];
      if (fell >= 0 && fell <= stand) return `Epoch ${stand} is past the jump, which came at ${fell}. Stand earlier.`;
      const here = `You stand at epoch ${stand}: loss ${show(session.loss.values[stand], 5)}, gradient norm ${show(session.gradientNorm.values[stand])}.`;
      if (guess === end) return `${here} When does the loss fall? Guess: click in the picture, or move the slider.`;
      if (fell >= 0) return `It fell at epoch ${fell}. Your guess was ${off(guess - fell)}; the law, asked at epoch ${stand}, was ${off(law - fell)}.`;
      if (session.epoch === end) return `It has not fallen by epoch ${end}. You said ${guess}, the law ${law}.`;
      return `${here} You say ${guess}. The law (1 − loss) / (α · norm²) says ${law}. Train on and see.`;
    }
    function draw(values, [width]) {
      const { guess } = values;
      const stand = Math.min(values.stand, session.epoch);
      const rule = (at, y, colour, text) => [
        { type: "ruleX", at, colour, dash: true },
        { type: "text", x: at, y, text: `\u00a0${text}\u00a0`, colour, anchor: at > 0.7 * end ? "end" : "start" },
      ];
      train.textContent = rest ? "Pause" : "Train on";
      train.disabled = !rest && (fallen() >= 0 || session.epoch >= end);
      return {
        pictures: [
          picture({
            width, height: 220, alt: `The loss up to epoch ${session.epoch}`,
            x: { domain: [0, end], label: "epoch" }, y: { domain: [0, 1.15], label: "loss" },
            marks: [
              { type: "line", xs: Float64Array.from({ length: session.epoch + 1 }, (_, e) => e), ys: session.loss.values, colour: "loss" },
              ...rule(guess, 0.32, "ink", guess === end ? "drag your guess" : "your guess"),
              ...(guess === end ? [] : rule(forecast(stand), 0.08, "gradient", "the law")),
              { type: "dot", x: stand, y: session.loss.values[stand], colour: "loss", label: "you stand here", dx: 6, dy: 22, anchor: "end" },
            ],
          }),
        ],
        sentence: session.epoch < values.stand ? `Training to epoch ${values.stand} …` : sentenceOf(values),
      };
    }

    begin();
    view = shell(model, el, {
      panels: 1,
      point: { 0: (along) => view.set("guess", String(Math.max(model.get("stand") + 1, 10 * Math.round((along * end) / 10)))) },
      extra: [node("div", { class: "ghost-transport" }, train)],
      draw,
      onparameter(name) {
        if (name === "guess") return;
        if (name !== "stand") {
          begin();
          view?.set("guess", String(end));
        }
        if (view) reach();
      },
      onreset() {
        begin();
        reach();
      },
      python: plateauAsPython,
      csv: () => ({
        name: `plateau-seed-${model.get("seed")}`,
        columns: ["epoch", "loss", "gradient_norm", "forecast"],
        rows: Array.from(session.loss.values, (loss, e) => [e, loss, session.gradientNorm.values[e], forecast(e)]),
      }),
    });
    train.classList.add("ghost-next");
    await reach();
    view.draw();
    return () => {
      rest?.();
      view.destroy();
    };
  },
};
