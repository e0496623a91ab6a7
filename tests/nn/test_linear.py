"""The linear layer: its formula, its shapes, its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.build.random import default_generator, seed
from chainrule.derive.numeric import check_gradients
from chainrule.errors import DTypeError, OptionError, ShapeError


@pytest.mark.parametrize("front", [(), (5,), (2, 5), (0,)])
def test_the_formula(front: tuple[int, ...]) -> None:
    random = np.random.default_rng(0)
    x, w, b = (random.standard_normal(shape) for shape in ((*front, 3), (4, 3), (4,)))
    np.testing.assert_allclose(nn.linear(x, w, b), np.einsum("...i,oi->...o", x, w) + b)
    np.testing.assert_allclose(nn.linear(x, w), np.einsum("...i,oi->...o", x, w))


@pytest.mark.parametrize("order", [1, 2])
def test_the_derivatives(order: int) -> None:
    random = np.random.default_rng(0)
    x, w, b = (random.standard_normal(shape) for shape in ((2, 3), (4, 3), (4,)))
    check_gradients(nn.linear, x, w, b, order=order)


def test_the_layer_is_the_function_of_its_parameters() -> None:
    layer = nn.Linear(3, 4)
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(layer(x), nn.linear(x, layer.weight, layer.bias))


def test_it_can_do_without_a_bias() -> None:
    layer = nn.Linear(3, 4, bias=False)
    assert layer.bias is None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert layer([0.0, 0.0, 0.0]).tolist() == [0.0] * 4


def test_parameters_have_the_shapes_that_are_promised() -> None:
    layer = nn.Linear(3, 4)
    assert [(p.shape, p.dtype.name) for p in layer.parameters()] == [
        ((4, 3), "float32"),
        ((4,), "float32"),
    ]
    np.testing.assert_array_equal(layer.bias, np.zeros(4))


@pytest.mark.parametrize("given", [np.float64, np.int64, np.uint8, np.bool_])
def test_the_input_takes_the_precision_of_the_weights(given: Any) -> None:
    assert nn.Linear(2, 2)(np.ones((1, 2), given)).dtype.name == "float32"
    assert nn.Linear(2, 2, dtype="float64")(np.ones((1, 2), given)).dtype.name == "float64"


def test_weights_do_not_depend_on_when_they_are_drawn() -> None:
    seed(1)
    first, second = nn.Linear(2, 3), nn.Linear(2, 3)
    forward = np.array(first.weight), np.array(second.weight)
    seed(1)
    first, second = nn.Linear(2, 3), nn.Linear(2, 3)
    default_generator().normal((5,))
    backward = np.array(second.weight), np.array(first.weight)
    np.testing.assert_array_equal(forward[0], backward[1])
    np.testing.assert_array_equal(forward[1], backward[0])
    assert not np.array_equal(*forward)


def test_weights_are_drawn_once() -> None:
    layer = nn.Linear(2, 3)
    assert not layer.weight.drawn
    np.testing.assert_array_equal(np.array(layer.weight), np.array(layer.weight))


@pytest.mark.parametrize("size", [0, -1, 2.0, "3", True, None])
def test_sizes_are_positive_integers(size: Any) -> None:
    with pytest.raises(
        OptionError, match=f"Linear: inputs must be a positive integer, got {size!r}"
    ):
        nn.Linear(size, 2)
    with pytest.raises(OptionError, match="Linear: outputs must be a positive integer"):
        nn.Linear(2, size)


@pytest.mark.parametrize("wrong", [nn.initializers.he_normal, "orthogonal", 0.1])
def test_what_is_no_initializer_is_refused(wrong: Any) -> None:
    with pytest.raises(
        OptionError, match=r"is no initializer; call one of nn.initializers, such as"
    ):
        nn.Linear(2, 2, initializer=wrong)


def test_weights_are_real_numbers() -> None:
    with pytest.raises(DTypeError, match=r"Linear\(2, 2\).weight cannot be trained: int64"):
        nn.Linear(2, 2, dtype="int64")


def test_a_single_number_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"got an array of shape \(\): give it a row of features"):
        nn.Linear(2, 2)(1.0)


def test_a_message_names_the_variable() -> None:
    layer = nn.Linear(2, 2)
    with pytest.raises(ShapeError, match=r"Linear\(2, 2\).weight has shape \(2, 2\)"):
        layer.weight.assign(np.zeros(3, np.float32))
