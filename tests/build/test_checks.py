"""The checks of the primitives can fail: each finds the error that is planted for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import pytest
from hypothesis import strategies as st

from chainrule.array.dtype import float64
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.primitives.elementwise import Add, Astype, Real, chain
from chainrule.build.tensor import Array, Cost, Cotangents, Spec, Tensor
from chainrule.errors import ChainruleError
from tests.build import checks
from tests.build.samples.sampler import Call, Sampler


class Square(Real, abstract=True):
    """y = x², all of it right."""

    def evaluate(self, x: Array) -> Array:
        return np.multiply(x, x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, x + x),)


class WrongShape(Square, abstract=True):
    def infer(self, *inputs: Spec) -> Spec:
        return Spec((*inputs[0].shape, 1), inputs[0].dtype)


class WrongType(Square, abstract=True):
    def infer(self, *inputs: Spec) -> Spec:
        return Spec(inputs[0].shape, float64)


class WrongDerivative(Square, abstract=True):
    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 2.001 * x),)


class WideDerivative(Square, abstract=True):
    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Astype(float64)(chain(g, x + x)),)


class WrongSecondDerivative(Square, abstract=True):
    """The derivative is right, but of numbers: it has no derivative of its own."""

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, constant(2.0 * x.known())),)


class WrongAdjoint(Square, abstract=True):
    """A cotangent that is passed on as it should, until it is itself differentiated."""

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Crooked()(chain(g, x + x)),)


class Crooked(Real, abstract=True):
    """y = x, with the derivative of 2x."""

    def evaluate(self, x: Array) -> Array:
        return x

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Add()(g, g),)


class WrongBatch(Square, abstract=True):
    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        return Add()(self(inputs[0]), constant(1e-3))


class WrongBatchShape(Square, abstract=True):
    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        return reshape(self(inputs[0]), (1, *inputs[0].shape))


class NegativeCost(Square, abstract=True):
    def cost(self, *inputs: Spec) -> Cost:
        return Cost(-1, 0)


class FractionalCost(Square, abstract=True):
    def cost(self, *inputs: Spec) -> Cost:
        return Cost(1.5, 0)  # type: ignore[arg-type]


class WritesToInput(Square, abstract=True):
    def evaluate(self, x: Array) -> Array:
        x *= x
        return x


@dataclass
class Forgetful(Square, abstract=True):
    """Another last bit at every call."""

    calls: count[int] = field(default_factory=count)

    def evaluate(self, x: Array) -> Array:
        last_bit: Array = np.spacing(x * x)
        y: Array = x * x + next(self.calls) * last_bit
        return y


@dataclass
class ForgetfulDerivative(Square, abstract=True):
    """Another last bit of the derivative at every call."""

    calls: count[int] = field(default_factory=count)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (g * (2.0 + next(self.calls) * 1e-15),)


class NoScalars(Square, abstract=True):
    def evaluate(self, x: Array) -> Array:
        return x * (x if type(x) is np.ndarray else -x)


Check = Callable[[Sampler, Call], None]

CHECKS: list[tuple[type[Square], Check, str]] = [
    (WrongShape, lambda _, call: checks.check_spec(call), "its rule says"),
    (WrongType, lambda _, call: checks.check_spec(call), "its rule says"),
    (NegativeCost, lambda _, call: checks.check_cost(call), "costs"),
    (FractionalCost, lambda _, call: checks.check_cost(call), "costs"),
    (NoScalars, lambda _, call: checks.check_scalars(call), "of scalars differs"),
    (WritesToInput, lambda _, call: checks.check_inputs_untouched(call), "writes to its input"),
    (WrongDerivative, checks.check_derivatives, "the gradient is wrong"),
    (WrongSecondDerivative, checks.check_derivatives, "gradient of the gradient is wrong"),
    (WideDerivative, checks.check_cotangents, "its gradient float64"),
    (WrongAdjoint, checks.check_adjoint, "⟨u, Jv⟩"),
    (WrongBatch, lambda _, call: checks.check_batch(call, 2), "batched"),
    (WrongBatchShape, lambda _, call: checks.check_batch(call, 2), "batched"),
    (Forgetful, checks.check_recorded, "other bits"),
    (ForgetfulDerivative, checks.check_recorded, "other bits"),
]


def sample(primitive: type[Square], constants: tuple[int, ...] = ()) -> tuple[Sampler, Call]:
    x = np.array(2.0) if primitive is NoScalars else np.array([0.5, 2.0, -3.0])
    call = Call(primitive(), (x,))
    return Sampler(primitive, st.just(call), constants), call


@pytest.mark.parametrize(("primitive", "check", "message"), CHECKS)
def test_a_planted_error_is_found(primitive: type[Square], check: Check, message: str) -> None:
    with pytest.raises((AssertionError, ChainruleError), match=message):
        check(*sample(primitive))


@pytest.mark.parametrize("index", range(len(CHECKS)))
def test_a_right_primitive_passes(index: int) -> None:
    CHECKS[index][1](*sample(Square))


def test_a_derivative_where_none_is_declared_is_found() -> None:
    with pytest.raises(AssertionError, match="input 0 has a derivative"):
        checks.check_constants(*sample(Square, constants=(0,)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.0], [-0.0]),
        ([1.0], [1.0 + 2**-52]),
        ([1.0], [np.nan]),
        ([1.0], [[1.0]]),
        ([1], [1.0]),
        ([True], [False]),
    ],
)
def test_other_bits_are_found(one: list[float], other: list[float]) -> None:
    assert not checks.same_bits(np.array(one), np.array(other))
    assert checks.same_bits(np.array(one), np.array(one))


def test_one_nan_is_like_another() -> None:
    assert checks.same_bits(np.array([np.nan]), np.array([-np.nan]))
