"""Gated linear units whose gate is another activation: ReGLU, GEGLU, SwiGLU.

Shazeer, GLU variants improve transformer (2020), equation 5. There a and b are two linear layers of
one input: make them one layer of twice the features.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import multiply
from chainrule.build.functions.manipulation import split
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.activations.gates import GLU, gelu, silu
from chainrule.nn.activations.rectifiers import relu


def _gated(name: str, gate: Callable[[Tensor], Tensor], x: ArrayLike, axis: int) -> Tensor:
    (given,) = floating(x)
    along = normalize_axis(axis, given.ndim)
    if given.shape[along] % 2:
        raise ShapeError(
            f"{name} halves axis {along} of shape {given.shape}, whose length must be even "
            f"(at {caller()})"
        )
    first, second = split(given, 2, axis=along)
    return multiply(gate(first), second)


def reglu(x: ArrayLike, axis: int = -1) -> Tensor:
    """Return y = relu(a)·b, a and b the first and second half of x along `axis`.

    Shapes: x (…, 2k, …), y (…, k, …). Errors: `ShapeError` where the axis has an odd length.

    >>> reglu([1.0, -2.0, 3.0, 4.0])
    Tensor([3., 0.], float32)
    """
    return _gated("reglu", relu, x, axis)


def geglu(x: ArrayLike, axis: int = -1) -> Tensor:
    """Return y = gelu(a)·b, a and b the first and second half of x along `axis`.

    Shapes: x (…, 2k, …), y (…, k, …). Errors: `ShapeError` where the axis has an odd length.

    >>> geglu([1.0, 0.0, 2.0, 4.0])
    Tensor([1.6826894, 0.       ], float32)
    """
    return _gated("geglu", gelu, x, axis)


def swiglu(x: ArrayLike, axis: int = -1) -> Tensor:
    """Return y = silu(a)·b, a and b the first and second half of x along `axis`.

    Shapes: x (…, 2k, …), y (…, k, …). Errors: `ShapeError` where the axis has an odd length.

    >>> swiglu([1.0, 0.0, 2.0, 4.0])
    Tensor([1.4621172, 0.       ], float32)
    """
    return _gated("swiglu", silu, x, axis)


@dataclass(eq=False, repr=False)
class ReGLU(GLU):
    """The layer of `reglu`, y = relu(a)·b: it halves the features.

    >>> ReGLU()([1.0, -2.0, 3.0, 4.0])
    Tensor([3., 0.], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return reglu(x)."""
        return reglu(x, self.axis)


@dataclass(eq=False, repr=False)
class GEGLU(GLU):
    """The layer of `geglu`, y = gelu(a)·b: it halves the features.

    >>> GEGLU()([1.0, 0.0, 2.0, 4.0])
    Tensor([1.6826894, 0.       ], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return geglu(x)."""
        return geglu(x, self.axis)


@dataclass(eq=False, repr=False)
class SwiGLU(GLU):
    """The layer of `swiglu`, y = silu(a)·b: it halves the features.

    >>> SwiGLU()([1.0, 0.0, 2.0, 4.0])
    Tensor([1.4621172, 0.       ], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return swiglu(x)."""
        return swiglu(x, self.axis)
