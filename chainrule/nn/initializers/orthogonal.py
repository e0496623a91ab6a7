"""The orthogonal initializer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape, size_of
from chainrule.build.leaf import constant
from chainrule.build.random import Generator
from chainrule.build.tensor import Tensor
from chainrule.nn.initializers.initializer import Initializer, positive
from chainrule.nn.initializers.scaled import fans


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """gain·Q for Q with orthonormal rows, or columns where these are fewer."""

    gain: float

    def __call__(self, generator: Generator, shape: Shape, dtype: DType) -> Tensor:
        fans(shape)
        rows, columns = shape[0], size_of(shape[1:])
        tall = max(rows, columns), min(rows, columns)
        drawn = generator.normal(tall, dtype=np.float64).known()
        q, r = np.linalg.qr(drawn)
        # The signs of R's diagonal are arbitrary; fixed, Q is uniform over all such matrices.
        q *= np.where(np.diagonal(r) < 0, -self.gain, self.gain)
        return constant((q if rows >= columns else q.T).astype(dtype).reshape(shape))


def orthogonal(gain: float = 1.0) -> Initializer:
    """Draw gain·Q, where QᵀQ = 1 or QQᵀ = 1; all such Q are equally likely.

    Axes behind the second count as columns. Every singular value is `gain`, so that a deep linear
    network passes signals and gradients through unchanged. Saxe, McClelland & Ganguli, Exact
    solutions to the nonlinear dynamics of learning in deep linear neural networks (ICLR 2014).

    Errors: `OptionError` for a gain that is not positive.

    >>> from chainrule import nn
    >>> q = np.asarray(nn.Linear(2, 2, initializer=nn.initializers.orthogonal()).weight)
    >>> np.allclose(q.T @ q, np.eye(2), atol=1e-6)
    True
    """
    return Orthogonal(positive("gain", gain))
