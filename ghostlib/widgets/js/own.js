import { grid, show } from "./core/numbers.js";
import { planarNetwork, planarPoints, planarTrial } from "./core/planar.js";
import { rankOneFlow, rankOneNetwork, rankOneSlowPoints } from "./core/rankone.js";
import { far, isJson, overUnits, readNetwork, tooLarge, transposed } from "./core/reading.js";
import { waitAt } from "./core/waits.js";
import { picture } from "./page/picture.js";
import { fieldOf, inWords, planeMarks } from "./page/plane_marks.js";
import { button, node, saveFile, shell } from "./page/ui.js";

const [DELTA, STEPS] = [0.5, 40]; // the paper's
const SAMPLES = 400;
const FREE = 400; // steps of the free runs that tell how far the plane reaches
const TAU = 10; // ms, the paper's
const NAMED = 3; // places of one kind that the sentence names

// Everything that is shown of a network of rank one.
function alongALine({ columns, rows, b }) {
  const state = rankOneNetwork(columns[0], rows[0], b);
  const f = (kappa) => rankOneFlow(state, kappa).value;
  const points = rankOneSlowPoints(state).map(({ position, kind, speed }) => ({ position: [position], kind, speed, ...(kind === "ghost" ? waitAt(state, position) : {}) }));
  return { points, wayFrom: ([start]) => walk(start, f).map((kappa) => [kappa]), f };
}

function walk(start, f) {
  const way = [start];
  for (let t = 0; t < STEPS; t += 1) way.push(way[t] + DELTA * f(way[t]));
  return way;
}

// The same for rank two. Slow points are looked for as far as |F| can be small, most closely where free runs from all sides
// end up.
function inThePlane({ columns: [m1, m2], rows: [n1, n2], b }) {
  const network = planarNetwork(m1, m2, n1, n2, b);
  const reach = 1 + Math.max(...[n1, n2].map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  const ends = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => planarTrial(network, [reach * Math.cos((k * Math.PI) / 4), reach * Math.sin((k * Math.PI) / 4)], FREE, DELTA).at(-1));
  const around = (places) => Math.min(reach, 1.25 * Math.max(...places.flat().map(Math.abs)) + 0.5);
  const points = planarPoints(network, reach, around(ends));
  const span = around([...ends, ...points.map(({ position }) => position)]);
  let field = fieldOf(network, span);
  const fieldAround = (way) => {
    const wanted = Math.max(span, 1.1 * Math.max(...way.flat().map(Math.abs)));
    if (field.span !== wanted) field = fieldOf(network, wanted);
    return field;
  };
  return { points, wayFrom: (start) => planarTrial(network, start, STEPS, DELTA), fieldAround, reach };
}

const placeOf = ({ position }) => (position.length > 1 ? `(${position.map((value) => show(value)).join(", ")})` : show(position[0]));

// " Stable at κ = −2.99 and 2.99. Unstable at κ = 0.": where the fixed points are, for who cannot see the picture.
function fixedInWords(points) {
  const kinds = new Set(points.map(({ kind }) => kind).filter((kind) => kind !== "ghost"));
  return [...kinds]
    .map((name) => {
      const places = points.filter(({ kind }) => kind === name).map(placeOf);
      const more = places.length > NAMED ? [`${places.length - NAMED} more`] : [];
      const [last, ...others] = [...places.slice(0, NAMED), ...more].reverse();
      return ` ${name[0].toUpperCase()}${name.slice(1)} at κ = ${others.length ? `${others.reverse().join(", ")} and ${last}` : last}.`;
    })
    .join("");
}

// "A ghost at κ = −1.54, where the speed is 0.21. From κ = −3.2 to 0.1 the state takes 11 τ, or 110 ms at the paper's τ."
function ghostsInWords(points) {
  return points
    .filter(({ kind }) => kind === "ghost")
    .slice(0, 2)
    .map((ghost) => {
      const takes = ghost.position.length > 1 ? "Its parabola takes" : `From κ = ${show(ghost.from)} to ${show(ghost.to)} the state takes`;
      const wait = Number.isNaN(ghost.time) ? "" : ` ${takes} ${show(ghost.time)} τ, or ${show(TAU * ghost.time)} ms at the paper's τ.`;
      return ` A ghost at κ = ${placeOf(ghost)}, where the speed is ${show(Math.abs(ghost.speed))}.${wait}`;
    })
    .join("");
}

export default {
  render({ model, el }) {
    const examples = model.get("_examples").map((each) => JSON.stringify(each));
    let text = examples[0]; // of the network that is shown
    let read = readNetwork(text);
    let found = alongALine(read);

    const message = node("p", { class: "ghost-refusal", role: "alert", hidden: true });
    const file = node("input", { type: "file", name: "file", accept: ".csv,.json,.txt", "aria-label": "A network as CSV or JSON", onchange: () => file.files.length && take(file.files) });
    const area = node("textarea", { name: "text", rows: 2, spellcheck: "false", "aria-label": "A network as text", placeholder: "or drop a file here, or paste its text", onpaste: pasted });
    const over = node("input", { type: "checkbox", name: "over", onchange: () => present(text) });
    const brought = node(
      "div", { class: "ghost-brought" },
      node("div", { class: "ghost-buttons" }, file, button("read", "Read the text", () => present(area.value)), ...examples.map((each, k) => button(`rank-${k + 1}`, `Example of rank ${k ? "two" : "one"}`, () => bring(each))), button("save", "Download what is shown", () => save())),
      area,
      node("label", {}, over, " weights are meant as W = m nᵀ/N"),
      message,
    );

    function tell(sentence) {
      message.textContent = sentence;
      message.hidden = sentence === "";
    }
    // Reads a text and shows its network, or says why it is none; then the network before stays.
    function present(given) {
      try {
        const plain = readNetwork(given);
        const next = over.checked ? overUnits(plain) : plain;
        found = (next.rank === 1 ? alongALine : inThePlane)(next);
        [text, read] = [given, next];
        tell((over.checked ? "" : far(next)) || (next.hears ? "Shown is the network while it hears nothing: w_in is left out." : ""));
        view.redraw();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        tell(error.message);
      }
    }
    function bring(example) {
      over.checked = false;
      present(example);
    }
    // A browser stands still for long with millions of lines in a box.
    function pasted(event) {
      const why = tooLarge(event.clipboardData.getData("text/plain").length);
      if (!why) return;
      event.preventDefault();
      tell(why);
    }
    async function take(files) {
      if (files.length !== 1) return tell(files.length ? "One file at a time, please." : "What was dropped is no file.");
      const [one] = files;
      if (tooLarge(one.size)) return tell(tooLarge(one.size));
      const given = await one.text().catch(() => null); // it may be gone, or a folder
      file.value = "";
      if (given === null) tell("The file cannot be read.");
      else present(given);
    }
    const save = () => (isJson(text) ? saveFile("network.json", text, "application/json") : saveFile("network.csv", text, "text/csv"));

    const startOf = ({ kappa_1: x, kappa_2: y }) => (read.rank === 1 ? [x] : [x, y]);

    function lineOf(way, width) {
      const places = [...found.points.map(({ position: [at] }) => at), ...way.map(([at]) => at)];
      const [low, high] = [Math.min(...places), Math.max(...places)];
      const room = 0.25 * (high - low) + 0.5;
      const xs = grid(low - room, high + room, SAMPLES);
      const ys = xs.map(found.f);
      return picture({
        width, height: 260, alt: `The flow of the network with ${inWords(found.points)}`,
        x: { domain: [xs[0], xs.at(-1)], label: "κ" }, y: { domain: [Math.min(...ys), Math.max(...ys, 0.1)], label: "τκ̇" },
        marks: [
          { type: "ruleY", at: 0, colour: "muted" },
          { type: "line", xs, ys, colour: "ink" },
          ...found.points.map(({ position: [x], kind, speed }) => ({ type: "dot", x, y: speed, colour: kind === "ghost" ? "ghost" : "ink", hollow: kind !== "stable", label: kind === "ghost" ? "ghost" : "", dx: 0, dy: -12, anchor: "middle" })),
          { type: "dot", x: way[0][0], y: 0, colour: "gradient" },
        ],
      });
    }
    function planeOf(way, width) {
      const height = Math.min(width, 460);
      const field = found.fieldAround(way);
      return picture({
        width, height, alt: `The plane of the network with ${inWords(found.points)}`,
        x: { domain: [-field.span, field.span], label: "κ₁" }, y: { domain: [-field.span, field.span], label: "κ₂" },
        marks: planeMarks(field, found.points, way, { width, height }),
      });
    }
    function draw(values, [w1, w2]) {
      const way = found.wayFrom(startOf(values));
      const steps = way.map((_, t) => t);
      const curves = way[0].map((_, k) => way.map((at) => at[k]));
      const [low, high] = [Math.min(...curves.flat()), Math.max(...curves.flat())];
      const trial = picture({
        width: w2, height: 220, alt: "The latent variables against the step of the trial",
        x: { domain: [0, STEPS], label: "step of the trial" }, y: { domain: [low - 0.1 * (high - low) - 0.1, high + 0.1 * (high - low) + 0.1], label: "κ" },
        marks: curves.map((ys, k) => ({ type: "line", xs: steps, ys, colour: "ink", dash: k > 0, label: read.rank > 1 ? `κ${"₁₂"[k]}` : "", labelAt: 0.9 })),
      });
      const certainty = read.rank > 1 ? `, looked for up to |κ| = ${show(found.reach)}` : "";
      const end = way.at(-1).map((value) => show(value)).join(", ");
      return {
        pictures: [(read.rank === 1 ? lineOf : planeOf)(way, w1), trial],
        sentence: `${read.units} unit${read.units > 1 ? "s" : ""}, rank ${read.rank}: ${inWords(found.points)}${certainty}.${fixedInWords(found.points)}${ghostsInWords(found.points)} After ${STEPS} steps the trial is at κ = ${end}.`,
      };
    }

    const view = shell(model, el, {
      panels: 2,
      extra: [brought],
      draw,
      onreset: () => bring(examples[0]),
      // A knob that moves nothing is put away.
      drawn: () => (el.querySelector("input[name=kappa_2]").closest("label").hidden = read.rank === 1),
      python: () =>
        "from ghostlib import slow_points\nfrom ghostlib.networks.reader import read_network\n\n" +
        `network = read_network(\n    m=${JSON.stringify(transposed(read.columns))},\n    n=${JSON.stringify(read.rows)},\n    b=${JSON.stringify(read.b)},\n)\n` +
        "for point in slow_points(network):\n    print(point.kind, point.position, point.passage_time)\n",
      csv(values) {
        const way = found.wayFrom(startOf(values));
        return { name: "own-network", columns: ["step", ...(read.rank === 1 ? ["kappa"] : ["kappa_1", "kappa_2"])], rows: way.map((at, t) => [t, ...at]) };
      },
    });
    // A file that is dropped beside the figure would else be opened in place of the page. Jupyter takes some itself.
    const isOurs = ({ defaultPrevented, dataTransfer, target }) => !defaultPrevented && (dataTransfer.types.includes("Files") || (el.contains(target) && target !== area));
    const overIt = (event) => isOurs(event) && event.preventDefault();
    const dropped = (event) => {
      if (!isOurs(event)) return;
      event.preventDefault();
      take(event.dataTransfer.files);
    };
    document.addEventListener("dragover", overIt);
    document.addEventListener("drop", dropped);
    return () => {
      document.removeEventListener("dragover", overIt);
      document.removeEventListener("drop", dropped);
      view.destroy();
    };
  },
};
