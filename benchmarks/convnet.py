"""Convolutions with ReLU, the largest of 2 × 2, linear layers; softmax cross-entropy and Adam."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks.workload import Array, Workload

TAPS = 3  # along each side of a filter; nothing is padded
POOL = 2


@dataclass(frozen=True)
class Convnet(Workload):
    """One training step on `batch` images (channels, height, width).

    Each convolution has as many filters as `filters` says; behind the pooling there are linear
    layers with as many units as `sizes` says.
    """

    image: tuple[int, ...]
    filters: tuple[int, ...]
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        for name in ("image", "filters", "sizes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels before each convolution, and behind the last."""
        return (self.image[0], *self.filters)

    @property
    def features(self) -> tuple[int, ...]:
        """The features before each linear layer, and behind the last."""
        return (self.filters[-1] * math.prod(n // POOL for n in self._sides(-1)), *self.sizes)

    def _sides(self, depth: int) -> list[int]:
        """Height and width behind so many convolutions, -1 for all."""
        count = len(self.filters) if depth < 0 else depth
        return [n - (TAPS - 1) * count for n in self.image[1:]]

    @property
    def flops(self) -> int:
        """The multiplications and additions in the convolutions and products of one step.

        Three a layer (forward, gradient of the weights, gradient of the input), but for the images,
        whose gradient nobody needs.
        """
        sums = [
            TAPS**2 * inputs * outputs * math.prod(self._sides(depth))
            for depth, (inputs, outputs) in enumerate(pairwise(self.channels), 1)
        ]
        sums += [inputs * outputs for inputs, outputs in pairwise(self.features)]
        return 2 * self.batch * (3 * sum(sums) - sums[0])

    def data(self) -> tuple[Array, Array]:
        """Return the images x (batch · batches, channels, height, width) and their labels."""
        random = np.random.default_rng(0)
        rows = self.batch * self.batches
        x = random.standard_normal((rows, *self.image), np.float32)
        return x, random.integers(0, self.sizes[-1], rows)

    def weights(self) -> list[tuple[Array, Array]]:
        """Return for each layer W (outputs, inputs, …) and b (outputs,) to start from."""
        random = np.random.default_rng(1)
        shapes: list[tuple[int, ...]] = [
            (outputs, inputs, TAPS, TAPS) for inputs, outputs in pairwise(self.channels)
        ]
        shapes += [(outputs, inputs) for inputs, outputs in pairwise(self.features)]
        return [
            (
                random.standard_normal(shape, np.float32) / np.float32(math.prod(shape[1:]) ** 0.5),
                np.zeros(shape[0], np.float32),
            )
            for shape in shapes
        ]

    def __str__(self) -> str:
        named = "-".join(map(str, self.channels)), "-".join(map(str, self.features))
        return f"{self.name}: convolutions {named[0]}, MLP {named[1]}, batch {self.batch}, Adam"
