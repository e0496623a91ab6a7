"""One arena for all temporaries: each buffer gets an offset, shared by those that never meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.plan.kernel import Buffer, Kernel, Role, reads, writes

ALIGNMENT = 64


@dataclass(frozen=True)
class Arena:
    """The size of the arena in bytes, and where in it each temporary begins."""

    size: int
    offsets: dict[Buffer, int]


def arrange(kernels: Sequence[Kernel]) -> Arena:
    """Return an arena in which two temporaries overlap only if one is dead when the other comes.

    The largest are placed first, each at the lowest offset that is free as long as it lives.
    """
    lives = _lives(kernels)
    placed: list[Buffer] = []
    offsets: dict[Buffer, int] = {}
    for buffer in sorted(lives, key=lambda b: (-bytes_of(b), b.index)):
        offset = 0
        for other in sorted(placed, key=offsets.__getitem__):
            meets = lives[buffer][0] <= lives[other][1] and lives[other][0] <= lives[buffer][1]
            if meets and offset + bytes_of(buffer) > offsets[other]:
                offset = max(offset, offsets[other] + bytes_of(other))
        offsets[buffer] = offset
        placed.append(buffer)
    return Arena(max((offsets[b] + bytes_of(b) for b in placed), default=0), offsets)


def bytes_of(buffer: Buffer) -> int:
    """Return the buffer's size, rounded up so that the next one is aligned."""
    return -(-buffer.size * buffer.dtype.itemsize // ALIGNMENT) * ALIGNMENT


def _lives(kernels: Sequence[Kernel]) -> dict[Buffer, tuple[int, int]]:
    """The first and the last kernel that touches each temporary."""
    lives: dict[Buffer, tuple[int, int]] = {}
    for place, kernel in enumerate(kernels):
        for buffer in [*(view.buffer for view in reads(kernel)), *writes(kernel)]:
            if buffer.role is Role.TEMPORARY:
                lives[buffer] = (lives.get(buffer, (place, place))[0], place)
    return lives
