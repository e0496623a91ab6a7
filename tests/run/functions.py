"""The functions that random programs are made of, by what they can be applied to.

They are kept where they are smooth and where an error of the last bit stays one: away from poles,
from the ends of their domains and from where they overflow.
"""

from __future__ import annotations

from typing import Any

import chainrule as cr
from tests.run.programs import Function


def named(*names: str) -> dict[str, Function]:
    return {name: getattr(cr, name) for name in names}


def positive(x: Any) -> Any:
    return x * x + 0.25


def between(x: Any) -> Any:
    """Numbers between −0.9 and 0.9."""
    return cr.tanh(x) * 0.9


def small(x: Any) -> Any:
    return cr.clip(x, -3.0, 3.0)


def guarded(name: str, guard: Function) -> Function:
    function = getattr(cr, name)
    return lambda x: function(guard(x))


SMOOTH: dict[str, Function] = {
    **named("tanh", "sin", "cos", "sigmoid", "atan", "asinh", "erf", "erfc", "sinc"),
    **named("negative", "abs", "mean", "var", "stop_gradient"),
    **{name: guarded(name, positive) for name in ("log", "log2", "log10", "sqrt", "rsqrt")},
    **{name: guarded(name, positive) for name in ("lgamma", "digamma", "reciprocal")},
    **{name: guarded(name, between) for name in ("asin", "acos", "atanh", "erfinv", "tan")},
    **{name: guarded(name, small) for name in ("exp", "expm1", "exp2", "sinh", "cosh")},
    "log1p": lambda x: cr.log1p(x * x),
    "acosh": lambda x: cr.acosh(x * x + 1.5),
    "power": lambda x: (x * x + 0.5) ** 1.5,
    "slope": lambda x: cr.stop_gradient(cr.grad(lambda y: cr.sum(cr.sin(y)))(x)),
    "checkpoint": cr.checkpoint(lambda y: cr.tanh(y) * y),
    "custom_vjp": cr.custom_vjp(cr.tanh, lambda g, z, y: [g - g * z * z]),
}
# Along the last axis.
ROWS: dict[str, Function] = {
    **{
        name: lambda x, function=function: function(x, axis=-1)
        for name, function in named("softmax", "log_softmax", "logsumexp").items()
    },
    "normalized": lambda x: (
        (x - cr.mean(x, axis=-1, keepdims=True)) * cr.rsqrt(cr.var(x, axis=-1, keepdims=True) + 0.1)
    ),
}
SMOOTH_PAIRS: dict[str, Function] = {
    **named("add", "subtract", "multiply", "maximum", "minimum", "hypot", "logaddexp"),
    "divide": lambda x, y: x / positive(y),
    "nextafter": lambda x, y: cr.nextafter(positive(x), y),
    "atan2": lambda x, y: cr.atan2(x, positive(y)),
}

# Functions whose bits are known; those of floating numbers jump.
EXACT: dict[str, dict[str, Function]] = {
    "number": named("negative", "abs", "sign", "square"),
    "float": {
        **named("floor", "ceil", "trunc", "round", "isnan"),
        "signbit": lambda x: cr.signbit(cr.nan_to_num(x)),  # NaN has a sign that nobody chose
    },
    "bits": named("bitwise_invert"),
}
EXACT_PAIRS: dict[str, dict[str, Function]] = {
    "any": named("equal"),
    "number": named(
        *("add", "subtract", "multiply", "maximum", "minimum", "less", "less_equal"),
        *("floor_divide", "remainder"),
    ),
    "bits": named("bitwise_and", "bitwise_or", "bitwise_xor"),
    "integer": named("bitwise_left_shift", "bitwise_right_shift"),
}
REDUCTIONS = ("sum", "max", "min")
JUMPING = ("sort", "argsort", "argmax", "argmin", "cumulative_max", "cumulative_min")
STEPPING = ("cumulative_sum", "cumulative_prod", "prod")
EXACT_LINES = (*JUMPING, "cumulative_sum")
