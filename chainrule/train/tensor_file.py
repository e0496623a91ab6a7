"""The safetensors format: named arrays in one file, read without trusting it.

    file   = header length (8 bytes, little-endian), header (JSON), data
    header = {name: {"dtype": …, "shape": […], "data_offsets": [begin, end]}, "__metadata__": {…}}

The arrays lie one after the other without holes. Nothing is allocated that the file's size does not
warrant, and nothing in a file is executed. Format: https://github.com/huggingface/safetensors
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.array.shape import size_of
from chainrule.errors import FileError

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

LENGTH_BYTES = 8
ALIGNMENT = 8


def to_bytes(arrays: Arrays) -> bytes:
    """Return `arrays` as the content of a safetensors file."""
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": NAMES[array.dtype.newbyteorder("=")],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        offset += len(data)
        parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return b"".join([len(text).to_bytes(LENGTH_BYTES, "little"), text, *parts])


def from_bytes(content: bytes, origin: str) -> dict[str, NDArray[Any]]:
    """Return the arrays in `content`, which was read from `origin`.

    Errors: `FileError` that says what is wrong with the content.
    """
    header, data = _split(content, origin)
    arrays: dict[str, NDArray[Any]] = {}
    expected = 0
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        dtype, shape, begin, end = _checked(entry, f"{origin}: array {name!r}")
        if begin != expected or end > len(data):
            raise FileError(f"{origin}: array {name!r} lies outside the file or overlaps another")
        arrays[name] = np.frombuffer(data[begin:end], dtype).reshape(shape)
        expected = end
    if expected != len(data):
        raise FileError(f"{origin}: {len(data) - expected} bytes belong to no array")
    return arrays


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


def _checked(entry: Any, where: str) -> tuple[np.dtype[Any], tuple[int, ...], int, int]:
    """Return dtype, shape, begin and end of one header entry, believing nothing."""
    try:
        code, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        dtype = np.dtype(CODES[code])
    except (KeyError, TypeError, ValueError):
        raise FileError(f"{where} has a broken entry in the header") from None
    numbers = (*shape, begin, end)
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise FileError(f"{where} has lengths or offsets that are no natural numbers")
    if end - begin != size_of(shape) * dtype.itemsize:
        raise FileError(f"{where} has {end - begin} bytes, not the {code}{list(shape)} it claims")
    return dtype, shape, begin, end
