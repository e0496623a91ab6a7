"""What a sampler is: how to draw calls of one primitive, and which inputs have a derivative.

Each family of primitives has a file of samplers here under its own name, with a list `SAMPLERS`.
They are found by themselves; a primitive that no list names fails the test of the registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from hypothesis.strategies import SearchStrategy

from chainrule.build.tensor import Array, Primitive


@dataclass(frozen=True)
class Call:
    """A primitive with its attributes, and inputs for it: float64, integers or bool.

    Floating inputs are also tried as float32 unless the attributes are made for float64 (`single`).
    """

    primitive: Primitive
    inputs: tuple[Array, ...]
    single: bool = True

    @property
    def variants(self) -> list[list[Array]]:
        """The inputs in float64, and in float32."""
        as_single = [x.astype(np.float32) if is_real(x) else x for x in self.inputs]
        return [list(self.inputs), as_single] if self.single else [list(self.inputs)]

    def __repr__(self) -> str:
        drawn = ", ".join(f"{x.dtype}{list(x.shape)}" for x in self.inputs)
        return f"{self.primitive}({drawn})"


@dataclass(frozen=True)
class Sampler:
    """How to draw calls of a primitive.

    `constants` are the places of floating inputs that have no derivative. `orders` is 2 where
    second derivatives are checked, 1 or 0 where the primitive has fewer; integers and bools have
    none anyway. `tolerance` is relative, for the comparison with finite differences in float64.
    """

    primitive: type[Primitive]
    calls: SearchStrategy[Call]
    constants: tuple[int, ...] = ()
    orders: int = 2
    tolerance: float = 1e-6


@dataclass(frozen=True)
class Structural:
    """A primitive that is part of the graph's structure and is not called by itself, and why."""

    primitive: type[Primitive]
    reason: str


def samplers() -> dict[type[Primitive], Sampler | Structural]:
    """Every sampler of every family, by primitive."""
    found: dict[type[Primitive], Sampler | Structural] = {}
    for entry in _entries():
        assert entry.primitive not in found, f"two samplers for {entry.primitive.__name__}"
        found[entry.primitive] = entry
    return found


def _entries() -> Iterator[Sampler | Structural]:
    for path in sorted(Path(__file__).parent.glob("*.py")):
        yield from getattr(import_module(f"tests.build.samples.{path.stem}"), "SAMPLERS", ())


def is_real(x: Array) -> bool:
    return np.issubdtype(x.dtype, np.floating)
