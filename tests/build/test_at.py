"""Elements changed in copies, against NumPy changing them in place."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.tensor import Array
from chainrule.errors import ChainruleError, DataError, DTypeError, OptionError, ShapeError
from tests.build.families import check_derivatives, check_like, check_values

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 4, 3))
UFUNCS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "min": np.minimum,
    "max": np.maximum,
}
KEYS: dict[str, Any] = {
    "integer": 0,
    "slice": slice(1, 4, 2),
    "column": (slice(None), 1),
    "end": (..., -1),
    "backwards": (slice(None, None, -1), slice(1, 3)),
    "new axis": (None, 1),
    "everything": ...,
    "nothing": slice(2, 2),
    "places": np.array([0, 2, -3, 2]),
    "no places": [],
    "apart": ([0, 1], slice(None), [2, 2]),
    "behind a slice": (slice(1, None), [0, 0, 3]),
    "with an integer": ([4, 0, 4], slice(0, 4, 2), 1),
    "a table": (slice(None), slice(None), np.array([[0, 1], [1, 0]])),
    "mask": X > 0,
    "mask of an axis": (slice(None), np.array([True, False, True, False])),
}


def in_place(way: str, key: Any) -> Any:
    def change(x: Array, values: Array) -> Array:
        y = x.copy()
        if way == "set":
            y[key] = values
        else:
            UFUNCS[way].at(y, key, values)
        return y

    return change


def changed(way: str, key: Any) -> Any:
    return lambda x, values: getattr(cr.asarray(x).at[key], way)(values)


@pytest.mark.parametrize("name", KEYS)
def test_like_numpy(name: str) -> None:
    key = KEYS[name]
    values = RNG.normal(size=X[key].shape)
    for way in ("set", *UFUNCS):
        check_values(changed(way, key), in_place(way, key), X, values)
        if values.size:
            cr.check_gradients(changed(way, key), X, values)


@pytest.mark.parametrize(("way", "name"), [*zip(cycle(["set", *UFUNCS]), KEYS, strict=False)])
def test_mapped_and_in_machine_code(way: str, name: str) -> None:
    values = RNG.normal(size=X[KEYS[name]].shape)
    check_like(changed(way, KEYS[name]), in_place(way, KEYS[name]), X, values)


def test_second_derivatives() -> None:
    values = RNG.normal(size=(4, 3))
    for way in ("set", "add", "multiply", "max"):
        check_derivatives(
            lambda x, v, way=way: getattr((x * x).at[np.array([1, 1, 0, 1])], way)(v * v),
            X[:, 0],
            values,
        )


def test_a_product_with_zeros_has_its_derivative() -> None:
    key = np.array([0, 0, 1, 1, 1])
    found = cr.grad(lambda v: cr.sum(cr.ones(2, dtype="float64").at[key].multiply(v)))(
        np.array([0.0, 3.0, 0.0, 0.0, 5.0])
    )
    assert found.tolist() == [3.0, 0.0, 0.0, 0.0, 0.0]


def test_of_several_that_are_set_the_last_remains() -> None:
    assert cr.asarray([1, 2, 3]).at[[0, 2, 0, -3]].set([4, 5, 6, 7]).tolist() == [7, 2, 5]
    ones = cr.grad(lambda v: cr.sum(cr.zeros(2).at[[0, 0, 1]].set(v)))([1.0, 2.0, 3.0])
    assert ones.tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int64", "uint64", "float32"])
def test_all_types(dtype: str) -> None:
    x, values, key = np.zeros((3, 2), dtype), np.ones((4, 2), dtype), np.array([0, 2, 2, 0])
    ways = ["set"] if dtype == "bool" else ["set", "add", "multiply", "min", "max"]
    for way in ways:
        found = cr.compile(lambda x, v, way=way: getattr(x.at[key], way)(v), device="native")
        np.testing.assert_array_equal(np.asarray(found(x, values)), in_place(way, key)(x, values))


def test_values_broadcast_and_numbers_take_the_type() -> None:
    x = cr.zeros((2, 3), dtype="int16")
    assert x.at[:, 1].add(7).tolist() == [[0, 7, 0], [0, 7, 0]]
    with pytest.raises(DTypeError, match="an array of int16 cannot hold values of float32"):
        x.at[0].set(0.5)
    with pytest.raises(ShapeError, match="do not broadcast"):
        x.at[0].add(np.ones(2, np.int16))


def test_get_is_indexing() -> None:
    assert cr.asarray([1, 2, 3]).at[[2, 0]].get().tolist() == [3, 1]


def test_a_variable_stays_as_it_is() -> None:
    cell = cr.Variable([1.0, 2.0])
    assert cell.at[0].set(9.0).tolist() == [9.0, 2.0]
    np.testing.assert_array_equal(np.asarray(cell), [1.0, 2.0])


def test_places_known_late_are_checked_late() -> None:
    step = cr.compile(lambda x, i: x.at[i].set(1.0), device="native")
    assert np.asarray(step(np.zeros(3, np.float32), np.array([1]))).tolist() == [0.0, 1.0, 0.0]
    with pytest.raises(DataError, match="index 3"):
        step(np.zeros(3, np.float32), np.array([3]))


def test_assignment_says_what_to_write() -> None:
    with pytest.raises(ChainruleError, match=r"write y = x\.at\[key\]\.set"):
        cr.zeros(3)[0] = 1.0


@pytest.mark.parametrize(
    ("way", "axis"), [("set", 0), ("set", 1), ("add", -1), ("multiply", 0), ("min", 1), ("max", 0)]
)
def test_put_along_axis(way: str, axis: int) -> None:
    x = X[:, :, 0]
    index = RNG.integers(-x.shape[axis], x.shape[axis], (5, 4) if axis else (7, 4))
    values = RNG.normal(size=index.shape)

    def expected(x: Array, values: Array) -> Array:
        rows, columns = np.indices(index.shape)
        key = (index, columns) if axis == 0 else (rows, index)
        return np.asarray(in_place(way, key)(x, values))

    def put(x: Any, values: Any) -> Any:
        return cr.put_along_axis(x, index, values, axis=axis, way=way)

    check_like(put, expected, x, values)
    cr.check_gradients(put, x, values)


def test_put_along_axis_names_what_is_wrong() -> None:
    x = np.zeros((2, 3))
    with pytest.raises(OptionError, match="knows the ways set, add, multiply, min, max, got 'sum'"):
        cr.put_along_axis(x, [[0], [0]], 1.0, way="sum")
    with pytest.raises(ShapeError, match=r"like \(2, 3\) except along axis 1, got \(1, 1\)"):
        cr.put_along_axis(x, [[0]], 1.0)
    with pytest.raises(DataError, match="index 3"):
        cr.put_along_axis(x, [[3], [0]], 1.0)
    with pytest.raises(DTypeError, match="indices are integers"):
        cr.put_along_axis(x, [[0.5], [0.0]], 1.0)
