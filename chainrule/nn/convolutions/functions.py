"""Convolution as functions, over one, two and three spatial axes, and its transpose.

    y_(n o p) = b_o + Σ_(c t) w_(o c t) x_(n c i),   i = stride·p + dilation·t − padding

Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016). As everywhere in the
field the taps are not turned around: mathematics calls it the cross-correlation.
"""

from __future__ import annotations

from typing import NamedTuple

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.convolutions.forms import Options, convolved, extra_of, options_of, transposed
from chainrule.nn.convolutions.sizes import Padding, Sizes


def conv1d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    *,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Return y_(n o p) = b_o + Σ_(c t) w_(o c t) x_(n c i), i = stride·p + dilation·t − padding.

    Shapes: x (n, c, L) or without n, w (o, c/groups, k), b (o,), y (n, o, L′).

    A place i outside of x takes part in no sum. `padding` is how far i may be outside, or `"same"`
    for a result as large as x, or `"valid"` for none. Channels of a group meet only each other.

    Errors: `ShapeError` where shapes do not fit together, `OptionError` for numbers out of range.

    >>> conv1d([[[1.0, 2.0, 4.0]]], [[[1.0, 1.0]]])
    Tensor([[[3., 6.]]], float32)
    """
    options = Given("conv1d", 1, stride, padding, dilation, groups)
    return _convolved((x, weight, bias), options)


def conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    *,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Return y_(n o p) = b_o + Σ_(c t) w_(o c t) x_(n c i), i = stride·p + dilation·t − padding.

    Shapes: x (n, c, H, W) or without n, w (o, c/groups, k, k), b (o,), y (n, o, H′, W′).

    A place i outside of x takes part in no sum. `padding` is how far i may be outside, or `"same"`
    for a result as large as x, or `"valid"` for none. Channels of a group meet only each other.

    Errors: `ShapeError` where shapes do not fit together, `OptionError` for numbers out of range.

    >>> conv2d([[[[1.0, 2.0], [3.0, 4.0]]]], [[[[1.0, 1.0]]]])
    Tensor([[[[3.],
              [7.]]]], float32)
    """
    options = Given("conv2d", 2, stride, padding, dilation, groups)
    return _convolved((x, weight, bias), options)


def conv3d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    *,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Return y_(n o p) = b_o + Σ_(c t) w_(o c t) x_(n c i), i = stride·p + dilation·t − padding.

    Shapes: x (n, c, D, H, W) or without n, w (o, c/groups, k, k, k), b (o,), y (n, o, D′, H′, W′).

    A place i outside of x takes part in no sum. `padding` is how far i may be outside, or `"same"`
    for a result as large as x, or `"valid"` for none. Channels of a group meet only each other.

    Errors: `ShapeError` where shapes do not fit together, `OptionError` for numbers out of range.

    >>> conv3d([[[[[1.0, 2.0], [3.0, 4.0]]]]], [[[[[1.0, 1.0]]]]])
    Tensor([[[[[3.],
               [7.]]]]], float32)
    """
    options = Given("conv3d", 3, stride, padding, dilation, groups)
    return _convolved((x, weight, bias), options)


def conv_transpose1d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    *,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """Return y_(n c i) = b_c + Σ_(o t p) w_(o c t) x_(n o p), i = stride·p + dilation·t − padding.

    The transpose of `conv1d` as a linear function, which is its derivative with respect to x.

    Shapes: x (n, o, L) or without n, w (o, c/groups, k), b (c,), y (n, c, L′).
    Of a length L it makes stride·(L − 1) + dilation·(k − 1) + 1 − 2·padding + output_padding.

    Errors: `ShapeError` where shapes do not fit together, `OptionError` for numbers out of range.

    >>> conv_transpose1d([[[1.0, 2.0, 4.0]]], [[[1.0, 1.0]]]).shape
    (1, 1, 4)
    """
    options = Given("conv_transpose1d", 1, stride, padding, dilation, groups)
    return _transposed((x, weight, bias), options, output_padding)


def conv_transpose2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    *,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """Return y_(n c i) = b_c + Σ_(o t p) w_(o c t) x_(n o p), i = stride·p + dilation·t − padding.

    The transpose of `conv2d` as a linear function, which is its derivative with respect to x.

    Shapes: x (n, o, H, W) or without n, w (o, c/groups, k, k), b (c,), y (n, c, H′, W′).
    Of a length L it makes stride·(L − 1) + dilation·(k − 1) + 1 − 2·padding + output_padding.

    Errors: `ShapeError` where shapes do not fit together, `OptionError` for numbers out of range.

    >>> conv_transpose2d([[[[1.0, 2.0], [3.0, 4.0]]]], [[[[1.0, 1.0]]]]).shape
    (1, 1, 2, 3)
    """
    options = Given("conv_transpose2d", 2, stride, padding, dilation, groups)
    return _transposed((x, weight, bias), options, output_padding)


def conv_transpose3d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    *,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """Return y_(n c i) = b_c + Σ_(o t p) w_(o c t) x_(n o p), i = stride·p + dilation·t − padding.

    The transpose of `conv3d` as a linear function, which is its derivative with respect to x.

    Shapes: x (n, o, D, H, W) or without n, w (o, c/groups, k, k, k), b (c,), y (n, c, D′, H′, W′).
    Of a length L it makes stride·(L − 1) + dilation·(k − 1) + 1 − 2·padding + output_padding.

    Errors: `ShapeError` where shapes do not fit together, `OptionError` for numbers out of range.

    >>> conv_transpose3d([[[[[1.0, 2.0], [3.0, 4.0]]]]], [[[[[1.0, 1.0]]]]]).shape
    (1, 1, 1, 2, 3)
    """
    options = Given("conv_transpose3d", 3, stride, padding, dilation, groups)
    return _transposed((x, weight, bias), options, output_padding)


Arrays = tuple[ArrayLike, ArrayLike, ArrayLike | None]


class Given(NamedTuple):
    """The options of a convolution as they are given."""

    name: str
    rank: int
    stride: Sizes
    padding: Padding
    dilation: Sizes
    groups: int

    def checked(self, weight: Tensor) -> Options:
        """Return the options for these weights."""
        return options_of(self.name, weight.shape[2:], *self[2:])


def _convolved(arrays: Arrays, given: Given) -> Tensor:
    x, weight, *bias = _tensors(given, arrays)
    return convolved(x, weight, bias[0] if bias else None, given.checked(weight))


def _transposed(arrays: Arrays, given: Given, output_padding: Sizes) -> Tensor:
    x, weight, *bias = _tensors(given, arrays)
    options = given.checked(weight)
    extra = extra_of(options, output_padding)
    return transposed(x, weight, bias[0] if bias else None, options, extra)


def _tensors(given: Given, arrays: Arrays) -> tuple[Tensor, ...]:
    """The arrays as tensors of one floating type; the weights have an axis for each direction."""
    name, rank = given.name, given.rank
    found = floating(*(array for array in arrays if array is not None))
    if found[1].ndim != rank + 2:
        raise ShapeError(
            f"{name}: the weights have {rank + 2} axes (outputs, channels and {rank} for the "
            f"taps), got shape {found[1].shape} (at {caller()})"
        )
    return found
