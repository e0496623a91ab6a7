"""Tensor files: against the safetensors package, and against content that nobody should trust."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from safetensors.numpy import load, save

from chainrule.errors import DTypeError, FileError, OptionError
from chainrule.train.tensor_file import CODES, from_bytes, to_bytes

DTYPES = [np.dtype(code) for code in CODES.values()]
ARRAYS = st.dictionaries(
    st.text(max_size=5).filter(lambda name: name != "__metadata__"),
    st.sampled_from(DTYPES).flatmap(
        lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=3))
    ),
    max_size=4,
)
WHOLE = to_bytes({"weight": np.arange(6, dtype=np.float32).reshape(2, 3), "on": np.array([True])})


def assert_same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert found.keys() == wanted.keys()
    for name, array in wanted.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


def file_of(header: Any, data: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(shape: Any, begin: Any, end: Any, dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@given(ARRAYS)
def test_its_authors_read_what_we_write(wanted: dict[str, NDArray[Any]]) -> None:
    assert_same(load(to_bytes(wanted)), wanted)


@given(ARRAYS)
def test_we_read_what_its_authors_write(wanted: dict[str, NDArray[Any]]) -> None:
    assert_same(from_bytes(save(wanted), "memory"), wanted)


def test_metadata_is_passed_over() -> None:
    content = save({"x": np.ones(2, np.float32)}, metadata={"made": "elsewhere"})
    assert_same(from_bytes(content, "memory"), {"x": np.ones(2, np.float32)})


def test_the_byte_order_of_the_machine_does_not_matter() -> None:
    big = np.arange(3, dtype=">f8")
    np.testing.assert_array_equal(from_bytes(to_bytes({"x": big}), "memory")["x"], big)


def test_arrays_that_do_not_lie_in_order_are_written_in_order() -> None:
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    np.testing.assert_array_equal(from_bytes(to_bytes({"x": turned}), "memory")["x"], turned)


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_truncated_file_is_refused(length: int) -> None:
    with pytest.raises(FileError, match="memory"):
        from_bytes(WHOLE[:length], "memory")


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(FileError, match="memory"):
        from_bytes(content, "memory")


@given(st.data())
def test_a_changed_byte_changes_values_or_is_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(WHOLE) - 1))
    changed = bytearray(WHOLE)
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        found = from_bytes(bytes(changed), "memory")
    except FileError:
        return
    assert sum(array.nbytes for array in found.values()) == 25


HEADERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from([*CODES]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["dtype", "shape", "data_offsets", "x"]), inner)
    ),
)


@given(HEADERS)
def test_a_header_of_any_form_is_read_or_refused(header: Any) -> None:
    try:
        found = from_bytes(file_of(header, b""), "memory")
    except FileError:
        return
    assert all(array.size == 0 for array in found.values())


@pytest.mark.parametrize(
    ("header", "data", "message"),
    [
        (b"[" * 100_000, b"", "no readable header"),
        (b"\xff\xfe", b"", "no readable header"),
        ([], b"", "wrong kind"),
        ({"x": 3}, b"", "broken entry"),
        ({"x": {"dtype": "F32", "shape": [1]}}, b"", "broken entry"),
        ({"x": entry([1], 0, 2, "F16")}, bytes(2), "'F16'; known are BOOL"),
        ({"x": entry([1], 0, 2, ["F32"])}, bytes(2), "is of type"),
        ({"x": entry([-1], 0, -4)}, b"", "no natural numbers"),
        ({"x": entry([1.0], 0, 4)}, bytes(4), "no natural numbers"),
        ({"x": entry([True], 0, 4)}, bytes(4), "no natural numbers"),
        ({"x": entry("11", 0, 4)}, bytes(4), "no natural numbers"),
        ({"x": entry([2], 0, 4)}, bytes(4), r"has 4 bytes, not the F32\[2\]"),
        ({"x": entry([1], 4, 8)}, bytes(8), "follows a hole"),
        ({"x": entry([1], 0, 4), "y": entry([1], 0, 4)}, bytes(4), "overlaps"),
        ({"x": entry([1], 0, 4)}, bytes(5), "5 bytes of data, its header speaks of 4"),
        ({"x": entry([2**40, 2**40], 0, 2**82)}, bytes(4), "speaks of"),
        ({"x": entry([0, 2**70], 0, 0)}, b"", "cannot be"),
        ({"x": entry([0] * 70, 0, 0)}, b"", "cannot be"),
        ({"x": entry([2], 0, 2, "BOOL")}, b"\x01\x02", "neither true nor false"),
    ],
)
def test_a_false_header_is_refused(header: Any, data: bytes, message: str) -> None:
    with pytest.raises(FileError, match=message):
        from_bytes(file_of(header, data), "memory")


def test_what_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(DTypeError, match="'x' is complex128; a model file holds bool, int8"):
        to_bytes({"x": np.zeros(2, np.complex128)})
    with pytest.raises(OptionError, match="__metadata__"):
        to_bytes({"__metadata__": np.zeros(2)})
