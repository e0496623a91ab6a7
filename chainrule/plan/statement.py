"""Statements: what a kernel does at each place of its space.

Statement = Load(target, view) | Compute(target, primitive, operands, dtype) | Store(view, operand)
          | Reduce(view, primitive, operand)
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.array.dtype import DType
from chainrule.build.tensor import Primitive
from chainrule.plan.buffer import View


@dataclass(frozen=True, slots=True)
class Load:
    """target = the element of `view` at this place."""

    target: int
    view: View


@dataclass(frozen=True, slots=True)
class Compute:
    """target = primitive(operands), elementwise."""

    target: int
    primitive: Primitive
    operands: tuple[int, ...]
    dtype: DType


@dataclass(frozen=True, slots=True)
class Store:
    """view at this place = operand."""

    view: View
    operand: int


@dataclass(frozen=True, slots=True)
class Reduce:
    """view = Σ (or max, min, Π) of operand over the kernel's axes."""

    view: View
    primitive: Primitive
    operand: int


Statement = Load | Compute | Store | Reduce
