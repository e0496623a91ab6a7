"""Every kink gives what the table says, at once and recorded; the page says what the table says."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from chainrule.build.interpret import Interpreter
from chainrule.build.kinks import KINKS, Kink
from chainrule.build.leaf import constant
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.derive.grad import vjp
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "kinks.md"
NEAR = 1e-4  # how far beside a kink a slope is measured
RELATIVE = {"float32": 2.0**-22, "float64": 2.0**-51}
STEEP = 50.0  # what a slope beside a pole exceeds

Way = Callable[[Callable[..., Any], Sequence[Array]], list[Array]]


def at_once(function: Callable[..., Any], point: Sequence[Array]) -> list[Array]:
    return [y.known() for y in function(*map(constant, point))]


def recorded(function: Callable[..., Any], point: Sequence[Array]) -> list[Array]:
    graph = record(function, [Spec(x.shape, x.dtype) for x in point]).graph
    return Interpreter(graph)(point)


def with_gradient(kink: Kink) -> Callable[..., list[Tensor]]:
    """The function's value, and the derivatives of its sum."""

    def function(*point: Tensor) -> list[Tensor]:
        y, pull_back = vjp(kink.function, *point)
        return [y, *pull_back(constant(np.ones(y.shape, y.dtype)))]

    return function


@pytest.mark.parametrize("dtype", RELATIVE)
@pytest.mark.parametrize("way", [at_once, recorded])
@pytest.mark.parametrize("kink", KINKS, ids=lambda kink: f"{kink.expression} at {kink.point}")
def test_a_kink_is_what_the_table_says(kink: Kink, way: Way, dtype: str) -> None:
    found = way(with_gradient(kink), [np.array(x, dtype) for x in kink.point])
    for y, expected in zip(found, (kink.value, *kink.derivatives), strict=True):
        assert y.dtype == dtype
        np.testing.assert_allclose(y, np.array(expected, y.dtype), rtol=RELATIVE[y.dtype.name])


# What follows is measured, not looked up: the table itself is put to the test.


def slopes(kink: Kink, argument: int, place: tuple[int, ...]) -> list[float]:
    """The finite slopes on both sides of the kink, along one element of one argument."""

    def total(offset: float) -> float:
        point = [np.array(x, np.float64) for x in kink.point]
        point[argument][place] += offset
        return float(np.sum(kink.function(*point).known()))

    measured = [(total(1.25 * side) - total(0.75 * side)) / (0.5 * side) for side in (-NEAR, NEAR)]
    return [slope for slope in measured if math.isfinite(slope)]


def is_measurable(kink: Kink, derivative: float) -> bool:
    """Tell whether there are numbers beside the kink: not where all is infinite."""
    finite = all(np.isfinite(x).all() for x in kink.point)
    return finite and bool(np.isfinite(kink.value).all() or math.isinf(derivative))


ELEMENTS = [
    pytest.param(kink, argument, place, id=f"{kink.expression} at {kink.point}: {argument} {place}")
    for kink in KINKS
    for argument, derivative in enumerate(kink.derivatives)
    for place in np.ndindex(np.shape(derivative))
    if is_measurable(kink, float(np.array(derivative)[place]))
]


@pytest.mark.parametrize(("kink", "argument", "place"), ELEMENTS)
def test_a_derivative_lies_between_the_slopes_beside_it(
    kink: Kink, argument: int, place: tuple[int, ...]
) -> None:
    derivative = np.array(kink.derivatives[argument])[place]
    beside = slopes(kink, argument, place)
    assert beside
    if math.isinf(derivative):
        assert max(slope * math.copysign(1, derivative) for slope in beside) > STEEP
    else:
        assert min(beside) - 1e-3 <= derivative <= max(beside) + 1e-3


def row(kink: Kink) -> str:
    cells = [
        f"`{kink.expression}`",
        ", ".join(map(number, kink.point)),
        number(kink.value),
        ", ".join(map(number, kink.derivatives)),
        kink.reason,
    ]
    return f"| {' | '.join(cells)} |"


def number(x: Any) -> str:
    """A number as the page prints it: 0, ½ as 0.5, −∞, π/2; lists in brackets."""
    if isinstance(x, list):
        return f"[{', '.join(map(number, x))}]"
    if math.isnan(x):
        return "NaN"
    named = {math.inf: "∞", math.pi: "π", math.pi / 2: "π/2"}
    return ("−" if x < 0 else "") + named.get(abs(x), f"{abs(x):g}")


def test_the_page_has_the_rows_of_the_table() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `")] == [row(kink) for kink in KINKS]
