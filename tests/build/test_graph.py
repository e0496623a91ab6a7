"""Graphs: what lies between inputs and outputs, in an order that works, and printed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from chainrule.array.dtype import float64
from chainrule.build.graph import Graph, again, sort
from chainrule.build.leaf import alias, argument, constant
from chainrule.build.primitives.elementwise import Add, Multiply
from chainrule.build.tensor import Node, Spec, Tensor
from chainrule.derive.grad import grad

SPEC = Spec((2,), float64)
X = np.array([1.0, 2.0])


def inputs_of(node: Node) -> tuple[Node, ...]:
    return node.inputs


def add(a: Tensor, b: Tensor) -> Tensor:
    return Add()(a, b)


def multiply(a: Tensor, b: Tensor) -> Tensor:
    return Multiply()(a, b)


def test_inputs_come_before_what_uses_them() -> None:
    x = argument(SPEC)
    a = add(x, x)
    b = multiply(a, x)
    c = add(b, a)
    assert sort([c], inputs_of) == [x, a, b, c]
    assert sort([b, c, a], inputs_of) == [x, a, b, c]


def test_a_node_is_visited_once_however_often_it_is_used() -> None:
    x = argument(SPEC)
    y = x
    for _ in range(60):  # 2⁶⁰ ways lead from y to x
        y = add(y, y)
    assert len(sort([y, y], inputs_of)) == 61


def test_a_deep_graph_does_not_exhaust_the_stack() -> None:
    y = argument(SPEC)
    for _ in range(5000):
        y = add(y, y)
    assert len(sort([y], inputs_of)) == 5001


def test_the_walk_stops_where_it_is_told_to() -> None:
    x = argument(SPEC)
    a = add(x, x)
    b = add(a, a)
    assert sort([b], lambda node: () if node is a else node.inputs) == [a, b]


def test_only_what_depends_on_the_inputs_is_inside() -> None:
    x, outside = argument(SPEC), argument(SPEC)
    far = multiply(outside, outside)
    y = add(multiply(x, far), constant(X))
    graph = Graph((x,), (y,))
    assert [type(node.primitive) for node in graph.nodes] == [Multiply, Add]


def test_only_what_the_outputs_need_is_inside() -> None:
    x = argument(SPEC)
    needed, other = add(x, x), multiply(x, x)
    assert Graph((x,), (needed,)).nodes == (needed,)
    assert Graph((x,), (other, needed)).nodes in {(needed, other), (other, needed)}


def test_an_output_may_be_an_input_or_a_constant() -> None:
    x, held = argument(SPEC), constant(X)
    graph = Graph((x,), (x, held))
    assert graph.nodes == ()
    assert graph.rebuild([constant(X + 1)])[1] is held


def test_inputs_in_the_middle_hide_what_is_behind_them() -> None:
    x = argument(SPEC)
    middle = add(x, x)
    y = multiply(middle, middle)
    assert Graph((middle,), (y,)).nodes == (y,)


def test_a_graph_is_built_again_for_other_inputs() -> None:
    x, y = argument(SPEC), argument(SPEC)
    graph = Graph((x, y), (multiply(add(x, y), x), add(y, constant(X))))
    first, second = graph.rebuild([constant(X), constant(3 * X)])
    assert np.array_equal(first, 4 * X * X)
    assert np.array_equal(second, 4 * X)


def test_what_is_built_again_can_be_differentiated() -> None:
    x = argument(SPEC)
    graph = Graph((x,), (multiply(x, multiply(x, x)),))
    found = grad(lambda x: graph.rebuild([x])[0].sum())(X)
    assert np.array_equal(found, 3 * X * X)


def test_what_comes_from_outside_keeps_its_derivative() -> None:
    def function(outer: Tensor) -> Any:
        x = argument(SPEC)
        graph = Graph((x,), (multiply(x, outer),))
        return graph.rebuild([constant(X)])[0].sum()

    assert np.array_equal(grad(function)(np.array(3.0)), 3.0)


def test_an_operation_again() -> None:
    x = argument(SPEC)
    assert np.array_equal(again(add(x, x), [constant(X), constant(X)]), 2 * X)


def test_how_it_prints() -> None:
    x = argument(SPEC)
    y = multiply(add(x, constant(np.array(2.0))), constant(X))
    lines = str(Graph((x,), (y,))).splitlines()
    assert len(lines) == 4
    assert re.fullmatch(r"in0 +float64\[2\] +Argument", lines[0])
    assert re.fullmatch(r"t1 +float64\[2\] +Add\(\)\(in0, 2\.0\)  # test_graph.py:\d+", lines[1])
    assert re.fullmatch(r"t\d +float64\[2\] +Multiply\(\)\(t1, c\d\)  # \S+:\d+", lines[2])
    assert lines[3] == f"return {lines[2].split()[0]}"


def test_an_alias_is_a_place_of_its_own() -> None:
    x = argument(SPEC)
    first, second = alias(x), alias(x)
    assert first is not second
    assert len(Graph((x,), (add(first, second),)).nodes) == 3
