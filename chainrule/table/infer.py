"""What the cells of a text column are: whole numbers, numbers, moments in time, or just text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polars import Series

MISSING = (
    *("", "?", "--", "NA", "N/A", "n/a", "None"),
    *("NaN", "nan", "NAN", "null", "NULL", "Null"),
)

MOMENT_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d",
    "%Y-%m",
)


def typed(column: Series) -> Series:
    """Return a text column as whole numbers, numbers, dates or text, whichever fits every cell.

    Blanks around cells go, the spellings in MISSING become null, and a column of nulls stays text.
    Codes with leading zeros, such as 00501, are text: as numbers they would lose them.

    >>> import polars
    >>> typed(polars.Series("age", ["39", " 50", "?"])).to_list()
    [39, 50, None]
    """
    text = column.str.strip_chars()
    text = text.set(text.is_in(MISSING), None)
    if text.null_count() == len(text):
        return text
    fitting = (guess for guess in _guesses(text) if guess.null_count() == text.null_count())
    return next(fitting, text)


def _guesses(text: Series) -> Iterator[Series]:
    """Yield the column read as each type in turn, null where a cell does not fit."""
    if not text.str.contains(r"^[+-]?0[0-9]").any():
        yield text.cast(int, strict=False)
        yield text.cast(float, strict=False)
    if text.str.contains(r"^[0-9]{4}[-/][0-9]").any():
        for pattern in MOMENT_FORMATS:
            yield text.str.to_datetime(pattern, strict=False)
