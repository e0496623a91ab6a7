"""Scans along a line, step by step in the order of the interpreter: the same bits."""

from __future__ import annotations

from chainrule.array.dtype import DType, bool_, is_floating
from chainrule.build.primitives.elementwise import Chain
from chainrule.build.primitives.scan import CumulativeSum
from chainrule.build.tensor import Primitive
from chainrule.render.builder import Value, index
from chainrule.render.elementwise import emit
from chainrule.render.line import Line


def write_scan(line: Line) -> None:
    """Write y_k = x_0 + … + x_k, or the product; of bools whether any, or all, are true."""
    f, (x,), y = line.f, line.kernel.inputs, line.kernel.target
    if line.length == 0:
        return
    first = line.load(x, index(0))
    line.store(first, y, index(0))
    operation = _operation(line.kernel.primitive, line.dtype)
    with f.loop(index(1), index(line.length), 1, [first]) as k:
        total = f.binary(operation, k.carried[0], line.load(x, k.index))
        line.store(total, y, k.index)
        k.next = [total]


def _operation(primitive: Primitive, dtype: DType) -> str:
    adds = isinstance(primitive, CumulativeSum)
    if dtype == bool_:
        return "or" if adds else "and"
    return ("f" if is_floating(dtype) else "") + ("add" if adds else "mul")


def write_recurrence(line: Line) -> None:
    """Write y_k = a_k·y_(k−1) + b_k, in which a zero absorbs what is not finite."""
    f, (a, b), y = line.f, line.kernel.inputs, line.kernel.target
    if line.length == 0:
        return
    first = line.load(b, index(0))
    line.store(first, y, index(0))
    with f.loop(index(1), index(line.length), 1, [first]) as k:
        carried = _absorbing_product(line, line.load(a, k.index), k.carried[0])
        step = f.binary("fadd", line.load(b, k.index), carried)
        line.store(step, y, k.index)
        k.next = [step]


def _absorbing_product(line: Line, factor: Value, before: Value) -> Value:
    return emit(line.f, Chain(), line.dtype, [factor, before])
