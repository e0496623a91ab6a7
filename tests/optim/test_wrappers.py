"""Accumulation, Lookahead, SAM and groups: what they make of the optimizers inside."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.errors import OptionError, ShapeError
from chainrule.optim import (
    SAM,
    SGD,
    Accumulate,
    Adam,
    AdamW,
    Constant,
    Groups,
    LinearWarmup,
    Lookahead,
    Plateau,
    clip_by_global_norm,
)
from chainrule.run.compile import compile as compile_
from tests.optim.makers import number, scalar, values
from tests.optim.problems import loss, variables

X = np.random.default_rng(0).normal(size=(24, 3))
Y = np.random.default_rng(1).normal(size=(24, 2))


def network() -> nn.Sequential:
    cr.seed(0)
    return nn.Sequential(
        nn.Linear(3, 5, dtype="float64"), nn.Tanh(), nn.Linear(5, 2, dtype="float64")
    )


def weights(model: nn.Module) -> Any:
    return np.concatenate([np.ravel(np.asarray(p)) for p in model.parameters()])


@pytest.mark.parametrize("device", ["numpy", "native"])
def test_four_small_batches_are_a_large_one(device: str) -> None:
    small, large = network(), network()
    clip = partial(clip_by_global_norm, limit=0.5)
    schedule = LinearWarmup(0.05, 3)
    optimizers = (
        Accumulate(AdamW(small, schedule, gradient_transform=clip), every=4),
        AdamW(large, schedule, gradient_transform=clip),
    )

    def train(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
        value = nn.mse(model(x), y)
        optimizer.step(value.backward())
        return value

    steps = [
        compile_(partial(train, model, optimizer), device=device)
        for model, optimizer in zip((small, large), optimizers, strict=True)
    ]
    start = weights(small)
    for epoch in range(5):
        steps[0].epoch(X, Y, batch_size=6)
        steps[1].epoch(X, Y, batch_size=24)
        np.testing.assert_allclose(weights(small), weights(large), rtol=1e-12, err_msg=str(epoch))
    assert not np.allclose(weights(small), start)


def test_between_the_steps_that_count_all_stays() -> None:
    at = variables("logistic")
    optimizer = Accumulate(Adam(at, 0.1), every=3)
    before, inner = values(at), optimizer.optimizer.state()
    for _ in range(2):
        optimizer.step(loss("logistic", at).backward())
        assert values(at) == before
        np.testing.assert_equal(optimizer.optimizer.state(), inner)
    optimizer.step(loss("logistic", at).backward())
    assert values(at) != before
    state = optimizer.state()
    assert int(state["count"]) == 0
    assert not state["w.sum"].any()


def test_every_step_is_the_optimizer_itself() -> None:
    one, other = variables("logistic"), variables("logistic")
    plain, wrapped = Adam(one, 0.1), Accumulate(Adam(other, 0.1), every=1)
    for _ in range(3):
        plain.step(loss("logistic", one).backward())
        wrapped.step(loss("logistic", other).backward())
    assert values(one) == values(other)


def test_lookahead_is_its_two_loops() -> None:
    at, again = variables("regression"), variables("regression")
    optimizer, fast = Lookahead(Adam(at, 0.1), every=3, part=0.25), Adam(again, 0.1)
    slow = {name: np.array(variable) for name, variable in again.items()}
    for _ in range(4):
        for _ in range(3):
            optimizer.step(loss("regression", at).backward())
            fast.step(loss("regression", again).backward())
        for name, variable in again.items():
            slow[name] = slow[name] + 0.25 * (np.array(variable) - slow[name])
            variable.assign(slow[name])
        for name, variable in at.items():
            np.testing.assert_allclose(np.asarray(variable), slow[name], rtol=1e-13)


@pytest.mark.parametrize("wrap", [partial(Accumulate, every=2), Lookahead])
def test_wrappers_ask_the_optimizer_inside(wrap: Any) -> None:
    x = scalar()
    optimizer = wrap(SGD([x], Plateau(0.5, factor=0.5, patience=0)))
    assert optimizer.named_parameters() == [("x", x)]
    for _ in range(2):
        optimizer.observe(1.0)
    assert optimizer.rate() == 0.25
    assert "optimizer.schedule.rate" in optimizer.state()
    assert repr(optimizer).startswith(f"{type(optimizer).__name__}(SGD(")


def test_sharpness_aware_by_hand() -> None:
    """At the worst point nearby; the adaptive form in units of each weight."""
    x, g = np.array([3.0, -4.0, 0.0]), np.array([6.0, -8.0, 0.0])
    scale = np.abs(x) + 0.01
    moves = {False: 0.5 * g / 10.0, True: 0.5 * scale**2 * g / np.linalg.norm(scale * g)}
    for adaptive, move in moves.items():
        w = cr.Variable(x, trainable=True)
        optimizer = SAM(SGD([w], 0.1), radius=0.5, adaptive=adaptive)
        found = optimizer.descend(lambda w=w: cr.sum(w * w))  # type: ignore[misc]
        assert float(found) == 25.0
        np.testing.assert_allclose(np.asarray(w), x - 0.1 * 2 * (x + move), rtol=1e-12)


@pytest.mark.parametrize("adaptive", [False, True])
def test_a_compiled_sharpness_aware_step(adaptive: bool) -> None:
    found = []
    for device in ("numpy", "native"):
        model = network()
        optimizer = SAM(Adam(model, 0.05), radius=0.1, adaptive=adaptive)

        def step(x: Any, y: Any, model: Any = model, optimizer: Any = optimizer) -> Any:
            def function() -> Any:
                prediction = model(x)
                return nn.mse(prediction, y), prediction

            return optimizer.descend(function)

        compiled = compile_(step, device=device)
        losses = [float(compiled(X, Y)[0]) for _ in range(20)]
        assert losses[-1] < losses[0]
        found.append(weights(model))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-10)


def test_an_error_leaves_the_weights() -> None:
    x = scalar(2.0)
    calls = []

    def function() -> Any:
        calls.append(float(x))
        return x * x if len(calls) == 1 else ()

    with pytest.raises(OptionError, match="returned an empty tuple"):
        SAM(SGD([x], 0.1), radius=0.5).descend(function)
    assert calls == [2.0, 2.5]
    assert float(x) == 2.0


def test_a_gradient_of_zero_is_no_direction() -> None:
    x = scalar(0.0)
    SAM(SGD([x], 0.1), radius=0.5).descend(lambda: x * x)
    assert float(x) == 0.0


def test_sharpness_aware_asks_the_optimizer_inside() -> None:
    x = scalar()
    optimizer = SAM(SGD([x], Plateau(0.5, factor=0.5, patience=0)))
    for _ in range(2):
        optimizer.observe(1.0)
    assert optimizer.rate() == 0.25
    assert optimizer.named_parameters() == [("x", x)]
    assert "step" in optimizer.state()
    assert repr(SAM(SGD([x]), adaptive=True)).endswith("radius=0.05, adaptive=True)")


def test_each_group_has_its_rate_decay_and_rule() -> None:
    at, apart = variables("logistic"), variables("logistic")
    weight, bias = {"w": at["w"]}, {"b": at["b"]}
    optimizer = Groups(AdamW(weight, 0.1, weight_decay=0.1), SGD(bias, Constant(0.5)))
    alone = AdamW({"w": apart["w"]}, 0.1, weight_decay=0.1), SGD({"b": apart["b"]}, 0.5)
    for _ in range(5):
        optimizer.step(loss("logistic", at).backward())
        gradients = loss("logistic", apart).backward()
        for group, name in zip(alone, "wb", strict=True):
            group.step({apart[name]: gradients[apart[name]]})
    assert values(at) == values(apart)
    assert optimizer.rate() == 0.1
    assert optimizer.groups[1].rate() == 0.5
    assert [name for name, _ in optimizer.named_parameters()] == ["0.w", "1.b"]
    assert {"0.step", "1.step", "0.w.mean"} <= set(optimizer.state())


def test_groups_are_clipped_together() -> None:
    x, y = scalar(0.0, "x"), scalar(0.0, "y")
    clip = partial(clip_by_global_norm, limit=1.0)
    optimizer = Groups(SGD([x], 1.0), SGD([y], 10.0), gradient_transform=clip)
    optimizer.step({x: number(-3.0), y: number(-4.0)})
    assert (float(x), float(y)) == pytest.approx((0.6, 8.0))


def test_a_group_without_gradients_waits() -> None:
    x, y = scalar(0.0, "x"), scalar(0.0, "y")
    optimizer = Groups(SGD([x], 1.0), SGD([y], 1.0))
    optimizer.step({y: number(-1.0)})
    assert (float(x), float(y)) == (0.0, 1.0)
    assert [int(optimizer.state()[f"{group}.step"]) for group in (0, 1)] == [0, 1]


def test_descend_takes_the_loss_first() -> None:
    x = scalar(2.0)
    optimizer = SGD([x], 0.25)
    found = optimizer.descend(lambda: (x * x, "kept"))
    assert (float(found[0]), found[1], float(x)) == (4.0, "kept", 1.0)
    with pytest.raises(OptionError, match="return the loss first"):
        optimizer.descend(lambda: ())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x: Groups(), r"Groups\(\) takes optimizers"),
        (Groups, "a group is an optimizer such as"),
        (lambda x: Groups(SGD([x]), Adam([x])), "'0.x' is in more than one group"),
        (lambda x: Accumulate(SGD([x]), 0), "every must be a whole number of at least 1"),
        (lambda x: Accumulate(x, 2), "Accumulate is built around an optimizer"),
        (lambda x: Accumulate(SAM(SGD([x])), 2), r"optim.SGD\(…\), got SAM\("),  # type: ignore[arg-type]
        (lambda x: Lookahead(SGD([x]), part=1.5), "part must not be more than 1"),
        (lambda x: Lookahead(SGD([x]), part=0.0), "part must be greater than 0"),
        (SAM, "SAM is built around an optimizer"),
        (lambda x: SAM(SGD([x]), radius=0.0), "radius must be greater than 0"),
    ],
)
def test_bad_arguments(make: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make(scalar())


def test_bad_gradients() -> None:
    x, stranger = scalar(), scalar(name="stranger")
    for optimizer in (Groups(SGD([x])), Accumulate(SGD([x]), 2), Lookahead(SGD([x]))):
        with pytest.raises(OptionError, match="none of this optimizer's 1 parameters"):
            optimizer.step({stranger: number(1.0)})
        with pytest.raises(OptionError, match=r"step\(\) takes"):
            optimizer.step({})
        with pytest.raises(ShapeError, match="the gradient of x has shape"):
            optimizer.step({x: np.ones(2)})  # type: ignore[dict-item]
    with pytest.raises(OptionError, match="none of this optimizer's 1 parameters"):
        SAM(SGD([x])).descend(lambda: x * stranger)
    assert (float(x), float(stranger)) == (1.0, 1.0)
