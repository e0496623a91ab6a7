"""Counter-based random bits: Philox4x32-10.

Block b of draw d under key k is a pure function of (b, d, k), so a stream does not depend on order,
threads or the executor. Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3
(SC 2011), section 3.4 and table 2; the constants below are theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.array.shape import Shape, size_of

ROUNDS = 10
MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_WORD = 0xFFFFFFFF

Words = NDArray[np.uint64]


def philox(counter: tuple[Words, Words, Words, Words], key: tuple[int, int]) -> tuple[Words, ...]:
    """Return the four 32-bit words of each block, held in the low half of uint64 arrays."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        product0, product1 = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c2 = (
            (product1 >> _HALF) ^ c1 ^ np.uint64(k0),
            (product0 >> _HALF) ^ c3 ^ np.uint64(k1),
        )
        c1, c3 = product1 & _LOW, product0 & _LOW
        k0, k1 = (k0 + KEY_STEPS[0]) & _WORD, (k1 + KEY_STEPS[1]) & _WORD
    return c0, c1, c2, c3


def random_bits(seed: int, draw: int, shape: Shape) -> NDArray[np.uint32]:
    """Return independent uniform 32-bit words: draw number `draw` of the stream `seed`.

    Element i is word i mod 4 of block i div 4. `seed` and `draw` are 64-bit unsigned numbers.
    """
    count = size_of(shape)
    block = np.arange((count + 3) // 4, dtype=np.uint64)
    draw_low, draw_high = np.uint64(draw & _WORD), np.uint64(draw >> 32)
    counter = (
        block & _LOW,
        block >> _HALF,
        np.full_like(block, draw_low),
        np.full_like(block, draw_high),
    )
    words = philox(counter, (seed & _WORD, seed >> 32))
    return np.stack(words, axis=-1).astype(np.uint32).reshape(-1)[:count].reshape(shape)
