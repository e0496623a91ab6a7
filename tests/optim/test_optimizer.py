"""The optimizer around the rule: what a step moves, and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

from chainrule.build.convert import asarray
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import ChainruleError, DTypeError, OptionError, ShapeError
from chainrule.optim import (
    ASGD,
    LAMB,
    LARS,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Muon,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
    Rule,
    ScheduleFreeAdamW,
    Stepping,
    clip_by_global_norm,
)
from chainrule.optim.rule import State
from tests.optim.makers import Maker, every_optimizer, every_stepping, number, scalar, values
from tests.optim.problems import loss, start, variables


@dataclass(frozen=True)
class Given(Rule):
    """A rule that returns what it was made with, right or wrong."""

    parameter: Tensor
    state: State

    def initial(self, parameter: Tensor) -> State:
        return {"kept": parameter * 2.0}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        return self.parameter, self.state


def test_a_parameter_without_a_gradient_stays() -> None:
    x, y = scalar(name="x"), scalar(name="y")
    optimizer = Adam([x, y], 0.1)
    optimizer.step({x: number(1.0)})
    assert float(x) != 1.0
    assert float(y) == 1.0
    assert float(dict(optimizer.named_variables())["y.mean"]) == 0.0


def test_the_steps_are_counted() -> None:
    x = scalar()
    optimizer = SGD([x], 0.1)
    for _ in range(3):
        optimizer.step({x: number(1.0)})
    assert int(dict(optimizer.named_variables())["step"]) == 3


def test_arrays_of_numpy_are_gradients_too() -> None:
    x = scalar()
    SGD([x], 0.25).step({x: np.float64(2.0)})  # type: ignore[dict-item]
    assert float(x) == 0.5


@every_optimizer
def test_float32_stays_float32(make: Maker) -> None:
    at = variables("logistic", "float32")
    optimizer = make(at, 0.1)
    optimizer.step(loss("logistic", at).backward())
    cells = [variable for _, variable in optimizer.named_variables()]
    # Counts, rates and the like are scalars with all their digits.
    moments = [variable for variable in cells if variable.shape]
    assert {variable.dtype.name for variable in (*at.values(), *moments)} == {"float32"}


@every_stepping
def test_a_step_keeps_no_graph(make: Maker) -> None:
    at = variables("logistic")
    optimizer = make(at, 0.1)
    optimizer.step(loss("logistic", at).backward())
    for variable in (*at.values(), *optimizer.variables()):
        assert variable.content().inputs == ()


def test_moments_are_made_when_asked_for_from_the_parameter_then() -> None:
    drawn = []

    def draw() -> Any:
        drawn.append(True)
        return np.float64(3.0)

    x = Variable(draw, spec=Spec((), np.dtype(np.float64)), trainable=True, name="x")
    optimizer = Optimizer([x], Given(asarray(np.float64(0.0)), {}), 0.1)
    assert not drawn
    assert float(dict(optimizer.named_variables())["x.kept"]) == 6.0


def test_gradients_are_transformed_first() -> None:
    at = {"x": scalar(0.0, "x"), "y": scalar(0.0, "y")}
    clip = partial(clip_by_global_norm, limit=1.0)
    optimizer = SGD(at, 1.0, gradient_transform=clip)
    optimizer.step({at["x"]: number(-3.0), at["y"]: number(-4.0)})
    assert values(at) == {"x": pytest.approx(0.6), "y": pytest.approx(0.8)}


def test_what_the_transform_returns_is_checked() -> None:
    x = scalar()
    optimizer = SGD([x], 1.0, gradient_transform=lambda _: {})
    with pytest.raises(OptionError, match=r"step\(\) takes"):
        optimizer.step({x: number(1.0)})


def fails(optimizer: Stepping, gradients: Any, kind: type[Exception], message: str) -> None:
    before = (values(dict(optimizer.named_parameters())), optimizer.state())
    with pytest.raises(kind, match=message):
        optimizer.step(gradients)
    np.testing.assert_equal((values(dict(optimizer.named_parameters())), optimizer.state()), before)


def test_a_gradient_for_a_stranger() -> None:
    x, stranger = scalar(), scalar(name="stranger")
    gradients = {x: number(1.0), stranger: number(1.0)}
    fails(Adam([x]), gradients, OptionError, r"stranger.* is none of this optimizer's 1 parameters")


@pytest.mark.parametrize("gradients", [{}, None, [1.0], 3.0])
def test_no_gradients(gradients: Any) -> None:
    fails(Adam([scalar()]), gradients, OptionError, r"as loss.backward\(\) returns it")


def test_a_gradient_of_another_shape_or_type() -> None:
    x, y = scalar(name="x"), scalar(name="y")
    good = number(1.0)
    optimizer = Adam([x, y])
    bad_shape = {x: good, y: asarray(np.ones(2))}
    fails(optimizer, bad_shape, ShapeError, r"the gradient of y has shape \(2,\), expected \(\)")
    bad_type = {x: good, y: asarray(np.float32(1.0))}
    fails(optimizer, bad_type, DTypeError, "the gradient of y is float32, expected float64")


@pytest.mark.parametrize(
    ("parameter", "state", "kind", "message"),
    [
        (np.float32(1.0), {"kept": np.float64(1.0)}, DTypeError, r"x after update\(\) is float32"),
        (np.ones(2), {"kept": np.float64(1.0)}, ShapeError, r"x after update\(\) has shape"),
        (np.float64(1.0), {"kept": np.ones(2)}, ShapeError, r"x.kept after update\(\) has shape"),
        (np.float64(1.0), {}, OptionError, r"returned another state: missing \['kept'\]"),
    ],
)
def test_a_rule_of_ones_own_is_checked(
    parameter: Any, state: dict[str, Any], kind: type[Exception], message: str
) -> None:
    x, other = scalar(name="x"), scalar(name="other")
    made = {name: asarray(value) for name, value in state.items()}
    optimizer = Optimizer([other, x], Given(asarray(parameter), made), 0.1)
    fails(optimizer, {x: number(1.0)}, kind, message)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (SGD, {"momentum": 1.0}, r"momentum must lie in \[0, 1\), got 1.0"),
        (SGD, {"momentum": -0.1}, "momentum must lie in"),
        (SGD, {"nesterov": True}, "nesterov=True needs momentum"),
        (SGD, {"weight_decay": -0.1}, "weight_decay must not be negative"),
        (RMSprop, {"alpha": 1.0}, "alpha must lie in"),
        (RMSprop, {"epsilon": 0.0}, "epsilon must be greater than 0"),
        (RMSprop, {"momentum": 2.0}, "momentum must lie in"),
        (Adagrad, {"start": -1.0}, "start must not be negative"),
        (Adagrad, {"epsilon": -1.0}, "epsilon must be greater than 0"),
        (Adam, {"beta1": 1.0}, "beta1 must lie in"),
        (Adam, {"beta2": -0.5}, "beta2 must lie in"),
        (Adam, {"epsilon": 0.0}, "epsilon must be greater than 0"),
        (AdamW, {"beta2": 1.5}, "beta2 must lie in"),
        (AdamW, {"weight_decay": -0.1}, "weight_decay must not be negative"),
        (Adadelta, {"rho": 1.0}, "rho must lie in"),
        (Adadelta, {"epsilon": 0.0}, "epsilon must be greater than 0"),
        (Adafactor, {"decay": 0.0}, "decay must be greater than 0"),
        (Adafactor, {"epsilon": -1.0}, "epsilon must be greater than 0"),
        (Adafactor, {"weight_decay": -0.1}, "weight_decay must not be negative"),
        (Adamax, {"beta2": 1.0}, "beta2 must lie in"),
        (ASGD, {"decay": -1.0}, "decay must not be negative"),
        (ASGD, {"power": "1"}, "power must be a finite number"),
        (LAMB, {"weight_decay": -0.1}, "weight_decay must not be negative"),
        (LAMB, {"beta1": 1.0}, "beta1 must lie in"),
        (LARS, {"coefficient": 0.0}, "coefficient must be greater than 0"),
        (Lion, {"beta2": 1.0}, "beta2 must lie in"),
        (Muon, {"momentum": 1.0}, "momentum must lie in"),
        (Muon, {"rounds": 0}, "rounds must be a whole number of at least 1"),
        (NAdam, {"momentum_decay": -1.0}, "momentum_decay must not be negative"),
        (RAdam, {"beta2": 1.0}, "beta2 must lie in"),
        (Rprop, {"shrink": 1.0}, "shrink must be less than 1, got 1.0"),
        (Rprop, {"grow": 1.0}, "grow must be greater than 1, got 1.0"),
        (Rprop, {"smallest": 2.0, "largest": 1.0}, "smallest=2.0 is more than largest=1.0"),
        (ScheduleFreeAdamW, {"beta1": 0.0}, "beta1 must be greater than 0"),
        (ScheduleFreeAdamW, {"power": -1.0}, "power must not be negative"),
    ],
)
def test_bad_arguments(kind: Maker, options: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        kind([scalar()], 0.1, **options)
    assert isinstance(caught.value, ChainruleError)


def test_it_says_what_it_is() -> None:
    shown = repr(SGD([start_of("x")], 0.25, momentum=0.5, weight_decay=0.125))
    rule = "Descent(momentum=0.5, nesterov=False)"
    assert shown == f"SGD({rule}, learning_rate=0.25, weight_decay=0.125, parameters=1)"


def start_of(name: str) -> Variable:
    return Variable(start("quadratic")[name], trainable=True, name=name)
