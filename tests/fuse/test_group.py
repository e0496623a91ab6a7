"""What runs in one loop, and in which order the loops come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.graph import Graph
from chainrule.build.primitives.broadcast import Movement
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.fuse.group import Grouping, Kind, NotNativeError, group
from chainrule.fuse.simplify import simplify

FLOAT = np.dtype(np.float32)


def graph_of(function: Callable[..., Any], *shapes: tuple[int, ...]) -> Graph:
    return simplify(record(function, [Spec(shape, FLOAT) for shape in shapes]).graph)


def kinds(grouping: Grouping) -> list[Kind]:
    return [one.kind for one in grouping.groups]


def check_order(graph: Graph, grouping: Grouping) -> None:
    """Each node runs once, behind what it needs; a reduction's result is read in a later loop."""
    listed = [node for one in grouping.groups for node in one.nodes]
    assert len(listed) == len(set(listed))
    assert {*listed, *grouping.views} == set(graph.nodes)
    for node in graph.nodes:
        for below in node.inputs:
            if below in grouping.place:
                assert grouping.place[below] <= grouping.place[node]
    for one in grouping.groups:
        done: set[Any] = set()
        for node in one.nodes:
            inside = [below for below in node.inputs if below in set(one.nodes)]
            assert done.issuperset(inside)
            done.add(node)


def test_a_chain_is_one_loop() -> None:
    graph = graph_of(lambda x: cr.sum(cr.exp(x * 2.0 + 1.0), axis=1), (3, 4))
    grouping = group(graph)
    assert kinds(grouping) == [Kind.MAP]
    assert grouping.groups[0].axes == (1,)


def test_what_follows_a_product_is_its_epilogue() -> None:
    graph = graph_of(lambda x, w, b: nn.relu(x @ w + b), (3, 4), (4, 5), (5,))
    assert kinds(group(graph)) == [Kind.PRODUCT]


def test_a_reduction_is_read_in_another_loop() -> None:
    graph = graph_of(lambda x: x - cr.max(x, axis=1, keepdims=True), (3, 4))
    assert kinds(group(graph)) == [Kind.MAP, Kind.MAP]


def test_movement_is_no_loop() -> None:
    graph = graph_of(lambda x: cr.flip(x.T[1:], axis=0), (3, 4))
    grouping = group(graph)
    assert grouping.groups == []
    assert grouping.views == set(graph.nodes)


def test_a_training_step_in_order() -> None:
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = optim.Adam(model)

    def step(x: Any) -> Any:
        loss = cr.sum(cr.square(model(x)))
        optimizer.step(loss.backward())
        return loss

    graph = graph_of(step, (5, 4))
    grouping = group(graph)
    check_order(graph, grouping)
    assert kinds(grouping).count(Kind.PRODUCT) == 5


ALONE: dict[str, tuple[Callable[..., Any], Kind]] = {
    "sort": (cr.sort, Kind.LINES),
    "cumulative sum": (lambda x: cr.cumulative_sum(x, axis=0), Kind.LINES),
    "power of integers": (lambda x: cr.astype(x, "int32") ** 3, Kind.LINES),
    "lookup": (lambda x: cr.take(x, np.array([1, 0]), axis=0), Kind.LOOKUP),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_runs_by_itself(name: str) -> None:
    function, kind = ALONE[name]
    graph = graph_of(lambda x: function(x * 2) + 1, (3, 3))
    grouping = group(graph)
    check_order(graph, grouping)
    assert kinds(grouping) == [Kind.MAP, kind, Kind.MAP]


def test_a_product_ends_a_chain_in_the_same_loop() -> None:
    grouping = group(graph_of(lambda x: cr.prod(x * 2, axis=1), (3, 3)))
    assert [(one.kind, one.axes) for one in grouping.groups] == [(Kind.MAP, (1,))]


def test_what_no_kernel_computes_is_named() -> None:
    class Moved(Movement, abstract=True):
        def infer(self, x: Spec) -> Spec:
            return x

        def evaluate(self, x: Array) -> Array:
            return x

        def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
            return self(x)

    with pytest.raises(NotNativeError, match="Moved has no native kernel yet"):
        group(graph_of(Moved(), (3, 3)))
