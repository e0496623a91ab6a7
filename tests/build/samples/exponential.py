"""Samplers of `chainrule.build.primitives.exponential`."""

from __future__ import annotations

from chainrule.build.primitives.exponential import (
    Exp,
    Expm1,
    Log,
    Log1p,
    Log2,
    Log10,
    LogAddExp,
    Sigmoid,
)
from tests.build.samples.draw import POSITIVE, REAL, Domain, elementwise

SAMPLERS = [
    elementwise(Exp, REAL),
    elementwise(Expm1, REAL),
    elementwise(Log, POSITIVE),
    elementwise(Log1p, Domain(-0.9, 4.0, special=(0.0,))),
    elementwise(Log2, POSITIVE),
    elementwise(Log10, POSITIVE),
    elementwise(LogAddExp, REAL, REAL),
    elementwise(Sigmoid, REAL),
]
