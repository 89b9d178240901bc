"""The authors' draws: PyTorch's CPU generator, which is all that torch is needed for here."""

import math

import numpy as np

from ghostlib import _checks


def draw(seeds, N, *shapes):
    """For every seed the arrays of `shapes`, one after the other, from N(0, 1/N) by PyTorch's CPU generator."""
    torch = pytorch()

    def normal(generator, shape):
        return torch.randn(shape, generator=generator, dtype=torch.float32, device="cpu") / np.sqrt(N)

    return _for_every_seed(seeds, [(normal, shape) for shape in shapes])


def draw_driven(seeds, N, K, D):
    """For every seed m (N, K), n (K, N), b (N,), w_out (K,), b_out (1,) and w_in (N, D), as the authors draw them.

    Their script makes an `nn.Linear(D, N)` and two matrices first, which it does not use but which move the generator
    on; then S_l ~ N(0, 1/N), which is nᵀ, and S_r ~ N(0, 1), which is mᵀ; then an `nn.Linear(K, 1)`, of which the bias
    is kept; then the input and the output weights by Xavier's uniform rule, and the input bias from N(0, 0.1²).
    """
    inward, outward = _uniform(1 / math.sqrt(D)), _uniform(1 / math.sqrt(K))
    unused = [(inward, (N, D)), (inward, (N,)), (_normal(1.0), (N, K)), (_normal(1.0), (K, N))]
    factors = [(_normal(1 / math.sqrt(N)), (N, K)), (_normal(1.0), (K, N))]
    rest = [(outward, (1, K)), (outward, (1,)), (_xavier, (N, D)), (_xavier, (1, K)), (_normal(0.1), (N,))]
    *_, left, right, _, b_out, w_in, w_out, b = _for_every_seed(seeds, [*unused, *factors, *rest])
    return np.swapaxes(right, -1, -2), np.swapaxes(left, -1, -2), b, w_out[..., 0, :], b_out[..., 0], w_in


def draw_driven_full(seeds, N, D):
    """For every seed W (N, N), b (N,), w_out (N,), b_out () and w_in (N, D), in the authors' distributions."""
    matrices = [(_xavier, (N, N)), (_xavier, (N, D)), (_xavier, (1, N))]
    biases = [(_uniform(1 / math.sqrt(D)), (N,)), (_uniform(1 / math.sqrt(N)), (1,))]
    W, w_in, w_out, b, b_out = _for_every_seed(seeds, [*matrices, *biases])
    return W, b, w_out[..., 0, :], b_out[..., 0], w_in


def _drawn(method, shape, *numbers, generator):
    torch = pytorch()
    return getattr(torch.empty(shape, dtype=torch.float32, device="cpu"), method)(*numbers, generator=generator)


def _normal(deviation):
    return lambda generator, shape: _drawn("normal_", shape, 0.0, deviation, generator=generator)


def _uniform(bound):
    return lambda generator, shape: _drawn("uniform_", shape, -bound, bound, generator=generator)


def _xavier(generator, shape):
    return _uniform(math.sqrt(6 / sum(shape)))(generator, shape)


def _for_every_seed(seeds, plan):
    """Arrays with the leading axes of `seeds`, drawn one after the other by ``draw(generator, shape)`` of the plan."""
    seeds = np.array(_checks.detached(seeds), dtype=object)
    drawn = [np.empty((seeds.size, *shape)) for _, shape in plan]
    for i, seed in enumerate(seeds.flat):
        seed = _checks.count("seeds", seed, 0, 2**64)  # which is all that PyTorch's generator takes
        generator = pytorch().Generator("cpu").manual_seed(seed)
        for array, (draw_one, shape) in zip(drawn, plan, strict=True):
            array[i] = draw_one(generator, shape).numpy()
    return [array.reshape(*seeds.shape, *array.shape[1:]) for array in drawn]


def pytorch():
    """PyTorch, or an `ImportError` that says how to install it."""
    try:
        import torch
    except ImportError:
        raise ImportError("initial networks and the oracle need PyTorch: pip install ghostlib[torch]") from None
    return torch
