"""MNIST and Fashion-MNIST: 70,000 images each of 28×28 pixels, in ten classes.

Handwritten digits: LeCun, Cortes & Burges (1998; CC BY-SA 3.0). Articles of clothing: Xiao, Rasul &
Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms (2017;
MIT). Where the files come from is said in `chainrule.train.public`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.train.public import PublicFile, checked, unzipped

ADDRESS = "https://ossci-datasets.s3.amazonaws.com/mnist/"
FASHION_ADDRESS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"
)

# SHA-256 of the unpacked files: the packed ones differ from mirror to mirror.
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
FASHION_CHECKSUMS = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


class Digits(NamedTuple):
    """Images as float32 rows of 784 pixels from 0 to 1, and labels from 0 to 9 as int64."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


class Collection(NamedTuple):
    """A data set in MNIST's form."""

    title: str
    folder: str
    address: str
    checksums: Mapping[str, str]


def load_mnist() -> tuple[Digits, Digits]:
    """Return the 60,000 training and the 10,000 test digits.

    Errors: `FileError` where a file is neither there nor to be had, or is not the known one.
    """
    return _both(Collection("MNIST", "mnist", ADDRESS, CHECKSUMS))


def load_fashion_mnist() -> tuple[Digits, Digits]:
    """Return 60,000 training and 10,000 test images of clothes: shirts, bags, boots and others.

    Errors: as `load_mnist`.
    """
    return _both(Collection("Fashion-MNIST", "fashion-mnist", FASHION_ADDRESS, FASHION_CHECKSUMS))


def _both(collection: Collection) -> tuple[Digits, Digits]:
    return _digits(collection, "train"), _digits(collection, "t10k")


def _digits(collection: Collection, part: str) -> Digits:
    pixels = _content(collection, f"{part}-images-idx3-ubyte")
    labels = np.frombuffer(_content(collection, f"{part}-labels-idx1-ubyte"), np.uint8, offset=8)
    images = np.frombuffer(pixels, np.uint8, offset=16).reshape(len(labels), 784)
    return Digits((images / np.float32(255)).astype(np.float32), labels.astype(np.int64))


def _content(collection: Collection, name: str) -> bytes:
    packed = f"{name}.gz"
    file = PublicFile(
        collection.title, collection.folder, [packed], f"{collection.address}{packed}"
    )
    return file.read(partial(_accepted, collection, name))


def _accepted(collection: Collection, name: str, packed: bytes, origin: str) -> bytes:
    known = f"{collection.title} file {name}"
    return checked(unzipped(packed, origin), collection.checksums[name], known, origin)
