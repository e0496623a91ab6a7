"""What is trained: networks of convolutions and linear layers with ReLU, cross-entropy and Adam."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LEARNING_RATE = 1e-3
TAPS = 3  # along each side of a filter; nothing is padded


@dataclass(frozen=True)
class Workload:
    """One training step of a network on `batch` examples; the data are `batches` of them.

    `sizes` are the features of its linear layers. In front of them, an `image` (channels, height,
    width) goes through convolutions of as many `filters` each, and the largest of 2 × 2 is taken.
    """

    name: str
    sizes: tuple[int, ...]
    batch: int
    batches: int
    image: tuple[int, ...] = ()
    filters: tuple[int, ...] = ()

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels before each convolution, and behind the last."""
        return (*self.image[:1], *self.filters)

    @property
    def flops(self) -> int:
        """The multiplications and additions in the products and convolutions of one step.

        Three a layer (forward, gradient of the weights, gradient of the input), but for the input
        of the first layer, whose gradient nobody needs.
        """
        products = [inputs * outputs for inputs, outputs in pairwise(self.sizes)]
        products = [*self._sums(), *products]
        return 2 * self.batch * (3 * sum(products) - products[0])

    def _sums(self) -> list[int]:
        """How many products each convolution adds up for one example."""
        return [
            TAPS**2 * inputs * outputs * math.prod(n - (TAPS - 1) * depth for n in self.image[1:])
            for depth, (inputs, outputs) in enumerate(pairwise(self.channels), 1)
        ]

    def data(self) -> tuple[Array, Array]:
        """Return the examples x (batch · batches, …) and their labels, the same for everyone."""
        random = np.random.default_rng(0)
        rows = self.batch * self.batches
        x = random.standard_normal((rows, *(self.image or self.sizes[:1])), np.float32)
        return x, random.integers(0, self.sizes[-1], rows)

    def weights(self) -> list[tuple[Array, Array]]:
        """Return for each layer W (outputs, inputs, …) and b (outputs,) to start from."""
        random = np.random.default_rng(1)
        shapes: list[tuple[int, ...]] = [
            (outputs, inputs, TAPS, TAPS) for inputs, outputs in pairwise(self.channels)
        ]
        shapes += [(outputs, inputs) for inputs, outputs in pairwise(self.sizes)]
        return [
            (
                random.standard_normal(shape, np.float32) / np.float32(math.prod(shape[1:]) ** 0.5),
                np.zeros(shape[0], np.float32),
            )
            for shape in shapes
        ]

    def __str__(self) -> str:
        front = f"convolutions {'-'.join(map(str, self.channels))}, max-pool, " * bool(self.filters)
        sizes = "-".join(map(str, self.sizes))
        return f"{self.name}: {front}MLP {sizes}, batch {self.batch}, Adam"


WORKLOADS = {
    "W1": Workload("W1", (20, 64, 64, 2), batch=32, batches=500),
    "W2": Workload("W2", (784, 512, 512, 10), batch=128, batches=40),
    "W3": Workload("W3", (9216, 128, 10), 64, 10, image=(1, 28, 28), filters=(32, 64)),
}
