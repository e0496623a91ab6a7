"""Public data sets, as files: found in a folder of the user's, in the cache, or fetched once.

A file is looked for in the data set's folder in `$CHAINRULE_DATA`, then in the cache of the user;
otherwise it is fetched from its public address into the cache. Only content with the known checksum
is used.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import urllib.request
import zlib
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from chainrule.errors import FileError
from chainrule.train.folder import write_whole

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Source:
    """A file of a data set: its folder, its name there, its address, the SHA-256 of its content.

    The checksum is that of the unpacked content: packed files differ from mirror to mirror.
    """

    title: str
    folder: str
    name: str
    address: str
    checksum: str

    def content(self) -> bytes:
        """Return the content, unpacked.

        Errors: `FileError` where the file is neither there nor to be had, or is not the known one.
        """
        for folder in self._folders():
            path = folder / self.name
            if path.is_file():
                return self._checked(path.read_bytes(), str(path))
        return self._fetched()

    def _folders(self) -> list[Path]:
        given = os.environ.get("CHAINRULE_DATA")
        return [*([Path(given) / self.folder] if given else []), self._cache()]

    def _cache(self) -> Path:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return Path(base) / "chainrule" / self.folder

    def _fetched(self) -> bytes:
        try:
            with urllib.request.urlopen(self.address, timeout=TIMEOUT_SECONDS) as answer:
                packed = answer.read()
        except (OSError, HTTPException) as error:
            raise FileError(
                f"{self.title} is not in {' or '.join(map(str, self._folders()))} and "
                f"{self.address} cannot be reached ({error}); set CHAINRULE_DATA to a folder that "
                f"holds {self.folder}/{self.name}"
            ) from None
        content = self._checked(packed, self.address)
        with suppress(OSError):  # without a cache it is fetched again the next time
            self._cache().mkdir(parents=True, exist_ok=True)
            write_whole(self._cache() / self.name, packed)
        return content

    def _checked(self, packed: bytes, origin: str) -> bytes:
        content = self._unpacked(packed, origin)
        if hashlib.sha256(content).hexdigest() != self.checksum:
            known = self.name.removesuffix(".gz")
            raise FileError(
                f"{origin} is not the known {self.title} file {known}; delete it and try again"
            )
        return content

    def _unpacked(self, packed: bytes, origin: str) -> bytes:
        if not self.name.endswith(".gz"):
            return packed
        try:
            return gzip.decompress(packed)
        except (OSError, EOFError, zlib.error):
            raise FileError(f"{origin} is truncated or not gzip; delete it and try again") from None
