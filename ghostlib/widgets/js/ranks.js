import { bytesOf, show } from "./numbers.js";
import { paint, picture, svg } from "./picture.js";
import { shell } from "./ui.js";

const NO_LOSS = 255;
const PER_ROW = 5; // marks of a cell of the map, in rows of five
const NAMED = [1, 10, 100]; // ranks whose curves bear a name, beside the chosen one
const NAMES = [0.02, 0.007, 0.0024, 0.0008]; // heights at which they stand
const MARKS = {
  learned: (x, y) => `<circle cx="${x}" cy="${y}" r="2.3" fill="${paint("optimum")}"/>`,
  unsettled: (x, y) => `<circle cx="${x}" cy="${y}" r="1.9" fill="none" stroke="${paint("ink")}"/>`,
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

    function map(width, height, here) {
      const box = { left: 44, right: width - 8, top: 30, bottom: height - 62 };
      const across = (box.right - box.left) / rates.length;
      const down = (box.bottom - box.top) / ranks.length;
      const topOf = (row) => box.bottom - (row + 1) * down;
      let drawn = "";
      ranks.forEach((rank, row) => {
        drawn += `<text class="tick" x="${box.left - 7}" y="${topOf(row) + down / 2 + 4}" text-anchor="end">${rank}</text>`;
        rates.forEach((rate, column) => {
          const left = box.left + column * across;
          const open = row === here.row && column === here.column;
          drawn += `<rect x="${left + 0.5}" y="${topOf(row) + 0.5}" width="${across - 1}" height="${down - 1}" fill="transparent" stroke="${paint(open ? "ink" : "grid")}" stroke-width="${open ? 1.8 : 0.8}"/>`;
          for (let seed = 0; seed < seeds; seed += 1) {
            const x = left + ((0.5 + (seed % PER_ROW)) / PER_ROW) * (across - 4) + 2;
            const y = topOf(row) + ((0.5 + Math.floor(seed / PER_ROW)) / Math.ceil(seeds / PER_ROW)) * (down - 4) + 2;
            const outcome = outcomes[sweep.outcome[place(row, column, seed)]];
            const ring = open && seed === here.seed ? `<circle cx="${x}" cy="${y}" r="4.8" fill="none" stroke="${paint("ink")}" stroke-width="1.5"/>` : "";
            drawn += `<g data-pick="${row} ${column} ${seed}"><rect x="${x - across / PER_ROW / 2}" y="${y - down / 4}" width="${across / PER_ROW}" height="${down / 2}" fill="transparent"/>${MARKS[outcome](x, y)}${ring}</g>`;
          }
        });
      });
      rates.forEach((rate, column) => {
        if (column % 3 === 0) drawn += `<text class="tick" x="${box.left + (column + 0.5) * across}" y="${box.bottom + 16}" text-anchor="middle">${rate}</text>`;
      });
      const widths = outcomes.map((outcome) => 15 + 6.6 * WORDS[outcome].length);
      const all = widths.reduce((sum, one) => sum + one, 0);
      let at = Math.max(4, (width - all) / 2);
      let key = "";
      outcomes.forEach((outcome, k) => {
        key += MARKS[outcome](at + 4, height - 9) + `<text class="tick" x="${at + 11}" y="${height - 5}">${WORDS[outcome]}</text>`;
        at += widths[k];
      });
      const labels = `<text class="axis-label" x="4" y="15">rank</text><text class="axis-label" x="${(box.left + box.right) / 2}" y="${height - 28}" text-anchor="middle">learning rate α (log scale)</text>`;
      return svg(width, height, `Map of rank against learning rate with a mark for each of ${seeds} networks in every cell`, `${labels}<g style="cursor: pointer">${drawn}</g>${key}`);
    }

    function sentenceOf(here) {
      const { row, column, seed } = here;
      const network = place(row, column, seed);
      const outcome = outcomes[sweep.outcome[network]];
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

    const hereOf = ({ rank, alpha, seed }) => ({ row: ranks.indexOf(rank), column: rates.indexOf(alpha), seed });

    function draw(values, [w1, w2]) {
      const here = hereOf(values);
      const last = Math.max(...ranks.map((_, row) => sweep.epochs[row][here.column]));
      const others = ranks.map((_, row) => row).filter((row) => row !== here.row);
      const lineOf = (row, look) => ({ type: "line", ...curve(place(row, here.column, here.seed)), ...look });
      // Where each rank learns; the names stand on rows of their own, as two may learn at the same epoch.
      const learnedAt = (row) => sweep.learned[place(row, here.column, here.seed)];
      const dotOf = (row, look) => (learnedAt(row) > 0 ? [{ type: "dot", x: learnedAt(row), y: sweep.learned_below, ...look }] : []);
      const named = [...others.filter((row) => NAMED.includes(ranks[row])), here.row].filter((row) => learnedAt(row) > 0);
      const nameOf = (row, k) => ({ type: "text", x: learnedAt(row), y: NAMES[k], text: `rank ${ranks[row]}`, colour: row === here.row ? "loss" : "muted", anchor: "end" });
      const curves = picture({
        width: w2, height: 330, x: { domain: [1, last], log: true, label: "epoch (log scale)" },
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
      return { pictures: [map(w1, 330, here), curves], sentence: sentenceOf(here) };
    }

    const view = shell(model, el, {
      panels: 2,
      draw,
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
    function pick(event) {
      const target = event.target.closest("[data-pick]");
      if (!target) return;
      const [row, column, seed] = target.dataset.pick.split(" ").map(Number);
      view.set("rank", String(ranks[row]));
      view.set("alpha", String(rates[column]));
      view.set("seed", String(seed));
    }
    el.addEventListener("click", pick);
    return () => {
      el.removeEventListener("click", pick);
      view.destroy();
    };
  },
};
