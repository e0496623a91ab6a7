"""The C4.5 format of the UCI repository: NAME.data or NAME.test, described by NAME.names.

One row a line, cells divided by commas, the class last and perhaps followed by a period; `|` starts
a comment and `?` is missing (Quinlan 1993, "C4.5: Programs for Machine Learning").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from chainrule.errors import FileError
from chainrule.table.delimited import Row, TextTable, numbered_names, parse, sniff_delimiter

CLASS = "class"


def read_uci(text: str, description: str, where: str) -> TextTable:
    r"""Return the table in the text of a .data or .test file, named by the text of a .names file.

    The last column is called class. Where the description names another number of columns (or is
    empty), the others are column_1, column_2 and so on; where it names all columns, none is class.
    Raises FileError for an empty text, and, as the rows are read, for a line of another width.

    >>> table = read_uci("39, State-gov, <=50K.", "age: continuous. | years\nwork: a, b.", "adult")
    >>> table.names, list(table.rows)
    (['age', 'work', 'class'], [['39', ' State-gov', '<=50K']])
    """
    bare = without_comments(text)
    rows = parse(bare, sniff_delimiter(bare), where)
    first = next(rows, None)
    if first is None:
        raise FileError(f"{where} is empty: it has no line that holds anything")
    names = column_names(attribute_names(description), len(first))
    every = chain([first], rows)
    return TextTable(names, _without_periods(every) if names[-1] == CLASS else every)


def _without_periods(rows: Iterator[Row]) -> Iterator[Row]:
    for *cells, label in rows:
        yield [*cells, label.strip().removesuffix(".")]


def without_comments(text: str) -> str:
    r"""Return a text whose lines end before their first bar, as many lines as before.

    >>> without_comments("|1x3 Cross validator\n25, Private | note")
    '\n25, Private'
    """
    return re.sub(r"[ \t]*\|.*", "", text)


def attribute_names(description: str) -> list[str]:
    r"""Return the attributes that a .names text lists, one `name: values` a line.

    >>> attribute_names(">50K, <=50K. | classes\nage: continuous.\nsex: Female, Male.")
    ['age', 'sex']
    """
    entries = re.findall(r"^([^:\n]+):", without_comments(description), flags=re.MULTILINE)
    return [entry.strip() for entry in entries]


def column_names(attributes: list[str], width: int) -> list[str]:
    """Return the names of `width` columns: the attributes and class, or numbers if they do not fit.

    >>> column_names(["age", "sex"], 3), column_names(["age"], 3)
    (['age', 'sex', 'class'], ['column_1', 'column_2', 'class'])
    """
    if len(attributes) == width:
        return attributes
    fitting = attributes if len(attributes) == width - 1 else numbered_names(width - 1)
    return [*fitting, CLASS]
