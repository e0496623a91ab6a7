"""Every recorded node knows which of the four steps of training it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.source import Step

X = np.ones((4, 3), np.float32)
Y = np.ones((4, 2), np.float32)


def steps_of(function: Callable[..., Any], *arguments: Any) -> dict[int, set[Step]]:
    """The steps of the nodes on each line of `function`, counted from its first."""
    compiled = cr.compile(function)
    compiled(*arguments)
    first = function.__code__.co_firstlineno
    found: dict[int, set[Step]] = {}
    for node in compiled.graph.nodes:
        found.setdefault(node.source.line - first, set()).add(node.source.step)
    return found


def test_the_four_steps_of_a_model() -> None:
    model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
    optimizer = optim.Adam(model)

    def step(x: Any, y: Any) -> Any:
        prediction = model(x)
        difference = prediction - y
        loss = cr.mean(difference * difference)
        gradients = loss.backward()
        optimizer.step(gradients)
        return loss

    assert steps_of(step, X, Y) == {
        1: {Step.FORWARD},
        2: {Step.LOSS},
        3: {Step.LOSS},
        4: {Step.BACKWARD},
        5: {Step.UPDATE},
    }


def test_model_and_loss_on_one_line_are_told_apart_by_the_layers() -> None:
    model = nn.Linear(3, 2)

    def step(x: Any, y: Any) -> Any:
        return nn.mse(model(x), y).backward()

    compiled = cr.compile(step)
    compiled(X, Y)
    found = {(bool(n.source.layers), n.source.step) for n in compiled.graph.nodes}
    assert (True, Step.FORWARD) in found
    assert (False, Step.LOSS) in found
    assert (True, Step.LOSS) not in found
    assert (False, Step.FORWARD) not in found


def test_without_layers_the_loss_is_its_line_and_an_update_by_hand_follows() -> None:
    weight = cr.Variable(np.ones((3, 2), np.float32), trainable=True)

    def step(x: Any, y: Any) -> Any:
        prediction = cr.tanh(x @ weight)
        loss = cr.mean((prediction - y) ** 2)
        gradient = loss.backward()[weight]
        clipped = cr.clip(gradient, -1.0, 1.0)
        weight.assign(weight - 0.1 * clipped)
        return loss

    assert steps_of(step, X, Y) == {
        1: {Step.FORWARD},
        2: {Step.LOSS},
        3: {Step.BACKWARD},
        4: {Step.UPDATE},
        5: {Step.UPDATE},
    }


def test_what_also_feeds_the_model_is_no_loss() -> None:
    first, second = nn.Linear(3, 3), nn.Linear(3, 2)

    def step(x: Any, y: Any) -> Any:
        hidden = first(x) * 2.0
        loss = nn.mse(second(hidden), y) + cr.mean(hidden)
        return loss.backward()

    found = steps_of(step, X, Y)
    assert found[1] == {Step.FORWARD}
    assert Step.LOSS in found[2]


def test_a_prediction_is_all_forward() -> None:
    model = nn.Linear(3, 2)
    assert steps_of(lambda x: cr.softmax(model(x), axis=-1), X) == {0: {Step.FORWARD}}


def test_gradients_of_functions_are_the_backward_pass() -> None:
    def slope(x: Any) -> Any:
        return cr.grad(lambda v: cr.sum(cr.exp(v) * v))(x)

    compiled = cr.compile(slope)
    compiled(X)
    found = {node.source.step for node in compiled.graph.nodes}
    assert Step.BACKWARD in found
    assert Step.UPDATE not in found
