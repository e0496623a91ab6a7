"""The cells of one column as NumPy arrays or lists: numbers, texts, truth values, moments in time.

Every function keeps the rows in order and marks a missing cell (NaN, or None in a list). Rows
are counted from 1 in messages, the header left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import DataError

if TYPE_CHECKING:
    from polars import Series

Numbers = NDArray[np.float64]
Texts = Sequence[str | None]

# What float32 can hold: a larger number would reach the network as infinity.
LARGEST = float(np.finfo(np.float32).max)

MICROSECONDS_A_DAY = 86_400_000_000
TRUTH = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}


def numbers(series: Series) -> Numbers:
    """Return a column as float64 (rows,), NaN where a cell is missing.

    Durations count in seconds, true is 1. Raises DataError, with column and row, for text
    that is no number, for dates, and for a number that is infinite or beyond float32.

    >>> import polars
    >>> numbers(polars.Series("age", [39, None]))
    array([39., nan])
    """
    values = _as_floats(series)
    for row in np.flatnonzero(np.abs(values) > LARGEST)[:1]:
        raise DataError(
            f"column {series.name!r} holds {values[row]} in row {row + 1}: numbers must be finite "
            "and below 3.4e38; correct the cell, or leave it empty if its value is not known"
        )
    return values


def _as_floats(series: Series) -> Numbers:
    plain = _plain(series)
    kind = plain.dtype.to_python()
    if kind in {date, datetime}:
        raise _misfit(series, "numbers")
    if kind is timedelta:
        plain = plain.dt.total_microseconds() / 1e6
    floats = plain.cast(float, strict=False)
    for row in (floats.is_null() & plain.is_not_null()).arg_true().head(1):
        raise _bad_cell(series, row, "a number")
    return np.array(floats.fill_null(np.nan).to_numpy(), np.float64)


def texts(series: Series) -> Texts:
    """Return a column as a list of texts, None where a cell is missing.

    Numbers are spelled the shortest way, so that 3 and 3.0 are both "3"; true and false in small
    letters. Raises DataError where the cells are lists or records.

    >>> import polars
    >>> texts(polars.Series("grade", [3.0, 2.5, None]))
    ['3', '2.5', None]
    """
    plain = _plain(series)
    if plain.dtype.is_float():
        return [None if np.isnan(x) else shortest(x) for x in numbers(plain).tolist()]
    cells: list[str | None] = plain.cast(str).to_list()
    return cells


def shortest(number: float) -> str:
    """Return the shortest spelling of a number that reads back as the same.

    >>> shortest(3.0), shortest(0.1)
    ('3', '0.1')
    """
    return str(int(number)) if number.is_integer() else repr(number)


def truths(series: Series) -> Numbers:
    """Return a column of truth values as float64 (rows,): 1 for true, 0 for false, NaN for missing.

    True and false may be in any case, or 1 and 0; DataError names column and row of another cell.

    >>> import polars
    >>> truths(polars.Series("alone", ["True", "FALSE", None]))
    array([ 1.,  0., nan])
    """
    cells = texts(series)
    for row, cell in enumerate(cells):
        if cell is not None and cell.lower() not in TRUTH:
            raise _bad_cell(series, row, "true or false")
    return np.array([np.nan if cell is None else TRUTH[cell.lower()] for cell in cells], np.float64)


def days(series: Series) -> Numbers:
    """Return a column of dates as float64 (rows,): days since 1970 began in UTC, NaN for missing.

    Raises DataError where the column holds anything but dates.

    >>> import polars
    >>> days(polars.Series("sold", ["1970-01-02"]).str.to_date())
    array([1.])
    """
    if series.null_count() == len(series):
        return np.full(len(series), np.nan)
    if series.dtype.to_python() not in {date, datetime}:
        raise _misfit(series, "dates such as 2016-07-01")
    return numbers(series.dt.epoch("us")) / MICROSECONDS_A_DAY


def missing(series: Series) -> NDArray[np.bool_]:
    """Return bool (rows,): true where a cell is null or not a number.

    >>> import polars
    >>> missing(polars.Series([1.0, None, float("nan")]))
    array([False,  True,  True])
    """
    absent = series.is_null()
    if series.dtype.is_float():
        absent = absent | series.is_nan().fill_null(value=True)
    return np.array(absent.to_numpy(), np.bool_)


def is_readable(series: Series) -> bool:
    """Return whether the functions above take the column: no lists, records, bytes, times of day.

    >>> import polars
    >>> is_readable(polars.Series([1, 2])), is_readable(polars.Series([[1, 2]]))
    (True, False)
    """
    return series.dtype.to_python() not in {list, dict, bytes, object, time}


def spells_truth(series: Series) -> bool:
    """Return whether a column is text, and every cell true or false in some spelling, or missing.

    >>> import polars
    >>> spells_truth(polars.Series(["True", "FALSE", None])), spells_truth(polars.Series(["yes"]))
    (True, False)
    """
    if series.dtype.to_python() is not str or series.null_count() == len(series):
        return False
    return {word.lower() for word in series.cast(str).unique().drop_nulls()} <= {"true", "false"}


def _plain(series: Series) -> Series:
    """Return the column with its categories spelled out; DataError where it is not readable."""
    if not is_readable(series):
        raise _misfit(series, "numbers, texts, truth values or dates")
    return series.cast(str) if series.dtype.to_python() is str else series


def _misfit(series: Series, expected: str) -> DataError:
    return DataError(f"column {series.name!r} holds {series.dtype}, expected {expected}")


def _bad_cell(series: Series, row: int, expected: str) -> DataError:
    return DataError(
        f"column {series.name!r} holds {series[row]!r} in row {row + 1}, expected {expected}"
    )
