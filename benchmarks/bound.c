/* The bound: what the trainer does in an epoch with a rank-one network, as plain C.

   gcc -O3 -march=native -ffast-math -shared -fPIC bound.c -o bound.so -lm

   theta and gradient hold m, n, b one after the other, N numbers each, of which the last N - units are zero: padded to
   full vectors. The mathematics is in ghostlib/adjoint.py. */
#include <math.h>
#include <stdlib.h>

static inline float rational_tanh(float x) {
    x = fminf(fmaxf(x, -9.0f), 9.0f);
    float s = x * x;
    float p = x * (0.5f + s * (1.4885141514241695e-2f + s * 5.709336983272806e-5f));
    float q = 1.0f + s * (1.1310356855392456e-1f + s * (1.206193002872169e-3f + s * 1.2278176200197777e-6f));
    return 2.0f * (p * q) / (p * p + q * q);
}

/* Trains one network for so many epochs and returns the last loss; norms receives the gradient norm of every epoch. */
double bound(float *theta, int N, int units, int T, long epochs, float alpha, float c, float delta, float x0, float kappa_star,
             double *norms) {
    int steps = 2 * T;
    float *restrict m = theta, *restrict n = theta + N, *restrict b = theta + 2 * N;
    float *gradient = calloc(3 * N, sizeof(float)), *restrict dm = gradient, *restrict dn = gradient + N;
    float *restrict db = gradient + 2 * N;
    float *phi = malloc((size_t)steps * N * sizeof(float)), *restrict nm = malloc(N * sizeof(float));
    float *kappa = malloc((steps + 1) * sizeof(float)), *back = malloc(steps * sizeof(float));
    float *weight = malloc(steps * sizeof(float)), *weight_kappa = malloc(steps * sizeof(float));
    double loss = 0.0;
    for (long epoch = 0; epoch < epochs; epoch++) {
        float total = 0.0f, feedback = 0.0f;
        for (int i = 0; i < N; i++) {
            nm[i] = n[i] * m[i];
            total += n[i];
            feedback += nm[i];
            dm[i] = dn[i] = db[i] = 0.0f;
        }
        kappa[0] = x0 * total;
        for (int t = 0; t < steps; t++) {
            float *restrict row = phi + (size_t)t * N;
            float now = kappa[t], drive = 0.0f, lost = 0.0f;
            for (int i = 0; i < N; i++) {
                float value = rational_tanh(m[i] * now + b[i]);
                row[i] = value;
                drive += n[i] * value;
                lost += nm[i] * value * value;
            }
            kappa[t + 1] = (1.0f - delta) * now + delta * drive;
            back[t] = (1.0f - delta) + delta * (feedback - lost);
        }
        double adjoint = 0.0;
        loss = 0.0;
        for (int t = steps - 1; t >= 0; t--) {
            double output = 1.0 / (1.0 + exp(-(double)c * (kappa[t + 1] - kappa_star)));
            double error = output - (t >= T);
            loss += error * error;
            adjoint += 2.0 * error * output * (1.0 - output) * c / T;
            weight[t] = delta * adjoint;
            weight_kappa[t] = delta * adjoint * kappa[t];
            adjoint *= back[t];
        }
        for (int t = 0; t < steps; t += 2) { /* two steps at a time: steps is even */
            float *restrict f = phi + (size_t)t * N, *restrict g = f + N;
            float w = weight[t], v = weight[t + 1], wk = weight_kappa[t], vk = weight_kappa[t + 1];
            for (int i = 0; i < N; i++) {
                float slope = 1.0f - f[i] * f[i], next = 1.0f - g[i] * g[i];
                dn[i] += w * f[i] + v * g[i];
                db[i] += w * slope + v * next;
                dm[i] += wk * slope + vk * next;
            }
        }
        double square = 0.0;
        for (int i = 0; i < N; i++) {
            dm[i] *= n[i];
            db[i] *= n[i];
            if (i < units) dn[i] += x0 * adjoint;
            square += dm[i] * dm[i] + dn[i] * dn[i] + db[i] * db[i];
        }
        norms[epoch] = sqrt(square);
        for (int i = 0; i < 3 * N; i++) theta[i] -= alpha * gradient[i];
    }
    free(gradient);
    free(phi);
    free(nm);
    free(kappa);
    free(back);
    free(weight);
    free(weight_kappa);
    return loss / T;
}
