// Numbers as the reader sees them and types them, and as Python packs them.

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;

// A real minus sign in place of the hyphen.
export const minus = (text) => text.replace("-", "−");

// The beginning of what someone typed or linked to, short enough to be quoted.
export const cut = (text) => [...text.trim()].slice(0, 20).join("");

// A power of ten, with its exponent in superscript.
export const power = (exponent) => "10" + [...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join("");

// A number as the book writes it: three digits (fewer where they are exact), a real minus sign, powers of ten in superscript.
export function show(value, digits = 3) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  if (value === 0) return "0";
  // Rounded before its size is looked at: 9.996 is 10.0, and 9.996e-5 is 1.00 × 10⁻⁴.
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const size = Number(exponent);
  if (size < -3 || size > 5) return minus(`${mantissa} × ${power(size)}`);
  const text = value.toFixed(Math.max(0, digits - 1 - size));
  return minus(Number(text) === value ? String(value) : text); // 0.01 is exact and needs no more zeros
}

// The number that a text says, with a decimal point or comma. NaN where it says none, and where it may say two: 1,000 is
// one to some readers and a thousand to others.
export function parse(text) {
  const plain = text.trim().replace("−", "-");
  const decimal = THOUSANDS.test(plain) ? "" : plain.replace(",", ".");
  return DECIMAL.test(decimal) ? Number(decimal) : NaN;
}

// Which of a few positive numbers is the nearest, by its ratio: its index.
export function nearest(choices, value) {
  const distance = choices.map((choice) => Math.abs(Math.log(choice / value)));
  return distance.indexOf(Math.min(...distance));
}

// `count` + 1 numbers from low to high.
export const grid = (low, high, count) => Array.from({ length: count + 1 }, (_, k) => low + (k * (high - low)) / count);

// The bytes that a base64 text holds.
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
