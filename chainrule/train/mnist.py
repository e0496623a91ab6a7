"""MNIST: 70,000 handwritten digits of 28×28 pixels (LeCun, Cortes, Burges 1998; CC BY-SA 3.0).

The files are looked for in the folder `mnist` of `$CHAINRULE_DATA`, then in the cache of the user;
otherwise they are fetched from their public address into the cache. Only content with the known
checksum is used.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import urllib.request
import zlib
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import FileError
from chainrule.train.folder import write_whole

ADDRESS = "https://ossci-datasets.s3.amazonaws.com/mnist/"
TIMEOUT_SECONDS = 60

# SHA-256 of the unpacked files: the packed ones differ from mirror to mirror.
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
    for folder in _folders():
        path = folder / f"{name}.gz"
        if path.is_file():
            return _checked(path.read_bytes(), name, str(path))
    return _fetched(name)


def _folders() -> list[Path]:
    given = os.environ.get("CHAINRULE_DATA")
    return [*([Path(given) / "mnist"] if given else []), _cache()]


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "chainrule" / "mnist"


def _fetched(name: str) -> bytes:
    address = f"{ADDRESS}{name}.gz"
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:
            packed = answer.read()
    except (OSError, HTTPException) as error:
        raise FileError(
            f"MNIST is not in {' or '.join(map(str, _folders()))} and {address} cannot be reached "
            f"({error}); set CHAINRULE_DATA to a folder that holds mnist/{name}.gz"
        ) from None
    content = _checked(packed, name, address)
    with suppress(OSError):  # without a cache it is fetched again the next time
        _cache().mkdir(parents=True, exist_ok=True)
        write_whole(_cache() / f"{name}.gz", packed)
    return content


def _checked(packed: bytes, name: str, origin: str) -> bytes:
    try:
        content = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        raise FileError(f"{origin} is truncated or not gzip; delete it and try again") from None
    if hashlib.sha256(content).hexdigest() != CHECKSUMS[name]:
        raise FileError(f"{origin} is not the known MNIST file {name}; delete it and try again")
    return content
