"""Standardization, which all normalization is made of: mean 0 and variance 1 along some axes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from chainrule.array.shape import size_of
from chainrule.build.functions.arithmetic import rsqrt
from chainrule.build.functions.reduction import mean, sum
from chainrule.build.primitives.elementwise import chain
from chainrule.build.tensor import Tensor
from chainrule.derive.custom import custom_vjp

Axes = tuple[int, ...]


class Standard(NamedTuple):
    """What came out, and the statistics of what went in; the axes stay, with length 1."""

    result: Tensor
    mean: Tensor
    variance: Tensor


def standardized(x: Tensor, axes: Axes, epsilon: float, *affine: Tensor) -> Standard:
    """Return y = w·x̂ + b with x̂ = (x − μ)/√(σ² + ε), and the mean μ and variance σ² over `axes`.

    `affine` is w and b in the shape of μ, or nothing for y = x̂. The variance is that of the
    differences from the mean: no digit is lost where the mean is large. Where all elements are
    equal y is b, also for ε = 0, and the gradient is that of the limit.
    """
    forward, backward = partial(_forward, axes, epsilon), partial(_backward, axes, epsilon)
    return Standard(*custom_vjp(forward, backward)(x, *affine))


def _forward(axes: Axes, epsilon: float, x: Tensor, *affine: Tensor) -> tuple[Tensor, ...]:
    middle = mean(x, axis=axes, keepdims=True)
    difference = x - middle
    variance = mean(difference * difference, axis=axes, keepdims=True)
    y = _scaled(difference, variance, epsilon)
    return (y * affine[0] + affine[1] if affine else y), middle, variance


def _scaled(difference: Tensor, variance: Tensor, epsilon: float) -> Tensor:
    """x̂; the difference 0 of a variance 0 stays 0."""
    scale = rsqrt(variance + epsilon)
    return difference * scale if epsilon > 0 else chain(difference, scale)


def _backward(
    axes: Axes,
    epsilon: float,
    g: Sequence[Tensor | None],
    y: Sequence[Tensor],
    x: Tensor,
    *affine: Tensor,
) -> list[Any]:
    """The cotangents of x, w and b: one pass over g and x for two sums, one more for the result.

    With x̂ as above, G_b = Σ g, G_w = Σ g·x̂ and n elements,
    dx = w/√(σ² + ε) · (g − G_b/n − x̂·G_w/n).
    """
    _, middle, variance = y
    inverse = 1.0 / size_of(tuple(x.shape[axis] for axis in axes))
    standard = y[0] if not affine else _scaled(x - middle, variance, epsilon)
    dx = _through_statistics(g[1:], x, middle, inverse)
    if g[0] is None:
        return [dx, *(None for _ in affine)]
    total = sum(g[0], axis=axes, keepdims=True)
    along = sum(chain(g[0], standard), axis=axes, keepdims=True)
    # Both sums stand before what needs one of them: so they are made in the same pass.
    rest = g[0] - chain(along * inverse, standard) - total * inverse
    scale = rsqrt(variance + epsilon)
    here = chain(rest, affine[0] * scale if affine else scale)
    return [here if dx is None else here + dx, *([along, total] if affine else [])]


def _through_statistics(
    g: Sequence[Tensor | None], x: Tensor, middle: Tensor, inverse: float
) -> Tensor | None:
    """What comes back from the mean and the variance themselves, where they were used."""
    parts = [
        None if g[0] is None else g[0] * inverse,
        None if g[1] is None else chain(g[1], (x - middle) * (2.0 * inverse)),
    ]
    found = [part for part in parts if part is not None]
    return None if not found else found[0] if len(found) == 1 else found[0] + found[1]
