"""Windows: which places of a convolution's arrays meet along one spatial axis.

    w = (outer·u + inner·v + shift) / gap

u is the place in the result, v the place in the first operand that is summed over, w the place in
the second. They meet where w is whole and there is such a place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


class Reach(NamedTuple):
    """The places that meet a place of the result: how many v, the first of them, and its w."""

    first: int
    steps: int
    place: int


@dataclass(frozen=True, slots=True)
class Window:
    """One spatial axis, of `results` places u, `steps` places v and `length` places w.

    The sums go through the v from the last to the first where `backwards` is set.
    """

    results: int
    steps: int
    length: int
    outer: int
    inner: int
    shift: int
    gap: int
    backwards: bool

    def reach(self, u: int) -> Reach:
        """Return what meets the place `u` of the result.

        >>> Window(4, 3, 4, 1, 1, -1, 1, False).reach(0)
        Reach(first=1, steps=2, place=0)
        """
        found = [v for v in range(self.steps) if self._meets(u, v)]
        if not found:
            return Reach(0, 0, 0)
        first = found[-1] if self.backwards else found[0]
        return Reach(first, len(found), self._scaled(u, first) // self.gap)

    def _scaled(self, u: int, v: int) -> int:
        return self.outer * u + self.inner * v + self.shift

    def _meets(self, u: int, v: int) -> bool:
        scaled = self._scaled(u, v)
        return scaled % self.gap == 0 and 0 <= scaled // self.gap < self.length

    @property
    def step(self) -> tuple[int, int]:
        """How far v, and with it w, goes from one meeting to the next."""
        along = self.gap // math.gcd(self.inner, self.gap) * (-1 if self.backwards else 1)
        return along, self.inner * along // self.gap

    @property
    def meetings(self) -> int:
        """How many pairs of u and v meet."""
        return sum(self.reach(u).steps for u in range(self.results))
