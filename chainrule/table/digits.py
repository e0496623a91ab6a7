"""Real handwritten digits that come with the package: 1,797 images of 8 by 8 pixels.

The test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998), UCI
Machine Learning Repository, https://doi.org/10.24432/C50P49, licensed under CC BY 4.0. In
digits.csv.gz every line is one image: 64 pixels from 0 to 16, row by row, then the digit, as
the repository and scikit-learn's load_digits have them.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PIXELS = 64
BRIGHTEST = 16


def load_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the images, float32 (1797, 64) from 0 to 1, and the digits they show, int64 (1797,).

    >>> images, labels = load_digits()
    >>> images.shape, labels[:10].tolist()
    ((1797, 64), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    packed = Path(__file__).with_name("digits.csv.gz").read_bytes()
    cells = gzip.decompress(packed).decode().replace("\n", ",")
    table = np.fromstring(cells, np.int64, sep=",").reshape(-1, PIXELS + 1)
    return (table[:, :PIXELS] / BRIGHTEST).astype(np.float32), table[:, PIXELS].copy()
