"""Files of public data sets: taken from a folder of one's own, or fetched once, and checked.

A file is looked for in `$CHAINRULE_DATA/<set>`, then in the cache of the user; otherwise it is
fetched from its public address into the cache. Only known content is used.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TypeVar

from chainrule.errors import FileError
from chainrule.train.folder import write_whole

TIMEOUT_SECONDS = 60

Content = TypeVar("Content")


@dataclass(frozen=True)
class PublicFile:
    """A file of the data set `title`, which lies in the folder `folder` under one of the names.

    It is kept under the first of them.
    """

    title: str
    folder: str
    names: Sequence[str]
    address: str

    def read(self, accept: Callable[[bytes, str], Content]) -> Content:
        """Return what `accept` makes of the file; it raises `FileError` for any other content.

        It is told where the bytes come from. Errors: `FileError` where the file is neither there
        nor to be had, or is not the known one.
        """
        for folder in self._folders():
            for name in self.names:
                path = folder / name
                if path.is_file():
                    return accept(path.read_bytes(), str(path))
        return self._fetched(accept)

    def content(self, checksum: str) -> bytes:
        """Return the file, whose SHA-256 is `checksum`.

        Errors: as `read`.
        """
        known = f"{self.title} file {self.names[0]}"
        return self.read(lambda found, origin: checked(found, checksum, known, origin))

    def _folders(self) -> list[Path]:
        given = os.environ.get("CHAINRULE_DATA")
        return [*([Path(given) / self.folder] if given else []), self._cache()]

    def _cache(self) -> Path:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return Path(base) / "chainrule" / self.folder

    def _fetched(self, accept: Callable[[bytes, str], Content]) -> Content:
        try:
            with urllib.request.urlopen(self.address, timeout=TIMEOUT_SECONDS) as answer:
                found = answer.read()
        except (OSError, HTTPException) as error:
            raise FileError(
                f"{self.title} is not in {' or '.join(map(str, self._folders()))} and "
                f"{self.address} cannot be reached ({error}); set CHAINRULE_DATA to a folder that "
                f"holds {self.folder}/{self.names[0]}"
            ) from None
        content = accept(found, self.address)
        with suppress(OSError):  # without a cache it is fetched again the next time
            self._cache().mkdir(parents=True, exist_ok=True)
            write_whole(self._cache() / self.names[0], found)
        return content


def checked(content: bytes, checksum: str, what: str, origin: str) -> bytes:
    """Return the content if it has the SHA-256 `checksum`, else raise `FileError`."""
    if hashlib.sha256(content).hexdigest() != checksum:
        raise FileError(f"{origin} is not the known {what}; delete it and try again")
    return content


def unzipped(packed: bytes, origin: str) -> bytes:
    """Return what is in a gzip file; raise `FileError` where it is broken."""
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        raise FileError(f"{origin} is truncated or not gzip; delete it and try again") from None
