"""`chainrule` alone: the digits, from the first progress line to the files it leaves."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import numpy as np
import polars
import pytest

from chainrule.cli.digits import HELD_OUT, TARGET, divided
from chainrule.cli.options import Options
from chainrule.cli.picture import drawn, misread
from chainrule.cli.screen import output
from chainrule.table.digits import load_digits
from tests.cli.conftest import Command, Program


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the command was run once, with what it said in said.json."""
    return tmp_path_factory.mktemp("digits")


def run(program: Program, folder: Path) -> dict[str, str]:
    """Run the command in `folder` the first time, and return what it said."""
    said = folder / "said.json"
    if not said.exists():
        answer = program(folder=folder)
        assert answer.returncode == 0, answer.stderr
        said.write_text(json.dumps([answer.stdout, answer.stderr]), encoding="utf-8")
    stdout, stderr = json.loads(said.read_text(encoding="utf-8"))
    return {"stdout": stdout, "stderr": stderr}


def test_it_reads_97_in_100_digits_that_it_has_never_seen(program: Program, trained: Path) -> None:
    said = run(program, trained)
    (accuracy,) = re.findall(
        r"test digits, which it has never seen\naccuracy  ([\d.]+)%", said["stdout"]
    )
    assert float(accuracy) >= 97
    assert "Model saved in models/digits\n" in said["stdout"]
    assert said["stderr"].startswith("training for up to 200 epochs of 39 steps\nepoch 1/200  loss")


def test_it_says_what_to_type_next(program: Program, trained: Path) -> None:
    lines = run(program, trained)["stdout"].split("Next\n")[1].splitlines()
    typed = [line.split("chainrule ")[1] for line in lines if line.startswith("  ")]
    assert typed == [
        "evaluate models/digits models/digits/test.csv",
        "predict models/digits models/digits/test.csv",
        "walkthrough",
        "train FILE.csv --target COLUMN",
    ]


def test_it_leaves_a_model_the_test_digits_and_a_picture(program: Program, trained: Path) -> None:
    run(program, trained)
    names = {path.name for path in (trained / "models" / "digits").iterdir()}
    assert {name for name in names if not name.startswith("weights-")} == {
        *("model.json", "test.csv", "learning-curves.png")
    }
    assert len(names) == 4


def test_the_model_is_a_table_model_like_any_other(
    program: Program, trained: Path, chainrule: Command
) -> None:
    said = run(program, trained)["stdout"]
    (accuracy,) = re.findall(r"never seen\naccuracy  ([\d.]+%)", said)
    folder = trained / "models" / "digits"
    assert f"accuracy  {accuracy}" in chainrule("evaluate", folder, folder / "test.csv").stdout
    rows = chainrule("predict", folder, folder / "test.csv").stdout.splitlines()
    truth = polars.read_csv(folder / "test.csv")["digit"].cast(str).to_list()
    right = np.mean(
        [row.split(",")[0] == digit for row, digit in zip(rows[1:], truth, strict=True)]
    )
    assert f"{right:.2%}" == accuracy


def test_the_digits_are_divided_in_three() -> None:
    parts = divided(Options())[1:]
    rows = np.concatenate([part.rows for part in parts])
    assert sorted(rows.tolist()) == list(range(1797))
    assert abs(len(parts[2].rows) - HELD_OUT * 1797) < 1
    images, labels = load_digits()
    for part in parts:
        np.testing.assert_array_equal(part.target, labels[part.rows])
        shares = np.bincount(part.target, minlength=10) / len(part.rows)
        np.testing.assert_allclose(shares, np.bincount(labels) / 1797, atol=0.01)
    column = parts[0].features[:, 36]
    np.testing.assert_allclose(np.corrcoef(column, images[parts[0].rows, 36])[0, 1], 1, rtol=1e-6)
    assert abs(float(parts[0].features.mean())) < 1e-6
    assert TARGET.labels == tuple("0123456789")


def test_the_test_table_holds_the_digits_as_they_were_published(
    program: Program, trained: Path
) -> None:
    run(program, trained)
    table = polars.read_csv(trained / "models" / "digits" / "test.csv")
    assert table.columns[:2] + table.columns[-2:] == [
        "pixel_0_0",
        "pixel_0_1",
        "pixel_7_7",
        "digit",
    ]
    packed = (Path(load_digits.__code__.co_filename).parent / "digits.csv.gz").read_bytes()
    published = set(gzip.decompress(packed).decode().splitlines())
    assert {",".join(map(str, row)) for row in table.rows()} <= published
    assert table.height == 359


IMAGES = np.stack([np.full(64, shade, np.float32) for shade in (0, 0.25, 0.5, 0.75, 1)])


def test_a_digit_is_drawn_in_shades() -> None:
    assert [drawn(image)[0] for image in IMAGES] == [shade * 16 for shade in " ░▒▓█"]
    corner = np.zeros(64, np.float32)
    corner[0] = 1
    assert drawn(corner) == ["██" + " " * 14, *[" " * 16] * 7]


def test_what_was_misread_is_drawn_with_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    labels, guesses = np.array([3, 4, 5, 6, 7]), np.array([3, 9, 5, 8, 7])
    output().print(misread(IMAGES, labels, guesses))
    text = capsys.readouterr().out
    assert "Misread: 2 of 5" in text
    assert "4, read as 9" in text
    assert "6, read as 8" in text
    assert "░░" in text
    assert "▓▓" in text
    assert "█" not in text


def test_nothing_is_drawn_where_all_was_right(capsys: pytest.CaptureFixture[str]) -> None:
    output().print(misread(IMAGES, np.arange(5), np.arange(5)))
    assert capsys.readouterr().out.strip() == ""
