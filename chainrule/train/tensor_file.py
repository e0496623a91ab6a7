"""The safetensors format: named arrays in one file, read without trusting it.

    file   = header length (8 bytes, little-endian), header (JSON), data
    header = {name: {"dtype": …, "shape": […], "data_offsets": [begin, end]}, "__metadata__": {…}}

The arrays lie one after the other without holes, in any order of names. Nothing is allocated that
the file's size does not warrant, and nothing in a file is executed.
Format: https://github.com/huggingface/safetensors
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.array.shape import size_of
from chainrule.errors import DTypeError, FileError, OptionError

Arrays = Mapping[str, NDArray[Any]]

CODES = {
    "BOOL": "bool",
    "I8": "int8",
    "I16": "<i2",
    "I32": "<i4",
    "I64": "<i8",
    "U8": "uint8",
    "U16": "<u2",
    "U32": "<u4",
    "U64": "<u8",
    "F32": "<f4",
    "F64": "<f8",
}
NAMES = {np.dtype(dtype): code for code, dtype in CODES.items()}

METADATA = "__metadata__"

LENGTH_BYTES = 8
ALIGNMENT = 8


class Entry(NamedTuple):
    """What the header says of one array, checked: its bytes in the data are `begin` to `end`."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


def to_bytes(arrays: Arrays) -> bytes:
    """Return `arrays` as the content of a safetensors file.

    Errors: `DTypeError` for a data type that is not among the CODES, `OptionError` for a name that
    the format keeps for itself.

    >>> from_bytes(to_bytes({"bias": np.zeros(2, np.float32)}), "the example")
    {'bias': array([0., 0.], dtype=float32)}
    """
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        header[name] = {
            "dtype": _code(name, array),
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        offset += len(data)
        parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return b"".join([len(text).to_bytes(LENGTH_BYTES, "little"), text, *parts])


def _code(name: str, array: NDArray[Any]) -> str:
    if name == METADATA:
        raise OptionError(f"no array can be called {METADATA}: the format keeps that name")
    native = array.dtype.newbyteorder("=")
    if native not in NAMES:
        known = ", ".join(map(str, NAMES))
        raise DTypeError(f"array {name!r} is {array.dtype}; a model file holds {known}")
    return NAMES[native]


def from_bytes(content: bytes, origin: str) -> dict[str, NDArray[Any]]:
    """Return the arrays in `content`, which was read from `origin`, in the order of the header.

    Errors: `FileError` that says what is wrong with the content.
    """
    header, data = _split(content, origin)
    entries = [
        _checked(name, entry, f"{origin}: array {name!r}")
        for name, entry in header.items()
        if name != METADATA
    ]
    _check_places(entries, len(data), origin)
    return {entry.name: _array(entry, data, origin) for entry in entries}


def _split(content: bytes, origin: str) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    if len(content) < LENGTH_BYTES or length > len(content) - LENGTH_BYTES:
        raise FileError(f"{origin} is truncated, or no safetensors file")
    try:
        header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + length])
    except (ValueError, RecursionError):
        raise FileError(f"{origin} has no readable header: it is no safetensors file") from None
    if not isinstance(header, dict):
        raise FileError(f"{origin} has a header of the wrong kind: it is no safetensors file")
    return header, content[LENGTH_BYTES + length :]


def _checked(name: str, entry: Any, where: str) -> Entry:
    """Return one entry of the header, believing nothing."""
    try:
        code, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise FileError(f"{where} has a broken entry in the header") from None
    if not isinstance(code, str) or code not in CODES:
        raise FileError(f"{where} is of type {code!r:.20}; known are {', '.join(CODES)}")
    if not all(type(number) is int and number >= 0 for number in (*shape, begin, end)):
        raise FileError(f"{where} has lengths or offsets that are no natural numbers")
    dtype = np.dtype(CODES[code])
    if end - begin != size_of(shape) * dtype.itemsize:
        raise FileError(f"{where} has {end - begin} bytes, not the {code}{list(shape)} it claims")
    return Entry(name, dtype, shape, begin, end)


def _check_places(entries: Sequence[Entry], length: int, origin: str) -> None:
    """Raise `FileError` unless the arrays fill the data, one after the other."""
    expected = 0
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.end)):
        if entry.begin != expected:
            raise FileError(f"{origin}: array {entry.name!r} overlaps another, or follows a hole")
        expected = entry.end
    if expected != length:
        raise FileError(f"{origin} has {length} bytes of data, its header speaks of {expected}")


def _array(entry: Entry, data: bytes, origin: str) -> NDArray[Any]:
    content = data[entry.begin : entry.end]
    if entry.dtype == np.bool_ and content.strip(b"\0\1"):
        raise FileError(
            f"{origin}: array {entry.name!r} holds bytes that are neither true nor false"
        )
    try:
        return np.frombuffer(content, entry.dtype).reshape(entry.shape)
    except ValueError as error:  # an empty array of impossible lengths
        raise FileError(f"{origin}: array {entry.name!r} cannot be: {error}") from None
