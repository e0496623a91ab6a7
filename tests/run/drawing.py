"""A random program under construction: every value of it known, so that each step fits.

A value is `exact` where every order of computing it gives the same bits: whole numbers, or
multiples of 1/256 of moderate size. Steps with jumps (comparisons, rounding, conversions to
integers) are drawn on exact values alone; all others may also be computed from rounded ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
from hypothesis import strategies as st

from chainrule.array.dtype import is_floating
from tests.run.programs import Function, Program, Step, perform

Draw = Callable[[st.SearchStrategy[Any]], Any]
MULTIPLIES = (
    "square",
    "multiply",
    "matmul",
    "xᵀx",
    "xxᵀ",
    "x·row",
    "row·xᵀ",
    "layer plain",
    "layer relu",
    "convolution",
)
LARGEST = 20000


@dataclass
class Drawing:
    """A program under construction, every value of it known."""

    draw: Draw
    program: Program
    values: list[Any] = field(default_factory=list)
    choices: int = 0

    def one(self, options: Iterable[Any]) -> Any:
        """Choose among `options`: evenly, where Hypothesis likes the first and repeats itself."""
        listed, self.choices = list(options), self.choices + 1
        drawn = self.draw(st.integers(0, 2**16))
        return listed[crc32(b"%d %d" % (drawn, self.choices)) % len(listed)]

    def array(self, place: int) -> np.ndarray:
        return np.asarray(self.values[place])

    def places(self, wanted: Callable[[np.ndarray], bool], exact: bool = False) -> list[int]:
        pool = [p for p in range(len(self.values)) if not exact or p in self.program.exact]
        return [place for place in pool if wanted(self.array(place))]

    def take(
        self,
        name: str,
        function: Function,
        *operands: int,
        jumps: bool = False,
        rounded: bool = False,
    ) -> bool:
        """Append a step if its value is fit for comparison; tell whether it was."""
        step = Step(name, function, operands)
        exact = set(operands) <= self.program.exact
        if jumps and not exact:
            return False
        with np.errstate(all="ignore"):
            perform(step, self.values)
        made = self.array(len(self.values) - 1)
        if made.size > LARGEST or (is_floating(made.dtype) and largest(made) > 1000):
            self.values.pop()
            return False
        bits, most = (4, 16) if name in MULTIPLIES else (8, 4096)
        narrow = all(on_grid(self.array(place), bits, most) for place in operands)
        if exact and narrow and not rounded and on_grid(made, 8, 4096):
            self.program.exact.add(len(self.values) - 1)
        elif jumps:
            self.values.pop()
            return False
        self.program.steps.append(step)
        self.program.dtypes.add(made.dtype)
        self.program.scale = max(self.program.scale, largest(made))
        return True


def largest(x: np.ndarray) -> float:
    finite = x[np.isfinite(x)] if is_floating(x.dtype) else np.zeros(0)
    return float(np.abs(finite).max(initial=0.0))


def on_grid(x: np.ndarray, bits: int, most: float) -> bool:
    if not is_floating(x.dtype):
        return True
    finite = x[np.isfinite(x)] * 2**bits
    return bool((finite == np.rint(finite)).all()) and largest(x) <= most
