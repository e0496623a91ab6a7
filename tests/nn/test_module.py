"""Modules find what they hold, name it, save it, load it, and say where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.array.dtype import float32
from chainrule.build.functions.arithmetic import multiply
from chainrule.build.record import record
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import DataError, OptionError, ShapeError


class Tower(nn.Module):
    """A model that holds modules and variables in every way there is."""

    def __init__(self) -> None:
        self.first = nn.Linear(2, 3)
        self.blocks: list[Any] = [nn.Linear(3, 3, bias=False), (nn.Tanh(), nn.Linear(3, 3))]
        self.heads = {"a": nn.Linear(3, 1), "b": self.first}
        self.scale = Variable(2.0, trainable=True, name="scale")
        self.seen = Variable(0, name="seen")
        self.width = 3

    def forward(self, x: Any) -> Any:
        x = self.first(x)
        for block in (self.blocks[0], *self.blocks[1]):
            x = block(x)
        return self.heads["a"](x) * self.scale


def paths(pairs: list[tuple[str, Any]]) -> list[str]:
    return [path for path, _ in pairs]


def test_variables_are_found_wherever_they_are_held() -> None:
    assert paths(Tower().named_variables()) == [
        "scale",
        "seen",
        "first.weight",
        "first.bias",
        "blocks.0.weight",
        "blocks.1.1.weight",
        "blocks.1.1.bias",
        "heads.a.weight",
        "heads.a.bias",
    ]


def test_parameters_are_the_trainable_variables() -> None:
    tower = Tower()
    assert "seen" not in paths(tower.named_parameters())
    assert tower.parameters() == [found for _, found in tower.named_parameters()]
    assert len(tower.parameters()) == len(tower.variables()) - 1


def test_a_shared_layer_counts_once() -> None:
    shared = nn.Linear(2, 2)
    model = nn.Sequential(shared, nn.Tanh(), shared)
    assert paths(model.named_parameters()) == ["0.weight", "0.bias"]
    assert model.modules() == [model, shared, model[1]]


def test_a_shared_variable_counts_once() -> None:
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    first, second = model
    assert isinstance(first, nn.Linear)
    assert isinstance(second, nn.Linear)
    second.weight = first.weight
    assert paths(model.named_variables()) == ["0.weight"]


def test_modules_that_hold_each_other_are_found_once() -> None:
    inner, outer = Tower(), Tower()
    inner.first, outer.first = outer, inner  # type: ignore[assignment]
    assert outer.modules().count(inner) == 1


def test_modules_are_named_by_their_paths() -> None:
    model = nn.Sequential(nn.Residual(nn.Tanh()))
    assert paths(model.named_modules()) == ["", "0", "0.0"]


def test_train_and_evaluate_reach_everything_inside() -> None:
    tower = Tower()
    assert tower.evaluate() is tower
    assert not any(module.training for module in tower.modules())
    assert tower.train() is tower
    assert all(module.training for module in tower.modules())


def test_train_takes_a_bool() -> None:
    with pytest.raises(OptionError, match="train\\(\\) takes True or False, got 'yes'"):
        Tower().train("yes")  # type: ignore[arg-type]


def test_a_recording_notices_that_the_mode_has_changed() -> None:
    layer = nn.Dropout(0.5)
    recording = record(layer, [Spec((2,), float32)])
    assert recording.holds()
    layer.evaluate()
    assert not recording.holds()


def test_a_module_without_forward_says_so() -> None:
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match="Empty has no forward\\(\\); write one"):
        Empty()(1.0)


def test_tensors_know_the_layers_around_them() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            self.body = nn.Sequential(nn.Tanh(), nn.Linear(2, 2))

        def forward(self, x: Any) -> Any:
            return self.body(x)

    y = Model()([[1.0, 2.0]])
    assert y.source.layers == ("Model()", "body, Sequential", "layer 1, Linear(2, 2)")
    assert y.source.file == __file__


def test_errors_know_the_layers_around_them() -> None:
    class Doubling(nn.Module):
        def forward(self, x: Any) -> Any:
            return multiply(x, [1.0, 2.0])

    with pytest.raises(ShapeError, match=r"test_module.py:.*in Sequential > layer 0, Doubling\(\)"):
        nn.Sequential(Doubling())([1.0, 2.0, 3.0])


def test_the_state_is_a_copy_of_all_contents() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.1))
    state = model.state()
    assert {name: array.shape for name, array in state.items()} == {
        "0.weight": (3, 2),
        "0.bias": (3,),
        "1.counter": (2,),
    }
    state["0.weight"][:] = 7.0
    assert not np.any(model.state()["0.weight"] == 7.0)


def test_a_loaded_state_makes_an_equal_model() -> None:
    first, second = (nn.Sequential(nn.Linear(2, 3), nn.PReLU()) for _ in range(2))
    x = [[1.0, -2.0]]
    assert not np.array_equal(first(x), second(x))
    second.load_state(first.state())
    np.testing.assert_array_equal(first(x), second(x))


def test_a_state_is_converted_to_the_precision_of_the_model() -> None:
    model = nn.Linear(1, 1)
    model.load_state({"weight": np.array([[0.1]]), "bias": [0.2]})
    np.testing.assert_array_equal(model.weight, np.array([[0.1]], np.float32))
    assert model.state()["bias"].dtype == np.float32


def test_a_state_that_does_not_fit_changes_nothing_and_is_explained() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1), nn.Dropout(0.1))
    before = model.state()
    state = {
        "0.weight": np.ones((3, 2), np.float32),
        "0.bias": np.ones(4, np.float32),
        "1.wieght": np.ones((1, 3), np.float32),
        "1.bias": np.ones(1, np.float32),
        "2.counter": np.ones(2, np.float64),
    }
    with pytest.raises(DataError) as raised:
        model.load_state(state)
    message = str(raised.value)
    assert "nothing was loaded" in message
    assert "missing: 1.weight, float32[1, 3]" in message
    assert "unexpected: 1.wieght, float32[1, 3]" in message
    assert "unfitting: 0.bias is float32[4], the model's is float32[3]" in message
    assert "unfitting: 2.counter is float64[2], the model's is uint64[2]" in message
    for name, array in model.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_state_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(OptionError, match="load_state takes a mapping of names to arrays, got 7"):
        nn.Linear(1, 1).load_state(7)  # type: ignore[arg-type]


def test_the_representation_shows_what_is_inside() -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.Residual(nn.LeakyReLU(0.2)), nn.Dropout(0.5))
    assert repr(model) == (
        "Sequential(\n"
        "  0: Linear(4, 3)\n"
        "  1: Residual(\n"
        "    0: LeakyReLU(negative_slope=0.2)\n"
        "  )\n"
        "  2: Dropout(0.5)\n"
        ")"
    )


def test_the_summary_shows_features_and_parameters() -> None:
    model = nn.Sequential(
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Residual(nn.Linear(512, 512), nn.ReLU()),
        nn.Flatten(),
        nn.Linear(512, 10),
    )
    assert model.summary() == (
        "layer                   output  parameters\n"
        "──────────────────────────────────────────\n"
        "Sequential                  10\n"
        "  0 Linear(784, 512)       512     401,920\n"
        "  1 ReLU()                 512           0\n"
        "  2 Residual               512\n"
        "    0 Linear(512, 512)     512     262,656\n"
        "    1 ReLU()               512           0\n"
        "  3 Flatten()                            0\n"
        "  4 Linear(512, 10)         10       5,130\n"
        "──────────────────────────────────────────\n"
        "total                              669,706 (2.68 MB)"
    )


def test_the_summary_of_one_layer() -> None:
    assert "Linear(2, 3)       3           9" in nn.Linear(2, 3).summary()


def test_the_summary_counts_a_shared_layer_once_in_the_total() -> None:
    shared = nn.Linear(10, 10)
    lines = nn.Sequential(shared, shared).summary().splitlines()
    assert lines[-1].split() == ["total", "110", "(440", "bytes)"]


def test_the_summary_draws_nothing() -> None:
    layer = nn.Linear(2, 3)
    layer.summary()
    assert not layer.weight.drawn


def test_calling_returns_what_forward_returns() -> None:
    class Pair(nn.Module):
        def forward(self, x: Tensor, *, swapped: bool = False) -> tuple[Any, Any]:
            return (x, 1) if swapped else (1, x)

    assert Pair()(2) == (1, 2)
    assert Pair()(2, swapped=True) == (2, 1)
