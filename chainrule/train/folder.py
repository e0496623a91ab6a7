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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from chainrule.errors import FileError
from chainrule.train.tensor_file import Arrays, from_bytes, to_bytes

FORMAT = "chainrule-model"
VERSION = 1
DESCRIPTION = "model.json"

Path_ = str | Path


def save_folder(folder: Path_, arrays: Arrays, description: Mapping[str, Any]) -> Path:
    """Write `arrays` and the JSON-like `description` as a model folder; replace an older model.

    Errors: `FileError` where the folder holds something else than a model, or cannot be written;
    what was there before is then untouched.
    """
    path = Path(folder)
    _check_replaceable(path)
    content = to_bytes(arrays)
    checksum = hashlib.sha256(content).hexdigest()
    weights = f"weights-{checksum[:16]}.safetensors"
    page = {
        "format": FORMAT,
        "version": VERSION,
        "weights": weights,
        "sha256": checksum,
        "description": description,
    }
    text = json.dumps(page, indent=2, ensure_ascii=False, allow_nan=False).encode()
    try:
        path.mkdir(parents=True, exist_ok=True)
        write_whole(path / weights, content)
        write_whole(path / DESCRIPTION, text)
    except OSError as error:
        raise FileError(f"cannot write the model to {path}: {error.strerror}") from error
    _remove_older(path, weights)
    return path


def load_folder(folder: Path_) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the description of a model folder.

    Errors: `FileError` that says what is missing, truncated or foreign.
    """
    path = Path(folder)
    page = _read_description(path)
    weights = page["weights"]
    if Path(weights).name != weights:
        raise FileError(f"{path / DESCRIPTION} names weights outside its folder: {weights!r}")
    content = _read(path / weights)
    if hashlib.sha256(content).hexdigest() != page["sha256"]:
        raise FileError(
            f"{path / weights} is truncated or was changed: its checksum is not the one in "
            f"{DESCRIPTION}; restore it from a copy or train again"
        )
    return from_bytes(content, str(path / weights)), page["description"]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old content or the new is there, whole."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; only POSIX systems can and need to."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check_replaceable(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise FileError(f"{path} is a file; a model is saved as a folder: choose another name")
    if path.is_dir() and not (path / DESCRIPTION).exists() and any(path.iterdir()):
        raise FileError(
            f"{path} holds files that are no model, nothing was written; choose another folder"
        )


def _remove_older(path: Path, current: str) -> None:
    for file in path.glob("weights-*.safetensors"):
        if file.name != current:
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
    if not isinstance(page, dict) or page.get("format") != FORMAT:
        raise FileError(f"{path / DESCRIPTION} does not describe a chainrule model")
    if page.get("version") != VERSION:
        raise FileError(
            f"{path} was written in version {page.get('version')} of the format, this chainrule "
            f"reads version {VERSION}; use the chainrule that wrote it"
        )
    strings = all(isinstance(page.get(key), str) for key in ("weights", "sha256"))
    if not strings or not isinstance(page.get("description"), dict):
        raise FileError(f"{path / DESCRIPTION} is incomplete")
    return page


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from None
