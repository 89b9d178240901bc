import { bytesOf, show } from "./numbers.js";
import { paint, picture, svg } from "./picture.js";
import { shell } from "./ui.js";

const NO_LOSS = 255;
const PER_ROW = 5; // marks of a cell of the map, in rows of five
const HEIGHT = 330;
const NAMED = [1, 10, 100]; // ranks whose curves bear a name, beside the chosen one
const NAMES = [0.02, 0.007, 0.0024, 0.0008]; // heights at which they stand
const MARKS = {
  learned: (x, y) => `<circle cx="${x}" cy="${y}" r="2.3" fill="${paint("optimum")}"/>`,
  unsettled: (x, y) => `<circle cx="${x}" cy="${y}" r="1.9" fill="transparent" stroke="${paint("ink")}"/>`,
  trapped: (x, y) => `<path d="M${x - 2} ${y + 2.6}L${x + 2} ${y - 2.6}" stroke="${paint("dead")}" stroke-width="1.4"/>`,
  diverged: (x, y) => `<path d="M${x - 2} ${y - 2}l4 4m0 -4l-4 4" stroke="${paint("gradient")}" stroke-width="1.3"/>`,
};
const WORDS = { learned: "learned", unsettled: "unsettled", trapped: "no-learning zone", diverged: "diverged" };

function lossesOf({ losses, lowest, highest }) {
  const level = (byte) => (byte === NO_LOSS ? NaN : lowest * (highest / lowest) ** (byte / (NO_LOSS - 1)));
  return Float64Array.from(bytesOf(losses), level);
}

export default {
  render({ model, el }) {
    const sweep = model.get("_sweep");
    const { ranks, rates, seeds, outcomes, edges } = sweep;
    const losses = lossesOf(sweep);
    const columns = edges.length - 1;
    const ROWS = Math.ceil(seeds / PER_ROW);
    const place = (row, column, seed) => (row * rates.length + column) * seeds + seed;

    // A network's curve: in each column its least and its largest loss, the one nearer to where the pen is first.
    function curve(network) {
      const xs = [];
      const ys = [];
      for (let k = 0; k < columns; k += 1) {
        const low = losses[2 * network * columns + k];
        const high = losses[(2 * network + 1) * columns + k];
        if (Number.isNaN(low)) break;
        const before = ys[ys.length - 1] ?? high;
        xs.push(edges[k], edges[k]);
        ys.push(...(Math.abs(before - high) < Math.abs(before - low) ? [high, low] : [low, high]));
      }
      return { xs, ys };
    }

    // Where things are on the map: its box, the size of a cell, and the middle of a mark.
    function geometryOf(width) {
      const box = { left: 44, right: width - 8, top: 30, bottom: HEIGHT - 62 };
      const across = (box.right - box.left) / rates.length;
      const down = (box.bottom - box.top) / ranks.length;
      const leftOf = (column) => box.left + column * across;
      const topOf = (row) => box.bottom - (row + 1) * down;
      const markOf = ({ row, column, seed }) => [
        leftOf(column) + ((0.5 + (seed % PER_ROW)) / PER_ROW) * (across - 4) + 2,
        topOf(row) + ((0.5 + Math.floor(seed / PER_ROW)) / ROWS) * (down - 4) + 2,
      ];
      return { width, box, across, down, leftOf, topOf, markOf };
    }
    // All marks lie on one lattice: a network's place on it, from the left and from below, and the network at a place.
    const latticeOf = ({ row, column, seed }) => [column * PER_ROW + (seed % PER_ROW), row * ROWS + ROWS - 1 - Math.floor(seed / PER_ROW)];
    function networkAt(x, y) {
      const [i, j] = [Math.max(0, Math.min(rates.length * PER_ROW - 1, x)), Math.max(0, Math.min(ranks.length * ROWS - 1, y))];
      return { row: Math.floor(j / ROWS), column: Math.floor(i / PER_ROW), seed: Math.min(seeds - 1, (ROWS - 1 - (j % ROWS)) * PER_ROW + (i % PER_ROW)) };
    }
    const outcomeOf = ({ row, column, seed }) => outcomes[sweep.outcome[place(row, column, seed)]];

    // The map without what is chosen on it, so that it is drawn once.
    function mapOf({ width, box, across, down, leftOf, topOf, markOf }) {
      let drawn = "";
      let ticks = "";
      ranks.forEach((rank, row) => {
        ticks += `<text class="tick" x="${box.left - 7}" y="${topOf(row) + down / 2 + 4}" text-anchor="end">${rank}</text>`;
        rates.forEach((rate, column) => {
          drawn += `<rect x="${leftOf(column) + 0.5}" y="${topOf(row) + 0.5}" width="${across - 1}" height="${down - 1}" fill="transparent" stroke="${paint("grid")}" stroke-width="0.8"/>`;
          for (let seed = 0; seed < seeds; seed += 1) {
            const network = { row, column, seed };
            drawn += `<g data-pick="${row} ${column} ${seed}">${MARKS[outcomeOf(network)](...markOf(network))}</g>`;
          }
        });
      });
      rates.forEach((rate, column) => {
        if (column % 3 === 0) ticks += `<text class="tick" x="${leftOf(column + 0.5)}" y="${box.bottom + 16}" text-anchor="middle">${rate}</text>`;
      });
      const widths = outcomes.map((outcome) => 15 + 6.6 * WORDS[outcome].length);
      const all = widths.reduce((sum, one) => sum + one, 0);
      let at = Math.max(4, (width - all) / 2);
      let key = "";
      outcomes.forEach((outcome, k) => {
        key += MARKS[outcome](at + 4, HEIGHT - 9) + `<text class="tick" x="${at + 11}" y="${HEIGHT - 5}">${WORDS[outcome]}</text>`;
        at += widths[k];
      });
      const labels = `<text class="axis-label" x="4" y="15">rank</text><text class="axis-label" x="${(box.left + box.right) / 2}" y="${HEIGHT - 28}" text-anchor="middle">learning rate α (log scale)</text>`;
      const chosen = `<rect data-chosen="cell" width="${across - 1}" height="${down - 1}" fill="none" stroke="${paint("ink")}" stroke-width="1.8" pointer-events="none"/><circle data-chosen="mark" r="4.8" fill="none" stroke="${paint("ink")}" stroke-width="1.5" pointer-events="none"/>`;
      const marks = `<g role="listbox" aria-label="Networks by rank and learning rate" data-lm-suppress-shortcuts="true" style="cursor: pointer">${drawn}</g>`;
      return svg(width, HEIGHT, `Map of rank against learning rate with a mark for each of ${seeds} networks in every cell`, labels + ticks + marks + chosen + key, "group");
    }

    function sentenceOf(here) {
      const { row, column, seed } = here;
      const network = place(row, column, seed);
      const outcome = outcomeOf(here);
      const [learned, silent] = [sweep.learned[network], sweep.silent[network]];
      const first = learned < 0 ? "never learns" : `learns at epoch ${learned}`;
      const then = {
        learned: "and keeps the task",
        unsettled: learned < 0 ? "and is not trapped either" : "and does not keep the task",
        trapped: silent > 0 ? `and sits in the no-learning zone from epoch ${silent} on` : "and sits in the no-learning zone",
        diverged: "and its parameters overflow",
      }[outcome];
      const all = Array.from({ length: seeds }, (_, k) => sweep.outcome[place(row, column, k)]);
      const counts = outcomes.map((name, k) => [all.filter((one) => one === k).length, WORDS[name]]).filter(([count]) => count);
      const cell = counts.map(([count, name]) => `${count} ${name}`).join(", ");
      return `Rank ${ranks[row]}, α = ${show(rates[column])}, seed ${seed}: this network ${first} ${then}. The ${seeds} seeds after ${sweep.epochs[row][column]} epochs: ${cell}.`;
    }

    let geometry = null;
    let map = "";
    let current = null; // the chosen mark: the only one that the Tab key stops at
    let isFocused = false;
    const hereOf = ({ rank, alpha, seed }) => ({ row: ranks.indexOf(rank), column: rates.indexOf(alpha), seed });

    function draw(values, [w1, w2]) {
      const here = hereOf(values);
      if (geometry?.width !== w1) [geometry, map] = [geometryOf(w1), mapOf(geometryOf(w1))];
      isFocused = current !== null && current === document.activeElement;
      const last = Math.max(...ranks.map((_, row) => sweep.epochs[row][here.column]));
      const others = ranks.map((_, row) => row).filter((row) => row !== here.row);
      const lineOf = (row, look) => ({ type: "line", ...curve(place(row, here.column, here.seed)), ...look });
      // Where each rank learns; the names stand on rows of their own, as two may learn at the same epoch.
      const learnedAt = (row) => sweep.learned[place(row, here.column, here.seed)];
      const dotOf = (row, look) => (learnedAt(row) > 0 ? [{ type: "dot", x: learnedAt(row), y: sweep.learned_below, ...look }] : []);
      const named = [...others.filter((row) => NAMED.includes(ranks[row])), here.row].filter((row) => learnedAt(row) > 0);
      const nameOf = (row, k) => ({ type: "text", x: learnedAt(row), y: NAMES[k], text: `rank ${ranks[row]}`, colour: row === here.row ? "loss" : "muted", anchor: "end" });
      const curves = picture({
        width: w2, height: HEIGHT, x: { domain: [1, last], log: true, label: "epoch (log scale)" },
        y: { domain: [sweep.lowest, sweep.highest], log: true, label: "loss (log scale)" },
        alt: `Loss against the epoch for rank ${ranks[here.row]}, and for the other ranks in grey, at α = ${show(rates[here.column])}`,
        marks: [
          ...others.map((row) => lineOf(row, { colour: "muted", width: 0.8 })),
          lineOf(here.row, { colour: "loss", width: 2 }),
          ...others.flatMap((row) => dotOf(row, { colour: "muted", hollow: true, radius: 2.5 })),
          ...dotOf(here.row, { colour: "loss", radius: 4 }),
          ...named.map(nameOf),
        ],
      });
      return { pictures: [map, curves], sentence: sentenceOf(here) };
    }

    // Moves the frames of the chosen cell and mark to their place, and with them the name and the focus of the mark.
    function showChosen(values, [frame]) {
      const here = hereOf(values);
      const { row, column, seed } = here;
      const [cell, ring] = frame.querySelectorAll("[data-chosen]");
      cell.setAttribute("transform", `translate(${geometry.leftOf(column) + 0.5} ${geometry.topOf(row) + 0.5})`);
      ring.setAttribute("transform", `translate(${geometry.markOf(here)})`);
      const mark = frame.querySelector(`[data-pick="${row} ${column} ${seed}"]`);
      if (mark === current) return;
      const name = `rank ${ranks[row]}, α = ${show(rates[column])}, seed ${seed}: ${WORDS[outcomeOf(here)]}`;
      for (const [key, value] of Object.entries({ role: "option", tabindex: 0, "aria-selected": true, "aria-label": name })) {
        mark.setAttribute(key, value);
        current?.removeAttribute(key);
      }
      if (isFocused) mark.focus({ preventScroll: true });
      current = mark;
    }

    const view = shell(model, el, {
      panels: 2,
      draw,
      drawn: showChosen,
      python(values) {
        const { row, column, seed } = hereOf(values);
        return (
          "from ghostlib import DelayedActivation, LowRank, train, widgets\n\n" +
          `history = train(LowRank.initial([${seed}], rank=${ranks[row]}), DelayedActivation(), alpha=${sweep.exact_rates[column]}, epochs=${sweep.epochs[row][column]})\n` +
          `widgets.Ranks(rank=${ranks[row]}, alpha=${rates[column]}, seed=${seed})\n`
        );
      },
      csv(values) {
        const here = hereOf(values);
        const all = ranks.map((_, row) => place(row, here.column, here.seed));
        return {
          name: `ranks-alpha-${rates[here.column]}-seed-${here.seed}`,
          columns: ["epoch", ...ranks.flatMap((rank) => [`rank_${rank}_least_loss`, `rank_${rank}_largest_loss`])],
          rows: edges.slice(0, columns).map((epoch, k) => [epoch, ...all.flatMap((network) => [losses[2 * network * columns + k], losses[(2 * network + 1) * columns + k]])]),
        };
      },
    });
    function choose({ row, column, seed }) {
      view.set("rank", String(ranks[row]));
      view.set("alpha", String(rates[column]));
      view.set("seed", String(seed));
    }
    // A mark is smaller than a finger: a touch chooses the cell, and in the cell that is chosen the mark.
    function pick(event) {
      if (!event.target.closest("[role=listbox]")) return;
      const { left, top, width } = event.target.closest("svg").getBoundingClientRect();
      const { box, across, down } = geometry;
      const [x, y] = [event.clientX - left, event.clientY - top].map((pixels) => (pixels * geometry.width) / width);
      const found = networkAt(Math.floor(((x - box.left) / across) * PER_ROW), Math.floor(((box.bottom - y) / down) * ROWS));
      const here = hereOf(view.values());
      const isHere = found.row === here.row && found.column === here.column;
      choose(event.pointerType === "touch" && !isHere ? { ...found, seed: here.seed } : found);
    }
    function step(event) {
      if (event.target !== current || event.ctrlKey || event.altKey || event.metaKey) return;
      const [x, y] = latticeOf(hereOf(view.values()));
      const to = {
        ArrowLeft: [x - 1, y], ArrowRight: [x + 1, y], ArrowUp: [x, y + 1], ArrowDown: [x, y - 1],
        PageUp: [x, y + ROWS], PageDown: [x, y - ROWS], Home: [0, y], End: [Infinity, y],
      };
      if (!Object.hasOwn(to, event.key)) return;
      event.preventDefault();
      choose(networkAt(...to[event.key]));
    }
    el.addEventListener("click", pick);
    el.addEventListener("keydown", step);
    return () => {
      el.removeEventListener("click", pick);
      el.removeEventListener("keydown", step);
      view.destroy();
    };
  },
};
