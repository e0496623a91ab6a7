"""The linear layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.array.dtype import DType, as_dtype, float32
from chainrule.array.shape import size_of
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import add
from chainrule.build.functions.linear_algebra import matmul, matrix_transpose
from chainrule.build.random import default_generator
from chainrule.build.source import caller
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import ShapeError
from chainrule.nn.initializers.initializer import Initializer, checked_initializer
from chainrule.nn.initializers.scaled import glorot_uniform
from chainrule.nn.module import Module
from chainrule.nn.rows import rows_of, shaped_like
from chainrule.nn.size import checked_size


def linear(x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Tensor:
    """Return y_(…o) = Σ_i x_(…i) W_oi + b_o.

    Shapes: x (…, inputs), W (outputs, inputs), b (outputs,), y (…, outputs).

    Errors: `ShapeError` where they do not fit together.

    >>> linear([1.0, 2.0], [[3.0, 4.0]], [5.0])
    Tensor([16.], float32)
    """
    given = asarray(x)
    product = matmul(rows_of(given), matrix_transpose(weight))
    return shaped_like(product if bias is None else add(product, bias), given)


class Linear(Module):
    """A linear (affine, fully connected, dense) layer: y = x Wᵀ + b.

    Shapes: x (…, inputs), W = `weight` (outputs, inputs), b = `bias` (outputs,), y (…, outputs).
    Row o of W holds what output o makes of each input. The input is converted to the data type of
    the weights.

    The weights are drawn when first read, from a generator that the layer takes for itself when it
    is made, so that they do not depend on when that is. Without `initializer` the one is taken that
    suits the activation behind the layer in a `Sequential`, or Glorot's; biases start at 0.

    Errors: `OptionError` for sizes that are not positive integers, or for something that is no
    initializer; called, `ShapeError` for an input whose last axis is not `inputs` long.

    >>> from chainrule import nn
    >>> layer = nn.Linear(4, 3)
    >>> layer([[1.0, 2.0, 3.0, 4.0]]).shape
    (1, 3)
    >>> layer.parameters()
    [Variable(Linear(4, 3).weight: float32[3, 4]), Variable(Linear(4, 3).bias: float32[3])]
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        bias: bool = True,
        initializer: Initializer | None = None,
        dtype: Any = float32,
    ) -> None:
        self.inputs = checked_size("Linear", "inputs", inputs)
        self.outputs = checked_size("Linear", "outputs", outputs)
        self.initializer = checked_initializer("Linear", initializer)
        self.suggested: Initializer = glorot_uniform()
        spec = Spec((self.outputs, self.inputs), as_dtype(dtype))
        generator = default_generator().split()
        self.weight = Variable(
            lambda: self._chosen()(generator, *spec),
            spec=spec,
            trainable=True,
            name=f"{self.title()}.weight",
        )
        self.bias = _zeros(self.outputs, spec.dtype, f"{self.title()}.bias") if bias else None

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x (…, inputs)."""
        given = as_type(asarray(x), self.weight.dtype)
        if given.shape[-1:] != (self.inputs,):
            flat = given.ndim > 2 and size_of(given.shape[1:]) == self.inputs
            mend = "put nn.Flatten() before it" if flat else _mend(given.shape[-1:])
            raise self._misfit(f"an array of shape {given.shape}", mend)
        return linear(given, self.weight, self.bias)

    def features_after(self, features: int | None) -> int:
        """Return `outputs`; raise `ShapeError` where `features` is not `inputs`."""
        if features not in (None, self.inputs):
            raise self._misfit(f"{features} features from the layer before", _mend((features,)))
        return self.outputs

    def _misfit(self, given: str, mend: str) -> ShapeError:
        return ShapeError(
            f"{self.title()} takes {self.inputs} features on the last axis and got {given}: {mend} "
            f"or change what comes before (at {caller()})"
        )

    def initializer_before(self, following: Initializer | None) -> None:
        """Take `following` for drawing the weights, where the user has chosen none."""
        self.suggested = following or self.suggested

    def _chosen(self) -> Initializer:
        return self.initializer or self.suggested

    def arguments(self) -> str:
        """Return inputs and outputs."""
        return f"{self.inputs}, {self.outputs}"


def _mend(last: tuple[int | None, ...]) -> str:
    return f"write inputs={last[0]}" if last else "give it a row of features, not a number"


def _zeros(length: int, dtype: DType, name: str) -> Variable:
    return Variable(np.zeros(length, dtype), trainable=True, name=name)
