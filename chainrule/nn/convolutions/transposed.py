"""Layers of transposed convolution over one, two and three spatial axes."""

from __future__ import annotations

from typing import Any

from chainrule.array.dtype import float32
from chainrule.build.convert import ArrayLike
from chainrule.build.tensor import Tensor
from chainrule.nn.convolutions.filtering import Filtering
from chainrule.nn.convolutions.forms import extra_of, transposed
from chainrule.nn.convolutions.sizes import Sizes
from chainrule.nn.initializers.initializer import Initializer


class TransposedConvolution(Filtering):
    """What ConvTranspose1d, ConvTranspose2d and ConvTranspose3d have in common."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        *,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        initializer: Initializer | None = None,
        dtype: Any = float32,
    ) -> None:
        self._take_sizes(in_channels, out_channels, kernel_size, groups)
        self._take_options(stride, padding, dilation)
        self.extra = extra_of(self.options, output_padding)
        shape = (self.in_channels, self.out_channels // self.groups, *self.options.taps)
        self._take_parameters(shape, bias, initializer, dtype)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        return transposed(self._given(x), *self._parameters(), self.options, self.extra)


class ConvTranspose1d(TransposedConvolution):
    """The transpose of a convolution over sequences: y_(n c i) = b_c + Σ w_(o c t) x_(n o p).

    The sum is over all o, t and p with stride·p + dilation·t − padding = i; it makes larger what a
    convolution of the same options makes smaller. `output_padding` adds places at the end, since
    with a stride several lengths become the same. Zeiler et al., Deconvolutional networks (2010).

    Shapes: x (n, in_channels, L) or without n, w = `weight` (in_channels, out_channels/groups,
    k), b = `bias` (out_channels,), y (n, out_channels, L′), where of a length L it makes
    stride·(L − 1) + dilation·(k − 1) + 1 − 2·padding + output_padding.

    Weights and biases start as those of `nn.Conv1d`.

    Errors: `OptionError` for sizes out of range; called, `ShapeError` for an input that does not
    fit.

    >>> from chainrule import nn
    >>> import chainrule as cr
    >>> layer = nn.ConvTranspose1d(3, 8, 2, stride=2)
    >>> layer(cr.ones((2, 3, 5))).shape
    (2, 8, 10)
    """

    rank = 1


class ConvTranspose2d(TransposedConvolution):
    """The transpose of a convolution over images: y_(n c i) = b_c + Σ w_(o c t) x_(n o p).

    The sum is over all o, t and p with stride·p + dilation·t − padding = i; it makes larger what a
    convolution of the same options makes smaller. `output_padding` adds places at the end, since
    with a stride several lengths become the same. Zeiler et al., Deconvolutional networks (2010).

    Shapes: x (n, in_channels, H, W) or without n, w = `weight` (in_channels, out_channels/groups,
    k, k), b = `bias` (out_channels,), y (n, out_channels, H′, W′), where of a length L it makes
    stride·(L − 1) + dilation·(k − 1) + 1 − 2·padding + output_padding.

    Weights and biases start as those of `nn.Conv2d`.

    Errors: `OptionError` for sizes out of range; called, `ShapeError` for an input that does not
    fit.

    >>> from chainrule import nn
    >>> import chainrule as cr
    >>> layer = nn.ConvTranspose2d(3, 8, 2, stride=2)
    >>> layer(cr.ones((2, 3, 5, 5))).shape
    (2, 8, 10, 10)
    """

    rank = 2


class ConvTranspose3d(TransposedConvolution):
    """The transpose of a convolution over volumes: y_(n c i) = b_c + Σ w_(o c t) x_(n o p).

    The sum is over all o, t and p with stride·p + dilation·t − padding = i; it makes larger what a
    convolution of the same options makes smaller. `output_padding` adds places at the end, since
    with a stride several lengths become the same. Zeiler et al., Deconvolutional networks (2010).

    Shapes: x (n, in_channels, D, H, W) or without n, w = `weight` (in_channels,
    out_channels/groups, k, k, k), b = `bias` (out_channels,), y (n, out_channels, D′, H′, W′),
    where of a length L it makes stride·(L − 1) + dilation·(k − 1) + 1 − 2·padding + output_padding.

    Weights and biases start as those of `nn.Conv3d`.

    Errors: `OptionError` for sizes out of range; called, `ShapeError` for an input that does not
    fit.

    >>> from chainrule import nn
    >>> import chainrule as cr
    >>> layer = nn.ConvTranspose3d(3, 8, 2, stride=2)
    >>> layer(cr.ones((2, 3, 5, 5, 5))).shape
    (2, 8, 10, 10, 10)
    """

    rank = 3
