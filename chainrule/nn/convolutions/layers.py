"""Layers of convolution over one, two and three spatial axes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chainrule.array.dtype import float32
from chainrule.build.convert import ArrayLike
from chainrule.build.functions.extension import pad
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.convolutions.filtering import Filtering
from chainrule.nn.convolutions.forms import convolved
from chainrule.nn.convolutions.sizes import Padding, Sizes
from chainrule.nn.initializers.initializer import Initializer

MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Filtering):
    """What Conv1d, Conv2d and Conv3d have in common."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Padding = 0,
        *,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        initializer: Initializer | None = None,
        dtype: Any = float32,
    ) -> None:
        self._take_sizes(in_channels, out_channels, kernel_size, groups)
        self._take_options(stride, padding, dilation)
        if padding_mode not in MODES:
            raise OptionError(
                f"{self.name}: padding_mode is one of {', '.join(MODES)}, got {padding_mode!r}"
            )
        self.padding_mode = padding_mode
        shape = (self.out_channels, self.in_channels // self.groups, *self.options.taps)
        self._take_parameters(shape, bias, initializer, dtype)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        given, options = self._given(x), self.options
        if self.padding_mode != "zeros" and given.ndim > options.rank:
            front = ((0, 0),) * (given.ndim - options.rank)
            given = pad(given, (*front, *options.pairs), mode=self.padding_mode)
            options = replace(options, pairs=((0, 0),) * options.rank)
        return convolved(given, *self._parameters(), options)


class Conv1d(Convolution):
    """A convolution over sequences: y_(n o p) = b_o + Σ_(c t) w_(o c t) x_(n c i).

    Here i = stride·p + dilation·t − padding; where it lies outside, `padding_mode` says what is
    there: `"zeros"` nothing, `"reflect"`, `"replicate"` and `"circular"` what `cr.pad` puts there.
    `padding` is a number, one for each axis, `"same"` for a result as large as the input, or
    `"valid"` for none. Each of the `groups` has its own share of the channels.

    Shapes: x (n, in_channels, L) or without n, w = `weight` (out_channels, in_channels/groups,
    k), b = `bias` (out_channels,), y (n, out_channels, L′).

    The weights are drawn when first read, like those of `nn.Linear`: without `initializer` the one
    is taken that suits the activation behind the layer in a `Sequential`, or Glorot's; biases start
    at 0. LeCun et al., Gradient-based learning applied to document recognition (Proc. IEEE 1998).

    Errors: `OptionError` for sizes out of range; called, `ShapeError` for an input that does not
    fit.

    >>> from chainrule import nn
    >>> import chainrule as cr
    >>> layer = nn.Conv1d(3, 8, 3, padding=1)
    >>> layer(cr.ones((2, 3, 5))).shape
    (2, 8, 5)
    """

    rank = 1


class Conv2d(Convolution):
    """A convolution over images: y_(n o p) = b_o + Σ_(c t) w_(o c t) x_(n c i).

    Here i = stride·p + dilation·t − padding; where it lies outside, `padding_mode` says what is
    there: `"zeros"` nothing, `"reflect"`, `"replicate"` and `"circular"` what `cr.pad` puts there.
    `padding` is a number, one for each axis, `"same"` for a result as large as the input, or
    `"valid"` for none. Each of the `groups` has its own share of the channels.

    Shapes: x (n, in_channels, H, W) or without n, w = `weight` (out_channels, in_channels/groups,
    k, k), b = `bias` (out_channels,), y (n, out_channels, H′, W′).

    The weights are drawn when first read, like those of `nn.Linear`: without `initializer` the one
    is taken that suits the activation behind the layer in a `Sequential`, or Glorot's; biases start
    at 0. LeCun et al., Gradient-based learning applied to document recognition (Proc. IEEE 1998).

    Errors: `OptionError` for sizes out of range; called, `ShapeError` for an input that does not
    fit.

    >>> from chainrule import nn
    >>> import chainrule as cr
    >>> layer = nn.Conv2d(3, 8, 3, padding=1)
    >>> layer(cr.ones((2, 3, 5, 5))).shape
    (2, 8, 5, 5)
    """

    rank = 2


class Conv3d(Convolution):
    """A convolution over volumes: y_(n o p) = b_o + Σ_(c t) w_(o c t) x_(n c i).

    Here i = stride·p + dilation·t − padding; where it lies outside, `padding_mode` says what is
    there: `"zeros"` nothing, `"reflect"`, `"replicate"` and `"circular"` what `cr.pad` puts there.
    `padding` is a number, one for each axis, `"same"` for a result as large as the input, or
    `"valid"` for none. Each of the `groups` has its own share of the channels.

    Shapes: x (n, in_channels, D, H, W) or without n, w = `weight` (out_channels,
    in_channels/groups, k, k, k), b = `bias` (out_channels,), y (n, out_channels, D′, H′, W′).

    The weights are drawn when first read, like those of `nn.Linear`: without `initializer` the one
    is taken that suits the activation behind the layer in a `Sequential`, or Glorot's; biases start
    at 0. LeCun et al., Gradient-based learning applied to document recognition (Proc. IEEE 1998).

    Errors: `OptionError` for sizes out of range; called, `ShapeError` for an input that does not
    fit.

    >>> from chainrule import nn
    >>> import chainrule as cr
    >>> layer = nn.Conv3d(3, 8, 3, padding=1)
    >>> layer(cr.ones((2, 3, 5, 5, 5))).shape
    (2, 8, 5, 5, 5)
    """

    rank = 3
