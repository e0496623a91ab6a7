"""The kinks: what each function gives where it has no derivative, as one table.

    Kink = (expression, function, point, value, derivatives, reason)

The interpreter, native code and every device keep to it, at once and recorded; the page
docs/kinks.md shows the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chainrule.build.functions.arithmetic import (
    abs,
    clip,
    floor_divide,
    hypot,
    maximum,
    minimum,
    pow,
    reciprocal,
    remainder,
    rsqrt,
    sign,
    sqrt,
    square,
)
from chainrule.build.functions.comparison import nan_to_num, where
from chainrule.build.functions.exponential import log, log1p, logaddexp
from chainrule.build.functions.norm import norm
from chainrule.build.functions.ordering import sort, topk
from chainrule.build.functions.piecewise import heaviside, interp
from chainrule.build.functions.reduction import max, min, prod, std, sum
from chainrule.build.functions.rounding import ceil, copysign, floor, round, trunc
from chainrule.build.functions.scan import cumulative_max
from chainrule.build.functions.softmax import logsumexp
from chainrule.build.functions.trigonometry import acos, acosh, asin, atan2, atanh, sinc
from chainrule.build.tensor import Tensor

PI = math.pi
INF = math.inf
NAN = math.nan


@dataclass(frozen=True)
class Kink:
    """A function at a point where it has no derivative: its value there, and what counts as one.

    `derivatives` holds for each argument that of the sum of the result; ±∞ stands for a slope that
    an exact zero in the chain rule absorbs.
    """

    expression: str
    function: Callable[..., Any]
    point: tuple[Any, ...]
    value: Any
    derivatives: tuple[Any, ...]
    reason: str


RECTIFIER = "what is not above 0 lets nothing through, in whichever way relu is written"
CONSTANT = "at a tie with a constant the constant is taken, which has no derivative"
SHARED = "equals share equally: no order of the arguments is preferred"
ORDERED = "equals keep their order: the first of them is taken"
STEP = "flat on both sides; a jump has no slope"
JUMP = "the slope of the piece that the value lies on"
MIDDLE = "the middle of the slopes on all sides"
POLE = "the slope grows without bound towards the point; an exact zero absorbs it"
ABSORBED = "a zero on either side of an infinite slope in the chain rule absorbs it"
POWER = "y·xʸ⁻¹, where y = 0 absorbs the pole; xʸ·ln x counts as 0 at x = 0"
SMOOTH = "the limit from both sides: the hole is in the formula, not in the function"
OTHERS = "the product of the others, found without dividing by the zero"
NOTHING = "nothing is there to share out"
REPLACED = "the number put in its place is a constant"


def _through(x: Tensor) -> Tensor:
    """The line through (0, 0), (1, 1) and (2, 4)."""
    return interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 4.0])


RECTIFIERS = (
    Kink("maximum(x, 0)", lambda x: maximum(x, 0.0), (0.0,), 0.0, (0.0,), RECTIFIER),
    Kink("maximum(0, x)", lambda x: maximum(0.0, x), (0.0,), 0.0, (0.0,), RECTIFIER),
    Kink("clip(x, min=0)", lambda x: clip(x, min=0.0), (0.0,), 0.0, (0.0,), RECTIFIER),
    Kink("where(x > 0, x, 0)", lambda x: where(x > 0, x, 0.0), (0.0,), 0.0, (0.0,), RECTIFIER),
    Kink("minimum(x, 0)", lambda x: minimum(x, 0.0), (0.0,), 0.0, (0.0,), CONSTANT),
    Kink("clip(x, 1, 2)", lambda x: clip(x, 1.0, 2.0), (1.0,), 1.0, (0.0,), CONSTANT),
    Kink("clip(x, 1, 2)", lambda x: clip(x, 1.0, 2.0), (2.0,), 2.0, (0.0,), CONSTANT),
)

TIES = (
    Kink("maximum(x, y)", maximum, (1.0, 1.0), 1.0, (0.5, 0.5), SHARED),
    Kink("minimum(x, y)", minimum, (1.0, 1.0), 1.0, (0.5, 0.5), SHARED),
    Kink("max(x)", max, ([1.0, 3.0, 3.0],), 3.0, ([0.0, 0.5, 0.5],), SHARED),
    Kink("min(x)", min, ([1.0, 1.0, 3.0],), 1.0, ([0.5, 0.5, 0.0],), SHARED),
    Kink("sort(x)[0]", lambda x: sort(x)[0], ([1.0, 1.0],), 1.0, ([1.0, 0.0],), ORDERED),
    Kink("cumulative_max(x)", cumulative_max, ([3.0, 3.0],), [3.0, 3.0], ([2.0, 0.0],), ORDERED),
    Kink("topk(x, 1)[0]", lambda x: topk(x, 1)[0], ([3.0, 3.0],), [3.0], ([1.0, 0.0],), ORDERED),
)

STEPS = (
    Kink("sign(x)", sign, (0.0,), 0.0, (0.0,), STEP),
    Kink("floor(x)", floor, (2.0,), 2.0, (0.0,), STEP),
    Kink("ceil(x)", ceil, (2.0,), 2.0, (0.0,), STEP),
    Kink("heaviside(x, ½)", lambda x: heaviside(x, 0.5), (0.0,), 0.5, (0.0,), STEP),
    Kink("trunc(x)", trunc, (2.0,), 2.0, (0.0,), STEP),
    Kink("round(x)", round, (2.5,), 2.0, (0.0,), STEP),
    Kink("floor_divide(x, y)", floor_divide, (6.0, 3.0), 2.0, (0.0, 0.0), STEP),
    Kink("interp(x, p, f)", _through, (1.0,), 1.0, (3.0,), JUMP),
    Kink("remainder(x, y)", remainder, (6.0, 3.0), 0.0, (1.0, -2.0), JUMP),
)

CORNERS = (
    Kink("abs(x)", abs, (0.0,), 0.0, (0.0,), MIDDLE),
    Kink("copysign(x, y)", copysign, (0.0, 1.0), 0.0, (0.0, 0.0), MIDDLE),
    Kink("norm(x)", norm, ([0.0, 0.0],), 0.0, ([0.0, 0.0],), MIDDLE),
    Kink("sqrt(sum(x²))", lambda x: sqrt(sum(square(x))), ([0.0],), 0.0, ([0.0],), MIDDLE),
    Kink("hypot(x, y)", hypot, (0.0, 0.0), 0.0, (0.0, 0.0), MIDDLE),
    Kink("std(x)", std, ([2.0, 2.0],), 0.0, ([0.0, 0.0],), MIDDLE),
    Kink("atan2(x, y)", atan2, (0.0, 0.0), 0.0, (0.0, 0.0), MIDDLE),
)

POLES = (
    Kink("sqrt(x)", sqrt, (0.0,), 0.0, (INF,), POLE),
    Kink("rsqrt(x)", rsqrt, (0.0,), INF, (-INF,), POLE),
    Kink("reciprocal(x)", reciprocal, (0.0,), INF, (-INF,), POLE),
    Kink("log(x)", log, (0.0,), -INF, (INF,), POLE),
    Kink("log1p(x)", log1p, (-1.0,), -INF, (INF,), POLE),
    Kink("asin(x)", asin, (1.0,), PI / 2, (INF,), POLE),
    Kink("asin(x)", asin, (-1.0,), -PI / 2, (INF,), POLE),
    Kink("acos(x)", acos, (1.0,), 0.0, (-INF,), POLE),
    Kink("acos(x)", acos, (-1.0,), PI, (-INF,), POLE),
    Kink("acosh(x)", acosh, (1.0,), 0.0, (INF,), POLE),
    Kink("atanh(x)", atanh, (1.0,), INF, (INF,), POLE),
    Kink("0 · sqrt(x)", lambda x: 0.0 * sqrt(x), (0.0,), 0.0, (0.0,), ABSORBED),
    Kink("sqrt(x²)", lambda x: sqrt(square(x)), (0.0,), 0.0, (0.0,), ABSORBED),
    Kink(
        "where(x > 0, log x, 0)", lambda x: where(x > 0, log(x), 0.0), (0.0,), 0.0, (0.0,), ABSORBED
    ),
)

POWERS = (
    Kink("pow(x, y)", pow, (0.0, 0.0), 1.0, (0.0, 0.0), POWER),
    Kink("pow(x, y)", pow, (0.0, 0.5), 0.0, (INF, 0.0), POWER),
    Kink("pow(x, y)", pow, (0.0, 1.0), 0.0, (1.0, 0.0), POWER),
    Kink("pow(x, y)", pow, (0.0, 2.0), 0.0, (0.0, 0.0), POWER),
    Kink("pow(x, y)", pow, (0.0, -1.0), INF, (-INF, 0.0), POWER),
)

HOLES = (
    Kink("sinc(x)", sinc, (0.0,), 1.0, (0.0,), SMOOTH),
    Kink("prod(x)", prod, ([0.0, 2.0, 3.0],), 0.0, ([6.0, 0.0, 0.0],), OTHERS),
    Kink("prod(x)", prod, ([0.0, 0.0, 3.0],), 0.0, ([0.0, 0.0, 0.0],), OTHERS),
    Kink("logaddexp(x, y)", logaddexp, (-INF, -INF), -INF, (0.0, 0.0), NOTHING),
    Kink("logsumexp(x)", logsumexp, ([-INF, -INF],), -INF, ([0.0, 0.0],), NOTHING),
    Kink("nan_to_num(x)", nan_to_num, (NAN,), 0.0, (0.0,), REPLACED),
)

KINKS = RECTIFIERS + TIES + STEPS + CORNERS + POLES + POWERS + HOLES
