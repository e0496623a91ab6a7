"""What must hold of every primitive, as functions that raise; `test_checks.py` makes them fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from chainrule.array.dtype import is_floating
from chainrule.array.structure import flatten
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import constant
from chainrule.build.record import record
from chainrule.build.tensor import Array, Primitive, Spec, Tensor
from chainrule.derive.forward import jvp
from chainrule.derive.grad import vjp
from chainrule.derive.numeric import check_gradients
from tests.build.samples.sampler import Call, Sampler, is_real


def results(primitive: Primitive, inputs: Sequence[Tensor]) -> list[Tensor]:
    """The primitive's result, or its several results, as a list."""
    return flatten(primitive(*inputs))[0]


def spec_of(x: Array) -> Spec:
    return Spec(x.shape, x.dtype)


def check_spec(call: Call) -> None:
    """The rule of shapes and types foretells what evaluation gives, in float32 and in float64."""
    for inputs in call.variants:
        inferred = call.primitive.infer(*map(spec_of, inputs))
        with np.errstate(all="ignore"):
            values = call.primitive.evaluate(*inputs)
        several = isinstance(values, tuple)
        found = tuple(map(spec_of, values)) if several else spec_of(np.asarray(values))
        assert found == inferred, f"{call} gives {found}, but its rule says {inferred}"


def check_cost(call: Call) -> None:
    """The cost is counted in whole numbers."""
    cost = call.primitive.cost(*map(spec_of, call.inputs))
    assert all(type(count) is int and count >= 0 for count in cost), f"{call} costs {cost}"


def check_scalars(call: Call) -> None:
    """NumPy turns results without axes into its scalars: the interpreter hands them on."""
    for inputs in call.variants:
        with np.errstate(all="ignore"):
            expected = call.primitive.evaluate(*inputs)
            found = call.primitive.evaluate(*(x[()] for x in inputs))
        for one, other in zip(flatten(found)[0], flatten(expected)[0], strict=True):
            assert same_bits(np.asarray(one), np.asarray(other)), f"{call} of scalars differs"


def check_inputs_untouched(call: Call) -> None:
    """Evaluation writes to none of its inputs."""
    before = [x.copy() for x in call.inputs]
    with np.errstate(all="ignore"):
        call.primitive.evaluate(*call.inputs)
    for x, copy in zip(call.inputs, before, strict=True):
        assert same_bits(x, copy), f"{call} writes to its input"


def differentiable(sampler: Sampler, call: Call) -> list[int]:
    """The places of the inputs that have a derivative."""
    places = [index for index, x in enumerate(call.inputs) if is_real(x)]
    return [index for index in places if index not in sampler.constants]


def over(call: Call, places: Sequence[int]) -> Any:
    """The call as a function of the inputs at `places`, the others held fixed."""

    def function(*given: Tensor) -> list[Tensor]:
        inputs = list(map(constant, call.inputs))
        for place, x in zip(places, given, strict=True):
            inputs[place] = x
        return [y for y in results(call.primitive, inputs) if is_floating(y.dtype)]

    return function


def check_derivatives(sampler: Sampler, call: Call) -> None:
    """The derivative, and the derivative of the derivative, agree with finite differences."""
    places = differentiable(sampler, call)
    given = [call.inputs[place] for place in places]
    for order in range(1, sampler.orders + 1) if places else ():
        check_gradients(over(call, places), *given, order=order, tolerance=sampler.tolerance)


def check_cotangents(sampler: Sampler, call: Call) -> None:
    """Every gradient has the shape and the type of its input, in float32 and in float64."""
    places = differentiable(sampler, call)
    for inputs in call.variants if sampler.orders else ():
        found = _derivative(call, places, list(map(constant, inputs)))
        for place, g in zip(places if found else (), found, strict=True):
            expected = spec_of(inputs[place])
            assert g.spec == expected, f"{call}: input {place} is {expected}, its gradient {g.spec}"


def check_constants(sampler: Sampler, call: Call) -> None:
    """An input that is declared to have no derivative gets no cotangent."""
    tensors = [constant(x) for x in call.inputs]
    for place in sampler.constants:
        _, pull_back = vjp(over(call, [place]), tensors[place])
        ones = [np.ones(y.shape) for y in over(call, [place])(tensors[place])]
        assert not np.any(pull_back(ones)[0].known()), f"{call}: input {place} has a derivative"


def check_adjoint(sampler: Sampler, call: Call) -> None:
    """⟨u, Jv⟩ = ⟨Jᵀu, v⟩: forward and reverse mode are each other's transpose."""
    places = differentiable(sampler, call)
    function = over(call, places)
    points = [call.inputs[place] for place in places]
    if not function(*map(constant, points)) or sampler.orders == 0:
        return
    generator = np.random.default_rng(0)
    tangents = [generator.standard_normal(x.shape) for x in points]
    ys, pushed = jvp(function, points, tangents)
    cotangents = [generator.standard_normal(y.shape) for y in ys]
    forward = inner(cotangents, pushed)
    reverse = inner(vjp(function, *points)[1](cotangents), tangents)
    scale = 1 + inner(map(abs, cotangents), [abs(np.asarray(x)) for x in pushed])
    assert abs(forward - reverse) <= 1e-10 * scale, (
        f"{call}: ⟨u, Jv⟩ = {forward}, ⟨Jᵀu, v⟩ = {reverse}"
    )


def inner(us: Iterable[Any], vs: Iterable[Any]) -> float:
    return sum(float(np.sum(np.asarray(u) * np.asarray(v))) for u, v in zip(us, vs, strict=True))


def check_batch(call: Call, count: int) -> None:
    """The batching rule gives what a loop over the examples gives, whichever inputs are batched."""
    for batched in product((False, True), repeat=len(call.inputs)):
        if any(batched):
            _check_batched(call, batched, count)


def _check_batched(call: Call, batched: Sequence[bool], count: int) -> None:
    examples = [
        [example(x, index) if flag else x for flag, x in zip(batched, call.inputs, strict=True)]
        for index in range(count)
    ]
    stacked = [
        constant(np.stack([given[place] for given in examples]) if flag else x)
        for place, (flag, x) in enumerate(zip(batched, call.inputs, strict=True))
    ]
    with np.errstate(all="ignore"):
        found = flatten(call.primitive.batch(batched, *stacked))[0]
    looped = [results(call.primitive, list(map(constant, given))) for given in examples]
    for place, y in enumerate(found):
        expected = np.stack([np.asarray(row[place]) for row in looped])
        assert y.spec == spec_of(expected), (
            f"{call} batched {batched}: {y.spec}, not {spec_of(expected)}"
        )
        np.testing.assert_allclose(
            y.known(), expected, rtol=1e-12, atol=1e-12, err_msg=f"{call} batched {batched}"
        )


def example(x: Array, index: int) -> Array:
    """Another input of the same domain: turned around, and real numbers a little smaller."""
    turned = np.flip(x) if index % 2 else x
    return turned * (1 - index / 1024) if is_real(x) else turned


def check_recorded(sampler: Sampler, call: Call) -> None:
    """Recorded and interpreted, a call and its derivative have the bits that they have at once."""
    for inputs in call.variants:
        for function in _functions(sampler, call):
            eager = [y.known() for y in flatten(function(*map(constant, inputs)))[0]]
            recorded = Interpreter(record(function, [spec_of(x) for x in inputs]).graph)(inputs)
            for one, other in zip(eager, recorded, strict=True):
                assert same_bits(one, other), f"{call}: recorded, it gives other bits"


def _functions(sampler: Sampler, call: Call) -> Iterator[Any]:
    """The call, and where it has one its derivative, as functions of all the inputs."""
    yield lambda *inputs: results(call.primitive, inputs)
    places = differentiable(sampler, call)
    if places and sampler.orders:
        yield lambda *inputs: _derivative(call, places, inputs)


def _derivative(call: Call, places: Sequence[int], inputs: Sequence[Tensor]) -> Any:
    def function(*given: Tensor) -> list[Tensor]:
        filled = list(inputs)
        for place, x in zip(places, given, strict=True):
            filled[place] = x
        return [y for y in results(call.primitive, filled) if is_floating(y.dtype)]

    ys, pull_back = vjp(function, *(inputs[place] for place in places))
    return pull_back([constant(np.ones(y.shape, y.dtype)) for y in ys]) if ys else ()


def same_bits(one: Array, other: Array) -> bool:
    """Tell whether two arrays are equal to the last bit; any NaN equals any other."""
    if (one.shape, one.dtype) != (other.shape, other.dtype):
        return False
    if not is_real(one):
        return bool(np.array_equal(one, other))
    signs = np.signbit(one) == np.signbit(other)
    return bool(np.all(np.isnan(one) & np.isnan(other) | (one == other) & signs))
