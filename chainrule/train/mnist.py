"""MNIST: 70,000 handwritten digits of 28×28 pixels (LeCun, Cortes, Burges 1998; CC BY-SA 3.0).

Where the files come from, says `chainrule.train.download`; their folder is `mnist`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.train.download import Source

ADDRESS = "https://ossci-datasets.s3.amazonaws.com/mnist/"
# SHA-256 of the unpacked files.
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class Digits(NamedTuple):
    """Images as float32 rows of 784 pixels from 0 to 1, and labels from 0 to 9 as int64."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


def load_mnist() -> tuple[Digits, Digits]:
    """Return the 60,000 training and the 10,000 test digits.

    Errors: `FileError` where a file is neither there nor to be had, or is not the known one.
    """
    return _digits("train"), _digits("t10k")


def _digits(part: str) -> Digits:
    images = np.frombuffer(_content(f"{part}-images-idx3-ubyte"), np.uint8, offset=16)
    labels = np.frombuffer(_content(f"{part}-labels-idx1-ubyte"), np.uint8, offset=8)
    return Digits(
        (images.reshape(len(labels), 784) / np.float32(255)).astype(np.float32),
        labels.astype(np.int64),
    )


def _content(name: str) -> bytes:
    return Source("MNIST", "mnist", f"{name}.gz", f"{ADDRESS}{name}.gz", CHECKSUMS[name]).content()
