"""Eigenvalues and singular values by Jacobi's rotations of pairs of rows.

One-sided: rows are turned in pairs until all are orthogonal to each other (Hestenes 1958). Their
lengths are then the singular values, which are as exact as the matrix allows (Demmel and Veselić
1992).
"""

from __future__ import annotations

import numpy as np

from chainrule.build.primitives.orthogonal import NOTABLE
from chainrule.render.builder import INDEX, Value, index
from chainrule.render.elimination import symmetric
from chainrule.render.floats import negative
from chainrule.render.reflections import reflect
from chainrule.render.rows import Matrix, when
from chainrule.render.scaling import scaled
from chainrule.render.unit import Unit

ZERO, ONE = index(0), index(1)

# Rows are orthogonal after some ten sweeps over all pairs; more than these are never needed.
MOST_SWEEPS = 40


def write_eigh(unit: Unit) -> None:
    """Write the eigenvalues of a symmetric matrix, ascending, and its eigenvectors as columns.

    A multiple of the unit matrix makes it positive definite and well-conditioned. Its singular
    vectors are then its eigenvectors, of which Rayleigh's quotients vᵀ A v are the eigenvalues.
    """
    f, (a,), (values, vectors) = unit.f, unit.inputs, unit.targets
    size = unit.shape[-1]
    n = index(size)
    whole, rows, lengths = unit.room((size, size), (size, size), (1, size))
    numbers = scaled(a, size, size, lambda i, j: symmetric(a, i, j))
    whole.fill(size, size, numbers.element)
    rows.fill(size, size, whole.get)
    shift = _shift(whole, size)
    with f.loop(ZERO, n) as row:
        i = row.index
        rows.put(f.binary("fadd", rows.get(i, i), shift), i, i)
    orthogonalize(rows, None, size, size)
    with f.loop(ZERO, n) as row:
        i = row.index
        _normalize(rows, i, size)
        lengths.put(_quotient(whole, rows, i, size), ZERO, i)
    with f.loop(ZERO, n) as row:
        place = _place(lengths, row.index, n)
        values.put(numbers.back(lengths.get(ZERO, row.index)), ZERO, place)
        factor = f.binary("fadd", _sign(rows, row.index, size), numbers.lost)
        _copy(rows, row.index, factor, vectors.mT, place, size)


def _shift(whole: Matrix, size: int) -> Value:
    """Five quarters of a bound of all eigenvalues, (Σ λ⁴)^¼ = ‖A²‖^½; 1 where they are zero."""
    f, end = whole.f, index(size)
    with f.loop(ZERO, end, 1, [whole.number(0)]) as i:
        with f.loop(ZERO, end, 1, i.carried) as j:
            square = whole.dot(i.index, whole, j.index, ZERO, end)
            j.next = [f.intrinsic("fmuladd", square, square, j.carried[0])]
        i.next = j.carried
    bound = f.intrinsic("sqrt", f.intrinsic("sqrt", i.carried[0]))
    is_zero = f.compare("fcmp oeq", bound, whole.number(0))
    return f.select(is_zero, whole.number(1), f.binary("fmul", whole.number(1.25), bound))


def _normalize(rows: Matrix, i: Value, size: int) -> None:
    f = rows.f
    length = f.intrinsic("sqrt", rows.dot(i, rows, i, ZERO, index(size)))
    rows.scale(i, f.binary("fdiv", rows.number(1), length), ZERO, index(size))


def _quotient(whole: Matrix, rows: Matrix, i: Value, size: int) -> Value:
    """vᵀ A v for the vector v in row i."""
    f = whole.f
    with f.loop(ZERO, index(size), 1, [whole.number(0)]) as row:
        j = row.index
        part = whole.dot(j, rows, i, ZERO, index(size))
        row.next = [f.intrinsic("fmuladd", rows.get(i, j), part, row.carried[0])]
    return row.carried[0]


def write_svd(unit: Unit) -> None:
    """Write the singular values, descending, and the vectors of both sides.

    The long vectors stay orthonormal where singular values are zero: reflections complete them.
    """
    f, (a,), (u, values, vt) = unit.f, unit.inputs, unit.targets
    m, n = unit.shape
    k, length = min(m, n), max(m, n)
    long, short = (u.mT, vt) if m >= n else (vt, u.mT)
    rows, basis, turned, lengths = unit.room((k, length), (k, length), (k, k), (1, k))
    numbers = scaled(a, m, n, a.get)
    rows.fill(k, length, lambda i, j: numbers.element(j, i) if m >= n else numbers.element(i, j))
    turned.clear(k, k)
    with f.loop(ZERO, index(k)) as row:
        turned.put(turned.number(1), row.index, row.index)
    orthogonalize(rows, turned, k, length)
    _measure(rows, lengths, k, length)
    with f.loop(ZERO, index(k)) as row:
        i, place = row.index, _place(lengths, row.index, index(k))
        values.put(numbers.back(negative(f, lengths.get(ZERO, i))), ZERO, place)
        _copy(rows, i, rows.number(1), basis, place, length)
        _copy(turned, i, rows.number(1), short, place, k)
    reflect(basis, rows, (k, length, k), lambda *_: None)
    with f.loop(ZERO, index(k)) as row:
        sign = _sign(rows if m >= n else short, row.index, m)
        factor = f.binary("fadd", sign, numbers.lost)
        _copy(short, row.index, factor, short, row.index, k)
        _copy(rows, row.index, factor, long, row.index, length)


def _measure(rows: Matrix, lengths: Matrix, count: int, length: int) -> None:
    """Write the lengths of the rows; negative, so that the longest comes first."""
    f = rows.f
    with f.loop(ZERO, index(count)) as row:
        square = rows.dot(row.index, rows, row.index, ZERO, index(length))
        lengths.put(negative(f, f.intrinsic("sqrt", square)), ZERO, row.index)


def orthogonalize(rows: Matrix, turned: Matrix | None, count: int, length: int) -> None:
    """Turn pairs of rows until all are orthogonal; the rows of `turned` are turned alike."""
    f = rows.f
    with f.loop(ZERO, index(MOST_SWEEPS), 1, [ONE]) as sweep:
        active = f.select(f.compare("icmp ne", sweep.carried[0], ZERO), index(count), ZERO)
        with f.loop(ZERO, active, 1, [ZERO]) as first:
            behind = f.plus(first.index, ONE)
            with f.loop(behind, index(count), 1, first.carried) as second:
                done = _rotate(rows, turned, (first.index, second.index), count, length)
                second.next = [f.binary("or", second.carried[0], done)]
            first.next = second.carried
        sweep.next = first.carried


def _rotate(
    rows: Matrix, turned: Matrix | None, pair: tuple[Value, Value], count: int, length: int
) -> Value:
    """Make a pair of rows orthogonal, unless it is; return whether that was to be done."""
    f, (p, q), end = rows.f, pair, index(length)
    square, other, inner = rows.gram(p, q, end)
    both = f.binary("fmul", *(f.intrinsic("sqrt", x) for x in (square, other)))
    least = rows.number(float(2 * np.finfo(rows.dtype).eps))
    needed = f.compare("fcmp ogt", f.intrinsic("fabs", inner), f.binary("fmul", least, both))
    with when(f, needed):
        sine, half = _angle(rows, square, other, inner)
        rows.rotate(p, q, sine, half, end)
        if turned is not None:
            turned.rotate(p, q, sine, half, index(count))
    return f.cast("zext", needed, INDEX.element)


def _angle(rows: Matrix, square: Value, other: Value, inner: Value) -> tuple[Value, Value]:
    """The sine of the smaller angle t with 1/tan(2t) = (‖y‖² − ‖x‖²) / 2xᵀy, and tan(t/2)."""
    f, one = rows.f, rows.number(1)
    twice = f.binary("fadd", inner, inner)
    slope = f.binary("fdiv", f.binary("fsub", other, square), twice)
    root = f.intrinsic("sqrt", f.intrinsic("fmuladd", slope, slope, one))
    whole = f.binary("fadd", f.intrinsic("fabs", slope), root)
    tangent = f.intrinsic("copysign", f.binary("fdiv", one, whole), slope)
    secant = f.intrinsic("sqrt", f.intrinsic("fmuladd", tangent, tangent, one))
    return f.binary("fdiv", tangent, secant), f.binary(
        "fdiv", tangent, f.binary("fadd", one, secant)
    )


def _place(keys: Matrix, i: Value, count: Value) -> Value:
    """How many keys come before number i: the smaller ones, and the earlier ones of the same."""
    f, own = keys.f, keys.get(ZERO, i)
    with f.loop(ZERO, count, 1, [ZERO]) as other:
        j = other.index
        key = keys.get(ZERO, j)
        tie = f.binary("and", f.compare("fcmp oeq", key, own), f.compare("icmp ult", j, i))
        before = f.binary("or", f.compare("fcmp olt", key, own), tie)
        other.next = [f.plus(other.carried[0], f.cast("zext", before, INDEX.element))]
    return other.carried[0]


def _sign(rows: Matrix, i: Value, length: int) -> Value:
    """The sign of the first element of row i that is notable beside the largest."""
    f, zero = rows.f, rows.number(0)
    with f.loop(ZERO, index(length), 1, [zero]) as largest:
        size = f.intrinsic("fabs", rows.get(i, largest.index))
        (most,) = largest.carried
        largest.next = [f.select(f.compare("fcmp ogt", size, most), size, most)]
    least = f.binary("fmul", rows.number(NOTABLE), largest.carried[0])
    with f.loop(ZERO, index(length), 1, [zero]) as element:
        (first,), x = element.carried, rows.get(i, element.index)
        notable = f.compare("fcmp oge", f.intrinsic("fabs", x), least)
        missing = f.compare("fcmp oeq", first, zero)
        element.next = [f.select(f.binary("and", notable, missing), x, first)]
    return f.intrinsic("copysign", rows.number(1), element.carried[0])


def _copy(rows: Matrix, i: Value, factor: Value, target: Matrix, place: Value, length: int) -> None:
    """Write row i, times a factor, into row `place` of `target`."""
    f = rows.f
    with f.loop(ZERO, index(length)) as element:
        j = element.index
        target.put(f.binary("fmul", factor, rows.get(i, j)), place, j)
