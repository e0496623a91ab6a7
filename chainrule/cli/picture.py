"""Digits drawn with characters: what a person sees where the network was wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.columns import Columns
from rich.console import Group
from rich.text import Text

from chainrule.cli.screen import HEAD, LABEL

SHADES = np.array(list(" ░▒▓█"))
SIDE = 8
MOST = 4


def misread(
    images: NDArray[np.float32], labels: NDArray[np.int64], guesses: NDArray[np.int64]
) -> Group:
    """Return drawings of the first misread images (n, 64), each with the digit and what was read.

    Nothing is drawn where all digits were read right.
    """
    wrong = np.flatnonzero(labels != guesses)
    drawings = [
        Group(*map(Text, drawn(images[row])), caption(int(labels[row]), int(guesses[row])))
        for row in wrong[:MOST]
    ]
    title = Text(f"Misread: {len(wrong)} of {len(labels)}", style=HEAD)
    return Group(title, Columns(drawings, padding=(0, 3)), "") if drawings else Group()


def caption(label: int, guess: int) -> Text:
    """Return what stands below a drawing."""
    return Text(f"{label}, read as {guess}", style=LABEL)


def drawn(image: NDArray[np.float32]) -> list[str]:
    """Return the lines of one image, its 64 pixels from 0 to 1; a pixel is two characters wide.

    >>> drawn(np.linspace(0, 1, 64, dtype=np.float32))[7]
    '████████████████'
    """
    shades = np.rint(image.reshape(SIDE, SIDE) * (len(SHADES) - 1)).astype(int)
    return ["".join(np.repeat(row, 2)) for row in SHADES[shades]]
