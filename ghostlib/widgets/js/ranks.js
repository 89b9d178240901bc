import { bytesOf, show } from "./core/numbers.js";
import { paint, picture, svg } from "./page/picture.js";
import { shell } from "./page/ui.js";

const NO_LOSS = 255;
const HEIGHT = 330;
const PHONE = "(max-width: 480px)"; // as in widgets.css; there the map is higher and its marks are larger
// Ranks whose curves bear a name, and the heights at which it stands, clear of the curves; and that of another chosen one.
const [NAMED, CHOSEN] = [{ 1: 1.1, 10: 0.0024, 100: 0.02 }, 0.0008];
const circle = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
// Each mark as a part of a path, `size` times as large as on a wide map, and how that path is painted.
const MARKS = {
  learned: [(x, y, size) => circle(x, y, 2.3 * size), `fill="${paint("optimum")}"`],
  unsettled: [(x, y, size) => circle(x, y, 1.9 * size), `fill="transparent" stroke="${paint("ink")}"`],
  trapped: [(x, y, size) => `M${x - 2 * size} ${y + 2.6 * size}l${4 * size} ${-5.2 * size}`, `stroke="${paint("dead")}" stroke-width="1.4"`],
  diverged: [(x, y, size) => `M${x - 2 * size} ${y - 2 * size}l${4 * size} ${4 * size}m0 ${-4 * size}l${-4 * size} ${4 * size}`, `stroke="${paint("gradient")}" stroke-width="1.3"`],
};
const markOf = (outcome, size, places) => `<path data-outcome="${outcome}" d="${places.map(([x, y]) => MARKS[outcome][0](x, y, size)).join("")}" ${MARKS[outcome][1]}/>`;
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

    // Where things are on the map: its box, the size of a cell, and the middle of a mark; in a cell the marks lie in rows.
    function geometryOf(width) {
      const [height, perRow, size] = window.matchMedia(PHONE).matches ? [470, 2, 1.4] : [HEIGHT, 5, 1];
      const rows = Math.ceil(seeds / perRow);
      const box = { left: 44, right: width - 8, top: 30, bottom: height - 62 };
      const across = (box.right - box.left) / rates.length;
      const down = (box.bottom - box.top) / ranks.length;
      const leftOf = (column) => box.left + column * across;
      const topOf = (row) => box.bottom - (row + 1) * down;
      const middleOf = ({ row, column, seed }) => [
        leftOf(column) + ((0.5 + (seed % perRow)) / perRow) * (across - 4) + 2,
        topOf(row) + ((0.5 + Math.floor(seed / perRow)) / rows) * (down - 4) + 2,
      ].map((place) => Math.round(10 * place) / 10);
      return { width, height, perRow, rows, size, box, across, down, leftOf, topOf, middleOf };
    }
    // All marks lie on one lattice: a network's place on it, from the left and from below, and the network at a place.
    const latticeOf = ({ perRow, rows }, { row, column, seed }) => [column * perRow + (seed % perRow), row * rows + rows - 1 - Math.floor(seed / perRow)];
    function networkAt({ perRow, rows }, x, y) {
      const [i, j] = [Math.max(0, Math.min(rates.length * perRow - 1, x)), Math.max(0, Math.min(ranks.length * rows - 1, y))];
      return { row: Math.floor(j / rows), column: Math.floor(i / perRow), seed: Math.min(seeds - 1, (rows - 1 - (j % rows)) * perRow + (i % perRow)) };
    }
    const outcomeOf = ({ row, column, seed }) => outcomes[sweep.outcome[place(row, column, seed)]];

    // The map without what is chosen on it, so that it is drawn once: all marks of an outcome are one path, since a browser
    // paints a picture anew when anything in it moves.
    function mapOf({ width, height, size, box, across, down, leftOf, topOf, middleOf }) {
      const places = Object.fromEntries(outcomes.map((outcome) => [outcome, []]));
      let cells = "";
      let ticks = "";
      ranks.forEach((rank, row) => {
        ticks += `<text class="tick" x="${box.left - 7}" y="${topOf(row) + down / 2 + 4}" text-anchor="end">${rank}</text>`;
        rates.forEach((rate, column) => {
          cells += `M${leftOf(column) + 0.5} ${topOf(row) + 0.5}h${across - 1}v${down - 1}h${1 - across}z`;
          for (let seed = 0; seed < seeds; seed += 1) {
            const network = { row, column, seed };
            places[outcomeOf(network)].push(middleOf(network));
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
        key += markOf(outcome, 1, [[at + 4, height - 9]]) + `<text class="tick" x="${at + 11}" y="${height - 5}">${WORDS[outcome]}</text>`;
        at += widths[k];
      });
      const labels = `<text class="axis-label" x="4" y="15">rank</text><text class="axis-label" x="${(box.left + box.right) / 2}" y="${height - 28}" text-anchor="middle">learning rate α (log scale)</text>`;
      const drawn = `<path d="${cells}" fill="transparent" stroke="${paint("grid")}" stroke-width="0.8"/>` + outcomes.map((outcome) => markOf(outcome, size, places[outcome])).join("");
      const cell = `<rect data-chosen="cell" width="${across - 1}" height="${down - 1}" fill="none" stroke="${paint("ink")}" stroke-width="1.8" pointer-events="none"/>`;
      const mark = `<circle data-chosen="mark" role="option" tabindex="0" aria-selected="true" r="${4.8 * size}" fill="none" stroke="${paint("ink")}" stroke-width="1.5" pointer-events="none"/>`;
      const marks = `<g role="listbox" aria-label="Networks by rank and learning rate" data-lm-suppress-shortcuts="true" style="cursor: pointer">${drawn}${cell}${mark}</g>`;
      return svg(width, height, `Map of rank against learning rate with a mark for each of ${seeds} networks in every cell`, labels + ticks + marks + key, "group");
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
    let current = null; // the ring around the chosen mark: all that the Tab key stops at
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
      const named = [...others.filter((row) => Object.hasOwn(NAMED, ranks[row])), here.row].filter((row) => learnedAt(row) > 0);
      const nameOf = (row) => ({ type: "text", x: learnedAt(row), y: NAMED[ranks[row]] ?? CHOSEN, text: `rank ${ranks[row]}`, colour: row === here.row ? "loss" : "muted", anchor: "end" });
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

    // Moves the frames of the chosen cell and mark to their place, and names the mark.
    function showChosen(values, [frame]) {
      const here = hereOf(values);
      const { row, column, seed } = here;
      const [cell, ring] = frame.querySelectorAll("[data-chosen]");
      cell.setAttribute("transform", `translate(${geometry.leftOf(column) + 0.5} ${geometry.topOf(row) + 0.5})`);
      ring.setAttribute("transform", `translate(${geometry.middleOf(here)})`);
      ring.setAttribute("aria-label", `rank ${ranks[row]}, α = ${show(rates[column])}, seed ${seed}: ${WORDS[outcomeOf(here)]}`);
      if (isFocused && ring !== current) ring.focus({ preventScroll: true });
      current = ring;
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
      const { box, across, down, perRow, rows } = geometry;
      const [x, y] = [event.clientX - left, event.clientY - top].map((pixels) => (pixels * geometry.width) / width);
      const found = networkAt(geometry, Math.floor(((x - box.left) / across) * perRow), Math.floor(((box.bottom - y) / down) * rows));
      const here = hereOf(view.values());
      const isHere = found.row === here.row && found.column === here.column;
      choose(event.pointerType === "touch" && !isHere ? { ...found, seed: here.seed } : found);
    }
    function step(event) {
      if (event.target !== current || event.ctrlKey || event.altKey || event.metaKey) return;
      const [x, y] = latticeOf(geometry, hereOf(view.values()));
      const to = {
        ArrowLeft: [x - 1, y], ArrowRight: [x + 1, y], ArrowUp: [x, y + 1], ArrowDown: [x, y - 1],
        PageUp: [x, y + geometry.rows], PageDown: [x, y - geometry.rows], Home: [0, y], End: [Infinity, y],
      };
      if (!Object.hasOwn(to, event.key)) return;
      event.preventDefault();
      choose(networkAt(geometry, ...to[event.key]));
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
