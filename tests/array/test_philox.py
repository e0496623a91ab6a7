"""Random bits against the published vectors of Philox4x32-10 and against statistics."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.array.philox import philox, random_bits

# The known-answer file of the Random123 library (Salmon et al. 2011): counter, key, words.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF,) * 4,
        (0xFFFFFFFF,) * 2,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_published_vectors(
    counter: tuple[int, ...], key: tuple[int, int], words: tuple[int, ...]
) -> None:
    c0, c1, c2, c3 = (np.array([number], np.uint64) for number in counter)
    assert tuple(int(word[0]) for word in philox((c0, c1, c2, c3), key)) == words


def test_a_longer_draw_begins_with_the_shorter_one() -> None:
    long, short = random_bits(5, 7, (1001,)), random_bits(5, 7, (13,))
    np.testing.assert_array_equal(long[:13], short)
    np.testing.assert_array_equal(random_bits(5, 7, (11, 91)).reshape(-1), long)


def test_other_seeds_and_draws_give_other_bits() -> None:
    streams = [random_bits(seed, draw, (64,)) for seed in (0, 1, 2**40) for draw in (0, 1, 2**40)]
    assert len({stream.tobytes() for stream in streams}) == len(streams)


def test_every_bit_is_fair() -> None:
    words = random_bits(3, 0, (200_000,))
    share = [float(np.mean(words >> np.uint32(bit) & np.uint32(1))) for bit in range(32)]
    # Six standard deviations of a fair coin thrown 200,000 times.
    assert max(abs(number - 0.5) for number in share) < 6 * 0.5 / np.sqrt(200_000)


def test_nothing_drawn_is_empty() -> None:
    assert random_bits(0, 0, (3, 0)).shape == (3, 0)
