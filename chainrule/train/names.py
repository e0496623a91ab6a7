"""Names: 32,033 first names of the United States (Karpathy's makemore, 2022; from ssa.gov).

Where the file comes from, says `chainrule.train.public`; its folder is `names`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import OptionError
from chainrule.train.public import PublicFile

ADDRESS = "https://raw.githubusercontent.com/karpathy/makemore/master/names.txt"
CHECKSUM = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"
EDGES = (0.8, 0.9)


class Contexts(NamedTuple):
    """Every place in some names: the letters before it (n, context), and the letter there (n,).

    Letters are numbers from 1 to 26; 0 stands before the beginning of a name and at its end.
    """

    before: NDArray[np.int64]
    letters: NDArray[np.int64]


def load_names() -> tuple[list[str], list[str], list[str]]:
    """Return the names to learn from, to develop with and to test with: 80, 10 and 10 percent.

    They are shuffled as in makemore, by Python's generator from the seed 42.

    Errors: `FileError` where the file is neither there nor to be had, or is not the known one.
    """
    file = PublicFile("names", "names", ["names.txt"], ADDRESS)
    names = file.content(CHECKSUM).decode().split()
    random.Random(42).shuffle(names)
    first, second = (int(part * len(names)) for part in EDGES)
    return names[:first], names[first:second], names[second:]


def contexts(names: Sequence[str], length: int) -> Contexts:
    """Return every place in the names with the `length` letters before it.

    Errors: `OptionError` for a name with other letters than a to z.

    >>> before, letters = contexts(["ab"], 3)
    >>> before.tolist(), letters.tolist()
    ([[0, 0, 0], [0, 0, 1], [0, 1, 2]], [1, 2, 0])
    """
    rows = [row for name in names for row in _places(name, length)]
    found = np.array(rows, np.int64).reshape(-1, length + 1)
    return Contexts(found[:, :length], found[:, length])


def _places(name: str, length: int) -> list[list[int]]:
    if set(name) - set(ALPHABET[1:]):
        raise OptionError(f"a name is made of the letters a to z, got {name!r}")
    numbers = [*[0] * length, *map(ALPHABET.index, name), 0]
    return [numbers[place : place + length + 1] for place in range(len(name) + 1)]
