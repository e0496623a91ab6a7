"""Pooling becomes one loop over its windows, and the rewriting leaves values alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.primitives.window import Unwindow, Window
from chainrule.build.record import record
from chainrule.build.tensor import Spec, Tensor
from chainrule.fuse.group import Kind, group
from chainrule.fuse.simplify import simplify
from chainrule.fuse.windows import MOST, windowless

X = np.random.default_rng(0).integers(-3, 4, (2, 3, 8, 12)) / 2.0


def recorded(function: Callable[..., Any]) -> Graph:
    return simplify(record(function, [Spec(X.shape, X.dtype)]).graph)


def gradient(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return cr.grad(lambda x: cr.sum(function(x) ** 2))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "largest": lambda x: nn.max_pool2d(x, 2),
    "smallest": lambda x: -nn.max_pool2d(-x, 2, 1),
    "mean": lambda x: nn.avg_pool2d(x, 3, 2, 1),
    "power": lambda x: nn.lp_pool2d(cr.abs(x) + 1.0, 3, 2),
    "least": lambda x: cr.min(cr.unfold(x, 3, step=2), axis=-1),
    "gradient of the largest": gradient(lambda x: nn.max_pool2d(x, 3, 2, 1)),
    "gradient with gaps": gradient(lambda x: nn.max_pool2d(x, 2, 3)),
    "gradient with dilation": gradient(lambda x: nn.max_pool2d(x, 2, 2, 1, 2)),
    "gradient through relu": gradient(lambda x: nn.max_pool2d(nn.relu(x * 2.0), 2)),
    "gradient of the mean": gradient(lambda x: nn.avg_pool2d(x, 2, 1)),
    "an interleaved image": gradient(lambda x: cr.exp(nn.interpolate(x, scale_factor=2) * 0.1)),
}


def windows_in(graph: Graph) -> list[Any]:
    return [node for node in graph.nodes if isinstance(node.primitive, Window | Unwindow)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_few_taps_are_written_out(name: str) -> None:
    graph = recorded(FUNCTIONS[name])
    found = windowless(graph)
    assert not windows_in(found)
    for a, b in zip(Interpreter(found)([X]), Interpreter(graph)([X]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("step", [1, 3, 7])
def test_many_taps_stay_a_view_whose_transpose_is_skewed(step: int) -> None:
    graph = recorded(gradient(lambda x: nn.max_pool1d(cr.reshape(x, (2, 288)), MOST + 1, step)))
    found = windowless(graph)
    assert {type(node.primitive) for node in windows_in(found)} == {Window}
    for a, b in zip(Interpreter(found)([X]), Interpreter(graph)([X]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


def test_the_transpose_of_many_taps_over_two_axes_is_taken_one_after_the_other() -> None:
    graph = recorded(gradient(lambda x: nn.avg_pool2d(x, (8, 9), (1, 2))))
    found = windowless(graph)
    assert {type(node.primitive) for node in windows_in(found)} == {Window}
    for a, b in zip(Interpreter(found)([X]), Interpreter(graph)([X]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


LOOPS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "largest": (lambda x: nn.max_pool2d(x, 2), 1),
    "mean": (lambda x: nn.avg_pool2d(x, 3, 2), 1),
    "gradient of the largest": (gradient(lambda x: nn.max_pool2d(x, 2)), 1),
    "gradient through relu": (gradient(lambda x: nn.max_pool2d(nn.relu(x), 2)), 2),
    "gradient of the mean": (gradient(lambda x: nn.avg_pool2d(x, 2)), 1),
}


@pytest.mark.parametrize("name", LOOPS)
def test_pooling_is_one_loop_over_its_windows(name: str) -> None:
    function, loops = LOOPS[name]
    groups = group(windowless(recorded(function))).groups
    assert [each.kind for each in groups] == [Kind.MAP] * loops
    assert all(each.axes is None for each in groups)


def test_a_graph_without_windows_stays_what_it_is() -> None:
    graph = recorded(lambda x: cr.sum(cr.exp(x)))
    assert windowless(graph) is graph


def test_a_sum_over_something_else_keeps_its_window() -> None:
    graph = windowless(recorded(lambda x: cr.sum(cr.unfold(x, 3), axis=0)))
    assert len(windows_in(graph)) == 1


def test_what_was_interleaved_and_is_read_twice_is_made_once() -> None:
    def function(x: Any) -> Any:
        y = nn.interpolate(x, scale_factor=2)
        return y + cr.sum(nn.max_pool2d(y, 2)), y * 2.0

    graph = recorded(function)
    for a, b in zip(Interpreter(windowless(graph))([X]), Interpreter(graph)([X]), strict=True):
        np.testing.assert_allclose(a, b)


def test_new_nodes_keep_the_line_of_the_user() -> None:
    graph = recorded(gradient(lambda x: nn.max_pool2d(x, 3, 2)))
    lines = {node.source for node in graph.nodes}
    found = windowless(graph)
    assert all(node.source in lines for node in found.nodes if isinstance(node, Tensor))
