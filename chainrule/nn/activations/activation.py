"""What the activation layers have in common."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.initializers.scaled import glorot_uniform
from chainrule.nn.module import Module


class Activation(Module):
    """A layer whose result has the shape of its input.

    `initializer` is the one that suits the weights in front of it, for `Sequential` to hand on.
    """

    initializer: Initializer = glorot_uniform()

    def features_after(self, features: int | None) -> int | None:
        """Return `features`."""
        return features

    def initializer_before(self, following: Initializer | None) -> Initializer:
        """Return the initializer that suits the weights in front."""
        del following
        return self.initializer

    def arguments(self) -> str:
        """Return the activation's parameters as they are written in Python."""
        return ", ".join(self._parameters())

    def _parameters(self) -> Iterator[str]:
        for name in getattr(self, "__dataclass_fields__", ()):
            yield f"{name}={getattr(self, name)!r}"
