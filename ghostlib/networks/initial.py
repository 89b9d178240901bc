"""The authors' draws: PyTorch's CPU generator, which is all that torch is needed for here."""

import numpy as np

from ghostlib import _checks


def draw(seeds, N, *shapes):
    """For every seed the arrays of `shapes`, one after the other, from N(0, 1/N) by PyTorch's CPU generator."""
    torch = pytorch()
    seeds = np.array(seeds, dtype=object)
    drawn = [np.empty((seeds.size, *shape)) for shape in shapes]
    for i, seed in enumerate(seeds.flat):
        seed = _checks.count("seeds", seed, 0)
        if seed >= 2**64:
            raise ValueError(f"seeds must be < 2⁶⁴, which is all that PyTorch's generator takes, got {seed}")
        generator = torch.Generator("cpu").manual_seed(seed)
        for array in drawn:
            normal = torch.randn(array.shape[1:], generator=generator, dtype=torch.float32, device="cpu")
            array[i] = normal / np.sqrt(N)
    return [array.reshape(*seeds.shape, *array.shape[1:]) for array in drawn]


def pytorch():
    """PyTorch, or an `ImportError` that says how to install it."""
    try:
        import torch
    except ImportError:
        raise ImportError("initial networks and the oracle need PyTorch: pip install ghostlib[torch]") from None
    return torch
