// Someone's own network from the text of a file, by the rules of ghostlib.networks.reader; a RangeError with a sentence for
// what is no network.

import { cut, minus, show } from "./numbers.js";

const MOST_UNITS = 5000;
const LARGEST = 1e6; // bytes of a file, or characters of a text, that is read
const NAMES = { m: ["m", "M"], n: ["n", "N"], b: ["b", "bias"] };
const HEADERS = ["m", "n", "b", "m1", "m2", "n1", "n2"];
const INPUT = /^w_in\d*$/; // weights of an input, which is taken to be zero
const UNNAMED = { 2: ["m", "n"], 3: ["m", "n", "b"], 4: ["m1", "m2", "n1", "n2"], 5: ["m1", "m2", "n1", "n2", "b"] };
const FAR = 50; // where half of the units hear more than this, tanh has long been ±1
const SETTLING = 100; // steps of the free run that looks how far out the fixed points are

const no = (sentence) => {
  throw new RangeError(sentence);
};
const quoted = (value) => `“${minus(cut(String(value)))}”`;

// Why nothing of that size is read; empty where it is.
export const tooLarge = (size) => (size > LARGEST ? `This has ${show(size / 1e6, 2)} MB, and a network takes less than ${LARGEST / 1e6}.` : "");

// { rank, columns of M, rows of N, b, whether it hears an input } of one network, from JSON or CSV.
export function readNetwork(text) {
  if (tooLarge(text.length)) no(tooLarge(text.length));
  if (text.trim() === "") no("There is nothing in it.");
  if (/[\0\uFFFD]/.test(text)) no("This is no text.");
  return isJson(text) ? fromJson(text) : fromCsv(text);
}

// Whether a text is read as JSON, and not as a table.
export const isJson = (text) => /^\s*[{[]/.test(text);

function fromJson(text) {
  let given = null;
  try {
    given = JSON.parse(text);
  } catch {
    no("This begins like JSON and is none.");
  }
  const find = (name) => NAMES[name].find((each) => Object.hasOwn(given, each));
  if (Array.isArray(given) || !find("m") || !find("n")) no("A network in JSON is an object with m, n and perhaps b.");
  const [m, n] = ["m", "n"].map((name) => matrix(find(name), given[find(name)]));
  const columns = m.length === 1 ? m : transposed(m); // a vector is a row, as in Python
  const units = columns[0].length;
  const rank = columns.length;
  const rows = n.length === rank && n[0].length === units ? n : transposed(n);
  if (rows.length !== rank || rows[0].length !== units) no(`n must have shape (${rank}, ${units}) or (${units}, ${rank}) beside m of ${shapeOf(m)}, and not ${shapeOf(n)}.`);
  const bias = find("b") ? matrix(find("b"), given[find("b")]).flat() : new Array(units).fill(0);
  return { ...network(columns, rows, bias), hears: Object.hasOwn(given, "w_in") };
}

// Numbers in rows; a plain list is one row.
function matrix(name, value) {
  const rows = Array.isArray(value) && Array.isArray(value[0]) ? value : [value];
  const isSound = rows.every((row) => Array.isArray(row) && row.length === rows[0].length && row.length > 0);
  if (!isSound) no(`${name} must be a list of numbers, or of equally long lists of them.`);
  const wrong = rows.flat().find((each) => typeof each !== "number" || !Number.isFinite(each));
  if (wrong !== undefined || rows.flat().includes(undefined)) no(`${name} has ${quoted(JSON.stringify(wrong))}, which is no number.`);
  return rows;
}

export const transposed = (rows) => rows[0].map((_, k) => rows.map((row) => row[k]));
const shapeOf = (rows) => (rows.length === 1 ? `(${rows[0].length})` : `(${rows.length}, ${rows[0].length})`);

function fromCsv(text) {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const separator = [";", "\t", ","].find((each) => lines[0]?.includes(each)) ?? /\s+/;
  const table = lines.map((line) => line.split(separator).map((entry) => entry.trim().replace(/^"(.*)"$/, "$1")));
  if (!table.length || table[0].length < 2) no("This is no table of numbers with a column for m and one for n.");
  const hasHeader = table[0].every((entry) => Number.isNaN(Number(entry)));
  const names = hasHeader ? table.shift().map((name) => name.toLowerCase()) : UNNAMED[table[0].length];
  if (!names) no(`A table without names must have the columns m, n, b, or m1, m2, n1, n2, b, and this one has ${table[0].length}.`);
  const strange = names.find((name, k) => !(HEADERS.includes(name) || INPUT.test(name)) || names.indexOf(name) !== k);
  if (strange !== undefined) no(`There is no column called ${quoted(strange)} here, or it is there twice.`);
  const ragged = table.findIndex((row) => row.length !== names.length);
  if (ragged >= 0) no(`Row ${ragged + 1} has ${table[ragged].length} entries, and there are ${names.length} columns.`);
  const columnOf = (name) =>
    table.map((row, k) => {
      const entry = row[names.indexOf(name)];
      const value = entry === "" ? NaN : Number(entry);
      return Number.isFinite(value) ? value : no(`Row ${k + 1} has ${quoted(entry)}, which is no number.`);
    });
  const used = ["m", "n"].every((name) => names.includes(name)) ? [["m"], ["n"]] : [["m1", "m2"], ["n1", "n2"]];
  if (!used.flat().every((name) => names.includes(name))) no("The table must have the columns m and n, or m1, m2, n1 and n2.");
  const [columns, rows] = used.map((group) => group.map(columnOf));
  const bias = names.includes("b") ? columnOf("b") : new Array(table.length).fill(0);
  return { ...network(columns, rows, bias), hears: names.some((name) => INPUT.test(name)) };
}

function network(columns, rows, b) {
  const [rank, units] = [columns.length, columns[0].length];
  if (units < 1) no("There are no units in it.");
  if (rank > 2) no(`This page draws ranks one and two, and m has ${rank} columns.`);
  if (units > MOST_UNITS) no(`This page takes ${MOST_UNITS} units at most, and these are ${units}.`);
  if (b.length !== units) no(`b must have shape (${units}), and not (${b.length}).`);
  return { rank, units, columns, rows, b };
}

// The same with n divided by the number of units, as W = m nᵀ/N wants it.
export const overUnits = (read) => ({ ...read, rows: read.rows.map((row) => row.map((value) => value / read.units)) });

// What there is to say where fixed points lie so far out that half of the units are saturated; else empty.
export function far({ columns, rows, b }) {
  const heardAt = (kappa) => b.map((bias, i) => columns.reduce((sum, column, k) => sum + column[i] * kappa[k], bias));
  let kappa = rows.map((row) => row.reduce((sum, value, i) => sum + value * Math.sign(columns[0][i]), 0));
  for (let step = 0; step < SETTLING; step += 1) {
    const phi = heardAt(kappa).map(Math.tanh);
    kappa = kappa.map((value, k) => (value + rows[k].reduce((sum, weight, i) => sum + weight * phi[i], 0)) / 2);
  }
  const sorted = heardAt(kappa).map(Math.abs).sort((one, other) => one - other);
  const middle = (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
  if (!(middle > FAR)) return "";
  return `Fixed points lie far out, near κ = ${kappa.map((value) => show(value)).join(", ")}, where half of the units are saturated: are the weights meant as W = m nᵀ/N?`;
}
