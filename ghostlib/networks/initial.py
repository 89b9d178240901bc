"""The authors' draws: PyTorch's CPU generator, which is all that torch is needed for here."""

import numpy as np


def draw(seeds, N, *shapes):
    """For every seed the arrays of `shapes`, one after the other, from N(0, 1/N) by PyTorch's CPU generator."""
    import torch

    seeds = np.asarray(seeds)
    if not np.issubdtype(seeds.dtype, np.integer) or np.any(seeds < 0):
        raise ValueError(f"seeds must be integers ≥ 0, got {seeds.tolist()!r}")
    drawn = [np.empty((seeds.size, *shape)) for shape in shapes]
    for i, seed in enumerate(seeds.flat):
        generator = torch.Generator().manual_seed(int(seed))
        for array in drawn:
            array[i] = (torch.randn(array.shape[1:], generator=generator) / np.sqrt(N)).numpy()
    return [array.reshape(*seeds.shape, *array.shape[1:]) for array in drawn]
