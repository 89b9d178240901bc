// Many epochs of gradient descent on one rank-one network: the steps of ../js/core/rankone.js, two units at a time.
// Built by tools/wasm.py; the binary lies beside this file, so that the book needs no compiler.

typedef double pair __attribute__((vector_size(16)));

enum { UNITS = 512, STEPS = 256, EPOCHS = 4096 }; // the most that there is room for
const int room[] = { UNITS, STEPS, EPOCHS };
static const double SMALL = 0.625; // |y| up to which eight levels of the continued fraction of tanh y are exact to rounding
static const int MOST_DOUBLINGS = 5; // from 0.625 to 20, where tanh is 1 to rounding

pair m[UNITS / 2], n[UNITS / 2], b[UNITS / 2]; // the network; beyond its units all is zero
pair dm[UNITS / 2], dn[UNITS / 2], db[UNITS / 2]; // the gradient of the last epoch
double loss[EPOCHS], norm[EPOCHS], accuracy[EPOCHS]; // of each epoch, before its step
static pair phi[STEPS * UNITS / 2];
static double kappa[STEPS + 1], output[STEPS], pull[STEPS], into[STEPS];

static double sum(pair values) { return values[0] + values[1]; }
static pair both(double value) { return (pair){ value, value }; }
static double larger(double one, double other) { return one > other || one != one ? one : other; } // NaN stays

// eˣ as fdlibm has it: x = k ln 2 + r, and a polynomial in r² where |r| ≤ ½ ln 2, right to rounding. It is not the browser's,
// so that the same seeds give the same bits in all of them.
static double exponential(double x) {
  if (x != x || x > 709) return x + __builtin_inf();
  if (x < -708) return 0;
  double k = __builtin_rint(x * 1.4426950408889634); // 1 / ln 2
  double high = x - k * 6.93147180369123816490e-01, low = k * 1.90821492927058770002e-10; // ln 2 in two parts
  double r = high - low, s = r * r;
  double rest = r - s * (1.66666666666666019037e-01 + s * (-2.77777777770155933842e-03 + s * (6.61375632143793436117e-05
              + s * (-1.65339022054652515390e-06 + s * 4.13813679705723846039e-08))));
  union { long long bits; double value; } power = { ((long long)k + 1023) << 52 }; // 2ᵏ
  return (1 - (low - r * rest / (2 - rest) - high)) * power.value;
}

// κ[t+1] = (1 − Δ)κ[t] + Δ n·φ[t]; the loss and the accuracy into `epoch`.
static void forward(int units, int T, double delta, double x0, double kappa_star, double c, int epoch) {
  int pairs = (units + 1) / 2, right = 0;
  double steepest = 0, largest = 0, errors = 0;
  pair start = both(0);
  for (int i = 0; i < pairs; i++) {
    for (int k = 0; k < 2; k++) {
      steepest = larger(__builtin_fabs(m[i][k]), steepest);
      largest = larger(__builtin_fabs(b[i][k]), largest);
    }
    start += n[i];
  }
  kappa[0] = x0 * sum(start);
  for (int t = 0; t < 2 * T; t++) {
    double here = kappa[t], scale = 1;
    int doublings = 0;
    for (double size = steepest * __builtin_fabs(here) + largest; size > SMALL && doublings < MOST_DOUBLINGS; size /= 2) {
      scale /= 2;
      doublings++;
    }
    pair drive = both(0), tilt = both(0), *row = phi + t * pairs;
    for (int i = 0; i < pairs; i++) {
      pair y = (m[i] * here + b[i]) * scale;
      y = __builtin_wasm_pmax_f64x2(__builtin_wasm_pmin_f64x2(y, both(SMALL)), both(-SMALL)); // NaN stays
      pair s = y * y;
      pair p = y * (2027025 + s * (270270 + s * (6930 + s * 36)));
      pair q = 2027025 + s * (945945 + s * (51975 + s * (630 + s)));
      for (int d = 0; d < doublings; d++) {
        pair twice = 2 * p * q;
        q = p * p + q * q;
        p = twice;
      }
      row[i] = p / q;
      drive += n[i] * row[i];
      tilt += n[i] * m[i] * (1 - row[i] * row[i]);
    }
    kappa[t + 1] = (1 - delta) * here + delta * sum(drive);
    pull[t] = sum(tilt);
    output[t] = 1 / (1 + exponential(-c * (kappa[t + 1] - kappa_star)));
    double error = output[t] - (t >= T);
    errors += error * error;
    right += (output[t] > 0.5) == (t >= T);
  }
  // Of parameters that have overflowed neither is a number, also where the output still looks silent.
  double sound = 0 * (steepest + largest + sum(start) + errors);
  loss[epoch] = errors / T + sound;
  accuracy[epoch] = right / (2. * T) + sound;
}

// With λ = dL/dκ[t+1], from the last step to the first.
static void backward(int units, int T, double delta, double x0, double c, int epoch) {
  int pairs = (units + 1) / 2;
  double adjoint = 0, squares = 0;
  for (int t = 2 * T - 1; t >= 0; t--) {
    double error = output[t] - (t >= T);
    adjoint += 2 * error * c * output[t] * (1 - output[t]) / T;
    into[t] = delta * adjoint;
    adjoint *= 1 - delta + delta * pull[t];
  }
  for (int i = 0; i < pairs; i++) {
    pair to_n = both(x0 * adjoint), to_b = both(0), to_m = both(0);
    for (int t = 0; t < 2 * T; t++) {
      pair value = phi[t * pairs + i];
      pair through = into[t] * (1 - value * value);
      to_n += into[t] * value;
      to_b += through;
      to_m += through * kappa[t];
    }
    dn[i] = to_n;
    db[i] = n[i] * to_b;
    dm[i] = n[i] * to_m;
  }
  if (units % 2) dn[pairs - 1][1] = 0; // no unit there
  for (int i = 0; i < pairs; i++) squares += sum(dn[i] * dn[i] + db[i] * db[i] + dm[i] * dm[i]);
  norm[epoch] = __builtin_sqrt(squares);
}

void train(int units, int T, double delta, double x0, double kappa_star, double c, double alpha, int epochs) {
  for (int epoch = 0; epoch < epochs; epoch++) {
    forward(units, T, delta, x0, kappa_star, c, epoch);
    backward(units, T, delta, x0, c, epoch);
    for (int i = 0; i < (units + 1) / 2; i++) {
      m[i] -= alpha * dm[i];
      n[i] -= alpha * dn[i];
      b[i] -= alpha * db[i];
    }
  }
}
