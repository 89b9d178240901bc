// How a value is held against a row of the ledger: the rules of ghostlib.page.ledger, which a parity test compares.

// Whether `value` (a truth value or a number) satisfies a rule such as "relative 0.05" or "true"; `number` is the paper's.
export function holds(rule, number, value) {
  const [name, bound] = rule.split(/ (?=-?[\d.]+(?:e-?\d+)?$)/);
  if ((typeof value === "boolean") !== (name === "true")) throw new RangeError(`The rule ${rule} cannot judge ${value}.`);
  switch (name) {
    case "true":
      return value;
    case "equal":
      return value === number;
    case "relative":
      return Math.abs(value - number) <= Number(bound) * Math.abs(number);
    case "absolute":
      return Math.abs(value - number) <= Number(bound);
    case "at least":
      return value >= Number(bound);
    case "at most":
      return value <= Number(bound);
  }
  throw new RangeError(`There is no rule ${rule}.`);
}

// Whether a verdict is borne out: "differs" where the rule is broken, all others where it holds.
export const borneOut = (verdict, rule, number, value) => holds(rule, number, value) !== (verdict === "differs");
