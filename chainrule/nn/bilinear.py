"""The bilinear layer: a product of two inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.array.dtype import as_dtype, float32
from chainrule.build.convert import ArrayLike, as_type, asarray, operands
from chainrule.build.functions.einsum import einsum
from chainrule.build.random import default_generator
from chainrule.build.source import caller
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import ShapeError
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.initializers.scaled import glorot_uniform
from chainrule.nn.module import Module
from chainrule.nn.size import checked_size


def bilinear(
    first: ArrayLike, second: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None
) -> Tensor:
    """Return y_(…o) = Σ_ij a_(…i) W_oij b_(…j) + c_o.

    Shapes: a = `first` (…, m), b = `second` (…, n), W (outputs, m, n), c = `bias` (outputs,), y (…,
    outputs).

    Errors: `ShapeError` where they do not fit together.

    >>> bilinear([1.0, 2.0], [3.0], [[[1.0], [10.0]]])
    Tensor([63.], float32)
    """
    a, b, w = operands(first, second, weight)
    if w.ndim != 3 or (a.shape[-1:], b.shape[-1:]) != (w.shape[1:2], w.shape[2:]):
        raise ShapeError(
            f"bilinear: inputs of shapes {a.shape} and {b.shape} do not fit a weight of shape "
            f"{w.shape}, which is (outputs, m, n) (at {caller()})"
        )
    # Over the first input for all outputs at once: that is one large product.
    y = einsum("...oj,...j->...o", einsum("...i,oij->...oj", a, w), b)
    total: Tensor = y if bias is None else y + bias
    return total


class Bilinear(Module):
    """A layer that is linear in each of two inputs: y_o = aᵀ W_o b + c_o.

    Shapes: a (…, first), b (…, second), W = `weight` (outputs, first, second), c = `bias`
    (outputs,), y (…, outputs). W is drawn by Glorot's initializer, unless another is given; c
    starts at 0.

    Errors: `OptionError` for sizes that are not positive integers; called, `ShapeError` for inputs
    of other features.

    >>> from chainrule import nn
    >>> nn.Bilinear(2, 3, 4)([[1.0, 2.0]], [[1.0, 2.0, 3.0]]).shape
    (1, 4)
    """

    def __init__(
        self,
        first: int,
        second: int,
        outputs: int,
        bias: bool = True,
        initializer: Initializer | None = None,
        dtype: Any = float32,
    ) -> None:
        self.sizes = tuple(
            checked_size("Bilinear", name, size)
            for name, size in (("first", first), ("second", second), ("outputs", outputs))
        )
        spec = Spec((outputs, first, second), as_dtype(dtype))
        chosen, generator = initializer or glorot_uniform(), default_generator().split()
        self.weight = Variable(
            lambda: chosen(generator, *spec),
            spec=spec,
            trainable=True,
            name=f"{self.title()}.weight",
        )
        start = np.zeros(outputs, spec.dtype)
        self.bias = Variable(start, trainable=True, name=f"{self.title()}.bias") if bias else None

    def forward(self, first: ArrayLike, second: ArrayLike) -> Tensor:
        """Return y for the inputs a (…, first) and b (…, second)."""
        a, b = (as_type(asarray(x), self.weight.dtype) for x in (first, second))
        return bilinear(a, b, self.weight, self.bias)

    def arguments(self) -> str:
        """Return the sizes."""
        return ", ".join(map(str, self.sizes))
