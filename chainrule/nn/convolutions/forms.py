"""From the options of a convolution to the form that computes it, with all that can be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.array.shape import Shape
from chainrule.build.functions.manipulation import reshape
from chainrule.build.primitives.convolution import Convolve, Geometry, Part
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.convolutions.sizes import Padding, Pairs, Sizes, for_each_axis, pairs_of
from chainrule.nn.size import checked_size


@dataclass(frozen=True)
class Options:
    """How a convolution named `name` goes over its spatial axes, of which there are `rank`."""

    name: str
    taps: Shape
    strides: tuple[int, ...]
    pairs: Pairs
    dilations: tuple[int, ...]
    groups: int

    @property
    def rank(self) -> int:
        """How many spatial axes there are."""
        return len(self.taps)

    @property
    def spans(self) -> tuple[int, ...]:
        """How many places the taps span along each axis."""
        return tuple(d * (n - 1) + 1 for d, n in zip(self.dilations, self.taps, strict=True))


def options_of(
    name: str, taps: Sequence[int], stride: Sizes, padding: Padding, dilation: Sizes, groups: int
) -> Options:
    """Return the options, checked.

    Errors: `OptionError` for numbers below 1, and a padding below 0 or a word that is none.
    """
    strides = for_each_axis(name, "stride", stride, len(taps))
    dilations = for_each_axis(name, "dilation", dilation, len(taps))
    pairs = pairs_of(name, padding, taps, strides, dilations)
    return Options(
        name, tuple(taps), strides, pairs, dilations, checked_size(name, "groups", groups)
    )


def extra_of(options: Options, output_padding: Sizes) -> Sequence[int]:
    """Return `output_padding` for each axis.

    Errors: `OptionError` where it is not less than the stride or the dilation, since one more place
    of the input would do then.
    """
    extra = for_each_axis(options.name, "output_padding", output_padding, options.rank, least=0)
    for number, stride, dilation in zip(extra, options.strides, options.dilations, strict=True):
        if number >= max(stride, dilation):
            raise OptionError(
                f"{options.name}: output_padding must be less than the stride or the dilation, "
                f"got {number} beside {stride} and {dilation}"
            )
    return extra


def convolved(x: Tensor, weight: Tensor, bias: Tensor | None, options: Options) -> Tensor:
    """Return the convolution of x (n, c, …) or (c, …) with the weights (o, c/groups, taps)."""
    batch = _with_examples(x, options)
    channels, outputs = weight.shape[1] * options.groups, weight.shape[0]
    _check_channels(batch, channels, options)
    _check_groups(outputs, "output channels", options)
    image = batch.shape[2:]
    result = tuple(_result_length(options, axis, length) for axis, length in enumerate(image))
    form = _geometry(options, image, result)
    made = Convolve(Part.RESULT, form)(batch, weight)
    return _finished(made, bias, x.ndim)


def _result_length(options: Options, axis: int, length: int) -> int:
    padded, span = length + sum(options.pairs[axis]), options.spans[axis]
    if padded < span:
        raise ShapeError(
            f"{options.name}: its taps span {span} places along spatial axis {axis}, the image has "
            f"{length} there and with its padding {padded} (at {caller()}): use fewer taps, a "
            "smaller dilation or more padding"
        )
    return (padded - span) // options.strides[axis] + 1


def transposed(
    x: Tensor, weight: Tensor, bias: Tensor | None, options: Options, extra: Sequence[int]
) -> Tensor:
    """Return the transposed convolution of x (n, o, …) with the weights (o, c/groups, taps).

    `extra` is how much longer the result is at its end.
    """
    batch = _with_examples(x, options)
    _check_channels(batch, weight.shape[0], options)
    _check_groups(weight.shape[0], "input channels", options)
    result = batch.shape[2:]
    image = tuple(
        _image_length(options, axis, length, extra[axis]) for axis, length in enumerate(result)
    )
    form = _geometry(options, image, result)
    return _finished(Convolve(Part.IMAGE, form)(weight, batch), bias, x.ndim)


def _image_length(options: Options, axis: int, length: int, extra: int) -> int:
    reached = (length - 1) * options.strides[axis] + options.spans[axis] if length else 0
    found = reached - sum(options.pairs[axis]) + extra
    if found < 0 or not length:
        raise ShapeError(
            f"{options.name}: of an input of length {length} along spatial axis {axis} nothing is "
            f"left behind a padding of {options.pairs[axis]} (at {caller()}): use less padding"
        )
    return found


def _geometry(options: Options, image: Shape, result: Shape) -> Geometry:
    low = tuple(before for before, _ in options.pairs)
    return Geometry(
        image, options.taps, result, options.strides, options.dilations, low, options.groups
    )


def _with_examples(x: Tensor, options: Options) -> Tensor:
    """`x` with an axis for the examples in front."""
    if x.ndim not in (options.rank + 1, options.rank + 2):
        axes = ", ".join(("depth", "height", "width")[-options.rank :])
        raise ShapeError(
            f"{options.name} takes (examples, channels, {axes}), or one example without the first "
            f"axis, got an array of shape {x.shape} (at {caller()})"
        )
    return x if x.ndim == options.rank + 2 else reshape(x, (1, *x.shape))


def _check_channels(x: Tensor, channels: int, options: Options) -> None:
    if x.shape[1] != channels:
        raise ShapeError(
            f"{options.name} takes {channels} channels and got an array of shape {x.shape}, whose "
            f"axis of channels is {x.shape[1]} long (at {caller()}): channels come behind the "
            "examples and before the spatial axes"
        )


def _check_groups(channels: int, what: str, options: Options) -> None:
    if channels % options.groups:
        raise ShapeError(
            f"{options.name}: {channels} {what} are no multiple of {options.groups} groups "
            f"(at {caller()})"
        )


def _finished(made: Tensor, bias: Tensor | None, rank: int) -> Tensor:
    """The result with its bias, without the axis of examples where the input had none."""
    if bias is not None:
        if bias.shape != made.shape[1:2]:
            raise ShapeError(
                f"a bias of shape {bias.shape} for {made.shape[1]} channels (at {caller()}): it "
                "has one number for each"
            )
        made = made + reshape(bias, (made.shape[1], *(1,) * (made.ndim - 2)))
    return made if made.ndim == rank else reshape(made, made.shape[1:])
