"""Model folders: `model.json` and the weights beside it, written whole or not at all.

    FOLDER/
        model.json                        what the model is; names the weights and their checksum
        weights-<checksum>.safetensors    the arrays

New weights are written first, under a name of their own; replacing `model.json` is the one moment
at which the folder changes from the old model to the new.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from chainrule.errors import FileError, OptionError
from chainrule.train.tensor_file import Arrays, from_bytes, to_bytes

FORMAT = "chainrule-model"
VERSION = 1
DESCRIPTION = "model.json"
PARTIAL = ".partial"
WEIGHTS = re.compile(r"weights-[0-9a-f]{16}\.safetensors")

PathLike = str | os.PathLike[str]


class Model(NamedTuple):
    """What a model folder holds: the arrays, and the description in JSON's types."""

    arrays: dict[str, NDArray[Any]]
    description: dict[str, Any]


def save_folder(folder: PathLike, arrays: Arrays, description: Mapping[str, Any]) -> Path:
    """Write `arrays` and the JSON-like `description` as a model folder; replace an older model.

    Errors: `FileError` where the folder holds something else than a model, or cannot be written;
    `OptionError` for a description that is not JSON-like. What was there before is then untouched.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = save_folder(f"{folder}/model", {}, {"layers": []})
    ...     load_folder(path).description
    {'layers': []}
    """
    path = Path(folder)
    check_replaceable(path)
    content = to_bytes(arrays)
    weights = f"weights-{_checksum(content)[:16]}.safetensors"
    page = _page(weights, _checksum(content), description)
    try:
        _write(path, weights, content, page)
    except OSError as error:
        raise FileError(f"cannot write the model to {path}: {reason(error)}") from error
    _remove_older(path, weights)
    return path


def load_folder(folder: PathLike) -> Model:
    """Return the arrays and the description of a model folder.

    Errors: `FileError` that says what is missing, truncated or foreign.
    """
    path = Path(folder)
    page = _read_description(path)
    weights = path / page["weights"]
    content = _read(weights)
    if _checksum(content) != page["sha256"]:
        raise FileError(
            f"{weights} is truncated or was changed: its checksum is not the one in {DESCRIPTION}; "
            "restore it from a copy or train again"
        )
    return Model(from_bytes(content, str(weights)), page["description"])


def check_replaceable(folder: PathLike) -> None:
    """Raise `FileError` unless a model can be saved as this folder: it is new, empty or a model.

    To be asked before a long training, too. What it makes to find out, it removes again.
    """
    path = Path(folder)
    try:
        _check_content(path)
        _check_writable(path)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot write a model to {path}: {reason(error)}") from error


def _check_content(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise FileError(f"{path} is a file; a model is saved as a folder: choose another name")
    if path.is_dir() and not (path / DESCRIPTION).exists() and any(_foreign(path)):
        raise FileError(
            f"{path} holds files that are no model, nothing was written; choose another folder"
        )


def _foreign(path: Path) -> Iterator[Path]:
    """Go through what is no remainder of a model whose writing was cut short."""
    for entry in path.iterdir():
        if not WEIGHTS.search(entry.name) and not entry.name.endswith(PARTIAL):
            yield entry


def _check_writable(path: Path) -> None:
    """Write an empty file, since permissions alone do not say whether that will work."""
    new_folders = _missing(path)
    probe = path / f".{os.getpid()}{PARTIAL}"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.touch()
    finally:
        _clear(probe, new_folders)


def _missing(path: Path) -> list[Path]:
    """Return the folders that are not there yet, from the innermost to the outermost."""
    return [folder for folder in (path, *path.parents) if not folder.exists()]


def _page(weights: str, checksum: str, description: Mapping[str, Any]) -> bytes:
    page = {
        "format": FORMAT,
        "version": VERSION,
        "weights": weights,
        "sha256": checksum,
        "description": description,
    }
    try:
        return json.dumps(page, indent=2, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise OptionError(f"the description of a model is not JSON: {error}") from error


def _write(path: Path, weights: str, content: bytes, page: bytes) -> None:
    """Write the weights, then the page; on failure remove what is new, the folder included."""
    new_folders = _missing(path)
    new_weights = not (path / weights).exists()
    try:
        path.mkdir(parents=True, exist_ok=True)
        write_whole(path / weights, content)
        write_whole(path / DESCRIPTION, page)
    except BaseException:
        # A page that got its name, and failed after that, needs its weights.
        if new_weights and not _holds(path / DESCRIPTION, page):
            _clear(path / weights, new_folders)
        raise


def _holds(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


def _clear(file: Path, folders: Sequence[Path]) -> None:
    """Remove a file, and the folders from the innermost to the outermost, as far as it goes."""
    with suppress(OSError):
        file.unlink(missing_ok=True)
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old content or the new is there, whole."""
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


def reason(error: OSError) -> str:
    """Return what the operating system says went wrong."""
    return error.strerror or str(error)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; only POSIX systems can and need to."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_older(path: Path, current: str) -> None:
    """Remove the weights of earlier models; where that fails, they only take room."""
    with suppress(OSError):
        for file in path.iterdir():
            if WEIGHTS.fullmatch(file.name) and file.name != current:
                file.unlink(missing_ok=True)


def _read_description(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        kind = "is a file" if path.exists() else "does not exist"
        raise FileError(f"the model folder {path} {kind}; give the folder that train has written")
    if not (path / DESCRIPTION).exists():
        raise FileError(f"{path} is no model folder: it has no {DESCRIPTION}")
    try:
        page = json.loads(_read(path / DESCRIPTION))
    except (ValueError, RecursionError):
        raise FileError(f"{path / DESCRIPTION} is truncated or no JSON") from None
    _check_page(page, path)
    return dict(page)


def _check_page(page: Any, path: Path) -> None:
    if not isinstance(page, dict) or page.get("format") != FORMAT:
        raise FileError(f"{path / DESCRIPTION} does not describe a chainrule model")
    if page.get("version") != VERSION:
        raise FileError(
            f"{path} was written in version {page.get('version')!r:.20} of the format, this "
            f"chainrule reads version {VERSION}; use the chainrule that wrote it"
        )
    strings = all(isinstance(page.get(key), str) for key in ("weights", "sha256"))
    if not strings or not isinstance(page.get("description"), dict):
        raise FileError(f"{path / DESCRIPTION} is incomplete")
    if not WEIGHTS.fullmatch(page["weights"]):
        raise FileError(f"{path / DESCRIPTION} names as weights {page['weights']!r:.80}")


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {reason(error)}") from error
