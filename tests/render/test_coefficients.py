"""The coefficients are the best ones, found again from nothing but the functions themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest

from chainrule.render import coefficients
from tests.render.remez import best, chebyshev, value

Real = Callable[[Any], Any]
ROOT_HALF = math.sqrt(0.5)


class Piece(NamedTuple):
    """What a polynomial stands for, what its error there costs in the function, and where."""

    target: Real
    weight: Real
    low: float
    high: float


def odd(function: Real, high: float) -> Piece:
    """q in f(x) = x + x³·q(x²) for x ≤ high."""

    def target(square: Any) -> Any:
        x = mpmath.sqrt(square)
        return (function(x) - x) / x**3

    return Piece(target, lambda s: mpmath.sqrt(s) ** 3 / function(mpmath.sqrt(s)), 0.0, high**2)


def erfc_on_the_right(t: Any) -> Any:
    x = 2 * (1 + t) / (1 - t)
    return mpmath.exp(x * x) * mpmath.erfc(x) * (1 + 2 * x)


HALF_LN_2 = 1.0005 * math.log(2) / 2
QUARTER = 1.005 * math.pi / 4
EXP = Piece(lambda r: (mpmath.expm1(r) - r) / r**2, lambda r: r**2 / mpmath.exp(r), 0, 0)
LOG = Piece(
    lambda r: (mpmath.log1p(r) - r + r * r / 2) / r**3,
    lambda r: abs(r**3 / mpmath.log1p(r)),
    *(ROOT_HALF - 1, 2 * ROOT_HALF - 1),
)
ERF = Piece(
    lambda s: mpmath.erf(mpmath.sqrt(s)) / mpmath.sqrt(s) - 1,
    lambda s: mpmath.sqrt(s) / mpmath.erf(mpmath.sqrt(s)),
    *(0.0, 1.0),
)
TAIL = Piece(
    lambda x: -mpmath.log(mpmath.erfc(x)), lambda x: mpmath.erfc(x) / mpmath.erf(x), 1.0, 4.0
)
PIECES: dict[str, Piece] = {
    "EXP": EXP._replace(low=-HALF_LN_2, high=HALF_LN_2),
    "EXPM1": EXP._replace(weight=abs, low=-HALF_LN_2, high=HALF_LN_2),
    "LOG1P": LOG,
    "TANH": odd(mpmath.tanh, 0.625),
    "ERF": ERF,
    "ERF_TAIL": TAIL,
    "ERFC": Piece(erfc_on_the_right, lambda t: 1 / erfc_on_the_right(t), -1.0, 8.2 / 12.2),
    "SIN": odd(mpmath.sin, QUARTER),
    "COS": Piece(
        lambda s: (mpmath.cos(mpmath.sqrt(s)) - 1 + s / 2) / s**2,
        lambda s: s**2 / mpmath.cos(mpmath.sqrt(s)),
        *(0.0, QUARTER**2),
    ),
    "ATAN": odd(mpmath.atan, 1.0),
}
SINGLE, DOUBLE = 2.0**-24, 2.0**-53


def sets(name: str) -> list[tuple[Piece, Sequence[float], float]]:
    """The sets of coefficients of this name, each with its piece and the error of rounding."""
    piece, found = PIECES[name], getattr(coefficients, name)
    if not isinstance(found, dict):
        return [(piece, found, 0.0)]
    wide = piece._replace(high=6.0) if name == "ERF_TAIL" else piece
    single = [float(np.float32(number)) for number in found["float"]]
    return [(piece, single, SINGLE), (wide, found["double"], DOUBLE)]


def largest(piece: Piece, found: Sequence[Any]) -> float:
    """The largest relative error that the coefficients cause in the function."""
    points = chebyshev(piece.low, piece.high, 300)
    return float(max(abs(piece.weight(x) * (value(found, x) - piece.target(x))) for x in points))


@pytest.mark.parametrize("name", PIECES)
def test_no_polynomial_of_the_degree_is_better(name: str) -> None:
    with mpmath.workprec(160):
        for piece, found, rounding in sets(name):
            least = largest(piece, best(*piece, len(found)))
            assert largest(piece, found) <= 1.05 * least + rounding / 2
            assert least < 2.0**-27 if rounding != DOUBLE else least < 2.0**-57


def test_every_set_is_found_again() -> None:
    assert {name for name in vars(coefficients) if name.isupper()} == {*PIECES}


def test_a_wrong_coefficient_is_seen() -> None:
    piece, found, rounding = sets("TANH")[0]
    wrong = [*found[:-1], found[-1] * (1 + 2.0**-16)]
    with mpmath.workprec(160):
        assert largest(piece, wrong) > 2 * largest(piece, found) + rounding / 2


def test_the_best_line_under_a_parabola() -> None:
    with mpmath.workprec(100):
        slope, height = best(lambda x: x * x, lambda _: mpmath.mpf(1), 0.0, 1.0, 2)
    assert float(slope) == pytest.approx(1.0, abs=1e-4)
    assert float(height) == pytest.approx(-1 / 8, abs=1e-4)
