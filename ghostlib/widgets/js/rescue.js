import { bytesOf, nearest, show } from "./core/numbers.js";
import { picture } from "./page/picture.js";
import { trainView } from "./page/trainview.js";

const FIRST = 6000; // epochs of the first press of the button: the paper's
const AGAIN = 300; // of every further one, three times the paper's, so that there is time to look
const BEFORE = 100; // epochs shown before the confidence was turned
const STEPS = 40; // of a trial: accuracies are multiples of 1/40, and travel as whole numbers
const UNKNOWN = 255; // the accuracy of a network whose parameters have overflowed
// What became of the hundred networks, in the order in which they stand; the word, its colour, and how high it stands.
const OUTCOMES = [["trapped", "confidence-3", 1.1], ["has it", "optimum", 1.1], ["not yet", "muted", 0.3], ["diverged", "gradient", 0.2]];

// The hundred networks after 6000 epochs: what became of each, and its accuracy after 100 more at each confidence.
function readHundred(base64, confidences) {
  const bytes = bytesOf(base64);
  const count = bytes.length / (confidences.length + 1);
  const order = Array.from({ length: count }, (_, seed) => seed).sort((one, other) => bytes[one] - bytes[other] || one - other);
  const accuracyOf = (byte) => (byte === UNKNOWN ? NaN : byte / STEPS);
  return { outcome: order.map((seed) => bytes[seed]), accuracy: confidences.map((_, row) => order.map((seed) => accuracyOf(bytes[(row + 1) * count + seed]))) };
}

function drawHundred({ outcome, accuracy }, confidences, c, width) {
  const row = nearest(confidences, c);
  const caught = accuracy[row].filter((value, place) => outcome[place] === 0 && !Number.isNaN(value));
  const mean = caught.reduce((sum, value) => sum + value, 0) / caught.length;
  const names = OUTCOMES.flatMap(([name, colour, y], kind) => {
    const members = outcome.flatMap((one, place) => (one === kind ? [place] : []));
    if (members.length === 0) return [];
    return [{ type: "text", x: (members[0] + members.at(-1)) / 2, y, text: `${name} (${members.length})`, colour, anchor: "middle" }];
  });
  return picture({
    width, height: 250, x: { domain: [-2, outcome.length + 1], label: `precomputed: 100 epochs at c = ${show(confidences[row])}` }, y: { domain: [0, 1.2], label: `accuracy of ${outcome.length} networks` },
    alt: `Accuracies of ${outcome.length} networks, computed beforehand, after 6000 epochs at c = 10 and 100 at c = ${show(confidences[row])}; the mean of the trapped is ${show(mean)}`,
    marks: [
      { type: "ruleY", at: 0.5, colour: "muted", dash: true },
      ...accuracy[row].map((value, place) => ({ type: "dot", x: place, y: value, colour: OUTCOMES[outcome[place]][1], hollow: outcome[place] !== 0, radius: 2 })),
      ...names,
    ],
  });
}

// The training as stages of one confidence each.
function stagesOf({ epoch, c }, now) {
  const stages = [];
  for (let e = 0; e < epoch; e += 1) {
    if (stages.length && stages.at(-1)[1] === c.values[e]) stages.at(-1)[0] += 1;
    else stages.push([1, c.values[e]]);
  }
  return stages.length ? stages : [[1, now]];
}

const rescueAsPython = ({ seed, alpha, c }, session) => `from ghostlib import DelayedActivation, RankOne, widgets
from ghostlib.training.schedules import train_stages

stages = [${stagesOf(session, c).map(([epochs, value]) => `(${epochs}, ${value})`).join(", ")}]  # epochs, confidence
history = train_stages(RankOne.initial([${seed}]), DelayedActivation(), ${alpha}, stages)
widgets.Rescue(seed=${seed}, alpha=${alpha}, c=${c})
`;

export default {
  render({ model, el }) {
    const confidences = model.get("_confidences");
    const hundred = readHundred(model.get("_hundred"), confidences);
    return trainView(model, el, {
      leg: (epoch) => (epoch < FIRST ? FIRST : AGAIN),
      from: (epoch) => (epoch > FIRST ? FIRST - BEFORE : 0),
      panels: { names: ["the hundred"], draw: [({ c }, width) => drawHundred(hundred, confidences, c, width)] },
      python: rescueAsPython,
    });
  },
};
