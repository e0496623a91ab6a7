"""Reading a table from a file: CSV and its kin, Parquet, and the C4.5 format of the UCI repository.

This is a door: polars, an optional dependency, is imported when a table is read, here and nowhere
else; the rest of the stage works on the columns that it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.errors import FileError
from chainrule.table.delimited import Row, TextTable, read_delimited
from chainrule.table.infer import typed
from chainrule.table.nearest import did_you_mean, listed
from chainrule.table.uci import read_uci

if TYPE_CHECKING:
    from os import PathLike

    from polars import DataFrame

DELIMITED = (".csv", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")
UCI = (".data", ".test")
SUFFIXES = (*DELIMITED, *PARQUET, *UCI)

# Between Python and polars: a text takes several times more memory in the one than in the other.
ROWS_AT_A_TIME = 65_536


def read_table(path: str | PathLike[str], *, header: bool | None = None) -> DataFrame:
    """Return the table in a file, read by its suffix: .csv .tsv .txt, .parquet .pq, .data .test.

    Of delimited text the delimiter (comma, semicolon, tab, bar) and the types of the columns are
    found out, and so is whether the first line holds names, unless `header` says it. Empty cells,
    ?, --, NA, N/A, NaN, null and None are missing.

    Raises FileError for a file that is missing, of another kind, empty, not UTF-8 or not a table,
    with the line where there is one; and where polars is not installed.
    """
    file = Path(path)
    check_file(file)
    check_polars()
    table = _read(file, header)
    if table.height == 0:
        raise FileError(f"{file} holds {table.width} names of columns and no row of data")
    return table


def _read(file: Path, header: bool | None) -> DataFrame:
    if file.suffix.lower() in PARQUET:
        return read_parquet(file)
    text = read_text(file)
    if file.suffix.lower() in DELIMITED:
        return as_frame(read_delimited(text, str(file), header=header))
    names = file.with_suffix(".names")
    return as_frame(read_uci(text, read_text(names) if names.is_file() else "", str(file)))


def check_polars() -> None:
    """Raise FileError, with the command that mends it, where polars is not installed."""
    try:
        import polars  # noqa: F401
    except ImportError as error:
        raise FileError('reading a table needs polars: pip install "chainrule[cli]"') from error


def check_file(file: Path) -> None:
    """Raise FileError unless this is a file with a suffix that `read_table` knows."""
    if file.is_dir():
        inside = listed(tables_in(file)) or "none, though"
        raise FileError(f"{file} is a folder; give one of the tables in it: {inside}")
    if not file.exists():
        raise FileError(f"there is no file {file}.{_where_instead(file)}")
    if file.suffix.lower() not in SUFFIXES:
        raise FileError(f"{file} is no table by its suffix; expected {', '.join(SUFFIXES)}")


def _where_instead(file: Path) -> str:
    if not file.parent.is_dir():
        return f" Nor is there a folder {file.parent}."
    return did_you_mean(file.name, tables_in(file.parent))


def tables_in(folder: Path) -> list[str]:
    """Return the names of the files in a folder that `read_table` could read, in order."""
    return sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in SUFFIXES)


def read_text(file: Path) -> str:
    """Return the text of a UTF-8 file; FileError, with the line, where it is not that."""
    content = _read_bytes(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line(content, error.start)
        raise FileError(f"{file}, line {line} is not UTF-8; save the table as UTF-8") from error
    if "\0" in text:
        line = _line(content, content.index(0))
        raise FileError(f"{file}, line {line} holds a zero byte: this is not a text file")
    return text


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileError(f"{file} could not be read: {error.strerror}") from error


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def read_parquet(file: Path) -> DataFrame:
    """Return the table in a Parquet file; FileError where it is truncated or foreign."""
    import polars

    try:
        return polars.read_parquet(file)
    except (polars.exceptions.PolarsError, OSError) as error:
        raise FileError(f"{file} is not a Parquet file, or is damaged: {error}") from error


def as_frame(table: TextTable) -> DataFrame:
    """Return a table of texts as a frame, each column typed by its cells."""
    import polars

    empty = polars.DataFrame(schema=dict.fromkeys(table.names, polars.String))
    blocks = [polars.DataFrame(block, empty.schema, orient="row") for block in _blocks(table.rows)]
    return polars.DataFrame([typed(column) for column in polars.concat([empty, *blocks])])


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while block := list(islice(rows, ROWS_AT_A_TIME)):
        yield block
