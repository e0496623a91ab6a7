"""Layers one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

from chainrule.build.source import inside_layer
from chainrule.errors import OptionError
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.module import Module
from chainrule.nn.summary import Step


class Layers(Module):
    """Modules that run one after the other: what `Sequential` and `Residual` have in common.

    Where the layers know their sizes, neighbors that do not fit are found when they are put
    together, not in the first training step; and each layer is told which initializer suits the
    activation behind it.
    """

    def __init__(self, *layers: Module) -> None:
        for index, layer in enumerate(layers):
            if not isinstance(layer, Module):
                raise OptionError(
                    f"layer {index} is {layer!r}, which is no module: write nn.ReLU() rather than "
                    "nn.relu, and a star before a list of layers, nn.Sequential(*layers)"
                )
        self.layers = layers
        self.features_after(None)
        self.initializer_before(None)

    def held(self) -> Iterator[tuple[str, Module]]:
        """Go through the layers, each with its number."""
        return ((str(index), layer) for index, layer in enumerate(self.layers))

    def flow(self, features: int | None) -> Iterator[Step]:
        """Go through the layers, each with the features that it gets and gives."""
        for index, layer in enumerate(self.layers):
            before = features
            with inside_layer(_label(index, layer)):
                features = layer.features_after(before)
            yield Step(str(index), layer, before, features)

    def features_after(self, features: int | None) -> int | None:
        """Return the features that the last layer gives."""
        for step in self.flow(features):
            features = step.after
        return features

    def initializer_before(self, following: Initializer | None) -> Initializer | None:
        """Tell each layer, from the last to the first, what suits what follows it."""
        for layer in reversed(self.layers):
            following = layer.initializer_before(following)
        return following

    def run(self, x: Any) -> Any:
        """Return the last layer's result, each layer applied to the result of the one before."""
        for index, layer in enumerate(self.layers):
            with inside_layer(_label(index, layer)):
                x = layer.forward(x)
        return x

    def title(self) -> str:
        """Return the class; what is inside would be too long a title."""
        return type(self).__name__

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)


class Sequential(Layers):
    """Layers one after the other, y = f_n(… f_1(f_0(x))).

    A Linear that is given no initializer gets the one that suits the activation behind it, while it
    is not drawn yet; see `chainrule.nn.initializers`.

    Errors: `ShapeError` where a layer takes another number of features than the one before gives,
    as far as they know; `OptionError` for something that is no module.

    >>> from chainrule import nn
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> model
    Sequential(
      0: Linear(4, 3)
      1: ReLU()
      2: Linear(3, 2)
    )
    >>> model([[1.0, 2.0, 3.0, 4.0]]).shape
    (1, 2)
    >>> model[0]
    Linear(4, 3)
    """

    def forward(self, x: Any) -> Any:
        """Return y for the input `x`, whatever the first layer takes."""
        return self.run(x)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Module:
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]


def _label(index: int, layer: Module) -> str:
    return f"layer {index}, {layer.title()}"
