// What is impossible is refused with a RangeError whose message is a sentence.

export function refuse(bad, name, value, allowed) {
  if (bad) throw new RangeError(`${name} must be ${allowed}, but it is ${value}.`);
}

export function requireFinite(name, value) {
  refuse(!Number.isFinite(value), name, value, "a finite number");
}

export function requirePositive(name, value) {
  refuse(!(value > 0 && value < Infinity), name, value, "a finite number above 0");
}
