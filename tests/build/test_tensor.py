"""Tensors: what they tell of themselves, what they refuse, and what they keep."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import bool_, float32, float64, int64
from chainrule.build.convert import asarray
from chainrule.build.leaf import alias, argument, constant
from chainrule.build.primitives.broadcast import Reshape, Sum, stretched
from chainrule.build.primitives.elementwise import Add, Astype, Multiply
from chainrule.build.primitives.movement import Transpose
from chainrule.build.tensor import (
    REGISTRY,
    Array,
    Cost,
    Cotangents,
    Item,
    Primitive,
    Several,
    Spec,
    Tensor,
    bytes_of,
)
from chainrule.build.variable import Variable
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad
from chainrule.errors import ChainruleError, DTypeError, ShapeError, ValueUnknownError

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@dataclass(frozen=True)
class Halves(Several, abstract=True):
    """y₁, y₂ = the sum and the difference of a and b."""

    def infer(self, a: Spec, b: Spec) -> tuple[Spec, Spec]:
        return a, b

    def evaluate(self, a: Array, b: Array) -> tuple[Array, Array]:
        return np.add(a, b), np.subtract(a, b)

    def vjp(self, g: Any, y: Any, a: Tensor, b: Tensor) -> Cotangents:
        zero = constant(np.zeros(a.shape))
        total, gap = (zero if part is None else part for part in g)
        return total + gap, total - gap

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> tuple[Tensor, ...]:
        return self(*stretched(batched, inputs))


def test_what_it_says_of_itself() -> None:
    x = asarray(X)
    assert (x.shape, x.dtype, x.ndim, x.size, x.device) == ((2, 3), float64, 2, 6, "cpu")
    assert len(x) == 2
    assert str(x.spec) == "float64[2, 3]"
    assert x.to_device("cpu") is x
    assert x.tolist() == X.tolist()


def test_how_it_prints() -> None:
    assert repr(asarray([1.0, 2.5])) == "Tensor([1. , 2.5], float32)"
    assert repr(asarray(X)).splitlines()[1] == "        [4., 5., 6.]], float64)"
    assert repr(argument(Spec((2,), float32))).startswith("Tensor(float32[2], recorded at test_")
    assert len(repr(asarray(np.zeros(10_000)))) < 200


def test_it_goes_over_to_numpy() -> None:
    x = asarray(X)
    assert np.array_equal(np.asarray(x), X)
    assert np.asarray(x, dtype=np.float32).dtype == np.float32
    assert np.array_equal(np.from_dlpack(x), X)
    assert np.array_equal(np.sum(np.asarray(x), axis=0), X.sum(0))


def test_its_value_cannot_be_written_to() -> None:
    x = asarray(X)
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(x)[0, 0] = 9.0
    with pytest.raises(ChainruleError, match=r"a tensor never changes: write y = x\.at"):
        x[0] = 1.0
    copy = np.array(x)
    copy[0, 0] = 9.0
    assert x.tolist() == X.tolist()


def test_one_element_is_a_number() -> None:
    assert float(asarray(2.5)) == 2.5
    assert int(asarray([[3]])) == 3
    assert complex(asarray(2.0)) == 2.0 + 0j
    assert bool(asarray(True))
    assert not asarray(0.0)
    assert [10, 20, 30][asarray(1)] == 20
    assert asarray(2.5).item() == 2.5


@pytest.mark.parametrize("ask", [float, int, bool, complex, lambda x: x.item()])
def test_several_elements_are_no_number(ask: Callable[[Tensor], Any]) -> None:
    with pytest.raises(ShapeError, match=r"exactly one element, the tensor has shape \(2, 3\)"):
        ask(asarray(X))


@pytest.mark.parametrize("x", [1.0, [1]])
def test_only_one_integer_is_an_index(x: Any) -> None:
    with pytest.raises(TypeError):
        operator.index(asarray(x))


def test_a_number_has_no_length() -> None:
    with pytest.raises(TypeError, match="without axes"):
        len(asarray(1.0))
    with pytest.raises(TypeError, match="without axes"):
        list(asarray(1.0))


def test_it_is_walked_along_its_first_axis() -> None:
    rows = list(asarray(X))
    assert [row.tolist() for row in rows] == X.tolist()
    first, second = asarray([1.0, 2.0])
    assert (float(first), float(second)) == (1.0, 2.0)


@pytest.mark.parametrize(
    "ask",
    [
        float,
        bool,
        np.asarray,
        operator.index,
        Tensor.tolist,
        Tensor.item,
        Tensor.known,
        np.from_dlpack,
    ],
)
def test_an_unknown_value_is_not_to_be_had(ask: Callable[[Any], Any]) -> None:
    x = argument(Spec((), int64 if ask is operator.index else float64))
    with pytest.raises(ValueUnknownError, match=r"made at test_tensor.py:\d+ is not known"):
        ask(x)


@pytest.mark.parametrize(("device", "stream"), [("cuda", None), ("cpu", 1)])
def test_there_is_one_device(device: str, stream: Any) -> None:
    with pytest.raises(ChainruleError, match="the only device"):
        asarray(1.0).to_device(device, stream=stream)


def test_an_error_names_the_line_of_the_user() -> None:
    with pytest.raises(ShapeError, match=r"\(2, 3\) .* \(at test_tensor.py:\d+\)"):
        Add()(asarray(X), asarray(X.T))
    with pytest.raises(DTypeError, match=r"\(at test_tensor.py:\d+\)"):
        Add()(asarray(X), asarray(1))


def test_equality_is_of_elements_and_hashing_of_identity() -> None:
    x, y = asarray([1.0, 2.0]), asarray([1.0, 3.0])
    assert (x == y).tolist() == [True, False]
    assert (x == y).dtype == bool_
    assert len({x, y, x}) == 2


def test_inputs_are_kept_only_where_they_are_needed() -> None:
    x = asarray(X)
    assert Multiply()(x, x).inputs == ()
    tracked = alias(x)
    assert Multiply()(tracked, x).inputs == (tracked, x)
    unknown = argument(x.spec)
    assert Multiply()(unknown, x).inputs == (unknown, x)


def test_only_real_numbers_are_tracked() -> None:
    x = alias(asarray(X))
    assert Sum((0,))(x).tracked
    assert not Astype(int64)(x).tracked
    assert not Reshape((6,))(asarray(X)).tracked
    assert (Variable(X, trainable=True) * 1.0).tracked


def test_equal_primitives_are_the_same_function() -> None:
    assert Transpose((1, 0)) == Transpose((1, 0)) != Transpose((0, 1))
    assert hash(Reshape((2, 3))) == hash(Reshape((2, 3)))


def test_primitives_enter_the_registry_unless_they_are_abstract() -> None:
    assert REGISTRY["Add"] is Add
    assert "Halves" not in REGISTRY


def test_several_results_come_as_a_tuple() -> None:
    total, gap = Halves()(asarray(X), asarray(X[:, ::-1]))
    assert np.array_equal(total, X + X[:, ::-1])
    assert np.array_equal(gap, X - X[:, ::-1])
    assert total.primitive == Item(0)


def test_several_results_have_derivatives_each() -> None:
    def function(weights: tuple[float, float]) -> Callable[[Tensor], Any]:
        return lambda x: sum(
            (part * weight).sum()
            for part, weight in zip(Halves()(x, constant(X)), weights, strict=True)
            if weight
        )

    assert np.array_equal(grad(function((2.0, 0.5)))(X), np.full((2, 3), 2.5))
    assert np.array_equal(grad(function((0.0, 3.0)))(X), np.full((2, 3), 3.0))


def test_several_results_are_batched_together() -> None:
    total, gap = vmap(lambda a: Halves()(a, constant(X[0])))(X)
    assert np.array_equal(total, X + X[0])
    assert np.array_equal(gap, X - X[0])


def test_what_a_computation_costs() -> None:
    spec = Spec((2, 3), float32)
    assert bytes_of(spec, Spec((), float64), Spec((0, 5), bool_)) == 24 + 8
    assert Add().cost(spec, spec) == Cost(6, 72)
    assert Sum((0,)).cost(spec) == Cost(6, 36)
    assert Reshape((6,)).cost(spec) == Cost(0, 48)


def test_a_primitive_without_a_derivative_says_so() -> None:
    class Rough(Add, abstract=True):
        vjp = Primitive.vjp  # type: ignore[assignment]

    with pytest.raises(NotImplementedError, match="Rough has no derivative"):
        grad(lambda x: Rough()(x, x))(1.0)


def test_who_cannot_be_told_not_to_write_gets_a_copy() -> None:
    x = asarray(X)
    assert x.__dlpack__() is not None
    with pytest.raises(BufferError):
        x.__dlpack__(copy=False)
    view = np.from_dlpack(x)
    assert not view.flags.writeable
    assert np.shares_memory(view, x.known())


def test_one_element_is_a_complex_number() -> None:
    assert complex(asarray(2.5)) == 2.5 + 0j
