"""The table of errors: every function on lanes, over all exponents, against many digits.

`ULP_STRIDE=1 pytest -s tests/render/test_mathematics.py -k "table and exp"` looks at every float32
there is; without it every 9973rd is looked at. `-s` shows the table.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest

from chainrule.render import error_function, exponentials, logarithms, trigonometry
from chainrule.render.builder import Function, Value, literal
from tests.render.ulp import IS_X86, Array, Emitter, Row, Vectorized, distances, in_many_digits
from tests.structure.source import ROOT

ULP = 2.5
STRIDE = int(os.environ.get("ULP_STRIDE", "9973"))
CHUNK = 2**22  # points looked at at once
Interval = tuple[float, float]


class Case(NamedTuple):
    """A function: how it is written, NumPy's in float64, mpmath's, and where it is busy.

    With mpmath's float64 is looked at too; otherwise float64 goes through the C library.
    """

    emitter: Emitter
    reference: Callable[[Array], Any]
    exact: Callable[[Any], Any] | None
    busy: Interval
    symmetry: int = 0  # of f(−x) = ±f(x)


def sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, small) / (1.0 + small))


def each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    """A function of Python's numbers, for arrays."""
    return np.vectorize(function, otypes=[np.float64])


e, g, t, r = exponentials, logarithms, trigonometry, error_function
CASES: dict[str, Case] = {
    "exp": Case(e.exp, np.exp, mpmath.exp, (-90, 90)),
    "expm1": Case(e.expm1, np.expm1, mpmath.expm1, (-20, 20)),
    "tanh": Case(e.tanh, np.tanh, mpmath.tanh, (-10, 10), -1),
    "sigmoid": Case(e.sigmoid, sigmoid, lambda x: 1 / (1 + mpmath.exp(-x)), (-90, 20)),
    "log": Case(g.log, np.log, mpmath.log, (0.3, 3)),
    "log1p": Case(g.log1p, np.log1p, mpmath.log1p, (-0.99, 3)),
    "log2": Case(g.log2, np.log2, lambda x: mpmath.log(x) / mpmath.ln2, (0.3, 3)),
    "log10": Case(g.log10, np.log10, lambda x: mpmath.log(x) / mpmath.ln10, (0.3, 3)),
    "erf": Case(r.erf, each(math.erf), mpmath.erf, (-6, 6), -1),
    "erfc": Case(r.erfc, each(math.erfc), None, (-5, 11)),
    "sin": Case(t.sin, np.sin, None, (-100, 100), -1),
    "cos": Case(t.cos, np.cos, None, (-100, 100), 1),
    "tan": Case(t.tan, np.tan, None, (-100, 100), -1),
    "asin": Case(t.asin, np.arcsin, None, (-1, 1), -1),
    "acos": Case(t.acos, np.arccos, None, (-1, 1)),
    "atan": Case(t.atan, np.arctan, None, (-5, 5), -1),
    "sinh": Case(e.sinh, np.sinh, None, (-10, 10), -1),
    "cosh": Case(e.cosh, np.cosh, None, (-10, 10), 1),
    "asinh": Case(g.asinh, np.arcsinh, None, (-5, 5), -1),
    "acosh": Case(g.acosh, np.arccosh, None, (1, 5)),
    "atanh": Case(g.atanh, np.arctanh, None, (-1, 1), -1),
}
IN_DOUBLE = [name for name, case in CASES.items() if case.exact]
BOTH = [(name, np.float32) for name in CASES] + [(name, np.float64) for name in IN_DOUBLE]
SPECIAL = [np.nan, np.inf, 0.0, 0.5, 1.0, 2.0, 1e30]


def by_stride(stride: int) -> Iterator[Array]:
    """Every stride-th float32 of all that there are, not finite ones included."""
    for start in range(0, 2**32, CHUNK * stride):
        bits = np.arange(start, min(start + CHUNK * stride, 2**32), stride, dtype=np.uint64)
        yield bits.astype(np.uint32).view(np.float32)


def documented(column: int) -> dict[str, float]:
    """The errors that docs/vector-math.md states: column 1 for float32, 2 for float64."""
    text = (ROOT / "docs" / "vector-math.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    stated = [(row[0].split(", "), row[column]) for row in rows]
    return {name: float(text) for names, text in stated for name in names if text[0].isdigit()}


def runs(function: Vectorized) -> list[Callable[[Array], Array]]:
    """As Python runs it, and where results that are denormal become 0."""
    return [function, function.flushed] if IS_X86 else [function]


def show(row: Row) -> None:
    sys.stdout.write(f"\n{row}")


@pytest.mark.parametrize("name", CASES)
def test_table_of_float32(name: str) -> None:
    case, row = CASES[name], Row(name, np.float32)
    function = Vectorized(case.emitter, np.float32)
    dense = np.linspace(*case.busy, 100_000).astype(np.float32)
    for x in [dense, *by_stride(STRIDE)] if STRIDE > 100 else by_stride(STRIDE):
        with np.errstate(all="ignore"):
            exact = case.reference(x.astype(np.float64))
        for run in runs(function):
            row.add(x, distances(run(x), exact))
    show(row)
    assert row.most <= documented(1)[name] <= ULP


@pytest.mark.parametrize("name", IN_DOUBLE)
def test_table_of_float64(name: str) -> None:
    case, row = CASES[name], Row(name, np.float64)
    assert case.exact is not None
    random = np.random.default_rng(0)
    spread = random.integers(0, 2**64, 1500, np.uint64).view(np.float64)
    x = np.concatenate([spread[np.isfinite(spread)], random.uniform(*case.busy, 2500)])
    exact = in_many_digits(case.exact, x)
    for run in runs(Vectorized(case.emitter, np.float64, 8)):
        row.add(x, distances(run(x), *exact))
    show(row)
    assert row.most <= documented(2)[name] <= ULP


def test_the_documented_table_is_whole() -> None:
    assert documented(1).keys() == CASES.keys()
    assert [*documented(2)] == IN_DOUBLE


@pytest.mark.parametrize(("name", "dtype"), BOTH)
def test_special_values(name: str, dtype: Any) -> None:
    case, limits = CASES[name], np.finfo(dtype)
    edges = [limits.max, limits.tiny, limits.smallest_subnormal, np.nextafter(limits.tiny, 0)]
    ends = [-1.5, 1.5, 88.72283, 88.7229, 709.7827, 709.783, 2.0**40, 2.0**41, 3e38]
    positive = np.array([*SPECIAL, *ends, *edges], dtype)
    x = np.concatenate([positive, -positive])
    with np.errstate(all="ignore"):
        expected = np.asarray(case.reference(x.astype(np.float64)))
    for run in runs(Vectorized(case.emitter, dtype)):
        found = run(x)
        assert distances(found, expected).max() <= ULP + (dtype is np.float64)
        zero = expected == 0
        np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(expected[zero]))


@pytest.mark.parametrize(("name", "dtype"), BOTH)
def test_the_bits_do_not_depend_on_the_lanes(name: str, dtype: Any) -> None:
    case = CASES[name]
    x = np.concatenate([np.linspace(*case.busy, 997), [0.0, 1e30, np.inf, 1e-40]]).astype(dtype)
    whole = Vectorized(case.emitter, dtype)(x)
    for lanes in (1, 2, 4, 8):
        np.testing.assert_array_equal(Vectorized(case.emitter, dtype, lanes)(x), whole)


@pytest.mark.parametrize(("name", "dtype"), [x for x in BOTH if CASES[x[0]].symmetry])
def test_symmetry_to_the_last_bit(name: str, dtype: Any) -> None:
    case = CASES[name]
    x = np.concatenate([np.linspace(*case.busy, 10_001), [1e-30, 1e30]]).astype(dtype)
    function = Vectorized(case.emitter, dtype)
    np.testing.assert_array_equal(function(-x), case.symmetry * function(x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_powers_of_two_have_whole_logarithms(dtype: Any) -> None:
    powers = np.arange(np.finfo(dtype).minexp - 10, np.finfo(dtype).maxexp)
    found = Vectorized(logarithms.log2, dtype)(np.ldexp(np.ones(1, dtype), powers))
    np.testing.assert_array_equal(found, powers)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exp_at_its_ends(dtype: Any) -> None:
    least, most = exponentials.ENDS["float" if dtype is np.float32 else "double"]
    x = np.array([least, np.nextafter(dtype(least), dtype(-np.inf)), -1e30], dtype)
    found = Vectorized(exponentials.exp, dtype)(x)
    assert found[0] >= np.finfo(dtype).tiny
    np.testing.assert_array_equal(found[1:], 0)
    x = np.array([most, np.nextafter(dtype(most), dtype(np.inf)), 1e30], dtype)
    found = Vectorized(exponentials.exp, dtype)(x)
    assert np.isfinite(found[0])
    np.testing.assert_array_equal(found[1:], np.inf)


def test_an_error_of_three_units_is_seen() -> None:
    def wrong(f: Function, x: Value) -> Value:
        return f.binary("fmul", exponentials.exp(f, x), literal(1 + 3 * 2.0**-23, x.type))

    x = np.linspace(0, 1, 1000).astype(np.float32)
    row = Row("wrong", np.float32)
    row.add(x, distances(Vectorized(wrong, np.float32)(x), np.exp(x.astype(np.float64))))
    assert row.most > ULP
    assert str(row).startswith("wrong    float32  max ")


def test_what_is_not_finite_in_the_wrong_place_is_infinitely_wrong() -> None:
    exact = np.array([1.0, np.inf, np.nan, -np.inf, 1e-39, 1e39])
    right = np.array([1.0, np.inf, np.nan, -np.inf, 0.0, np.inf], np.float32)
    wrong = np.array([np.nan, 1.0, 1.0, np.inf, 1e-38, 1e38], np.float32)
    assert distances(right, exact).max() == 0
    assert distances(wrong, exact).min() > ULP
