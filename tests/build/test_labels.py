"""Labels as vectors and as picks, against NumPy's own; none out of range is let through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.dtype import ALL, is_integer
from chainrule.array.shape import Shape
from chainrule.build.functions.labels import one_hot, pick
from chainrule.build.primitives.indexing import Gather
from chainrule.build.record import trace
from chainrule.build.tensor import Spec
from chainrule.derive.batch import vmap
from chainrule.errors import ChainruleError, DataError, DTypeError, ShapeError
from tests.build.agreement import assert_same, check_all, check_mapped, check_recorded
from tests.build.samples.draw import shapes

INTEGERS = [dtype.name for dtype in ALL if is_integer(dtype)]


@given(shapes(), st.integers(1, 5), st.sampled_from(INTEGERS))
def test_one_hot_is_a_row_of_the_identity(shape: Shape, classes: int, dtype: str) -> None:
    labels = np.random.default_rng(0).integers(0, classes, shape).astype(dtype)
    assert_same(one_hot(labels, classes), np.eye(classes, dtype=np.float32)[labels])
    assert_same(one_hot(labels, classes, dtype="bool"), np.eye(classes, dtype=np.bool_)[labels])
    check_mapped(lambda t: one_hot(t, classes), labels)
    check_recorded(lambda t: one_hot(t, classes), labels)


@given(st.data(), shapes(least=1))
def test_pick_takes_the_element_that_a_label_names(data: st.DataObject, shape: Shape) -> None:
    shape = tuple(max(length, 1) for length in shape)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    rest = tuple(np.delete(shape, axis))
    labels = np.random.default_rng(0).integers(0, shape[axis], rest)
    check_all(
        lambda t: pick(t, labels, axis=axis),
        lambda x: np.take_along_axis(x, np.expand_dims(labels, axis), axis).squeeze(axis),
        np.arange(1.0, 1 + np.prod(shape)).reshape(shape),
    )


def test_picking_from_rows_is_one_gather() -> None:
    specs = [Spec((4, 3), np.dtype(np.float32)), Spec((4,), np.dtype(np.int32))]
    graph, _ = trace(pick, specs)
    assert [type(node.primitive) for node in graph.nodes] == [Gather]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: one_hot([0, 3, 4], 3), DataError, r"label 3 at \[1\] is not one of the 3 classes"),
        (lambda: one_hot([[0, 1], [-1, 9]], 3), DataError, r"label -1 at \[1, 0\] .* 0 to 2"),
        (lambda: one_hot(7, 3), DataError, "label 7 is not one of"),
        (lambda: one_hot([0.0], 3), DTypeError, r"labels are integers, got float32\[1\]"),
        (lambda: pick([[1.0, 2.0]], [-1]), DataError, r"label -1 at \[0\] .* 2 classes, 0 to 1"),
        (lambda: pick([[1.0, 2.0]], [0, 1]), ShapeError, r"labels of shape \(2,\) .* \(1, 2\)"),
        (lambda: pick([[1.0, 2.0]], [0.0]), DTypeError, "labels are integers"),
    ],
)
def test_a_wrong_label_is_named(call: Any, error: type[ChainruleError], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_known_late_is_checked_late(label: int) -> None:
    with pytest.raises(DataError, match=rf"index {label} \(at \[1\] of the index array\)"):
        vmap(lambda labels: one_hot(labels, 3))([0, label])
    with pytest.raises(DataError, match=rf"index {label} \(at \[1\] of the index array\)"):
        vmap(lambda labels: pick([1.0, 2.0, 3.0], labels))([0, label])
