"""Object code on disk, so that a program that was compiled once is only loaded from then on.

    file = MAGIC  key (32 bytes)  SHA-256 of the code (32 bytes)  code

Code that is loaded is run: the folder has to belong to the user, and nobody else may write to it.
What fails (no room, no rights, a damaged file) costs a compilation and is no error.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from chainrule.errors import OptionError

VARIABLE = "CHAINRULE_CACHE"
LIMIT = 256 * 2**20
MAGIC = b"chainrule code 1"
SUFFIX, PARTIAL = ".code", ".partial"
DIGEST = 32
FORGOTTEN = 3600.0  # seconds after which nobody is writing a partial file any more


@cache
def sources() -> str:
    """Return what determines how chainrule writes programs: a hash of the stages' own text."""
    package = Path(__file__).parent.parent
    found = sha256()
    for stage in ("array", "plan", "render"):
        for path in sorted((package / stage).glob("*.py")):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def key(*parts: str) -> str:
    """Return the name of what these parts determine, in hexadecimal digits.

    >>> key("a", "bc") == key("ab", "c")
    False
    """
    found = sha256(MAGIC)
    for part in parts:
        encoded = part.encode()
        found.update(len(encoded).to_bytes(8, "little"))
        found.update(encoded)
    return found.hexdigest()


class Cache:
    """A folder of object code, made when something is first kept, for this user alone.

    It takes `limit` bytes at most: what was used least recently goes first.

    Errors: `OptionError` where `limit` is negative.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        if limit < 0:
            raise OptionError(f"the limit of a cache is a number of bytes, got {limit}")
        self.folder, self.limit = folder, limit

    def find(self, name: str) -> bytes | None:
        """Return the code kept under the key `name`, or `None` where there is none, whole."""
        path = self._path(name)
        try:
            if not self._is_ours(self.folder):
                return None
            content = path.read_bytes() if _is_private(path) else b""
            code = _opened(content, name)
            if code is not None:
                os.utime(path)
        except OSError:
            return None
        return code

    def keep(self, name: str, code: bytes) -> None:
        """Write `code` under the key `name`: the whole file is there, or the one before."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._is_ours(self.folder):
                _write_whole(self._path(name), _closed(code, name))
                self._shrink()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    def _is_ours(self, folder: Path) -> bool:
        private = _is_private(folder)
        if not private:
            warnings.warn(
                f"compiled programs are not kept: {folder} belongs to another user, or others may "
                f"write to it. Make it yours alone, or let {VARIABLE} name another folder or 'off'",
                RuntimeWarning,
                stacklevel=2,
            )
        return private

    def _shrink(self) -> None:
        """Remove what was used least recently beyond the limit, and what was never finished."""
        room = self.limit
        newest = max((used for used, _, _ in self._entries()), default=0.0)
        for used, size, path in sorted(self._entries(), reverse=True):
            room -= size
            if room < 0 or (path.suffix == PARTIAL and used < newest - FORGOTTEN):
                path.unlink(missing_ok=True)

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """When each file was used, how large it is, and which it is."""
        for path in self.folder.iterdir():
            with suppress(OSError):  # another process may have removed it
                status = path.stat()
                if path.suffix in (SUFFIX, PARTIAL):
                    yield status.st_mtime, status.st_size, path


def user_cache() -> Cache | None:
    """Return the cache that `CHAINRULE_CACHE` names, by default the user's; `None` where off."""
    named = os.environ.get(VARIABLE, "")
    if named.lower() == "off":
        return None
    try:
        return Cache(Path(named).expanduser().absolute() if named else _default())
    except RuntimeError:  # nobody's home
        return None


def _default() -> Path:
    """The place that the operating system has for what can be made again."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "chainrule" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "chainrule"
    # The standard of the XDG says to ignore a path that is not absolute.
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "chainrule"


def _is_private(path: Path) -> bool:
    """Tell whether the user owns `path` and no one else may write to it, as POSIX knows it."""
    status = path.stat()
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _closed(code: bytes, name: str) -> bytes:
    return b"".join([MAGIC, bytes.fromhex(name), sha256(code).digest(), code])


def _opened(content: bytes, name: str) -> bytes | None:
    """The code in a file, or `None` where the file is damaged, foreign or another's."""
    code = content[len(MAGIC) + 2 * DIGEST :]
    return code if content == _closed(code, name) else None


def _write_whole(path: Path, content: bytes) -> None:
    handle, partial = tempfile.mkstemp(suffix=PARTIAL, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)
