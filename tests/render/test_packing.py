"""Packing: every element of a panel against NumPy; nothing outside is read or written."""

from __future__ import annotations

import ctypes
import mmap
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.errors import OptionError
from chainrule.plan.machine import aarch64
from chainrule.render.builder import INDEX, POINTER, Function, Module, Value, index
from chainrule.render.packing import write_panel
from chainrule.run.machine_code import MachineCode, assembly, host

Array = np.ndarray[Any, Any]
Strides = Callable[[int, int], tuple[int, int]]

SOURCE, TARGET = Value("%source", POINTER), Value("%target", POINTER)
FIRST, LAST = Value("%first", INDEX), Value("%last", INDEX)
GUARD = 64  # elements on each side of the panels
DTYPES = {"float": "f4", "double": "f8", "i8": "i1", "i16": "i2", "i32": "i4", "i64": "i8"}
KINDS = [
    ("float", 16),
    ("float", 8),
    ("float", 4),
    ("float", 1),
    ("double", 8),
    ("double", 4),
    ("double", 2),
    ("i32", 16),
    ("i64", 4),
    ("i16", 32),
    ("i8", 64),
    ("i8", 4),
]
SHAPES = [(0, 5), (5, 0), (1, 1), (1, 70), (3, 2), (7, 13), (16, 16), (17, 64), (33, 65), (40, 31)]
# From (K, N) to the strides along k and along n; those of 2 and 3 leave elements out.
LAYOUTS: dict[str, Strides] = {
    "straight": lambda _, n: (n, 1),
    "straight with gaps": lambda _, n: (n + 3, 1),
    "transposed": lambda k, _: (1, k),
    "transposed with gaps": lambda k, _: (1, k + 5),
    "every third": lambda _, n: (3 * n, 3),
    "every second transposed": lambda k, _: (2, 2 * k),
    "a column repeated": lambda _, n: (n, 0),
    "a row repeated": lambda _k, _n: (0, 1),
    "a number repeated": lambda _k, _n: (0, 0),
}


class Matrix(NamedTuple):
    """A right operand, and the panels that it is to become."""

    element: str
    shape: tuple[int, int]
    strides: tuple[int, int]
    width: int
    lanes: int

    @property
    def dtype(self) -> Any:
        return np.dtype(DTYPES[self.element])

    @property
    def panel_count(self) -> int:
        return -(-self.shape[1] // self.width)

    @property
    def extent(self) -> int:
        """How many elements there are from the first to the last."""
        last = sum((n - 1) * stride for n, stride in zip(self.shape, self.strides, strict=True))
        return 1 + last if min(self.shape) else 0

    def view(self, memory: Array) -> Array:
        steps = [stride * self.dtype.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(memory, self.shape, steps)

    def panels(self, memory: Array) -> Array:
        """What the panels must be: (panels, K, width)."""
        rows, columns = self.shape
        padded = np.zeros((rows, self.panel_count * self.width), self.dtype)
        if rows and columns:
            padded[:, :columns] = self.view(memory)
        return padded.reshape(rows, self.panel_count, self.width).transpose(1, 0, 2)


def write(module: Module, name: str, matrix: Matrix, panel: int | None = None) -> None:
    """Write `name(source, target, first, last)`: panels first … last − 1, or one that is known."""
    f = Function(module, name, [SOURCE, TARGET, FIRST, LAST])
    element, shape, strides, width, lanes = matrix
    with f.loop(FIRST, LAST) as loop:
        place = f.address(TARGET, element, f.times(loop.index, shape[0] * width))
        number = loop.index if panel is None else index(panel)
        write_panel(
            f,
            SOURCE,
            place,
            element,
            shape=shape,
            strides=strides,
            width=width,
            lanes=lanes,
            panel=number,
        )
    f.finish()


def text_of(matrices: Sequence[Matrix], panel: int | None = None) -> str:
    module = Module()
    for number, matrix in enumerate(matrices):
        write(module, f"pack{number}", matrix, panel)
    return str(module)


@cache
def functions(*matrices: Matrix, panel: int | None = None) -> list[tuple[Matrix, Any]]:
    """The matrices, each with the compiled function that packs it."""
    code = MachineCode(text_of(matrices, panel), host())
    kinds = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64]
    packing = [code.function(f"pack{number}", kinds) for number in range(len(matrices))]
    return list(zip(matrices, packing, strict=True))


def filled(memory: Array) -> Array:
    """`memory` with a number in each place: none is 0, and neighbors differ."""
    memory[:] = 1 + np.arange(memory.size) % 113
    return memory


def check(matrix: Matrix, run: Any, memory: Array, first: int = 0, last: int | None = None) -> None:
    """Panels first … last − 1 are what they must be, and all around them is as it was."""
    last = matrix.panel_count if last is None else last
    size = matrix.shape[0] * matrix.width
    written = np.full(2 * GUARD + matrix.panel_count * size, 99, matrix.dtype)
    expected = written.copy()
    start, stop = GUARD + first * size, GUARD + last * size
    expected[start:stop] = matrix.panels(memory)[first:last].ravel()
    run(memory.ctypes.data, written[GUARD:].ctypes.data, first, last)
    np.testing.assert_array_equal(written, expected, str(matrix))


def matrices(element: str, lanes: int, layout: str) -> list[Matrix]:
    return [
        Matrix(element, shape, LAYOUTS[layout](*shape), vectors * lanes, lanes)
        for shape in SHAPES
        for vectors in ((1, 4) if lanes <= 16 else (1,))
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("element", "lanes"), KINDS)
def test_panels_are_the_columns_side_by_side(element: str, lanes: int, layout: str) -> None:
    for matrix, run in functions(*matrices(element, lanes, layout)):
        check(matrix, run, filled(np.empty(matrix.extent, matrix.dtype)))


@given(
    shape=st.tuples(st.integers(0, 90), st.integers(0, 90)),
    gap=st.integers(0, 9),
    turned=st.booleans(),
    kind=st.sampled_from(KINDS),
    vectors=st.integers(1, 5),
)
def test_panels_of_any_shape(
    shape: tuple[int, int], gap: int, turned: bool, kind: tuple[str, int], vectors: int
) -> None:
    element, lanes = kind
    strides = (1, shape[0] + gap) if turned else (shape[1] + gap, 1)
    [(matrix, run)] = functions(Matrix(element, shape, strides, vectors * lanes, lanes))
    check(matrix, run, filled(np.empty(matrix.extent, matrix.dtype)))


@pytest.mark.parametrize("layout", ["straight", "transposed", "every third"])
def test_a_panel_alone_leaves_the_others_as_they_were(layout: str) -> None:
    shape = (19, 75)
    matrix = Matrix("float", shape, LAYOUTS[layout](*shape), 32, 8)
    memory = filled(np.empty(matrix.extent, matrix.dtype))
    [(_, run)] = functions(matrix)
    for panel in range(matrix.panel_count):
        check(matrix, run, memory, panel, panel + 1)
        [(_, known)] = functions(matrix, panel=panel)
        check(matrix, known, memory, panel, panel + 1)


@pytest.mark.parametrize("layout", ["straight", "transposed"])
def test_bits_stay_what_they_are(layout: str) -> None:
    shape = (21, 35)
    bits = np.random.default_rng(3).integers(0, 2**32, 21 * 35, np.uint32)
    matrix = Matrix("float", shape, LAYOUTS[layout](*shape), 32, 16)
    whole = Matrix("i32", *matrix[1:])
    written = np.empty((2, 21, 32), np.uint32)
    [(_, run)] = functions(matrix)
    run(bits.ctypes.data, written.ctypes.data, 0, 2)
    np.testing.assert_array_equal(written, whole.panels(bits.view(np.int32)).view(np.uint32))


@pytest.fixture
def pages() -> Iterator[Array]:
    """The bytes of some pages; who touches what is before or behind them ends the process."""
    page, count = mmap.PAGESIZE, 16
    room = mmap.mmap(-1, (count + 2) * page)
    everything = np.frombuffer(room, np.uint8)
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    edges = [everything.ctypes.data, everything.ctypes.data + (count + 1) * page]
    for edge in edges:
        assert protect(edge, page, 0) == 0
    yield everything[page:-page]
    for edge in edges:
        assert protect(edge, page, mmap.PROT_READ | mmap.PROT_WRITE) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pages are protected by a POSIX function")
@pytest.mark.parametrize(
    "layout", ["straight", "transposed", "transposed with gaps", "every third"]
)
@pytest.mark.parametrize(("element", "lanes"), KINDS)
def test_nothing_around_the_source_is_read(
    pages: Array, element: str, lanes: int, layout: str
) -> None:
    for matrix, run in functions(*matrices(element, lanes, layout)):
        size = matrix.extent * matrix.dtype.itemsize
        for memory in (pages[:size], pages[pages.size - size :]):
            check(matrix, run, filled(memory.view(matrix.dtype)))


@pytest.mark.parametrize(("element", "lanes"), [("float", 16), ("float", 4), ("double", 8)])
def test_a_square_takes_as_many_shuffles_as_bits_of_its_elements(element: str, lanes: int) -> None:
    text = text_of([Matrix(element, (lanes, lanes), (1, lanes), lanes, lanes)])
    bits = lanes.bit_length() - 1
    assert text.count("shufflevector") == lanes * bits


def test_other_processors_pack_too() -> None:
    written = assembly(text_of([Matrix("float", (9, 9), (1, 9), 8, 4)]), aarch64())
    assert re.search(r"\bzip1\b", written)
    assert re.search(r"\bzip2\b", written)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"element": "i1"}, "a panel's element is one of float, double, .* got 'i1'"),
        ({"lanes": 3}, "1, 2, 4, 8, … lanes, got 3"),
        ({"lanes": 0}, "1, 2, 4, 8, … lanes, got 0"),
        ({"width": 12}, "a multiple of its 8 lanes, got 12"),
        ({"width": 0}, "a multiple of its 8 lanes, got 0"),
        ({"shape": (-1, 4)}, r"lengths of at least 0, got the shape \(-1, 4\)"),
    ],
)
def test_what_is_no_panel_is_refused(wrong: dict[str, Any], message: str) -> None:
    matrix = Matrix("float", (20, 20), (1, 20), 16, 8)._replace(**wrong)
    with pytest.raises(OptionError, match=message):
        text_of([matrix])


def test_a_panel_behind_the_last_is_refused() -> None:
    with pytest.raises(OptionError, match="20 columns are 2 panels, got the number 2"):
        text_of([Matrix("float", (20, 20), (1, 20), 16, 8)], 2)
