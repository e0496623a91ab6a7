"""Spoken digits: 3,000 recordings of ten digits by six speakers, 50 of each, at 8 kHz.

Jackson et al., Free Spoken Digit Dataset (2016 … 2020; CC BY-SA 4.0). Where the file comes from is
said in `chainrule.train.public`.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import tarfile
import wave
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import FileError
from chainrule.train.public import PublicFile

SET = "free-spoken-digit-dataset"
COMMIT = "26eb9aaf76e81b692f806f9140c2d2777410d7a1"
ADDRESS = f"https://github.com/Jakobovski/{SET}/archive/{COMMIT}.tar.gz"
# SHA-256 of names and contents of all recordings in the order of their names: archives differ.
CHECKSUM = "45a9b976ba3397a2fd5c70a9f2e43c34f442a3a6be47392ecfc41174b678f37e"

SAMPLES_PER_SECOND = 8000
TEST_RECORDINGS = 5


class Recording(NamedTuple):
    """A digit spoken once: its samples between −1 and 1, the digit, who spoke, the how-manieth."""

    samples: NDArray[np.float32]
    digit: int
    speaker: str
    number: int

    @property
    def is_test(self) -> bool:
        """Whether it is one of the recordings 0 to 4 that the authors set aside for tests."""
        return self.number < TEST_RECORDINGS


def load_spoken_digits() -> list[Recording]:
    """Return all recordings in the order of their names.

    Errors: `FileError` where the file is neither there nor to be had, or is not the known one.
    """
    file = PublicFile("Spoken digits", "fsdd", ["fsdd.tar.gz", "fsdd.tar.xz"], ADDRESS)
    found = file.read(_accepted)
    return [_recording(name, found[name]) for name in sorted(found)]


def _accepted(packed: bytes, origin: str) -> dict[str, bytes]:
    try:
        found = _unpacked(packed)
    except (tarfile.TarError, EOFError, OSError, lzma.LZMAError, zlib.error):
        raise FileError(f"{origin} is truncated or no archive; delete it and try again") from None
    if _checksum(found) != CHECKSUM:
        raise FileError(f"{origin} is not the known set of spoken digits; delete it and try again")
    return found


def _unpacked(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {
            PurePosixPath(member.name).name: content.read()
            for member in archive
            if member.name.endswith(".wav") and (content := archive.extractfile(member))
        }


def _checksum(found: Mapping[str, bytes]) -> str:
    return hashlib.sha256(b"".join(x.encode() + found[x] for x in sorted(found))).hexdigest()


def _recording(name: str, content: bytes) -> Recording:
    digit, speaker, number = name.removesuffix(".wav").split("_")
    with wave.open(io.BytesIO(content)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    return Recording(
        (samples / np.float32(32768)).astype(np.float32), int(digit), speaker, int(number)
    )
