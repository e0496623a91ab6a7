"""ETTh1: columns of numbers behind a date, and only the known file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import FileError
from chainrule.train import ett

TABLE = b"date,HUFL,HULL,MUFL,MULL,LUFL,LULL,OT\n" + b"".join(
    b"2016-07-01 0%d:00:00,1,2,3,4,5,6,%d.5\n" % (hour, hour) for hour in range(3)
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ett, "CHECKSUM", hashlib.sha256(TABLE).hexdigest())
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path))
    (tmp_path / "ett").mkdir()


def test_columns(tmp_path: Path) -> None:
    (tmp_path / "ett" / "ETTh1.csv").write_bytes(TABLE)
    expected = [[1, 2, 3, 4, 5, 6, hour + 0.5] for hour in range(3)]
    np.testing.assert_array_equal(ett.load_etth1(), expected)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ett" / "ETTh1.csv").write_bytes(TABLE + b"\n")
    with pytest.raises(FileError, match=r"is not the known ETTh1\.csv; delete it and try again"):
        ett.load_etth1()
