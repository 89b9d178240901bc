// Summaries of runs, as NumPy and SciPy give them.

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Ranks from 1, equal values sharing the mean of theirs.
function ranks(values) {
  const order = [...values.keys()].sort((i, j) => values[i] - values[j]);
  const result = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]] === values[order[first]]) last += 1;
    for (let k = first; k <= last; k += 1) result[order[k]] = 1 + (first + last) / 2;
    first = last + 1;
  }
  return result;
}

// Spearman's rank correlation.
export function spearman(one, other) {
  const [a, b] = [ranks(one), ranks(other)];
  const [centreA, centreB] = [mean(a), mean(b)];
  let [product, squareA, squareB] = [0, 0, 0];
  a.forEach((value, k) => {
    product += (value - centreA) * (b[k] - centreB);
    squareA += (value - centreA) ** 2;
    squareB += (b[k] - centreB) ** 2;
  });
  return product / Math.sqrt(squareA * squareB);
}

// Numbers from a normal distribution, the same for the same seed: Marsaglia and Bray's polar method over mulberry32.
export function normals(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => {
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
    }
  };
}
