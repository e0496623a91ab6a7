"""Networks of linear layers with ReLU, softmax cross-entropy and Adam."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks.workload import Array, Workload


@dataclass(frozen=True)
class Perceptron(Workload):
    """One training step of the network `sizes` on `batch` rows."""

    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(self.sizes))

    @property
    def flops(self) -> int:
        """The multiplications and additions in the matrix products of one step.

        Three products a layer (forward, gradient of the weights, gradient of the input), but for
        the input of the first layer, whose gradient nobody needs.
        """
        products = [inputs * outputs for inputs, outputs in pairwise(self.sizes)]
        return 2 * self.batch * (3 * sum(products) - products[0])

    def data(self) -> tuple[Array, Array]:
        """Return the rows x (batch · batches, inputs) and their labels, the same for everyone."""
        random = np.random.default_rng(0)
        rows = self.batch * self.batches
        x = random.standard_normal((rows, self.sizes[0]), np.float32)
        return x, random.integers(0, self.sizes[-1], rows)

    def weights(self) -> list[tuple[Array, Array]]:
        """Return for each layer W (outputs, inputs) and b (outputs,) to start from."""
        random = np.random.default_rng(1)
        return [
            (
                random.standard_normal((outputs, inputs), np.float32) / np.float32(inputs**0.5),
                np.zeros(outputs, np.float32),
            )
            for inputs, outputs in pairwise(self.sizes)
        ]

    def __str__(self) -> str:
        return f"{self.name}: MLP {'-'.join(map(str, self.sizes))}, batch {self.batch}, Adam"
