"""The text of a walkthrough: every equation in it is true, and fits into 80 columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.view.walkthrough import walkthrough
from tests.view.example import network, steps

NUMBER = re.compile(r"[−-]?\d+\.?\d*(?:e[−-]?\d+)?")


def arithmetic(side: str) -> str | None:
    """The side of an equation as Python reads it, or None where it holds names."""
    plain = side.replace("−", "-").replace("·", "*").replace("½", "0.5 *").replace("²", "**2")
    return plain if re.fullmatch(r"[-+*()\d.\se]*", plain) and NUMBER.search(plain) else None


def equations(text: str) -> list[list[str]]:
    """The sides of every equation; a line that begins with = or + goes on with the one before."""
    found: list[list[str]] = []
    for line in re.sub(r"\n *\+ ", " + ", text).splitlines():
        first, *others = re.split(r"(?:^|\s)=\s", line)
        if not others:
            continue
        if first.strip():
            found.append([first])
        found[-1] += others
    return found


def assert_true(text: str, rtol: float) -> int:
    """Compare all sides of each equation that are numbers with the last; return how many."""
    count = 0
    for sides in equations(text):
        values = [eval(side) for raw in sides if (side := arithmetic(raw))]  # noqa: S307 - our text
        for value in values[:-1]:
            np.testing.assert_allclose(value, values[-1], rtol=rtol, atol=rtol, err_msg=str(sides))
            count += 1
    return count


def test_every_equation_of_the_example_is_true() -> None:
    # Two errors, four net inputs, ten lines a unit in the backward pass and eight updates.
    assert assert_true(str(steps()), rtol=1e-8) >= 30


def test_a_false_equation_is_found() -> None:
    text = str(steps()).replace("= 0.08216704056", "= 0.08216714056")
    with pytest.raises(AssertionError, match="w5"):
        assert_true(text, rtol=1e-8)


def test_the_published_numbers_can_be_read() -> None:
    text = str(steps())
    assert "E: 0.2983711088 → 0.2910277737" in text
    assert "w5 = 0.4 − 0.5 · 0.08216704056 = 0.3589164797" in text
    assert "∂E/∂w5 = ∂E/∂out o1 · ∂out/∂net o1 · out h1\n" in text
    assert "b1 = 0.35 (held fixed)" in text
    assert "∂E/∂b1" not in text


def parts(text: str) -> list[str]:
    return [line.strip("─ ") for line in text.splitlines() if line.startswith("──")]


def test_the_four_steps_come_in_their_order() -> None:
    assert parts(str(steps())) == [
        *("The network 2-2-2", "1. Forward pass", "2. Loss", "3. Backward pass", "4. Update")
    ]


def made(*widths: int, activation: Any = nn.Tanh, dtype: Any = np.float32) -> nn.Sequential:
    cr.seed(5)
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after, dtype=dtype), activation()]
    return nn.Sequential(*layers[:-1])


CASES: dict[str, tuple[nn.Sequential, Any, Any, Callable[..., Any]]] = {
    "wide": (made(12, 3, 2), np.linspace(-1, 1, 12), np.array([0.5, -0.5]), nn.mse),
    "deep": (made(2, 2, 2, 1, dtype=np.float64), [0.3, -0.7], [1.0], nn.mse),
    "labels": (made(2, 3, 4, activation=nn.ReLU), [0.3, -0.7], 2, nn.cross_entropy),
    "other": (made(2, 2, 1, activation=nn.Softplus), [0.3, -0.7], [0.1], nn.huber),
}


@pytest.mark.parametrize("name", CASES)
def test_other_networks_fit_and_hold(name: str) -> None:
    model, x, y, loss = CASES[name]
    text = str(walkthrough(model, x, y, loss=loss, learning_rate=0.1))
    assert max(map(len, text.splitlines())) <= 80
    assert assert_true(text, rtol=1e-5) >= 10


def test_hidden_units_of_several_layers_bear_the_number_of_their_layer() -> None:
    model, x, y, loss = CASES["deep"]
    text = str(walkthrough(model, x, y, loss=loss))
    assert "net h2.1 = w5·out h1.1 + w6·out h1.2 + b3" in text
    assert "out o1 = net o1 =" in text


def test_a_sum_too_long_for_a_line_goes_on_below_its_equal_sign() -> None:
    model, x, y, loss = CASES["wide"]
    lines = str(walkthrough(model, x, y, loss=loss)).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("net h1 ="))
    assert lines[start + 1].startswith("       + w")


def test_float32_is_shown_with_the_digits_that_it_has() -> None:
    model = made(1, 1)
    model.parameters()[0].assign(np.array([[0.1]], np.float32))
    assert "w1 = 0.1  b1 = 0" in str(walkthrough(model, [0.5], [1.0], loss=nn.mse))


def test_a_label_is_shown_as_it_is() -> None:
    model, x, y, loss = CASES["labels"]
    assert "\ntarget    2\n" in str(walkthrough(model, x, y, loss=loss))


def test_without_parts_there_is_the_total_alone() -> None:
    found = walkthrough(
        network(), [0.05, 0.1], [0.01, 0.99], loss=lambda p, t: cr.sum(cr.abs(p - t))
    )
    assert "\n── 2. Loss " in str(found)
    assert re.search(r"─\nE    = 0\.958\d+\n", str(found))


def test_slopes_of_other_losses_and_activations_come_with_their_reason() -> None:
    cr.seed(3)
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 3))
    text = str(cr.walkthrough(model, [0.5, -1.0], 2, loss=nn.cross_entropy))
    assert "∂E/∂out o1 = softmax(out) − target = 0.3333333 − 0 = 0.3333333" in text
    assert "∂E/∂out o3 = softmax(out) − target = 0.3333333 − 1 = −0.6666666" in text
    assert "∂out/∂net h1 = 0   (1 if net > 0, else 0)" in text
    huber = str(cr.walkthrough(model, [0.5, -1.0], [0.0, 0.0, 5.0], loss=nn.huber))
    assert "(the slope of the loss)" in huber
    assert "−0\n" not in text
