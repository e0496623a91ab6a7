"""What layers of convolution, transposed or not, have in common: options and parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.array.dtype import as_dtype
from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.random import default_generator
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.nn.convolutions.forms import Options, options_of
from chainrule.nn.convolutions.sizes import Padding, Sizes, for_each_axis
from chainrule.nn.initializers.initializer import Initializer, checked_initializer
from chainrule.nn.initializers.scaled import glorot_uniform
from chainrule.nn.module import Module
from chainrule.nn.size import checked_size


class Filtering(Module):
    """A layer with weights for taps that go over `rank` spatial axes."""

    rank: int
    options: Options
    weight: Variable
    bias: Variable | None

    def _take_sizes(
        self, in_channels: int, out_channels: int, kernel_size: Sizes, groups: int
    ) -> None:
        name = self.name
        self.in_channels = checked_size(name, "in_channels", in_channels)
        self.out_channels = checked_size(name, "out_channels", out_channels)
        self.kernel_size = for_each_axis(name, "kernel_size", kernel_size, self.rank)
        self.groups = checked_size(name, "groups", groups)
        for what in ("in_channels", "out_channels"):
            if getattr(self, what) % self.groups:
                raise OptionError(
                    f"{name}: {what} must be a multiple of the {self.groups} groups, got "
                    f"{getattr(self, what)}"
                )

    def _take_options(self, stride: Sizes, padding: Padding, dilation: Sizes) -> None:
        self.options = options_of(
            self.title(), self.kernel_size, stride, padding, dilation, self.groups
        )

    def _take_parameters(
        self, shape: Shape, bias: bool, initializer: Initializer | None, dtype: Any
    ) -> None:
        self.initializer = checked_initializer(self.name, initializer)
        self.suggested: Initializer = glorot_uniform()
        spec = Spec(shape, as_dtype(dtype))
        generator = default_generator().split()
        self.weight = Variable(
            lambda: (self.initializer or self.suggested)(generator, *spec),
            spec=spec,
            trainable=True,
            name=f"{self.title()}.weight",
        )
        zeros = np.zeros(self.out_channels, spec.dtype)
        name = f"{self.title()}.bias"
        self.bias = Variable(zeros, trainable=True, name=name) if bias else None

    @property
    def name(self) -> str:
        """The name of the layer's class."""
        return type(self).__name__

    def _given(self, x: ArrayLike) -> Tensor:
        """The input in the data type of the weights."""
        return as_type(asarray(x), self.weight.dtype)

    def _parameters(self) -> tuple[Tensor, Tensor | None]:
        """What the weights and the biases hold."""
        return asarray(self.weight), None if self.bias is None else asarray(self.bias)

    def initializer_before(self, following: Initializer | None) -> None:
        """Take `following` for drawing the weights, where the user has chosen none."""
        self.suggested = following or self.suggested

    def arguments(self) -> str:
        """Return channels, taps, and where there are several the groups."""
        taps = self.kernel_size
        size = str(taps[0]) if len(set(taps)) == 1 else str(taps)
        groups = f", groups={self.groups}" if self.groups > 1 else ""
        return f"{self.in_channels}, {self.out_channels}, {size}{groups}"
