"""Cholesky factors, elimination with pivots, triangular equations: row by row."""

from __future__ import annotations

from dataclasses import replace

from chainrule.build.primitives.triangular import TriangularSolve
from chainrule.render.builder import Value, index
from chainrule.render.floats import negative
from chainrule.render.rows import Lanes, Matrix
from chainrule.render.unit import Unit

ZERO, ONE = index(0), index(1)


def symmetric(a: Matrix, i: Value, j: Value) -> Value:
    """Return the element of (A + Aᵀ)/2."""
    f, half = a.f, a.number(0.5)
    one, other = (f.binary("fmul", half, x) for x in (a.get(i, j), a.get(j, i)))
    return f.binary("fadd", one, other)


def write_cholesky(unit: Unit) -> None:
    """Write L with L Lᵀ = A: each element by a product of two rows, from the top down."""
    f, (a,), (factor,) = unit.f, unit.inputs, unit.targets
    n = index(unit.shape[-1])

    def rest(i: Value, j: Value) -> Value:
        return f.binary("fsub", symmetric(a, i, j), factor.dot(i, factor, j, ZERO, j))

    with f.loop(ZERO, n) as row:
        i = row.index
        with f.loop(ZERO, i) as column:
            j = column.index
            factor.put(f.binary("fdiv", rest(i, j), factor.get(j, j)), i, j)
        pivot = rest(i, i)
        unit.refuse(f.compare("fcmp ule", pivot, a.number(0)))
        factor.put(f.intrinsic("sqrt", pivot), i, i)
        with f.loop(f.plus(i, ONE), n) as column:
            factor.put(a.number(0), i, column.index)


def write_lu(unit: Unit) -> None:
    """Write L and U, the order of the rows, and its sign."""
    f, (a,), (lu, order, sign) = unit.f, unit.inputs, unit.targets
    size, n = unit.shape[-1], index(unit.shape[-1])
    lu.fill(size, size, a.get)
    order.fill(1, size, lambda _, j: j)
    with f.loop(ZERO, n, 1, [a.number(1)]) as step:
        k, (parity,) = step.index, step.carried
        pivot = _largest(lu, k, n)
        lu.swap(k, pivot, n)
        one, other = order.get(ZERO, k), order.get(ZERO, pivot)
        order.put(other, ZERO, k)
        order.put(one, ZERO, pivot)
        stays = f.compare("icmp eq", k, pivot)
        step.next = [f.select(stays, parity, negative(f, parity))]
        _eliminate(lu, k, n)
    sign.put(step.carried[0], ZERO, ZERO)


def _largest(lu: Matrix, k: Value, n: Value) -> Value:
    """The row of the largest element of column k from row k on; NaN is larger than all."""
    f = lu.f
    start = f.intrinsic("fabs", lu.get(k, k))
    with f.loop(f.plus(k, ONE), n, 1, [start, k]) as row:
        best, place = row.carried
        size = f.intrinsic("fabs", lu.get(row.index, k))
        known = f.compare("fcmp ord", best, best)
        better = f.binary("and", f.compare("fcmp ugt", size, best), known)
        row.next = [f.select(better, size, best), f.select(better, row.index, place)]
    return row.carried[1]


def _eliminate(lu: Matrix, k: Value, n: Value) -> None:
    """Subtract row k from the rows below, so that column k would be zero; keep the factors there.

    A column that is zero already stays.
    """
    f, behind = lu.f, lu.f.plus(k, ONE)
    top = lu.get(k, k)
    divisor = f.select(f.compare("fcmp oeq", top, lu.number(0)), lu.number(1), top)
    with f.loop(behind, n) as row:
        factor = f.binary("fdiv", lu.get(row.index, k), divisor)
        lu.put(factor, row.index, k)
        lu.add(row.index, negative(f, factor), lu, k, behind, n)


def write_triangular(unit: Unit) -> None:
    """Write X with T X = B, row by row: x_i = (b_i − Σ_k t_ik x_k) / t_ii, downwards or upwards."""
    f, (t, b), (x,), primitive = unit.f, unit.inputs, unit.targets, unit.kernel.primitive
    assert isinstance(primitive, TriangularSolve)
    t = t.mT if primitive.adjoint else t
    columns, n = unit.kernel.inputs[1].shape[-1], index(unit.shape[-1])
    if columns == 1:  # masked vectors of one number would only be slower
        x = replace(x, lanes=1)
    x.fill(unit.shape[-1], columns, b.get)
    with f.loop(ZERO, n) as row:
        if primitive.goes_down:
            i, known = row.index, (ZERO, row.index)
        else:
            i = f.binary("sub", index(unit.shape[-1] - 1), row.index)
            known = f.plus(i, ONE), n
        unit.refuse(f.compare("fcmp oeq", t.get(i, i), t.number(0)))
        with f.loop(*known) as step:
            x.add(i, negative(f, t.get(i, step.index)), x, step.index, ZERO, index(columns))
        x.each(ZERO, index(columns), lambda at, _: _divide(primitive, t, x, i, at))


def _divide(primitive: TriangularSolve, t: Matrix, x: Matrix, i: Value, at: Lanes) -> list[Value]:
    """Divide some columns of x_i, of which the known rows are subtracted, by t_ii."""
    f, rest = t.f, x.load(i, at)
    found = rest
    if not primitive.unit:
        found = f.binary("fdiv", rest, f.splat(t.get(i, i), x.lanes))
    if primitive.absorbing:
        is_zero = f.compare("fcmp oeq", rest, f.splat(t.number(0), x.lanes))
        found = f.select(is_zero, rest, found)
    x.store(found, i, at)
    return []
