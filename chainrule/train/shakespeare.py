"""Tiny Shakespeare: 1,115,394 characters of plays (Karpathy 2015; the text is public domain).

Where the file comes from, says `chainrule.train.public`; its folder is `tinyshakespeare`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.train.public import PublicFile

ADDRESS = (
    "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
)
CHECKSUM = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
TRAINING_SHARE = 0.9


class Text(NamedTuple):
    """A text as numbers: character i is `alphabet[numbers[i]]`."""

    numbers: NDArray[np.int64]
    alphabet: str

    def written(self, numbers: NDArray[np.int64]) -> str:
        """Return these numbers as text."""
        return "".join(self.alphabet[number] for number in numbers)


def load_shakespeare() -> tuple[Text, Text]:
    """Return the first nine tenths of the text, to learn from, and the last tenth.

    The alphabet is the 65 characters that occur, in the order of their codes.

    Errors: `FileError` where the file is neither there nor to be had, or is not the known one.
    """
    file = PublicFile("Tiny Shakespeare", "tinyshakespeare", ["input.txt"], ADDRESS)
    text = file.content(CHECKSUM).decode()
    alphabet = "".join(sorted(set(text)))
    places = {character: place for place, character in enumerate(alphabet)}
    numbers = np.array([places[character] for character in text], np.int64)
    edge = int(TRAINING_SHARE * len(numbers))
    return Text(numbers[:edge], alphabet), Text(numbers[edge:], alphabet)
