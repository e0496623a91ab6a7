"""What the reference calls its elementwise operations, and how they are called here."""

from __future__ import annotations

from typing import Any

import chainrule as cr
from tests.golden.reference import Call


def scaled(call: Call) -> Call:
    """add and sub take a factor for their second operand."""

    def with_factor(x: Any, y: Any, alpha: float = 1.0) -> Any:
        return call(x, cr.multiply(alpha, y))

    return with_factor


def divided(x: Any, y: Any, rounding_mode: str | None = None) -> Any:
    rounded = {None: cr.positive, "floor": cr.floor, "trunc": cr.trunc}
    return rounded[rounding_mode](cr.divide(x, y))


def rounded(x: Any, decimals: int = 0) -> Any:
    return cr.round(cr.multiply(x, 10.0**decimals)) / 10.0**decimals


CALLS: dict[str, Call] = {
    "abs": cr.abs,
    "acos": cr.acos,
    "acosh": cr.acosh,
    "add": scaled(cr.add),
    "asin": cr.asin,
    "asinh": cr.asinh,
    "atan": cr.atan,
    "atan2": cr.atan2,
    "atanh": cr.atanh,
    "ceil": cr.ceil,
    "clamp": cr.clip,
    "cos": cr.cos,
    "cosh": cr.cosh,
    "digamma": cr.digamma,
    "div@floor_rounding": divided,
    "div@no_rounding_mode": divided,
    "div@trunc_rounding": divided,
    "erf": cr.erf,
    "erfc": cr.erfc,
    "erfinv": cr.erfinv,
    "exp": cr.exp,
    "exp2": cr.exp2,
    "expm1": cr.expm1,
    "floor": cr.floor,
    "hypot": cr.hypot,
    "lerp": cr.lerp,
    "lgamma": cr.lgamma,
    "log": cr.log,
    "log10": cr.log10,
    "log1p": cr.log1p,
    "log2": cr.log2,
    "logaddexp": cr.logaddexp,
    "masked_fill": lambda x, mask, value: cr.where(mask, value, x),
    "max@binary": cr.maximum,
    "maximum": cr.maximum,
    "min@binary": cr.minimum,
    "minimum": cr.minimum,
    "mul": cr.multiply,
    "nan_to_num": cr.nan_to_num,
    "neg": cr.negative,
    "pow": cr.pow,
    "reciprocal": cr.reciprocal,
    "round": rounded,
    "round@decimals_0": rounded,
    "round@decimals_3": rounded,
    "round@decimals_neg_3": rounded,
    "rsqrt": cr.rsqrt,
    "sigmoid": cr.sigmoid,
    "sign": cr.sign,
    "sin": cr.sin,
    "sinc": cr.sinc,
    "sinh": cr.sinh,
    "sqrt": cr.sqrt,
    "square": cr.square,
    "sub": scaled(cr.subtract),
    "tan": cr.tan,
    "tanh": cr.tanh,
    "trunc": cr.trunc,
    "where": lambda x, condition, other: cr.where(condition, x, other),
}
