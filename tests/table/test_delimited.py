"""Delimited text: delimiters, headers, quotes, and complaints with their lines."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given, strategies as st

from chainrule.errors import FileError
from chainrule.table.delimited import is_header, read_delimited, sniff_delimiter

CELLS = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


def cells_of(text: str, *, header: bool | None = None) -> tuple[list[str], list[list[str]]]:
    table = read_delimited(text, "file.csv", header=header)
    return list(table.names), list(table.rows)


@given(st.integers(2, 5), st.sampled_from(",;\t|"), st.data())
def test_what_the_csv_module_writes_is_read_back(
    width: int, delimiter: str, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1))
    written = StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow([f"name {number}" for number in range(width)])
    writer.writerows(rows)
    names, found = cells_of(written.getvalue(), header=True)
    assert names == [f"name {number}" for number in range(width)]
    assert found == rows


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter: str, end: str) -> None:
    lines = ["age,job,pay", "39,clerk,10", "50,cook,20"]
    text = end.join(line.replace(",", delimiter) for line in lines)
    assert cells_of(text) == (["age", "job", "pay"], [["39", "clerk", "10"], ["50", "cook", "20"]])


def test_one_bad_line_does_not_change_the_delimiter() -> None:
    assert sniff_delimiter("a,b,c\n1,2,3\n1,2\n4,5,6\n") == ","
    assert sniff_delimiter("a;b\n1,5;2,5\n1,7;3,1\n") == ";"


def test_a_single_column_has_no_delimiter() -> None:
    assert cells_of("size\n1\n2\n") == (["size"], [["1"], ["2"]])


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4",
        "sex,rings\nM,15\nF,9",
        "sex,job\nM,cook\nF,clerk",
        "day,sold\n2024-01-01,3\n2024-01-02,4",
        "a,b\n?,2\n3,NA",
        "0,1,2,3\n5.1,3.5,1.4,a\n4.9,3.0,1.4,a",
        ",0,1,2\n0,5.1,3.5,a\n1,4.9,3.0,a",
        "a,b",
    ],
)
def test_a_header_is_seen(text: str) -> None:
    assert is_header(list(csv.reader(StringIO(text)))) is True


@pytest.mark.parametrize(
    "text",
    [
        "7.4,0.7,5\n7.8,0.88,5",
        "M,0.455,15\nM,0.35,7\nF,0.53,9",
        "p,x,s\ne,x,y\ne,b,s",
        "?,1.5\n2,2.5",
        "2024-01-01,3\n2024-01-02,4",
        "1,2",
    ],
)
def test_no_header_is_seen_where_there_is_none(text: str) -> None:
    assert is_header(list(csv.reader(StringIO(text)))) is False


def test_columns_without_a_name_are_numbered() -> None:
    assert cells_of("1,2\n3,4") == (["column_1", "column_2"], [["1", "2"], ["3", "4"]])
    assert cells_of(",b\n1,2\n3,4")[0] == ["column_1", "b"]


def test_a_header_can_be_told() -> None:
    assert cells_of("1,2\n3,4", header=True) == (["1", "2"], [["3", "4"]])
    assert cells_of("a,b\n3,4", header=False)[0] == ["column_1", "column_2"]


def test_blank_lines_are_no_rows_and_blank_cells_are() -> None:
    assert cells_of("a,b\n\n1,2\n,\n\n") == (["a", "b"], [["1", "2"], ["", ""]])


@pytest.mark.parametrize("text", ["", "\n\n", "\r\n"])
def test_an_empty_text_is_an_error(text: str) -> None:
    with pytest.raises(FileError, match=r"file\.csv is empty"):
        cells_of(text)


@pytest.mark.parametrize(
    ("line", "found"), [("4,5", "2"), ("4,5,6,7", "4"), ('"4\n",5', "2"), ("4", "1")]
)
def test_a_ragged_line_is_named(line: str, found: str) -> None:
    number = 3 + line.count("\n")
    message = rf"file\.csv, line {number} has {found} cells where the first line has 3"
    with pytest.raises(FileError, match=message):
        cells_of(f"a,b,c\n1,2,3\n{line}\n7,8,9\n")


def test_a_ragged_line_far_down_is_named() -> None:
    with pytest.raises(FileError, match="line 5002 has 1 cells"):
        cells_of("a,b\n" + "1,2\n" * 5000 + "3\n")


def test_an_open_quote_is_named() -> None:
    with pytest.raises(FileError, match=r"file\.csv, line 3: unexpected end of data"):
        cells_of('a,b\n1,2\n"3,4\n')


def test_a_name_that_comes_twice_is_named() -> None:
    with pytest.raises(FileError, match="2 columns are called 'a'; give each its own name"):
        cells_of("a,b,a\n1,2,3\n4,5,6\n")
