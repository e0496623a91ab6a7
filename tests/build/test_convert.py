"""What becomes a tensor, of which type, and what does not."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import bool_, float32, float64, int8, int32, int64, uint8, uint64
from chainrule.build.convert import as_type, asarray, floating, operands
from chainrule.build.functions.arithmetic import add, divide, multiply
from chainrule.build.leaf import argument
from chainrule.build.primitives.elementwise import Astype
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.derive.grad import grad
from chainrule.errors import DTypeError, OptionError, ShapeError


@dataclass
class Foreign:
    """An array of another library, known by DLPack alone."""

    array: Any

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()


@pytest.mark.parametrize(
    ("obj", "dtype", "shape"),
    [
        (1, int64, ()),
        (1.0, float32, ()),
        (True, bool_, ()),
        ([1, 2], int64, (2,)),
        ([1, 2.0], float32, (2,)),
        ([True, False], bool_, (2,)),
        ([], float32, (0,)),
        ([[1.0], [2.0]], float32, (2, 1)),
        ((1.0, 2.0), float32, (2,)),
        ([np.float64(1.0), 2.0], float64, (2,)),
        (np.float64(1.0), float64, ()),
        (np.int8(1), int8, ()),
        (np.zeros((2, 3), np.uint8), uint8, (2, 3)),
        (np.zeros(2, ">f8"), float64, (2,)),
        (np.zeros((2, 3), order="F"), float64, (2, 3)),
        (np.zeros(6)[::2], float64, (3,)),
        (Foreign(np.zeros(3, np.int32)), int32, (3,)),
        ([asarray(1.0), asarray(2.0)], float32, (2,)),
        (Variable(np.zeros(2)), float64, (2,)),
    ],
    ids=repr,
)
def test_what_becomes_what(obj: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    x = asarray(obj)
    assert isinstance(x, Tensor)
    assert x.spec == Spec(shape, dtype)
    assert not x.known().flags.writeable


def test_values_arrive() -> None:
    assert asarray([[1.5, -2.0], [0.0, 3.0]]).tolist() == [[1.5, -2.0], [0.0, 3.0]]
    assert np.array_equal(asarray(np.arange(6.0)[::-2]), [5.0, 3.0, 1.0])
    assert np.array_equal(asarray(Foreign(np.arange(3))), [0, 1, 2])


@pytest.mark.parametrize("wrap", [lambda x: x, Foreign], ids=["numpy", "dlpack"])
def test_values_are_copied(wrap: Any) -> None:
    array = np.ones(3)
    x = asarray(wrap(array))
    array[:] = 2.0
    assert np.array_equal(x, np.ones(3))


@pytest.mark.parametrize("wrap", [lambda x: x, Foreign], ids=["numpy", "dlpack"])
def test_a_view_is_given_where_asked_for(wrap: Any) -> None:
    array = np.ones(3)
    x = asarray(wrap(array), copy=False)
    assert np.shares_memory(x.known(), array)
    array[:] = 2.0  # what was given stays its owner's to write to
    assert not x.known().flags.writeable


def test_a_view_of_another_type_is_refused() -> None:
    with pytest.raises(OptionError, match="float64 into float32"):
        asarray(np.ones(3), dtype=float32, copy=False)
    assert asarray([1.0], copy=False).dtype == float32


def test_a_tensor_is_itself() -> None:
    x = asarray([1.0])
    assert asarray(x) is x
    assert asarray(x, dtype=float32) is x
    assert as_type(x, float32) is x


def test_a_type_can_be_asked_for() -> None:
    assert asarray([1, 2], dtype=float64).dtype == float64
    assert asarray(asarray([1.7]), dtype="int32").tolist() == [1]
    assert asarray(0.1, dtype=float64).item() == 0.1
    assert asarray([0.1], dtype=float64).tolist() == [0.1]
    assert asarray(2**63, dtype=uint64).item() == 2**63
    assert asarray([np.nan, 2.0], dtype=bool).tolist() == [True, True]


@pytest.mark.parametrize(
    "obj",
    [
        "text",
        None,
        Ellipsis,
        np.zeros(2, np.complex64),
        np.zeros(2, np.float16),
        ["a"],
        np.array([None]),
        {"a": 1},
        np.datetime64("2020-01-01"),
        1j,
    ],
    ids=repr,
)
def test_what_is_no_array_of_numbers_is_refused(obj: Any) -> None:
    with pytest.raises(DTypeError, match="no data type"):
        asarray(obj)


@pytest.mark.parametrize("obj", [[[1.0], [1.0, 2.0]], [[1.0], 2.0], [np.zeros(2), np.zeros(3)]])
def test_ragged_lists_are_refused(obj: Any) -> None:
    with pytest.raises(ShapeError, match="nested lists"):
        asarray(obj)


def test_a_list_of_tracked_tensors_is_refused() -> None:
    with pytest.raises(DTypeError, match=r"cr\.stack"):
        grad(lambda x: asarray([x, x]).sum())(1.0)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_an_integer_of_too_many_digits_is_refused(number: int) -> None:
    with pytest.raises(DTypeError, match="does not fit"):
        asarray(number)


def test_another_device_is_refused() -> None:
    with pytest.raises(DTypeError, match="'cpu'"):
        asarray(1.0, device="cuda")


@pytest.mark.parametrize(
    ("inputs", "dtype"),
    [
        ((1, 2.0), float32),
        ((True, 2), int64),
        ((np.float64(1), 2.0), float64),
        ((np.zeros(1, np.float32), 2), float32),
        ((np.zeros(1, np.int32), 2), int32),
        ((np.zeros(1, np.int32), 2.5), float32),
        ((np.zeros(1, np.bool_), 2), int64),
        ((np.zeros(1, np.uint8), True), uint8),
        ((np.zeros(1, np.float32), np.zeros(1, np.float64)), float64),
        ((np.zeros(1, np.float32), np.zeros(1, np.int64)), float32),
        ((np.zeros(1, np.uint8), np.zeros(1, np.int8), 3), np.dtype(np.int16)),
    ],
    ids=repr,
)
def test_operands_take_one_type(inputs: tuple[Any, ...], dtype: Any) -> None:
    assert {x.dtype for x in operands(*inputs)} == {dtype}


def test_whole_numbers_become_single_floats_for_real_functions() -> None:
    assert {x.dtype for x in floating(1, np.zeros(2, np.int64))} == {float32}
    assert {x.dtype for x in floating(1, np.zeros(2))} == {float64}


def test_unsigned_and_signed_without_a_common_type_are_refused() -> None:
    with pytest.raises(DTypeError, match="no common integer type"):
        operands(np.zeros(1, np.uint64), np.zeros(1, np.int8))


@pytest.mark.parametrize(("dtype", "number"), [("uint8", 256), ("uint8", -1), ("int8", 200)])
def test_a_number_that_does_not_fit_the_other_operand_is_refused(dtype: str, number: int) -> None:
    with pytest.raises(DTypeError, match=f"{number} does not fit into {dtype}"):
        add(np.zeros(2, dtype), number)


def test_a_conversion_to_single_and_back_keeps_single_digits() -> None:
    x = np.array([1 / 3, 1e-50, 1e300])
    back = Astype(float64)(Astype(float32)(asarray(x)))
    assert back.tolist() == [float(np.float32(1 / 3)), 0.0, np.inf]


def test_the_operands_stay_what_they_are() -> None:
    x = np.arange(3, dtype=np.int32)
    assert divide(x, 2).tolist() == [0.0, 0.5, 1.0]
    assert multiply(x, 2).dtype == int32
    assert np.array_equal(x, [0, 1, 2])


def test_an_unknown_tensor_passes_as_it_is() -> None:
    x = argument(Spec((2,), float32))
    assert asarray(x) is x
    assert asarray(x, dtype=float64).value is None


def test_threads_do_not_see_each_others_recordings() -> None:
    weight = Variable(np.ones(2), trainable=True)
    found = []

    def function(x: Tensor) -> Any:
        thread = threading.Thread(target=lambda: found.append(asarray(weight).value is not None))
        thread.start()
        thread.join()
        return x * weight

    grad(lambda x: function(x).sum())(np.ones(2))
    assert found == [True]
