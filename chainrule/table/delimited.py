"""Delimited text (CSV and its kin) as rows of texts, its delimiter and header found out.

Python's csv module does the parsing, so that every complaint can name its line.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice

from chainrule.errors import FileError
from chainrule.table.infer import MISSING

Row = list[str]

DELIMITERS = ",;\t|"
ROWS_TO_JUDGE_BY = 1000
CHARACTERS_TO_JUDGE_BY = 100_000  # less than the longest cell that the csv module takes
MEASURED = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|\d{4}[-/]\d\d?([-/]\d\d?([ T].*)?)?")


@dataclass(frozen=True, slots=True)
class TextTable:
    """The names of the columns, and the rows, each one text a column, in order and once only."""

    names: Sequence[str]
    rows: Iterator[Row]


def read_delimited(text: str, where: str, *, header: bool | None = None) -> TextTable:
    r"""Return the table that a delimited text holds.

    `where` names the text in messages; `header` says whether the first line holds names (None: by
    itself, see `is_header`). Without one the columns are column_1, column_2 and so on.
    Raises FileError for an empty text and for a name that comes twice, and, as the rows are read,
    for a line with too many or too few cells and for a quote left open.

    >>> table = read_delimited("age;job\n39;clerk\n50;?", "example")
    >>> table.names, list(table.rows)
    (['age', 'job'], [['39', 'clerk'], ['50', '?']])
    """
    rows = parse(text, sniff_delimiter(text), where)
    head = list(islice(rows, ROWS_TO_JUDGE_BY))
    if not head:
        raise FileError(f"{where} is empty: it has no line that holds anything")
    if is_header(head) if header is None else header:
        names = header_names(head.pop(0), where)
    else:
        names = numbered_names(len(head[0]))
    return TextTable(names, chain(head, rows))


def parse(text: str, delimiter: str, where: str) -> Iterator[Row]:
    r"""Yield the rows of a text, blank lines left out; FileError for one not as wide as the first.

    >>> list(parse('a,b\n"1,5",2\n', ",", "example"))
    [['a', 'b'], ['1,5', '2']]
    """
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for row in filter(None, reader):
            width = width or len(row)
            if len(row) != width:
                raise _ragged(where, reader.line_num, len(row), width)
            yield row
    except csv.Error as error:
        raise FileError(f"{where}, line {reader.line_num}: {error}") from error


def _ragged(where: str, line: int, found: int, width: int) -> FileError:
    return FileError(
        f"{where}, line {line} has {found} cells where the first line has {width}: correct that "
        "line, or put quotes around a cell that holds the delimiter"
    )


def sniff_delimiter(text: str) -> str:
    r"""Return the one of comma, semicolon, tab and bar that divides the lines most evenly.

    The share of lines with the commonest width decides, then that width; the comma where none fits.

    >>> sniff_delimiter("a;b\n1,5;2\n1,7;3\n")
    ';'
    """
    start = text[:CHARACTERS_TO_JUDGE_BY]
    return max(DELIMITERS, key=lambda delimiter: _evenness(start, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    widths = Counter(len(row) for row in rows if row)
    width, count = max(widths.items(), key=lambda item: item[1], default=(1, 0))
    return (0.0, 0) if width == 1 else (count / widths.total(), width)


def is_header(rows: Sequence[Row]) -> bool:
    """Return whether the first of the rows names the columns.

    It does if it holds a word above a column of numbers or dates; if it counts 0, 1, 2 and so on;
    or if all its cells are words, none of which comes back further down its column.

    >>> is_header([["sex", "rings"], ["M", "15"], ["F", "9"]])
    True
    >>> is_header([["M", "15"], ["M", "7"], ["F", "9"]])
    False
    """
    first, *others = rows
    columns = list(zip(*others, strict=True)) or [()] * len(first)
    words = [_is_word(cell) for cell in first]
    if any(word and _is_measured(column) for word, column in zip(words, columns, strict=True)):
        return True
    comes_back = any(cell in column for cell, column in zip(first, columns, strict=True))
    return _counts(first) or (all(words) and not comes_back)


def _is_word(cell: str) -> bool:
    text = cell.strip()
    return text not in MISSING and not MEASURED.fullmatch(text)


def _is_measured(cells: Sequence[str]) -> bool:
    """Return whether there are cells that are not missing, and all are numbers or dates."""
    present = [text for cell in cells if (text := cell.strip()) not in MISSING]
    return bool(present) and all(MEASURED.fullmatch(text) for text in present)


def _counts(first: Row) -> bool:
    """Return whether a row runs 0, 1, 2 and so on, as the header of a nameless table may."""
    numbers = first[1:] if first[0] == "" else first
    return len(numbers) > 2 and numbers == [str(number) for number in range(len(numbers))]


def header_names(first: Row, where: str) -> list[str]:
    """Return the names in a header, column_1 and so on for empty ones; FileError if one is twice.

    >>> header_names(["", " age "], "example")
    ['column_1', 'age']
    """
    numbered = numbered_names(len(first))
    names = [cell.strip() or number for cell, number in zip(first, numbered, strict=True)]
    for name, count in Counter(names).items():
        if count > 1:
            raise FileError(f"{where}: {count} columns are called {name!r}; give each its own name")
    return names


def numbered_names(count: int) -> list[str]:
    """Return the names of the columns of a table without a header.

    >>> numbered_names(2)
    ['column_1', 'column_2']
    """
    return [f"column_{number}" for number in range(1, count + 1)]
