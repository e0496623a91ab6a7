"""Samplers of `chainrule.build.primitives.implicit`."""

from __future__ import annotations

from chainrule.build.primitives.implicit import (
    Determinant,
    LogDeterminant,
    PseudoInverse,
    Solution,
)
from tests.build.samples.sampler import Structural

REASON = (
    "is given its own result, and nothing of it is left in a program; tests/build/test_implicit"
)

SAMPLERS = [
    Structural(primitive, REASON)
    for primitive in (Determinant, LogDeterminant, PseudoInverse, Solution)
]
