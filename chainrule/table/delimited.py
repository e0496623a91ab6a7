"""Delimited text (CSV and its kin) as a table of texts: the delimiter and the header found out.

Python's csv module does the parsing, so every complaint can name its line.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from chainrule.errors import FileError
from chainrule.table.infer import MISSING, typed

if TYPE_CHECKING:
    from polars import DataFrame

Row = list[str]

DELIMITERS = ",;\t|"
LINES_TO_JUDGE_BY = 1000
ROWS_AT_A_TIME = 65_536


def read_delimited(text: str, where: str, *, header: bool | None = None) -> DataFrame:
    """Return the table that a delimited text holds, each column typed by its cells.

    `where` names the text in messages; `header` says whether the first line holds names (None: by
    itself, see `is_header`). Without one the columns are column_1, column_2 and so on.
    Raises FileError for a line with too many or too few cells, a quote left open, or a name twice.

    >>> read_delimited("age;job\\n39;clerk\\n50;?", "example").to_dicts()
    [{'age': 39, 'job': 'clerk'}, {'age': 50, 'job': None}]
    """
    rows = parse(text, sniff_delimiter(text), where)
    head = list(islice(rows, LINES_TO_JUDGE_BY))
    if not head:
        raise FileError(f"{where} is empty: it holds no line of data")
    if is_header(head) if header is None else header:
        names = header_names(head.pop(0), where)
    else:
        names = numbered_names(len(head[0]))
    return frame(names, chain(head, rows))
