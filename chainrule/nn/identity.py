"""Layers that pass on what they get: `Identity`, and what it shares with `Dropout`."""

from __future__ import annotations

from typing import Any

from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.module import Module


class Passing(Module):
    """A layer behind which features and sizes are those before it, as far as others care."""

    def features_after(self, features: int | None) -> int | None:
        """Return `features`."""
        return features

    def initializer_before(self, following: Initializer | None) -> Initializer | None:
        """Return `following`."""
        return following


class Identity(Passing):
    """A layer that does nothing, y = x.

    >>> from chainrule import nn
    >>> nn.Identity()(7)
    7
    """

    def forward(self, x: Any) -> Any:
        """Return x."""
        return x
