"""The interpreter: what a graph computes, again and again, with nothing kept longer than needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.dtype import float64
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import argument, constant
from chainrule.build.primitives.broadcast import Reshape, Sum
from chainrule.build.primitives.elementwise import Add, Divide, Multiply, Negative
from chainrule.build.primitives.movement import Transpose
from chainrule.build.tensor import Primitive, Spec, Tensor
from chainrule.errors import ShapeError

SPEC = Spec((2, 3), float64)
X = np.arange(6.0).reshape(2, 3)


def graph_of(*steps: Primitive) -> Graph:
    x = argument(SPEC)
    y: Any = x
    for step in steps:
        y = step(y)
    return Graph((x,), (y,))


def test_a_chain() -> None:
    run = Interpreter(graph_of(Negative(), Transpose((1, 0)), Sum((0,))))
    assert np.array_equal(run([X])[0], -X.sum(1))


def test_it_can_be_run_again_with_other_numbers() -> None:
    run = Interpreter(graph_of(Negative(), Reshape((6,))))
    for scale in (1.0, 2.0, -3.0):
        assert np.array_equal(run([X * scale])[0], -(X * scale).ravel())


def test_constants_and_inputs_that_nothing_uses() -> None:
    x, unused = argument(SPEC), argument(SPEC)
    held = constant(X)
    run = Interpreter(Graph((x, unused), (Multiply()(x, held), held, unused)))
    product, constant_out, unused_out = run([X, X + 7])
    assert np.array_equal(product, X * X)
    assert np.array_equal(constant_out, X)
    assert np.array_equal(unused_out, X + 7)


def test_an_output_that_is_used_inside_is_kept() -> None:
    x = argument(SPEC)
    middle = Negative()(x)
    run = Interpreter(Graph((x,), (Add()(middle, middle), middle, middle)))
    total, once, twice = run([X])
    assert np.array_equal(total, -2 * X)
    assert np.array_equal(once, -X)
    assert np.array_equal(twice, -X)


def test_each_place_is_emptied_after_its_last_use() -> None:
    x = argument(SPEC)
    a = Negative()(x)
    b = Add()(a, a)
    c = Multiply()(b, a)
    steps = Interpreter(Graph((x,), (c,))).instructions
    assert [step.primitive for step in steps] == [Negative(), Add(), Multiply()]
    assert [set(step.dead) for step in steps] == [set(), set(), {steps[0].target, steps[1].target}]


def test_the_inputs_stay_the_callers() -> None:
    x = X.copy()
    Interpreter(graph_of(Transpose((1, 0)), Negative()))([x])
    assert x.flags.writeable
    assert np.array_equal(x, X)


def test_results_cannot_be_written_to() -> None:
    (y,) = Interpreter(graph_of(Negative()))([X])
    assert not y.flags.writeable


def test_numbers_out_of_range_raise_no_warning() -> None:
    x = argument(SPEC)
    (y,) = Interpreter(Graph((x,), (Divide()(x, x),)))([X])
    assert np.isnan(y[0, 0])


def test_the_number_of_inputs_is_checked() -> None:
    run = Interpreter(graph_of(Negative()))
    with pytest.raises(ShapeError, match="the graph has 1 inputs, got 2"):
        run([X, X])


@given(st.data())
def test_any_graph_has_the_bits_of_evaluating_at_once(data: st.DataObject) -> None:
    """Random graphs: every node takes two earlier ones; the outputs are drawn from all of them."""
    operations = [Add(), Multiply(), Divide()]

    def build(inputs: list[Tensor], plan: list[tuple[int, int, int]]) -> list[Tensor]:
        nodes = [*inputs, constant(np.full((3,), 0.7))]
        for kind, left, right in plan:
            nodes.append(operations[kind](nodes[left % len(nodes)], nodes[right % len(nodes)]))
        return nodes

    number = st.integers(0, 30)
    plan = data.draw(st.lists(st.tuples(st.integers(0, 2), number, number), max_size=12))
    places = data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=4))
    arrays = [X, X[::-1] + 0.5]
    eager = build([constant(x) for x in arrays], plan)
    arguments = [argument(SPEC), argument(SPEC)]
    symbolic = build(arguments, plan)
    chosen = [place % len(eager) for place in places]
    run = Interpreter(Graph(tuple(arguments), tuple(symbolic[place] for place in chosen)))
    for place, found in zip(chosen, run(arrays), strict=True):
        assert np.array_equal(found, eager[place], equal_nan=True)
