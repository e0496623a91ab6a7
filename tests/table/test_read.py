"""Reading files: every kind of table, and a clear word about every kind of file that is none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import polars
import pytest
from polars.testing import assert_frame_equal

from chainrule.errors import FileError
from chainrule.table.read import read_table

TABLE = polars.DataFrame(
    {"size": [1.5, None, 3.0], "count": [1, 2, 3], "fruit": ["fig", "plum, sour", None]}
)


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("name", ["t.csv", "T.CSV", "t.txt"])
def test_a_csv_is_read_back(tmp_path: Path, name: str) -> None:
    TABLE.write_csv(tmp_path / name)
    assert_frame_equal(read_table(tmp_path / name), TABLE)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_delimiter_is_read_back(tmp_path: Path, separator: str) -> None:
    TABLE.write_csv(tmp_path / "t.tsv", separator=separator)
    assert_frame_equal(read_table(str(tmp_path / "t.tsv")), TABLE)


@pytest.mark.parametrize("name", ["t.parquet", "t.pq"])
def test_parquet_is_read_back(tmp_path: Path, name: str) -> None:
    TABLE.write_parquet(tmp_path / name)
    assert_frame_equal(read_table(tmp_path / name), TABLE)


def test_uci_files_take_their_names_from_beside_them(tmp_path: Path) -> None:
    written(tmp_path / "t.names", "a, b.\nsize: continuous.\n")
    written(tmp_path / "t.test", "|comment\n 1.5, a.\n ?, b.\n")
    assert read_table(tmp_path / "t.test").to_dict(as_series=False) == {
        "size": [1.5, None],
        "class": ["a", "b"],
    }


def test_a_long_file_is_read_in_blocks_without_a_seam(tmp_path: Path) -> None:
    count = 70_000
    path = written(tmp_path / "t.csv", "n,m\n" + "".join(f"{i},{-i}\n" for i in range(count)))
    table = read_table(path)
    assert table["n"].to_list() == list(range(count))
    assert table["m"].to_list() == [-i for i in range(count)]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "a,b\n1,2\n".encode("utf-8-sig"))
    assert read_table(path).columns == ["a", "b"]


def test_one_row_can_be_read(tmp_path: Path) -> None:
    assert read_table(written(tmp_path / "t.csv", "a,b\n1,2\n")).height == 1


def test_a_header_can_be_denied(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "a,b\nc,d\n")
    assert read_table(path).height == 1
    assert read_table(path, header=False).height == 2


Place = Callable[[Path], Path]

BAD_FILES: dict[str, tuple[Place, str]] = {
    "missing": (lambda at: at / "adlut.csv", r"no file .*adlut\.csv\. Did you mean 'adult\.csv'\?"),
    "missing folder": (lambda at: at / "no" / "a.csv", r"Nor is there a folder .*no\."),
    "folder": (lambda at: at, r"is a folder; give one of the tables in it: 'adult\.csv'"),
    "suffix": (lambda at: written(at / "a.xlsx", "PK"), r"no table by its suffix; expected \.csv"),
    "no suffix": (lambda at: written(at / "a", "x"), "no table by its suffix"),
    "empty": (lambda at: written(at / "a.csv", ""), r"a\.csv is empty"),
    "header alone": (lambda at: written(at / "a.csv", "a,b\n"), "2 names of columns and no row"),
    "ragged": (lambda at: written(at / "a.csv", "a,b\n1,2\n3\n"), "line 3 has 1 cells"),
    "latin": (lambda at: written(at / "a.csv", b"a,b\n1,caf\xe9\n"), "line 2 is not UTF-8"),
    "zero byte": (lambda at: written(at / "a.csv", b"a,b\n1,2\n\0"), "line 3 holds a zero byte"),
    "foreign parquet": (lambda at: written(at / "a.parquet", "a,b\n1,2\n"), "not a Parquet file"),
    "empty parquet": (lambda at: written(at / "a.parquet", ""), "not a Parquet file"),
    "empty uci": (lambda at: written(at / "a.data", "| x\n"), r"a\.data is empty"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_described(tmp_path: Path, kind: str) -> None:
    written(tmp_path / "adult.csv", "a,b\n1,2\n")
    place, message = BAD_FILES[kind]
    with pytest.raises(FileError, match=message):
        read_table(place(tmp_path))


def test_a_truncated_parquet_file_is_described(tmp_path: Path) -> None:
    TABLE.write_parquet(tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    for length in range(0, len(whole), 97):
        written(tmp_path / "t.parquet", whole[:length])
        with pytest.raises(FileError, match="not a Parquet file, or is damaged"):
            read_table(tmp_path / "t.parquet")


def test_a_folder_without_tables_is_described(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"is a folder; .* none"):
        read_table(tmp_path)


def test_without_polars_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "t.csv", "a,b\n1,2\n")
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(FileError, match=r'pip install "chainrule\[cli\]"'):
        read_table(path)
