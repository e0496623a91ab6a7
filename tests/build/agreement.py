"""What must hold of every array function: NumPy's numbers, true gradients, the same when mapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.array.structure import flatten
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import constant
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.numeric import check_gradients

Function = Callable[..., Any]


def check_all(function: Function, reference: Function, x: Array) -> None:
    """Everything that this file checks, for a function of one array of real numbers."""
    check_values(function, reference, x)
    check_gradients(function, x)
    check_mapped(function, x)
    check_recorded(function, x)


def check_values(function: Function, reference: Function, *inputs: Array) -> None:
    """The results have the bits, the shapes and the data types that `reference` gives."""
    found = tensors(function(*map(constant, inputs)))
    expected = reference(*inputs)
    arrays = expected if isinstance(expected, list | tuple) else [expected]
    assert len(found) == len(arrays)
    for y, array in zip(found, arrays, strict=True):
        assert_same(y, np.asarray(array))


def check_mapped(function: Function, *inputs: Array) -> None:
    """Mapped over a batch, the function gives what a loop over the examples gives."""
    batches = [np.stack([x, x[::-1] if x.ndim else x]) for x in inputs]
    mapped = tensors(vmap(function)(*batches))
    looped = [tensors(function(*(batch[row] for batch in batches))) for row in range(2)]
    for place, y in enumerate(mapped):
        assert_same(y, np.stack([row[place].known() for row in looped]))


def check_recorded(function: Function, *inputs: Array) -> None:
    """Recorded with unknown numbers, then run, the function gives what it gives at once."""
    graph = record(function, [Spec(x.shape, x.dtype) for x in inputs]).graph
    for y, value in zip(tensors(function(*inputs)), Interpreter(graph)(inputs), strict=True):
        assert_same(y, value)


def tensors(result: Any) -> list[Tensor]:
    """The tensors of a result, which may be a list of them."""
    return flatten(result)[0]


def assert_same(y: Tensor, expected: Array) -> None:
    assert y.spec == Spec(expected.shape, expected.dtype)
    np.testing.assert_array_equal(y.known(), expected)
