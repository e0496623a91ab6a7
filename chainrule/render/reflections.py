"""Orthogonal factors by Householder's reflections, on columns that lie as rows."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.render.builder import Value, index
from chainrule.render.floats import negative
from chainrule.render.rows import Matrix
from chainrule.render.scaling import scaled
from chainrule.render.unit import Unit

ZERO, ONE = index(0), index(1)


def write_qr(unit: Unit) -> None:
    """Write Q and R with A = Q R, the diagonal of R not negative (Householder 1958)."""
    f, (a,), (q, r) = unit.f, unit.inputs, unit.targets
    m, n = unit.shape
    k = min(m, n)
    columns, basis = unit.room((n, m), (k, m))
    numbers = scaled(a, m, n, a.get)
    columns.fill(n, m, lambda j, i: numbers.element(i, j))
    r.clear(k, n)
    reflect(columns, basis, (n, m, k), lambda x, i, j: r.put(numbers.back(x), i, j))
    q.fill(m, k, lambda i, j: f.binary("fadd", basis.get(j, i), numbers.lost))
    r.fill(k, n, lambda i, j: f.binary("fadd", r.get(i, j), numbers.lost))


def reflect(
    columns: Matrix,
    basis: Matrix,
    sizes: tuple[int, int, int],
    put: Callable[[Value, Value, Value], None],
) -> None:
    """Let the rows of `basis` be orthonormal, the first of them spanning the first `columns`.

    `sizes` are the number of columns, their length, and the number of rows of the basis. `put` is
    given the elements of R on its diagonal and above. The columns are used up.
    """
    f, (count, length, wanted) = columns.f, sizes
    end = index(length)
    basis.clear(wanted, length)
    with f.loop(ZERO, index(wanted)) as step:
        k = step.index
        corner, sign = _reflector(columns, k, end)
        put(corner, k, k)
        basis.put(sign, k, k)
        slope = _slope(columns, k, end)
        with f.loop(f.plus(k, ONE), index(count)) as other:
            j = other.index
            _mirror(columns, k, slope, columns, j, end)
            put(f.binary("fmul", sign, columns.get(j, k)), k, j)
    with f.loop(ZERO, index(wanted)) as step:
        k = f.binary("sub", index(wanted - 1), step.index)
        slope = _slope(columns, k, end)
        with f.loop(k, index(wanted)) as row:
            _mirror(columns, k, slope, basis, row.index, end)


def _reflector(columns: Matrix, k: Value, end: Value) -> tuple[Value, Value]:
    """Turn column k from k on into the normal v of its mirror; return its length, and ±1.

    v = x ± ‖x‖ e, the sign that of the first element of x; mirrored, x is ∓‖x‖ e.
    """
    f, first = columns.f, columns.get(k, k)
    length = f.intrinsic("sqrt", columns.dot(k, columns, k, k, end))
    reach = f.intrinsic("copysign", length, first)
    columns.put(f.binary("fadd", first, reach), k, k)
    is_zero = f.compare("fcmp oeq", length, columns.number(0))
    sign = negative(f, f.intrinsic("copysign", columns.number(1), first))
    return length, f.select(is_zero, columns.number(1), sign)


def _slope(columns: Matrix, k: Value, end: Value) -> Value:
    """−2 / vᵀv; 0 where v is zero."""
    f = columns.f
    square = columns.dot(k, columns, k, k, end)
    is_zero = f.compare("fcmp oeq", square, columns.number(0))
    return f.select(is_zero, square, f.binary("fdiv", columns.number(-2), square))


def _mirror(
    columns: Matrix, k: Value, slope: Value, target: Matrix, row: Value, end: Value
) -> None:
    """X ← x − 2 v vᵀx / vᵀv for a row of `target`, v being column k."""
    factor = columns.f.binary("fmul", slope, columns.dot(k, target, row, k, end))
    target.add(row, factor, columns, k, k, end)
