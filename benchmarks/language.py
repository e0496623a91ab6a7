"""A small GPT: blocks of attention, softmax cross-entropy over the next token, and AdamW."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.workload import Array, Workload

WEIGHT_DECAY = 0.01
STD = 0.02


@dataclass(frozen=True)
class Language(Workload):
    """One training step of a GPT with `layers` blocks; a row is `context` of `tokens` numbers.

    The norms come before attention and feed-forward part, positions are learnt, and the head is the
    embedding of the tokens.
    """

    layers: int
    heads: int
    features: int
    context: int
    tokens: int

    @property
    def flops(self) -> int:
        """The multiplications and additions in the matrix products of one step.

        Backward there are two products for each one forward. A row attends to the whole of its
        context: the causal half is what an implementation may save.
        """
        weights = 12 * self.features**2 * self.layers + self.tokens * self.features
        attention = 2 * self.context * self.features * self.layers
        return 6 * self.batch * self.context * (weights + attention)

    def data(self) -> tuple[Array, Array]:
        """Return random tokens (batch · batches, context), and others to be predicted."""
        random = np.random.default_rng(0)
        shape = (2, self.batch * self.batches, self.context)
        x, y = random.integers(0, self.tokens, shape)
        return x, y

    def weights(self) -> dict[str, Array]:
        """Return what to start from: the embeddings, and of each layer the four matrices.

        Matrices are (outputs, inputs); biases start at 0, the norms at 1 and 0.
        """
        random = np.random.default_rng(1)
        c = self.features
        shapes = {"tokens": (self.tokens, c), "places": (self.context, c)}
        for layer in range(self.layers):
            shapes |= {
                f"{layer}.input": (3 * c, c),
                f"{layer}.output": (c, c),
                f"{layer}.inner": (4 * c, c),
                f"{layer}.outer": (c, 4 * c),
            }
        return {
            name: random.standard_normal(shape, np.float32) * np.float32(STD)
            for name, shape in shapes.items()
        }

    def __str__(self) -> str:
        return (
            f"{self.name}: GPT of {self.layers} layers, {self.heads} heads, {self.features} "
            f"features, context {self.context}, batch {self.batch}, AdamW"
        )
